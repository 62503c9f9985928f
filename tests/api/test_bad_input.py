"""Whatever comes in, a problem goes out: never an error of ours, never a half-written row."""

import json
from datetime import date

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from companies.hosts.models import Company
from impresasolidale.core.models import Submission
from impresasolidale.core.scope import scope
from tests.factories.attendance import make_host, make_running_placement, make_tutor, system, whole_month
from tests.factories.hosts import make_company, make_partita_iva

from .conftest import Program, make_key

pytestmark = pytest.mark.django_db
GOOD = {"name": "Forno", "kind": "firm", "address": "Via 1", "comune": "Sondrio", "tax_code": "90000000001"}


def companies(user):
    with scope(system(user.memberships.get().ambito).scope):
        return Company.objects.count()


def is_problem(answer, code):
    assert answer.status_code == code, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert {"type", "title", "status", "detail"} <= body.keys() and body["status"] == code and isinstance(body["detail"], str)
    assert "Traceback" not in answer.content.decode()
    return body


@pytest.mark.parametrize("path", ["/api/", "/api/v2/companies/", "/api/v1/", "/api/v1/companies", "/api/v1/companies/x/", "/api/schema/x"])
@pytest.mark.parametrize("method", ["get", "post", "delete", "options"])
def test_an_address_that_is_not_there_is_a_problem_with_404(path, method):
    is_problem(getattr(Client(), method)(path), 404)


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
def test_a_method_that_is_not_there_is_405(worker, method):
    answer = getattr(Client(), method)("/api/v1/companies/", headers={"Authorization": f"Bearer {make_key(worker)}"})
    is_problem(answer, 405)
    assert "GET" in answer["Allow"]


def test_a_format_that_is_not_there_is_406(worker):
    ask = {"Authorization": f"Bearer {make_key(worker)}", "Accept": "text/html"}
    is_problem(Client().get("/api/v1/companies/", headers=ask), 406)


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/xml", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", ""]
)
def test_a_body_of_another_kind_is_415(program, worker, kind):
    is_problem(program(worker).post("companies/", json.dumps(GOOD), **{"Content-Type": kind}), 415)
    assert companies(worker) == 0


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[1, 2", b"nothing", b'{"name": NaN}', b"\xff\xfe{}", '{"name": "è"}'.encode("latin-1"),
        '{"name": "x"}'.encode("utf-16"),
        b"[" * 100_000, b'{"a":' * 50_000, b"\0", b"[]", b"1", b"null", b'"name"', b"true",
    ],
)  # fmt: skip
def test_a_body_that_cannot_be_read_is_400(program, worker, body):
    is_problem(program(worker).post("companies/", body), 400)
    assert companies(worker) == 0


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": 7}, "name"), ({"name": None}, "name"), ({"name": ["Forno"]}, "name"), ({"name": {"it": "Forno"}}, "name"),
        ({"name": "x" * 161}, "name"), ({"name": ""}, "name"), ({"staff_count": "12"}, "staff_count"), ({"staff_count": -1}, "staff_count"),
        ({"staff_count": 1.5}, "staff_count"), ({"staff_count": 10**30}, "staff_count"),
        ({"welcomes_disability": "true"}, "welcomes_disability"),
        ({"welcomes_disability": 1}, "welcomes_disability"), ({"associations": "craft"}, "associations"), ({"kind": "firma"}, "kind"),
        ({"safety_declared_on": "01/02/2026"}, "safety_declared_on"), ({"safety_declared_on": "2026-02-30"}, "safety_declared_on"),
        ({"id": "0b6f3c1e-2f0a-4c57-9a1e-7a5d0e7c2b11"}, "id"), ({"network": 1}, "network"), ({"name": "\ud800"}, "body"),
    ],
)  # fmt: skip
def test_a_value_of_another_type_is_400_by_its_field(program, worker, changes, field):
    problem = is_problem(program(worker).post("companies/", {**GOOD, **changes}), 400)
    assert [*problem["errors"]] == [field]
    assert companies(worker) == 0


@pytest.mark.parametrize("name", ["comune", "email", "tax_code", "ateco"])
def test_a_value_that_means_nothing_is_422_by_its_field(program, worker, name):
    problem = is_problem(program(worker).post("companies/", {**GOOD, name: "boh\0" if name == "comune" else "boh"}), 422)
    assert name in problem["errors"] and companies(worker) == 0


def test_ten_megabytes_are_413_and_leave_nothing(program, worker):
    body = json.dumps({**GOOD, "address": "x" * (10 * 1024 * 1024)})
    is_problem(program(worker).post("companies/", body), 413)
    assert companies(worker) == 0 and not Submission.objects.exists()


