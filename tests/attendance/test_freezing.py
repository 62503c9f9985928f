"""Months that stand still: many confirmed at once, frozen with a snapshot, and a database that refuses whatever would change them."""

import hashlib
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import TransitionNotAllowed
from impresasolidale.core.fields import canonical
from impresasolidale.core.models import Fact, Todo
from impresasolidale.core.scope import scope
from placements.attendance import services
from placements.attendance.models import AttendanceEvent, PlannedSession, SheetSnapshot, Timesheet
from placements.attendance.services import confirm_months, freeze_sheets
from tests.factories import attendance as made
from tests.factories.fixtures import TODAY, make_user
from tests.support.queries import OwnQueries

from .test_office import token

pytestmark = pytest.mark.django_db
OCTOBER = date(2026, 10, 1)


@pytest.fixture
def closer(sondrio):
    return make_user(Role.SOCIAL_WORKER, sondrio, number=50)


def month_of(sondrio, bakery, number, state, closer, confirmer=None):
    """A further placement whose October is in that state."""
    placement = made.make_running_placement(sondrio, bakery.tutor, bakery.company, number=number, ends_on=date(2026, 10, 31))
    sheet = made.whole_month(placement, OCTOBER)
    return sheet if state == "open" else made.settle(sheet, state, closer=closer, confirmer=confirmer)


@pytest.fixture
def confirmed(sondrio, bakery, closer, coordinator):
    sheet = made.whole_month(bakery.placement, OCTOBER)
    return made.settle(sheet, "confirmed", closer=closer, confirmer=coordinator)


# --- Many at once


def test_ticked_months_are_confirmed_together(signed_in, worker, sondrio, bakery, closer, in_sondrio):
    good = [month_of(sondrio, bakery, n, "closed", closer) for n in (2, 3)]
    mine = month_of(sondrio, bakery, 4, "closed", worker)
    client = signed_in(worker)
    page = client.get("/presenze/ufficio/da-confermare/").content.decode()
    assert page.count('name="sheets"') == 2 and "L’hai chiuso tu" in page
    response = client.post("/presenze/ufficio/da-confermare/", {"sheets": [s.public_id for s in (*good, mine)], **token()}, follow=True)
    html = response.content.decode()
    assert "2 mesi confermati" in html and "l’hai chiuso tu" in html
    states = dict(Timesheet.objects.filter(month=OCTOBER).values_list("pk", "state"))
    assert [states[s.pk] for s in (*good, mine)] == ["confirmed", "confirmed", "closed"]
    assert (
        Fact.objects.filter(code="attendance.timesheet.confirmed", from_state="closed", to_state="confirmed", actor_id=worker.pk).count()
        == 2
    )
    assert list(Todo.objects.filter(kind="attendance.confirm", done_at=None).values_list("subject_id", flat=True)) == [mine.pk]


def test_nothing_ticked_is_said(signed_in, worker, sondrio, bakery, closer):
    month_of(sondrio, bakery, 2, "closed", closer)
    response = signed_in(worker).post("/presenze/ufficio/da-confermare/", token())
    html = response.content.decode()
    assert response.status_code == 422 and '<a href="#id_sheets">Fogli: Scegli almeno un foglio' in html and 'id="id_sheets"' in html


def test_a_month_that_moved_meanwhile_is_left_alone(worker, sondrio, bakery, closer, coordinator):
    closed, moved = month_of(sondrio, bakery, 2, "closed", closer), month_of(sondrio, bakery, 3, "confirmed", closer, coordinator)
    access = access_for(worker)
    with scope(access.scope):
        found = confirm_months(sheets=[closed.pk, moved.pk], by=access, today=TODAY)
        assert (found.done, found.mine, found.moved) == (1, 0, 1)
        moved.refresh_from_db()
        assert moved.confirmed_by == coordinator


