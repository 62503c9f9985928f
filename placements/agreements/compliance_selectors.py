"""Reads of covers, of the register of communications and of the evidence of safety. Looks are logged here."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.http import QueryDict
from django.shortcuts import get_object_or_404

from impresasolidale.accounts.access import Access
from impresasolidale.core import audit
from impresasolidale.core.jobs import under_way
from impresasolidale.core.keyset import Slice, page_of
from impresasolidale.core.models import Document, Look
from impresasolidale.territory.rules import add_months
from impresasolidale.territory.selectors import name_key
from placements.beneficiaries import selectors as people
from placements.beneficiaries.models import Beneficiary, StatusEvidence

from .compliance_rules import communication_state, gaps
from .enums import WATCHED, CommunicationState, CopyHolder, CoverKind, EvidenceKind, ItemKind, Sender
from .models import (
    BenefitCheck,
    Communication,
    CopyHanded,
    Cover,
    OutsidePlace,
    PersonalProject,
    Placement,
    ReadinessItem,
    ReplacementFlag,
    SafetyEvidence,
)
from .readiness import is_taxed
from .rules import DAY, Benefits, Period, benefits_of
from .selectors import asked_why, opens
from .services.covers import CHECKS

# --- Covers

WIDTH = 1000  # of the drawing; the page scales it
BEFORE, AHEAD = 3, 15  # months drawn before and after this one


@dataclass(frozen=True)
class Stretch:
    """A piece of the drawing, covered or bare: its days, and where it stands."""

    period: Period
    x: int
    width: int


@dataclass(frozen=True)
class CoverLine:
    """All covers of one kind and one holder, drawn on one line."""

    kind: str
    holder: str  # empty: the promoter
    covered: list[Stretch]
    bare: list[Stretch]  # from today on


@dataclass(frozen=True)
class CoverBoard:
    """The page of covers."""

    first: date
    last: date
    months: list[tuple[int, date]]  # (where it begins, its first day)
    today_x: int
    lines: list[CoverLine]
    touched: list[ReadinessItem]
    is_checking: bool  # a cover changed, and not everybody was looked at again: `touched` is as before, in part
    rows: list[Cover] = field(default_factory=list)


def cover_board(access: Access, today: date) -> CoverBoard:
    """The Ambito's covers as rows and as lines of time, and the placements that a gap touches. Three queries."""
    rows = list(Cover.objects.filter(ambito_id=access.ambito_id).select_related("company").order_by("-valid_to", "-id"))
    first = add_months(today.replace(day=1), -BEFORE)
    last = add_months(first, BEFORE + AHEAD) - DAY
    span = (last - first).days + 1

    def at(day: date) -> int:
        return round((min(max(day, first), last + DAY) - first).days * WIDTH / span)

    def stretches(periods: Iterable[Period]) -> list[Stretch]:
        drawn = ((p, at(p.start), at((p.to or last) + DAY)) for p in periods)
        return [Stretch(p, x, end - x) for p, x, end in drawn if end > x]

    held: dict[tuple[str, str], list[Period]] = {(str(kind), ""): [] for kind in CoverKind}
    for cover in rows:
        if cover.withdrawn_at is None:
            held.setdefault((cover.kind, str(cover.company or "")), []).append(Period(start=cover.valid_from, to=cover.valid_to))
    months = [add_months(first, n) for n in range(BEFORE + AHEAD)]
    return CoverBoard(
        first=first,
        last=last,
        months=[(at(day), day) for day in months],
        today_x=at(today),
        lines=[
            CoverLine(str(CoverKind(kind).label), holder, stretches(periods), stretches(gaps(periods, today, last)))
            for (kind, holder), periods in held.items()
        ],
        touched=_left_bare(access),
        is_checking=under_way(CHECKS, ambito_id=access.ambito_id),
        rows=rows,
    )


def _left_bare(access: Access) -> list[ReadinessItem]:
    """Open lights about covers, of placements that somebody counts on, the nearest start first."""
    items = ReadinessItem.objects.filter(
        ambito_id=access.ambito_id,
        kind__in=(ItemKind.INAIL, ItemKind.LIABILITY),
        satisfied_at=None,
        waived_by=None,
        placement__state__in=WATCHED,
    )
    if access.comuni is not None:
        items = items.filter(placement__beneficiary__residence__in=access.comuni)
    return list(
        items.select_related("placement__beneficiary", "placement__company").order_by("placement__starts_on", "placement_id", "rule")[:50]
    )


