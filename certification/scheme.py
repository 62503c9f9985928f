"""A scheme as a value, and what it makes of a company (domain.md §4.3; rules 79–82, 87): pure functions, no ORM, no clock.

A scheme has areas, an area has criteria, a criterion has steps. A step gives points; a computed criterion reaches a step when its measure
reaches the step's threshold for the company's size, so that the same points cost a bakery of two less than a factory. A level asks for all
core criteria, a minimum in each area and a minimum in total: bonus points count in the total alone, up to its cap.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from typing import Any, Self, TypeVar

from django.utils.translation import gettext as _

from .enums import STEPS, CheckedBy, CriterionKind, DecidedBy, Level, SizeBand
from .measures import MEASURES, Measure


@dataclass(frozen=True)
class Step:
    """One descriptor: `points` and the words that say what it takes. `thresholds`: by size band, for a computed criterion."""

    points: int
    words: str
    thresholds: Mapping[str, int] = field(default_factory=dict)

    @property
    def threshold_words(self) -> str:
        """ "micro 6, piccola 9, media 18, grande 40", or empty."""
        return ", ".join(f"{band.short} {self.thresholds[band]}" for band in SizeBand if band in self.thresholds)


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
    def kind_words(self) -> str:
        return str(CriterionKind(self.kind).label)

    @property
    def checked_words(self) -> str:
        return str(CheckedBy(self.checked_by).label)

    @cached_property
    def most(self) -> int:
        return max((step.points for step in self.steps), default=0)

    @cached_property
    def allowed(self) -> frozenset[int]:
        """The points that can be given: none, or those of a step."""
        return frozenset({0, *(step.points for step in self.steps)})


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

    @cached_property
    def criteria(self) -> dict[str, Criterion]:
        return {criterion.code: criterion for area in self.areas for criterion in area.criteria}

    @cached_property
    def ladder(self) -> tuple[tuple[LevelRule, tuple[str, ...]], ...]:
        """The levels in order, each with the core criteria that it asks: those from it or from a level below (rule 81)."""

        def place(level: str) -> int:
            return STEPS.index(Level(level))

        core = [(c.code, place(c.required_from)) for c in self.criteria.values() if c.kind == CriterionKind.CORE]
        ordered = sorted(self.levels, key=lambda rule: place(rule.level))
        return tuple((rule, tuple(code for code, since in core if since <= place(rule.level))) for rule in ordered)

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

    Raises ValueError for points of an unknown criterion, or that no step of it gives.
    """
    known = scheme.criteria
    for code, given in points.items():
        if code not in known or given not in known[code].allowed:
            raise ValueError(f"{code}: {given}")
    areas: dict[str, int] = {}
    bonus = 0
    for area in scheme.areas:
        areas[area.code] = 0
        for criterion in area.criteria:
            given = points.get(criterion.code, 0)
            if criterion.kind == CriterionKind.BONUS:
                bonus += given
            else:
                areas[area.code] += given
    bonus = min(bonus, scheme.bonus_cap)
    total = sum(areas.values()) + bonus
    missing: dict[str, tuple[tuple[str, str, int], ...]] = {}
    reached: Level | None = None
    below = True
    for rule, core in scheme.ladder:
        lacks = tuple(_lacks(rule, core, areas, total, points))
        missing[rule.level] = lacks
        below = below and not lacks
        if below:
            reached = Level(rule.level)
    return Score(areas, bonus, total, reached, missing)


def _lacks(
    rule: LevelRule, core: Iterable[str], areas: Mapping[str, int], total: int, points: Mapping[str, int]
) -> Iterable[tuple[str, str, int]]:
    for code in core:
        if not points.get(code, 0):
            yield "criterion", code, 1
    for code, has in areas.items():
        if has < rule.area_minimum:
            yield "area", code, rule.area_minimum - has
    if total < rule.total_minimum:
        yield "total", "", rule.total_minimum - total


# --- What is wrong with a scheme


@dataclass(frozen=True)
class Problem:
    """Something to mend before a scheme may be published, in words. `area`, `criterion`, `level` and `step` (from 1) say where; `field`,
    what there."""

    words: str
    area: str = ""
    criterion: str = ""
    level: str = ""
    step: int = 0
    field: str = ""


@dataclass(frozen=True)
class Floor:
    """The least that the rule book lets a scheme ask for (rules 80 and 82), of the levels that the commission decides."""

    area: int = 0
    total: int = 0
    validators: int = 0


def problems(scheme: Scheme, floor: Floor) -> list[Problem]:
    """Everything that keeps a scheme from being published, in the order of its pages; empty when it is whole."""
    return [*_of_codes(scheme), *(p for area in scheme.areas for p in _of_area(area)), *_of_levels(scheme, floor)]


