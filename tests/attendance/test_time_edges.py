"""Edges of time: days when the clocks change, leap days, travel, notes, hours that cross, and every bad line said in words."""

import json
import uuid
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from impresasolidale.accounts.access import access_for
from impresasolidale.core.errors import DomainError
from impresasolidale.core.scope import scope
from placements.agreements.models import Placement, Suspension
from placements.attendance import services
from placements.attendance.enums import Note, Outcome
from placements.attendance.models import AttendanceEvent, PlannedSession, Timesheet
from placements.attendance.rules import NOTES, OUTCOMES, DayValue, MonthTotals, check_note, month_totals, months_of, next_month
from placements.attendance.selectors.paper import overlapping_days
from tests.factories import attendance as made
from tests.factories.fixtures import TODAY
from tests.factories.jobs import in_every_ambito

from .test_office import token

OCTOBER = date(2026, 10, 1)
EVERY_DAY = dict.fromkeys(range(7), 120)


def sessions(placement, first, last):
    rows = PlannedSession.objects.filter(placement=placement, day__range=(first, last)).order_by("day")
    return [(row.day, row.starts_at, row.minutes) for row in rows]


# --- The clocks and the calendar


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("month", "sunday", "days"),
    [
        (date(2026, 3, 1), date(2026, 3, 29), 31),  # 02:00 becomes 03:00
        (date(2026, 10, 1), date(2026, 10, 25), 30),  # the 4th is a holiday again; 03:00 becomes 02:00
    ],
)
def test_the_day_the_clocks_change_is_a_day_like_the_others(sondrio, in_sondrio, month, sunday, days):
    """Nobody's hours grow or shrink with the clock: two hours from nine are two hours. Easter Monday (6 April 2026) is not in March."""
    company = made.make_host(sondrio)
    tutor, _user = made.make_tutor(sondrio, company)
    last = next_month(month) - timedelta(days=1)
    placement = made.make_running_placement(sondrio, tutor, company, week=EVERY_DAY, starts_on=month, ends_on=last)
    around = sessions(placement, sunday - timedelta(days=1), sunday + timedelta(days=1))
    assert around == [(sunday + timedelta(days=n), time(9), 120) for n in (-1, 0, 1)]
    assert Timesheet.objects.get(placement=placement, month=month).planned_minutes == days * 120
    made.record(placement, sunday, "present", today=date(2027, 1, 1))
    made.record(placement, sunday + timedelta(days=1), "present", 90, today=date(2027, 1, 1))
    sheet = Timesheet.objects.get(placement=placement, month=month)
    assert (sheet.done_minutes, sheet.days_present) == (210, 2)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "at", ["2026-10-25T00:30:00+02:00", "2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00", "2026-10-25T23:59:00+01:00"]
)
def test_whatever_the_hour_of_the_tap_the_day_is_rome_s(sondrio, in_sondrio, monkeypatch, at):
    """Between the two 02:30 of that night lies an hour; both are the 25th of October."""
    company = made.make_host(sondrio)
    tutor, _user = made.make_tutor(sondrio, company)
    placement = made.make_running_placement(sondrio, tutor, company, week=EVERY_DAY)
    moment = datetime.fromisoformat(at)
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
    today = moment.astimezone(ZoneInfo("Europe/Rome")).date()
    assert today == date(2026, 10, 25)
    event = made.record(placement, today, today=today)
    event.refresh_from_db()
    assert event.recorded_at == moment and event.day == date(2026, 10, 25)
    with pytest.raises(DomainError, match="deve ancora venire"):
        made.record(placement, today + timedelta(days=1), today=today)


@pytest.mark.django_db
def test_the_29th_of_february_is_planned_said_and_counted(sondrio, in_sondrio):
    company = made.make_host(sondrio)
    tutor, _user = made.make_tutor(sondrio, company)
    placement = made.make_running_placement(sondrio, tutor, company, week=EVERY_DAY, starts_on=date(2028, 2, 1), ends_on=date(2028, 3, 31))
    assert len(sessions(placement, date(2028, 2, 1), date(2028, 2, 29))) == 29
    february = Timesheet.objects.get(placement=placement, month=date(2028, 2, 1))
    assert february.planned_minutes == 29 * 120
    made.record(placement, date(2028, 2, 29), today=date(2028, 3, 1))
    february.refresh_from_db()
    assert (february.done_minutes, february.days_present) == (120, 1)
    assert json.loads(services.freezing.contents([february.pk])[february.pk])["days"][-1]["day"] == "2028-02-29"


@given(st.dates(date(2020, 1, 1), date(2040, 12, 31)), st.integers(0, 900))
def test_months_follow_each_other_without_holes(first, length):
    last = first + timedelta(days=length)
    months = months_of(first, last)
    assert months[0] == first.replace(day=1) and months[-1] == last.replace(day=1)
    assert all(next_month(a) == b and (b - a).days in (28, 29, 30, 31) for a, b in pairwise(months))


