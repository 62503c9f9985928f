"""A scheme as a value, and what it makes of a company (domain.md §4.3; rules 79–82, 87): pure functions, no ORM, no clock.

A scheme has areas, an area has criteria, a criterion has steps. A step gives points; a computed criterion reaches a step when its measure
reaches the step's threshold for the company's size, so that the same points cost a bakery of two less than a factory. A level asks for all
core criteria, a minimum in each area and a minimum in total: bonus points count in the total alone, up to its cap.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from .enums import STEPS, CheckedBy, CriterionKind, DecidedBy, Level, SizeBand


@dataclass(frozen=True)
class Step:
    """One descriptor: `points` and the words that say what it takes. `thresholds`: by size band, for a computed criterion."""

    points: int
    words: str
    thresholds: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Criterion:
    """`measure`: the name of a figure of `rules.Facts`, for a computed one. `proofs`: kinds of proof asked for, in words.
    `required_from`: the first level that cannot be had without a point here; core ones are asked by every level from it on."""

    code: str
    name: str
    question: str
    kind: str
    checked_by: str
    steps: tuple[Step, ...]
    measure: str = ""
    proofs: tuple[str, ...] = ()
    required_from: str = Level.ADERENTE

    @property
    def most(self) -> int:
        return max((step.points for step in self.steps), default=0)


@dataclass(frozen=True)
class Area:
    code: str
    name: str
    words: str
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True)
class LevelRule:
    """What a level asks for. `area_minimum`: points in each area; `validators`: people from outside who confirm it (rule 82)."""

    level: str
    words: str
    area_minimum: int
    total_minimum: int
    decided_by: str = DecidedBy.COMMISSION
    validators: int = 0


@dataclass(frozen=True)
class Scheme:
    areas: tuple[Area, ...]
    levels: tuple[LevelRule, ...]
    bonus_cap: int = 0  # points at most from bonus criteria

    @property
    def criteria(self) -> dict[str, Criterion]:
        return {criterion.code: criterion for area in self.areas for criterion in area.criteria}

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        def criterion(found: Mapping[str, Any]) -> Criterion:
            return Criterion(**{**found, "steps": tuple(Step(**step) for step in found["steps"]), "proofs": tuple(found["proofs"])})

        return cls(
            areas=tuple(Area(**{**a, "criteria": tuple(criterion(c) for c in a["criteria"])}) for a in values["areas"]),
            levels=tuple(LevelRule(**rule) for rule in values["levels"]),
            bonus_cap=values["bonus_cap"],
        )


def size_band(people_at_work: int) -> SizeBand:
    """domain.md §4.3: micro under 10, small 10–49, medium 50–249, large from 250."""
    for bound, band in ((10, SizeBand.MICRO), (50, SizeBand.SMALL), (250, SizeBand.MEDIUM)):
        if people_at_work < bound:
            return band
    return SizeBand.LARGE


def computed_points(scheme: Scheme, band: str, measures: Mapping[str, int]) -> dict[str, int]:
    """Points of the computed criteria, by code: the best step whose threshold for this size is reached."""
    return {
        criterion.code: max(
            (step.points for step in criterion.steps if measures.get(criterion.measure, 0) >= step.thresholds[band]), default=0
        )
        for criterion in scheme.criteria.values()
        if criterion.checked_by == CheckedBy.COMPUTED
    }


@dataclass(frozen=True)
class Score:
    """What points make: `areas` without bonus, `total` with it; `level` is the highest whose every demand is met, None below the first.
    `missing`: by level, what it still lacks, as (kind, code, points lacking): kind is "criterion", "area" or "total"."""

    areas: Mapping[str, int]
    bonus: int
    total: int
    level: Level | None
    missing: Mapping[str, tuple[tuple[str, str, int], ...]]


def score(scheme: Scheme, points: Mapping[str, int]) -> Score:
    """Score a company's points by criterion. Levels come in order (rule 81): one above a level that is not reached is not reached.

    Raises ValueError for points of an unknown criterion, or more than a criterion gives.
    """
    known = scheme.criteria
    for code, given in points.items():
        if code not in known or not 0 <= given <= known[code].most:
            raise ValueError(f"{code}: {given}")
    areas, bonus = {}, 0
    for area in scheme.areas:
        areas[area.code] = sum(points.get(c.code, 0) for c in area.criteria if c.kind != CriterionKind.BONUS)
        bonus += sum(points.get(c.code, 0) for c in area.criteria if c.kind == CriterionKind.BONUS)
    bonus = min(bonus, scheme.bonus_cap)
    total = sum(areas.values()) + bonus
    missing: dict[str, tuple[tuple[str, str, int], ...]] = {}
    reached: Level | None = None
    below = True
    for rule in sorted(scheme.levels, key=lambda rule: STEPS.index(Level(rule.level))):
        lacks = tuple(_lacks(rule, known.values(), areas, total, points))
        missing[rule.level] = lacks
        below = below and not lacks
        if below:
            reached = Level(rule.level)
    return Score(areas, bonus, total, reached, missing)


def _lacks(
    rule: LevelRule, criteria: Iterable[Criterion], areas: Mapping[str, int], total: int, points: Mapping[str, int]
) -> Iterable[tuple[str, str, int]]:
    step = STEPS.index(Level(rule.level))
    for criterion in criteria:
        asked = criterion.kind == CriterionKind.CORE and STEPS.index(Level(criterion.required_from)) <= step
        if asked and not points.get(criterion.code, 0):
            yield "criterion", criterion.code, 1
    for code, has in areas.items():
        if has < rule.area_minimum:
            yield "area", code, rule.area_minimum - has
    if total < rule.total_minimum:
        yield "total", "", rule.total_minimum - total
