"""Five companies scored by hand with the shipped scheme (docs/algorithms/certification.md), the arithmetic beside every line.

Points of an area are the sum of its criteria; bonus points count in the total alone, up to 2. Aderente: 1 in all, and has hosted. Impresa
solidale: 12 in all, 1 in every area. Ambasciatrice: 24 in all, 3 in every area. Each with its core criteria.
"""

from typing import Any, NamedTuple

import pytest

from certification.enums import Level, SizeBand
from certification.measures import measures
from certification.rules import Facts
from certification.scheme import computed_points, score, size_band
from certification.shipped import shipped_scheme


class Worked(NamedTuple):
    people_at_work: int
    facts: Facts
    told: dict[str, int]  # what the company says and proves, confirmed by the office
    computed: dict[str, int]
    areas: dict[str, int]
    bonus: int
    total: int
    level: Level | None
    missing_next: set[tuple[str, str, int]]  # of the level above


def facts(**figures: int) -> Facts:
    """Every placement of the example counts, and ran in the window."""
    return Facts(**{"hosted": figures["recent"], "counted": figures["recent"], **figures})


BAKERY = Worked(
    people_at_work=2,  # micro
    facts=facts(
        recent=3,
        recent_months=30,
        years=3,
        returned=2,
        tutors_trained=1,
        adapted=2,
        sites_described=1,
        visits=9,
        completed=2,
        given_cents=150_00,
    ),
    told={
        "riserva": 1,
        "sicurezza": 2,
        "compiti": 1,
        "insieme": 1,
        "cooperative": 1,
        "racconto": 1,
        "miglioramento": 1,
        "ascolto": 1,
        "altre": 1,
    },
    computed={
        "accolto": 1,  # 3 ≥ 1
        "tirocini": 3,  # 3 ≥ 3
        "anni": 3,  # 3 ≥ 3
        "mesi": 2,  # 30 ≥ 12
        "ritorni": 2,  # 2 ≥ 2
        "tutor": 2,  # 1 ≥ 1: one of two people is half the bakery
        "adattamenti": 2,  # 2 ≥ 2
        "sedi": 1,  # 1 ≥ 1
        "visite": 2,  # 9 ≥ 8
        "fino_in_fondo": 2,  # 2 ≥ 2
        "dono": 1,  # 100 ≤ 150 < 300
    },
    areas={
        "accoglienza": 11,  # 1 + 3 + 3 + 2 + 2
        "accompagnamento": 8,  # 2 + 2 + 1 + 2 + 1
        "regole": 5,  # 2 + 1 + 2 + 0
        "comunita": 3,  # 1 + 1 + 1
        "diffusione": 3,  # 1 + 1 + 1
    },
    bonus=1,
    total=31,  # 11 + 8 + 5 + 3 + 3 + 1
    level=Level.AMBASCIATRICE,
    missing_next=set(),
)

FACTORY = Worked(
    people_at_work=120,  # medium
    facts=facts(recent=5, recent_months=40, years=3, returned=1, tutors_trained=2, adapted=3, visits=11, completed=4, given_cents=5000_00),
    told={"riserva": 1, "sicurezza": 1, "compiti": 1, "quota": 1, "insieme": 1, "cooperative": 1, "miglioramento": 1, "ascolto": 1},
    computed={
        "accolto": 1,  # 5 ≥ 1
        "tirocini": 1,  # 4 ≤ 5 < 8
        "anni": 3,
        "mesi": 1,  # 18 ≤ 40 < 45
        "ritorni": 0,  # 1 < 2
        "tutor": 1,  # 2 ≤ 2 < 3
        "adattamenti": 1,  # 2 ≤ 3 < 6
        "sedi": 0,
        "visite": 1,  # 10 ≤ 11 < 25
        "fino_in_fondo": 1,  # 3 ≤ 4 < 8
        "dono": 2,  # 5,000 ≥ 3,000, and no more than the cap
    },
    areas={"accoglienza": 6, "accompagnamento": 4, "regole": 4, "comunita": 2, "diffusione": 2},  # 1+1+3+1, 1+1+1+1, 1+1+1+1, 1+1, 1+1
    bonus=2,
    total=20,  # 6 + 4 + 4 + 2 + 2 + 2: 12 is reached, 24 is not, whatever it gives
    level=Level.IMPRESA_SOLIDALE,
    missing_next={("criterion", "altre", 1), ("area", "comunita", 1), ("area", "diffusione", 1), ("total", "", 4)},
)

