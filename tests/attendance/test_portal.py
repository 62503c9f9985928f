"""The tutor's phone, through its doors."""

import re
import uuid
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from impresasolidale.accounts.permissions import Role
from impresasolidale.core.models import Look
from placements.agreements.enums import PlacementState
from placements.agreements.models import Placement
from placements.attendance.models import AttendanceEvent, PlannedSession, Timesheet
from tests.factories import attendance as made
from tests.factories.fixtures import TODAY

pytestmark = pytest.mark.django_db
OURS = re.compile(r'FROM "?(attendance|agreements|beneficiaries)_|INTO "?attendance_')


def own_queries(call):
    """The view's own queries: without session, user, memberships, scope, submission and look."""
    with CaptureQueriesContext(connection) as captured:
        response = call()
    return response, [q["sql"] for q in captured if OURS.search(q["sql"])]


def tap(client, placement, day=TODAY, outcome="present", **more):
    return client.post(
        f"/presenze/{placement.public_id}/registra/",
        {"day": day.isoformat(), "outcome": outcome, "back": "today", "_submission": str(uuid.uuid4()), **more},
    )


@pytest.fixture
def phone(bakery, signed_in):
    return signed_in(bakery.user)


def test_today_shows_the_person_and_nothing_else_of_her(phone, bakery, other_bakery):
    html = phone.get("/presenze/").content.decode()
    person = bakery.placement.beneficiary
    assert f"{person.first_name} {person.last_name[0]}." in html and "Presente" in html
    for secret in (
        person.last_name,
        person.codice_fiscale,
        person.get_target_area_display(),
        other_bakery.placement.beneficiary.first_name,
    ):
        assert secret not in html


def test_a_tap_is_kept_and_can_be_taken_back(phone, bakery, in_sondrio):
    response = tap(phone, bakery.placement)
    assert (response.status_code, response["Location"]) == (303, "/presenze/")
    assert "Presente, 4\u00a0h" in phone.get("/presenze/").content.decode()
    tap(phone, bakery.placement, outcome="withdrawn")
    html = phone.get("/presenze/").content.decode()
    assert "Registrato" not in html and 'value="present"' in html
    assert AttendanceEvent.objects.count() == 2


def test_the_same_post_twice_is_one_row(phone, bakery, in_sondrio):
    key = str(uuid.uuid4())
    first, second = (tap(phone, bakery.placement, _submission=key) for _ in range(2))
    assert first["Location"] == second["Location"] and second.status_code == 303
    event = AttendanceEvent.objects.get()
    assert (str(event.submission), event.channel, event.recorded_by) == (key, "portal", bakery.user)


def test_another_companys_tutor_gets_404_and_it_is_written_down(phone, other_bakery, bakery, in_sondrio):
    for path in (f"/presenze/{other_bakery.placement.public_id}/registra/", f"/presenze/{other_bakery.placement.public_id}/"):
        assert phone.get(path).status_code == 404
    assert tap(phone, other_bakery.placement).status_code == 404
    sheet = Timesheet.objects.filter(placement=other_bakery.placement).first()
    assert phone.post(f"/presenze/fogli/{sheet.public_id}/chiudi/", {"_submission": str(uuid.uuid4())}).status_code == 404
    assert not AttendanceEvent.objects.exists()
    denied = Look.objects.filter(kind="denied", actor_id=bakery.user.pk)
    assert set(denied.values_list("place", flat=True)) == {"attendance:record", "attendance:month", "attendance:close_month"}


@pytest.mark.parametrize(
    ("day", "more", "words"),
    [
        (TODAY + timedelta(days=1), {}, "deve ancora venire"),
        (date(2026, 9, 30), {}, "questo giorno è fuori"),
        (TODAY, {"minutes": "tre"}, "Scrivi le ore"),
        (TODAY, {"minutes": "13:00"}, "Scrivi da 1 minuto a 12 ore"),
        (TODAY, {"outcome": "appointment"}, "Scegli com’è andata"),
        (TODAY, {"outcome": "boh"}, "Scegli com’è andata"),
        (date(2026, 11, 13), {}, "scrivi quante ore"),  # a Friday, not planned
    ],
)
def test_what_cannot_be_is_said_in_words(phone, bakery, in_sondrio, day, more, words):
    response = tap(phone, bakery.placement, day=day, **more)
    assert response.status_code == 422
    assert words in response.content.decode()
    if "minutes" in more:
        assert f'value="{more["minutes"]}"' in response.content.decode()
    assert not AttendanceEvent.objects.exists()


