"""Gifts in kind: in with their value, put aside for a request of an office, handed over, or back on the shelf."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError

from ..enums import STANDING, UNDECIDED, UNSETTLED
from ..models import BenefitRequest, Donor, GiftInKind, GoodsMove
from ..selectors.goods import pieces, pieces_of

Move = GoodsMove.Move


@transaction.atomic
def record_goods(*, donor: Donor, values: dict[str, Any], by: Access, today: date) -> GiftInKind:
    """Goods that were given. Raises DomainError: a future day, no value, a value without who says so."""
    by.require(Permission.RECORD_CONTRIBUTIONS)
    if values["received_on"] > today:
        raise DomainError(_("Il giorno è nel futuro: scrivi quando i beni sono arrivati."), field="received_on")
    if values["unit_value"] <= Decimal(0):
        raise DomainError(_("Anche un dono usato ha un valore: stimalo, e scrivi come."), field="unit_value")
    if values["valued_by"] in (GiftInKind.Valued.INVOICE, GiftInKind.Valued.PRICE_LIST) and not values["valued_note"].strip():
        raise DomainError(_("Scrivi quale fattura o quale listino."), field="valued_note")
    row = GiftInKind.objects.create(
        network_id=by.network_id, donor=donor, created_by_id=by.actor_id, available=values["quantity"], **values
    )
    record_fact("solidarity_fund.goods.recorded", row, by=by, pieces=row.quantity)
    return row


def assign(*, gift: GiftInKind, request: BenefitRequest, quantity: int, by: Access, today: date) -> GoodsMove:
    """Put pieces aside for a request. Raises DomainError: more than there are, another kind of help, a request that is over."""
    by.require(Permission.ASK_BENEFITS)
    if request.kind != gift.kind:
        raise DomainError(_("La richiesta è per un altro tipo di aiuto."), field="request")
    return _move(Move.ASSIGNED, gift, request, quantity, by=by, today=today)


def hand_over(*, gift: GiftInKind, request: BenefitRequest, quantity: int, by: Access, today: date) -> GoodsMove:
    """Pieces that were put aside are now with the person. Raises DomainError before the request was granted, as money waits too."""
    by.require(Permission.ASK_BENEFITS)
    return _move(Move.HANDED_OVER, gift, request, quantity, by=by, today=today)


def put_back(*, gift: GiftInKind, request: BenefitRequest, quantity: int, by: Access, today: date) -> GoodsMove:
    """Pieces that were put aside are free for others again."""
    by.require(Permission.ASK_BENEFITS)
    return _move(Move.PUT_BACK, gift, request, quantity, by=by, today=today)


def put_all_back(*, request: BenefitRequest, by: Access, today: date) -> None:
    """A request that came to nothing leaves its pieces to others. It asks no right of its own: whoever ended the request had theirs.

    Inside the step that ends it, which holds the request: nothing more can be put aside. One query where there is nothing.
    """
    for gift, aside, _handed in pieces_of(request):
        if aside:
            _move(Move.PUT_BACK, gift, request, aside, by=by, today=today)


def _refuse_state(move: Move, state: str) -> None:
    if move == Move.ASSIGNED and state not in UNSETTLED:
        raise DomainError(_("Questa richiesta è chiusa."), field="request")
    if move == Move.HANDED_OVER and state not in STANDING:
        words = (
            _("Su questa richiesta non c'è ancora una decisione: i beni si consegnano quando l'aiuto è concesso.")
            if state in UNDECIDED
            else _("Questo aiuto non è stato concesso, o è stato tolto: i beni non si consegnano.")
        )
        raise DomainError(words, field="request")


@transaction.atomic
def _move(move: Move, gift: GiftInKind, request: BenefitRequest, quantity: int, *, by: Access, today: date) -> GoodsMove:
    """The request is held before the gift, here as in the steps that end a request."""
    held: BenefitRequest = BenefitRequest.objects.select_for_update(of=("self",), no_key=True).get(pk=request.pk)
    _refuse_state(move, held.state)
    row: GiftInKind = GiftInKind.objects.select_for_update(of=("self",), no_key=True).get(pk=gift.pk)
    if quantity < 1:
        raise DomainError(_("Almeno un pezzo."), field="quantity")
    if move == Move.ASSIGNED:
        if quantity > row.available:
            raise DomainError(_("Ne restano %(n)d: non bastano.") % {"n": row.available}, field="quantity")
        row.available, row.assigned = row.available - quantity, row.assigned + quantity
    else:
        counted = pieces(GoodsMove.objects.filter(gift=row, request=request))
        aside = counted[Move.ASSIGNED] - counted[Move.PUT_BACK] - counted[Move.HANDED_OVER]
        if quantity > aside:
            raise DomainError(_("Per questa richiesta ne sono messi da parte %(n)d.") % {"n": aside}, field="quantity")
        row.assigned -= quantity
        if move == Move.HANDED_OVER:
            row.handed_over += quantity
        else:
            row.available += quantity
    row.row_version += 1
    row.save(update_fields=["available", "assigned", "handed_over", "row_version"])
    made = GoodsMove.objects.create(
        ambito_id=request.ambito_id, gift=row, request=request, move=move, quantity=quantity, moved_on=today, created_by_id=by.actor_id
    )
    record_fact(f"solidarity_fund.goods.{move.value}", made, by=by, pieces=quantity)
    return made
