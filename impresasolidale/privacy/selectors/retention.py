"""What is kept, until when, and what is due: set-based, whatever the number of people."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Case, CharField, Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce, Greatest, TruncDate
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import audit
from impresasolidale.core.keyset import Slice, page_of
from impresasolidale.core.lookups import any_of
from impresasolidale.core.models import Fact, Look
from impresasolidale.treasury.enums import ItemState
from impresasolidale.treasury.models import LiquidationItem
from placements.agreements.enums import LIVE, OVER, PREPARED, HandOverState
from placements.agreements.models import HandOver, Placement
from placements.attendance.models import MonthAllowance
from placements.beneficiaries.models import Beneficiary, Referral, TakingInCharge, WaitingEntry
from solidarity_fund.enums import UNSETTLED
from solidarity_fund.enums import RequestState as BenefitState
from solidarity_fund.models import BenefitRequest

from .. import retention, rules
from ..enums import DiscardState, KeptFor, RequestState, RetentionKind
from ..models import DataRequest, DiscardItem, DiscardList, DiscardOutcome, LegalHold, RetentionTerm

BEFORE = (DiscardState.PREPARED, DiscardState.APPROVED)
STANDING = (*BEFORE, DiscardState.RUNNING, DiscardState.DONE)
UNPAID = (ItemState.READY, ItemState.HELD, ItemState.SENT)


@dataclass(frozen=True)
class Term:
    """What holds for one kind: the office's row, or the proposal while there is none."""

    shipped: retention.Shipped
    row: RetentionTerm | None

    @property
    def kind(self) -> RetentionKind:
        return self.shipped.kind

    @property
    def months(self) -> int | None:
        return self.row.months if self.row else self.shipped.months

    @property
    def years(self) -> int | None:
        return self.months // 12 if self.months else None

    @property
    def act(self) -> str:
        return self.row.act if self.row else ""


def terms(access: Access) -> list[Term]:
    """One query."""
    access.require(Permission.KEEP_PRIVACY)
    rows = RetentionTerm.objects.filter(ambito_id=access.ambito_id).order_by("kind", "-id").distinct("kind")
    last = {row.kind: row for row in rows}
    return [Term(shipped, last.get(kind)) for kind, shipped in retention.SHIPPED.items()]


def term_for(access: Access, kind: str) -> Term:
    found = next((term for term in terms(access) if term.kind == kind), None)
    if found is None:
        raise Http404
    return found


# --- Who is due


def _of(rows: QuerySet[Any], last: Any) -> Subquery:
    """The latest `last` of a person's rows; None without any."""
    return Subquery(rows.order_by().values("beneficiary").annotate(at=Max(last)).values("at"))


def _histories(kind: str) -> tuple[Any, list[Any]]:
    """(the last event of a person for a kind, what keeps it open), as expressions on the people."""
    person = OuterRef("pk")
    placements = Placement.objects.filter(beneficiary=person)
    requests = BenefitRequest.objects.filter(beneficiary=person)
    ended = _of(placements.filter(state__in=OVER), Coalesce("ended_on", "ends_on"))
    allowances = MonthAllowance.objects.filter(placement__beneficiary=person)
    # A request that was withdrawn has no day of its own: the last thing that was done with it says when.
    done = Fact.objects.filter(subject_type=BenefitRequest._meta.label_lower, subject_id=OuterRef("pk")).order_by()
    acted = Subquery(done.values("subject_id").annotate(last=Max("at")).values("last"))
    helped = _of(requests, Greatest("asked_on", "closed_on", TruncDate("decided_at"), TruncDate(acted)))
    items = LiquidationItem.objects.filter(
        source_type=MonthAllowance._meta.label_lower,
        source_id__in=MonthAllowance.objects.filter(placement__beneficiary=OuterRef(OuterRef("pk"))).values("pk"),
    )
    paid = Subquery(items.filter(state=ItemState.PAID).order_by().values("source_type").annotate(at=Max("order_on")).values("at"))
    works = Exists(placements.filter(state__in=[*LIVE, *PREPARED]))
    helps = Exists(requests.filter(Q(state__in=UNSETTLED) | Q(state=BenefitState.PAID, closed_on=None)))
    if kind == RetentionKind.ATTENDANCE:
        return ended, [works]
    if kind == RetentionKind.PAYMENTS:
        return Case(When(Exists(allowances), then=Greatest(paid, ended))), [works, Exists(items.filter(state__in=UNPAID))]
    if kind == RetentionKind.HELP:
        return helped, [helps]
    charges, waits = TakingInCharge.objects.filter(beneficiary=person), WaitingEntry.objects.filter(beneficiary=person)
    referrals = Referral.objects.filter(beneficiary=person)
    offered = HandOver.objects.filter(beneficiary=person, state=HandOverState.OFFERED)
    last = Greatest(paid, ended, helped, _of(charges, F("valid_to")), _of(waits, F("left_on")), _of(referrals, F("outcome_on")))
    return last, [
        works,
        helps,
        Exists(items.filter(state__in=UNPAID)),
        Exists(charges.filter(valid_to=None)),
        Exists(waits.filter(left_on=None)),
        Exists(referrals.filter(outcome="")),
        Exists(offered),
    ]


