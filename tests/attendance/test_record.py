"""One day: what may be said, by whom, and how often it counts."""

import threading
import uuid
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction

from impresasolidale.accounts.access import access_for
from impresasolidale.core.errors import Conflict, DomainError
from impresasolidale.core.models import Look, Todo
from impresasolidale.core.scope import scope
from placements.agreements.enums import PlacementState
from placements.agreements.models import Placement
from placements.attendance.models import AttendanceEvent, Timesheet
from placements.attendance.rules import DayValue, MonthTotals, month_totals
from placements.attendance.services import record_attendance
from tests.factories import attendance as made
from tests.factories.fixtures import TODAY

pytestmark = pytest.mark.django_db
YESTERDAY = TODAY - timedelta(days=1)


def say(bakery, access, day=TODAY, outcome="present", minutes=None, submission=None, placement=None):
    with scope(access.scope):
        return record_attendance(
            public_id=(placement or bakery.placement).public_id,
            day=day,
            outcome=outcome,
            minutes=minutes,
            submission=submission or uuid.uuid4(),
            channel="portal",
            by=access,
            today=TODAY,
        )


def totals_of(placement, month=date(2026, 11, 1)):
    t = Timesheet.objects.get(placement=placement, month=month)
    return MonthTotals(t.planned_minutes, t.done_minutes, t.credited_minutes, t.days_present, t.days_absent)


def test_a_golden_month_in_the_database(sondrio, in_sondrio):
    """October 2026 of somebody expected on Mondays and Wednesdays for four hours."""
    company = made.make_host(sondrio)
    tutor, _user = made.make_tutor(sondrio, company)
    placement = made.make_running_placement(sondrio, tutor, company, week={0: 240, 2: 240})
    # Planned: Mondays 5 12 19 26 and Wednesdays 7 14 21 28 = 8 × 240 = 1920
    made.record(placement, date(2026, 10, 5))  # 240 as planned
    made.record(placement, date(2026, 10, 7), "present", 300)  # an hour more
    made.record(placement, date(2026, 10, 12), "sick")
    made.record(placement, date(2026, 10, 14))
    made.record(placement, date(2026, 10, 14), "unjustified")  # a correction: the last word counts
    made.record(placement, date(2026, 10, 16), "present", 120)  # a Friday, made up
    made.record(placement, date(2026, 10, 19))
    made.record(placement, date(2026, 10, 19), "withdrawn")
    made.record(placement, date(2026, 10, 21), "closed")
    # done 240 + 300 + 120 = 660, three days; absent 12 and 14
    assert totals_of(placement, date(2026, 10, 1)) == MonthTotals(planned=1920, done=660, credited=660, days_present=3, days_absent=2)
    assert AttendanceEvent.objects.filter(placement=placement).count() == 9


def test_the_database_adds_up_as_the_rules_do(bakery, in_sondrio):
    said = {
        2: ("present", 700),
        3: ("present", 720),
        4: ("sick", 0),
        6: ("present", 720),
        8: ("present", 720),
        9: ("present", 720),
        10: ("present", 720),
        11: ("present", 720),
    }
    for day, (outcome, minutes) in said.items():
        made.record(bakery.placement, date(2026, 11, day), outcome, minutes or None)
    planned = [d for d in range(1, 31) if date(2026, 11, d).weekday() < 4]
    days = [DayValue(date(2026, 11, d), 240 if d in planned else 0, *said.get(d, ("", 0))) for d in range(1, 31)]
    assert totals_of(bakery.placement) == month_totals(days)
    assert totals_of(bakery.placement).credited == len(planned) * 240  # done 700 + 6 × 720 = 5020, planned 18 × 240 = 4320


def test_a_repeated_tap_is_one_row(bakery, in_sondrio):
    tap = uuid.uuid4()
    first, second = (say(bakery, bakery.access, submission=tap) for _ in range(2))
    assert first.pk == second.pk
    assert AttendanceEvent.objects.count() == 1


