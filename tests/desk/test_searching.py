"""The search over all the rooms: names with small mistakes, codes exactly, and never more than one may open."""

import pytest

from companies.hosts.models import Company
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.fields import lookup_hash
from impresasolidale.core.models import Document, Look
from placements.beneficiaries.models import Beneficiary
from tests.factories.agreements import make_agreement
from tests.factories.attendance import make_host, make_running_placement, make_tutor
from tests.factories.hosts import make_company
from tests.support.queries import OwnQueries

pytestmark = pytest.mark.django_db


@pytest.fixture
def placement(sondrio):
    company = make_host(sondrio)
    tutor, _user = make_tutor(sondrio, company)
    return make_running_placement(sondrio, tutor, company)


def found(client, text):
    return client.get("/cerca/", {"q": text}).context["found"]


def groups(client, text):
    return {words: [hit.label for hit in hits] for words, hits in found(client, text).more}


def test_a_name_finds_what_belongs_to_it_in_every_room(signed_in, within, worker, placement):
    within(worker)
    client = signed_in(worker)
    person = placement.beneficiary
    hits = groups(client, person.last_name[:-1] + "o")
    assert hits["Tirocini"] == [f"{person}, {placement.company}"]
    hits = groups(client, "forno prvoa")
    assert hits["Convenzioni"] == ["Forno Prova 1"]
    assert groups(client, "fornaio")["Tutor aziendali"] == ["Gino Fornaio 1"]
    for _words, rows in found(client, "fornaio").more:
        assert all(client.get(hit.url).status_code == 200 for hit in rows)


def test_a_codice_fiscale_is_found_exactly_and_the_look_is_logged(signed_in, within, worker, placement, stranger):
    within(worker)
    person = placement.beneficiary
    Beneficiary.objects.filter(pk=person.pk).update(codice_fiscale_hash=lookup_hash(person.codice_fiscale))
    client = signed_in(worker)
    assert [p.pk for p in found(client, f" {person.codice_fiscale.lower()} ").people] == [person.pk]
    assert Look.objects.filter(kind="search", place="desk:search", subject_ids=[person.pk]).exists()
    assert found(client, person.codice_fiscale[:-1] + "0").people == []
    assert found(signed_in(stranger), person.codice_fiscale).people == []


def test_a_partita_iva_is_found_exactly(signed_in, within, worker, placement):
    within(worker)
    company = Company.objects.get()
    assert [c.pk for c in found(signed_in(worker), company.tax_code).companies] == [company.pk]


def test_the_number_of_a_paper_leads_to_what_it_is_about(signed_in, within, worker, stranger):
    by = within(worker)
    paper = make_agreement(by, make_company(by, representative="Piera Prova")).document
    client = signed_in(worker)
    year, _slash, number = paper.number.partition("/")
    hits = found(client, f"{year}/{int(number)}").more
    assert hits and client.get(hits[0][1][0].url).status_code == 200
    assert not found(signed_in(stranger), paper.number).more
    assert Document.objects.filter(number=paper.number).exists()


def test_a_role_finds_only_what_it_may_open(signed_in, within, worker, placement, user_of, sondrio):
    within(worker)
    trainer = signed_in(user_of(Role.TRAINER, sondrio))
    assert not found(trainer, placement.beneficiary.last_name)
    clerk = found(signed_in(user_of(Role.CLERK, sondrio)), placement.beneficiary.last_name)
    assert not clerk.people and dict(clerk.more)["Tirocini"]


def test_it_asks_at_most_ten_questions(signed_in, within, coordinator, placement):
    within(coordinator)
    client = signed_in(coordinator)
    client.get("/cerca/", {"q": "prova"})
    with OwnQueries() as queries:
        client.get("/cerca/", {"q": "forno prova"})
    assert len(queries) <= 10
