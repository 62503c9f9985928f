"""Writes over the API: through the same services, once for each Idempotency-Key."""

import json
import uuid
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from companies.hosts.models import Company, Lead
from companies.hosts.services import receive_lead
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.models import Fact, Look, Submission
from impresasolidale.core.scope import scope
from impresasolidale.core.submissions import forget_calls
from placements.agreements.models import Placement
from placements.attendance.enums import MonthState
from placements.attendance.models import AttendanceEvent
from placements.beneficiaries.models import Beneficiary
from tests.factories.agreements import make_agreement
from tests.factories.attendance import follow, make_host, make_running_placement, make_tutor, settle, system, whole_month
from tests.factories.beneficiaries import identity, make_beneficiary
from tests.factories.fixtures import make_user
from tests.factories.hosts import comune, make_company, make_partita_iva, make_site
from tests.support.together import in_threads

from .conftest import make_key

pytestmark = pytest.mark.django_db
COMPANY = {
    "name": "Falegnameria Adda",
    "kind": "firm",
    "address": "Via di Prova 3",
    "comune": "Sondrio",
    "partita_iva": make_partita_iva(7),
}


@pytest.fixture
def running(sondrio):
    company = make_host(sondrio)
    return make_running_placement(sondrio, make_tutor(sondrio, company)[0], company)


def events(placement):
    with scope(system(placement.ambito).scope):
        return list(AttendanceEvent.objects.filter(placement=placement).order_by("id"))


# --- what is written


def test_a_company_is_registered_with_its_first_site(program, worker, within):
    asks = program(worker)
    made = asks.post("companies/", COMPANY)
    assert made.status_code == 201, made.content
    one = asks.get(f"companies/{made.json()['id']}/").json()
    assert (one["name"], one["partita_iva"], one["address"]) == ("Falegnameria Adda", make_partita_iva(7), "Via di Prova 3")
    (site,) = asks.get(f"companies/{made.json()['id']}/sites/").json()["results"]
    assert (site["name"], site["address"]) == ("Sede principale", "Via di Prova 3")


def test_a_known_company_is_refused_in_words_and_nothing_is_written(program, worker, within):
    make_company(within(worker), partita_iva=make_partita_iva(7))
    refused = program(worker).post("companies/", COMPANY)
    assert refused.status_code == 422 and refused["Content-Type"] == "application/problem+json"
    assert "partita_iva" in refused.json()["errors"]
    within(worker)
    assert Company.objects.count() == 1


def test_a_name_that_is_nearly_known_is_asked_about(program, worker, within):
    make_company(within(worker), name="Falegnameria Adda")
    asks = program(worker)
    assert "is_another" in asks.post("companies/", COMPANY).json()["errors"]
    assert asks.post("companies/", {**COMPANY, "is_another": True}).status_code == 201


def test_who_came_forward_is_called_and_put_off(program, worker, within, today, sondrio):
    access = within(worker)
    values = {"company_name": "Segheria Prova", "comune": comune("Sondrio"), "person": "Prova Titolare", "phone": "0342000000"}
    lead = receive_lead(ambito=sondrio, values=values, by=access, now=timezone.now())
    asks = program(worker)
    assert asks.post(f"leads/{lead.public_id}/call/").json()["state"] == "called"
    late = asks.post(f"leads/{lead.public_id}/postpone/", {"call_on": "2020-01-01"})
    assert late.status_code == 422 and "call_on" in late.json()["errors"]
    assert asks.post(f"leads/{lead.public_id}/postpone/", {"call_on": "2027-02-01"}).json()["call_on"] == "2027-02-01"
    within(worker)
    assert Lead.objects.get().state == "later"


def person(**changes):
    typed = identity(3)
    return {
        **{name: typed[name] for name in ("first_name", "last_name", "codice_fiscale")},
        "residence": "Sondrio",
        "target_area": "disadvantage",
        "schooling_completed": True,
        "referral_service": "sil",
        "referral_operator": "Prova Operatrice",
        "referral_received_on": "2026-11-18",
        "charge_service": "social_service",
        "charge_case_manager": "Prova Responsabile",
        "charge_valid_from": "2024-01-01",
        **changes,
    }


