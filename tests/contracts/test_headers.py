"""Every answer carries the headers, whatever it answers. The sweep asks every page, of a visitor and of each role (test_sweep.py)."""

import uuid

import pytest
from django.test import Client

from tests.contracts.test_sweep import NOWHERE, WORDS, addresses, filled
from tests.support.headers import complaint, let_go

pytestmark = pytest.mark.django_db


def test_every_answer_to_what_a_visitor_sends_has_the_headers():
    client, found = Client(raise_request_exception=False), []
    for name, route in addresses():
        if name not in NOWHERE:
            answer = client.post(filled(route, uuid.uuid4(), word=WORDS.get(name, ["pdf"])[0]))
            if wrong := complaint(answer):
                found.append((name, answer.status_code, wrong))
            let_go(answer)
    assert found == []


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
