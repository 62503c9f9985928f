"""What more TRR would take: money by budget year, places, tutors, visits, and what runs out first. Pure; nothing is stored.

Euro as Decimal. Sums fall due as the rule book says (rule 34); people for each tutor by rules 16, 17 and 92; visits by rules 47 and 48.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from impresasolidale.territory.rules import Rules, add_months
from placements.attendance.rules import due_year, months_of

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Wish:
    """`count` more TRR of one kind, all from the same day: hours a week, months, euro a month."""

    count: int
    area: str
    hours: Decimal
    months: int
    allowance: Decimal
    starts_on: date

    @property
    def ends_on(self) -> date:
        return add_months(self.starts_on, self.months) - timedelta(days=1)

    @property
    def total(self) -> Decimal:
        return self.count * self.months * self.allowance


def visits_of(wish: Wish, book: Rules) -> int:
    """Of one TRR: the first `first_visit_days` after the start, then one every `visit_interval_months`, up to its last day (rules 47,
    48).
    """
    first = wish.starts_on + timedelta(days=book.first_visit_days)
    number = 0
    while add_months(first, number * book.visit_interval_months) <= wish.ends_on:
        number += 1
    return number


def by_year(wishes: Sequence[Wish], book: Rules) -> dict[int, Decimal]:
    """Euro of allowances by the year they fall due in (rule 34): whole months from the month of the start."""
    found: dict[int, Decimal] = {}
    for wish in wishes:
        months = months_of(wish.starts_on, add_months(wish.starts_on.replace(day=1), wish.months) - timedelta(days=1))
        for year, count in Counter(due_year(month, book) for month in months).items():
            found[year] = found.get(year, ZERO) + count * wish.count * wish.allowance
    return dict(sorted(found.items()))


@dataclass(frozen=True)
class Source:
    """A pot with what is free in it today; a budget's counts for its own `year` alone, a grant (None) for every year."""

    name: str
    year: int | None
    free: Decimal


@dataclass(frozen=True)
class Means:
    """What there is today. Places, and people who could still be followed by company tutors (trained ones) and by the promoter's tutors."""

    sources: tuple[Source, ...]
    promised: Mapping[int, Decimal]  # by year: what today's placements will still need and no commitment covers
    places: int
    tutor_places: int
    trained_places: int
    promoter_places: int


@dataclass(frozen=True)
class YearNeed:
    """One budget year: what the wish needs, what is free in its sources once today's placements have theirs, what is missing."""

    year: int
    needed: Decimal
    sources: tuple[Source, ...]
    promised: Decimal

    @property
    def free(self) -> Decimal:
        return sum((source.free for source in self.sources), ZERO)

    @property
    def usable(self) -> Decimal:
        return max(self.free - self.promised, ZERO)

    @property
    def missing(self) -> Decimal:
        return max(self.needed - self.usable, ZERO)


@dataclass(frozen=True)
class Need:
    """People for whom something is needed, and for how many it is there."""

    kind: str
    needed: int
    free: int

    @property
    def missing(self) -> int:
        return max(self.needed - self.free, 0)


@dataclass(frozen=True)
class Simulation:
    """`tutors` and `promoter_tutors` are persons; `first` is the kind that runs out first, empty when nothing does; `carried`: TRR until
    then.
    """

    count: int
    total: Decimal
    years: tuple[YearNeed, ...]
    needs: tuple[Need, ...]
    tutors: int
    promoter_tutors: int
    visits: int
    first: str
    carried: int
    warnings: tuple[str, ...]

    @property
    def missing_money(self) -> Decimal:
        return sum((year.missing for year in self.years), ZERO)


MONEY, PLACES, TUTORS, TRAINED, PROMOTER = "money", "places", "tutors", "trained", "promoter"


def simulate(wishes: Sequence[Wish], means: Means, book: Rules) -> Simulation:
    """Lay the wish beside the means. Grants are counted once: what an earlier year takes of them, for today's placements
    and for the wish, is gone for the next."""
    count = sum(wish.count for wish in wishes)
    grants = [source for source in means.sources if source.year is None]
    left = sum((grant.free for grant in grants), ZERO)
    years = []
    for year, needed in by_year(wishes, book).items():
        own = tuple(source for source in means.sources if source.year == year)
        beside = (Source("", None, left),) if grants else ()
        row = YearNeed(year, needed, (*own, *beside), means.promised.get(year, ZERO))
        claimed = row.promised + needed - sum((source.free for source in own), ZERO)
        left = max(left - max(claimed, ZERO), ZERO)
        years.append(row)
    needs = (
        Need(PLACES, count, means.places),
        Need(TUTORS, count, means.tutor_places),
        Need(TRAINED, count, means.trained_places),
        Need(PROMOTER, count, means.promoter_places),
    )
    # How many of the TRR each thing carries: money by the year that covers the smallest part of what it needs.
    carried = {need.kind: min(need.free, count) for need in needs}
    carried[MONEY] = min((int(count * min(year.usable / year.needed, Decimal(1))) for year in years if year.needed), default=count)
    least = min(carried.values(), default=0)
    order = (MONEY, PLACES, TRAINED, TUTORS, PROMOTER)
    first = next((kind for kind in order if carried[kind] == least), "") if least < count else ""
    return Simulation(
        count=count,
        total=sum((wish.total for wish in wishes), ZERO),
        years=tuple(years),
        needs=needs,
        tutors=-(-count // max(book.trainees_per_tutor, 1)),
        promoter_tutors=-(-count // max(book.trainees_per_promoter_tutor, 1)),
        visits=sum(wish.count * visits_of(wish, book) for wish in wishes),
        first=first,
        carried=least,
        warnings=_warnings(wishes, book),
    )


def _warnings(wishes: Sequence[Wish], book: Rules) -> tuple[str, ...]:
    """Which rules the wish is beyond: 7, 13, 38."""
    found = {
        "months": any(wish.months > book.max_months for wish in wishes),
        "hours": any(wish.hours > book.weekly_hours_cap for wish in wishes),
        "allowance": any(wish.allowance > book.allowance_ceiling for wish in wishes),
    }
    return tuple(kind for kind, is_beyond in found.items() if is_beyond)
