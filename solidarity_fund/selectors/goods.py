"""Gifts in kind. Two readers who do not meet: who records gifts sees the giver, who follows people sees the goods and the needs."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.shortcuts import get_object_or_404

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import audit
from impresasolidale.core.keyset import Slice, page_of
from impresasolidale.core.models import Look

from ..models import BenefitRequest, Donor, GiftInKind, GoodsMove
from .receipts import with_receipts
from .requests import requests_of_kind


def _goods(access: Access) -> QuerySet[GiftInKind]:
    access.require(Permission.SEE_FUND)
    return GiftInKind.objects.filter(network_id=access.network_id)


def goods_page(access: Access, query: QueryDict, *, kind: str = "", only_available: bool = False) -> Slice:
    """Goods, the newest first, without who gave them."""
    rows = _goods(access)
    if kind:
        rows = rows.filter(kind=kind)
    if only_available:
        rows = rows.filter(available__gt=0)
    return page_of(rows, query, order=("-received_on", "-id"))


def gift_for(access: Access, public_id: object) -> GiftInKind:
    row: GiftInKind = get_object_or_404(_goods(access), public_id=public_id)
    audit.look(Look.Kind.DETAIL, row, by=access, place="solidarity_fund:gift")
    return row


def giver_of(access: Access, gift: GiftInKind) -> Donor | None:
    """Who gave it, for who records gifts; nobody for the others."""
    return gift.donor if access.may(Permission.RECORD_CONTRIBUTIONS) else None


def goods_of(access: Access, donor: Donor) -> list[Any]:
    access.require(Permission.RECORD_CONTRIBUTIONS)
    return with_receipts(list(_goods(access).filter(donor=donor).order_by("-received_on", "-id")))


def needs(access: Access, gift: GiftInKind) -> list[BenefitRequest]:
    """Requests of the office for this kind of help that are not over: whom these goods may serve."""
    return requests_of_kind(access, gift.kind)


def pieces(moves: Iterable[GoodsMove]) -> Counter[str]:
    """How many pieces each kind of movement counts."""
    found: Counter[str] = Counter()
    for move in moves:
        found[move.move] += move.quantity
    return found


def pieces_of(request: BenefitRequest) -> list[tuple[GiftInKind, int, int]]:
    """What a request that the caller reaches has of the shelf, without who gave it: put aside, handed over. One query."""
    by_gift: dict[int, list[GoodsMove]] = {}
    for move in GoodsMove.objects.filter(request=request).select_related("gift").order_by("gift_id", "id"):
        by_gift.setdefault(move.gift_id, []).append(move)
    found = [(moves[0].gift, *_aside_and_handed(moves)) for moves in by_gift.values()]
    return [(gift, aside, handed) for gift, aside, handed in found if aside or handed]


def _aside_and_handed(moves: Iterable[GoodsMove]) -> tuple[int, int]:
    counted = pieces(moves)
    handed = counted[GoodsMove.Move.HANDED_OVER]
    return counted[GoodsMove.Move.ASSIGNED] - counted[GoodsMove.Move.PUT_BACK] - handed, handed


def held_for(access: Access, gift: GiftInKind) -> list[tuple[BenefitRequest, int, int]]:
    """The office's requests that have pieces of a gift: put aside, handed over."""
    if access.ambito_id is None:
        return []
    rows = GoodsMove.objects.filter(ambito_id=access.ambito_id, gift=gift).select_related("request__beneficiary").order_by("id")
    if access.comuni is not None:
        rows = rows.filter(request__beneficiary__residence_id__in=access.comuni)
    by_request: dict[int, list[GoodsMove]] = {}
    for row in rows:
        by_request.setdefault(row.request_id, []).append(row)
    found = [(moves[0].request, *_aside_and_handed(moves)) for moves in by_request.values()]
    audit.look(Look.Kind.LIST, [r for r, _a, _h in found], by=access, place="solidarity_fund:gift")
    return found
