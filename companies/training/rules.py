"""Pure rules of training: meetings that overlap, the hours a certificate asks for, when a refresher is due."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from impresasolidale.territory.rules import add_months

from .enums import Answer, Question

QR_OPENS = timedelta(minutes=30)  # how long before a meeting its code may be read


def written(minutes: int) -> str:
    """8:00, as the forms read it and the files write it."""
    return f"{minutes // 60}:{minutes % 60:02d}"


@dataclass(frozen=True)
class Meeting:
    """One meeting to plan; `minutes` is its length."""

    on: date
    starts_at: time
    minutes: int

    @property
    def starts(self) -> datetime:
        return datetime.combine(self.on, self.starts_at)

    @property
    def ends(self) -> datetime:
        return self.starts + timedelta(minutes=self.minutes)


def first_overlap(meetings: Iterable[Meeting]) -> tuple[Meeting, Meeting] | None:
    """Two meetings that share some minutes, the earliest ones; None when all stand apart. One that begins as another ends is apart."""
    ordered = sorted(meetings, key=lambda m: (m.starts, m.ends))
    return next(((a, b) for a, b in pairwise(ordered) if b.starts < a.ends), None)


def clash(mine: Iterable[Meeting], other: Iterable[Meeting]) -> tuple[Meeting, Meeting] | None:
    """A meeting of `mine` and one of `other` that share some minutes, the earliest; None when none do."""
    pairs = ((a, b) for a in mine for b in other if a.starts < b.ends and b.starts < a.ends)
    return min(pairs, key=lambda pair: pair[0].starts, default=None)


def needed_minutes(course_minutes: int, percent: int) -> int:
    """The least whole minutes that make `percent` of a course (rule book, `training_minimum_percent`), rounded up."""
    return -(-course_minutes * percent // 100)


def has_hours(minutes: int, course_minutes: int, percent: int) -> bool:
    """Whether `minutes` followed are enough for the certificate: integers are compared, done × 100 ≥ whole × percent."""
    return minutes > 0 and minutes * 100 >= course_minutes * percent


def qr_is_open(meeting: Meeting, now: datetime) -> bool:
    """Whether a meeting's code may be read at the local time `now`: from half an hour before to its end."""
    return meeting.starts - QR_OPENS <= now <= meeting.ends


def refresher_due(trained_on: date | None, last_on: date | None, months: int) -> date | None:
    """By when a trained tutor follows a refresher: `months` after the last course; None for who is not trained yet."""
    return add_months(last_on or trained_on, months) if trained_on else None


def last_day_to_withdraw(starts_on: date, days: int) -> date:
    """The last day on which a tutor may give the place back without asking: `days` before the first meeting."""
    return starts_on - timedelta(days=days)


@dataclass(frozen=True)
class Asked:
    """What the answers to one question were: how many said each thing, from "not at all" to "very"."""

    question: Question
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.counts)

    @property
    def average(self) -> float:
        return sum(answer * n for answer, n in zip(Answer.values, self.counts, strict=True)) / self.total


def aggregates(sheets: Sequence[dict[str, int]], *, least: int) -> list[Asked]:
    """The answers by question; nothing under `least` sheets (rule 88): with fewer, somebody would be recognised."""
    if len(sheets) < least:
        return []
    return [Asked(question, tuple(sum(s.get(question) == a for s in sheets) for a in Answer.values)) for question in Question]
