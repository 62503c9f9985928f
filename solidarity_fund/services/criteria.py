"""Criteria are proposed by one person and published by another; what they say never changes (rule 64)."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission, Role
from impresasolidale.core import todos
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError
from impresasolidale.core.four_eyes import OutsideAct, require_second_key
from impresasolidale.core.transitions import perform
from impresasolidale.core.words import day_short, in_italian
from impresasolidale.treasury.models import Pot

from ..enums import CriteriaState, kinds_in_words
from ..models import CriteriaKind, FundCriteria, PotPurpose
from ..selectors import contributions as selectors
from ..transitions import CRITERIA

TODO = "solidarity_fund.criteria"
FIELDS = ("valid_from", "act_number", "act_on", "proof_days", "term_days", "missing_days", "advance_limit", "ratify_days", "appeal")
Kind = tuple[str, Decimal | None, str]  # kind of help, its ceiling in euro, its form


@transaction.atomic
def propose_criteria(*, values: dict[str, Any], kinds: Sequence[Kind], by: Access, today: date) -> FundCriteria:
    """Ask a second person to publish new criteria. Raises DomainError: no kind of help, an act to come, a day not after
    the last."""
    by.require(Permission.PUBLISH_RULES)
    if not kinds:
        raise DomainError(_("Scegli almeno un tipo di aiuto."), field="kinds")
    if values["act_on"] > today:
        raise DomainError(_("La data dell'atto è nel futuro."), field="act_on")
    if values["valid_from"] < values["act_on"]:
        raise DomainError(_("I criteri non possono valere da prima del loro atto."), field="valid_from")
    _refuse_overlap(by, values["valid_from"])
    row = FundCriteria(network_id=by.network_id, created_by_id=by.actor_id, **{name: values[name] for name in FIELDS})
    row.save()
    CriteriaKind.objects.bulk_create(
        CriteriaKind(network_id=by.network_id, criteria=row, kind=kind, ceiling=ceiling, form=form) for kind, ceiling, form in kinds
    )
    record_fact("solidarity_fund.criteria.proposed", row, by=by, valid_from=row.valid_from.isoformat())
    todos.ask(
        kind=TODO,
        subject=row,
        title=in_italian("Nuovi criteri del fondo dal %(day)s: leggi e decidi", day=lambda: day_short(row.valid_from)),
        url=reverse("solidarity_fund:criteria_version", args=[row.public_id]),
        role=Role.COORDINATOR,
        by=by,
        due_on=row.valid_from,
        everywhere=True,
    )
    return row


@transaction.atomic
def publish_criteria(
    *, criteria: FundCriteria, published_on: date, link: str, by: Access, today: date, outside: OutsideAct | None = None
) -> FundCriteria:
    """They were published on a day, at an address: from then on the fund may grant (D.Lgs. 33/2013 art. 26 c. 1).

    Raises FourEyesRequired, DomainError for a day to come or before the act, or when newer ones were published meanwhile.
    """

    def guard(row: FundCriteria) -> None:
        require_second_key(first_id=row.created_by_id, by=by, act=outside)
        if outside and outside.on > today:
            raise DomainError(_("La data dell'atto è nel futuro."), field="outside_on")
        if published_on > today:
            raise DomainError(_("Il giorno è nel futuro: scrivi quando i criteri sono usciti."), field="published_on")
        if published_on < row.act_on:
            raise DomainError(_("I criteri non possono essere usciti prima del loro atto."), field="published_on")
        _refuse_overlap(by, row.valid_from)

    extra: dict[str, Any] = {"outside_number": outside.number.strip(), "outside_on": outside.on} if outside else {}
    row: FundCriteria = perform(
        CRITERIA, "published", criteria, by=by, guard=guard, decided_by_id=by.actor_id, published_on=published_on, link=link, **extra
    )
    todos.done(kind=TODO, subject=row, by=by)
    return row


@transaction.atomic
def withdraw_criteria(*, criteria: FundCriteria, reason: str, by: Access) -> FundCriteria:
    """Take a proposal back, or turn it down. Raises ReasonRequired, TransitionNotAllowed."""
    row: FundCriteria = perform(CRITERIA, "withdrawn", criteria, by=by, reason=reason, decided_by_id=by.actor_id)
    todos.done(kind=TODO, subject=row, by=by)
    return row


def _refuse_overlap(by: Access, valid_from: date) -> None:
    later = FundCriteria.objects.filter(network_id=by.network_id, state=CriteriaState.PUBLISHED, valid_from__gte=valid_from)
    if newest := later.order_by("-valid_from").first():
        words = _("Ci sono già criteri che valgono dal %(day)s: scegli un giorno successivo.")
        raise DomainError(words % {"day": day_short(newest.valid_from)}, field="valid_from")


@transaction.atomic
def set_purpose(*, pot: Pot, kinds: Sequence[str], by: Access) -> PotPurpose:
    """What a pot of the fund may pay from now on; no kind: any. What was granted before stays as it is.

    Raises DomainError while the pot holds money of gifts for one kind of help: it goes on paying that kind alone.
    """
    by.require(Permission.RECORD_CONTRIBUTIONS)
    if pot.use != Pot.Use.FUND:
        raise DomainError(_("Questo salvadanaio non è del fondo di solidarietà."), field="pot")
    Pot.objects.select_for_update(of=("self",), no_key=True).get(pk=pot.pk)  # two who set it at once
    held = PotPurpose.objects.select_for_update(of=("self",), no_key=True).filter(pot_id=pot.pk).first()
    row = held or PotPurpose(network_id=by.network_id, pot=pot)
    _refuse_other_kinds(pot, set(kinds))
    row.kinds = sorted(set(kinds))
    row.save()
    record_fact("solidarity_fund.pot_purpose.set", row, by=by, kinds=row.kinds)
    return row


def _refuse_other_kinds(pot: Pot, kinds: set[str]) -> None:
    """What was given for one kind of help stands in a pot that pays that kind alone, for as long as there is money in it."""
    meant = selectors.meant_for(pot)
    if meant and kinds != meant and selectors.holds_money(pot):
        words = _(
            "In «%(pot)s» ci sono soldi dati solo per: %(kinds)s. Finché ci sono, dà solo quello: per il resto apri un altro salvadanaio."
        )
        raise DomainError(words % {"pot": pot.name, "kinds": kinds_in_words(sorted(meant))}, field="kinds")
