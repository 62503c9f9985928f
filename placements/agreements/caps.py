"""How much of the longest time a person has used, and what a new placement would add: values in, figures out.

Rules 7, 8, 10 and 13 of domain.md §9. No ORM and no clock.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from impresasolidale.territory.rules import Rules, Severity, months_between

from .enums import AllowanceModel
from .rules import Period


@dataclass(frozen=True, kw_only=True, slots=True)
class Use:
    """One placement that counts: its days, both included, and its host."""

    start: date
    to: date
    company_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Declared:
    """What somebody declared that was used elsewhere, in whole months, and in minutes."""

    months: int
    minutes: int


@dataclass(frozen=True, kw_only=True)
class CapMeter:
    """What a person's placements have used of the longest time, counted as the start light counts (rules 7 and 8)."""

    months: int  # begun, planned ones that hold their place and declared ones included
    max_months: int
    days: int  # of presence
    minutes: int  # done and declared
    hosts: int
    declared_months: int = 0
    declared_minutes: int = 0
    planned_months: int = 0  # of the placement that is being written
    project_months: int = 0  # rule 10: the longest one project usually is

    @property
    def months_left(self) -> int:
        return max(self.max_months - self.months - self.planned_months, 0)

    @property
    def is_over(self) -> bool:
        """Beyond the longest time: the service attests the need (rule 8)."""
        return self.months + self.planned_months > self.max_months

    @property
    def is_long(self) -> bool:
        """The placement that is being written is longer than one project usually is (rule 10)."""
        return bool(self.project_months) and self.planned_months > self.project_months


def measure(
    uses: Iterable[Use], declared: Iterable[Declared], rules: Rules, *, days: int = 0, minutes: int = 0, planned: Period | None = None
) -> CapMeter:
    """Months are those begun in each placement, added up over all hosts, as rule 7 counts them."""
    uses, declared = list(uses), list(declared)
    declared_months, declared_minutes = sum(d.months for d in declared), sum(d.minutes for d in declared)
    return CapMeter(
        months=sum(months_between(use.start, use.to) for use in uses) + declared_months,
        max_months=rules.max_months,
        days=days,
        minutes=minutes + declared_minutes,
        hosts=len({use.company_id for use in uses}),
        declared_months=declared_months,
        declared_minutes=declared_minutes,
        planned_months=months_between(planned.start, planned.to) if planned and planned.to else 0,
        project_months=rules.project_period_months if rules.severity(10) != Severity.OFF else 0,
    )


def planned_minutes(week: Mapping[int, int], period: Period) -> int:
    """Minutes of a weekly pattern (weekday → minutes) over a period, holidays not taken out. The period must have an end."""
    assert period.to
    days = (period.to - period.start).days + 1
    whole, rest = divmod(max(days, 0), 7)
    extra = ((period.start + timedelta(days=n)).weekday() for n in range(rest))
    return whole * sum(week.values()) + sum(week.get(day, 0) for day in extra)


# What a rule book's model of allowance (rule 35) is called in a project.
PROPOSED: Mapping[str, str] = MappingProxyType(
    {
        "flat": AllowanceModel.MONTHLY,
        "threshold": AllowanceModel.MONTHLY_THRESHOLD,
        "hourly": AllowanceModel.HOURLY,
        "bands": AllowanceModel.BANDS,
        "none": AllowanceModel.NONE,
    }
)
