"""The office's sheets: confirm, reopen, correct; figures for the rooms above."""

import uuid
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.http import QueryDict

from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.models import Fact, Look, Todo, Upload
from impresasolidale.core.scope import scope
from placements.attendance import selectors, services
from placements.attendance.models import AttendanceEvent, PlannedSession, Timesheet
from tests.factories import attendance as made
from tests.factories.fixtures import TODAY, make_user

from .test_portal import own_queries

pytestmark = pytest.mark.django_db
OCTOBER = date(2026, 10, 1)


def token():
    return {"_submission": str(uuid.uuid4())}


@pytest.fixture
def october(bakery, in_sondrio):
    """October, whole and still open."""
    made.record_days(
        bakery.placement, PlannedSession.objects.filter(placement=bakery.placement, day__month=10).values_list("day", flat=True)
    )
    return Timesheet.objects.get(placement=bakery.placement, month=OCTOBER)


@pytest.fixture
def closed(bakery, october):
    with scope(bakery.access.scope):
        return services.close_month(sheet=october, by=bakery.access, today=TODAY)


def test_the_list_shows_every_sheet_with_its_figures(signed_in, worker, bakery, closed):
    html = signed_in(worker).get("/presenze/ufficio/?mese=2026-10").content.decode()
    assert str(bakery.placement.beneficiary) in html and "68\u00a0h" in html and "100\u00a0%" in html and "chiuso dal tutor" in html
    assert Look.objects.filter(kind="list", subject_ids=[closed.pk]).exists()


def test_filters_and_empty_states(signed_in, worker, bakery, closed):
    client = signed_in(worker)
    person = bakery.placement.beneficiary
    assert str(person) in client.get(f"/presenze/ufficio/?mese=2026-10&nome={person.last_name[:4].upper()}").content.decode()
    assert "Nessun foglio con questi filtri" in client.get("/presenze/ufficio/?mese=2026-10&stato=confirmed").content.decode()
    assert "Nessun foglio in questo mese" in client.get("/presenze/ufficio/?mese=2020-01").content.decode()


def test_pages_go_forth_and_back(signed_in, worker, bakery, sondrio):
    for number in range(2, 29):
        made.make_running_placement(sondrio, bakery.tutor, bakery.company, number=number, ends_on=date(2026, 10, 31))
    access = access_for(worker)

    def page(**query):
        asked = QueryDict(mutable=True)
        asked.update(query)
        return selectors.office_sheets(access, OCTOBER, selectors.SheetFilter(), asked)[0]

    with scope(access.scope):
        first = page()
        second = page(dopo=first.after)
        again = page(prima=second.before)
    assert (len(first.rows), len(second.rows), first.before, second.after) == (25, 3, "", "")
    assert [s.pk for s in again.rows] == [s.pk for s in first.rows] and not again.before and again.after
    html = signed_in(worker).get("/presenze/ufficio/?mese=2026-10").content.decode()
    assert f"mese=2026-10&amp;dopo={first.after}" in html


def test_the_list_costs_the_same_for_one_and_ten(signed_in, worker, bakery, sondrio):
    client = signed_in(worker)
    _page, one = own_queries(lambda: client.get("/presenze/ufficio/?mese=2026-10"))
    for number in range(2, 11):
        made.make_running_placement(sondrio, bakery.tutor, bakery.company, number=number, ends_on=date(2026, 10, 31))
    _page, ten = own_queries(lambda: client.get("/presenze/ufficio/?mese=2026-10"))
    assert len(one) == len(ten) <= 8


def test_another_ambito_does_not_see_it(signed_in, stranger, bakery, closed):
    client = signed_in(stranger)
    assert str(bakery.placement.beneficiary) not in client.get("/presenze/ufficio/?mese=2026-10").content.decode()
    assert client.get(f"/presenze/{bakery.placement.public_id}/").status_code == 404
    assert client.post(f"/presenze/fogli/{closed.public_id}/conferma/", token()).status_code == 404
    with scope(access_for(stranger).scope):  # what an office is refused stays in its own log
        assert Look.objects.filter(kind="denied", actor_id=stranger.pk).count() == 2


def test_a_month_is_confirmed_and_its_to_do_goes(signed_in, worker, closed):
    todo = Todo.objects.get(kind="attendance.confirm", done_at=None)
    assert (todo.role, todo.due_on) == ("social_worker", date(2026, 11, 5))  # rule 31: the fifth
    response = signed_in(worker).post(f"/presenze/fogli/{closed.public_id}/conferma/", token())
    assert response.status_code == 303
    closed.refresh_from_db()
    assert (closed.state, closed.confirmed_by) == ("confirmed", worker)
    assert Fact.objects.filter(code="attendance.timesheet.confirmed", subject_id=closed.pk, actor_id=worker.pk).exists()
    assert not Todo.objects.filter(kind="attendance.confirm", done_at=None).exists()


