"""Places a company offers, how many are taken in whatever Ambito, and what the company says when it is asked."""

import csv
import io
import uuid
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from companies.hosts import selectors, services
from companies.hosts.models import HostingInterest, Opening, Site
from companies.hosts.rules import most_at_once, next_free_day
from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import DomainError
from impresasolidale.core.models import Deadline, Fact, Look
from impresasolidale.core.scope import scope
from tests.factories import attendance as made
from tests.factories.fixtures import make_user
from tests.support.queries import OwnQueries
from tests.treasury.test_ledger import in_threads

pytestmark = pytest.mark.django_db
WEDNESDAY = date(2026, 11, 18)


@pytest.fixture
def company(sondrio):
    return made.make_host(sondrio)


@pytest.fixture
def site(sondrio, company):
    with scope(made.system(sondrio).scope):
        return Site.objects.get(company=company)


def token():
    return {"_submission": str(uuid.uuid4())}


def offer(client, company, at, **values):
    data = {"site": at.pk, "places": "2", "starts_on": "2026-11-01", "ends_on": "", "words": "", **token(), **values}
    return client.post(f"/imprese/{company.public_id}/posti/nuovi/", data)


def answer(client, company, **values):
    data = {"answer": "yes", "reason": "", "call_on": "", "said_on": "2026-11-18", "said_by": "", "words": "", **token(), **values}
    return client.post(f"/imprese/{company.public_id}/disponibilita/", data)


def place_somebody(ambito, company, *, number=1, **values):
    tutor, _user = made.make_tutor(ambito, company, number=number)
    return made.make_running_placement(ambito, tutor, company, number=number, **values)


def test_who_is_placed_takes_a_place_whatever_office_placed_them(signed_in, worker, sondrio, tirano, company, site):
    client = signed_in(worker)
    assert offer(client, company, site).status_code == 303
    place_somebody(sondrio, company)
    place_somebody(tirano, company, number=2)
    page = client.get("/imprese/posti/").content.decode()
    assert "2 su 2" in page and "liber" not in page.partition("<tbody>")[2].partition("</tbody>")[0].replace("Liberi", "")
    with scope(access_for(worker).scope):
        assert Look.objects.filter(place="hosts:places").exists()
        (row,) = selectors.openings_of(access_for(worker), company, WEDNESDAY)
    assert (row.taken, row.free) == (2, 0)
    assert client.get("/imprese/posti/?free=on").content.decode().count("Forno Prova") == 0


def test_the_list_tells_what_is_free_and_comes_as_a_file(signed_in, worker, sondrio, company, site):
    client = signed_in(worker)
    offer(client, company, site, places="3", words="solo al mattino")
    place_somebody(sondrio, company)
    page = client.get("/imprese/posti/?free=on").content.decode()
    assert "1 su 3" in page and "2 liberi" in page and "solo al mattino" in page
    file = client.get("/imprese/posti/elenco.csv")
    rows = list(csv.DictReader(io.StringIO(file.getvalue().decode("utf-8-sig")), delimiter=";"))
    assert [(row["Impresa"], row["Posti"], row["Occupati"], row["Liberi oggi"]) for row in rows] == [("Forno Prova 1", "3", "1", "2")]
    assert rows[0]["Primo giorno libero"] == "18/11/2026"
    assert client.get("/imprese/posti/elenco.xlsx").getvalue()[:2] == b"PK"
    assert client.get("/imprese/posti/elenco.pdf").status_code == 404
    with scope(access_for(worker).scope):
        assert Look.objects.filter(place="hosts:places", kind=Look.Kind.EXPORT).count() == 2
    assert client.get("/imprese/posti/?ambito=x&comune=y").status_code == 200  # a filter that cannot be read is left out


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"places": "0"}, "places", "1"),
        ({"places": "1"}, "places", "ci sono già 2 persone"),
        ({"ends_on": "2026-10-01"}, "ends_on", "viene prima del primo"),
        ({"site": "999999"}, "site", ""),
        ({"starts_on": ""}, "starts_on", ""),
    ],
)
def test_places_that_cannot_be_are_refused_beside_their_field(signed_in, worker, sondrio, tirano, company, site, values, field, words):
    place_somebody(sondrio, company)
    place_somebody(tirano, company, number=2)
    response = offer(signed_in(worker), company, site, **values)
    assert response.status_code == 422
    assert words in str(response.context["form"].errors[field])
    with scope(made.system(sondrio).scope):
        assert not Opening.objects.exists()


def test_a_site_says_one_thing_at_a_time(signed_in, worker, sondrio, company, site):
    client = signed_in(worker)
    offer(client, company, site, ends_on="2026-12-31")
    response = offer(client, company, site, starts_on="2026-12-31")
    assert response.status_code == 422 and "ha già detto quanti posti ha" in str(response.context["form"].errors["starts_on"])
    assert offer(client, company, site, starts_on="2027-01-01").status_code == 303
    with scope(made.system(sondrio).scope), pytest.raises(IntegrityError, match="hosts_opening_no_overlap"), transaction.atomic():
        Opening.objects.filter(starts_on=date(2027, 1, 1)).update(starts_on=date(2026, 12, 1))


@pytest.mark.django_db(transaction=True)
def test_two_who_declare_the_places_of_a_site_at_once_leave_one(worker, sondrio, company, site):
    access = access_for(worker)

    def declare(n):
        with scope(access.scope):
            try:
                services.declare_places(company=company, site=site, places=n + 1, starts_on=WEDNESDAY, by=access)
            except DomainError as error:
                return str(error)
        return "written"

    said = in_threads(4, declare)
    assert said.count("written") == 1
    assert sum("ha già detto quanti posti ha" in words for words in said) == 3
    with scope(made.system(sondrio).scope):
        assert Opening.objects.count() == 1


