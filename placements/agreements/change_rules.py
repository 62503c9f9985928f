"""What may change after the first signature, and what it adds up to: pure values, no ORM, no clock.

Rules 7, 8, 11–14, 35, 51, 52 of domain.md §9; features.md §5.3 and §5.4. Hours are whole minutes, days are both included.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any, Protocol, TypeVar

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from impresasolidale.core.errors import DomainError
from impresasolidale.core.words import hours
from impresasolidale.territory.rules import Rules, Severity, months_between

from .change_enums import PAST_CAUSES, SuspensionCause
from .rules import is_over_weekly_cap

ONE_DAY = timedelta(days=1)
NEAR_DAYS = 60  # a placement of the same person and company that ended, or begins, so near is perhaps the same one


# --- Versions


class Dated(Protocol):
    """What the choice among versions looks at."""

    @property
    def version(self) -> int: ...
    @property
    def effective_from(self) -> date: ...


V = TypeVar("V", bound=Dated)


def in_force(versions: Iterable[V], day: date) -> V | None:
    """The version that holds on a day: the last agreed one that has begun by then; before any has, the first."""
    rows = sorted(versions, key=lambda v: v.version)
    begun = [v for v in rows if v.effective_from <= day]
    return begun[-1] if begun else rows[0] if rows else None


def check_effective(day: date, *, starts_on: date, ends_on: date, today: date, past_cause: str, settled: Collection[date]) -> None:
    """Refuse the first day of an amendment: outside the period; in the past without an accident or an illness; in a month that the
    office has confirmed, or before one (features.md §5.3). `settled` are first days of months."""
    if not starts_on <= day <= ends_on:
        raise DomainError(
            _("Scegli un giorno dentro il periodo: dal %(a)s al %(b)s.") % {"a": _day(starts_on), "b": _day(ends_on)}, field="on"
        )
    if day < today:
        if not past_cause:
            words = _("Una modifica può valere dal passato solo per infortunio o malattia: scegli la causa, oppure da oggi in poi.")
            raise DomainError(words, field="on")
        refuse_settled(day, settled, field="on")
    elif past_cause:
        raise DomainError(_("La causa serve solo se la modifica vale da un giorno passato."), field="past_cause")


def refuse_settled(day: date, settled: Collection[date], *, field: str) -> None:
    """Refuse a day in, or before, the last month that was confirmed: what was paid is corrected forward."""
    if last := max(settled, default=None):
        if day.replace(day=1) <= last:
            words = _("Le presenze fino a %(month)s sono già confermate: scegli un giorno dopo.")
            raise DomainError(words % {"month": f"{last:%m/%Y}"}, field=field)


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """(what, before, after) of each line that differs, in the order of `after`; values are words already."""
    return [(what, str(before.get(what, "")), str(value)) for what, value in after.items() if str(before.get(what, "")) != str(value)]


# --- Schedules


@dataclass(frozen=True, slots=True)
class Slot:
    """A day of a timetable."""

    day: date
    starts_at: time
    minutes: int


def weekly_slots(week: Mapping[int, tuple[time, int]], days: Iterable[date]) -> list[Slot]:
    """The days on which a weekly pattern (Monday is 0) expects somebody, among `days` that are working days."""
    return [Slot(day, *week[day.weekday()]) for day in days if day.weekday() in week]


@dataclass(frozen=True, slots=True)
class Hours:
    """What a timetable adds up to, in minutes. Weeks are told by their Monday, months by their first day."""

    total: int
    months: Mapping[date, int]
    weeks: Mapping[date, int]
    longest_day: int
    days: int

    @property
    def busiest_week(self) -> int:
        return max(self.weeks.values(), default=0)


def hours_of(slots: Iterable[Slot]) -> Hours:
    """Add up a timetable (rule 14): 12 and 14 January of 4 hours and 2 February of 3 are 8 h, 3 h and 11 h in all."""
    months: defaultdict[date, int] = defaultdict(int)
    weeks: defaultdict[date, int] = defaultdict(int)
    days: defaultdict[date, int] = defaultdict(int)
    for slot in slots:
        months[slot.day.replace(day=1)] += slot.minutes
        weeks[monday_of(slot.day)] += slot.minutes
        days[slot.day] += slot.minutes
    return Hours(sum(days.values()), dict(sorted(months.items())), dict(sorted(weeks.items())), max(days.values(), default=0), len(days))


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def over_caps(weekly: int, daily: int, rules: Rules) -> list[tuple[int, str]]:
    """(rule, words) for each cap that minutes a week and a day pass: hours a day (14) and hours a week (13)."""
    lines = []
    if rules.severity(14) != Severity.OFF and daily > rules.daily_hours_cap * 60:
        words = _("In un giorno si arriva a %(hours)s: il massimo è %(cap)d ore (regola 14).")
        lines.append((14, words % {"hours": hours(daily), "cap": rules.daily_hours_cap}))
    if is_over_weekly_cap(weekly, rules):
        lines.append((13, _("Sono più di %(cap)d ore alla settimana (regola 13).") % {"cap": rules.weekly_hours_cap}))
    return lines


def over_parallel(minutes: int, others: Sequence[int], rules: Rules) -> str:
    """Words when the person's placements of the same days together pass the hours a week of the rule book (rule 12), else empty."""
    total = minutes + sum(others)
    if not others or rules.severity(12) == Severity.OFF or total <= rules.parallel_weekly_hours * 60:
        return ""
    words = ngettext(
        "Con l'altro tirocinio sarebbero %(total)s alla settimana: insieme possono arrivare a %(cap)d ore (regola 12).",
        "Con gli altri %(n)d tirocini sarebbero %(total)s alla settimana: insieme possono arrivare a %(cap)d ore (regola 12).",
        len(others),
    )
    return words % {"n": len(others), "total": hours(total), "cap": rules.parallel_weekly_hours}


