"""Notices of an office to who works with the program: who reads them, until when, who may write them; no mail leaves."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import DatabaseError, transaction

from impresasolidale.accounts.permissions import Role
from impresasolidale.core.models import Announcement, Fact, Message
from impresasolidale.core.scope import scope
from tests.factories import attendance as made
from tests.factories.fixtures import TODAY, make_user
from tests.support.queries import OwnQueries

pytestmark = pytest.mark.django_db
TITLE = "Chiusi il 7 dicembre"


@pytest.fixture(autouse=True)
def _wednesday(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args, **kwargs: TODAY)


@pytest.fixture
def boss(signed_in, coordinator):
    return signed_in(coordinator)


def write(client, **changes):
    wanted = {"title": TITLE, "text": "Ci troviamo il giorno dopo.", "starts_on": TODAY.isoformat(), "ends_on": TODAY.isoformat()}
    return client.post("/ufficio/avvisi/nuovo/", {**wanted, **changes})


def only(ambito):
    with scope(made.system(ambito).scope):
        return Announcement.objects.get()


def reads(client, page="/da-fare/"):
    answer = client.get(page)
    assert answer.status_code == 200
    return TITLE in answer.content.decode()


def test_everybody_of_the_office_reads_it_on_the_first_page_until_they_put_it_away(boss, signed_in, worker, sondrio):
    colleague, reader = signed_in(make_user(Role.SOCIAL_WORKER, sondrio, number=2)), signed_in(worker)
    assert write(boss).status_code == 303
    assert reads(reader) and reads(colleague) and reads(boss, "/rapporti/cruscotto/")
    assert not reads(reader, "/persone/")  # not on every page
    away = f"/avvisi/{only(sondrio).public_id}/letto/"
    assert reader.post(away).status_code == 303
    assert not reads(reader) and reads(colleague)
    assert reader.post(away).status_code == 303
    assert only(sondrio).read_by == [worker.pk]  # said twice, it counts once
    with scope(made.system(sondrio).scope):
        assert mail.outbox == [] and not Message.objects.exists()


def test_a_tutor_in_a_company_reads_it_too(boss, signed_in, sondrio):
    company = made.make_host(sondrio)
    tutor, user = made.make_tutor(sondrio, company)
    made.make_running_placement(sondrio, tutor, company)
    client = signed_in(user)
    assert write(boss, roles=[Role.COMPANY_TUTOR]).status_code == 303
    assert reads(client, "/presenze/") and not reads(boss, "/rapporti/cruscotto/")
    with OwnQueries() as own:
        assert reads(client, "/presenze/")
    assert len(own) <= 3, own  # house.md §4: Today
    assert client.post(f"/avvisi/{only(sondrio).public_id}/letto/").status_code == 303
    assert not reads(client, "/presenze/")


def test_only_the_roles_it_names_read_it(boss, signed_in, worker, sondrio):
    write(boss, roles=[Role.CLERK])
    assert reads(signed_in(make_user(Role.CLERK, sondrio))) and not reads(signed_in(worker))


@pytest.mark.parametrize(("starts", "ends"), [(1, 3), (-3, -1)])
def test_only_in_its_days(boss, signed_in, worker, sondrio, starts, ends):
    write(boss)
    with scope(made.system(sondrio).scope):
        Announcement.objects.update(starts_on=TODAY + timedelta(days=starts), ends_on=TODAY + timedelta(days=ends))
    assert not reads(signed_in(worker))


def test_another_ambito_reads_only_what_is_for_the_whole_network(boss, signed_in, stranger, sondrio):
    client = signed_in(stranger)
    write(boss)
    assert not reads(client)
    foreign = only(sondrio)
    assert client.post(f"/avvisi/{foreign.public_id}/letto/").status_code == 404
    write(boss, everywhere="on")
    assert reads(client)


def test_taken_away_nobody_reads_it_any_more(boss, signed_in, worker, sondrio, tirano):
    write(boss)
    url = f"/ufficio/avvisi/{only(sondrio).public_id}/togli/"
    assert signed_in(make_user(Role.COORDINATOR, tirano)).post(url).status_code == 404
    assert signed_in(worker).post(url).status_code == 403
    assert boss.post(url).status_code == 303
    assert not reads(signed_in(worker))
    assert "già stato tolto" in boss.post(url, follow=True).content.decode()
    with scope(made.system(sondrio).scope):
        codes = Fact.objects.filter(code__startswith="core.announcement").order_by("id").values_list("code", flat=True)
        assert list(codes) == ["core.announcement.written", "core.announcement.withdrawn"]


def test_who_wrote_what_is_a_list_of_the_office(boss, signed_in, worker):
    assert "Nessun avviso" in boss.get("/ufficio/avvisi/").content.decode()
    write(boss, roles=[Role.CLERK, Role.TRAINER])
    page = boss.get("/ufficio/avvisi/").content.decode()
    assert TITLE in page and "personale amministrativo, formatore" in page and "si vede" in page
    with OwnQueries() as one:
        boss.get("/ufficio/avvisi/")
    for _n in range(4):
        write(boss)
    with OwnQueries() as many:
        boss.get("/ufficio/avvisi/")
    assert len(many) == len(one) <= 8, many
    assert signed_in(worker).get("/ufficio/avvisi/").status_code == 403
    assert write(signed_in(worker)).status_code == 403


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"starts_on": TODAY.isoformat(), "ends_on": (TODAY - timedelta(days=1)).isoformat()}, "finisce prima di cominciare"),
        ({"starts_on": "2026-01-01", "ends_on": "2026-01-02"}, "giorno è già passato"),
        ({"title": " "}, "obbligatorio"),
        ({"text": "x" * 501}, "500"),
        ({"roles": ["nobody"]}, "nobody"),
    ],
)
def test_a_wrong_one_is_refused_beside_its_field(boss, sondrio, changes, words):
    refused = write(boss, **changes)
    assert refused.status_code == 422 and words in refused.content.decode()
    with scope(made.system(sondrio).scope):
        assert not Announcement.objects.exists()


@pytest.mark.parametrize("wrong", [{"ends_on": "2020-01-01"}, {"network": None, "ambito": None}])
def test_the_database_refuses_what_makes_no_sense(within, coordinator, sondrio, wrong):
    within(coordinator)
    good = {"ambito": sondrio, "title": "x", "text": "y", "starts_on": TODAY, "ends_on": TODAY}
    Announcement.objects.create(**good)
    with pytest.raises(DatabaseError), transaction.atomic():
        Announcement.objects.create(**{**good, **wrong})