def over(access: Access, term: Term, today: date, *, alone: bool = False) -> QuerySet[Any]:
    """The people whose term is over (rules.is_due, said to the database), with `last`: the event it ran from.

    The case file goes last, for the other papers could no longer be told whose they are; `alone`: as if there were no others.
    """
    access.require(Permission.KEEP_PRIVACY)
    rows = Beneficiary.objects.filter(ambito_id=access.ambito_id, merged_into=None, discarded_on=None)
    last, keeps = _histories(term.kind)
    if term.months is None:
        return rows.annotate(last=last).none()
    rows = rows.annotate(last=last).filter(last__lte=rules.last_day_over(term.months, today))
    for keep in keeps:
        rows = rows.filter(~keep)
    if term.kind == RetentionKind.CASE_FILE and not alone:
        for kind in RetentionKind:
            if kind != RetentionKind.CASE_FILE:
                rows = rows.alias(**{f"last_{kind}": _histories(kind)[0]}).filter(_has_none_left(kind))
    of_person = {"beneficiary": OuterRef("pk")}
    return rows.filter(~Exists(_standing(today).filter(**of_person)), ~Exists(_asked().filter(**of_person)))


def _has_none_left(kind: str) -> Any:
    """Nothing of this kind was ever there, or it was discarded up to its last event."""
    gone = DiscardOutcome.objects.filter(
        item__beneficiary=OuterRef("pk"), item__discard__kind=kind, item__last_on=OuterRef(f"last_{kind}"), is_done=True
    )
    return Q(**{f"last_{kind}": None}) | Exists(gone)


def _standing(today: date) -> QuerySet[LegalHold]:
    return LegalHold.objects.filter(Q(until=None) | Q(until__gte=today), lifted_on=None)


def _asked() -> QuerySet[DataRequest]:
    return DataRequest.objects.filter(state=RequestState.OPEN)


def due(access: Access, term: Term, today: date) -> QuerySet[Any]:
    """Those of `over` that no standing list has, counted from the same event. Who was left alone when a list was carried out comes
    again."""
    listed = DiscardItem.objects.filter(
        Q(outcome=None) | Q(outcome__is_done=True),
        beneficiary=OuterRef("pk"),
        last_on=OuterRef("last"),
        discard__kind=term.kind,
        discard__state__in=STANDING,
    )
    return over(access, term, today).filter(~Exists(listed))


def due_page(access: Access, term: Term, query: QueryDict, today: date) -> Slice:
    """The look is logged."""
    page = page_of(due(access, term, today), query, order=("last", "id"))
    if page.rows:
        audit.look(Look.Kind.LIST, page.rows, by=access, place="privacy:retention_kind")
    return page


def touched(kind: str, people: Collection[int]) -> list[tuple[str, int]]:
    """(a table in Italian, rows of it about these people), the fullest first. One query."""
    if not people:
        return []
    counts: list[QuerySet[Any, Any]] = []
    for model, way in retention.tables_of(kind):
        rows: Any = model._default_manager.filter(any_of(way, people)).order_by()
        label = Value(model._meta.label, output_field=CharField())
        counts.append(rows.annotate(retained=label).values("retained").annotate(rows=Count("pk")).values_list("retained", "rows"))
    names = {model._meta.label: str(model._meta.verbose_name_plural) for model, _way in retention.tables_of(kind)}
    found = counts[0].union(*counts[1:], all=True)
    return sorted(((names[label], number) for label, number in found), key=lambda line: (-line[1], line[0]))


# --- Holds


def _holds(access: Access) -> QuerySet[LegalHold]:
    access.require(Permission.KEEP_PRIVACY)
    return LegalHold.objects.filter(ambito_id=access.ambito_id).select_related("beneficiary", "created_by")


