"""Reads of attendance: the tutor's day, week and month; the office's sheets; totals for the rooms above."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum
from django.http import QueryDict
from django.shortcuts import get_object_or_404

from impresasolidale.accounts.access import Access
from impresasolidale.core import audit
from impresasolidale.core.keyset import Slice, page_of
from impresasolidale.core.models import Look
from impresasolidale.territory.rules import Rules
from placements.agreements.enums import PlacementState
from placements.agreements.models import Placement

from ..enums import MonthState, Note, Outcome, Word
from ..models import AttendanceEvent, CheckIn, FrozenMonth, PlannedSession, Timesheet
from ..rules import PRESENT, DayValue, first_of_month, next_month, percent

# A day may be recorded while the placement runs, and afterwards until its last months are confirmed.
RECORDABLE = (PlacementState.ACTIVE, PlacementState.ENDED, PlacementState.ENDED_EARLY)


def reachable(access: Access) -> QuerySet[Placement]:
    """Placements whose attendance this access may see: those entrusted to the tutor, or the office's Ambito (or one comune of it)."""
    if access.placements is not None:
        mine = {"company_tutor_id": access.tutor_id} if access.link_id else {"company_tutor__user_id": access.actor_id}
        return Placement.objects.filter(pk__in=access.placements, **mine)
    rows = Placement.objects.filter(ambito_id=access.ambito_id)
    return rows.filter(beneficiary__residence_id__in=access.comuni) if access.comuni is not None else rows


def reachable_sheets(access: Access) -> QuerySet[Timesheet]:
    """The months of those placements; of a whole Ambito without asking which placements it has."""
    if access.placements is None and access.comuni is None:
        return Timesheet.objects.filter(ambito_id=access.ambito_id)
    return Timesheet.objects.filter(placement__in=reachable(access))


def placement_for(access: Access, public_id: UUID) -> Placement:
    """One of the reachable placements with the person's name and nothing else of the person, or 404. One query."""
    return get_object_or_404(_slim(reachable(access)), public_id=public_id)


def sheet_for(access: Access, public_id: UUID) -> Timesheet:
    """The sheet of a reachable placement, or 404."""
    return get_object_or_404(reachable_sheets(access).select_related("placement__beneficiary"), public_id=public_id)


def sheet_shown(access: Access, public_id: UUID) -> Timesheet:
    """The sheet with its placement, person and company; the look is logged, as that at a month. Two queries."""
    rows = reachable_sheets(access).select_related("placement__beneficiary", "placement__company")
    sheet = get_object_or_404(rows, public_id=public_id)
    audit.look(Look.Kind.DETAIL, sheet.placement, by=access, place="attendance:month")
    return sheet


def rules_of(placement_id: int) -> Rules:
    """The rule book the placement began with. One query."""
    return Placement.objects.select_related("rulebook").only("rulebook").get(pk=placement_id).rulebook.rules


def travel_credit(placement_id: int) -> int:
    """Minutes of travel a day that the placement's rule book credits; 0 for none. One query."""
    return rules_of(placement_id).travel_minutes_credit


def _slim(rows: QuerySet[Placement]) -> QuerySet[Placement]:
    return rows.select_related("beneficiary", "company").only(
        "public_id",
        "ambito_id",
        "state",
        "starts_on",
        "entered_on",
        "ends_on",
        "ended_on",
        "company__name",
        "beneficiary__first_name",
        "beneficiary__last_name",
    )


# --- The tutor's phone


def short_name(first_name: str, last_name: str) -> str:
    """`Maria R.`: all a tutor's screen says of a name."""
    return f"{first_name} {last_name[:1]}."