# --- Suspensions


@dataclass(frozen=True, slots=True)
class Span:
    """Days both included; `to` None: nobody knows yet."""

    start: date
    to: date | None = None

    def days(self, until: date) -> int:
        """Calendar days up to `until` at most."""
        last = min(self.to or until, until)
        return max(0, (last - self.start).days + 1)

    def meets(self, other: "Span") -> bool:
        return self.start <= (other.to or date.max) and other.start <= (self.to or date.max)


def check_suspension(
    span: Span,
    *,
    cause: str,
    note: str,
    others: Sequence[Span],
    starts_on: date,
    ends_on: date,
    today: date,
    settled: Collection[date],
) -> None:
    """Refuse a pause that overlaps another, leaves the period, or begins in the past without a cause that is known only afterwards."""
    if span.to and span.to < span.start:
        raise DomainError(_("La data di fine viene prima di quella di inizio."), field="ends_on")
    if not starts_on <= span.start <= ends_on:
        words = _("Scegli un giorno dentro il periodo: dal %(a)s al %(b)s.") % {"a": _day(starts_on), "b": _day(ends_on)}
        raise DomainError(words, field="starts_on")
    if span.to and span.to > ends_on:
        raise DomainError(_("Il tirocinio finisce il %(day)s: la pausa non può durare di più.") % {"day": _day(ends_on)}, field="ends_on")
    if span.start < today:
        if cause not in PAST_CAUSES:
            raise DomainError(_("Per questa causa la sospensione comincia da oggi in poi."), field="starts_on")
        refuse_settled(span.start, settled, field="starts_on")
    if cause == SuspensionCause.OTHER and not note.strip():
        raise DomainError(_("Scrivi in due parole di che cosa si tratta."), field="note")
    if any(span.meets(other) for other in others):
        raise DomainError(_("In questi giorni c'è già una sospensione."), field="starts_on")


def suspended_days(spans: Iterable[Span], *, until: date) -> int:
    """Calendar days of pause in a placement; a pause without an end counts up to `until`."""
    return sum(span.days(until) for span in spans)