def _of_codes(scheme: Scheme) -> Iterator[Problem]:
    if not scheme.areas:
        yield Problem(_("Serve almeno un'area."))
    if scheme.bonus_cap < 0:
        yield Problem(_("Il tetto dei punti in più non può essere negativo."), field="bonus_cap")
    for code in _repeated(area.code for area in scheme.areas):
        yield Problem(_("Due aree hanno lo stesso codice: %(code)s.") % {"code": code}, area=code, field="code")
    for code in _repeated(c.code for area in scheme.areas for c in area.criteria):
        yield Problem(_("Due criteri hanno lo stesso codice: %(code)s.") % {"code": code}, criterion=code, field="code")


def _of_area(area: Area) -> Iterator[Problem]:
    if not area.criteria:
        yield Problem(_("L'area «%(name)s» non ha criteri.") % {"name": area.name}, area=area.code)
    for criterion in area.criteria:
        for found in criterion_problems(criterion):
            yield replace(found, area=area.code, criterion=criterion.code)


def criterion_problems(criterion: Criterion) -> Iterator[Problem]:
    """What is wrong with one criterion, whatever stands around it."""
    if not criterion.steps:
        yield Problem(_("Serve almeno un gradino, con i suoi punti."), step=1, field="points")
    least = 0
    for number, step in enumerate(criterion.steps, 1):
        if step.points <= least:
            yield Problem(_("I punti partono da 1 e crescono da un gradino all'altro."), step=number, field="points")
        if not step.words.strip():
            yield Problem(_("Ogni gradino dice in parole che cosa serve."), step=number, field="words")
        least = max(least, step.points)
    if criterion.required_from not in STEPS:
        yield Problem(_("Questo livello non esiste."), field="required_from")
    if criterion.kind == CriterionKind.BONUS and criterion.checked_by != CheckedBy.COMPUTED and not criterion.proofs:
        yield Problem(_("Quello che dà punti in più si vede dai dati o da una prova: scrivi quale."), field="proofs")
    if criterion.checked_by == CheckedBy.DOCUMENT and not criterion.proofs:
        yield Problem(_("Scrivi quale documento lo dimostra."), field="proofs")
    if criterion.checked_by == CheckedBy.COMPUTED:
        yield from _of_thresholds(criterion)
    elif criterion.measure or any(step.thresholds for step in criterion.steps):
        yield Problem(_("Una misura serve solo a quello che si legge dai dati."), field="measure")


def _of_thresholds(criterion: Criterion) -> Iterator[Problem]:
    measure = MEASURES.get(criterion.measure)
    if measure is None:
        yield Problem(_("Scegli che cosa si misura."), field="measure")
        return
    below: Mapping[str, int] = {}
    for number, step in enumerate(criterion.steps, 1):
        for words in _of_step(measure, step.thresholds, below):
            yield Problem(words, step=number, field="thresholds")
        below = step.thresholds


def _of_step(measure: Measure, asked: Mapping[str, int], below: Mapping[str, int]) -> Iterator[str]:
    """`below`: the thresholds of the step before."""
    if set(asked) != set(SizeBand.values) or min(asked.values()) < 1:
        yield _("Serve una soglia, da 1 in su, per ogni dimensione.")
        return
    if any(asked[smaller] > asked[larger] for smaller, larger in pairwise(SizeBand.values)):
        yield _("A un'impresa più piccola si chiede più che a una più grande.")
    for band in SizeBand:
        reach = measure.reach(band)
        if reach is not None and asked[band] > reach:
            words = _("La soglia %(least)d non si raggiunge: %(band)s, al massimo %(reach)d.")
            yield words % {"least": asked[band], "band": band.label, "reach": reach}
    if any(asked[band] < below.get(band, 0) for band in SizeBand.values):
        yield _("Dà più punti del gradino prima, e chiede meno.")


