"""What a day means and how a month adds up: pure values, no ORM, no clock (domain.md §9 rules 31–33, 45).

Quantities are whole minutes. A month is credited up to its plan: hours made up on another day of the same month count, and travel
where the rule book credits it; hours beyond the month's plan are kept and shown but not credited (house.md §3, Money).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import DomainError
from impresasolidale.territory.rules import Rules

from .enums import Note, Outcome

MINUTES_A_DAY = 720  # no day is longer; attendance_event_minutes says the same

_OFFICE = frozenset({Role.SOCIAL_WORKER, Role.PROMOTER_TUTOR})
_ALL = _OFFICE | {Role.COMPANY_TUTOR}


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeRule:
    """What an outcome counts for, and who may say it (features row 59)."""

    counts_as_present: bool = False  # a day for INAIL (rule 45)
    counts_for_allowance: bool = False  # its minutes are credited
    is_absence: bool = False  # of the person: a closed company is nobody's absence
    alerts_referent: bool = False
    roles: frozenset[str] = _ALL


OUTCOMES: dict[str, OutcomeRule] = {
    Outcome.PRESENT: OutcomeRule(counts_as_present=True, counts_for_allowance=True),
    Outcome.SICK: OutcomeRule(is_absence=True),
    # Which service the person sees is not the company's business: the office says it, the tutor writes «avvisando» (rule 33).
    Outcome.APPOINTMENT: OutcomeRule(is_absence=True, roles=_OFFICE),
    Outcome.JUSTIFIED: OutcomeRule(is_absence=True),
    Outcome.UNJUSTIFIED: OutcomeRule(is_absence=True, alerts_referent=True),
    Outcome.CLOSED: OutcomeRule(),
    Outcome.WITHDRAWN: OutcomeRule(),
}
PRESENT = [str(code) for code, rule in OUTCOMES.items() if rule.counts_as_present]
CREDITED = [str(code) for code, rule in OUTCOMES.items() if rule.counts_for_allowance]
ABSENT = [str(code) for code, rule in OUTCOMES.items() if rule.is_absence]


# The outcomes each note may stand beside.
NOTES: dict[str, frozenset[str]] = {
    Note.PHONED: frozenset({Outcome.SICK, Outcome.JUSTIFIED, Outcome.APPOINTMENT}),
    Note.MESSAGE: frozenset({Outcome.SICK, Outcome.JUSTIFIED, Outcome.APPOINTMENT}),
    Note.LATE: frozenset({Outcome.PRESENT}),
    Note.LEFT: frozenset({Outcome.PRESENT}),
    Note.OUTSIDE: frozenset({Outcome.PRESENT}),
    Note.MADE_UP: frozenset({Outcome.PRESENT}),
}


def check_note(note: str, outcome: str) -> None:
    """A note is one of the closed list and fits what happened (rule 33). DomainError on `note`."""
    if note and (note not in NOTES or outcome not in NOTES[note]):
        raise DomainError(_("Questa nota non va con quello che è successo: scegline un’altra, o lascia vuoto."), field="note")


def check_travel(travel: int, outcome: str, credit: int) -> None:
    """Travel is of a day of presence, up to what the rule book credits in a day (minutes). DomainError on `travel_minutes`."""
    if not travel:
        return
    if not OUTCOMES[outcome].counts_as_present:
        raise DomainError(_("Il viaggio si scrive solo per un giorno di presenza."), field="travel_minutes")
    if not credit:
        raise DomainError(_("Per questo tirocinio il viaggio non è riconosciuto: lascia vuoto."), field="travel_minutes")
    if not 0 < travel <= credit:
        raise DomainError(_("Il viaggio riconosciuto arriva a %(n)d minuti al giorno.") % {"n": credit}, field="travel_minutes")


def outcomes_for(roles: frozenset[str]) -> list[Outcome]:
    """What these roles may say of a day, in the order of the catalogue; taking a mistake back is a button of its own."""
    return [Outcome(code) for code, rule in OUTCOMES.items() if rule.roles & roles and code != Outcome.WITHDRAWN]


def day_minutes(outcome: str, minutes: int | None, planned: int | None) -> int:
    """The minutes an event carries: presence has some (the plan's when not said), anything else has none. DomainError on `minutes`."""
    if not OUTCOMES[outcome].counts_as_present:
        if minutes:
            raise DomainError(_("Un’assenza non ha ore: lascia vuoto."), field="minutes")
        return 0
    found = planned if minutes is None else minutes
    if found is None:
        raise DomainError(_("Questo giorno non era previsto: scrivi quante ore ha fatto."), field="minutes")
    if not 1 <= found <= MINUTES_A_DAY:
        raise DomainError(_("Scrivi da 1 minuto a 12 ore. Se quel giorno non c’era, scegli un’assenza."), field="minutes")
    return found


@dataclass(frozen=True, slots=True)
class DayValue:
    """A day as it stands: its plan, and the last thing said of it."""

    day: date
    planned: int = 0
    outcome: str = ""
    minutes: int = 0
    travel: int = 0
    note: str = ""

    @property
    def is_said(self) -> bool:
        return self.outcome not in ("", Outcome.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class MonthTotals:
    """Minutes and days of a placement's month."""

    planned: int
    done: int
    credited: int
    days_present: int
    days_absent: int


def month_totals(days: Iterable[DayValue]) -> MonthTotals:
    """The totals of a month from its days, each once. The services keep the same in the database by one aggregate."""
    rows = list(days)
    said = [(OUTCOMES[d.outcome], d.minutes, d.travel) for d in rows if d.outcome]
    planned = sum(d.planned for d in rows)
    return MonthTotals(
        planned=planned,
        done=sum(minutes for rule, minutes, _travel in said if rule.counts_as_present),
        credited=min(planned, sum(minutes + travel for rule, minutes, travel in said if rule.counts_for_allowance)),
        days_present=sum(1 for rule, minutes, _travel in said if rule.counts_as_present and minutes >= 1),
        days_absent=sum(1 for rule, _minutes, _travel in said if rule.is_absence),
    )


def percent(credited: int, planned: int) -> int | None:
    """Whole percent of the plan, rounded down: a threshold is reached only when it is. None without a plan."""
    return credited * 100 // planned if planned else None


def first_of_month(day: date) -> date:
    return day.replace(day=1)


def next_month(month: date) -> date:
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def months_of(first: date, last: date) -> list[date]:
    """First days of the months from `first` to `last`, both included."""
    found, month = [], first_of_month(first)
    while month <= last:
        found.append(month)
        month = next_month(month)
    return found


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def due_year(month: date, book: Rules) -> int:
    """The year a month's sum falls due in (rule 34; D.Lgs. 118/2011): by the shipped setting December's in January."""
    return (next_month(month) if book.month_falls_due == "next_month" else month).year
