"""A year of presences up to yesterday: planned days, what was said of them, and months with exact totals."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from companies.hosts.models import Closure
from impresasolidale.accounts.models import User
from impresasolidale.core.fields import canonical
from impresasolidale.territory.calendar import working_days
from placements.agreements.enums import PlacementState
from placements.agreements.models import Suspension
from placements.attendance.enums import Channel, MonthState, Outcome
from placements.attendance.models import AttendanceEvent, PlannedSession, SheetSnapshot, Timesheet
from placements.attendance.rules import DayValue, first_of_month, month_totals, months_of, next_month
from placements.attendance.services.freezing import hash_of
from placements.attendance.transitions import TIMESHEET

from .placements import Placed
from .world import World

PLANNED = {
    PlacementState.VALIDATED,
    PlacementState.ACTIVE,
    PlacementState.SUSPENDED,
    PlacementState.ENDED,
    PlacementState.ENDED_EARLY,
    PlacementState.CLOSED,
}
FALLING_DAYS = 45
DAY = timedelta(days=1)


@dataclass(order=True)
class Said:
    """One event before it is written: all are written in the order in which they were said."""

    at: datetime
    placement: int
    day: date
    one: Placed = field(compare=False)
    outcome: str = field(compare=False)
    minutes: int = field(compare=False)
    channel: str = field(compare=False)
    by: User = field(compare=False)


@dataclass
class Sheet:
    one: Placed
    row: Timesheet


def create_attendance(world: World, placed: list[Placed]) -> list[Sheet]:
    said: list[Said] = []
    sheets: list[Sheet] = []
    for n, one in enumerate(p for p in placed if p.row.state in PLANNED):
        planned = _plan(world, one)
        mine = sorted(_said(world, one, planned, is_late=n % 11 == 4))
        said += mine
        sheets += _sheets(world, one, planned, {event.day: event for event in mine}, n)
    for event in sorted(said):
        world.new(
            AttendanceEvent,
            ambito=event.one.row.ambito,
            placement=event.one.row,
            day=event.day,
            outcome=event.outcome,
            minutes=event.minutes,
            channel=event.channel,
            recorded_by=event.by,
            recorded_at=event.at,
        )
    return sheets


def _plan(world: World, one: Placed) -> dict[date, int]:
    """Day → minutes; none in a suspension, nor while the company is closed."""
    row = one.row
    working = working_days(row.starts_on, row.last_day, one.week.keys(), one.place.company.comune)
    off: list[Suspension | Closure] = [*one.pauses, *one.place.closures]
    days = [day for day in working if not any(span.holds(day) for span in off)]
    for day in days:
        starts_at, minutes = one.week[day.weekday()]
        world.new(PlannedSession, ambito=row.ambito, placement=row, day=day, starts_at=starts_at, minutes=minutes)
    return {day: one.week[day.weekday()][1] for day in days}


def _said(world: World, one: Placed, planned: dict[date, int], *, is_late: bool) -> Iterator[Said]:
    rng = world.rng
    tutor, office = one.tutor.user, one.person.educator
    this_month = first_of_month(world.today)
    last_month = [day for day in planned if first_of_month(this_month - DAY) <= day < this_month]
    skipped = set(sorted(last_month)[-2:]) if is_late else set()
    ill = 0
    for day, minutes in planned.items():
        if day >= world.today or day in skipped:
            continue
        outcome, ill = _outcome(world, one, day, ill)
        done = _minutes(world, minutes) if outcome == Outcome.PRESENT else 0
        if outcome == Outcome.APPOINTMENT or tutor is None:  # the office's word: at once, or from the paper sheet the Monday after
            monday = day + (7 - day.weekday()) * DAY
            if tutor is None and monday >= world.today:
                continue
            on, channel, by = (monday, Channel.PAPER, one.person.referent) if tutor is None else (day, Channel.OFFICE, office)
        else:
            on, channel, by = day, Channel.PORTAL, tutor
        at = world.at(on, rng.randint(12, 18), rng.randint(0, 59))
        wrong = rng.random() < 0.015 and on + 2 * DAY < world.today and outcome == Outcome.PRESENT
        if wrong:  # said wrongly first, put right two days later by the office
            yield Said(at, one.row.pk, day, one, Outcome.UNJUSTIFIED, 0, channel, by)
            at, channel, by = world.at(on + 2 * DAY, 9, rng.randint(0, 59)), Channel.OFFICE, office
        yield Said(at, one.row.pk, day, one, outcome, done, channel, by)
        extra = day + DAY
        if rng.random() < 0.004 and extra not in planned and extra + DAY < world.today and extra <= one.row.last_day:
            # a day too many, taken back the day after
            yield Said(world.at(extra, 12), one.row.pk, extra, one, Outcome.PRESENT, 120, channel, by)
            yield Said(world.at(extra + DAY, 9), one.row.pk, extra, one, Outcome.WITHDRAWN, 0, Channel.OFFICE, office)


def _outcome(world: World, one: Placed, day: date, ill: int) -> tuple[Outcome, int]:
    """What a planned day was, and how many more days of illness follow."""
    rng = world.rng
    if ill:
        return Outcome.SICK, ill - 1
    chance = rng.random()
    if one.is_falling and (world.today - day).days <= FALLING_DAYS:
        return (Outcome.UNJUSTIFIED if chance < 0.4 else Outcome.JUSTIFIED if chance < 0.65 else Outcome.PRESENT), 0
    if chance < 0.014:
        return Outcome.SICK, rng.randint(1, 4)
    for limit, outcome in ((0.044, Outcome.APPOINTMENT), (0.074, Outcome.JUSTIFIED), (0.084, Outcome.UNJUSTIFIED), (0.088, Outcome.CLOSED)):
        if chance < limit:
            return outcome, 0
    return Outcome.PRESENT, 0


def _minutes(world: World, planned: int) -> int:
    """Most days as planned, some shorter, a few longer."""
    chance = world.rng.random()
    return planned if chance < 0.84 else planned + 30 if chance < 0.87 else planned - 30 * world.rng.randint(1, 3)


def _sheets(world: World, one: Placed, planned: dict[date, int], last_said: dict[date, Said], n: int) -> Iterator[Sheet]:
    this_month, row = first_of_month(world.today), one.row
    for month in months_of(row.starts_on, row.last_day):
        days = {d for d in {*planned, *last_said} if first_of_month(d) == month}
        totals = month_totals(
            DayValue(d, planned.get(d, 0), last_said[d].outcome if d in last_said else "", last_said[d].minutes if d in last_said else 0)
            for d in sorted(days)
        )
        sheet = world.new(
            Timesheet,
            ambito=row.ambito,
            placement=row,
            month=month,
            planned_minutes=totals.planned,
            done_minutes=totals.done,
            credited_minutes=totals.credited,
            days_present=totals.days_present,
            days_absent=totals.days_absent,
        )
        if month < this_month and all(d in last_said for d in days):
            said_on = max((last_said[d].at.date() for d in days), default=month)
            _settle(world, one, sheet, n, after=said_on)
            if sheet.state == MonthState.FROZEN:
                _picture(world, sheet, planned, {d: last_said[d] for d in days if d in last_said})
        yield Sheet(one, sheet)


def _settle(world: World, one: Placed, sheet: Timesheet, n: int, *, after: date) -> None:
    """Last month is closed or confirmed, the one before confirmed, the older ones final. Closed the day `after` the last word, or later."""
    this_month, yesterday = first_of_month(world.today), world.ago(1)
    last_month = first_of_month(this_month - DAY)
    age = sum(sheet.month < m for m in (last_month, first_of_month(last_month - DAY)))  # 0 last month, 1 the one before, 2 older
    closed_on = max(next_month(sheet.month) + n % 3 * DAY, after + DAY)
    if closed_on > yesterday:
        return
    confirmed_on = closed_on + (1 + n % 3) * DAY
    closer = one.tutor.user or one.person.referent
    confirmer = one.person.referent if closer != one.person.referent else one.office.coordinator
    sheet.closed_by, sheet.closed_at, sheet.state = closer, world.at(closed_on, 17), MonthState.CLOSED
    steps: list[tuple[str, date, User | None]] = [("closed", closed_on, closer)]
    if age or (n % 3 == 0 and confirmed_on <= yesterday):
        sheet.confirmed_by, sheet.confirmed_at, sheet.state = confirmer, world.at(confirmed_on, 11), MonthState.CONFIRMED
        steps.append(("confirmed", confirmed_on, confirmer))
    if age == 2:
        sheet.state = MonthState.FROZEN
        steps.append(("frozen", min(confirmed_on + 8 * DAY, yesterday), None))
    for name, on, by in steps:
        step = TIMESHEET[name]
        hour = 17 if name == "closed" else 18
        world.fact(f"attendance.timesheet.{name}", sheet, on=on, by=by, before=step.sources[0], after=step.target, hour=hour)


def _picture(world: World, sheet: Timesheet, planned: dict[date, int], said: dict[date, Said]) -> None:
    """The snapshot of a frozen month, as attendance.services.freeze_sheets takes it."""
    month = {d for d in planned if first_of_month(d) == sheet.month}
    days = [
        {
            "day": d.isoformat(),
            "planned": planned.get(d, 0),
            "outcome": said[d].outcome if d in said else "",
            "minutes": said[d].minutes if d in said else 0,
            "travel": 0,
            "note": "",
            "channel": said[d].channel if d in said else "",
        }
        for d in sorted(month | said.keys())
        if d in month or said[d].outcome != Outcome.WITHDRAWN
    ]
    content = {
        "placement": str(sheet.placement.public_id),
        "month": sheet.month.isoformat(),
        "planned": sheet.planned_minutes,
        "done": sheet.done_minutes,
        "credited": sheet.credited_minutes,
        "days_present": sheet.days_present,
        "days_absent": sheet.days_absent,
        "days": days,
    }
    assert sheet.confirmed_at
    sheet.frozen_at = min(sheet.confirmed_at + 8 * DAY, world.at(world.ago(1), 18))
    sheet.snapshot_hash = hash_of(canonical(content))
    world.new(SheetSnapshot, ambito=sheet.ambito, timesheet=sheet, content=content, taken_at=sheet.frozen_at)