COOPERATIVE_B = Worked(
    people_at_work=35,  # small
    facts=facts(recent=9, recent_months=70, years=3, returned=4, tutors_trained=3, adapted=7, sites_described=1, visits=14, completed=6),
    told={
        "riserva": 1,
        "sicurezza": 2,
        "compiti": 1,
        "quota": 2,
        "insieme": 2,
        "racconto": 1,
        "miglioramento": 2,
        "ascolto": 2,
        "altre": 2,
    },
    computed={
        "accolto": 1,
        "tirocini": 3,  # 9 ≥ 6
        "anni": 3,
        "mesi": 2,  # 70 ≥ 20
        "ritorni": 2,  # 4 ≥ 2
        "tutor": 2,  # 3 ≥ 2
        "adattamenti": 2,  # 7 ≥ 3
        "sedi": 1,
        "visite": 2,  # 14 ≥ 12
        "fino_in_fondo": 2,  # 6 ≥ 3
        "dono": 0,
    },
    areas={"accoglienza": 11, "accompagnamento": 8, "regole": 7, "comunita": 3, "diffusione": 6},  # 2 + 0 + 1 in its community
    bonus=0,
    total=35,  # 11 + 8 + 7 + 3 + 6: it gives nothing to the fund and misses nothing
    level=Level.AMBASCIATRICE,
    missing_next=set(),
)

FARM = Worked(
    people_at_work=4,  # micro, its first season
    facts=facts(recent=1, recent_months=5, years=1, adapted=1, visits=2),
    told={"riserva": 1, "sicurezza": 1, "compiti": 1, "insieme": 1, "miglioramento": 1},
    computed={
        "accolto": 1,
        "tirocini": 1,  # 1 ≤ 1 < 2
        "anni": 1,
        "mesi": 0,  # 5 < 6
        "ritorni": 0,
        "tutor": 0,
        "adattamenti": 1,
        "sedi": 0,
        "visite": 0,  # 2 < 4
        "fino_in_fondo": 0,
        "dono": 0,
    },
    areas={"accoglienza": 3, "accompagnamento": 2, "regole": 2, "comunita": 1, "diffusione": 1},
    bonus=0,
    total=9,
    level=Level.ADERENTE,
    missing_next={("criterion", "tutor", 1), ("total", "", 3)},
)

COMUNE = Worked(
    people_at_work=60,  # medium: a high total that a whole empty area stops
    facts=facts(recent=13, recent_months=120, years=3, returned=5, tutors_trained=4, adapted=7, sites_described=1, visits=30, completed=10),
    told={"riserva": 1, "sicurezza": 2, "compiti": 1, "quota": 2, "miglioramento": 2, "ascolto": 2, "altre": 2},
    computed={
        "accolto": 1,
        "tirocini": 3,  # 13 ≥ 12
        "anni": 3,
        "mesi": 2,  # 120 ≥ 45
        "ritorni": 2,  # 5 ≥ 4
        "tutor": 2,  # 4 ≥ 3
        "adattamenti": 2,  # 7 ≥ 6
        "sedi": 1,
        "visite": 2,  # 30 ≥ 25
        "fino_in_fondo": 2,  # 10 ≥ 8
        "dono": 0,
    },
    areas={"accoglienza": 11, "accompagnamento": 8, "regole": 7, "comunita": 0, "diffusione": 6},
    bonus=0,
    total=32,  # more than the bakery, and only Aderente
    level=Level.ADERENTE,
    missing_next={("area", "comunita", 1)},
)

EXAMPLES = {"bakery": BAKERY, "factory": FACTORY, "cooperative": COOPERATIVE_B, "farm": FARM, "comune": COMUNE}


@pytest.mark.parametrize("name", EXAMPLES)
def test_worked_by_hand(name):
    scheme, example = shipped_scheme(), EXAMPLES[name]
    computed = computed_points(scheme, size_band(example.people_at_work), measures(example.facts))
    assert computed == example.computed
    found = score(scheme, {**computed, **example.told})
    assert (dict(found.areas), found.bonus, found.total) == (example.areas, example.bonus, example.total)
    assert found.level == example.level
    if example.level != Level.AMBASCIATRICE:
        above = list(found.missing)[list(found.missing).index(str(example.level)) + 1]
        assert set(found.missing[above]) == example.missing_next


def test_who_has_hosted_nobody_reaches_nothing():
    everything: dict[str, Any] = {c.code: c.most for c in shipped_scheme().criteria.values() if not c.measure}
    found = score(shipped_scheme(), {**everything, **computed_points(shipped_scheme(), SizeBand.MICRO, measures(Facts(given_cents=10**9)))})
    assert found.level is None  # 1 + 6 + 5 + 6 + 2, and not one placement


def test_the_same_deeds_are_worth_more_in_a_bakery():
    same = measures(BAKERY.facts)
    got = [sum(computed_points(shipped_scheme(), band, same).values()) for band in SizeBand.values]
    # micro 1+3+3+2+2 +2+2+1+2 +2 +1, small 1+1+3+2+2 +1+1+1+1 +1, medium 1+0+3+1+1 +0+1+1, large 1+0+3 +1
    assert got == [21, 14, 8, 5]
