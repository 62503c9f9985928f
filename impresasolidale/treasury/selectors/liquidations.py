"""Reads of liquidations: the list, one with its rows and checks, the lines of its lists, what waits for accounting."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Sum
from django.http import QueryDict
from django.shortcuts import get_object_or_404

from impresasolidale.accounts.access import Access
from impresasolidale.core.audit import look
from impresasolidale.core.keyset import Slice, page_of
from impresasolidale.core.models import Look
from impresasolidale.territory.models import Body

from .. import liquidation_rules as rules
from ..enums import UNDER_WAY, UNFINISHED, CheckKind, ItemState, RunState
from ..models import (
    Account,
    Commitment,
    ItemCheck,
    ItemShare,
    LiquidationItem,
    LiquidationRun,
    Payer,
    Pot,
    Recovery,
    RecoveryStep,
    RunFile,
)
from .budgets import bodies
from .commitments import commitment_figures

GOING = (ItemState.SENT, ItemState.PAID)  # what a liquidation pays


def runs(access: Access) -> QuerySet[LiquidationRun]:
    """The liquidations of the active Ambito; none for a membership limited to some comuni."""
    rows = LiquidationRun.objects.filter(ambito_id=access.ambito_id).select_related("body", "created_by", "approved_by")
    return rows.none() if access.comuni is not None else rows


def runs_page(access: Access, query: QueryDict, *, today: date, state: str = "", body: str = "") -> Slice:
    """The page that `query` asks for, the newest month first, with rows and sum."""
    rows = runs(access)
    if state:
        rows = rows.filter(state=state)
    if body:
        rows = rows.filter(body__public_id=body)
    page = page_of(rows, query, order=("-month", "-id"))
    with_totals(page.rows, today=today)
    return page


def with_totals(rows: Iterable[LiquidationRun], *, today: date) -> list[LiquidationRun]:
    """Each with `rows_count` and `amount`: what it pays, or would pay today; and `open_count`, still without an answer. One query."""
    found = list(rows)
    prepared = [row.pk for row in found if row.state == RunState.PREPARED]
    not_passed = Q(waived_until=None) | Q(waived_until__lt=today)
    stopped = Exists(ItemCheck.objects.filter(not_passed, item=OuterRef("pk"), passed=False))
    sums = (
        LiquidationItem.objects.filter(run__in=found, amount__gt=0)
        .filter(Q(state__in=GOING) | Q(~stopped, run__in=prepared, state=ItemState.READY))
        .values("run")
        .annotate(n=Count("id"), total=Sum("amount"), open=Count("id", filter=Q(state=ItemState.SENT)))
        .order_by("run")
    )
    by_run = {row["run"]: row for row in sums}
    for row in found:
        mine = by_run.get(row.pk, {"n": 0, "total": rules.ZERO, "open": 0})
        row.rows_count, row.amount, row.open_count = mine["n"], mine["total"], mine["open"]  # type: ignore[attr-defined]
    return found


def run_for(access: Access, public_id: UUID) -> LiquidationRun:
    return get_object_or_404(
        runs(access).select_related("act_document", "public_document", "slip_document", "act_file"), public_id=public_id
    )


def item_for(access: Access, public_id: UUID) -> LiquidationItem:
    return get_object_or_404(LiquidationItem.objects.filter(run__in=runs(access)).select_related("run__body"), public_id=public_id)


def note_look(access: Access, run: LiquidationRun, *, place: str, exported: bool = False) -> None:
    look(Look.Kind.EXPORT if exported else Look.Kind.DETAIL, run, by=access, place=place)


@dataclass(frozen=True)
class Rows:
    """The rows of one liquidation as its page shows them: what is paid, what comes to nothing, what a check stops, what somebody holds,
    what went otherwise."""

    paying: list[LiquidationItem]
    offset: list[LiquidationItem]
    stopped: list[LiquidationItem]
    held: list[LiquidationItem]
    refused: list[LiquidationItem]
    left: list[LiquidationItem]
    totals: rules.Totals


def rows_of(run: LiquidationRun, *, today: date) -> Rows:
    """Three queries for any number of rows. Each row has `failed`, the checks that stop it, `let_pass`, and `found`, in words, why it
    comes to nothing."""
    items = list(
        LiquidationItem.objects.filter(run=run)
        .prefetch_related(
            Prefetch("checks", ItemCheck.objects.select_related("waived_by").order_by("id")),
        )
        .order_by("position")
    )
    for item in items:
        checks = sorted(item.checks.all(), key=lambda check: rules.CHECKS.index(CheckKind(check.kind)))
        item.failed = [c for c in checks if c.stops(today)]  # type: ignore[attr-defined]
        item.let_pass = [c for c in checks if not c.passed and c.is_waived(today)]  # type: ignore[attr-defined]
        item.found = [c.words for c in checks if c.kind == CheckKind.SHEET and not item.amount]  # type: ignore[attr-defined]
    going = [i for i in items if i.state in (*GOING, ItemState.OFFSET) or (i.state == ItemState.READY and not i.failed)]  # type: ignore[attr-defined]
    paying = [i for i in going if i.amount]
    return Rows(
        paying=paying,
        offset=[i for i in going if not i.amount],
        stopped=[i for i in items if i.state == ItemState.READY and i.failed],  # type: ignore[attr-defined]
        held=[i for i in items if i.state == ItemState.HELD],
        refused=[i for i in items if i.state == ItemState.REFUSED],
        left=[i for i in items if i.state == ItemState.LEFT],
        totals=rules.totals(paying),
    )


def items_of(run: LiquidationRun) -> list[LiquidationItem]:
    """All its rows, in their order. One query."""
    return list(LiquidationItem.objects.filter(run=run).defer("person_code", "payee_code", "iban").order_by("position"))


def payer_of(ambito_id: int, body_id: int) -> Payer:
    """How a body pays; the shipped columns and no account of its own when nobody said."""
    row = Payer.objects.filter(ambito_id=ambito_id, body_id=body_id).first()
    return row or Payer(ambito_id=ambito_id, body_id=body_id, columns=list(rules.DEFAULT_COLUMNS))


def body_for(access: Access, public_id: UUID) -> Body:
    return get_object_or_404(bodies(access), public_id=public_id)


def reference_of(run: LiquidationRun, item: LiquidationItem) -> str:
    return f"{run.number}/{item.position}"


def list_rows(run: LiquidationRun, *, office: str, states: Iterable[str] = GOING, kind: str = "") -> list[rules.ListRow]:
    """The lines of a liquidation's lists: what it pays (or `states`), by kind of payment. The only source of every list and paper."""
    shares = (
        ItemShare.objects.filter(item__run=run, item__state__in=list(states))
        .select_related("item", "pot", "commitment")
        .order_by("item__position", "position")
    )
    if kind:
        shares = shares.filter(item__payment=kind)
    found = [
        rules.ListRow(
            reference=reference_of(run, share.item),
            code=share.item.code,
            office=office,
            person=share.item.person,
            person_code=share.item.person_code,
            payee=share.item.payee,
            payee_code=share.item.payee_code,
            payment=share.item.payment,
            iban=share.item.iban,
            amount=share.amount,
            words=share.item.words,
            year=share.item.year,
            commitment=share.commitment.number if share.commitment else "",
            chapter=share.commitment.chapter if share.commitment else "",
            cup=share.commitment.cup if share.commitment else "",
            pot=share.pot.name,
        )
        for share in shares
    ]
    order = {kind: n for n, kind in enumerate(rules.Payment.values)}
    return sorted(found, key=lambda row: order[row.payment])