def test_another_ambito_s_months_are_out_of_reach(stranger, sondrio, bakery, closer):
    sheet = month_of(sondrio, bakery, 2, "closed", closer)
    access = access_for(stranger)
    with scope(access.scope):
        assert confirm_months(sheets=[sheet.pk], by=access, today=TODAY).done == 0
    clerk = access_for(make_user(Role.CLERK, sondrio))
    with scope(clerk.scope), pytest.raises(PermissionDenied):
        confirm_months(sheets=[sheet.pk], by=clerk, today=TODAY)


def test_confirming_and_freezing_cost_the_same_for_one_and_for_eight(worker, sondrio, bakery, closer):
    sheets = [month_of(sondrio, bakery, n, "closed", closer).pk for n in range(2, 11)]
    access, system = access_for(worker), made.system(sondrio)
    costs = []
    for some in (sheets[:1], sheets[1:]):
        with scope(access.scope):
            with OwnQueries() as confirming:
                confirm_months(sheets=some, by=access, today=TODAY)
            with OwnQueries() as freezing:
                assert freeze_sheets(sheets=some, by=system, now=timezone.now()) == len(some)
        costs.append((len(confirming), len(freezing)))
    assert costs[0] == costs[1] and costs[0][0] <= 20 and costs[0][1] <= 6  # what each month gives is worked out while confirming


# --- Frozen


def test_a_frozen_month_keeps_what_it_said(sondrio, bakery, confirmed, in_sondrio):
    now = timezone.now()
    assert freeze_sheets(sheets=[confirmed.pk], by=in_sondrio, now=now) == 1
    confirmed.refresh_from_db()
    snapshot = SheetSnapshot.objects.get(timesheet=confirmed)
    assert (confirmed.state, confirmed.frozen_at, snapshot.taken_at) == ("frozen", now, now)
    assert confirmed.snapshot_hash == hashlib.sha256(canonical(snapshot.content).encode()).hexdigest()
    content = snapshot.content
    # October 2026, Monday to Thursday from the 1st: seventeen days of four hours
    assert (content["planned"], content["done"], content["credited"], content["days_present"]) == (4080, 4080, 4080, 17)
    assert len(content["days"]) == 17
    assert content["days"][0] == {
        "day": "2026-10-01", "planned": 240, "outcome": "present", "minutes": 240, "travel": 0, "note": "", "channel": "import",
    }  # fmt: skip
    assert Fact.objects.filter(code="attendance.timesheet.frozen", subject_id=confirmed.pk).count() == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM attendance_sheetsnapshot")
        assert cursor.fetchone()[0].startswith("v1:")  # nobody reads it in the table


def test_a_correction_and_a_day_taken_back_are_in_the_snapshot_as_they_stand(sondrio, bakery, closer, coordinator, in_sondrio):
    made.whole_month(bakery.placement, OCTOBER)
    made.record(bakery.placement, date(2026, 10, 1), "sick")
    made.record(bakery.placement, date(2026, 10, 2), "present", 120)  # a Friday
    made.record(bakery.placement, date(2026, 10, 2), "withdrawn")
    sheet = Timesheet.objects.get(placement=bakery.placement, month=OCTOBER)
    frozen = made.settle(sheet, "frozen", closer=closer, confirmer=coordinator)
    days = {d["day"]: d for d in frozen.snapshot.content["days"]}
    assert (days["2026-10-01"]["outcome"], days["2026-10-01"]["minutes"]) == ("sick", 0)
    assert "2026-10-02" not in days


def test_freezing_again_changes_nothing(confirmed, in_sondrio):
    freeze_sheets(sheets=[confirmed.pk], by=in_sondrio, now=timezone.now())
    confirmed.refresh_from_db()
    before = confirmed.snapshot_hash
    assert freeze_sheets(sheets=[confirmed.pk], by=in_sondrio, now=timezone.now() + timedelta(days=1)) == 0
    confirmed.refresh_from_db()
    assert confirmed.snapshot_hash == before and SheetSnapshot.objects.count() == 1


