"""One human with several hats: one sign-in, one page of what waits under each, buttons that switch by themselves."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from companies.hosts.models import Engagement
from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.models import Membership
from impresasolidale.accounts.permissions import Role
from impresasolidale.core import todos
from impresasolidale.core.models import Look
from impresasolidale.core.scope import scope
from placements.attendance.enums import MonthState
from placements.attendance.models import Timesheet
from tests.factories.attendance import make_host, make_running_placement, make_tutor, record, system
from tests.factories.beneficiaries import make_beneficiary
from tests.factories.fixtures import TODAY, make_user

pytestmark = pytest.mark.django_db
PAGE = "/i-miei-incarichi/"


@pytest.fixture(autouse=True)
def _today(time_machine):
    """A Wednesday, on which the mornings of the placements are planned."""
    time_machine.move_to("2026-11-18T09:30:00+01:00", tick=False)


def give(user, role, ambito, *, company=None):
    """One more role: in a company of the Ambito's network, or in its office."""
    where = {"company": company} if company else {"ambito": ambito}
    Membership.objects.create(user=user, role=role, network_id=ambito.network_id, valid_from=date(2020, 1, 1), **where)


def bakery(ambito, *, number=1, tutor=None):
    """A company with a tutor and somebody entrusted; returns the placement."""
    company = make_host(ambito, number=number)
    if tutor is None:
        tutor, _user = make_tutor(ambito, company, number=number)
    else:
        with scope(system(ambito).scope):
            Engagement.objects.create(network_id=ambito.network_id, company=company, tutor=tutor, valid_from=date(2020, 1, 1))
        give(tutor.user, Role.COMPANY_TUTOR, ambito, company=company)
    return make_running_placement(ambito, tutor, company, number=number, starts_on=date(2026, 11, 1))


def ask(ambito, by, number, *, role=Role.SOCIAL_WORKER):
    with scope(system(ambito).scope):
        person = make_beneficiary(system(ambito), number=number)
        todos.ask(
            kind="test", subject=person, title=f"Chiama {number}", url=f"/persone/{person.public_id}/", role=role, by=by, due_on=TODAY
        )
        return person


def titles(hat):
    return [thing.title for thing in hat.waiting]


def test_owner_contact_and_tutor_of_a_bakery_have_one_page(signed_in, sondrio):
    placement = bakery(sondrio)
    tutor = placement.company_tutor.user
    give(tutor, Role.COMPANY_CONTACT, sondrio, company=placement.company)
    client = signed_in(tutor)
    assert client.get("/scrivania/")["Location"] == PAGE
    response = client.get(PAGE)
    as_tutor, as_contact = response.context["hats"]
    name = f"{placement.beneficiary.first_name} {placement.beneficiary.last_name[:1]}."
    assert titles(as_tutor)[0] == f"{name}: com'è andata oggi?"
    assert "giornate passate" in titles(as_tutor)[1]
    assert titles(as_contact) == [f"{placement.company}: {placement.company_tutor} deve ancora fare il corso per tutor"]
    page = response.content.decode()
    assert 'href="/presenze/"' in page and 'href="/la-nostra-impresa/"' in page
    assert placement.beneficiary.last_name not in page
    with scope(system(sondrio).scope):
        assert Look.objects.filter(actor_id=tutor.pk, subject_ids=[placement.pk]).exists()
    assert [item["url"] for item in response.context["menu"]][0] == PAGE


def test_what_was_said_waits_no_more(signed_in, sondrio):
    placement = bakery(sondrio)
    tutor = placement.company_tutor.user
    give(tutor, Role.COMPANY_CONTACT, sondrio, company=placement.company)
    for day in range(2, 19):
        if date(2026, 11, day).weekday() < 4:
            record(placement, date(2026, 11, day))
    assert signed_in(tutor).get(PAGE).context["hats"][0].waiting == []


def test_the_tutor_of_two_companies_has_one_day_and_no_switch(signed_in, sondrio, tirano):
    one = bakery(sondrio)
    two = bakery(tirano, number=2, tutor=one.company_tutor)
    tutor = one.company_tutor.user
    access = access_for(tutor)
    assert access.placements == {one.pk, two.pk} and access.ambiti == {sondrio.pk, tirano.pk} and len(access.contexts) == 1
    client = signed_in(tutor)
    assert client.get("/scrivania/")["Location"] == "/presenze/"
    assert {card.placement_id for card in client.get("/presenze/").context["cards"]} == {one.public_id, two.public_id}
    for placement in (one, two):
        data = {"day": "2026-11-18", "outcome": "present", "back": "today"}
        assert client.post(f"/presenze/{placement.public_id}/registra/", data).status_code == 303


