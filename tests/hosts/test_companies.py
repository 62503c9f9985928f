"""Hosts through the pages: register, find, edit, and every refusal."""

import uuid

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from companies.hosts import selectors
from companies.hosts.models import Company, CompanyTutor, Site
from companies.hosts.rules import size_of
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.models import Fact, Look
from impresasolidale.core.scope import Scope, scope, unscoped
from impresasolidale.territory.models import Network
from tests.factories.hosts import comune, make_company, make_partita_iva, make_site, make_tutor

pytestmark = pytest.mark.django_db
GOOD = make_partita_iva(7001)


def page_of(**changes):
    return {
        "name": "Segheria Valbosco",
        "kind": "firm",
        "partita_iva": GOOD,
        "address": "Via dei Larici 4",
        "comune": "Chiavenna",
        "staff_count": "12",
        "on_register": "on",
        "site_name": "Piazzale",
        **changes,
    }


def test_one_page_registers_company_site_and_tutor(signed_in, worker, within):
    response = signed_in(worker).post(
        reverse("hosts:new"),
        page_of(
            tutor_first_name="Ivo",
            tutor_last_name="Larice",
            tutor_email="Ivo.Larice@Example.org",
            site_address="Via Abeti 2",
            site_comune="colico",
        ),
    )
    within(worker)
    company = Company.objects.get()
    assert response.status_code == 303 and response["Location"] == reverse("hosts:detail", args=[company.public_id])
    assert (company.search_key, company.size_class, company.comune.name) == ("segheria valbosco", "small", "Chiavenna")
    site, tutor = Site.objects.get(), CompanyTutor.objects.get()
    assert (site.name, site.address, site.comune.province) == ("Piazzale", "Via Abeti 2", "LC")
    assert tutor.email == "ivo.larice@example.org" and tutor.user is None
    assert tutor.engagements.get().company == company
    assert {"hosts.company.registered", "hosts.site.added", "hosts.tutor.engaged"} <= set(Fact.objects.values_list("code", flat=True))


def test_without_a_site_address_the_site_is_the_companys_own(signed_in, worker, within):
    assert signed_in(worker).post(reverse("hosts:new"), page_of(partita_iva="IT " + GOOD)).status_code == 303
    within(worker)
    assert (Site.objects.get().address, Company.objects.get().partita_iva) == ("Via dei Larici 4", GOOD)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"partita_iva": GOOD[:-1]}, "ha 11 cifre: qui ce ne sono 10"),
        ({"partita_iva": GOOD[:-1] + str((int(GOOD[-1]) + 1) % 10)}, "partita IVA non è valida"),
        ({"partita_iva": "", "tax_code": "12345678901"}, "codice fiscale non è valido"),
        ({"partita_iva": ""}, "Serve la partita IVA, oppure il codice fiscale"),
        ({"comune": "Sondro"}, "Forse intendevi: Sondrio (SO)"),
        ({"comune": "Xqzwk"}, "Non trovo questo comune"),
        ({"comune": "Livo"}, "Scrivi anche la provincia"),
        ({"tutor_first_name": "Ivo"}, "Per registrare il tutor serve anche questo"),
        ({"site_address": "Via Abeti 2"}, "servono indirizzo e comune insieme"),
        ({"name": ""}, "obbligatorio"),
    ],
)
def test_wrong_values_are_refused_beside_their_field_and_nothing_is_written(signed_in, worker, within, changes, words):
    response = signed_in(worker).post(reverse("hosts:new"), page_of(**changes))
    text = response.content.decode()
    assert response.status_code == 422 and words in text
    assert "Via dei Larici 4" in text, "what was typed is lost"
    within(worker)
    assert not Company.objects.exists()


