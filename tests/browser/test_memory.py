"""An hour of an office: what web and worker hold stays where it was after the first minutes.

IMPRESA_MINUTES makes it shorter or longer.
"""

import os
import time
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from statistics import median

import pytest

from .visitor import PHONE, Site, Visitor

MINUTES = int(os.environ.get("IMPRESA_MINUTES", "60"))
OFFICE = ("assistente.sondrio", "coordinatore.sondrio", "ragioneria.sondrio", "amministrativo.sondrio", "assistente.tirano")
MORE = 1.05  # what the last sixth may hold beside the second: a leak of a kilobyte a page is more than that


def around(visitor: Visitor) -> Iterator[str]:
    """Page after page as this role finds them by links, again and again from its first one."""
    for start in cycle(["/"]):
        visitor.go(start)
        links = visitor.page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")
        yield from dict.fromkeys(link for link in links if link.startswith(visitor.site.url + "/") and "#" not in link)


def orders_a_report(coordinator: Visitor) -> None:
    coordinator.go("/rapporti/nuovo/monitoraggio-mensile/")
    coordinator.page.locator("main form button[type=submit]").first.click()


@pytest.mark.deep
def test_memory_is_flat(site: Site, visit: Callable[..., Visitor]) -> None:
    visitors = [visit(login) for login in OFFICE] + [visit("tutor", viewport=PHONE)]
    walks = [(visitor, around(visitor)) for visitor in visitors]
    held: dict[str, list[float]] = {"web": [], "worker": []}
    pages, end = 0, time.monotonic() + 60 * MINUTES
    while time.monotonic() < end:
        for visitor, walk in walks:
            for address in islice(walk, 5):
                answer = visitor.context.request.get(address, max_retries=3)  # a connection kept too long is closed under it
                assert answer.status < 500, address
                pages += 1
        orders_a_report(visitors[1])
        for name, series in held.items():
            series.append(site.house.memory(name))
    sixth = len(held["web"]) // 6
    for name, series in held.items():
        early, late = median(series[sixth : 2 * sixth]), median(series[-sixth:])
        print(f"{name}: {early:.0f} MB, then {late:.0f} MB after {pages} pages")
        assert late <= MORE * early, series
