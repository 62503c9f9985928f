"""Reads about training: editions with their seats, who is trained, certificates of attendance."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, F, IntegerField, Max, Min, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.shortcuts import get_object_or_404

from companies.hosts.models import CompanyTutor
from companies.hosts.selectors import tutors_for_choice
from impresasolidale.accounts.access import Access
from impresasolidale.core import audit
from impresasolidale.core.keyset import Slice, page_of
from impresasolidale.core.models import Document, Look

from .documents import CERTIFICATE
from .models import Course, Edition, Enrolment, Session


def _editions(access: Access) -> Any:
    """Editions with `starts_on`, `ends_on`, `minutes` (of all meetings), `taken` seats and `seats_left`."""
    meetings = Session.objects.filter(edition=OuterRef("pk")).order_by().values("edition")
    enrolled = Enrolment.objects.filter(edition=OuterRef("pk")).order_by().values("edition").annotate(n=Count("*")).values("n")
    return (
        Edition.objects.filter(network_id=access.network_id)
        .select_related("course")
        .annotate(
            starts_on=Subquery(meetings.annotate(x=Min("on")).values("x")),
            ends_on=Subquery(meetings.annotate(x=Max("on")).values("x")),
            minutes=Subquery(meetings.annotate(x=Sum("minutes")).values("x")),
            taken=Coalesce(Subquery(enrolled, output_field=IntegerField()), 0),
        )
        .annotate(seats_left=F("seats") - F("taken"))
    )


def editions_page(access: Access, query: QueryDict, *, on: date, past: bool) -> Slice:
    """One page of the editions still to end, soonest first, or of those that are over, latest first. The look is logged."""
    rows = _editions(access)
    if past:
        page = page_of(rows.filter(ends_on__lt=on), query, order=("-starts_on", "-id"))
    else:
        page = page_of(rows.filter(ends_on__gte=on), query, order=("starts_on", "id"))
    audit.look(Look.Kind.LIST, page.rows, by=access, place="training:list", subject_type="training.edition")
    return page


def edition_for(access: Access, public_id: UUID) -> Edition:
    """404 for an edition that is not reachable. The look is logged."""
    row = get_object_or_404(_editions(access), public_id=public_id)
    audit.look(Look.Kind.DETAIL, row, by=access, place="training:detail")
    return row


def sessions_of(access: Access, edition: Edition) -> QuerySet[Session]:
    return Session.objects.filter(network_id=access.network_id, edition=edition).order_by("on", "starts_at")


def enrolments_of(access: Access, edition: Edition) -> list[Enrolment]:
    """The tutors of an edition by name; each with `certificate`, its paper or None."""
    rows = list(
        Enrolment.objects.filter(network_id=access.network_id, edition=edition)
        .select_related("tutor")
        .order_by("tutor__last_name", "tutor__first_name", "id")
    )
    papers = {d.subject_id: d for d in _certificates(access).filter(subject_id__in=[r.pk for r in rows]).order_by("id").defer("context")}
    for row in rows:
        row.certificate = papers.get(row.pk)  # type: ignore[attr-defined]
    return rows


def is_over(edition: Edition, enrolments: Iterable[Enrolment], on: date) -> bool:
    """Nobody can join any more: the last meeting is past, or who came is recorded."""
    return edition.ends_on < on or any(e.state != Enrolment.State.ENROLLED for e in enrolments)  # type: ignore[attr-defined]


def _certificates(access: Access) -> QuerySet[Document]:
    return Document.objects.filter(network_id=access.network_id, kind=CERTIFICATE, subject_type="training.enrolment")


def certificate_for(access: Access, public_id: UUID) -> Document:
    """The paper of an enrolment that is reachable; 404 otherwise."""
    mine = Enrolment.objects.filter(network_id=access.network_id)
    return get_object_or_404(_certificates(access).filter(subject_id__in=mine.values("pk")), public_id=public_id)


def courses_for_choice(access: Access) -> QuerySet[Course]:
    return Course.objects.filter(network_id=access.network_id).order_by("title", "id")


def tutors_to_enrol(access: Access, edition: Edition, on: date) -> QuerySet[CompanyTutor]:
    """The tutors who work somewhere on a day and are not enrolled yet."""
    return tutors_for_choice(access, on).exclude(pk__in=Enrolment.objects.filter(edition=edition).values("tutor"))


def tutors_with_training(access: Access, on: date) -> list[CompanyTutor]:
    """The tutors who work somewhere on a day; each says `is_trained`. Who still needs the course comes first. The look is logged."""
    rows = list(tutors_for_choice(access, on))
    trained = trained_tutor_ids(access, [t.pk for t in rows], on)
    for row in rows:
        row.is_trained = row.pk in trained  # type: ignore[attr-defined]
    audit.look(Look.Kind.LIST, rows, by=access, place="training:tutors", subject_type="hosts.companytutor")
    return sorted(rows, key=lambda t: t.is_trained)  # type: ignore[attr-defined]


def trained_tutor_ids(access: Access, tutor_ids: Iterable[int], on: date) -> set[int]:
    """Which of these tutors attended a basic course for its full minutes by a day (rule 91). One query."""
    done = Enrolment.objects.filter(
        network_id=access.network_id,
        tutor_id__in=list(tutor_ids),
        state=Enrolment.State.ATTENDED,
        completed_on__lte=on,
        edition__course__is_basic=True,
        minutes__gte=F("edition__course__minutes"),
    )
    return set(done.values_list("tutor_id", flat=True))


def is_trained(access: Access, tutor_id: int, on: date) -> bool:
    """Rule 91 for one tutor on a day."""
    return bool(trained_tutor_ids(access, [tutor_id], on))