def cover_for(access: Access, public_id: UUID) -> Cover:
    """One cover of the Ambito, or 404."""
    return get_object_or_404(Cover.objects.filter(ambito_id=access.ambito_id).select_related("company"), public_id=public_id)


# --- The register of communications

OPEN = Q(sent_on=None, annulled_at=None) & ~Q(sender=Sender.EXEMPT)
S = CommunicationState
_STATES = {
    S.DUE: lambda today: OPEN & Q(due_on__gte=today),
    S.OVERDUE: lambda today: OPEN & Q(due_on__lt=today),
    S.SENT: lambda today: Q(annulled_at=None, sent_on__lte=F("due_on")),
    S.LATE: lambda today: Q(annulled_at=None, sent_on__gt=F("due_on")),
    S.EXEMPT: lambda today: Q(annulled_at=None, sender=Sender.EXEMPT),
    S.ANNULLED: lambda today: Q(annulled_at__isnull=False),
}
ALL = "all"


def communications(access: Access, *, today: date, state: str = "", kind: str = "", person: str = "") -> QuerySet[Communication]:
    """Lines of the register: those still to send, or of one computed state, or all of them."""
    rows = Communication.objects.filter(ambito_id=access.ambito_id).select_related("placement__beneficiary", "placement__company")
    if access.comuni is not None:
        rows = rows.filter(placement__beneficiary__residence__in=access.comuni)
    if state != ALL:
        rows = rows.filter(_STATES[S(state)](today) if state else OPEN)
    if kind:
        rows = rows.filter(kind=kind)
    for word in name_key(person).split():
        rows = rows.filter(placement__beneficiary__search_key__contains=word)
    return rows


def order_of(state: str) -> tuple[str, str]:
    """What is due comes with the nearest day first; what is settled with the last one."""
    return ("due_on", "id") if state in ("", S.DUE, S.OVERDUE) else ("-due_on", "-id")


def communications_page(access: Access, query: QueryDict, *, today: date, **wanted: Any) -> Slice:
    """One page of the register, each line with `state_now` and `days_late`. The look is logged."""
    page = page_of(communications(access, today=today, **wanted), query, order=order_of(wanted.get("state", "")))
    audit.look(Look.Kind.LIST, page.rows, by=access, place="agreements:communications", subject_type=Communication._meta.label_lower)
    return Slice(told(page.rows, today), page.before, page.after)


def communications_file(access: Access, *, today: date, **wanted: Any) -> list[Communication]:
    """All lines that a filter shows, for the export. The look is logged, with every line."""
    rows = list(communications(access, today=today, **wanted).order_by(*order_of(wanted.get("state", ""))))
    audit.look(Look.Kind.EXPORT, rows, by=access, place="agreements:communications_file", subject_type=Communication._meta.label_lower)
    return told(rows, today)


def communication_for(access: Access, public_id: UUID) -> Communication:
    """One line of the register, or 404. The look is logged."""
    row = get_object_or_404(communications(access, today=date.min, state=ALL), public_id=public_id)
    audit.look(Look.Kind.DETAIL, row, by=access, place="agreements:communication_sent")
    return row


def communications_of(placement: Placement, today: date) -> list[Communication]:
    """What the register says of one placement, oldest first."""
    return told(list(Communication.objects.filter(placement=placement).select_related("recorded_by").order_by("due_on", "id")), today)


def told(rows: list[Communication], today: date) -> list[Communication]:
    """The rows with what became of them: `state_now`, and `days_late` (0 when in time)."""
    for row in rows:
        state = communication_state(
            due_on=row.due_on,
            sent_on=row.sent_on,
            is_exempt=row.sender == Sender.EXEMPT,
            is_annulled=row.annulled_at is not None,
            today=today,
        )
        row.state_now = state  # type: ignore[attr-defined]
        late = state in (CommunicationState.LATE, CommunicationState.OVERDUE)
        row.days_late = ((row.sent_on or today) - row.due_on).days if late else 0  # type: ignore[attr-defined]
    return rows


# --- Evidence of safety