def test_a_person_is_registered_and_opens_to_the_owner_of_the_key(program, worker):
    asks = program(worker)
    made = asks.post("people/", person())
    assert made.status_code == 201, made.content
    whole = asks.get(f"people/{made.json()['id']}/").json()
    assert (whole["last_name"], whole["codice_fiscale"]) == (identity(3)["last_name"], identity(3)["codice_fiscale"])
    assert whole["target_area"] == "disadvantage" and "diary" not in whole


def test_a_wrong_codice_fiscale_is_told_and_writes_nobody(program, worker, within):
    refused = program(worker).post("people/", person(codice_fiscale="RSSMRA80A01H501X"))
    assert refused.status_code == 422 and "codice_fiscale" in refused.json()["errors"]
    within(worker)
    assert not Beneficiary.objects.exists()


def test_a_person_one_does_not_follow_is_403_with_words(program, worker, user_of, sondrio):
    made = program(worker).post("people/", person()).json()
    other = program(user_of(Role.SOCIAL_WORKER, sondrio, number=2))
    answer = other.get(f"people/{made['id']}/")
    assert answer.status_code == 403 and "motivo" in answer.json()["detail"]
    assert other.get("people/").json()["results"][0]["is_open"] is False


def test_a_protected_address_is_null_to_a_key_without_the_scope(program, worker):
    asks, lesser = program(worker), program(worker, ["read:people", "write:people"])
    typed = person(address="Via Segreta 1", is_address_protected=True)
    refused = lesser.post("people/", typed)
    assert refused.status_code == 422 and [*refused.json()["errors"]] == ["is_address_protected"], "never written without its protection"
    made = asks.post("people/", typed).json()
    assert asks.get(f"people/{made['id']}/").json()["address"] == "Via Segreta 1"
    assert lesser.get(f"people/{made['id']}/").json()["address"] is None


def test_a_day_is_recorded_corrected_and_taken_back(program, worker, running):
    asks, path = program(worker), f"placements/{running.public_id}/attendance/"
    made = asks.post(path, {"day": "2026-11-17", "outcome": "present"})
    assert made.status_code == 201 and made.json()["minutes"] == 240, made.content
    assert asks.post(path, {"day": "2026-11-17", "outcome": "present", "minutes": 180.0}).json()["minutes"] == 180, "whole, as JSON has it"
    days = {d["day"]: d for d in asks.get(path, month="2026-11").json()["results"]}
    assert (days["2026-11-17"]["minutes"], days["2026-11-17"]["planned_minutes"]) == (180, 240)
    assert asks.post(path, {"day": "2026-11-17", "outcome": "withdrawn"}).status_code == 201
    assert len(events(running)) == 3, "what was said stays"


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"day": "2026-11-19", "outcome": "present"}, 422, "day"),  # tomorrow
        ({"day": "2026-09-30", "outcome": "present"}, 422, "day"),  # before it began
        ({"day": "2026-11-17", "outcome": "sick", "minutes": 60}, 422, "minutes"),
        ({"day": "2026-11-17", "outcome": "present", "travel_minutes": 30}, 422, "travel_minutes"),  # not credited here
        ({"day": "2026-11-31", "outcome": "present"}, 400, "day"),
        ({"day": "17/11/2026", "outcome": "present"}, 400, "day"),
        ({"day": "2026-11-17", "outcome": "flown"}, 400, "outcome"),
        ({"day": "2026-11-17", "outcome": "present", "minutes": "180"}, 400, "minutes"),
        ({"day": "2026-11-17", "outcome": "present", "minutes": 10**12}, 400, "minutes"),
        ({"day": "2026-11-17"}, 400, "outcome"),
        ({"day": "2026-11-17", "outcome": "present", "person": 1}, 400, "person"),
    ],
)
def test_a_day_that_cannot_be_is_refused_by_its_field(program, worker, running, body, code, field):
    refused = program(worker).post(f"placements/{running.public_id}/attendance/", body)
    assert (refused.status_code, [*refused.json()["errors"]]) == (code, [field]), refused.content
    assert events(running) == []