def test_contact_here_and_tutor_there_reaches_no_more_than_that(signed_in, sondrio):
    here, there = bakery(sondrio), bakery(sondrio, number=2)
    user = there.company_tutor.user
    give(user, Role.COMPANY_CONTACT, sondrio, company=here.company)
    colleague = make_running_placement(sondrio, make_tutor(sondrio, there.company, number=3)[0], there.company, number=3)
    access = access_for(user)
    assert access.placements == {here.pk, there.pk}
    client = signed_in(user)
    assert [our.company for our in client.get("/la-nostra-impresa/").context["companies"]] == [here.company]
    data = {"day": "2026-11-18", "outcome": "present", "back": "today"}
    assert client.post(f"/presenze/{here.public_id}/registra/", data).status_code == 404  # a contact does not record
    assert client.post(f"/presenze/{colleague.public_id}/registra/", data).status_code == 404
    assert client.post(f"/presenze/{there.public_id}/registra/", data).status_code == 303


def test_a_social_worker_who_is_also_a_tutor_goes_on_without_switching_first(signed_in, sondrio, tirano):
    placement = bakery(sondrio)
    user = placement.company_tutor.user
    give(user, Role.SOCIAL_WORKER, tirano)
    person = ask(tirano, system(tirano), 7)
    client = signed_in(user)
    response = client.get(PAGE)
    as_tutor, office = response.context["hats"]
    assert (office.is_active, as_tutor.is_active) == (True, False)
    assert titles(office) == ["Chiama 7"]
    assert f'href="/persone/{person.public_id}/"' in response.content.decode()
    assert client.get("/presenze/").status_code == 403
    gone = client.post("/accesso/cambia/", {"context": as_tutor.key, "next": as_tutor.waiting[0].url})
    assert gone["Location"] == "/presenze/"
    assert client.get("/presenze/").status_code == 200
    assert [hat.is_active for hat in client.get(PAGE).context["hats"]] == [True, False]
    assert client.get("/scrivania/incarico/")["Location"] == "/presenze/"


def test_the_switch_goes_on_to_our_own_pages_only(signed_in, sondrio):
    placement = bakery(sondrio)
    user = placement.company_tutor.user
    give(user, Role.CLERK, sondrio)
    client = signed_in(user)
    where = {"context": f"ambito:{sondrio.pk}", "next": "https://example.org/"}
    assert client.post("/accesso/cambia/", where)["Location"] == "/scrivania/incarico/"
    assert client.post("/accesso/cambia/", {**where, "context": "company:999999"}).status_code == 404


def test_a_hat_shows_its_own_things_and_no_colleague_s(signed_in, sondrio, tirano):
    user = make_user(Role.SOCIAL_WORKER, sondrio)
    give(user, Role.CLERK, tirano)
    ask(sondrio, system(sondrio), 1)
    ask(sondrio, system(sondrio), 2, role=Role.COORDINATOR)
    ask(tirano, system(tirano), 3)  # for social workers: in Tirano this user is a clerk
    for number in range(4, 12):
        ask(tirano, system(tirano), number, role=Role.CLERK)
    first, second = signed_in(user).get(PAGE).context["hats"]
    assert (first.place, titles(first), first.has_more) == ("Sondrio", ["Chiama 1"], False)
    assert (second.place, len(second.shown), second.has_more) == ("Tirano", 6, True)
    assert "Chiama 3" not in titles(second)


def test_who_has_one_hat_begins_where_it_always_did(signed_in, worker):
    client = signed_in(worker)
    assert client.get("/scrivania/")["Location"] == "/da-fare/"
    assert all(item["url"] != PAGE for item in client.get("/da-fare/").context["menu"])
    assert len(client.get(PAGE).context["hats"]) == 1


def test_as_many_queries_for_many_hats_and_things_as_for_one(signed_in, sondrio, tirano):
    placement = bakery(sondrio)
    user = placement.company_tutor.user
    give(user, Role.COMPANY_CONTACT, sondrio, company=placement.company)
    give(user, Role.SOCIAL_WORKER, sondrio)
    ask(sondrio, system(sondrio), 1)
    client = signed_in(user)

    def queries():
        with CaptureQueriesContext(connection) as asked:
            assert client.get(PAGE).status_code == 200
        return len(asked)

    queries()
    one = queries()
    other = bakery(tirano, number=2, tutor=placement.company_tutor)
    give(user, Role.COMPANY_CONTACT, tirano, company=other.company)
    give(user, Role.CLERK, tirano)
    make_running_placement(sondrio, placement.company_tutor, placement.company, number=4, starts_on=date(2026, 11, 1))
    with scope(system(tirano).scope):
        Timesheet.objects.create(ambito=tirano, placement=other, month=date(2026, 10, 1), state=MonthState.OPEN, planned_minutes=60)
    for number in range(2, 6):
        ask(sondrio, system(sondrio), number)
        ask(tirano, system(tirano), number + 10, role=Role.CLERK)
    assert queries() == one
    hats = client.get(PAGE).context["hats"]
    assert [len(hat.waiting) for hat in hats] == [7, 2, 5, 4]
