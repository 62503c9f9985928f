"""A walk for each role, through a full network and an empty one. Its name keeps it out of the other runs: ./impresa gallery asks for it."""

import json
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from impresasolidale.demo.users import NETWORK_WIDE, PER_AMBITO
from tests.support import database

from ..visitor import Site, Visitor
from . import FOLDER
from .walk import Walker

AMBITO, COMPANY = "sondrio", ("tutor", "impresa")
LOGINS = (*(f"{login}.{AMBITO}" for login, _role, _sex in PER_AMBITO), *(login for login, _role, _sex in NETWORK_WIDE), *COMPANY)
EMPTY = (Path(__file__).parent / "empty.sql").read_text()


@pytest.fixture(scope="session")
def both_networks(site: Site) -> Site:
    emails = [f"{login}@example.org" for login in LOGINS]
    with database.owner(site.database) as db:
        client = psycopg.ClientCursor(db)
        for statement in EMPTY.split(";\n"):
            client.execute(statement, [emails] * statement.count("= ANY (%s)") or None)
    return site


@pytest.mark.parametrize("login", ["", *LOGINS])
@pytest.mark.parametrize("state", ["full", "empty"])
def test_pages(both_networks: Site, visit: Callable[..., Visitor], login: str, state: str) -> None:
    if not login and state == "empty":
        pytest.skip("a stranger's pages are those of every network")
    visitor = visit(f"{login}.nuova" if login and state == "empty" else login)
    walker = Walker(visitor, login.replace(".", "-") or "chiunque", state, FOLDER)
    start = visitor.page.url if login else both_networks.url + "/"
    walker.walk(start, both_networks.url + "/")
    if login:
        walker.in_english()
    told = {"pages": [page.as_dict() for page in walker.pages], "reached": sorted(walker.opened)}
    (FOLDER / f"{walker.role}.{state}.json").write_text(json.dumps(told))
    assert walker.pages
