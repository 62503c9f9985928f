"""What the indicators of a project come to: counted from rows here and in the rooms below, never kept.

Figures of the whole network leave their Ambiti: they are those of whole months that are over, and the small ones stay hidden with what
would give them away (rule 88).
"""

from dataclasses import dataclass
from datetime import date, timedelta

from impresasolidale.accounts.access import Access
from impresasolidale.projects.enums import Measure
from impresasolidale.projects.models import Project, ProjectIndicator
from impresasolidale.projects.selectors import results
from impresasolidale.territory.rules import add_months
from impresasolidale.territory.selectors import common_rules

from .indicators import side_by_side
from .periods import Period

PREFIX = "reports."


@dataclass(frozen=True)
class Progress:
    """One indicator and what it comes to: `actual` is None when it is hidden, or nobody wrote it. `until`: the last day counted."""

    row: ProjectIndicator
    actual: int | None
    counted: int | None  # before the baseline is taken off
    until: date | None
    is_hidden: bool = False

    @property
    def percent(self) -> int | None:
        """Of the target, whole, rounded down: nothing looks reached before it is."""
        return None if self.actual is None else self.actual * 100 // self.row.target

    @property
    def bar(self) -> int:
        """The same between 0 and 100."""
        return min(100, self.percent or 0)

    @property
    def is_reached(self) -> bool:
        return self.actual is not None and self.actual >= self.row.target


def project_year(project: Project, today: date) -> tuple[date, date]:
    """First and last day of the year of the project that runs, counted from its beginning; once it is over, of its last."""
    first, day = project.starts_on, min(today, project.ends_on)
    while add_months(first, 12) <= day:
        first = add_months(first, 12)
    return first, min(add_months(first, 12) - timedelta(days=1), project.ends_on)


def _counted(access: Access, first: date, last: date, today: date, least: int) -> tuple[dict[str, int | None], date | None]:
    """The network's figures from a day to the end of the last whole month, or to the last day when that has gone by."""
    until = last if last < today else today.replace(day=1) - timedelta(days=1)
    if until < first:
        return {}, None
    sides = side_by_side(access, Period(first, until, today), least=least)
    codes = [m.removeprefix(PREFIX) for m in Measure.values if m.startswith(PREFIX)]
    told = {code: sides.told(None, code) for code in codes}
    return {code: None if value is None else int(value) for code, value in told.items()}, until


def progress_of(access: Access, project: Project, today: date) -> list[Progress]:
    """Every indicator of a project with its value. A baseline is of a year: what is counted less it is of the project's running year."""
    rows = list(results.indicators(project))
    here = results.counted_here(project)
    least = common_rules(project.network_id, today).small_number_threshold if _asks(rows) else 0
    whole, year = (project.starts_on, project.ends_on), project_year(project, today)
    found: dict[tuple[date, date], tuple[dict[str, int | None], date | None]] = {}
    progress = []
    for row in rows:
        counted: int | None
        is_hidden, until = False, None
        if row.measure == Measure.MANUAL:
            counted, until = row.recorded_value, row.recorded_on
        elif row.measure in here:
            counted, until = here[row.measure], today
        else:
            wanted = year if row.less_baseline else whole
            if wanted not in found:
                found[wanted] = _counted(access, *wanted, today, least)
            values, until = found[wanted]
            counted = values.get(row.measure.removeprefix(PREFIX), 0)
            is_hidden = counted is None
        actual = None if counted is None else max(0, counted - row.baseline) if row.less_baseline else counted
        progress.append(Progress(row, actual, counted, until, is_hidden))
    return progress


def _asks(rows: list[ProjectIndicator]) -> bool:
    return any(row.measure.startswith(PREFIX) for row in rows)
