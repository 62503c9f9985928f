"""Query budgets of the recognition's pages (house.md §4): each page's own queries, and the same number however many rows are on it."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from certification.models import Application, Procedure, Sitting
from certification.services import assessment, checks, commission, papers, procedures, validators
from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.scope import scope
from tests.factories.beneficiaries import make_beneficiary
from tests.factories.certification import hosted, make_host, partita_iva
from tests.factories.fixtures import make_user
from tests.factories.recognition import checked, contact_of, filled, open_campaign, own_access, publish_scheme
from tests.support.queries import OwnQueries

from .test_budgets import DETAIL, LIST

pytestmark = pytest.mark.django_db
Page = tuple[Any, str]  # who looks, and where


@pytest.fixture
def by(worker: Any, within: Any) -> Any:
    return within(worker)


@pytest.fixture
def boss(coordinator: Any) -> Any:
    return access_for(coordinator)


@pytest.fixture
def members(sondrio: Any) -> list[Any]:
    return [make_user(Role.COMMISSION_MEMBER, sondrio, number=number) for number in (1, 2, 3)]


@pytest.fixture
def asks(by: Any) -> Callable[..., Application]:
    """asks(n) → an application of its own company, presented."""
    open_campaign(by, publish_scheme(by))

    def ask(number: int, level: str = "impresa_solidale") -> Application:
        company = make_host(by, number=number)
        hosted(by, company, make_beneficiary(by, number=number))
        ours = own_access(contact_of(company, number=number))
        with scope(ours.scope):
            return filled(company, by=ours, level=level)

    return ask


def same(client: Any, url: str, budget: int, more: Callable[[], Any]) -> None:
    """The page keeps its budget, and asks no more after `more`."""
    assert client.get(url).status_code == 200  # whatever is read once for a process
    with OwnQueries() as one:
        client.get(url)
    more()
    client.get(url)
    with OwnQueries() as many:
        assert client.get(url).status_code == 200
    assert len(one) <= budget, one
    assert len(many) == len(one), f"{one}\n--- with more rows\n{many}"


def test_an_application_on_the_desk(asks: Any, by: Any, worker: Any, signed_in: Any, today: date) -> None:
    row, client = asks(1, "ambasciatrice"), signed_in(worker)

    def more() -> None:
        for number in range(5):
            checks.plan_interview(application=row, kind="visit", planned_on=today, place="Qui", by=by, today=today)
            ask = {"person": "Ugo", "body": "Ente", "partita_iva": partita_iva(70 + number), "email": f"u{number}@ente.example"}
            validators.ask_validator(application=row, by=by, now=timezone.now(), **ask)

    checks.plan_interview(application=row, kind="visit", planned_on=today, place="Qui", by=by, today=today)
    same(client, reverse("certification:application", args=[row.public_id]), DETAIL, more)
    same(client, reverse("certification:review", args=[row.public_id, "persone"]), DETAIL, lambda: None)


def test_an_application_in_the_portal(asks: Any, by: Any, signed_in: Any) -> None:
    row = asks(1)
    client = signed_in(contact_of(row.company, number=9))
    same(client, reverse("our_recognition:application", args=[row.company.public_id, row.public_id]), DETAIL, lambda: None)
    same(client, reverse("our_recognition:page", args=[row.company.public_id]), DETAIL, lambda: None)


def test_a_draft_in_the_portal(asks: Any, by: Any, signed_in: Any, today: date) -> None:
    company = make_host(by, number=4)
    hosted(by, company, make_beneficiary(by, number=4))
    user = contact_of(company, number=4)
    ours = own_access(user)
    with scope(ours.scope):
        row = assessment.begin_application(company=company, by=ours, today=today)
    url = reverse("our_recognition:area", args=[company.public_id, row.public_id, "persone"])
    same(signed_in(user), url, DETAIL, lambda: None)


def test_a_sitting_and_its_runs(asks: Any, by: Any, boss: Any, members: list[Any], coordinator: Any, signed_in: Any, today: date) -> None:
    def put(number: int) -> None:
        commission.put_on_agenda(sitting=sitting, applications=[checked(asks(number), by=by)], by=boss)

    sitting: Sitting = commission.call_sitting(held_on=today, starts_at=None, place="Sala", president=members[0], by=boss, today=today)
    put(1)
    commission.open_sitting(sitting=sitting, present=[m.pk for m in members], by=boss, today=today)
    client = signed_in(coordinator)
    same(client, reverse("certification:sitting", args=[sitting.public_id]), DETAIL, lambda: [put(n) for n in (2, 3, 4)])
    same(client, reverse("certification:new_run"), LIST, lambda: checked(asks(5), by=by))
    for item in sitting.items.all():
        for member in members:
            commission.cast_vote(item=item, member=member, in_favour=True, by=boss)
    run = papers.order_sitting(sitting=sitting, by=boss, today=today)

    def award() -> None:
        with scope(boss.scope):
            papers.award_some(run_id=run.pk, by=boss)

    same(client, reverse("certification:run", args=[run.public_id]), DETAIL, lambda: None)
    award()
    same(client, reverse("certification:run", args=[run.public_id]), DETAIL, lambda: None)


def test_a_procedure(asks: Any, by: Any, boss: Any, coordinator: Any, signed_in: Any, today: date) -> None:
    row = checked(asks(1), by=by)
    made: Procedure = procedures.announce_refusal(application=row, grounds="Poco.", by=boss, today=today)
    same(signed_in(coordinator), reverse("certification:procedure", args=[made.public_id]), DETAIL, lambda: None)


def test_the_schemes(by: Any, coordinator: Any, signed_in: Any) -> None:
    publish_scheme(by)
    more = lambda: [publish_scheme(by, version=version) for version in (2, 3, 4)]  # noqa: E731
    same(signed_in(coordinator), reverse("certification:schemes"), LIST, more)
