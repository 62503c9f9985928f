"""Hosts and their capacity: who they are, how many places they offer, who comes back. Companies are counted, people are not named."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q

from companies.hosts.models import Block, Site
from companies.hosts.selectors import companies, places
from impresasolidale.accounts.access import Access
from placements.agreements.enums import HOSTED
from placements.agreements.models import Placement


@dataclass(frozen=True)
class Host:
    """A company in reach of the Ambito: with an open site in one of its comuni, or hosting somebody of it in the period."""

    kind: str
    ateco: str
    size: str
    hosted: int  # placements of the period
    before: int  # placements that began by the end of the period, whenever


@dataclass(frozen=True)
class Capacity:
    """Places on a day, by comune of the site. A site may take more than it offers: then none is free."""

    comune: str
    sites: int
    offered: int
    taken: int
    free: int


def hosts(access: Access, first: date, last: date) -> list[Host]:
    """Two queries."""
    began = Placement.objects.filter(ambito_id=access.ambito_id, state__in=HOSTED, starts_on__lte=last)
    there = Q(ended_on=None) | Q(ended_on__gte=first)
    placed = {
        company: (hosted, before)
        for company, hosted, before in began.order_by()
        .values("company")
        .annotate(hosted=Count("pk", filter=there), before=Count("pk"))
        .values_list("company", "hosted", "before")
    }
    near = Site.objects.filter(Q(closed_on=None) | Q(closed_on__gte=first), comune__ambito=access.ambito_id).values("company")
    ours = companies(access).filter(Q(pk__in=near) | Q(pk__in=[pk for pk, (hosted, _before) in placed.items() if hosted]))
    return [
        Host(kind, ateco, size, *placed.get(pk, (0, 0)))
        for pk, kind, ateco, size in ours.order_by("search_key", "pk").values_list("pk", "kind", "ateco", "size_class")
    ]


def grouped(found: Sequence[Host], key: Callable[[Host], Any]) -> list[tuple[Any, int, int, int]]:
    """(key, companies, of which hosting, placements), in the order of the keys."""
    counted: Counter[Any] = Counter()
    hosting: Counter[Any] = Counter()
    placed: Counter[Any] = Counter()
    for host in found:
        counted[key(host)] += 1
        hosting[key(host)] += host.hosted > 0
        placed[key(host)] += host.hosted
    return [(k, counted[k], hosting[k], placed[k]) for k in sorted(counted)]


def capacity(access: Access, on: date) -> list[Capacity]:
    """One query."""
    rows: Any = places(access, on=on, filters={"ambito": access.ambito_id})
    rows = rows.order_by("site__comune__name").values_list("site__comune__name", "places", "taken")
    found: dict[str, list[int]] = {}
    for comune, offered, taken in rows:
        sums = found.setdefault(comune, [0, 0, 0, 0])
        for n, more in enumerate((1, offered, taken, max(offered - taken, 0))):
            sums[n] += more
    return [Capacity(comune, *sums) for comune, sums in found.items()]


def blocks(access: Access, first: date, last: date) -> int:
    """How many blocks held on a day of the period: counted, never told apart. One query."""
    held = Block.objects.filter(ambito_id=access.ambito_id, starts_on__lte=last, ends_on__gte=first)
    return held.filter(Q(lifted_on=None) | Q(lifted_on__gt=first)).count()
