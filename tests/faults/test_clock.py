"""F9: the clock of the machine goes through summer time, the leap day and New Year, goes back an hour and jumps forty days.

Celery's own scheduler over the house's table, its broker and worker taken out: no period is worked twice, none never.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from celery.beat import Scheduler
from celery.schedules import crontab
from django.db import connection
from django.utils import timezone

from impresasolidale import schedule
from impresasolidale.accounts.access import access_for
from impresasolidale.celery import app
from impresasolidale.core import documents, jobs, tasks
from impresasolidale.core.models import Document, Fact, Job
from impresasolidale.core.scope import scope
from impresasolidale.territory.rules import Rules
from placements.attendance.models import PlannedSession, Timesheet
from tests.factories import attendance as made
from tests.factories.agreements import make_placement
from tests.factories.jobs import work_off
from tests.support import database

from .report import tell
from .test_month_end import HELD

pytestmark = [pytest.mark.fault, pytest.mark.deep, pytest.mark.django_db(transaction=True)]
ROME = ZoneInfo("Europe/Rome")
MAIL = {"task": schedule.TICK, "schedule": crontab(minute="*/10"), "args": ("hosts.fetch_mail", "minute")}
TABLE: dict[str, Any] = {**schedule.BEAT, "mail in": MAIL}
EVERY = {entry["args"][0]: entry["args"][1] for entry in TABLE.values()}
WEEKLY = {entry["args"][0] for entry in TABLE.values() if entry["schedule"]._orig_day_of_week != "*"}
DAILY = {name for name, every in EVERY.items() if every == "day"} - WEEKLY


@pytest.fixture(autouse=True)
def invariants(transactional_db: None) -> Iterator[None]:
    """The placement of these nights has no papers and no past: what is asked of it is its month, and of the jobs all."""
    yield
    assert [row for row in database.violations(connection.settings_dict["NAME"]) if row[0] in HELD] == []


class Beat(Scheduler):
    """Beat as it runs, but that a tick reaches `tick` at once."""

    told: Counter[str]

    def setup_schedule(self) -> None:
        self.told = Counter()
        self.update_from_dict(TABLE)

    def apply_async(self, entry: Any, producer: Any = None, advance: bool = True, **kwargs: Any) -> None:
        self.told[entry.args[0]] += 1
        tasks.tick(*entry.args)

    @property
    def producer(self) -> None:
        return None

    def run(self, traveller: Any, seconds: float) -> None:
        """So much real time goes by."""
        while seconds > 0:
            wait = min(max(self.tick(), 0.05), seconds)  # no step of beat takes no time
            traveller.shift(wait)
            seconds -= wait


@pytest.fixture
def at() -> Iterator[Any]:
    """at(local time) → a clock that stands there until it is moved."""
    opened = []

    def travel(local: str) -> Any:
        it = time_machine.travel(datetime.fromisoformat(local).replace(tzinfo=ROME), tick=False)
        opened.append(it)
        return it.start()

    yield travel
    for it in opened:
        it.stop()


def periods() -> dict[str, list[str]]:
    """Job → its periods, in order."""
    found: dict[str, list[str]] = {name: [] for name in EVERY}
    for name, period in Job.objects.exclude(period=None).order_by("id").values_list("name", "period"):
        found[name].append(period)
    return found


def hours_of(first: date, days: int) -> int:
    """How many hours these days of Rome really last."""
    a, b = (datetime(d.year, d.month, d.day, tzinfo=ROME) for d in (first, first + timedelta(days=days)))
    return int((b.timestamp() - a.timestamp()) // 3600)


@pytest.mark.parametrize(
    ("first", "hours"),
    [("2026-10-24", 49), ("2026-03-29", 47), ("2028-02-28", 48), ("2026-12-31", 48)],
)
def test_two_days_are_worked_once_each_however_long_they_are(at: Any, first: str, hours: int) -> None:
    day = date.fromisoformat(first)
    assert hours_of(day, 2) == hours
    traveller = at(f"{day - timedelta(days=1)}T23:59:30")
    beat = Beat(app)
    beat.run(traveller, hours * 3600 + 20)
    found = periods()
    days = [str(day), str(day + timedelta(days=1))]
    assert {name: found[name] for name in DAILY} == dict.fromkeys(DAILY, days)
    assert all(beat.told[name] == 2 for name in DAILY), beat.told
    shown = min(hours, 48)  # the hour that October shows twice is one of beat's, and one period: an hour later, once a year
    assert len(found["privacy.chase_breaches"]) == shown
    assert len(found["hosts.fetch_mail"]) == shown * 6
    tell("F9", load=f"{len(EVERY)} periodic jobs, {hours} hours from {day}", faults="the clock of Rome")


def test_a_clock_put_back_an_hour_and_set_right_again(at: Any) -> None:
    traveller = at("2026-11-17T23:59:30")
    beat = Beat(app)
    beat.run(traveller, 2 * 3600)
    traveller.shift(-3600)
    beat.run(traveller, 6 * 3600)
    traveller.shift(3600)
    beat.run(traveller, 15 * 3600)
    found = periods()
    assert {name: found[name] for name in DAILY} == {key: ["2026-11-18"] for key in DAILY}
    tell("F9", load=f"{len(DAILY)} daily jobs, a day", faults="clock back 1 h, then forward 1 h")


def test_forty_days_that_never_were(at: Any) -> None:
    traveller = at("2026-11-18T20:00")
    beat = Beat(app)
    beat.run(traveller, 3600)
    traveller.shift(40 * 86400)
    beat.run(traveller, 27 * 3600)
    found = periods()
    assert {name: found[name] for name in DAILY} == {key: ["2026-12-28", "2026-12-29"] for key in DAILY}
    tell("F9", load=f"{len(DAILY)} daily jobs", faults="clock forward 40 days")


@pytest.mark.parametrize("night", ["2026-03-28", "2026-10-24", "2028-02-28", "2028-02-29", "2026-12-31"])
def test_the_night_s_work_ends_well_whatever_night_it_is(at: Any, sondrio: Any, night: str) -> None:
    """Every daily job really done, with a placement at work, as the night comes and as it has passed; in Rome's days, not UTC's."""
    company = made.make_host(sondrio)
    tutor, _user = made.make_tutor(sondrio, company)
    day = date.fromisoformat(night)
    made.make_running_placement(sondrio, tutor, company, starts_on=day.replace(day=1), ends_on=day + timedelta(days=60))
    traveller = at(f"{night}T00:30")
    for local in (day, day + timedelta(days=1)):
        assert timezone.localdate() == local
        for name in sorted(DAILY):
            tasks.tick(name, "day")
        for job in Job.objects.filter(state="queued", run_after__lte=timezone.now()):
            jobs.run(job.pk)
        work_off(*DAILY, "agreements.turn_some", "agreements.refresh_some", "desk.digest_some")
        traveller.shift(hours_of(local, 1) * 3600)
    done = Job.objects.exclude(period=None)
    assert {(job.name, job.error) for job in done if job.state != "done"} == set()
    assert Counter(done.values_list("period", flat=True)) == dict.fromkeys([night, str(day + timedelta(days=1))], len(DAILY))


LAST_DAYS = ["2026-03-29", "2026-10-25", "2028-02-29", "2026-12-31"]


def moment(day: date, at: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{at}").replace(tzinfo=ROME)


def turn_of_the_day() -> None:
    """What beat asks just after midnight, and what comes of it."""
    tasks.tick("agreements.turn_day", "day")
    work_off("agreements.turn_day", "agreements.turn_some")


@pytest.mark.parametrize("last", LAST_DAYS)
def test_a_month_closes_and_a_placement_ends_with_its_day(at: Any, sondrio: Any, last: str) -> None:
    """Half past midnight and half past eleven of its last day, whatever UTC says; not again when the clock goes back, nor later when it
    jumps: once, and on that day."""
    day, by = date.fromisoformat(last), made.system(sondrio)
    company = made.make_host(sondrio)
    tutor, user = made.make_tutor(sondrio, company)
    whole_week = dict.fromkeys(range(7), 240)
    first = day.replace(day=1)
    placement = made.make_running_placement(sondrio, tutor, company, week=whole_week, starts_on=first, ends_on=day, today=first)

    def now() -> tuple[str, date | None]:
        with scope(by.scope):
            placement.refresh_from_db()
            return str(placement.state), placement.ended_on

    with scope(by.scope):
        days = list(PlannedSession.objects.filter(placement=placement).order_by("day").values_list("day", flat=True))
    assert days[0] >= first and day - days[-1] <= timedelta(days=1)
    traveller = at(f"{last}T00:30")
    assert timezone.localdate() == day != timezone.now().date()
    for each in days:
        made.record(placement, each, today=timezone.localdate())
    turn_of_the_day()
    traveller.move_to(moment(day, "23:30"))
    assert now() == ("active", None)
    with scope(by.scope):
        sheet = made.settle(Timesheet.objects.get(placement=placement), "closed", closer=user, today=timezone.localdate())
    assert (sheet.state, sheet.done_minutes) == ("closed", 240 * len(days)) and timezone.localdate(sheet.closed_at) == day
    traveller.move_to(moment(day + timedelta(days=1), "00:05"))
    turn_of_the_day()
    ended = now()
    assert ended == ("ended", day)
    for seconds in (-3600, 3600, 40 * 86400):
        traveller.shift(seconds)
        turn_of_the_day()
        assert now() == ended
    with scope(by.scope):
        facts = Counter(Fact.objects.filter(subject_id__in=[placement.pk, sheet.pk]).values_list("code", flat=True))
    assert facts["agreements.placement.ended"] == facts["attendance.timesheet.closed"] == 1, facts
    periods = list(Job.objects.filter(name="agreements.turn_day").values_list("period", flat=True))
    assert len(periods) == len(set(periods)) == 3
    doubled = sum(facts[code] - 1 for code in ("agreements.placement.ended", "attendance.timesheet.closed"))
    tell("F9", load="a month and a placement", faults=f"the night of {last}, clock back 1 h and forward 40 days", doubled=doubled)


@pytest.mark.parametrize("last", LAST_DAYS)
def test_what_nobody_touches_expires_after_its_last_day(at: Any, worker: Any, last: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sixty days of the calendar, and not sixty times 24 hours: touched at twenty to midnight, it is a draft until midnight."""
    day, access = date.fromisoformat(last), access_for(worker)
    begun = day - timedelta(days=Rules().draft_expiry_days)
    monkeypatch.setattr("tests.factories.agreements.TODAY", begun)
    traveller = at(f"{begun}T23:40")
    with scope(access.scope):
        placement = make_placement(access, starts_on=begun + timedelta(days=90), green=False)
    states = []
    for when in (moment(day, "23:50"), moment(day + timedelta(days=1), "00:05"), moment(day + timedelta(days=1), "00:06")):
        traveller.move_to(when)
        turn_of_the_day()
        with scope(access.scope):
            placement.refresh_from_db()
        states.append(placement.state)
    assert states == ["draft", "expired", "expired"]
    with scope(access.scope):
        assert Fact.objects.filter(code="agreements.placement.expired", subject_id=placement.pk).count() == 1


def test_a_paper_belongs_to_the_year_of_rome(at: Any, sondrio: Any) -> None:
    """Half past midnight on New Year is still last year in UTC."""
    by = made.system(sondrio)
    for local in ("2026-12-31T23:30", "2027-01-01T00:30"):
        at(local)
        with scope(by.scope):
            documents.issue(
                kind="test.paper", kind_label="Prova", template="pdf/base.html", subject=sondrio, today=timezone.localdate(), by=by,
                ambito_id=sondrio.pk, context={"body_name": "Comune di Sondrio", "text": "Prova"},
            )  # fmt: skip
    with scope(by.scope):
        assert list(Document.objects.filter(kind="test.paper").order_by("pk").values_list("number", flat=True)) == [
            "2026/000001",
            "2027/000001",
        ]
