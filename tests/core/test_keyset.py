"""Keyset pages: every row once, in both directions, filters kept, and no key breaks a page."""

from urllib.parse import parse_qs

import pytest
from django.http import QueryDict

from impresasolidale.core.keyset import page_of
from impresasolidale.territory.models import Ambito, Comune

pytestmark = pytest.mark.django_db


def rows():
    return Comune.objects.filter(province="SO").exclude(population_2011=None)


def page(query: str, order, size: int = 10, **more):
    return page_of(rows(), QueryDict(query), order=order, key="cadastral_code", size=size, **more)


def query_of(url: str) -> str:
    return url.removeprefix("?")


@pytest.mark.parametrize("order", [("name_key", "id"), ("-population_2011", "-id"), ("-id",)])
def test_walking_forward_and_back_shows_every_row_once(order):
    found = [page("", order)]
    wanted = list(rows().order_by(*order))
    while found[-1].after:
        found.append(page(query_of(found[-1].urls(QueryDict())["next_url"]), order))
    assert [r for p in found for r in p.rows] == wanted
    assert found[0].before == "" and found[0].urls(QueryDict())["previous_url"] == ""
    back = [found[-1]]
    while back[-1].before:
        back.append(page(query_of(back[-1].urls(QueryDict())["previous_url"]), order))
    assert [r for p in reversed(back) for r in p.rows] == wanted


@pytest.mark.parametrize("size", [1, 3, 10])
@pytest.mark.parametrize("order", [("name_key", "id"), ("-population_2011", "-id")])
def test_pages_under_some_values_are_those_of_the_rows_that_have_them(order, size):
    for wanted in ({"Sondrio"}, {"Sondrio", "Morbegno"}, set()):
        under = ("ambito_id", list(Ambito.objects.filter(name__in=wanted).values_list("pk", flat=True)))
        found = [page("", order, size, under=under)]
        while found[-1].after:
            found.append(page(f"dopo={found[-1].after}", order, size, under=under))
        assert [r for p in found for r in p.rows] == list(rows().filter(ambito__name__in=wanted).order_by(*order))
        if len(found) > 1:
            assert page(f"prima={found[1].before}", order, size, under=under).rows == found[0].rows


def test_the_filters_of_the_address_are_kept():
    urls = page("stato=active&dopo=F712", ("name_key", "id")).urls(QueryDict("stato=active&dopo=F712"))
    for url in urls.values():
        assert parse_qs(query_of(url))["stato"] == ["active"]
    assert "dopo" not in urls["previous_url"]


@pytest.mark.parametrize("key", ["", "x", "~", "ZZZZ"])
def test_a_key_nobody_made_gives_the_first_page(key):
    assert page(f"dopo={key}", ("name_key", "id")).rows == page("", ("name_key", "id")).rows
