"""Every answer carries the headers: each address of the resolver, asked by a visitor and by an office, whatever it answers."""

import uuid

import pytest
from django.test import Client

from impresasolidale.accounts.permissions import Role
from tests.contracts.test_sweep import NOWHERE, WORDS, addresses, filled
from tests.factories.fixtures import make_user

pytestmark = pytest.mark.django_db
SAME_FOR_ALL = {"portal:worker", "portal:manifest"}  # files that a browser keeps, with nobody's data


def complaint(response) -> list[str]:
    """What is missing of an answer's headers."""
    policy = response.get("Content-Security-Policy", "")
    parts = {part.split()[0]: part.split()[1:] for part in policy.split(";") if part.strip()}
    wrong = []
    for name in ("default-src", "script-src", "style-src", "object-src", "base-uri", "form-action", "frame-ancestors"):
        if name not in parts:
            wrong.append(f"no {name}")
    # Who may show a page inside theirs: nobody, or where the public site offers a card, everybody.
    said = {word for part, values in parts.items() if part != "frame-ancestors" for word in values}
    wrong += [] if parts.get("frame-ancestors") in (["'none'"], ["*"], None) else [f"framed by {parts['frame-ancestors']}"]
    wrong += [f"policy says {word}" for word in said & {"'unsafe-inline'", "'unsafe-eval'", "*", "http:", "https:"}]
    if parts.get("script-src") != ["'self'"]:
        wrong.append(f"scripts of {parts.get('script-src')}")
    for name, value in (("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "same-origin")):
        if response.get(name) != value:
            wrong.append(f"{name}: {response.get(name)}")
    if "Cross-Origin-Opener-Policy" not in response or "Permissions-Policy" not in response:
        wrong.append("no opener policy or no permissions policy")
    return wrong


def let_go(answer) -> None:
    """Close the files behind an answer, and not the database's connection, as `close` would."""
    for close in answer._resource_closers:
        close()


def asked(client: Client, method: str = "get"):
    """(name, answer) of every address."""
    for name, route in addresses():
        if name not in NOWHERE:
            answer = getattr(client, method)(filled(route, uuid.uuid4(), word=WORDS.get(name, ["pdf"])[0]))
            yield name, answer
            let_go(answer)


@pytest.mark.parametrize("method", ["get", "post"])
def test_every_answer_to_a_visitor_has_the_headers(method):
    found = [
        (name, answer.status_code, wrong)
        for name, answer in asked(Client(raise_request_exception=False), method)
        if (wrong := complaint(answer))
    ]
    assert found == []


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.TECHNICIAN])
def test_every_answer_to_an_office_has_them_and_is_not_kept(sondrio, role):
    client = Client(raise_request_exception=False)
    client.force_login(make_user(role, sondrio), backend="django.contrib.auth.backends.ModelBackend")
    kept, statuses = [], set()
    for name, answer in asked(client):
        statuses.add(answer.status_code)
        assert complaint(answer) == [], name
        # What the body of the answer says: redirects of the way in and out keep nothing either.
        if "no-store" not in answer.get("Cache-Control", "") and name not in SAME_FOR_ALL and not name.startswith("api:"):
            kept.append((name, answer.status_code, answer.get("Cache-Control")))
    assert kept == [] and {200, 404, 405} <= statuses


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/non-esiste/", 404),
        ("/cerca/?q=%00", 400),
        ("/static/core/app.js", 200),
        ("/static/core/logo.svg", 200),
        ("/static/nessuno.js", 404),
    ],
)
def test_errors_and_files_of_the_site_have_them_too(path, status):
    answer = Client(raise_request_exception=False).get(path)
    assert answer.status_code == status and complaint(answer) == []
    let_go(answer)


def test_a_host_that_is_nobody_s_and_a_form_without_its_token_have_them_too():
    answer = Client(raise_request_exception=False).get("/", headers={"host": "altrove.example"})
    assert answer.status_code == 400 and complaint(answer) == []
    answer = Client(raise_request_exception=False, enforce_csrf_checks=True).post("/accesso/", {"email": "a@example.org", "password": "x"})
    assert answer.status_code == 403 and complaint(answer) == []


def test_a_page_that_breaks_has_them_too(monkeypatch):
    monkeypatch.setattr("impresasolidale.accounts.views.SignInPage.get_context_data", lambda self, **kwargs: 1 / 0)
    answer = Client(raise_request_exception=False).get("/accesso/")
    assert answer.status_code == 500 and complaint(answer) == []