def evidence_of(access: Access, beneficiary: Beneficiary) -> list[SafetyEvidence]:
    """A person's evidence of safety, newest first, what was annulled too."""
    rows = SafetyEvidence.objects.filter(ambito_id=access.ambito_id, beneficiary=beneficiary)
    return list(rows.select_related("created_by", "certificate").order_by("-done_on", "-id"))


def evidence_for(access: Access, public_id: UUID) -> SafetyEvidence:
    """One piece of evidence, or 404. It opens as the person's record does, or one of their placements."""
    rows = SafetyEvidence.objects.filter(ambito_id=access.ambito_id).select_related("beneficiary", "certificate")
    if access.comuni is not None:
        rows = rows.filter(beneficiary__residence__in=access.comuni)
    is_open = Q(people.opens(access, "beneficiary_id")) | Q(opens(access, "beneficiary_id", key="beneficiary"))
    row = get_object_or_404(rows.annotate(is_open=is_open), public_id=public_id)
    asked_why(row, row.beneficiary)
    return row


def general_hours(rows: Iterable[SafetyEvidence]) -> int:
    """Hours of general training a person has: good for ever."""
    return sum(e.hours or 0 for e in rows if e.kind == EvidenceKind.GENERAL and e.annulled_at is None)


# --- Places outside, copies, flags


@dataclass(frozen=True)
class Duties:
    """What stands beside a placement's start light: the register's lines, places outside, copies of the last paper, an open flag."""

    communications: list[Communication]
    places: list[OutsidePlace]
    paper: Document | None
    copies: list[tuple[str, date | None]]  # (who keeps one, the day they got it)
    flag: ReplacementFlag | None


def duties_of(placement: Placement, today: date, paper: Document | None) -> Duties:
    """Four queries."""
    handed = copies_of(paper) if paper else {}
    return Duties(
        communications=communications_of(placement, today),
        places=places_of(placement),
        paper=paper,
        copies=[(str(holder.label), handed.get(holder)) for holder in CopyHolder] if paper else [],
        flag=open_flag(placement),
    )


def places_of(placement: Placement) -> list[OutsidePlace]:
    return list(OutsidePlace.objects.filter(placement=placement).order_by("id"))


def place_for(access: Access, public_id: UUID) -> OutsidePlace:
    """One place outside the seat, or 404."""
    rows = OutsidePlace.objects.filter(ambito_id=access.ambito_id).select_related("placement__beneficiary")
    if access.comuni is not None:
        rows = rows.filter(placement__beneficiary__residence__in=access.comuni)
    return get_object_or_404(rows, public_id=public_id)


def copies_of(document: Document) -> dict[str, date]:
    """Holder → the day they got their copy of a paper."""
    return dict(CopyHanded.objects.filter(document=document).values_list("holder", "handed_on"))


def open_flag(placement: Placement) -> ReplacementFlag | None:
    return ReplacementFlag.objects.filter(placement=placement, cleared_on=None).first()


def latest_placement(access: Access, beneficiary: Beneficiary) -> Placement | None:
    """The person's last placement about which something may still be written."""
    return (
        Placement.objects.filter(ambito_id=access.ambito_id, beneficiary=beneficiary, state__in=WATCHED)
        .order_by("-starts_on", "-id")
        .first()
    )


# --- Other benefits of the person (rules 43, 44)


@dataclass(frozen=True)
class BenefitsPage:
    """What the allowance may touch, and what was done about it."""

    found: Benefits
    is_taxed: bool
    income_limit: Decimal  # euro a year, of ordinary internships
    check: BenefitCheck | None


def benefits_page(placement: Placement, project: PersonalProject, today: date) -> BenefitsPage:
    """For who may open the person's record: the certificates are read here."""
    rows = StatusEvidence.objects.filter(beneficiary=placement.beneficiary, withdrawn_on=None)
    on = min(max(placement.starts_on, today), placement.ends_on)
    book, taxed = placement.rulebook.rules, is_taxed(project)
    certified = ((row.category, row.percent) for row in rows.order_by("id") if row.valid_to is None or row.valid_to >= on)
    check = BenefitCheck.objects.filter(placement=placement).first()
    return BenefitsPage(benefits_of(certified, taxed=taxed, rules=book), taxed, book.adi_internship_limit, check)
