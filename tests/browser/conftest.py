"""The real site (gunicorn, worker, dispatcher, broker) on a copy of the demo, and visitors with real browsers."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from impresasolidale.runner import ROOT
from tests.support import clock, database, seeded
from tests.support.servers import House, wait

from .visitor import Site, Visitor

CHROMIUM = "/usr/bin/chromium"
OPTIONS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
]  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    if os.environ.get("IMPRESA_BROWSER") == "0" or not Path(CHROMIUM).exists():
        pytest.skip(os.environ.get("IMPRESA_BROWSER_REASON") or f"{CHROMIUM} non c'è")
    folder, name = tmp_path_factory.mktemp("site"), f"impresa_browser_{os.getpid()}"
    seeded.copy(name, folder)
    with database.owner(name) as db:  # the seed's own papers wait: the worker is for ours
        db.execute("UPDATE core_job SET run_after = run_after + interval '1 year'")
    house = House(folder, database=name)
    house.take_port()
    url = house.more["BASE_URL"] = f"http://127.0.0.1:{house.port}"
    try:
        house.start("broker", "dispatcher", "worker", "web")
        yield Site(url, clock.MORNING.date(), name, house, _looked_at(tmp_path_factory))
        with database.owner(name) as db:
            assert db.execute((ROOT / "impresasolidale" / "operations" / "invariants.sql").read_text()).fetchall() == []
    finally:
        house.stop()
        with database.owner() as db:
            wait(
                lambda: not db.execute("SELECT 1 FROM pg_stat_activity WHERE datname = %s", [name]).fetchall(),
                10,
                "the last connection to end",
            )
        database.drop(name)


def _looked_at(folders: pytest.TempPathFactory) -> Path:
    """One folder for the whole run, also where several processes run beside each other."""
    mine = folders.getbasetemp()
    shared = (mine.parent if "PYTEST_XDIST_WORKER" in os.environ else mine) / "looked_at"
    shared.mkdir(exist_ok=True)
    return shared


def _how_long(fixture_name: str, config: pytest.Config) -> str:
    """A browser is of a module only: while Playwright's loop lives in this thread, Django's ORM refuses to work here. Where no other
    tests are asked for than those of this folder, which ask the ORM nothing, one is enough for all."""
    asked = [Path(arg.partition("::")[0]).resolve() for arg in config.args]
    return "session" if all(path.is_relative_to(Path(__file__).parent) for path in asked) else "module"


@pytest.fixture(scope=_how_long)
def browser(site: Site) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        it = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield it
        it.close()


@pytest.fixture
def visit(site: Site, browser: Any) -> Iterator[Callable[..., Visitor]]:
    """visit("assistente.sondrio") → a browser of its own, signed in, or a stranger's; options are the context's."""
    open_ones: list[Visitor] = []

    def visitor(login: str = "", **options: Any) -> Visitor:
        it = Visitor(site, browser, **options)
        open_ones.append(it)
        if login:
            it.sign_in(login)
        return it

    yield visitor
    complaints = [c for it in open_ones for c in it.complaints]
    for it in open_ones:
        it.context.close()
    assert not complaints, "\n".join(complaints)
