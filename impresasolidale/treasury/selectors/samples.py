"""Reads of checks by sample: the list, one with its rows, what a draw is made of."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.http import QueryDict
from django.shortcuts import get_object_or_404

from impresasolidale.accounts.access import Access
from impresasolidale.core.audit import look
from impresasolidale.core.keyset import Slice, page_of
from impresasolidale.core.models import Look

from ..enums import ItemState, Payment, Risk, SampleOutcome
from ..models import ItemCheck, LiquidationItem, Sample, SampledItem


def samples(access: Access) -> QuerySet[Sample]:
    """The samples of the active Ambito, without their pools; none for a membership limited to some comuni."""
    rows = Sample.objects.filter(ambito_id=access.ambito_id).select_related("created_by", "closed_by").defer("pool")
    return rows.none() if access.comuni is not None else rows


def samples_page(access: Access, query: QueryDict) -> Slice:
    page = page_of(samples(access), query, order=("-id",))
    with_counts(page.rows)
    return page


def sample_for(access: Access, public_id: UUID) -> Sample:
    sample: Sample = get_object_or_404(samples(access), public_id=public_id)
    with_counts([sample])
    return sample


def with_counts(rows: Collection[Sample]) -> None:
    """Each with `drawn` rows, their `total` in euro, how many are still `pending` and how many `wrong`. One query."""
    sums = (
        SampledItem.objects.filter(sample__in=rows)
        .values("sample")
        .annotate(
            drawn=Count("id"),
            total=Sum("item__amount"),
            pending=Count("id", filter=Q(outcome=SampleOutcome.PENDING)),
            wrong=Count("id", filter=Q(outcome=SampleOutcome.WRONG)),
        )
    )
    counts = {pk: found for pk, *found in sums.values_list("sample", "drawn", "total", "pending", "wrong")}
    for sample in rows:
        sample.drawn, sample.total, sample.pending, sample.wrong = counts[sample.pk]  # type: ignore[attr-defined]


def drawn_for(access: Access, public_id: UUID) -> SampledItem:
    rows = SampledItem.objects.filter(sample__in=samples(access)).select_related("sample", "item__run").defer("sample__pool")
    return get_object_or_404(rows, public_id=public_id)


def drawn_of(sample: Sample) -> list[SampledItem]:
    """The drawn rows with their liquidations, by name. One query."""
    rows = SampledItem.objects.filter(sample=sample).select_related("item__run", "checked_by")
    return list(rows.order_by("item__person", "item__words", "pk"))


def note_look(access: Access, sample: Sample, *, place: str, exported: bool = False) -> None:
    look(Look.Kind.EXPORT if exported else Look.Kind.DETAIL, sample, by=access, place=place)


@dataclass(frozen=True)
class Candidate:
    """A row that may be drawn, with what its liquidation says of it."""

    pk: int
    key: str  # its public id
    source: tuple[str, int]
    amount: Decimal
    reasons: frozenset[Risk]


def candidates(ambito_id: int, since: date, until: date) -> list[Candidate]:
    """The rows paid in a period that no sample had. One query for any number of them.

    Who receives is compared here: the codes are encrypted, and the database cannot.
    """
    refused = LiquidationItem.objects.filter(source_type=OuterRef("source_type"), source_id=OuterRef("source_id"), state=ItemState.REFUSED)
    rows = (
        LiquidationItem.objects.filter(ambito_id=ambito_id, state=ItemState.PAID, order_on__range=(since, until), sampled=None)
        .select_related("run")
        .only(
            "public_id", "source_type", "source_id", "amount", "payment", "person_code", "payee_code", "run__created_by", "run__approved_by"
        )
        .annotate(
            is_waived=Exists(ItemCheck.objects.filter(item=OuterRef("pk"), passed=False, waived_until__isnull=False)),
            was_refused=Exists(refused),
        )
    )
    return [
        Candidate(row.pk, str(row.public_id), (row.source_type, row.source_id), row.amount, frozenset(_reasons(row)))
        for row in rows.order_by("pk")
    ]


def _reasons(row: LiquidationItem) -> Iterable[Risk]:
    told = {
        Risk.WAIVED: row.is_waived,  # type: ignore[attr-defined]
        Risk.ONE_PERSON: row.run.created_by_id == row.run.approved_by_id,
        Risk.REFUSED_BEFORE: row.was_refused,  # type: ignore[attr-defined]
        Risk.OTHER_PAYEE: not row.is_paid_to_person,
        Risk.CASH: row.payment == Payment.CASH,
    }
    return (risk for risk, holds in told.items() if holds)
