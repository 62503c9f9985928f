"""Where the placements are: the comuni as a map and as a table, the Ambiti with their hosts for a thousand inhabitants. Pure but for the
shapes' file.

A comune is told from the threshold up; below it is "fewer than five", and with it whatever would give it away, also at home: pages are
printed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from impresasolidale.core import charts
from impresasolidale.core.small_numbers import Shown, hide_parts, is_small
from impresasolidale.territory.shapes import Shapes

from .figures import hidden_words, rate
from .queries import District, Place

STEPS = (1, 10, 20)  # from how many placements a comune is darker; the first class begins at the threshold


@dataclass(frozen=True)
class Comune:
    istat: str
    name: str
    placements: Shown
    words: str


@dataclass(frozen=True)
class AmbitoReach:
    """None where hidden. `hosts_rate`, `people_rate`: for 1,000 inhabitants of 2011."""

    name: str
    population: int
    placements: Shown
    people: Shown
    hosts: Shown
    minutes: int | None
    hosts_rate: Decimal | None
    people_rate: Decimal | None


@dataclass(frozen=True)
class Cover:
    """`covered` comuni of `whole` have at least one placement; `outside`: at sites elsewhere. No `map` where nobody drew the shapes."""

    comuni: tuple[Comune, ...]
    covered: int
    whole: int
    outside: Shown
    ambiti: tuple[AmbitoReach, ...]
    map: charts.Chart | None


def cover(places: Sequence[Place], districts: Sequence[District], shapes: Shapes, *, least: int, hides: bool) -> Cover:
    """Within each Ambito, and with what is outside, hidden counts cannot be worked out from the sum, which is shown."""
    inside = [place for place in places if place.istat]
    shown: dict[str, Shown] = {}
    for ambito in {place.ambito_id for place in inside}:
        ours = [place for place in inside if place.ambito_id == ambito]
        shown |= dict(zip((p.istat for p in ours), hide_parts([p.placements for p in ours], least), strict=True))
    outside = sum(place.placements for place in places if not place.istat)
    # The whole sum is shown too: what is outside must not come out of it.
    whole = hide_parts([*(place.placements for place in inside), outside], least)
    shown |= {place.istat: None for place, count in zip(inside, whole, strict=False) if count is None}

    def words(count: Shown) -> str:
        return hidden_words(least) if count is None else str(count) if count else _("nessuno")

    comuni = tuple(Comune(place.istat, place.name, shown[place.istat], words(shown[place.istat])) for place in inside)
    return Cover(
        comuni,
        sum(place.placements > 0 for place in inside),
        len(inside),
        whole[-1],
        _ambiti(districts, least=least, hides=hides),
        drawn(comuni, shapes, least=least) if shapes else None,
    )


def _ambiti(districts: Sequence[District], *, least: int, hides: bool) -> tuple[AmbitoReach, ...]:
    def column(counts: list[int]) -> Sequence[Shown]:
        return hide_parts(counts, least) if hides and len(counts) > 1 else [None if hides and is_small(c, least) else c for c in counts]

    columns = [column([getattr(d, name) for d in districts]) for name in ("placements", "people", "hosts")]
    rows = []
    for district, placements, people, hosts in zip(districts, *columns, strict=True):
        rows.append(
            AmbitoReach(
                district.name,
                district.population,
                placements,
                people,
                hosts,
                district.minutes if people is not None else None,
                None if hosts is None else rate(hosts, district.population),
                None if people is None else rate(people, district.population),
            )
        )
    return tuple(rows)


def level(placements: Shown) -> int:
    """0 nobody, 1 hidden, 2 to 4 by STEPS."""
    if placements is None:
        return 1
    return 1 + sum(placements >= step for step in STEPS) if placements else 0


def drawn(comuni: Sequence[Comune], shapes: Shapes, *, least: int) -> charts.Chart:
    """The map: the comuni in reach by level, with their number; the others of the file pale around them."""
    known = {comune.istat: comune for comune in comuni}
    parts = []
    for code in shapes.paths:
        comune = known.get(code)
        if comune is None:
            parts.append(charts.Area(shapes.paths[code], (0, 0), ""))
            continue
        number = str(comune.placements) if comune.placements else ""
        parts.append(charts.Area(shapes.paths[code], shapes.middle(code), comune.name, level(comune.placements), number, comune.words))
    parts.sort(key=lambda part: (part.words == "", part.name))
    labels = (
        (0, _("nessun tirocinio")),
        (1, hidden_words(least)),
        (2, _("da %(a)d a %(b)d") % {"a": least, "b": STEPS[1] - 1}),
        (3, _("da %(a)d a %(b)d") % {"a": STEPS[1], "b": STEPS[2] - 1}),
        (4, _("%(n)d e oltre") % {"n": STEPS[2]}),
    )
    there = {part.level for part in parts if part.words}
    legend = [(number, words) for number, words in labels if number in there]
    return charts.areas(_("Tirocini per comune della sede"), parts, legend=legend, height=shapes.height, head=(_("Comune"), _("Tirocini")))