# --- Travel (rule 32: credited within the plan, where the rule book says so)


@pytest.fixture
def travelling(bakery):
    return made.rules_changed(bakery.placement, travel_minutes_credit=45)


def say(placement, by, day, outcome="present", minutes=None, travel=0, note=""):
    with scope(by.scope):
        return services.record_attendance(
            public_id=placement.public_id, day=day, outcome=outcome, minutes=minutes, travel_minutes=travel, note=note,
            submission=uuid.uuid4(), channel="office", by=by, today=TODAY,
        )  # fmt: skip


@pytest.mark.django_db
def test_travel_is_credited_up_to_the_plan_and_is_no_hour_done(travelling, in_sondrio):
    """October: planned 17 × 240 = 4080. Four days of 240 with 45 of travel: done 960, credited 960 + 4 × 45 = 1140."""
    for day in (1, 5, 6, 7):
        say(travelling, in_sondrio, date(2026, 10, day), travel=45)
    sheet = Timesheet.objects.get(placement=travelling, month=OCTOBER)
    assert (sheet.done_minutes, sheet.credited_minutes, sheet.days_present) == (960, 1140, 4)
    for day in (8, 12, 13, 14, 15, 19, 20, 21, 22, 26, 27, 28, 29):
        say(travelling, in_sondrio, date(2026, 10, day), travel=45)
    sheet.refresh_from_db()
    assert (sheet.done_minutes, sheet.credited_minutes) == (4080, 4080)  # 4080 + 17 × 45 would be 4845
    assert in_every_ambito(services.recount_months) == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("travel", "outcome", "words"),
    [(46, "present", "45 minuti al giorno"), (-5, "present", "45 minuti"), (20, "sick", "giorno di presenza")],
)
def test_travel_beyond_the_rule_book_is_refused(travelling, in_sondrio, travel, outcome, words):
    with pytest.raises(DomainError, match=words) as caught:
        say(travelling, in_sondrio, date(2026, 10, 1), outcome, travel=travel)
    assert caught.value.field == "travel_minutes"


@pytest.mark.django_db
def test_where_travel_is_not_credited_nobody_is_asked_for_it(signed_in, worker, bakery, in_sondrio):
    with pytest.raises(DomainError, match="non è riconosciuto"):
        say(bakery.placement, in_sondrio, date(2026, 10, 1), travel=20)
    client = signed_in(worker)
    address = f"/presenze/{bakery.placement.public_id}/registra/?day=2026-10-01"
    assert "travel_minutes" not in client.get(address).content.decode()
    made.rules_changed(bakery.placement, travel_minutes_credit=45)
    assert "travel_minutes" in client.get(address).content.decode()
    data = {"day": "2026-10-01", "outcome": "present", "channel": "office", "travel_minutes": "0:30", "note": "outside", **token()}
    assert client.post(f"/presenze/{bakery.placement.public_id}/registra/", data).status_code == 303
    event = AttendanceEvent.objects.get()
    assert (event.travel_minutes, event.note) == (30, "outside")
    page = client.get(f"/presenze/{bakery.placement.public_id}/?mese=2026-10").content.decode()
    assert "viaggio 30\u00a0min" in page and "attività fuori sede" in page


@pytest.mark.django_db
def test_the_database_keeps_travel_to_presence(bakery, in_sondrio):
    with pytest.raises(IntegrityError, match="attendance_event_travel"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO attendance_attendanceevent (ambito_id, placement_id, day, outcome, minutes, travel_minutes, channel, recorded_at)"
            " VALUES (%s, %s, '2026-10-01', 'sick', 0, 10, 'office', now())",
            [bakery.placement.ambito_id, bakery.placement.pk],
        )


DAYS = st.lists(st.tuples(st.integers(0, 720), st.sampled_from([*OUTCOMES, ""]), st.integers(1, 720), st.integers(0, 240)), max_size=31)


@given(DAYS)
def test_a_month_is_credited_what_was_done_and_travelled_up_to_its_plan(rows):
    """Against a sum written another way."""
    days = [
        DayValue(
            date(2026, 10, 1) + timedelta(days=n),
            planned,
            outcome,
            minutes if outcome == "present" else 0,
            travel if outcome == "present" else 0,
        )
        for n, (planned, outcome, minutes, travel) in enumerate(rows)
    ]
    here = [d for d in days if d.outcome == "present"]
    planned, done = sum(d.planned for d in days), sum(d.minutes for d in here)
    away = sum(1 for d in days if d.outcome in ("sick", "appointment", "justified", "unjustified"))
    credited = min(planned, done + sum(d.travel for d in here))
    assert month_totals(days) == MonthTotals(planned, done, credited, len(here), away)