def test_a_day_that_is_no_day(phone, bakery):
    response = phone.post(
        f"/presenze/{bakery.placement.public_id}/registra/", {"day": "31/02", "outcome": "present", "_submission": str(uuid.uuid4())}
    )
    assert response.status_code == 422 and "Questo giorno non esiste" in response.content.decode()


def test_closed_month_and_suspension_are_refused(phone, bakery, in_sondrio):
    Timesheet.objects.filter(placement=bakery.placement, month=date(2026, 11, 1)).update(state="closed", closed_at="2026-11-18T10:00Z")
    response = tap(phone, bakery.placement)
    assert response.status_code == 422 and "già chiuso" in response.content.decode()
    Placement.objects.filter(pk=bakery.placement.pk).update(state=PlacementState.SUSPENDED)
    response = tap(phone, bakery.placement)
    assert response.status_code == 422 and "sospeso" in response.content.decode()
    assert not AttendanceEvent.objects.exists()


def test_more_hours_than_planned_are_kept_with_a_warning(phone, bakery, in_sondrio):
    tap(phone, bakery.placement, minutes="6:00")
    assert "2\u00a0h più del previsto" in phone.get("/presenze/").content.decode()
    assert AttendanceEvent.objects.get().minutes == 360


def test_the_week_is_confirmed_at_once_and_once(phone, bakery, in_sondrio):
    made.record(bakery.placement, date(2026, 11, 16), "sick")
    monday = {"monday": "2026-11-16"}
    page = phone.get("/presenze/settimana/").content.decode()
    assert "2 giornate diventano presenze" in page  # Tuesday and today; Thursday is still to come
    for _ in range(2):
        response = phone.post("/presenze/settimana/conferma/", {**monday, "_submission": str(uuid.uuid4())})
        assert response["Location"] == "/presenze/settimana/?dal=2026-11-16"
    said = AttendanceEvent.objects.order_by("day").values_list("day", "outcome", "minutes")
    assert list(said) == [(date(2026, 11, 16), "sick", 0), (date(2026, 11, 17), "present", 240), (TODAY, "present", 240)]
    assert Timesheet.objects.get(placement=bakery.placement, month=date(2026, 11, 1)).done_minutes == 480


def test_the_week_leaves_others_alone(phone, bakery, other_bakery, in_sondrio):
    phone.post("/presenze/settimana/conferma/", {"monday": "2026-11-16", "_submission": str(uuid.uuid4())})
    assert set(AttendanceEvent.objects.values_list("placement_id", flat=True)) == {bakery.placement.pk}


def test_strange_addresses_fall_back_to_now(phone, bakery):
    week, month = "/presenze/settimana/?dal=", f"/presenze/{bakery.placement.public_id}/?mese="
    for path in (f"{week}boh", f"{week}0001-01-01", f"{week}9999-12-31", f"{month}2026-99", f"{month}0001-01", f"{month}9999-12"):
        assert phone.get(path).status_code == 200


def test_month_is_closed_only_when_it_is_whole(phone, bakery, in_sondrio):
    october = Timesheet.objects.get(placement=bakery.placement, month=date(2026, 10, 1))
    november = Timesheet.objects.get(placement=bakery.placement, month=date(2026, 11, 1))

    def close(sheet):
        response = phone.post(f"/presenze/fogli/{sheet.public_id}/chiudi/", {"_submission": str(uuid.uuid4())}, follow=True)
        sheet.refresh_from_db()
        return response.content.decode()

    assert "non è ancora finito" in close(november) and november.state == "open"
    assert "Mancano ancora 17 giornate" in close(october) and october.state == "open"
    days = list(PlannedSession.objects.filter(placement=bakery.placement, day__month=10).order_by("day").values_list("day", flat=True))
    made.record_days(bakery.placement, days[1:])
    assert "Manca ancora una giornata: il 01/10" in close(october)
    made.record(bakery.placement, days[0])
    page = phone.get(f"/presenze/{bakery.placement.public_id}/?mese=2026-10").content.decode()
    assert "Chiudi il mese" in page
    assert "Mese chiuso" in close(october)
    assert (october.state, october.closed_by) == ("closed", bakery.user)