@dataclass(frozen=True, slots=True)
class Card:
    """One person of the tutor on one day. The surname has only its initial; nothing else of the person is read."""

    placement_id: UUID
    name: str
    is_suspended: bool
    starts_at: time | None
    planned: int | None
    outcome: str
    minutes: int
    recorded_at: datetime | None
    month_state: str
    missing: int  # planned days of open months before today without a word
    missing_since: date | None  # the first of them
    word: str = ""  # the last the person said of this day
    word_at: datetime | None = None

    @property
    def word_label(self) -> str:
        return str(Word(self.word).label) if self.word else ""

    @property
    def is_said(self) -> bool:
        return self.outcome not in ("", Outcome.WITHDRAWN)

    @property
    def outcome_label(self) -> str:
        return str(Outcome(self.outcome).label)

    @property
    def is_present(self) -> bool:
        return self.outcome == Outcome.PRESENT

    @property
    def is_open(self) -> bool:
        return self.month_state == MonthState.OPEN

    @property
    def over_plan(self) -> int:
        """Minutes beyond what was planned."""
        return max(0, self.minutes - (self.planned or 0)) if self.is_present else 0


_CARDS = """
SELECT p.public_id, b.first_name, left(b.last_name, 1), p.state = 'suspended', s.starts_at, s.minutes,
       coalesce(e.outcome, ''), coalesce(e.minutes, 0), e.recorded_at, coalesce(t.state, 'open'), l.missing, l.since,
       coalesce(w.word, ''), w.said_at
FROM agreements_placement p
JOIN beneficiaries_beneficiary b ON b.id = p.beneficiary_id
JOIN hosts_companytutor c ON c.id = p.company_tutor_id
LEFT JOIN attendance_plannedsession s ON s.placement_id = p.id AND s.day = %(day)s
LEFT JOIN attendance_timesheet t ON t.placement_id = p.id AND t.month = %(month)s
LEFT JOIN LATERAL (SELECT outcome, minutes, recorded_at FROM attendance_attendanceevent
                   WHERE placement_id = p.id AND day = %(day)s ORDER BY id DESC LIMIT 1) e ON true
LEFT JOIN LATERAL (SELECT word, said_at FROM attendance_checkin
                   WHERE placement_id = p.id AND day = %(day)s ORDER BY id DESC LIMIT 1) w ON true
CROSS JOIN LATERAL (
  SELECT count(*) AS missing, min(x.day) AS since FROM attendance_timesheet m
  JOIN attendance_plannedsession x ON x.placement_id = m.placement_id AND x.day >= m.month AND x.day < m.month + interval '1 month'
  WHERE m.placement_id = p.id AND m.state = 'open' AND x.day < %(day)s
    AND coalesce((SELECT v.outcome FROM attendance_attendanceevent v
                  WHERE v.placement_id = x.placement_id AND v.day = x.day ORDER BY v.id DESC LIMIT 1), 'withdrawn') = 'withdrawn') l
WHERE p.id = ANY (%(ids)s) AND (c.user_id = %(user)s OR c.id = %(tutor)s) AND p.state IN ('active', 'suspended')
  AND %(day)s BETWEEN p.starts_on AND coalesce(p.ended_on, p.ends_on)
ORDER BY (s.minutes IS NULL), s.starts_at, b.first_name, p.id
"""