def test_a_known_code_is_refused_with_the_link_to_its_company(signed_in, worker, within):
    known = make_company(within(worker), name="Orto del Ponte", partita_iva=GOOD)
    response = signed_in(worker).post(reverse("hosts:new"), page_of())
    assert response.status_code == 422
    assert reverse("hosts:detail", args=[known.public_id]) in response.content.decode()
    assert Company.objects.count() == 1
    with pytest.raises(IntegrityError, match="hosts_company_partita_iva_once"), transaction.atomic():
        Company.objects.create(name="x", kind="firm", partita_iva=GOOD, comune=known.comune, network_id=known.network_id)
    with pytest.raises(IntegrityError, match="hosts_company_has_code"), transaction.atomic():
        Company.objects.create(name="x", kind="firm", comune=known.comune, network_id=known.network_id)


def test_a_similar_name_asks_once_and_the_tick_goes_on(signed_in, worker, within):
    known = make_company(within(worker), name="Segheria Val Bosco srl")
    client = signed_in(worker)
    response = client.post(reverse("hosts:new"), page_of())
    text = response.content.decode()
    assert response.status_code == 422 and known.name in text
    assert 'type="checkbox" name="is_another"' in text
    assert client.post(reverse("hosts:new"), page_of(is_another="on")).status_code == 303
    assert Company.objects.count() == 2


def test_edit_keeps_what_the_other_person_wrote(signed_in, worker, coordinator, within):
    company = make_company(within(worker), name="Orto del Ponte")
    url = reverse("hosts:edit", args=[company.public_id])
    values = page_of(partita_iva=company.partita_iva, row_version=company.row_version)
    assert signed_in(coordinator).post(url, {**values, "name": "Orto Nuovo"}).status_code == 303
    response = signed_in(worker).post(url, {**values, "name": "Orto Vecchio"})
    assert response.status_code == 409 and "Orto Vecchio" in response.content.decode()
    company.refresh_from_db()
    assert (company.name, company.search_key, company.row_version) == ("Orto Nuovo", "orto nuovo", 2)


def test_edit_may_not_take_the_code_of_another(signed_in, worker, within):
    access = within(worker)
    known = make_company(access, partita_iva=GOOD)
    mine = make_company(access)
    response = signed_in(worker).post(reverse("hosts:edit", args=[mine.public_id]), page_of(row_version=1))
    assert response.status_code == 422 and "è già di" in response.content.decode()
    assert reverse("hosts:detail", args=[known.public_id]) in response.content.decode()


def test_search_forgives_and_filters_narrow(signed_in, worker, within):
    access = within(worker)
    make_company(access, name="Falegnameria Bormin", comune=comune("Tirano"), kind="cooperative_b")
    make_company(access, name="Panificio Però", comune=comune("Colico"))
    client = signed_in(worker)

    def names(**query):
        return [c.name for c in client.get(reverse("hosts:list"), query).context["rows"]]

    assert names() == ["Falegnameria Bormin", "Panificio Però"]
    assert names(q="falegnmeria") == names(q="bormin") == names(kind="cooperative_b") == names(comune="tirano") == ["Falegnameria Bormin"]
    assert names(q="PERO") == ["Panificio Però"]
    assert names(q=Company.objects.get(name="Panificio Però").partita_iva) == ["Panificio Però"]
    assert names(ambito=comune("Tirano").ambito_id) == ["Falegnameria Bormin"]
    assert names(q="zzzz") == []
    assert "Non trovo questo comune" in client.get(reverse("hosts:list"), {"comune": "Xqzwk"}).content.decode()


def test_pages_of_the_list_go_there_and_back_with_as_many_queries(signed_in, worker, within):
    access = within(worker)
    make_company(access, name="Azienda 00")
    client = signed_in(worker)
    url = reverse("hosts:list")
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get(url)
    for n in range(1, 53):
        make_tutor(access, make_company(access, name=f"Azienda {n:02d}"), with_user=False)
    with CaptureQueriesContext(connection) as many:
        first = client.get(url)
    assert len(many) == len(one)
    second = client.get(url + first.context["next_url"])
    third = client.get(url + second.context["next_url"])
    back = client.get(url + third.context["previous_url"])
    names = [[c.name for c in page.context["rows"]] for page in (first, second, third, back)]
    assert [n for page in names[:3] for n in page] == [f"Azienda {n:02d}" for n in range(53)]
    assert names[3] == names[1] and third.context["next_url"] == "" and first.context["previous_url"] == ""
    assert client.get(url, {"dopo": "nonsense"}).status_code == 200


