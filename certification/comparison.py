"""What schemes make of the same companies, one beside the other: pure functions over values, no ORM.

Of a criterion that cannot be computed a company's points are those of its last application, if it ever was asked; nothing otherwise.
`Basis.MOST` shows the other end: as if everything that it may tell, prove or say at a visit were there.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from impresasolidale.core.small_numbers import hide_table

from .enums import STEPS, CheckedBy, Level, SizeBand
from .measures import measures
from .rules import Facts
from .scheme import Scheme, Score, computed_points, score


class Basis(StrEnum):
    KNOWN = "noto"  # what the data and the last application say
    MOST = "massimo"  # with all that a company could still tell and prove


@dataclass(frozen=True)
class Subject:
    """A company as a scheme sees it. `told`: points of its last application by criterion. `is_sized`: its size was said; otherwise it
    counts as large, so that to be silent never pays."""

    pk: int
    public_id: Any
    name: str
    band: str
    is_sized: bool
    sector: str
    facts: Facts
    told: Mapping[str, int]


@dataclass(frozen=True)
class Standing:
    """What one scheme makes of one company; `most` is the score with everything it could still tell."""

    subject: Subject
    points: Mapping[str, int]
    score: Score
    most: Score

    @property
    def public_id(self) -> Any:
        return self.subject.public_id

    def on(self, basis: str) -> Score:
        return self.most if basis == Basis.MOST else self.score


def stand(scheme: Scheme, subject: Subject) -> Standing:
    """Points of another scheme's steps that this one does not give fall to the step below."""
    computed = computed_points(scheme, subject.band, measures(subject.facts))
    told, most = dict(computed), dict(computed)
    for code, criterion in scheme.criteria.items():
        if criterion.checked_by != CheckedBy.COMPUTED:
            told[code] = max(points for points in criterion.allowed if points <= subject.told.get(code, 0))
            most[code] = criterion.most
    return Standing(subject, told, score(scheme, told), score(scheme, most))


LEVELS: tuple[Level | None, ...] = (None, *STEPS)


def rank(level: Level | None) -> int:
    return LEVELS.index(level)


@dataclass(frozen=True)
class Pair:
    """One company under two schemes."""

    before: Standing
    after: Standing
    basis: str

    @property
    def subject(self) -> Subject:
        return self.before.subject

    @property
    def public_id(self) -> Any:
        return self.subject.public_id

    @property
    def levels(self) -> tuple[Level | None, Level | None]:
        return self.before.on(self.basis).level, self.after.on(self.basis).level

    @property
    def totals(self) -> tuple[int, int]:
        return self.before.on(self.basis).total, self.after.on(self.basis).total

    @property
    def step(self) -> int:
        """Levels gained; negative, lost."""
        return rank(self.levels[1]) - rank(self.levels[0])


@dataclass(frozen=True)
class Group:
    """Companies of one size or sector: how many reach each of LEVELS, under either scheme."""

    name: str
    before: tuple[int, ...]
    after: tuple[int, ...]
    gained: int
    lost: int

    @property
    def companies(self) -> int:
        return sum(self.before)


@dataclass(frozen=True)
class Comparison:
    """`table`: companies by level before (rows) and after (columns), as LEVELS."""

    pairs: Sequence[Pair]

    @property
    def table(self) -> list[list[int]]:
        seen = Counter(pair.levels for pair in self.pairs)
        return [[seen[before, after] for after in LEVELS] for before in LEVELS]

    @property
    def movers(self) -> list[Pair]:
        """Those whose level changes: first those that lose, the most first, then those that gain."""
        moved = [pair for pair in self.pairs if pair.step]
        return sorted(moved, key=lambda pair: (pair.step > 0, -abs(pair.step), pair.subject.name))

    @property
    def gained(self) -> int:
        return sum(pair.step > 0 for pair in self.pairs)

    @property
    def lost(self) -> int:
        return sum(pair.step < 0 for pair in self.pairs)

    @property
    def by_size(self) -> list[Group]:
        return [self._group(str(band.label), [p for p in self.pairs if p.subject.band == band]) for band in SizeBand]

    @property
    def by_sector(self) -> list[Group]:
        """The sectors with most companies first."""
        names = Counter(pair.subject.sector for pair in self.pairs)
        return [
            self._group(name, [p for p in self.pairs if p.subject.sector == name])
            for name, _times in sorted(names.items(), key=lambda item: (-item[1], item[0]))
        ]

    def _group(self, name: str, pairs: Sequence[Pair]) -> Group:
        before, after = (Counter(pair.levels[side] for pair in pairs) for side in (0, 1))
        return Group(
            name,
            tuple(before[level] for level in LEVELS),
            tuple(after[level] for level in LEVELS),
            sum(pair.step > 0 for pair in pairs),
            sum(pair.step < 0 for pair in pairs),
        )


def fit_to_leave(groups: Sequence[Group], least: int) -> list[tuple[str, list[int | None], list[int | None]]]:
    """The groups as they may leave the network: counts of companies under `least` hidden, with what would give them away (rule 88)."""
    before, after = (hide_table([list(side) for side in sides], least) if sides else [] for sides in _sides(groups))
    return [(group.name, was, now) for group, was, now in zip(groups, before, after, strict=True)]


def _sides(groups: Sequence[Group]) -> tuple[list[tuple[int, ...]], list[tuple[int, ...]]]:
    return [group.before for group in groups], [group.after for group in groups]
