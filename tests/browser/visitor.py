"""Somebody with a browser: signs in, goes about, and notices what no page may do."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.urls import resolve

from impresasolidale.demo.users import PASSWORD
from tests.support import database
from tests.support.servers import House

PHONE = {"width": 360, "height": 740}
TABLET = {"width": 768, "height": 1024}
DESK = {"width": 1280, "height": 900}
# A page that answers 4xx is a page: the browser's own line about it is no complaint.
ANSWERED = re.compile(r"Failed to load resource: the server responded with a status of (403|404|409|422)\b")
# What hangs out of the screen, and what can only be read by scrolling sideways inside the page.
TOO_WIDE = """() => [
  ...(document.documentElement.scrollWidth <= document.documentElement.clientWidth ? [] :
    [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)),
  ...[...document.querySelectorAll('main .table-box, main nav ul')].filter(e => e.scrollWidth > e.clientWidth + 1),
].map(e => e.tagName + '.' + e.className).slice(0, 5)"""


@dataclass
class Site:
    """The running site. `looked_at` is a folder of marks, one a kind of page: looked at here, or on another process's site."""

    url: str
    today: date
    database: str
    house: House
    looked_at: Path

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """What the database holds, read by the tables' owner: the yardstick outside the pages."""
        with database.owner(self.database) as db:
            return db.execute(query, values).fetchall()

    def is_new(self, kind: str) -> bool:
        """Whether nobody looked at such a page yet; it is ours to look at then."""
        try:
            (self.looked_at / kind).touch(exist_ok=False)
        except FileExistsError:
            return False
        return True


class Visitor:
    def __init__(self, site: Site, browser: Any, *, viewport: dict[str, int] = DESK, **options: Any) -> None:
        self.site = site
        self.context = browser.new_context(base_url=site.url, viewport=viewport, locale="it-IT", timezone_id="Europe/Rome", **options)
        self.context.set_default_timeout(10_000)
        self.has_scripts = options.get("java_script_enabled", True)
        self.complaints: list[str] = []
        self.page = self.context.new_page()
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(f"{self.page.url}: {error}"))

    def _console(self, message: Any) -> None:
        if message.type in {"error", "warning"} and not ANSWERED.match(message.text):  # a broken content security policy is an error here
            self.complaints.append(f"{self.page.url}: {message.text}")

    def sign_in(self, login: str) -> None:
        """By the demo's button where it lists that login, else by typing."""
        email, page = f"{login}@example.org", self.page
        page.goto("/accesso/")
        row = page.get_by_role("row").filter(has_text=email)
        if row.count():
            row.get_by_role("button").click()
        else:
            page.get_by_label("Posta elettronica").fill(email)
            page.get_by_label("Password").fill(PASSWORD)
            page.get_by_role("button", name="Entra", exact=True).first.click()
        page.wait_for_url(lambda url: "/accesso/" not in url)

    def go(self, path: str) -> Any:
        """Open an address and look at the page; the answer."""
        answer = self.page.goto(path)
        self.look()
        return answer

    def press(self, name: str, *, role: str = "button", within: Any = None) -> Any:
        """Press a button (or follow a link), look at where it leads; the answer."""
        with self.page.expect_navigation() as led:
            (within or self.page).get_by_role(role, name=name, exact=True).first.click()
        self.look()
        return led.value

    @property
    def heading(self) -> str:
        return self.page.get_by_role("heading", level=1).inner_text()

    def follow(self, name: str, *, within: Any = None) -> Any:
        return self.press(name, role="link", within=within or self.page.locator("main"))

    def field(self, label: str) -> Any:
        """The field a person would call so."""
        return self.page.locator("main").get_by_label(re.compile(rf"^{re.escape(label)}( facoltativo)?$")).first

    def write(self, values: dict[str, str]) -> None:
        """Fill in a form: label → text, date, or the words of a choice."""
        for label, value in values.items():
            field = self.field(label)
            folded = field.locator("xpath=ancestor::details[not(@open)]")
            if folded.count():
                folded.locator("summary").click()
            if field.evaluate("e => e.tagName") == "SELECT":
                field.select_option(label=value)
            else:
                field.fill(value)

    def error_of(self, label: str) -> str:
        """What stands beside a field, as its description tells it to those who do not see it."""
        described = self.field(label).get_attribute("aria-describedby") or ""
        return " ".join(self.page.locator(f"#{part}").inner_text() for part in described.split() if part.endswith("_error"))

    def figure(self, label: str) -> str:
        """The number of a figure tile."""
        tile = self.page.locator(".figure-tile").filter(has=self.page.get_by_text(label, exact=True))
        return str(tile.locator(".figure-number").inner_text())

    def count_rows(self) -> int:
        """Of a list, on all its pages."""
        count = self.page.locator("main tbody tr").count()
        while (after := self.page.get_by_role("link", name="Successivi")).count():
            with self.page.expect_navigation():
                after.click()
            count += self.page.locator("main tbody tr").count()
        return count

    def light(self, item: str) -> str:
        """The tone of an item of the start light: ok, warn, bad."""
        tones = self.page.locator("#semaforo li").filter(has_text=item).first.get_attribute("class")
        return str(tones).removeprefix("tone-")

    def until(self, words: str, *, role: str = "link", seconds: float = 30) -> Any:
        """Ask for the page again until the worker's result is on it."""
        end = time.monotonic() + seconds
        found = self.page.locator("main").get_by_role(role, name=re.compile(words)).first
        while not found.count():
            assert time.monotonic() < end, f"{self.page.url}: {words} not within {seconds} s"
            self.page.reload()
        return found

    def fetch(self, link: Any) -> bytes:
        """The file behind a link."""
        answer = self.context.request.get(link.get_attribute("href"))
        assert answer.ok, answer.status
        return answer.body()

    def look(self, *, again: bool = False) -> None:
        """Once for each kind of page, or `again`: axe finds nothing, and nothing hangs out of a phone's screen or a tablet's."""
        page = self.page
        kind = resolve(urlsplit(page.url).path).view_name
        if page.locator("[data-error-summary]").count():
            kind += " with errors"
        if not self.has_scripts or not (self.site.is_new(kind) or again):
            return
        self.complaints += [f"{kind}: {found}" for found in self.axe()]
        for size in (PHONE, TABLET):
            with self.as_wide_as(size):
                if out := page.evaluate(TOO_WIDE):
                    self.complaints.append(f"{kind}: wider than {size['width']} px: {', '.join(out)}")

    def axe(self) -> list[str]:
        """What axe finds wrong on the page."""
        from axe_playwright_python.sync_playwright import Axe

        found = Axe().run(self.page).response["violations"]
        return [f"axe {each['id']}: {node['html'][:200]} {node['failureSummary']}" for each in found for node in each["nodes"]]

    @contextmanager
    def as_wide_as(self, size: dict[str, int]) -> Iterator[None]:
        before = self.page.viewport_size
        self.page.set_viewport_size(size)
        yield
        self.page.set_viewport_size(before)
