"""Covers and communications in pure functions: what stays bare, when a communication is due, what became of it. No ORM, no clock."""

from collections.abc import Iterable
from datetime import date, timedelta

from impresasolidale.territory.rules import Rules

from .enums import CommunicationKind, CommunicationState
from .rules import DAY, Period


def gaps(periods: Iterable[Period], first: date, last: date) -> list[Period]:
    """The bare stretches from `first` to `last`, both included (rules 19, 20); a cover that begins the day after another ends joins it."""
    bare, day = [], first
    for period in sorted(periods, key=lambda p: p.start):
        if day > last:
            break
        if period.start > day:
            bare.append(Period(start=day, to=min(period.start - DAY, last)))
        day = max(day, (period.to or last) + DAY)
    return bare + ([Period(start=day, to=last)] if day <= last else [])


def communication_due_on(kind: str, about_on: date, rules: Rules) -> date:
    """The last good day to send (rule 22): the day before a start, the day itself for what is called off, later for what changed."""
    if kind == CommunicationKind.START:
        return about_on - DAY
    if kind == CommunicationKind.CANCELLATION:
        return about_on
    return about_on + timedelta(days=rules.communication_extension_days)


def communication_state(*, due_on: date, sent_on: date | None, is_exempt: bool, is_annulled: bool, today: date) -> CommunicationState:
    """What became of a communication, as of `today`. One that left after its day stays late for ever."""
    if is_annulled:
        return CommunicationState.ANNULLED
    if is_exempt:
        return CommunicationState.EXEMPT
    if sent_on:
        return CommunicationState.LATE if sent_on > due_on else CommunicationState.SENT
    return CommunicationState.OVERDUE if today > due_on else CommunicationState.DUE


def years_later(day: date, years: int) -> date:
    """The last day something of `day` is good for `years`: 1 March 2026 and five years give 28 February 2031."""
    try:
        return day.replace(year=day.year + years) - DAY
    except ValueError:  # 29 February
        return date(day.year + years, 2, 28)
