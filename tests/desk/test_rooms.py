"""First pages and menus of the roles; the overviews of a person and of a company; the page of a company's contact."""

from datetime import date
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from companies.hosts.models import CompanyTutor
from impresasolidale.accounts.access import Access
from impresasolidale.accounts.models import Membership, User
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.models import Look
from impresasolidale.core.scope import scope
from tests.factories import fund
from tests.factories.agreements import make_placement
from tests.factories.attendance import make_host, make_running_placement, make_tutor
from tests.factories.beneficiaries import make_beneficiary
from tests.factories.fixtures import make_user
from tests.factories.hosts import make_company

pytestmark = pytest.mark.django_db

ROLES_OF_OFFICE = [role for role in Role if role not in {Role.COMPANY_TUTOR, Role.COMPANY_CONTACT}]


def contact_of(company):
    user = User.objects.create_user("referente@example.org", "cavallo batteria graffetta", first_name="Prova", last_name="Referente")
    Membership.objects.create(
        user=user, role=Role.COMPANY_CONTACT, network_id=company.network_id, company=company, valid_from=date(2020, 1, 1)
    )
    return user


def entrusted(ambito):
    company = make_host(ambito)
    tutor, _user = make_tutor(ambito, company)
    return make_running_placement(ambito, tutor, company)


@pytest.mark.parametrize("role", ROLES_OF_OFFICE)
def test_the_first_page_and_every_page_of_the_menu_open(signed_in, sondrio, role):
    client = signed_in(make_user(role, sondrio))
    first = client.get("/scrivania/", follow=True)
    assert first.status_code == 200
    menu = list(first.context["menu"])
    assert menu
    for item in menu:
        assert client.get(item["url"]).status_code == 200, item


@pytest.mark.parametrize(
    ("role", "lists"),
    [
        (Role.SOCIAL_WORKER, ["/presenze/inail/"]),
        (Role.CLERK, ["/presenze/inail/"]),
        (Role.COORDINATOR, ["/presenze/inail/"]),
        (Role.ACCOUNTING, ["/presenze/inail/", "/presenze/certificazione-unica/"]),
        (Role.PROMOTER_TUTOR, []),
    ],
)
def test_the_lists_of_the_year_are_in_the_menu_of_who_sends_them(signed_in, sondrio, role, lists):
    menu = signed_in(make_user(role, sondrio)).get("/da-fare/").context["menu"]
    assert [item["url"] for item in menu if item["url"].startswith("/presenze/") and item["url"] != "/presenze/ufficio/"] == lists


def test_a_long_menu_keeps_the_pages_of_the_year_under_one_word(signed_in, sondrio):
    long = signed_in(make_user(Role.COORDINATOR, sondrio)).get("/da-fare/")
    later = [item["label"] for item in long.context["menu"] if item["later"]]
    early = ["Contabilità", "Progetti", "Riconoscimenti", "INAIL", "Regole"]
    assert later == [*early, "Posta", "Utenti", "Sito", "Scambi", "Ufficio", "Protezione dei dati"]
    bar = long.content.decode().partition('class="bar"')[2]
    assert [bar.partition("bar-later")[2].count(f">{label}<") for label in later] == [1] * len(later)
    assert not any(bar.partition("bar-later")[0].count(f">{label}<") for label in later)


@pytest.mark.parametrize("role", ROLES_OF_OFFICE)
def test_the_pages_of_the_year_stand_together(signed_in, sondrio, role):
    page = signed_in(make_user(role, sondrio)).get("/scrivania/", follow=True)
    later = [item["later"] for item in page.context["menu"]]
    assert later == sorted(later)
    assert page.content.decode().count("bar-later") == int(any(later))


def test_a_short_menu_stands_in_a_row(signed_in, sondrio):
    page = signed_in(make_user(Role.PROMOTER_TUTOR, sondrio)).get("/da-fare/")
    assert not any(item["later"] for item in page.context["menu"])
    assert "bar-later" not in page.content.decode()


