"""The criteria of the fund, and what each pot may pay."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery
from django.shortcuts import get_object_or_404

from impresasolidale.accounts.access import Access
from impresasolidale.treasury.models import Pot

from ..enums import CriteriaState
from ..models import BenefitRequest, CriteriaKind, FundCriteria, PotPurpose


def _in_force(network_id: int, on: date) -> QuerySet[FundCriteria]:
    """Published by that day and valid on it, the newest first."""
    rows = FundCriteria.objects.filter(network_id=network_id, state=CriteriaState.PUBLISHED, valid_from__lte=on, published_on__lte=on)
    return rows.order_by("-valid_from", "-id")


def criteria_on(access: Access, on: date) -> FundCriteria | None:
    """The criteria that hold on a day, with their kinds; None before the first ones (rule 64)."""
    return _in_force(access.network_id, on).prefetch_related("kinds").first()


def all_criteria(access: Access) -> list[FundCriteria]:
    """Every version, the newest first, with its kinds; a network has a handful."""
    rows = FundCriteria.objects.filter(network_id=access.network_id).select_related("created_by", "decided_by")
    return list(rows.prefetch_related(Prefetch("kinds", CriteriaKind.objects.order_by("kind"))).order_by("-valid_from", "-id")[:50])


def criteria_for(access: Access, public_id: UUID) -> FundCriteria:
    rows = FundCriteria.objects.filter(network_id=access.network_id).select_related("created_by", "decided_by")
    row: FundCriteria = get_object_or_404(
        rows.prefetch_related(Prefetch("kinds", CriteriaKind.objects.order_by("kind"))), public_id=public_id
    )
    return row


@dataclass(frozen=True)
class Offer:
    """What the criteria of a day say of one kind of help, and what the pot is for. `criteria` None: there are none yet."""

    criteria: FundCriteria | None
    is_offered: bool
    ceiling: Decimal | None
    form: str
    pot_kinds: tuple[str, ...]  # empty: any


def offer_of(access: Access, request: BenefitRequest, pot: Pot | None, *, on: date) -> Offer:
    """One statement: a grant asks it under its lock."""
    of_kind = CriteriaKind.objects.filter(criteria=OuterRef("pk"), kind=request.kind)
    purposes = PotPurpose.objects.filter(pot=pot)
    found: Any = (
        _in_force(access.network_id, on)
        .annotate(
            offered=Subquery(of_kind.values("pk")[:1]),
            kind_ceiling=Subquery(of_kind.values("ceiling")[:1]),
            kind_form=Subquery(of_kind.values("form")[:1]),
            pot_kinds=Subquery(purposes.values("kinds")[:1]),
        )
        .first()
    )
    if found is None:
        kinds = purposes.values_list("kinds", flat=True).first() or ()
        return Offer(None, False, None, "", tuple(kinds))
    return Offer(found, found.offered is not None, found.kind_ceiling, found.kind_form or "", tuple(found.pot_kinds or ()))


def purposes_of(access: Access) -> dict[int, PotPurpose]:
    """Pot id → what it may pay, for the pots that say so."""
    return {row.pot_id: row for row in PotPurpose.objects.filter(network_id=access.network_id)}