def test_after_a_month_comes_the_next_one(signed_in, worker, bakery, other_bakery, closed):
    def close(placement, by):
        days = PlannedSession.objects.filter(placement=placement, day__month=10).values_list("day", flat=True)
        made.record_days(placement, days)
        services.close_month(sheet=Timesheet.objects.get(placement=placement, month=OCTOBER), by=by, today=TODAY)

    with scope(other_bakery.access.scope):
        close(other_bakery.placement, other_bakery.access)
    client = signed_in(worker)
    waiting = client.get("/presenze/ufficio/da-confermare/").content.decode()
    assert all(str(b.placement.public_id) in waiting for b in (bakery, other_bakery)) and "ottobre 2026" in waiting
    page = client.post(f"/presenze/fogli/{closed.public_id}/conferma/", token(), follow=True).content.decode()
    assert "Torna alle cose da fare" in page and "Prossimo mese da confermare" in page
    assert f'href="/presenze/{other_bakery.placement.public_id}/?mese=2026-10"' in page
    last = Timesheet.objects.exclude(pk=closed.pk).get(placement=other_bakery.placement, month=OCTOBER)
    page = client.post(f"/presenze/fogli/{last.public_id}/conferma/", token(), follow=True).content.decode()
    assert "Torna alle cose da fare" in page and "Prossimo mese da confermare" not in page
    assert "Nessun mese da confermare" in client.get("/presenze/ufficio/da-confermare/").content.decode()


def test_whoever_closed_does_not_confirm(signed_in, worker, coordinator, october):
    client = signed_in(worker)
    client.post(f"/presenze/fogli/{october.public_id}/chiudi/", token())
    response = client.post(f"/presenze/fogli/{october.public_id}/conferma/", token(), follow=True)
    assert "Hai chiuso tu questo mese" in response.content.decode()
    october.refresh_from_db()
    assert october.state == "closed"
    signed_in(coordinator).post(f"/presenze/fogli/{october.public_id}/conferma/", token())
    october.refresh_from_db()
    assert october.state == "confirmed"


@pytest.fixture
def closed_by_me(signed_in, worker, october):
    signed_in(worker).post(f"/presenze/fogli/{october.public_id}/chiudi/", token())
    october.refresh_from_db()
    return october


def act(**changes):
    copy = SimpleUploadedFile("determina.pdf", b"%PDF-1.7 determina")
    return {"act_number": "112/2026", "act_on": "2026-11-10", "file": copy, **token(), **changes}


def test_whoever_closed_confirms_with_an_outside_act(signed_in, worker, bakery, closed_by_me):
    client = signed_in(worker)
    month = f"/presenze/{bakery.placement.public_id}/?mese=2026-10"
    address = f"/presenze/fogli/{closed_by_me.public_id}/conferma-con-atto/"
    assert f'href="{address}"' in client.get(month).content.decode()
    assert client.get(f"/presenze/fogli/{closed_by_me.public_id}/atto/").status_code == 404
    response = client.post(address, act(act_number=" 112/2026 "))
    assert (response.status_code, response["Location"]) == (303, month)
    closed_by_me.refresh_from_db()
    assert (closed_by_me.state, closed_by_me.closed_by, closed_by_me.confirmed_by) == ("confirmed", worker, worker)
    assert (closed_by_me.act_number, closed_by_me.act_on) == ("112/2026", date(2026, 11, 10))
    assert Fact.objects.get(code="attendance.timesheet.outside_act").data == {"number": "112/2026", "on": "2026-11-10"}
    assert not Todo.objects.filter(kind="attendance.confirm", done_at=None).exists()
    page = client.get(month).content.decode()
    assert "n. 112/2026 del 10 novembre 2026" in page
    kept = client.get(f"/presenze/fogli/{closed_by_me.public_id}/atto/")
    assert b"".join(kept.streaming_content) == b"%PDF-1.7 determina"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"act_number": " "}, "act_number"),
        ({"act_on": ""}, "act_on"),
        ({"act_on": "2026-11-19"}, "act_on"),  # tomorrow
        ({"file": ""}, "file"),
        ({"file": SimpleUploadedFile("atto.exe", b"MZ...")}, "file"),
    ],
)
def test_an_act_without_number_date_or_copy_is_no_key(signed_in, worker, closed_by_me, changes, field):
    response = signed_in(worker).post(f"/presenze/fogli/{closed_by_me.public_id}/conferma-con-atto/", act(**changes))
    assert response.status_code == 422
    assert [*response.context["form"].errors] == [field]
    closed_by_me.refresh_from_db()
    assert (closed_by_me.state, closed_by_me.act_number, Upload.objects.count()) == ("closed", None, 0)


def test_an_act_opens_only_to_who_confirms_months_here(signed_in, worker, coordinator, stranger, sondrio, bakery, closed_by_me):
    address = f"/presenze/fogli/{closed_by_me.public_id}/conferma-con-atto/"
    for user, status in ((stranger, 404), (bakery.user, 403), (make_user(Role.PROMOTER_TUTOR, sondrio, number=9), 403)):
        client = signed_in(user)
        assert client.post(address, act()).status_code == status
        assert client.get(f"/presenze/fogli/{closed_by_me.public_id}/atto/").status_code == status
    assert signed_in(coordinator).post(address, act()).status_code == 303
    assert signed_in(worker).post(address, act()).status_code == 409  # it is confirmed already