def test_a_month_closed_by_one_is_confirmed_by_another(program, worker, coordinator, running, sondrio):
    sheet = whole_month(running, date(2026, 10, 1))
    closed = program(worker).post(f"timesheets/{sheet.public_id}/close/")
    assert closed.json()["state"] == MonthState.CLOSED, closed.content
    own = program(worker).post(f"timesheets/{sheet.public_id}/confirm/")
    assert own.status_code == 422, "two keys"
    assert program(coordinator).post(f"timesheets/{sheet.public_id}/confirm/").json()["state"] == MonthState.CONFIRMED
    (row,) = program(coordinator).get("timesheets/", month="2026-10").json()["results"]
    assert (row["id"], row["month"], row["state"]) == (str(sheet.public_id), "2026-10", "confirmed")


def test_what_a_month_gives_is_read_line_by_line(program, worker, coordinator, running):
    follow(worker, running)
    settle(whole_month(running, date(2026, 10, 1)), MonthState.CONFIRMED, closer=worker, confirmer=coordinator)
    asks = program(worker)
    (row,) = asks.get(f"placements/{running.public_id}/allowances/").json()["results"]
    one = asks.get(f"allowances/{row['id']}/").json()
    assert one["month"] == "2026-10" and sum(float(line["amount"]) for line in one["rows"]) == float(one["amount"])


def test_the_register_s_number_is_written_on_a_paper(program, worker, within):
    access = within(worker)
    make_agreement(access, make_company(access, representative="Prova Titolare"))
    asks = program(worker)
    (paper,) = asks.get("papers/").json()["results"]
    wrong = asks.post(f"papers/{paper['id']}/protocol/", {"number": "12345", "on": "2027-01-01"})
    assert wrong.status_code == 422 and "number" in wrong.json()["errors"], "a day to come"
    done = asks.post(f"papers/{paper['id']}/protocol/", {"number": "12345", "on": paper["issued_on"]})
    assert (done.status_code, done.json()["protocol_number"]) == (200, "12345"), done.content
    assert asks.post(f"papers/{paper['id']}/protocol/", {"number": "9", "on": paper["issued_on"]}).status_code == 404, "it waits no more"


# --- once


def test_a_write_sent_again_is_answered_word_by_word_and_done_once(program, worker, running):
    asks, path = program(worker), f"placements/{running.public_id}/attendance/"
    first = asks.post(path, {"day": "2026-11-17", "outcome": "present"}, key="una-volta-sola")
    again = asks.post(path, {"day": "2026-11-17", "outcome": "present"}, key="una-volta-sola")
    assert (again.status_code, again.content) == (201, first.content)
    assert again["Idempotent-Replayed"] == "true" and "Idempotent-Replayed" not in first
    assert len(events(running)) == 1


def test_a_refusal_is_kept_and_repeated_too(program, worker, running):
    asks, path = program(worker), f"placements/{running.public_id}/attendance/"
    first = asks.post(path, {"day": "2026-11-19", "outcome": "present"}, key="una-volta-sola")
    again = asks.post(path, {"day": "2026-11-19", "outcome": "present"}, key="una-volta-sola")
    assert (first.status_code, again.status_code, again.content) == (422, 422, first.content)
    assert again["Content-Type"] == "application/problem+json" and again["Idempotent-Replayed"] == "true"


def test_a_key_that_served_for_another_body_is_409(program, worker, running):
    asks, path = program(worker), f"placements/{running.public_id}/attendance/"
    asks.post(path, {"day": "2026-11-17", "outcome": "present"}, key="una-volta-sola")
    assert asks.post(path, {"day": "2026-11-16", "outcome": "present"}, key="una-volta-sola").status_code == 409
    assert asks.post("companies/", COMPANY, key="una-volta-sola").status_code == 409, "nor for another address"
    assert len(events(running)) == 1


def test_two_programs_may_use_the_same_key(program, worker, running):
    path = f"placements/{running.public_id}/attendance/"
    for number in (16, 17):
        assert program(worker).post(path, {"day": f"2026-11-{number}", "outcome": "present"}, key="una-volta-sola").status_code == 201