def file_of(run: LiquidationRun, kind: str) -> RunFile | None:
    return RunFile.objects.filter(run=run, kind=kind).first()


# --- Money


def free_of(pots: Mapping[int, Pot]) -> dict[int, Decimal]:
    """Euro free in each pot."""
    found = Account.objects.filter(pot_id__in=pots, kind=Account.Kind.FREE).values_list("pot_id", "balance")
    return {pk: -balance for pk, balance in found if pk is not None}


def left_of(commitments: Mapping[int, Commitment]) -> dict[int, Decimal]:
    """Euro still to be spent of each commitment."""
    return {pk: figures.left for pk, figures in commitment_figures(commitments).items()}


# --- Accounting's desk


@dataclass(frozen=True)
class Desk:
    """What waits at the accounting office: liquidations to approve, those gone out without an answer, recoveries under way."""

    to_approve: list[LiquidationRun]
    to_answer: list[LiquidationRun]
    done: list[LiquidationRun]
    recoveries: int


def desk(access: Access, *, today: date) -> Desk:
    """Four queries."""
    rows = with_totals(
        runs(access)
        .filter(state__in=UNFINISHED)
        .select_related("act_document", "public_document", "slip_document")
        .order_by("month", "id")[:100],
        today=today,
    )
    done = with_totals(runs(access).filter(state=RunState.SETTLED).order_by("-month", "-id")[:5], today=today)
    return Desk(
        to_approve=[row for row in rows if row.state == RunState.PREPARED],
        to_answer=[row for row in rows if row.state == RunState.APPROVED],
        done=done,
        recoveries=recoveries(access).filter(state__in=UNDER_WAY).count(),
    )


# --- Recoveries


def recoveries(access: Access) -> QuerySet[Recovery]:
    rows = Recovery.objects.filter(ambito_id=access.ambito_id).select_related("item__run", "created_by", "asked_by", "given_up_by")
    return rows.none() if access.comuni is not None else rows


def recovery_for(access: Access, public_id: UUID) -> Recovery:
    return get_object_or_404(recoveries(access), public_id=public_id)


def recoveries_page(access: Access, query: QueryDict) -> Slice:
    page = page_of(recoveries(access), query, order=("-id",))
    with_recovered(page.rows)
    return page


def with_recovered(rows: list[Recovery]) -> list[Recovery]:
    """Each with `parts`, what came back with where from, and `recovered` and `missing` in euro. One query."""
    parts: defaultdict[int, list[RecoveryStep]] = defaultdict(list)
    for step in RecoveryStep.objects.filter(recovery__in=rows).order_by("id"):
        parts[step.recovery_id].append(step)
    for row in rows:
        row.parts = parts[row.pk]  # type: ignore[attr-defined]
        row.recovered = sum((step.amount for step in row.parts), rules.ZERO)  # type: ignore[attr-defined]
        row.missing = row.amount - row.recovered  # type: ignore[attr-defined]
    return rows