def test_a_submission_used_for_another_day_is_a_conflict(bakery, in_sondrio):
    tap = uuid.uuid4()
    say(bakery, bakery.access, submission=tap)
    with pytest.raises(Conflict):
        say(bakery, bakery.access, day=YESTERDAY, submission=tap)


@pytest.mark.django_db(transaction=True)
def test_two_taps_at_once_are_one_row(bakery):
    access, tap, found, gate = bakery.access, uuid.uuid4(), [], threading.Barrier(2)

    def press():
        try:
            gate.wait(timeout=10)
            found.append(say(bakery, access, submission=tap).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert len(found) == 2 and len(set(found)) == 1
    with scope(access.scope):
        assert AttendanceEvent.objects.count() == 1
        assert totals_of(bakery.placement).done == 240


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (TODAY + timedelta(days=1), "deve ancora venire"),
        (date(2026, 9, 30), "è fuori"),
        (date(2027, 4, 1), "è fuori"),
    ],
)
def test_days_that_cannot_be_said(bakery, in_sondrio, day, words):
    with pytest.raises(DomainError, match=words) as refusal:
        say(bakery, bakery.access, day=day)
    assert refusal.value.field == "day"
    assert not AttendanceEvent.objects.exists()


@pytest.mark.parametrize(("state", "words"), [(PlacementState.SUSPENDED, "sospeso"), (PlacementState.VALIDATED, "non è in corso")])
def test_placements_that_do_not_run(bakery, in_sondrio, state, words):
    bakery.placement = made.make_running_placement(bakery.placement.ambito, bakery.tutor, bakery.company, number=3, state=state)
    with pytest.raises(DomainError, match=words):
        say(bakery, bakery.access)
    assert not AttendanceEvent.objects.exists()


def test_a_closed_month_is_refused(bakery, in_sondrio):
    Timesheet.objects.filter(placement=bakery.placement, month=date(2026, 11, 1)).update(state="closed", closed_at="2026-11-18T10:00Z")
    with pytest.raises(DomainError, match="novembre 2026 è già chiuso"):
        say(bakery, bakery.access)


def test_the_service_appointment_is_for_the_office_to_say(bakery, in_sondrio, worker):
    with pytest.raises(DomainError, match="solo l’ufficio"):
        say(bakery, bakery.access, outcome="appointment")
    assert say(bakery, access_for(worker), outcome="appointment").minutes == 0


def test_a_role_without_the_right_is_refused(bakery, in_sondrio, coordinator):
    with pytest.raises(PermissionDenied):
        say(bakery, access_for(coordinator))


def test_there_must_be_something_to_take_back(bakery, in_sondrio):
    with pytest.raises(DomainError, match="nessuna registrazione"):
        say(bakery, bakery.access, outcome="withdrawn")


def test_an_absence_without_a_word_becomes_a_to_do_until_it_is_corrected(bakery, in_sondrio):
    say(bakery, bakery.access, outcome="unjustified")
    todo = Todo.objects.get(kind="attendance.absence", done_at=None)
    assert todo.role == "social_worker" and "18/11/2026" in todo.title
    say(bakery, bakery.access, outcome="present")
    assert not Todo.objects.filter(kind="attendance.absence", done_at=None).exists()


@pytest.mark.parametrize("statement", ["UPDATE attendance_attendanceevent SET minutes = 1", "DELETE FROM attendance_attendanceevent"])
def test_an_event_is_never_changed(bakery, in_sondrio, statement):
    made.record(bakery.placement, TODAY)
    with pytest.raises(DatabaseError, match="append-only|permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_another_companys_rows_do_not_exist_for_the_tutor(bakery, other_bakery):
    with scope(bakery.access.scope), pytest.raises(Placement.DoesNotExist):
        say(bakery, bakery.access, placement=other_bakery.placement)
    with scope(bakery.access.scope), connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT placement_id) FROM attendance_plannedsession")
        assert cursor.fetchone() == (1,)


def test_looks_are_kept(bakery, signed_in, in_sondrio, worker):
    client = signed_in(worker)
    client.get(f"/presenze/{bakery.placement.public_id}/")
    assert Look.objects.filter(kind="detail", subject_ids__contains=[bakery.placement.pk]).exists()
