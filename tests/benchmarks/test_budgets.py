"""Query budgets (house.md §4): each page's own queries, and the same number for one row and for fifty."""

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.models import User
from impresasolidale.core.models import Message
from impresasolidale.core.scope import scope
from placements.agreements.models import Placement
from placements.beneficiaries.models import WaitingEntry
from placements.beneficiaries.services import join_care_team
from placements.monitoring.models import Evaluation, FollowUp, PlacementEvent, Visit
from tests.factories import attendance as made
from tests.factories.fixtures import TODAY
from tests.support.queries import OwnQueries, clone

LIST, DETAIL, DASHBOARD, TODAY_PAGE, TAP = 8, 10, 12, 3, 6
MORE = 49
STUDY = ("study", "study_change", "study_attendance", "study_territory", "study_points", "study_cost", "study_simulator", "study_papers")
DAY = date(2026, 11, 16)  # a Monday: planned


@pytest.fixture(autouse=True)
def _wednesday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args, **kwargs: TODAY)


@pytest.fixture
def placement(sondrio: Any) -> Placement:
    company = made.make_host(sondrio)
    tutor, _user = made.make_tutor(sondrio, company)
    running = made.make_running_placement(sondrio, tutor, company)
    with scope(made.system(sondrio).scope):
        WaitingEntry.objects.create(ambito=sondrio, beneficiary=running.beneficiary, since=DAY)
        owner = {"ambito": sondrio, "placement": running}
        Visit.objects.create(due_on=DAY, **owner)
        PlacementEvent.objects.create(kind="damage", happened_on=DAY, text="Un vaso", **owner)
        FollowUp.objects.create(months=6, due_on=DAY, **owner)
        Message.objects.create(
            ambito=sondrio, kind="prova", address="prova@example.org", subject="Prova", body="Prova",
            about_type=Placement._meta.label_lower, about_id=running.pk,
        )  # fmt: skip
        for voice in ("person", "tutor", "office"):
            Evaluation.objects.create(
                ambito=sondrio, placement=running, moment="initial", voice=voice, questions="base-1", asked_on=DAY, due_on=DAY
            )
    return running


@pytest.fixture
def tutor(placement: Placement) -> User:
    return placement.company_tutor.user


@pytest.fixture
def fifty(sondrio: Any) -> Callable[[Placement], None]:
    """fifty(placement) → forty-nine others like it, each with a person, a company, today's plan and a month."""

    def multiply(placement: Placement) -> None:
        with scope(made.system(sondrio).scope), connection.cursor() as cursor:

            def row(table: str, condition: str) -> str:
                cursor.execute(f"SELECT to_jsonb(t)::text FROM {table} t WHERE {condition} ORDER BY id LIMIT 1")
                return cursor.fetchone()[0]

            many = {"placement_id": "1000000 + n"}
            for table, condition, expressions in (
                (
                    "beneficiaries_beneficiary",
                    f"id = {placement.beneficiary_id}",
                    {"codice_fiscale_hash": "md5(n::text)", "search_key": "'prova ' || n"},
                ),
                ("hosts_company", f"id = {placement.company_id}", {"tax_code": "(80000000000 + n)::text", "search_key": "'forno ' || n"}),
                (
                    "agreements_placement",
                    f"id = {placement.pk}",
                    {"beneficiary_id": "1000000 + n", "starts_on": "date '2026-10-01' - n::int"},
                ),
                ("beneficiaries_waitingentry", f"beneficiary_id = {placement.beneficiary_id}", {"beneficiary_id": "1000000 + n"}),
                ("monitoring_visit", f"placement_id = {placement.pk}", many),
                ("monitoring_placementevent", f"placement_id = {placement.pk}", many),
                ("monitoring_followup", f"placement_id = {placement.pk}", many),
                ("core_message", f"about_id = {placement.pk}", {"about_id": "1000000 + n"}),
                ("agreements_readinessitem", f"placement_id = {placement.pk}", many),
                ("attendance_plannedsession", f"placement_id = {placement.pk} AND day = '{TODAY}'", many),
                ("attendance_timesheet", f"placement_id = {placement.pk} AND month = '2026-11-01'", many),
                ("monitoring_evaluation", f"placement_id = {placement.pk} AND voice = 'tutor'", many),
                ("monitoring_evaluation", f"placement_id = {placement.pk} AND voice = 'office'", {**many, "id": "2000000 + n"}),
            ):
                clone(cursor.execute, table, row(table, condition), MORE, **expressions)

    return multiply