@pytest.mark.parametrize("role", [Role.PARTNER, Role.DONOR])
def test_who_is_bound_to_nothing_yet_is_told_and_reads_what_everybody_reads(signed_in, sondrio, role):
    client = signed_in(make_user(role, sondrio))
    assert client.get("/scrivania/")["Location"] == "/fatto-insieme/"
    page = client.get("/fatto-insieme/").content.decode()
    assert "Qui non c'è ancora niente di vostro" in unescape(page)
    assert "/fondo-di-solidarieta/" in page
    assert "Da fare" not in page
    assert 'role="search"' not in page


def test_who_has_no_role_in_force_is_told_whom_to_ask(signed_in, db):
    user = User.objects.create_user("nessuno@example.org", "cavallo batteria graffetta", first_name="Prova", last_name="Nessuno")
    page = signed_in(user).get("/scrivania/", follow=True)
    assert "Non hai ancora un incarico attivo" in page.content.decode()


def test_the_dashboard_links_only_what_the_role_opens(signed_in, sondrio):
    auditor = signed_in(make_user(Role.AUDITOR, None)).get("/rapporti/cruscotto/").content.decode()
    accounting = signed_in(make_user(Role.ACCOUNTING, sondrio)).get("/rapporti/cruscotto/").content.decode()
    for page in (auditor, accounting):
        assert 'href="/tirocini/' not in page
        assert 'href="/presenze/' not in page.partition("<main")[2]
    assert 'href="/fondo/"' not in auditor
    assert "Tirocini in corso" in accounting
    assert 'href="/tirocini/' in signed_in(make_user(Role.COORDINATOR, sondrio)).get("/rapporti/cruscotto/").content.decode()


def test_the_cap_meter_counts_what_began_over_all_hosts(signed_in, within, worker):
    by = within(worker)
    person = make_beneficiary(by, number=3, today=date(2026, 10, 1))
    address = reverse("desk:person", args=[person.public_id])
    make_placement(by, "draft", person=person, starts_on=date(2027, 9, 1), ends_on=date(2027, 12, 31))
    client = signed_in(worker)
    assert client.get(address).context["rooms"].caps.months == 0
    make_placement(by, "active", person=person, starts_on=date(2026, 11, 2), ends_on=date(2027, 8, 31))
    caps = client.get(address).context["rooms"].caps
    assert (caps.months, caps.max_months, caps.months_left, caps.hosts) == (10, 24, 14, 1)
    assert "Restano 14 mesi (regola 7)" in client.get(address).content.decode()


def test_a_person_s_record_shows_placements_papers_and_requests(signed_in, within, worker, today):
    by = within(worker)
    placement = make_placement(by, state="active")
    request = fund.ask(by, placement, today=today)
    client = signed_in(worker)
    person = placement.beneficiary
    assert f'hx-get="/persone/{person.public_id}/panoramica/"' in client.get(f"/persone/{person.public_id}/").content.decode()
    response = client.get(f"/persone/{person.public_id}/panoramica/")
    assert response.status_code == 200
    rooms = response.context["rooms"]
    assert [row.pk for row in rooms.placements] == [placement.pk]
    assert [row.pk for row in rooms.requests] == [request.pk]
    assert len(rooms.documents) == 1
    page = response.content.decode()
    assert f"/tirocini/{placement.public_id}/" in page
    assert f"/fondo/richieste/{request.public_id}/" in page
    assert Look.objects.filter(place="desk:person", actor_id=worker.pk, subject_ids=[request.pk]).exists()


def test_the_overview_of_a_person_is_guarded_like_her_record(signed_in, within, worker, stranger, sondrio):
    person = make_beneficiary(within(worker))
    address = f"/persone/{person.public_id}/panoramica/"
    assert "Ancora nessun tirocinio" in signed_in(worker).get(address).content.decode()
    assert signed_in(stranger).get(address).status_code == 404
    assert signed_in(make_user(Role.CLERK, sondrio)).get(address).status_code == 403
    colleague = make_user(Role.SOCIAL_WORKER, sondrio, number=2)
    assert signed_in(colleague).get(address)["Location"].startswith(f"/persone/{person.public_id}/motivo/")
    officer = make_user(Role.COMUNE_OFFICER, sondrio, comune=person.residence)
    assert signed_in(officer).get(address).context["rooms"].requests is None