def test_reopened_the_act_goes_with_the_confirmation(signed_in, worker, closed_by_me):
    client = signed_in(worker)
    client.post(f"/presenze/fogli/{closed_by_me.public_id}/conferma-con-atto/", act())
    client.post(f"/presenze/fogli/{closed_by_me.public_id}/riapri/", {"reason": "manca un giorno", **token()})
    closed_by_me.refresh_from_db()
    assert (closed_by_me.state, closed_by_me.act_number, closed_by_me.act_on, closed_by_me.act_file) == ("open", None, None, None)


@pytest.mark.parametrize(
    ("columns", "constraint"),
    [
        ("confirmed_by_id = closed_by_id, confirmed_at = now(), state = 'confirmed'", "attendance_timesheet_two_keys"),
        ("act_number = '1', act_on = '2026-11-10'", "attendance_timesheet_act"),
        ("act_number = '', act_on = '2026-11-10'", "attendance_timesheet_act"),
    ],
)
def test_the_database_wants_two_keys_or_a_whole_act(closed_by_me, columns, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE attendance_timesheet SET {columns} WHERE id = %s", [closed_by_me.pk])


def test_reopening_wants_a_reason_and_then_the_day_can_be_corrected(signed_in, worker, bakery, closed):
    client = signed_in(worker)
    record = {"day": "2026-10-01", "outcome": "sick", "channel": "paper"}
    assert client.post(f"/presenze/{bakery.placement.public_id}/registra/", {**record, **token()}).status_code == 422
    address = f"/presenze/fogli/{closed.public_id}/riapri/"
    assert client.get(address).status_code == 200
    response = client.post(address, {"reason": " ", **token()})
    assert response.status_code == 422 and "Scrivi il motivo" in response.content.decode()
    assert client.post(address, {"reason": "Un giorno era sbagliato", **token()}).status_code == 303
    closed.refresh_from_db()
    assert (closed.state, closed.closed_by, closed.closed_at) == ("open", None, None)
    assert Fact.objects.get(code="attendance.timesheet.reopened").reason == "Un giorno era sbagliato"
    assert client.post(f"/presenze/{bakery.placement.public_id}/registra/", {**record, **token()}).status_code == 303
    closed.refresh_from_db()
    assert (closed.done_minutes, closed.days_absent) == (16 * 240, 1)
    html = client.get(f"/presenze/{bakery.placement.public_id}/?mese=2026-10").content.decode()
    assert "prima:" in html and "foglio di carta" in html  # both words of that day stay


def test_the_coordinator_confirms_but_does_not_record(signed_in, coordinator, bakery, in_sondrio):
    client = signed_in(coordinator)
    assert client.get(f"/presenze/{bakery.placement.public_id}/").status_code == 200
    assert client.get(f"/presenze/{bakery.placement.public_id}/registra/").status_code == 403
    answer = client.post(f"/presenze/{bakery.placement.public_id}/registra/", {"day": "2026-11-18", "outcome": "present", **token()})
    assert answer.status_code == 403 and not AttendanceEvent.objects.filter(day=TODAY).exists()


def test_a_clerk_reads_and_does_not_confirm(signed_in, user_of, sondrio, closed):
    client = signed_in(user_of(Role.CLERK, sondrio))
    assert client.get("/presenze/ufficio/?mese=2026-10").status_code == 200
    assert client.post(f"/presenze/fogli/{closed.public_id}/conferma/", token()).status_code == 403
    assert client.get(f"/presenze/fogli/{closed.public_id}/riapri/").status_code == 403


def test_a_comune_sees_its_residents_only(user_of, sondrio, bakery):
    from impresasolidale.territory.models import Comune

    home = bakery.placement.beneficiary.residence
    elsewhere = Comune.objects.filter(ambito=sondrio).exclude(pk=home.pk).first()
    for number, (comune, seen) in enumerate(((home, True), (elsewhere, False)), start=1):
        access = access_for(user_of(Role.COMUNE_OFFICER, sondrio, comune=comune, number=number))
        with scope(access.scope):
            assert bool(selectors.monthly_series(access, [OCTOBER])[0].planned) is seen


def test_figures_for_the_rooms_above(worker, bakery, closed, django_assert_num_queries):
    access = access_for(worker)
    with scope(access.scope):
        with django_assert_num_queries(1):
            september, october = selectors.monthly_series(access, [date(2026, 9, 1), OCTOBER])
        assert [s.pk for s in selectors.sheets_to_confirm(access)] == [closed.pk]
    assert (september.planned, september.done) == (0, 0)
    assert (october.planned, october.done) == (17 * 240, 17 * 240)