def _of_levels(scheme: Scheme, floor: Floor) -> Iterator[Problem]:
    order = [rule.level for rule in scheme.levels]
    if not order:
        yield Problem(_("Serve almeno un livello."), field="levels")
        return
    if any(level not in STEPS for level in order) or order != [level for level in STEPS if level in order]:
        yield Problem(_("I livelli stanno in ordine, ciascuno una volta: Aderente, Impresa solidale, Ambasciatrice."), field="levels")
        return
    if order != list(STEPS[: len(order)]):
        yield Problem(_("Non si salta un livello: chi sale passa da quello sotto."), field="levels")
    most = {area.code: sum(c.most for c in area.criteria if c.kind != CriterionKind.BONUS) for area in scheme.areas}
    bonus = min(scheme.bonus_cap, sum(c.most for c in scheme.criteria.values() if c.kind == CriterionKind.BONUS))
    for lower, higher in pairwise(scheme.levels):
        if higher.area_minimum < lower.area_minimum or higher.total_minimum < lower.total_minimum:
            yield Problem(_("Un livello più alto non può chiedere meno di quello sotto."), level=higher.level, field="total_minimum")
    for rule in scheme.levels:
        for code, points in most.items():
            if rule.area_minimum > points:
                words = _("Nell'area «%(area)s» si arriva a %(points)d punti: il minimo non si raggiunge.")
                name = next(area.name for area in scheme.areas if area.code == code)
                yield Problem(words % {"area": name, "points": points}, area=code, level=rule.level, field="area_minimum")
        if rule.total_minimum > sum(most.values()) + bonus:
            words = _("In tutto si arriva a %(points)d punti: il minimo non si raggiunge.")
            yield Problem(words % {"points": sum(most.values()) + bonus}, level=rule.level, field="total_minimum")
        if rule.total_minimum < 1 or rule.area_minimum < 0 or rule.validators < 0:
            yield Problem(_("Un livello chiede almeno un punto in tutto, e nessun numero è negativo."), level=rule.level)
        if rule.decided_by == DecidedBy.COMMISSION:
            yield from _under_floor(rule, floor)
    top = scheme.levels[-1]
    if top.level == Level.AMBASCIATRICE and top.validators < floor.validators:
        words = _("Le regole chiedono almeno %(n)d persone esterne per il livello più alto (regola 82).")
        yield Problem(words % {"n": floor.validators}, level=top.level, field="validators")


def _under_floor(rule: LevelRule, floor: Floor) -> Iterator[Problem]:
    if rule.area_minimum < floor.area:
        words = _("Le regole chiedono almeno %(n)d punti in ogni area (regola 80).")
        yield Problem(words % {"n": floor.area}, level=rule.level, field="area_minimum")
    if rule.total_minimum < floor.total:
        words = _("Le regole chiedono almeno %(n)d punti in tutto (regola 80).")
        yield Problem(words % {"n": floor.total}, level=rule.level, field="total_minimum")


def _repeated(codes: Iterable[str]) -> list[str]:
    return [code for code, times in Counter(codes).items() if times > 1]


# --- Editing: a scheme is never changed in place, each of these gives another


def with_area(scheme: Scheme, area: Area, *, instead_of: str = "") -> Scheme:
    """`area` in the place of the one of code `instead_of`, or last. Raises KeyError for a code that is not there."""
    if not instead_of:
        return replace(scheme, areas=(*scheme.areas, area))
    return replace(scheme, areas=_put(scheme.areas, instead_of, area))


def with_criterion(scheme: Scheme, area: str, criterion: Criterion, *, instead_of: str = "") -> Scheme:
    """The same of a criterion of an area."""
    home = area_of(scheme, area)
    found = _put(home.criteria, instead_of, criterion) if instead_of else (*home.criteria, criterion)
    return with_area(scheme, replace(home, criteria=found), instead_of=area)


def without(scheme: Scheme, area: str, criterion: str = "") -> Scheme:
    """Without an area, or one criterion of it."""
    home = area_of(scheme, area)
    if not criterion:
        return replace(scheme, areas=tuple(a for a in scheme.areas if a.code != area))
    return with_area(scheme, replace(home, criteria=tuple(c for c in home.criteria if c.code != criterion)), instead_of=area)


def moved(scheme: Scheme, area: str, criterion: str = "", *, up: bool) -> Scheme:
    """With an area, or one criterion of it, one place further up or down; the first and the last stay where they are."""
    if not criterion:
        return replace(scheme, areas=_shifted(scheme.areas, area, up))
    home = area_of(scheme, area)
    return with_area(scheme, replace(home, criteria=_shifted(home.criteria, criterion, up)), instead_of=area)


def area_of(scheme: Scheme, code: str) -> Area:
    """Raises KeyError."""
    for area in scheme.areas:
        if area.code == code:
            return area
    raise KeyError(code)


T = TypeVar("T", Area, Criterion)


def _put(things: tuple[T, ...], code: str, thing: T) -> tuple[T, ...]:
    if code not in {t.code for t in things}:
        raise KeyError(code)
    return tuple(thing if t.code == code else t for t in things)


def _shifted(things: tuple[T, ...], code: str, up: bool) -> tuple[T, ...]:
    codes = [t.code for t in things]
    if code not in codes:
        raise KeyError(code)
    here = codes.index(code)
    there = min(max(here + (-1 if up else 1), 0), len(things) - 1)
    found = list(things)
    found.insert(there, found.pop(here))
    return tuple(found)