def test_a_company_s_record_shows_placements_agreements_tutors_and_certificates(signed_in, within, worker, stranger, sondrio):
    placement = make_placement(within(worker), state="active")
    company = placement.company
    client = signed_in(worker)
    assert f'hx-get="/imprese/{company.public_id}/panoramica/"' in client.get(f"/imprese/{company.public_id}/").content.decode()
    rooms = client.get(f"/imprese/{company.public_id}/panoramica/").context["rooms"]
    assert [row.pk for row in rooms.placements] == [placement.pk]
    assert [row.pk for row in rooms.agreements] == [placement.agreement_id]
    assert len(rooms.tutors) == 1
    assert rooms.certificates == []
    elsewhere = signed_in(stranger).get(f"/imprese/{company.public_id}/panoramica/").context["rooms"]
    assert (elsewhere.placements, elsewhere.agreements) == ([], [])
    clerk = signed_in(make_user(Role.CLERK, sondrio)).get(f"/imprese/{company.public_id}/panoramica/").context["rooms"]
    assert (clerk.tutors, clerk.certificates) == (None, None)
    assert signed_in(make_user(Role.COMUNE_OFFICER, sondrio)).get(f"/imprese/{company.public_id}/panoramica/").status_code == 403


def test_a_contact_begins_from_the_company(signed_in, sondrio, worker):
    placement = entrusted(sondrio)
    client = signed_in(contact_of(placement.company))
    assert client.get("/scrivania/")["Location"] == "/la-nostra-impresa/"
    response = client.get("/la-nostra-impresa/")
    page = response.content.decode()
    person = placement.beneficiary
    (our,) = response.context["companies"]
    assert [row.pk for row in our.placements] == [placement.pk]
    assert f"{person.first_name} {person.last_name[:1]}." in page
    assert person.last_name not in page
    assert len(our.tutors) == 1
    assert signed_in(worker).get("/la-nostra-impresa/").status_code == 403


def test_a_contact_sees_a_placement_whose_tutor_has_no_sign_in_yet(signed_in, sondrio):
    placement = entrusted(sondrio)
    with scope(Access.system(network_id=sondrio.network_id, ambito_id=sondrio.pk, reason="test").scope):
        CompanyTutor.objects.filter(pk=placement.company_tutor_id).update(user=None)
    (our,) = signed_in(contact_of(placement.company)).get("/la-nostra-impresa/").context["companies"]
    assert [row.pk for row in our.placements] == [placement.pk]


def test_a_contact_sees_nothing_of_another_company(signed_in, sondrio, within, worker):
    entrusted(sondrio)
    other = make_company(within(worker))
    (our,) = signed_in(contact_of(other)).get("/la-nostra-impresa/").context["companies"]
    assert (our.placements, our.tutors, our.recognition.certificates) == ([], [], [])


def test_the_overviews_ask_the_same_queries_of_one_row_and_of_two(signed_in, within, worker, today):
    by = within(worker)
    placement = make_placement(by, state="active")
    person, company = placement.beneficiary, placement.company
    client = signed_in(worker)

    def queries(address):
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        return len(asked)

    pages = (f"/persone/{person.public_id}/panoramica/", f"/imprese/{company.public_id}/panoramica/")
    for page in pages:
        client.get(page)
    one = [queries(page) for page in pages]
    within(worker)
    fund.ask(by, placement, today=today)
    make_placement(by, number=2, company=company, tutor=placement.company_tutor)
    make_placement(by, person=person, company=company, tutor=placement.company_tutor, starts_on=date(2027, 6, 1))
    assert [queries(page) for page in pages] == one
