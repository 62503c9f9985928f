"""The rules of welcoming come before a company offers places by itself (features row 107)."""

import uuid

import pytest

from companies.hosts import services
from companies.hosts.conduct import CURRENT, EDITIONS, fingerprint
from companies.hosts.models import ConductAcceptance, Opening
from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import DomainError
from impresasolidale.core.models import Fact
from impresasolidale.core.scope import scope
from tests.factories.fixtures import TODAY
from tests.factories.hosts import make_company, make_site
from tests.hosts.test_our_company import PAGE, contact_of
from tests.treasury.test_ledger import in_threads

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda value=None, *args: value.date() if value else TODAY)


@pytest.fixture
def office(within, worker):
    return within(worker)


@pytest.fixture
def company(office):
    row = make_company(office, representative="Olga Prova")
    make_site(office, row)
    return row


def post(client, path, **values):
    return client.post(path, {**values, "_submission": str(uuid.uuid4())})


def test_the_contact_reads_the_rules_and_then_writes_the_places(signed_in, company, office):
    me, rules, places = signed_in(contact_of(company)), f"{PAGE}{company.public_id}/regole/", f"{PAGE}{company.public_id}/posti/nuovi/"
    asked = {"site": company.sites.get().pk, "places": 2, "starts_on": "2026-12-01"}
    assert rules in me.get(PAGE).content.decode() and places not in me.get(PAGE).content.decode()
    early = post(me, places, **asked)
    assert early.status_code == 422 and "Prima leggete le regole" in early.content.decode()
    assert not Opening.objects.exists()
    page = me.get(rules).content.decode()
    assert all(str(promise) in page for promise in EDITIONS[CURRENT])
    unread = post(me, rules)
    assert unread.status_code == 422 and "agreed" in unread.context["form"].errors
    assert post(me, rules, agreed="on").status_code == 303
    row = ConductAcceptance.objects.get()
    assert (row.edition, row.fingerprint, row.said_by, row.accepted_on) == (CURRENT, fingerprint(CURRENT), "Rita Referente", TODAY)
    assert Fact.objects.filter(code="hosts.conduct.accepted").count() == 1
    assert "regole accettate" in me.get(PAGE).content.decode()
    assert post(me, places, **asked).status_code == 303
    assert post(me, rules, agreed="on").status_code == 422  # once is enough
    assert "Siamo d’accordo" not in me.get(rules).content.decode()


def test_the_office_writes_who_said_yes_and_is_not_held_up(signed_in, company, worker, office):
    me, rules = signed_in(worker), f"/imprese/{company.public_id}/regole/"
    assert rules in me.get(f"/imprese/{company.public_id}/").content.decode()
    assert me.get(rules).context["form"]["said_by"].value() == "Olga Prova"
    for field, wrong in (("said_by", " "), ("accepted_on", "2999-01-01"), ("accepted_on", "")):
        refused = post(me, rules, **{"said_by": "Olga Prova", "accepted_on": "2026-11-01", field: wrong})
        assert refused.status_code == 422 and field in refused.context["form"].errors
    services.declare_places(company=company, site=company.sites.get(), places=1, starts_on=TODAY, by=office)
    assert post(me, rules, said_by="Olga Prova", accepted_on="2026-11-01").status_code == 303
    assert "1 novembre 2026, da Olga Prova" in me.get(rules).content.decode()


def test_only_who_may(signed_in, user_of, sondrio, company, office):
    stranger = signed_in(contact_of(make_company(office, name="Altra srl"), email="altra@example.org"))
    assert stranger.get(f"{PAGE}{company.public_id}/regole/").status_code == 404
    reader = signed_in(user_of(Role.PROMOTER_TUTOR, sondrio))
    assert "Scrivi che le ha accettate" not in reader.get(f"/imprese/{company.public_id}/regole/").content.decode()
    assert post(reader, f"/imprese/{company.public_id}/regole/", said_by="Io", accepted_on="2026-11-01").status_code == 403
    assert not ConductAcceptance.objects.exists()


def test_another_company_s_contact_sees_no_acceptance(company, office):
    services.accept_conduct(company=company, said_by="Olga Prova", on=TODAY, by=office, today=TODAY)
    other = access_for(contact_of(make_company(office, name="Altra srl"), email="altra@example.org"))
    with scope(other.scope):
        assert not ConductAcceptance._base_manager.exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_say_yes_at_once_leave_one(worker, sondrio):
    access = access_for(worker)
    with scope(access.scope):
        company = make_company(access)

    def accept(_n: int) -> str:
        with scope(access.scope):
            try:
                services.accept_conduct(company=company, said_by="Olga", on=TODAY, by=access, today=TODAY)
            except DomainError as error:
                return str(error)
        return "written"

    said = in_threads(3, accept)
    assert said.count("written") == 1 and sum("già accettate" in words for words in said) == 2


def test_what_was_accepted_is_held_fast_by_its_words():
    """The words of an edition never change: a new one is added. Worked with sha256sum over the seven lines."""
    assert fingerprint(1) == "bad3247c390d89e3663c3c9106ea20fd55aa3c084aedd73c2ea400b9a6ae59d8"
