"""Editions with their seats, their meetings, and who takes part."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, F, IntegerField, Max, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.shortcuts import get_object_or_404

from impresasolidale.accounts.access import Access
from impresasolidale.core import audit
from impresasolidale.core.keyset import Slice, page_of
from impresasolidale.core.models import Document, Look

from ..documents import CERTIFICATE
from ..enums import EnrolmentState
from ..models import Course, Edition, Enrolment, Presence, Session
from ..rules import Meeting

SEATED = (EnrolmentState.ENROLLED, EnrolmentState.ATTENDED, EnrolmentState.ABSENT)  # who has, or had, one of the seats
GONE = (EnrolmentState.ATTENDED, EnrolmentState.ABSENT)  # the attendance of the edition is closed
ORDER = (EnrolmentState.ENROLLED, EnrolmentState.ATTENDED, EnrolmentState.ABSENT, EnrolmentState.WAITING, EnrolmentState.INVITED)


def _count(*states: EnrolmentState) -> Coalesce:
    rows = Enrolment.objects.filter(edition=OuterRef("pk"), state__in=states).order_by().values("edition")
    return Coalesce(Subquery(rows.annotate(n=Count("*")).values("n"), output_field=IntegerField()), 0)


def with_seats(rows: QuerySet[Edition]) -> Any:
    """Editions with `starts_on`, `ends_on`, `minutes` (of all meetings), `taken` and `waiting` tutors and `seats_left`."""
    meetings = Session.objects.filter(edition=OuterRef("pk")).order_by().values("edition")
    return (
        rows.select_related("course")
        .annotate(
            starts_on=Subquery(meetings.annotate(x=Min("on")).values("x")),
            ends_on=Subquery(meetings.annotate(x=Max("on")).values("x")),
            minutes=Subquery(meetings.annotate(x=Sum("minutes")).values("x")),
            taken=_count(*SEATED),
            waiting=_count(EnrolmentState.WAITING),
        )
        .annotate(seats_left=F("seats") - F("taken"))
    )


def _editions(access: Access) -> Any:
    return with_seats(Edition.objects.filter(network_id=access.network_id))


def _listed(access: Access, *, on: date, past: bool) -> tuple[Any, tuple[str, ...]]:
    rows = _editions(access)
    return (rows.filter(ends_on__lt=on), ("-starts_on", "-id")) if past else (rows.filter(ends_on__gte=on), ("starts_on", "id"))


def editions_page(access: Access, query: QueryDict, *, on: date, past: bool) -> Slice:
    """One page of the editions still to end, soonest first, or of those that are over, latest first. The look is logged."""
    rows, order = _listed(access, on=on, past=past)
    page = page_of(rows, query, order=order)
    audit.look(Look.Kind.LIST, page.rows, by=access, place="training:list", subject_type="training.edition")
    return page


def editions_for_file(access: Access, *, on: date, past: bool) -> list[Edition]:
    """All of the list, as `editions_page` orders it, with how many were `certified`. The look is an export."""
    rows, order = _listed(access, on=on, past=past)
    certified = Enrolment.objects.filter(edition=OuterRef("pk"), certified_on__isnull=False).order_by().values("edition")
    found = list(
        rows.annotate(certified=Coalesce(Subquery(certified.annotate(n=Count("*")).values("n"), output_field=IntegerField()), 0)).order_by(
            *order
        )
    )
    audit.look(Look.Kind.EXPORT, found, by=access, place="training:list", subject_type="training.edition")
    return found


def edition_for(access: Access, public_id: UUID) -> Edition:
    """404 for an edition that is not reachable. The look is logged."""
    row = get_object_or_404(_editions(access), public_id=public_id)
    audit.look(Look.Kind.DETAIL, row, by=access, place="training:detail")
    return row


def sessions_of(access: Access, edition: Edition) -> QuerySet[Session]:
    """The meetings in their order; each says how many were there (`present`)."""
    there = Count("presences", filter=Q(presences__minutes__gt=0))
    return Session.objects.filter(network_id=access.network_id, edition=edition).annotate(present=there).order_by("on", "starts_at")


def session_for(access: Access, edition: Edition, public_id: UUID) -> Session:
    return get_object_or_404(sessions_of(access, edition), public_id=public_id)


def meetings_of(edition_ids: Iterable[int]) -> dict[int, list[Meeting]]:
    """The meetings of each of these editions, in their order. One query."""
    found: dict[int, list[Meeting]] = {}
    for row in Session.objects.filter(edition__in=list(edition_ids)).order_by("on", "starts_at"):
        found.setdefault(row.edition_id, []).append(row.meeting)
    return found


def enrolments_of(access: Access, edition: Edition) -> list[Enrolment]:
    """The tutors of an edition: those with a seat by name, the waiting list in its order (each with `place`), who is invited, who withdrew.
    Each with `followed` minutes, and `certificate`, its paper or None."""
    followed = Presence.objects.filter(enrolment=OuterRef("pk")).order_by().values("enrolment").annotate(n=Sum("minutes")).values("n")
    rows = list(
        Enrolment.objects.filter(network_id=access.network_id, edition=edition)
        .select_related("tutor")
        .annotate(followed=Coalesce(Subquery(followed, output_field=IntegerField()), 0))
        .order_by("tutor__last_name", "tutor__first_name", "id")
    )
    papers = {d.subject_id: d for d in certificates(access).filter(subject_id__in=[r.pk for r in rows]).order_by("id").defer("context")}
    for row in rows:
        row.certificate = papers.get(row.pk)  # type: ignore[attr-defined]
    queue = sorted((r for r in rows if r.state == EnrolmentState.WAITING), key=lambda r: (r.queued_at, r.pk))
    for place, row in enumerate(queue, start=1):
        row.place = place  # type: ignore[attr-defined]
    rest = [r for r in rows if r.state not in SEATED and r.state != EnrolmentState.WAITING]
    return [*(r for r in rows if r.state in SEATED), *queue, *sorted(rest, key=lambda r: r.state == EnrolmentState.WITHDRAWN)]


def enrolment_for(access: Access, edition: Edition, public_id: UUID) -> Enrolment:
    rows = Enrolment.objects.filter(network_id=access.network_id, edition=edition).select_related("tutor", "edition__course")
    return get_object_or_404(rows, public_id=public_id)


def presences_of(session: Session) -> dict[int, Presence]:
    """Who was recorded at a meeting, by enrolment."""
    return {row.enrolment_id: row for row in Presence.objects.filter(session=session)}


def is_over(edition: Edition, enrolments: Iterable[Enrolment], on: date) -> bool:
    """Nobody can join any more: the last meeting is past, or who came is recorded."""
    return edition.ends_on < on or any(e.state in GONE for e in enrolments)  # type: ignore[attr-defined]


def certificates(access: Access) -> QuerySet[Document]:
    return Document.objects.filter(network_id=access.network_id, kind=CERTIFICATE, subject_type="training.enrolment")


def courses_for_choice(access: Access) -> QuerySet[Course]:
    return Course.objects.filter(network_id=access.network_id).order_by("title", "id")
