"""Reads of the changes: what is ahead of a placement, its versions in words, what the short forms look up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import CharField, DateField, Prefetch, Value
from django.db.models.functions import Cast
from django.shortcuts import get_object_or_404

from . import change_documents, schedule
from .change_enums import ExtensionState
from .change_rules import differences, in_force
from .enums import IN_WORK, ProjectKind
from .models import Attestation, EarlyEnd, ExtensionRequest, FundingShare, Goal, PersonalProject, Placement, Suspension, TutorChange


@dataclass(frozen=True, slots=True)
class Ahead:
    """Something that is open on a placement: a pause, a request, a planned end, a new tutor, a version in work."""

    what: str  # suspension request early_end tutor version
    public_id: UUID
    code: str  # cause, who asked, which tutor, kind of version
    state: str
    start: date | None
    end: date | None
    number: str


def ahead_of(placement: Placement, today: date) -> list[Ahead]:
    """Everything open, in one query: pauses that run or will, requests to decide, what is planned, the version in work."""

    def row(what: str, rows: Any, *, code: str, state: str = "", start: str | None, end: str | None, number: str = "") -> Any:
        text, day = CharField(), DateField()
        return rows.order_by().values_list(
            Value(what, output_field=text),
            "public_id",
            code,
            Cast(state, text) if state else Value("", output_field=text),
            start or Value(None, output_field=day),
            end or Value(None, output_field=day),
            Cast(number, text) if number else Value("", output_field=text),
        )

    of = {"placement": placement}
    pauses = Suspension.objects.filter(**of)
    parts = [
        row("suspension", pauses.filter(ends_on__gte=today) | pauses.filter(ends_on=None), code="cause", start="starts_on", end="ends_on"),
        row(
            "request",
            ExtensionRequest.objects.filter(**of, state=ExtensionState.ASKED),
            code="asked_by",
            start="asked_on",
            end="until",
        ),
        row("early_end", EarlyEnd.objects.filter(**of, done_on=None), code="cause", start="last_day", end=None),
        row("tutor", TutorChange.objects.filter(**of, done_on=None), code="kind", start="on", end=None),
        row(
            "version",
            PersonalProject.objects.filter(**of, state__in=IN_WORK).exclude(kind=ProjectKind.INITIAL),
            code="kind",
            state="state",
            start="effective_from",
            end="ends_on",
            number="version",
        ),
    ]
    return [Ahead(*values) for values in parts[0].union(*parts[1:], all=True)]


@dataclass(frozen=True, slots=True)
class Version:
    """A version with what it says differently from the one it follows: (what, before, after)."""

    row: PersonalProject
    changes: Sequence[tuple[str, str, str]]
    holds_today: bool


def versions_for(placement: Placement, today: date) -> list[Version]:
    """All versions, newest first. Five queries."""
    rows = list(
        schedule.versions_of(placement)
        .select_related("document", "created_by")
        .prefetch_related(
            Prefetch("goals", queryset=Goal.objects.order_by("position")),
            Prefetch("shares", queryset=FundingShare.objects.select_related("pot").order_by("position")),
        )
    )
    held = [row for row in rows if row.state in schedule.HELD]
    now = in_force(held, today)
    words = {row.pk: change_documents.in_words(row) for row in rows}
    found = []
    for row in rows:
        earlier = [v for v in rows if v.version < row.version and (v.state in schedule.HELD or row.kind == ProjectKind.INITIAL)]
        found.append(Version(row, differences(words[earlier[-1].pk], words[row.pk]) if earlier else (), row is now))
    return found[::-1]


def version_for(placement: Placement, number: int) -> PersonalProject:
    return get_object_or_404(PersonalProject.objects.select_related("placement"), placement=placement, version=number)


def suspension_for(placement: Placement, public_id: UUID) -> Suspension:
    return get_object_or_404(Suspension.objects.select_related("placement"), placement=placement, public_id=public_id)


def request_for(placement: Placement, public_id: UUID) -> ExtensionRequest:
    return get_object_or_404(ExtensionRequest.objects.select_related("placement"), placement=placement, public_id=public_id)


def tutor_change_for(placement: Placement, public_id: UUID) -> TutorChange:
    return get_object_or_404(TutorChange.objects.select_related("placement"), placement=placement, public_id=public_id)


def attestation_for(placement: Placement, public_id: UUID) -> Attestation:
    return get_object_or_404(Attestation.objects.select_related("file"), placement=placement, public_id=public_id)


@dataclass(frozen=True, slots=True)
class Past:
    """What changed and is over or settled: all rows, oldest first."""

    suspensions: Sequence[Suspension]
    requests: Sequence[ExtensionRequest]
    tutors: Sequence[TutorChange]
    attestations: Sequence[Attestation]
    early_end: EarlyEnd | None


def changes_of(placement: Placement) -> Past:
    """Every change of a placement, for its page of changes. Five queries."""
    return Past(
        list(Suspension.objects.filter(placement=placement).select_related("decided_by").order_by("starts_on")),
        list(ExtensionRequest.objects.filter(placement=placement).select_related("decided_by").order_by("asked_on", "id")),
        list(
            TutorChange.objects.filter(placement=placement)
            .select_related("from_tutor", "to_tutor", "from_user", "to_user", "document")
            .order_by("on", "id")
        ),
        list(Attestation.objects.filter(placement=placement).order_by("made_on", "id")),
        EarlyEnd.objects.filter(placement=placement).first(),
    )