def test_what_is_kept_of_an_answer_is_not_readable_in_the_table(program, worker):
    program(worker).post("people/", person())
    with connection.cursor() as cursor:
        cursor.execute("SELECT answer FROM core_submission")
        ((kept,),) = cursor.fetchall()
    assert kept.startswith("v1:") and identity(3)["last_name"] not in kept


def test_an_answer_is_forgotten_with_its_key_after_thirty_days(program, worker, running):
    asks, path = program(worker), f"placements/{running.public_id}/attendance/"
    for number in (16, 17):
        asks.post(path, {"day": f"2026-11-{number}", "outcome": "present"})
    now, old = timezone.now(), Submission.objects.order_by("at").first()
    Submission.objects.filter(pk=old.pk).update(at=now - timedelta(days=30, seconds=1))
    Submission.objects.exclude(pk=old.pk).update(at=now - timedelta(days=29))
    page = Submission.objects.create(uuid=uuid.uuid4(), path="/", body_hash="x")
    Submission.objects.filter(pk=page.pk).update(at=now - timedelta(days=400))
    assert forget_calls(now=now) == 1 and not Submission.objects.filter(pk=old.pk).exists()
    assert Submission.objects.count() == 2, "a form's uuid holds no answer"


def test_an_error_of_ours_leaves_nothing_and_the_key_free(program, worker, running, monkeypatch):
    asks, path = program(worker), f"placements/{running.public_id}/attendance/"
    asks.client.raise_request_exception = False
    with monkeypatch.context() as patch:
        patch.setattr("placements.attendance.api.services.record_attendance", lambda **_: 1 / 0)
        broken = asks.post(path, {"day": "2026-11-17", "outcome": "present"}, key="una-volta-sola")
    assert broken.status_code == 500 and broken["Content-Type"] == "application/problem+json"
    assert "Zero" not in broken.content.decode() and broken.json()["status"] == 500
    assert not Submission.objects.exists()
    assert asks.post(path, {"day": "2026-11-17", "outcome": "present"}, key="una-volta-sola").status_code == 201


@pytest.mark.django_db(transaction=True)
def test_twins_at_once_have_one_effect(sondrio, worker):
    company = make_host(sondrio)
    placement = make_running_placement(sondrio, make_tutor(sondrio, company)[0], company)
    secret = make_key(worker)

    def send(_n: int) -> tuple[int, str]:
        answer = Client().post(
            f"/api/v1/placements/{placement.public_id}/attendance/",
            json.dumps({"day": "2026-11-17", "outcome": "present"}),
            content_type="application/json",
            headers={"Authorization": f"Bearer {secret}", "Idempotency-Key": "gemelli-1"},
        )
        return answer.status_code, answer.content.decode()

    answers = in_threads(6, send)
    assert {code for code, _body in answers} == {201} and len({body for _code, body in answers}) == 1
    assert len(events(placement)) == 1


# --- looks and walls


def test_a_look_of_a_program_is_logged_as_a_page_s(program, worker):
    asks = program(worker)
    made = asks.post("people/", person()).json()
    asks.get(f"people/{made['id']}/")
    with scope(system(worker.memberships.get().ambito).scope):
        looks = list(Look.objects.filter(actor_id=worker.pk).values_list("kind", "place"))
    assert ("detail", "beneficiaries:detail") in looks


def test_a_key_of_another_ambito_reaches_nothing_and_writes_nothing(program, stranger, running):
    asks = program(stranger)
    assert asks.get(f"placements/{running.public_id}/").status_code == 404
    assert asks.get(f"placements/{running.public_id}/attendance/").status_code == 404
    assert asks.post(f"placements/{running.public_id}/attendance/", {"day": "2026-11-17", "outcome": "present"}).status_code == 404
    assert events(running) == []


def test_a_scope_to_read_does_not_write_and_the_owner_s_role_is_the_ceiling(program, worker, running, sondrio):
    path, body = f"placements/{running.public_id}/attendance/", {"day": "2026-11-17", "outcome": "present"}
    assert program(worker, ["read:attendance"]).post(path, body).status_code == 403
    officer = make_user(Role.CLERK, sondrio)
    assert program(officer).post(path, body).status_code == 403, "its owner may not record"
    assert events(running) == []


# --- the draft of a placement


