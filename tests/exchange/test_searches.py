"""Searches that are kept: one's own or the office's, above their list, with the filters of the day they were kept."""

import pytest
from django.db import connection
from django.urls import reverse

from impresasolidale.accounts.permissions import Role
from impresasolidale.exchange.models import SavedSearch
from impresasolidale.exchange.searches import cleaned
from tests.support.queries import OwnQueries

pytestmark = pytest.mark.django_db
LIST = reverse("agreements:list")


def keep(client, query="stato=active&presto=on", page="agreements:list", name="In corso, presto", **more):
    url = f"{reverse('exchange:save_search')}?elenco={page}&filtri={query.replace('&', '%26').replace('=', '%3D')}"
    return client.post(url, {"name": name, **more})


def test_a_search_is_kept_shown_and_taken_away(signed_in, within, worker):
    within(worker)
    client = signed_in(worker)
    assert "Salva questa ricerca" not in client.get(LIST).content.decode()
    page = client.get(LIST, {"stato": "active", "presto": "on", "dopo": "x", "q": ""}).content.decode()
    assert "Salva questa ricerca" in page
    answer = keep(client)
    assert answer["Location"] == f"{LIST}?presto=on&stato=active"
    shown = client.get(LIST).content.decode()
    assert "In corso, presto" in shown
    here = client.get(answer["Location"]).content.decode()
    assert "Togli questa ricerca" in here and "Salva questa ricerca" not in here
    row = SavedSearch.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("SELECT query FROM exchange_savedsearch")
        assert cursor.fetchone()[0].startswith("v1:")
    assert client.post(reverse("exchange:drop_search", args=[row.public_id]))["Location"] == LIST
    assert not SavedSearch.objects.exists()


def test_a_colleague_sees_what_is_shared_and_does_not_take_it_away(signed_in, within, worker, coordinator, user_of, sondrio, stranger):
    within(worker)
    client, colleague = signed_in(worker), signed_in(user_of(Role.SOCIAL_WORKER, sondrio, number=2))
    keep(client, name="Solo mia")
    keep(client, name="Di tutti", is_shared="on")
    shown = colleague.get(LIST).content.decode()
    assert "Di tutti" in shown and "Solo mia" not in shown
    mine, shared = SavedSearch.objects.order_by("id")
    assert colleague.post(reverse("exchange:drop_search", args=[mine.public_id])).status_code == 404
    assert colleague.post(reverse("exchange:drop_search", args=[shared.public_id])).status_code == 403
    other = signed_in(stranger)
    assert "Di tutti" not in other.get(LIST).content.decode()
    assert other.post(reverse("exchange:drop_search", args=[shared.public_id])).status_code == 404
    assert signed_in(coordinator).post(reverse("exchange:drop_search", args=[shared.public_id])).status_code == 303


def test_what_is_refused(signed_in, within, worker, user_of, sondrio):
    within(worker)
    client = signed_in(worker)
    keep(client)
    answer = keep(client)
    assert answer.status_code == 422 and "già una ricerca con questo nome" in answer.content.decode()
    assert keep(client, query="dopo=x", name="Vuota").status_code == 422
    assert keep(client, page="desk:inbox", name="Altrove").status_code == 404
    assert keep(signed_in(user_of(Role.CLERK, sondrio)), page="beneficiaries:list", name="Senza diritto").status_code == 403


def test_the_place_of_a_page_and_empty_filters_are_no_part_of_a_search():
    assert cleaned("q=&stato=active&dopo=1&prima=2&a=1&a=2") == "a=1&a=2&stato=active"
    assert len(cleaned("q=" + "x" * 5000)) <= 1000


@pytest.mark.parametrize("page", ["beneficiaries:list", "agreements:list", "hosts:list"])
def test_lists_stay_within_their_queries(signed_in, within, worker, page):
    within(worker)
    client = signed_in(worker)
    client.get(reverse(page))
    for n in range(5):
        keep(client, page=page, name=f"Ricerca {n}", query=f"q=abc{n}")
    with OwnQueries() as queries:
        assert "Ricerca 4" in client.get(reverse(page)).content.decode()
    assert len(queries) <= 8