def today_cards(access: Access, day: date) -> list[Card]:
    """Everybody entrusted to this tutor on a day, those who are expected first. One query."""
    with connection.cursor() as cursor:
        who = {"ids": sorted(access.placements or ()), "user": access.actor_id, "tutor": access.tutor_id}
        cursor.execute(_CARDS, {"day": day, "month": first_of_month(day), **who})
        return [Card(row[0], short_name(row[1], row[2]), *row[3:]) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class OpenSheet:
    """A month that is over and still waits for the tutor."""

    placement_id: UUID
    name: str
    month: date


def sheets_to_close(access: Access, today: date) -> list[OpenSheet]:
    """The tutor's past months that are still open, oldest first. One query."""
    rows = (
        reachable_sheets(access)
        .filter(state=MonthState.OPEN, month__lt=first_of_month(today))
        .filter(Q(planned_minutes__gt=0) | Q(done_minutes__gt=0))
        .order_by("month", "placement__beneficiary__first_name", "id")
        .values_list("placement__public_id", "placement__beneficiary__first_name", "placement__beneficiary__last_name", "month")
    )
    return [OpenSheet(public_id, short_name(first, last), month) for public_id, first, last, month in rows]


@dataclass(frozen=True, slots=True)
class Said:
    """One event of a day, as its history shows it."""

    outcome: str
    minutes: int
    channel: str
    recorded_at: datetime
    recorded_by: str
    is_last: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class SheetDay(DayValue):
    """A day of a sheet with its whole history, oldest first."""

    starts_at: time | None = None
    is_open: bool = True
    word: str = ""  # the last the person said of this day
    word_at: datetime | None = None
    spoken: tuple[CheckIn, ...] = ()  # all the person said that day, the last first
    history: tuple[Said, ...] = ()

    @property
    def word_label(self) -> str:
        return str(Word(self.word).label) if self.word else ""

    @property
    def outcome_label(self) -> str:
        return str(Outcome(self.outcome).label) if self.is_said else ""

    @property
    def note_label(self) -> str:
        return str(Note(self.note).label) if self.note else ""

    @property
    def is_present(self) -> bool:
        return self.outcome == Outcome.PRESENT


@dataclass(frozen=True, slots=True)
class Week:
    """A person's week."""

    placement: Placement
    name: str
    days: Sequence[SheetDay]
    planned: int
    done: int
    can_record: bool

    @property
    def over_plan(self) -> int:
        return max(0, self.done - self.planned)


def week_of(access: Access, monday: date) -> list[Week]:
    """The week of everybody reachable who has something in it. Five queries."""
    sunday = monday + timedelta(days=6)
    placements = list(_slim(reachable(access)).filter(starts_on__lte=sunday, ends_on__gte=monday).order_by("beneficiary__first_name", "id"))
    by_placement = days_between([p.pk for p in placements], monday, sunday)
    weeks = []
    for placement in placements:
        if days := by_placement.get(placement.pk):
            weeks.append(
                Week(
                    placement=placement,
                    name=short_name(placement.beneficiary.first_name, placement.beneficiary.last_name),
                    days=days,
                    planned=sum(d.planned for d in days),
                    done=sum(d.minutes for d in days),
                    can_record=placement.state in RECORDABLE,
                )
            )
    return weeks


def days_between(placements: Collection[int], first: date, last: date) -> dict[int, list[SheetDay]]:
    """Planned or recorded days of placements already reached, by placement and in order. Four queries."""
    within = {"placement_id__in": placements, "day__range": (first, last)}
    planned = {(s.placement_id, s.day): s for s in PlannedSession.objects.filter(**within)}
    said: dict[tuple[int, date], list[AttendanceEvent]] = defaultdict(list)
    for event in AttendanceEvent.objects.filter(**within).select_related("recorded_by", "link__tutor").order_by("id"):
        said[event.placement_id, event.day].append(event)
    settled = set(
        Timesheet.objects.filter(placement_id__in=placements, month__range=(first_of_month(first), last))
        .exclude(state=MonthState.OPEN)
        .values_list("placement_id", "month")
    )
    words: dict[tuple[int, date], list[CheckIn]] = defaultdict(list)
    for word in CheckIn.objects.filter(**within).order_by("-id"):
        words[word.placement_id, word.day].append(word)
    found: dict[int, list[SheetDay]] = defaultdict(list)
    for key in sorted(planned.keys() | said.keys() | words.keys()):
        placement_id, day = key
        session, events, spoken = planned.get(key), said.get(key, []), words.get(key, [])
        found[placement_id].append(
            SheetDay(
                day=day,
                planned=session.minutes if session else 0,
                outcome=events[-1].outcome if events else "",
                minutes=events[-1].minutes if events else 0,
                travel=events[-1].travel_minutes if events else 0,
                note=events[-1].note if events else "",
                starts_at=session.starts_at if session else None,
                is_open=(placement_id, first_of_month(day)) not in settled,
                word=spoken[0].word if spoken else "",
                word_at=spoken[0].said_at if spoken else None,
                spoken=tuple(spoken),
                history=tuple(
                    Said(
                        outcome=str(e.get_outcome_display()),
                        minutes=e.minutes,
                        channel=str(e.get_channel_display()),
                        recorded_at=e.recorded_at,
                        recorded_by=e.recorded_by.get_full_name() if e.recorded_by else str(e.link.tutor) if e.link else "",
                        is_last=e is events[-1],
                        note=str(e.get_note_display()) if e.note else "",
                    )
                    for e in events
                ),
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class MonthSheet:
    """A placement's month as its page shows it. `sheet` is None when nothing was ever planned nor recorded in it."""

    sheet: Timesheet | None
    days: Sequence[SheetDay]
    missing: Sequence[date]  # planned days up to today without a word
    ahead: int  # planned days after today
    percent: int | None


def month_sheet(access: Access, placement: Placement, month: date, today: date, *, place: str) -> MonthSheet:
    """The whole month of a reachable placement; the look is logged. Six queries."""
    last = next_month(month) - timedelta(days=1)
    days = days_between([placement.pk], month, last).get(placement.pk, [])
    sheets = Timesheet.objects.filter(placement=placement, month=month)
    sheet = sheets.select_related("closed_by", "closed_link__tutor", "confirmed_by").first()
    audit.look(Look.Kind.DETAIL, placement, by=access, place=place)
    return MonthSheet(
        sheet=sheet,
        days=days,
        missing=[d.day for d in days if d.planned and not d.is_said and d.day <= today],
        ahead=sum(1 for d in days if d.planned and not d.is_said and d.day > today),
        percent=percent(sheet.credited_minutes, sheet.planned_minutes) if sheet else None,
    )


def day_value(placement: Placement, day: date) -> SheetDay:
    """One day of a reachable placement. Four queries."""
    found = days_between([placement.pk], day, day).get(placement.pk)
    return found[0] if found else SheetDay(day=day)


# --- The office


@dataclass(frozen=True, slots=True)
class SheetFilter:
    """What the list of sheets was narrowed to; empty means all."""

    state: str = ""
    name: str = ""


def _named(sheets: QuerySet[Timesheet]) -> QuerySet[Timesheet]:
    """With whose they are and where; the person's code is deciphered when read, and not needed here."""
    return sheets.select_related("placement__beneficiary", "placement__company").defer("placement__beneficiary__codice_fiscale")


def office_sheets(access: Access, month: date, wanted: SheetFilter, query: QueryDict) -> tuple[Slice, dict[str, int]]:
    """The page of the Ambito's sheets of a month that the address asks for, by person's name, and how many there are in each state.

    Three queries at most; one look with the ids shown.
    """
    month_rows = reachable_sheets(access).filter(month=month)
    counts = {row["state"]: row["n"] for row in month_rows.order_by().values("state").annotate(n=Count("pk"))}
    # The placement's Ambito is the sheet's: said, the index of names serves the page in order instead of a sort of the month.
    rows = month_rows.filter(placement__ambito_id=access.ambito_id)
    if wanted.state:
        rows = rows.filter(state=wanted.state)
    if wanted.name:
        rows = rows.filter(placement__person_key__contains=wanted.name)
    page = page_of(rows, query, order=("placement__person_key", "placement_id"), shown=_named)
    audit.look(Look.Kind.LIST, page.rows, by=access, place="attendance:office_month", subject_type="attendance.timesheet")
    return page, counts


# --- For the room below (agreements.above) and the rooms above


def settled_months(placement_id: int) -> set[date]:
    """First days of the months that the office confirmed: nothing reaches back into them. One query."""
    rows = Timesheet.objects.filter(placement_id=placement_id).exclude(state__in=(MonthState.OPEN, MonthState.CLOSED))
    return set(rows.values_list("month", flat=True))


def days_present(placement_id: int, first: date, last: date | None) -> list[date]:
    """Days from `first` (to `last`) whose last word is a presence, in order. One query."""
    rows = AttendanceEvent.objects.filter(placement_id=placement_id, day__gte=first)
    if last:
        rows = rows.filter(day__lte=last)
    said = rows.order_by("day", "-id").distinct("day").values_list("day", "outcome")
    return [day for day, outcome in said if outcome in PRESENT]


NOT_FROZEN = [state for state in MonthState if state != MonthState.FROZEN]
SUMMED = ("planned_minutes", "done_minutes", "sheets")


@dataclass(frozen=True, slots=True)
class MonthSum:
    """Minutes planned and done on all sheets of a month together, and how many sheets: one a placement."""

    month: date
    planned: int = 0
    done: int = 0
    sheets: int = 0

    def __add__(self, sums: Sequence[int]) -> "MonthSum":
        planned, done, sheets = sums
        return MonthSum(self.month, self.planned + planned, self.done + done, self.sheets + sheets)


def monthly_series(access: Access, months: Sequence[date]) -> list[MonthSum]:
    """The sums of the active Ambito for the given months, in their order, months without sheets as zero. One query.

    Of a whole Ambito the frozen sheets are not read: their sums are kept.
    """
    sheets = reachable_sheets(access).filter(month__in=list(months))
    if access.placements is None and access.comuni is None:
        kept = FrozenMonth.objects.filter(ambito_id=access.ambito_id, month__in=list(months))
        rows = kept.values_list("month", *SUMMED).union(_summed(sheets.filter(state__in=NOT_FROZEN), "month"), all=True)
    else:
        rows = _summed(sheets, "month")
    found = {month: MonthSum(month) for month in months}
    for month, *sums in rows:
        found[month] += sums
    return list(found.values())


def minutes_done(month: date) -> dict[int, tuple[int, int]]:
    """Ambito id → sheets and minutes done in the month, of the Ambiti in scope: whoever asks widens it, for aggregates alone. One query."""
    kept = FrozenMonth.objects.filter(month=month).values_list("ambito_id", *SUMMED)
    found: dict[int, tuple[int, int]] = {}
    for ambito_id, _planned, done, sheets in kept.union(
        _summed(Timesheet.objects.filter(month=month, state__in=NOT_FROZEN), "ambito_id"), all=True
    ):
        before = found.get(ambito_id, (0, 0))
        found[ambito_id] = (before[0] + sheets, before[1] + done)
    return found


def _summed(sheets: QuerySet[Timesheet], by: str) -> QuerySet[Any, Any]:
    return (
        sheets.order_by()
        .values(by)
        .annotate(planned=Sum("planned_minutes"), done=Sum("done_minutes"), n=Count("placement"))
        .values_list(by, "planned", "done", "n")
    )


def sheets_to_confirm(access: Access) -> QuerySet[Timesheet]:
    """Sheets the tutors closed, oldest month first."""
    return reachable_sheets(access).filter(state=MonthState.CLOSED).order_by("month", "closed_at", "id")


def next_to_confirm(access: Access) -> Timesheet | None:
    """The month that waits longest for this user: who closed a month does not confirm it."""
    return _named(sheets_to_confirm(access).exclude(closed_by=access.actor_id)).first()


def to_confirm_page(access: Access, query: QueryDict) -> Slice:
    """One page of the sheets that wait, oldest month first. The look is logged."""
    page = page_of(sheets_to_confirm(access), query, order=("month", "closed_at", "id"), shown=_named)
    audit.look(Look.Kind.LIST, page.rows, by=access, place="attendance:to_confirm", subject_type="attendance.timesheet")
    return page


def presence_of(access: Access, placements: Collection[Placement]) -> dict[str, int]:
    """Days of presence and minutes done in all of these placements: what the cap meter of their person shows."""
    done = Timesheet.objects.filter(ambito_id=access.ambito_id, placement__in=placements)
    return done.aggregate(days=Sum("days_present", default=0), minutes=Sum("done_minutes", default=0))