def over_suspension_cap(days: int, rules: Rules) -> str:
    """Words when the pauses of a placement pass the rule book's days (rule 52), else empty."""
    if rules.severity(52) == Severity.OFF or days <= rules.suspension_max_days:
        return ""
    return _("In tutto sarebbero %(days)d giorni di sospensione: il massimo è %(cap)d (regola 52).") % {
        "days": days,
        "cap": rules.suspension_max_days,
    }


def slid_end(ends_on: date, span: Span) -> date:
    """The end moved on by the days of a pause (rule 52): ten days from 7 to 16 January move 31 March to 10 April."""
    return ends_on + timedelta(days=span.days(ends_on))


# --- Extensions


def months_used(spans: Iterable[Span], *, declared: int = 0) -> int:
    """Months begun over all placements of a person, each counted by itself, and those declared from elsewhere (rule 7)."""
    return declared + sum(months_between(span.start, span.to or span.start) for span in spans)


def check_extension(*, until: date, ends_on: date, months: int, attested_until: date | None, rules: Rules) -> None:
    """Refuse more time than the person may have (rules 7 and 8): beyond the limit the public service must attest the need."""
    if until <= ends_on:
        raise DomainError(_("Il tirocinio arriva già al %(day)s: scegli un giorno dopo.") % {"day": _day(ends_on)}, field="until")
    if rules.severity(8) == Severity.OFF or months <= rules.max_months:
        return
    if attested_until is None or attested_until < until:
        words = _("Si arriverebbe a %(months)d mesi: oltre %(max)d serve l'attestazione del servizio, valida fino al nuovo ultimo giorno.")
        raise DomainError(words % {"months": months, "max": rules.max_months}, field="until")


# --- Renewal and doubles


def is_near(one: Span, other: Span, *, days: int = NEAR_DAYS) -> bool:
    """Whether two periods overlap or have at most so many days between them."""
    gap = timedelta(days=days)
    return one.meets(Span(_earlier(other.start, gap), _later(other.to, gap)))


def is_identical(*, same_company: bool, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Rule 11: the same company, tasks and goals, however they are spaced or capitalised."""
    return same_company and all(_plain(before[key]) == _plain(after[key]) for key in ("tasks", "goals"))


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return " ".join(value.casefold().split()).rstrip(".")
    return sorted(_plain(item) for item in value)


def _earlier(day: date, gap: timedelta) -> date:
    return day - gap


def _later(day: date | None, gap: timedelta) -> date | None:
    return day + gap if day else None


# --- Early end


def check_last_day(last_day: date, *, starts_on: date, ends_on: date, settled: Collection[date], present: Sequence[date]) -> None:
    """Refuse a last day outside the period, in a confirmed month, or before a day on which the person was there (rule 51)."""
    if last_day >= ends_on:
        raise DomainError(_("Il tirocinio finisce comunque il %(day)s.") % {"day": _day(ends_on)}, field="last_day")
    if last_day < starts_on:
        raise DomainError(_("Questo giorno viene prima dell'inizio del tirocinio."), field="last_day")
    refuse_settled(last_day + ONE_DAY, settled, field="last_day")
    refuse_present(present, field="last_day")


def refuse_present(present: Sequence[date], *, field: str) -> None:
    """Refuse to take away days on which somebody wrote that the person was there."""
    if present:
        words = _("Il %(day)s risulta presente: prima correggi le presenze, oppure scegli un altro giorno.")
        raise DomainError(words % {"day": _day(min(present))}, field=field)


# --- What expires


def expires_on(*, starts_on: date, touched_on: date, is_draft: bool, rules: Rules) -> date:
    """The day on which what nobody signs or touches is given up: a draft after its last change, the rest after its planned start."""
    return touched_on + timedelta(days=rules.draft_expiry_days) if is_draft else starts_on + timedelta(days=rules.unsigned_expiry_days)


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"