def test_places_are_changed_by_one_at_a_time(signed_in, worker, sondrio, company, site):
    client = signed_in(worker)
    offer(client, company, site)
    with scope(made.system(sondrio).scope):
        row = Opening.objects.get()
    address = f"/imprese/{company.public_id}/posti/{row.public_id}/"
    assert client.get(address).context["form"].initial["places"] == 2
    values = {"places": "4", "starts_on": "2026-11-01", "ends_on": "2026-12-31", "words": "", "row_version": "1"}
    assert client.post(address, {**values, **token()}).status_code == 303
    assert client.post(address, {**values, "places": "5", **token()}).status_code == 409
    place_somebody(sondrio, company)
    place_somebody(sondrio, company, number=2)
    fewer = client.post(address, {**values, "places": "1", "row_version": "2", **token()})
    assert fewer.status_code == 422 and "ci sono già 2 persone" in str(fewer.context["form"].errors["places"])
    with scope(made.system(sondrio).scope):
        assert Opening.objects.get().places == 4
        assert Fact.objects.filter(code__startswith="hosts.opening").count() == 2


def test_not_now_is_remembered_until_the_company_says_otherwise(signed_in, worker, sondrio, company):
    client = signed_in(worker)
    later = {"answer": "later", "reason": "busy", "call_on": "2027-03-01", "words": "La stagione dello sci", "said_by": "La titolare"}
    assert answer(client, company, **later).status_code == 303
    page = client.get(f"/imprese/{company.public_id}/").content.decode()
    assert "non adesso: da risentire il 1 marzo 2027" in page.replace("\xa0", " ") and "La stagione dello sci" in page
    with scope(access_for(worker).scope):
        assert Deadline.objects.get(kind="hosts.call_back", closed_at=None).due_on == date(2027, 3, 1)
    assert answer(client, company).status_code == 303
    page = client.get(f"/imprese/{company.public_id}/").content.decode()
    assert "accoglie volentieri" in page and "La stagione dello sci" in page  # what was said before stays
    with scope(access_for(worker).scope):
        assert not Deadline.objects.filter(kind="hosts.call_back", closed_at=None).exists()


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"answer": ""}, "answer", "Scegli che cosa ha risposto"),
        ({"answer": "no"}, "reason", "Scegli il motivo"),
        ({"answer": "later", "reason": "busy"}, "call_on", "Scrivi quando risentirla"),
        ({"answer": "later", "reason": "busy", "call_on": "2026-11-18"}, "call_on", "deve ancora venire"),
        ({"said_on": "2026-11-19"}, "said_on", "deve ancora venire"),
    ],
)
def test_an_answer_that_says_too_little_is_refused(signed_in, worker, sondrio, company, values, field, words):
    response = answer(signed_in(worker), company, **values)
    assert response.status_code == 422 and words in str(response.context["form"].errors[field])
    with scope(made.system(sondrio).scope):
        assert not HostingInterest.objects.exists()


def test_only_who_edits_companies_writes_places_and_answers(signed_in, sondrio, company, site):
    client = signed_in(make_user(Role.PROMOTER_TUTOR, sondrio))
    assert client.get("/imprese/posti/").status_code == 200
    assert offer(client, company, site).status_code == 403
    assert answer(client, company).status_code == 403
    assert "Scrivi i posti" not in client.get(f"/imprese/{company.public_id}/").content.decode()


def test_the_list_costs_the_same_for_two_and_for_many(signed_in, worker, sondrio, company, site):
    client = signed_in(worker)
    offer(client, company, site)
    client.get("/imprese/posti/")
    with OwnQueries() as few:
        client.get("/imprese/posti/")
    for number in range(2, 8):
        host = made.make_host(sondrio, number=number)
        with scope(made.system(sondrio).scope):
            offer(client, host, Site.objects.get(company=host))
        place_somebody(sondrio, host, number=number)
    client.get("/imprese/posti/")  # shows the messages that wait
    with OwnQueries() as many:
        client.get("/imprese/posti/")
    assert len(many) == len(few) <= 8


# --- Pure

DAYS = st.integers(0, 60).map(lambda n: date(2026, 11, 1) + timedelta(days=n))
SPANS = st.lists(st.tuples(DAYS, DAYS).map(sorted).map(tuple), max_size=8)
ALL = [date(2026, 11, 1) + timedelta(days=n) for n in range(62)]


def held(spans, day):
    return sum(first <= day <= last for first, last in spans)


@given(SPANS, DAYS, st.none() | DAYS)
def test_the_most_at_once_is_what_counting_each_day_finds(spans, first, last):
    if last and last < first:
        first, last = last, first
    window = [day for day in ALL if first <= day <= (last or ALL[-1])]
    most, day = most_at_once(spans, first, last)
    assert most == max(held(spans, each) for each in window)
    assert day == next(each for each in window if held(spans, each) == most)


@given(st.integers(1, 4), SPANS, DAYS, st.none() | DAYS)
def test_the_next_free_day_is_the_first_that_counting_finds(places, spans, first, last):
    window = [day for day in ALL if first <= day <= (last or ALL[-1])]
    assert next_free_day(places, spans, first, last) == next((day for day in window if held(spans, day) < places), None)