@pytest.mark.parametrize("state", ["open", "closed"])
def test_only_confirmed_months_are_frozen_and_all_or_none(sondrio, bakery, confirmed, closer, in_sondrio, state):
    other = month_of(sondrio, bakery, 2, state, closer)
    with pytest.raises(TransitionNotAllowed):
        freeze_sheets(sheets=[confirmed.pk, other.pk], by=in_sondrio, now=timezone.now())
    confirmed.refresh_from_db()
    assert confirmed.state == "confirmed"


def refused(statement, *values):
    with pytest.raises(DatabaseError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
    return caught.value.__cause__.sqlstate


RESTRICTED, NO_STEP = "23001", "23514"
EVENT = """INSERT INTO attendance_attendanceevent (ambito_id, placement_id, day, outcome, minutes, channel, recorded_at)
           VALUES (%s, %s, '2026-10-06', 'present', 60, 'office', now())"""


@pytest.mark.parametrize("state", ["closed", "confirmed", "frozen"])
def test_the_database_takes_no_event_into_a_month_that_is_not_open(sondrio, bakery, closer, coordinator, in_sondrio, state):
    made.settle(made.whole_month(bakery.placement, OCTOBER), state, closer=closer, confirmer=coordinator)
    count = AttendanceEvent.objects.count()
    assert refused(EVENT, sondrio.pk, bakery.placement.pk) == RESTRICTED
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(EVENT.replace("2026-10-06", "2026-11-03"), [sondrio.pk, bakery.placement.pk])  # November is open
    assert AttendanceEvent.objects.count() == count + 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE attendance_timesheet SET credited_minutes = 0 WHERE id = {sheet}",
        "UPDATE attendance_timesheet SET state = 'confirmed' WHERE id = {sheet}",
        "UPDATE attendance_timesheet SET snapshot_hash = '' WHERE id = {sheet}",
        "DELETE FROM attendance_timesheet WHERE id = {sheet}",
        "UPDATE attendance_plannedsession SET minutes = 60 WHERE placement_id = {placement} AND day = '2026-10-01'",
        "DELETE FROM attendance_plannedsession WHERE placement_id = {placement} AND day = '2026-10-01'",
        "INSERT INTO attendance_plannedsession (ambito_id, placement_id, day, starts_at, minutes)"
        " VALUES ({ambito}, {placement}, '2026-10-02', '9:00', 60)",
    ],
)
def test_the_database_changes_nothing_of_a_frozen_month(sondrio, bakery, confirmed, in_sondrio, statement):
    freeze_sheets(sheets=[confirmed.pk], by=in_sondrio, now=timezone.now())
    words = statement.format(sheet=confirmed.pk, placement=bakery.placement.pk, ambito=sondrio.pk)
    assert refused(words) in (RESTRICTED, NO_STEP)


def test_the_database_freezes_nothing_without_its_snapshot(confirmed, in_sondrio):
    assert refused("UPDATE attendance_timesheet SET state = 'frozen', frozen_at = now() WHERE id = %s", confirmed.pk) == RESTRICTED


def test_a_plan_written_again_leaves_a_frozen_month_alone(sondrio, bakery, confirmed, in_sondrio):
    freeze_sheets(sheets=[confirmed.pk], by=in_sondrio, now=timezone.now())
    before = PlannedSession.objects.filter(placement=bakery.placement, day__month=10).count()
    services.resync_planned(placement=bakery.placement, by=in_sondrio, today=TODAY, since=OCTOBER)
    assert PlannedSession.objects.filter(placement=bakery.placement, day__month=10).count() == before


def test_a_frozen_month_cannot_be_reopened(signed_in, worker, sondrio, bakery, confirmed, in_sondrio):
    freeze_sheets(sheets=[confirmed.pk], by=in_sondrio, now=timezone.now())
    response = signed_in(worker).post(f"/presenze/fogli/{confirmed.public_id}/riapri/", {"reason": "un errore", **token()})
    assert response.status_code == 409
    confirmed.refresh_from_db()
    assert confirmed.state == "frozen"