@pytest.mark.parametrize("key", ["", "short", "con spazi dentro", "x" * 65, "a" * 8 + "," + "b" * 8, "à" * 8, "../../etc/passwd"])
def test_a_write_without_a_proper_key_is_400(worker, key):
    """A header sent twice arrives joined by a comma: neither key."""
    asks = Program(make_key(worker))
    said = {"Authorization": f"Bearer {asks.secret}", **({"Idempotency-Key": key} if key else {})}
    answer = asks.client.post("/api/v1/companies/", json.dumps(GOOD), content_type="application/json", headers=said)
    assert "Idempotency-Key" in is_problem(answer, 400)["errors"]


@pytest.mark.parametrize(
    "said", ["", "Bearer", "Bearer ", "Basic eDp5", "Bearer sconosciuta", "bearer {}", "Bearer {}, Bearer {}", "Bearer è"]
)
def test_what_is_no_key_is_401(worker, said):
    secret = make_key(worker)
    answer = Client().get("/api/v1/companies/", headers={"Authorization": said.replace("{}", secret)})
    is_problem(answer, 401)
    assert answer["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("x=1", 400), ("q=", 400), ("q=a&q=b", 400), ("welcoming=forse", 400), ("welcoming=1", 400), ("kind=firma", 400),
        ("q=" + "x" * 81, 400), ("page=2", 400), ("comune=Atlantide", 422), ("q=%00", 422), ("q=%FF%FE", 200),
        ("kind=firm&welcoming=true", 200),
        ("welcoming=false", 200), ("after=x", 404), ("before=x", 404), ("after=%00", 400), ("after=../", 400),
        ("after=0b6f3c1e-2f0a-4c57-9a1e-7a5d0e7c2b11", 404), ("after=a&before=b", 422), ("dopo=x", 400), ("_stay=1", 400),
    ],
)  # fmt: skip
def test_a_filter_is_read_strictly(worker, query, code):
    answer = Client().get(f"/api/v1/companies/?{query}", headers={"Authorization": f"Bearer {make_key(worker)}"})
    assert answer.status_code == code, answer.content
    if code >= 400:
        is_problem(answer, code)


def test_a_write_takes_no_query(program, worker):
    is_problem(program(worker).post("companies/?is_another=true", GOOD), 400)


def test_a_step_without_a_body_takes_none(program, worker, within, sondrio):
    company = make_host(sondrio)
    sheet = whole_month(make_running_placement(sondrio, make_tutor(sondrio, company)[0], company), date(2026, 10, 1))
    is_problem(program(worker).post(f"timesheets/{sheet.public_id}/close/", {"state": "confirmed"}), 400)


def test_too_many_requests_wait(worker, monkeypatch):
    monkeypatch.setattr(settings, "API_RATE", 3)
    asks = Program(make_key(worker))
    assert [asks.get("companies/").status_code for _ in range(3)] == [200] * 3
    answer = asks.get("companies/")
    is_problem(answer, 429)
    assert 1 <= int(answer["Retry-After"]) <= 60
    assert Program(make_key(worker)).get("companies/").status_code == 200, "another key has a count of its own"


def test_who_tries_keys_is_counted_by_address(monkeypatch):
    monkeypatch.setattr(settings, "API_RATE_WITHOUT_KEY", 2)
    codes = [Client().get("/api/v1/companies/", headers={"Authorization": f"Bearer {n}"}).status_code for n in range(3)]
    assert codes == [401, 401, 429]
    elsewhere = Client(REMOTE_ADDR="198.51.100.7")
    assert elsewhere.get("/api/v1/companies/").status_code == 401


def test_a_counter_that_does_not_answer_lets_everybody_in(worker, monkeypatch):
    def broken(*args, **kwargs):
        raise ConnectionError("cache")

    monkeypatch.setattr(cache, "incr", broken)
    assert Program(make_key(worker)).get("companies/").status_code == 200


def test_pages_follow_one_another_and_a_place_that_is_gone_is_404(worker, within):
    access = within(worker)
    made = [make_company(access, name=f"Ditta {n:02}", partita_iva=make_partita_iva(n)) for n in range(60)]
    asks = Program(make_key(worker))
    seen, url = [], "/api/v1/companies/"
    while url:
        body = asks.client.get(url, headers={"Authorization": f"Bearer {asks.secret}"}).json()
        seen += [row["name"] for row in body["results"]]
        back, url = body["previous"], body["next"]
    assert seen == [f"Ditta {n:02}" for n in range(60)]
    assert [r["name"] for r in asks.client.get(back, headers={"Authorization": f"Bearer {asks.secret}"}).json()["results"]] == seen[25:50]
    Company.objects.filter(pk=made[24].pk).update(merged_into=made[0])
    assert asks.get("companies/", after=str(made[24].public_id)).status_code == 404, "never round and round the first page"