def a_plan(person, company, /, **changes):
    plan = {
        "person": str(person.public_id), "company": str(company.public_id), "site": str(company.sites.get().public_id),
        "starts_on": "2026-12-07", "months": "6", "pattern": "three", "tasks": "Montare scatole", "goal_1": "Uno", "goal_2": "Due",
        "goal_3": "Tre", "allowance_model": "none",
    }  # fmt: skip
    return {name: value for name, value in {**plan, **changes}.items() if value is not None}


@pytest.fixture
def case(worker, within):
    access = within(worker)
    person = make_beneficiary(access, number=2, today=timezone.localdate())
    company = make_company(access, representative="Olga Prova")
    make_site(access, company)
    return person, company


def test_a_draft_is_prepared_as_the_page_does_it(program, worker, case, within):
    person, company = case
    made = program(worker).post("placements/", a_plan(person, company))
    assert made.status_code == 201, made.content
    said = made.json()
    assert (said["state"], said["person"], said["company"]) == ("draft", str(person.public_id), str(company.public_id))
    assert (said["starts_on"], said["ends_on"]) == ("2026-12-07", "2027-06-06")
    within(worker)
    row = Placement.objects.get(public_id=said["id"])
    project = row.projects.get()
    assert [(d.weekday, d.minutes) for d in project.week.order_by("weekday")] == [(0, 240), (2, 240), (4, 240)]
    assert (row.prepared_by_id, project.payer.is_public, project.tax_treatment) == (worker.pk, True, "exempt")
    assert Fact.objects.filter(code="agreements.placement.created", subject_id=row.pk).exists()
    twice = program(worker).post("placements/", a_plan(person, company))
    assert twice.status_code == 422 and "double_confirmed" in twice.json()["errors"]
    assert program(worker).post("placements/", a_plan(person, company, double_confirmed=True)).status_code == 201


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"starts_on": "2026-11-01"}, 422, "starts_on"),
        ({"months": None}, 422, "ends_on"),
        ({"months": None, "ends_on": "2026-12-01"}, 422, "ends_on"),
        ({"pattern": None}, 422, "from_0"),
        ({"pattern": None, "hours_0": 240}, 422, "from_0"),
        ({"goal_3": None}, 400, "goal_3"),
        ({"person": "nessuno"}, 422, "person"),
        ({"site": "0b6f3c1e-2f0a-4c57-9a1e-7a5d0e7c2b11"}, 422, "site"),
        ({"payer": "0b6f3c1e-2f0a-4c57-9a1e-7a5d0e7c2b11"}, 422, "payer"),
        ({"state": "active"}, 400, "state"),
        ({"hours_0": "4"}, 400, "hours_0"),
    ],
)
def test_a_draft_that_cannot_be_is_refused_by_its_field(program, worker, case, within, changes, code, field):
    refused = program(worker).post("placements/", a_plan(*case, **changes))
    assert (refused.status_code, field in refused.json()["errors"]) == (code, True), refused.content
    within(worker)
    assert not Placement.objects.exists()


def test_a_draft_is_of_a_person_one_follows_with_the_right_and_the_scope(program, worker, case, coordinator, stranger, sondrio):
    plan = a_plan(*case)
    assert program(worker, ["read:placements", "write:people"]).post("placements/", plan).status_code == 403
    assert program(coordinator).post("placements/", plan).status_code == 403, "prepares no placement"
    other = make_user(Role.SOCIAL_WORKER, sondrio, number=31)
    refused = program(other).post("placements/", plan)
    assert refused.status_code == 422 and "person" in refused.json()["errors"]
    assert program(stranger).post("placements/", plan).status_code == 422


def test_one_sheet_is_read_as_in_the_list(program, worker, running, stranger, within):
    sheet = whole_month(running, date(2026, 10, 1))
    asks = program(worker)
    one = asks.get(f"timesheets/{sheet.public_id}/")
    assert one.status_code == 200
    (row,) = asks.get("timesheets/", month="2026-10").json()["results"]
    assert one.json() == row
    assert program(stranger).get(f"timesheets/{sheet.public_id}/").status_code == 404
    within(worker)
    assert Look.objects.filter(kind="detail", place="attendance:month", subject_ids=[running.pk], actor_id=worker.pk).exists()