@pytest.mark.parametrize(
    ("name", "role", "budget"),
    [
        ("agreements:list", "worker", LIST),
        ("beneficiaries:list", "worker", LIST),
        ("beneficiaries:waiting", "worker", LIST),
        ("hosts:list", "worker", LIST),
        ("desk:messages", "coordinator", LIST),
        ("desk:to_register", "worker", LIST),
        ("desk:hats", "worker", LIST),
        ("territory:rules", "worker", LIST),
        ("attendance:office_month", "worker", LIST),
        ("monitoring:evaluations", "worker", LIST),
        ("my_evaluations:list", "tutor", LIST),
        ("attendance:print_sheets", "worker", LIST),
        ("monitoring:visits", "worker", LIST),
        ("monitoring:events", "worker", LIST),
        ("monitoring:follow_ups", "worker", LIST),
        ("treasury:home", "coordinator", LIST),
        ("treasury:commitments", "coordinator", LIST),
        ("treasury:movements", "coordinator", LIST),
        ("treasury:closing", "coordinator", LIST),
        ("forecasts:list", "coordinator", DASHBOARD),
        ("reports:dashboard", "coordinator", DASHBOARD),
        ("reports:indicators", "coordinator", DASHBOARD),
        *((f"reports:{name}", "coordinator", DASHBOARD) for name in STUDY),
        ("attendance:today", "tutor", TODAY_PAGE),
    ],
)
def test_a_page_keeps_its_budget_for_one_row_and_for_fifty(
    name: str,
    role: str,
    budget: int,
    request: pytest.FixtureRequest,
    placement: Placement,
    fifty: Callable[[Placement], None],
    signed_in: Any,
) -> None:
    client = signed_in(request.getfixturevalue(role))
    url = reverse(name)
    assert client.get(url).status_code == 200  # whatever is read once for a process
    with OwnQueries() as one:
        client.get(url)
    fifty(placement)
    with OwnQueries() as many:
        response = client.get(url)
    assert response.status_code == 200
    assert len(one) <= budget, one
    assert len(many) == len(one), f"{one}\n--- with fifty rows\n{many}"


@pytest.mark.parametrize(
    "name", ["agreements:detail", "attendance:month", "monitoring:course", "monitoring:closing", "monitoring:evaluations_of"]
)
def test_a_detail_keeps_its_budget(name: str, worker: User, placement: Placement, signed_in: Any) -> None:
    with scope(access_for(worker).scope):
        join_care_team(beneficiary=placement.beneficiary, user=worker, role="member", by=access_for(worker), today=TODAY)
    client = signed_in(worker)
    url = reverse(name, args=[placement.public_id])
    assert client.get(url).status_code == 200
    with OwnQueries() as own:
        client.get(url)
    assert len(own) <= DETAIL, own


@pytest.mark.parametrize(("name", "model"), [("visit", Visit), ("minutes", Visit), ("event", PlacementEvent), ("follow_up", FollowUp)])
def test_a_visit_an_event_a_call_keep_the_budget(name: str, model: Any, worker: User, placement: Placement, signed_in: Any) -> None:
    with scope(access_for(worker).scope):
        join_care_team(beneficiary=placement.beneficiary, user=worker, role="member", by=access_for(worker), today=TODAY)
        row = model.objects.get()
    client, url = signed_in(worker), reverse(f"monitoring:{name}", args=[row.public_id])
    assert client.get(url).status_code == 200
    with OwnQueries() as own:
        client.get(url)
    assert len(own) <= DETAIL, own


@pytest.mark.parametrize("name", ["beneficiaries:detail", "desk:person"])
def test_a_person_keeps_the_budget(name: str, worker: User, placement: Placement, signed_in: Any) -> None:
    client = signed_in(worker)
    url = reverse(name, args=[placement.beneficiary.public_id])
    assert client.get(url, follow=True).status_code == 200
    with OwnQueries() as own:
        client.get(url)
    assert len(own) <= DETAIL, own


def test_a_tap_keeps_its_budget(tutor: User, placement: Placement, fifty: Callable[[Placement], None], signed_in: Any) -> None:
    client, url = signed_in(tutor), reverse("attendance:record", args=[placement.public_id])
    values = {"day": DAY, "outcome": "present", "back": "today"}

    def tap(day: date) -> OwnQueries:
        with OwnQueries() as own:
            assert client.post(url, {**values, "day": day, "_submission": uuid.uuid4()}).status_code == 303
        return own

    one = tap(DAY)
    fifty(placement)
    assert len(access_for(tutor).placements or ()) == 1 + MORE
    many = tap(DAY.replace(day=17))
    assert len(one) <= TAP, one
    assert len(many) == len(one), many
