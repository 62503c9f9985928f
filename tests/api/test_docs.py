"""The page about the API says what is so: its curl examples are sent, its writes and scopes are those there are."""

import json
import re
import shlex

import pytest
from django.test import Client

from impresasolidale.accounts.scopes import SCOPES
from impresasolidale.api.urls import rooms
from tests.factories.attendance import make_host, make_running_placement, make_tutor
from tests.support.sources import ROOT

from .conftest import make_key

pytestmark = pytest.mark.django_db
PAGE = (ROOT / "docs" / "operations" / "api.md").read_text()
EXAMPLES = [block.replace("\\\n", " ") for block in re.findall(r"```\n(curl .*?)```", PAGE, re.S)]


def send(command: str, **words: str):
    """What curl would send."""
    for name, value in words.items():
        command = command.replace(f"${name}", value)
    parts = shlex.split(command)[1:]
    method, headers, body, address = "GET", {}, None, ""
    while parts:
        part = parts.pop(0)
        if part == "-X":
            method = parts.pop(0)
        elif part == "-H":
            name, _colon, value = parts.pop(0).partition(": ")
            headers[name] = value
        elif part == "-d":
            body = parts.pop(0)
        else:
            address = part
    path = address.removeprefix("https://site.example.org")
    if method == "GET":
        return Client().get(path, headers=headers)
    return Client().post(path, body, content_type=headers.pop("Content-Type"), headers=headers)


def test_the_curl_examples_are_answered(worker, sondrio):
    company = make_host(sondrio)
    placement = make_running_placement(sondrio, make_tutor(sondrio, company)[0], company)
    words = {"KEY": make_key(worker), "ONCE": "esempio-1", "SITE": "https://site.example.org", "PLACEMENT": str(placement.public_id)}
    answers = [send(command, **words) for command in EXAMPLES]
    assert [answer.status_code for answer in answers] == [200, 201], [answer.content for answer in answers]
    (shown,) = (json.loads(block) for block in re.findall(r"```json\n(.*?)```", PAGE, re.S))
    assert answers[0].json().keys() == shown.keys() and answers[0].json()["results"][0]["name"] == shown["results"][0]["name"]


def test_every_write_stands_on_the_page_with_its_scope():
    table = PAGE.partition("| what | where | scope |")[2].partition("\n\n")[0]
    for address in rooms:
        view = address.callback.cls
        if hasattr(view, "post"):
            where = str(address.pattern).replace("<uuid:public_id>", "<id>")
            (line,) = [line for line in table.splitlines() if f"`{where}`" in line]
            assert f"`write:{view.area}`" in line and f"write:{view.area}" in SCOPES
