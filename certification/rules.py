"""What a company has done and whether it may be recognised (domain.md §9 rules 79–87): pure functions over values, no ORM, no clock."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any, Self

from django.utils.translation import gettext as _

from impresasolidale.territory.rules import Severity, add_months


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the data say of one company, over all Ambiti of the network. `minutes`: whole minutes present."""

    hosted: int = 0  # placements that really began
    running: int = 0  # of those, not yet ended
    people: int = 0
    months: int = 0  # months of a placement with at least one day present
    minutes: int = 0
    tutors_trained: int = 0  # tutors of the company with a basic course (rule 91)
    since: date | None = None  # first day of the first placement

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "since": self.since.isoformat() if self.since else None}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        since = values.get("since")
        return cls(**{**values, "since": date.fromisoformat(since) if since else None})


def measures(facts: Facts) -> dict[str, int]:
    """The figures by name, for the criteria that are computed."""
    return {name: value for name, value in asdict(facts).items() if isinstance(value, int)}


@dataclass(frozen=True)
class Requirement:
    """One thing asked of a company. A requirement that does not block is shown and left to the decider."""

    label: str
    met: bool
    blocks: bool = True


def requirements(lacking: Sequence[str], *, law68_on: date | None, safety_on: date | None, declarations: Severity) -> list[Requirement]:
    """What a level asks for: what the scheme says is `lacking`, and the declarations of rule 85 as the rule book wants them."""
    asked = [Requirement(words, False) for words in lacking]
    if declarations != Severity.OFF:
        blocks = declarations == Severity.BLOCK
        asked += [
            Requirement(_("la dichiarazione sulla legge 68/1999"), law68_on is not None, blocks),
            Requirement(_("la dichiarazione sulla sicurezza"), safety_on is not None, blocks),
        ]
    return asked


def missing(asked: Sequence[Requirement]) -> list[str]:
    """In words, what still prevents the recognition."""
    return [r.label for r in asked if r.blocks and not r.met]


def last_valid_day(first: date, months: int) -> date:
    """The last day of a validity of `months` months (rule 83): from 18 November 2026 for 36 months, to 17 November 2029."""
    return add_months(first, months) - timedelta(days=1)


def fit_to_print(facts: Facts, *, threshold: int) -> bool:
    """Figures leave the offices only when they speak of enough people (rule 88): fewer would point at somebody."""
    return facts.people >= threshold
