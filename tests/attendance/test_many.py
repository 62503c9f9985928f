"""Many days by one statement are the days that as many taps would have written: the same events, totals, to-dos and refusals."""

import uuid
from datetime import date, timedelta

import pytest

from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import DomainError
from impresasolidale.core.models import Todo
from impresasolidale.core.scope import scope
from placements.agreements.enums import PlacementState
from placements.agreements.models import Suspension
from placements.attendance import services
from placements.attendance.enums import Channel, Outcome
from placements.attendance.models import AttendanceEvent, Timesheet
from placements.attendance.services import SaidDay
from tests.factories.attendance import make_host, make_running_placement, make_tutor, record, settle, system, whole_month
from tests.factories.fixtures import TODAY, make_user

pytestmark = pytest.mark.django_db
OCTOBER = date(2026, 10, 1)


@pytest.fixture
def pair(sondrio):
    """Two placements alike: one is tapped, the other comes from a file."""
    company = make_host(sondrio)
    tutor, _user = make_tutor(sondrio, company)
    return [make_running_placement(sondrio, tutor, company, number=n) for n in (1, 2)]


def said(placement, day, outcome=Outcome.PRESENT, minutes=None, **more):
    return SaidDay(placement=placement.pk, day=day, outcome=outcome, minutes=minutes, submission=uuid.uuid4(), **more)


def write(placement, days, today=TODAY):
    access = system(placement.ambito)
    with scope(access.scope):
        refused = services.record_many(days=services.at_hand(days), by=access, today=today)
    return {n - 1: why for n, why in refused.items()}  # by the place in the list


def sheets(placement):
    names = ("month", "state", "planned_minutes", "done_minutes", "credited_minutes", "days_present", "days_absent")
    return list(Timesheet.objects.filter(placement=placement).order_by("month").values_list(*names))


def events(placement):
    names = ("day", "outcome", "minutes", "travel_minutes", "note", "channel", "recorded_by_id")
    return list(AttendanceEvent.objects.filter(placement=placement).order_by("id").values_list(*names))


def todos(placement):
    names = ("kind", "role", "due_on", "done_at")
    return list(Todo.objects.filter(subject_type="agreements.placement", subject_id=placement.pk).order_by("id").values_list(*names))


# (day of October 2026, outcome, minutes): four mornings a week are planned, from Monday to Thursday, of 240 minutes
SAMPLE = [
    (1, "present", None), (5, "present", None), (6, "present", 180), (7, "sick", None), (8, "unjustified", None),
    (9, "present", 120),   # a Friday, not planned: hours are said
    (12, "justified", None), (13, "appointment", None), (14, "closed", None), (15, "present", 300),
]  # fmt: skip


def test_many_days_are_what_as_many_taps_would_have_written(pair, within, worker):
    tapped, brought = pair
    for day, outcome, minutes in SAMPLE:
        record(tapped, date(2026, 10, day), outcome, minutes)
    refused = write(brought, [said(brought, date(2026, 10, day), outcome, minutes) for day, outcome, minutes in SAMPLE])
    within(worker)
    assert refused == {}
    assert events(tapped) == events(brought)
    assert sheets(tapped) == sheets(brought)
    assert todos(tapped) == todos(brought) and len(todos(brought)) == 1
    month = Timesheet.objects.get(placement=brought, month=OCTOBER)
    # 240 + 240 + 180 + 120 + 300 minutes; 17 mornings of October from the 1st are planned: 17 × 240
    assert (month.done_minutes, month.planned_minutes, month.days_present, month.days_absent) == (1080, 4080, 5, 4)


def refusal_of_a_tap(placement, day, outcome, minutes):
    try:
        record(placement, day, outcome, minutes)
    except DomainError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("day", "outcome", "minutes"),
    [
        (date(2026, 9, 30), "present", None),  # before it began
        (date(2027, 4, 1), "present", None),  # after its end
        (TODAY + timedelta(days=1), "present", 60),  # still to come
        (date(2026, 10, 3), "present", None),  # a Saturday, nothing planned, no hours said
        (date(2026, 10, 5), "present", 0),
        (date(2026, 10, 5), "present", 721),
        (date(2026, 10, 5), "sick", 60),  # an absence with hours
        (date(2026, 10, 5), "dancing", None),
    ],
)
def test_what_a_tap_refuses_is_refused_in_the_same_words(pair, within, worker, day, outcome, minutes):
    placement = pair[0]
    words = refusal_of_a_tap(placement, day, outcome, minutes)
    refused = write(placement, [said(placement, day, outcome, minutes)])
    assert words and refused[0].words == words
    within(worker)
    assert events(placement) == []


def test_a_pause_a_closed_month_and_a_placement_that_does_not_run(pair, sondrio, within, worker):
    placement, other = pair
    access = system(sondrio)
    with scope(access.scope):
        Suspension.objects.create(
            ambito=sondrio, placement=placement, starts_on=date(2026, 10, 12), ends_on=date(2026, 10, 16), cause="sick"
        )
    day = date(2026, 10, 13)
    assert write(placement, [said(placement, day)])[0].words == refusal_of_a_tap(placement, day, "present", None) != ""
    settle(whole_month(other, OCTOBER), "closed", closer=make_user(Role.SOCIAL_WORKER, sondrio, number=7))
    day = date(2026, 10, 6)
    assert write(other, [said(other, day)])[0].words == refusal_of_a_tap(other, day, "present", None) != ""
    draft = make_running_placement(sondrio, placement.company_tutor, placement.company, number=3, state=PlacementState.DRAFT, planned=False)
    assert write(draft, [said(draft, day)])[0].words == refusal_of_a_tap(draft, day, "present", None) != ""


def test_a_day_that_is_there_is_known_and_another_word_about_it_is_refused(pair, within, worker):
    placement = pair[0]
    days = [date(2026, 10, 5), date(2026, 10, 6)]
    record(placement, days[0])
    refused = write(
        placement, [said(placement, days[0]), said(placement, days[0], "sick"), said(placement, days[1]), said(placement, days[1])]
    )
    assert refused[0].is_known and "due volte" in refused[1].words and 2 not in refused and "due volte" in refused[3].words
    assert "già scritto altro" in write(placement, [said(placement, days[0], "sick")])[0].words
    within(worker)
    assert [row[0] for row in events(placement)] == days


def test_what_was_brought_in_is_taken_back_unless_somebody_said_otherwise_since(pair, within, worker):
    placement = pair[0]
    brought = [said(placement, date(2026, 10, 5)), said(placement, date(2026, 10, 6), "unjustified"), said(placement, date(2026, 10, 7))]
    assert write(placement, brought) == {}
    record(placement, date(2026, 10, 7), "sick")
    back = [said(placement, d.day, Outcome.WITHDRAWN, over=d.submission) for d in brought]
    refused = write(placement, back)
    assert list(refused) == [2] and "già scritto altro" in refused[2].words
    within(worker)
    month = Timesheet.objects.get(placement=placement, month=OCTOBER)
    assert (month.done_minutes, month.days_absent) == (0, 1)
    assert [done is not None for *_rest, done in todos(placement)] == [True]


def test_a_placement_of_another_ambito_is_not_there(pair, tirano, sondrio):
    access = system(tirano)
    with scope(access.scope):
        refused = services.record_many(days=services.at_hand([said(pair[0], date(2026, 10, 5))]), by=access, today=TODAY)
    assert "non c'è" in refused[1].words
    with scope(system(sondrio).scope):
        assert not AttendanceEvent.objects.filter(channel=Channel.IMPORT).exists()