def test_the_detail_has_constant_queries_and_logs_the_look(signed_in, worker, within):
    access = within(worker)
    company = make_company(access)
    make_site(access, company)
    make_tutor(access, company)
    client, url = signed_in(worker), reverse("hosts:detail", args=[company.public_id])
    client.get(url)
    with CaptureQueriesContext(connection) as one:
        client.get(url)
    for _n in range(5):
        make_site(access, company)
        make_tutor(access, company)
    with CaptureQueriesContext(connection) as many:
        assert client.get(url).status_code == 200
    assert len(many) == len(one)
    assert Look.objects.filter(kind=Look.Kind.DETAIL, subject_ids=[company.pk], actor_id=worker.pk).exists()


def test_who_may(signed_in, user_of, sondrio, worker, within):
    access = within(worker)
    company = make_company(access)
    tutor = make_tutor(access, company)
    detail = reverse("hosts:detail", args=[company.public_id])
    assert signed_in(user_of(Role.PROMOTER_TUTOR, sondrio)).get(detail).status_code == 200
    assert signed_in(user_of(Role.PROMOTER_TUTOR, sondrio, number=2)).get(reverse("hosts:new")).status_code == 403
    assert signed_in(user_of(Role.DPO, sondrio)).get(reverse("hosts:list")).status_code == 403
    assert (
        signed_in(user_of(Role.CLERK, sondrio)).post(reverse("hosts:tutor_invite", args=[company.public_id, tutor.public_id])).status_code
        == 403
    )
    of_company = signed_in(tutor.user)
    for url in (reverse("hosts:list"), detail, reverse("hosts:new")):
        assert of_company.get(url).status_code == 403
    assert signed_in(worker).get(reverse("hosts:detail", args=[uuid.uuid4()])).status_code == 404


def test_another_networks_company_does_not_exist_here(signed_in, worker, within):
    access = within(worker)
    elsewhere = Network.objects.create(name="Rete di prova", code="prova")
    with scope(Scope(networks=frozenset({elsewhere.pk}))):
        theirs = Company.objects.create(
            name="Altrove", search_key="altrove", kind="firm", partita_iva=GOOD, comune=comune("Sondrio"), network=elsewhere
        )
    mine = make_company(access)
    client = signed_in(worker)
    for name in ("detail", "edit", "new_site", "new_tutor", "contact_invite"):
        assert client.get(reverse(f"hosts:{name}", args=[theirs.public_id])).status_code == 404
    assert [c.pk for c in client.get(reverse("hosts:list")).context["rows"]] == [mine.pk]
    with unscoped("the second wall"), connection.cursor() as cursor:
        cursor.execute("SELECT id FROM hosts_company")
        assert cursor.fetchall() == [(mine.pk,)]


def test_a_company_user_reaches_its_own_company_only(worker, within):
    access = within(worker)
    mine, other = make_company(access), make_company(access)
    tutor, colleague = make_tutor(access, mine), make_tutor(access, other)
    of_company = within(tutor.user)
    assert list(selectors.companies_for_choice(of_company)) == [mine]
    assert selectors.tutor_for(of_company, tutor.public_id) == tutor
    with pytest.raises(Exception, match="No CompanyTutor matches"):
        selectors.tutor_for(of_company, colleague.public_id)


def test_comune_suggestions(signed_in, client, worker):
    url = reverse("territory:comuni")
    assert client.get(url, {"q": "son"}).status_code == 302
    answer = signed_in(worker).get(url, {"q": "sondr"}).content.decode()
    assert answer.startswith('<option value="Sondrio (SO)">')
    assert signed_in(worker).get(url).content == b""


def test_size_by_staff():
    assert [size_of(n) for n in (None, 0, 9, 10, 49, 50, 249, 250)] == ["", "micro", "micro", "small", "small", "medium", "medium", "large"]