# --- Notes: a closed list, nothing about health (rule 33)


def test_every_note_fits_some_outcome_and_none_speaks_of_health():
    assert {*NOTES} == {*Note}
    for note, outcomes in NOTES.items():
        assert outcomes and all(outcome in OUTCOMES for outcome in outcomes)
        for outcome in OUTCOMES:
            if outcome in outcomes:
                check_note(note, outcome)
            else:
                with pytest.raises(DomainError):
                    check_note(note, outcome)
    for word in ("malat", "ospedal", "diagnos", "terapi", "crisi"):
        assert not any(word in str(note.label) for note in Note)


@pytest.mark.django_db
@pytest.mark.parametrize("note", ["late", "ha avuto una crisi"])
def test_a_note_that_does_not_fit_is_refused(bakery, in_sondrio, note):
    with pytest.raises(DomainError) as caught:
        say(bakery.placement, in_sondrio, date(2026, 10, 1), "sick", note=note)
    assert caught.value.field == "note"


# --- Hours that cross, hours over the plan


@pytest.mark.django_db
def test_two_placements_in_the_same_hours_are_shown(signed_in, worker, sondrio, bakery, in_sondrio):
    second = made.make_running_placement(sondrio, bakery.tutor, bakery.company, number=2)
    Placement.objects.update(exclusive=False)
    Placement.objects.filter(pk=second.pk).update(beneficiary=bakery.placement.beneficiary)
    made.record(bakery.placement, date(2026, 10, 1))
    made.record(bakery.placement, date(2026, 10, 5))
    assert overlapping_days(bakery.placement, OCTOBER) == []
    made.record(second, date(2026, 10, 1))
    made.record(second, date(2026, 10, 5), "sick")
    assert overlapping_days(bakery.placement, OCTOBER) == [date(2026, 10, 1)] == overlapping_days(second, OCTOBER)
    assert "Due tirocini nelle stesse ore" in signed_in(worker).get(f"/presenze/{second.public_id}/?mese=2026-10").content.decode()
    PlannedSession.objects.filter(placement=second).update(starts_at=time(13))  # nine to one, one to five: they touch, they do not cross
    assert overlapping_days(bakery.placement, OCTOBER) == []


@pytest.mark.django_db
def test_hours_over_the_plan_are_kept_said_and_not_credited(signed_in, worker, bakery, in_sondrio):
    made.whole_month(bakery.placement, OCTOBER)
    made.record(bakery.placement, date(2026, 10, 1), "present", 600)
    sheet = Timesheet.objects.get(placement=bakery.placement, month=OCTOBER)
    assert (sheet.planned_minutes, sheet.done_minutes, sheet.credited_minutes) == (4080, 4440, 4080)
    page = signed_in(worker).get(f"/presenze/{bakery.placement.public_id}/?mese=2026-10").content.decode()
    assert "Più ore del previsto" in page


# --- Bad lines


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("day", "outcome", "minutes", "field"),
    [
        ("2026-09-30", "present", 60, "day"),  # before the first day
        ("2027-04-01", "present", 60, "day"),  # after the last
        ("2026-11-19", "present", 60, "day"),  # tomorrow
        ("2026-11-04", "present", 60, "day"),  # in the suspension
        ("2026-10-01", "present", 0, "minutes"),
        ("2026-10-01", "present", 721, "minutes"),
        ("2026-10-01", "sick", 60, "minutes"),
        ("2026-10-02", "present", None, "minutes"),  # not planned: how many?
        ("2026-10-01", "ill", None, "outcome"),
        ("2026-10-01", "withdrawn", None, "outcome"),
    ],
)
def test_every_bad_line_is_refused_with_its_field_and_nothing_is_written(bakery, in_sondrio, day, outcome, minutes, field):
    Suspension.objects.create(
        ambito=bakery.placement.ambito, placement=bakery.placement, starts_on=date(2026, 11, 2), ends_on=date(2026, 11, 6),
        cause="illness",
    )  # fmt: skip
    with pytest.raises(DomainError) as caught:
        say(bakery.placement, in_sondrio, date.fromisoformat(day), outcome, minutes)
    assert caught.value.field == field and str(caught.value.words)
    assert not AttendanceEvent.objects.exists()


@pytest.mark.django_db
def test_a_note_and_a_channel_stay_with_the_event(bakery):
    access = access_for(bakery.user)
    with scope(access.scope):
        event = say(bakery.placement, access, date(2026, 10, 1), "present", 200, note=Note.LEFT)
        event.refresh_from_db()
    assert (event.note, event.recorded_by, event.outcome) == ("left", bakery.user, Outcome.PRESENT)