def holds_page(access: Access, query: QueryDict) -> Slice:
    """The newest first. The look is logged."""
    page = page_of(_holds(access), query, order=("-id",))
    if page.rows:
        audit.look(Look.Kind.LIST, [row.beneficiary for row in page.rows], by=access, place="privacy:holds")
    return page


def hold_for(access: Access, public_id: UUID) -> LegalHold:
    row: LegalHold = get_object_or_404(_holds(access), public_id=public_id)
    return row


# --- Lists


def _lists(access: Access) -> QuerySet[DiscardList]:
    access.require(Permission.KEEP_PRIVACY)
    return DiscardList.objects.filter(ambito_id=access.ambito_id).select_related("created_by", "approved_by")


def lists(access: Access) -> list[DiscardList]:
    """The last ones, the newest first."""
    return list(_lists(access).order_by("-id")[:25])


def list_for(access: Access, public_id: UUID) -> DiscardList:
    rows = _lists(access).select_related("created_by", "approved_by", "started_by", "job", "document")
    row: DiscardList = get_object_or_404(rows, public_id=public_id)
    return row


def people_of(row: DiscardList) -> QuerySet[Any]:
    """Who is in a list, with `last` as it was counted, the oldest first."""
    items = DiscardItem.objects.filter(discard=row, beneficiary=OuterRef("pk"))
    rows = Beneficiary.objects.annotate(
        last=Subquery(items.values("last_on")),
        is_gone=Subquery(items.values("outcome__is_done")),
        kept_for=Subquery(items.values("outcome__kept_for")),
    )
    return rows.filter(last__isnull=False).order_by("last", "id")


def people_page(access: Access, row: DiscardList, query: QueryDict) -> Slice:
    """The look is logged."""
    page = page_of(people_of(row), query, order=("last", "id"))
    if page.rows:
        audit.look(Look.Kind.LIST, page.rows, by=access, place="privacy:discard_list")
    return page


def no_longer_due(access: Access, row: DiscardList, today: date) -> set[int]:
    """People of a list for whom the term is not over today: something new happened, a hold, another term. Two queries."""
    still = dict(over(access, term_for(access, row.kind), today).values_list("pk", "last"))
    return {pk for pk, last in DiscardItem.objects.filter(discard=row).values_list("beneficiary_id", "last_on") if still.get(pk) != last}


def left_alone(access: Access, row: DiscardList, people: Mapping[int, date], today: date) -> dict[int, KeptFor]:
    """Person → why not today, of people of a list with the last event as it was counted; who is not here may be discarded."""
    term = term_for(access, row.kind)
    if term.row is None or term.months != row.months:
        return dict.fromkeys(people, KeptFor.TERM)

    def still(**how: bool) -> set[int]:
        found = over(access, term, today, **how).filter(pk__in=list(people)).values_list("pk", "last")
        return {pk for pk, last in found if people[pk] == last}

    lost = people.keys() - still()
    if not lost:
        return {}
    held = set(_standing(today).filter(beneficiary__in=lost).values_list("beneficiary_id", flat=True))
    asked = set(_asked().filter(beneficiary__in=lost).values_list("beneficiary_id", flat=True))
    but_for_others = still(alone=True)

    def why(pk: int) -> KeptFor:
        if pk in held:
            return KeptFor.HELD
        if pk in asked:
            return KeptFor.ASKED
        return KeptFor.OTHERS if pk in but_for_others else KeptFor.NEWER

    return {pk: why(pk) for pk in lost}


@dataclass(frozen=True)
class Tally:
    """How far an execution is, in numbers: no name."""

    done: int
    rows: int
    files: int
    kept: list[tuple[str, int]]  # (why, how many)

    @property
    def looked_at(self) -> int:
        return self.done + sum(number for _why, number in self.kept)


def tally(row: DiscardList) -> Tally:
    """One query."""
    found = DiscardOutcome.objects.filter(item__discard=row).order_by("kept_for").values("kept_for")
    counts = {c["kept_for"]: c for c in found.annotate(people=Count("pk"), changed=Sum("rows"), gone=Sum("files"))}
    done = counts.pop("", {"people": 0, "changed": 0, "gone": 0})
    kept = [(str(KeptFor(why).label), count["people"]) for why, count in counts.items()]
    return Tally(done["people"], done["changed"], done["gone"], kept)