def test_today_and_a_tap_cost_the_same_for_one_and_ten(phone, bakery):
    _page, one = own_queries(lambda: phone.get("/presenze/"))
    _tap, tap_one = own_queries(lambda: tap(phone, bakery.placement))
    for number in range(3, 12):
        made.make_running_placement(bakery.placement.ambito, bakery.tutor, bakery.company, number=number)
    page, ten = own_queries(lambda: phone.get("/presenze/"))
    _tap, tap_ten = own_queries(lambda: tap(phone, bakery.placement))
    assert page.content.decode().count('<section class="panel day-card') == 10
    assert len(one) == len(ten) <= 3, ten
    assert len(tap_one) == len(tap_ten) <= 6, tap_ten


def test_the_week_and_the_month_cost_the_same_for_one_and_ten(phone, bakery):
    _week, one = own_queries(lambda: phone.get("/presenze/settimana/"))
    for number in range(3, 12):
        made.make_running_placement(bakery.placement.ambito, bakery.tutor, bakery.company, number=number)
    _week, ten = own_queries(lambda: phone.get("/presenze/settimana/"))
    _month, month = own_queries(lambda: phone.get(f"/presenze/{bakery.placement.public_id}/"))
    assert len(one) == len(ten) <= 8
    assert len(month) <= 10


def test_the_portal_is_for_tutors(signed_in, worker, coordinator, bakery):
    assert signed_in(worker).get("/presenze/").status_code == 403
    assert signed_in(coordinator).get("/presenze/settimana/").status_code == 403


def test_the_companys_contact_sees_no_attendance(bakery, signed_in, user_of, sondrio, in_sondrio):
    contact = user_of(Role.COMPANY_CONTACT, None, company=bakery.company)
    client = signed_in(contact)
    assert client.get("/presenze/").status_code == 403
    assert client.get(f"/presenze/{bakery.placement.public_id}/").status_code in (403, 404)
    assert tap(client, bakery.placement).status_code == 403


def test_inside_a_card_the_form_stays_in_the_card(phone, bakery):
    address = f"/presenze/{bakery.placement.public_id}/registra/"
    asked = phone.get(address, {"day": TODAY.isoformat(), "back": "today"}, headers={"HX-Request": "true"}).content.decode()
    refused = phone.post(
        address,
        {"day": TODAY.isoformat(), "outcome": "present", "minutes": "tre", "back": "today", "_submission": str(uuid.uuid4())},
        headers={"HX-Request": "true"},
    )
    alone = phone.get(address, {"day": TODAY.isoformat(), "back": "week"}).content.decode()
    assert f'hx-post="{address}"' in asked and f'hx-post="{address}"' in refused.content.decode()
    assert "hx-post" not in alone


def test_a_day_that_was_not_planned_asks_for_its_hours(phone, bakery, in_sondrio):
    url, sunday = f"/presenze/{bakery.placement.public_id}/registra/", TODAY - timedelta(days=(TODAY.weekday() + 1) % 7)
    html = phone.get(url, {"day": sunday.isoformat(), "cosa": "ore"}).content.decode()
    assert "Presente, anche se non era previsto" in html and "Per esempio 3:30." in html
    assert "le ore previste" not in html and html.count("facoltativo") == 1  # the note's
    refused = tap(phone, bakery.placement, day=sunday)
    assert refused.status_code == 422 and "Per esempio 3:30." in refused.content.decode()
    planned = phone.get(url, {"day": TODAY.isoformat(), "cosa": "ore"}).content.decode()
    assert "Presente, con altre ore" in planned and "Vuoto: le ore previste." in planned
