"""Who is trained, with how many hours, and who needs a refresher by when; the passport that follows a tutor."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, Min, OuterRef, Q, QuerySet
from django.shortcuts import get_object_or_404

from companies.hosts.models import CompanyTutor, Engagement
from companies.hosts.selectors import tutor_for, tutors_for_choice
from impresasolidale.accounts.access import Access
from impresasolidale.core import audit
from impresasolidale.core.messages import refused_addresses
from impresasolidale.core.models import Document, Look, Message, Verification
from impresasolidale.territory.rules import Rules
from impresasolidale.territory.selectors import common_rules

from ..enums import CourseKind, EnrolmentState
from ..models import Edition, Enrolment, Recognition
from ..rules import refresher_due
from .editions import certificates

# --- Rule 91


def _done(on: date, kind: str = CourseKind.INITIAL) -> tuple[QuerySet[Enrolment], QuerySet[Recognition]]:
    followed = Enrolment.objects.filter(
        state=EnrolmentState.ATTENDED, completed_on__lte=on, certified_on__isnull=False, edition__course__kind=kind
    )
    return followed, Recognition.objects.filter(kind=kind, completed_on__lte=on, withdrawn_at=None)


def trained_tutors(on: date) -> QuerySet[CompanyTutor]:
    """Who has, by a day, the certificate of an initial course or one that was recognised instead (rule 91), in reach of the scope."""
    followed, recognised = _done(on)
    return CompanyTutor.objects.filter(Exists(followed.filter(tutor=OuterRef("pk"))) | Exists(recognised.filter(tutor=OuterRef("pk"))))


def trained_tutor_ids(access: Access, tutor_ids: Iterable[int], on: date) -> set[int]:
    """Which of these tutors are trained on a day (rule 91). One query."""
    wanted = list(tutor_ids)
    followed, recognised = (
        rows.filter(network_id=access.network_id, tutor_id__in=wanted).order_by().values_list("tutor_id", flat=True) for rows in _done(on)
    )
    return set(followed.union(recognised))


def is_trained(access: Access, tutor_id: int, on: date) -> bool:
    """Rule 91 for one tutor on a day."""
    return bool(trained_tutor_ids(access, [tutor_id], on))


# --- Hours


@dataclass
class Book:
    """What a tutor has behind: minutes of each kind of course, when trained, when a refresher is due. `year` counts the calendar year."""

    initial: int = 0
    refresher: int = 0
    safety: int = 0
    year_initial: int = 0
    year_refresher: int = 0
    trained_on: date | None = None
    last_on: date | None = None
    due_on: date | None = None
    rows: list[Any] = field(default_factory=list)  # enrolments and recognitions, oldest first

    @property
    def total(self) -> int:
        return self.initial + self.refresher + self.safety

    def is_due(self, on: date) -> bool:
        return self.due_on is not None and self.due_on < on


def books(access: Access, tutor_ids: Sequence[int], on: date, rules: Rules) -> dict[int, Book]:
    """The book of each of these tutors on a day. Two queries, however many they are."""
    found = {pk: Book() for pk in tutor_ids}
    followed = Enrolment.objects.filter(network_id=access.network_id, tutor__in=found, state=EnrolmentState.ATTENDED, completed_on__lte=on)
    recognised = Recognition.objects.filter(network_id=access.network_id, tutor__in=found, withdrawn_at=None, completed_on__lte=on)
    rows: list[Any] = [*followed.select_related("edition__course"), *recognised]
    for row in sorted(rows, key=lambda r: (r.completed_on, r.pk)):
        book, done_on = found[row.tutor_id], row.completed_on
        book.rows.append(row)
        kind = row.edition.course.kind if isinstance(row, Enrolment) else row.kind
        setattr(book, kind, getattr(book, kind) + row.minutes)
        if kind != CourseKind.SAFETY:
            if isinstance(row, Enrolment) and done_on.year == on.year:
                name = f"year_{kind}"
                setattr(book, name, getattr(book, name) + row.minutes)
            if not isinstance(row, Enrolment) or row.certified_on:
                if kind == CourseKind.INITIAL:
                    book.trained_on = book.trained_on or done_on
                book.last_on = done_on
    for book in found.values():
        book.due_on = refresher_due(book.trained_on, book.last_on, rules.training_refresher_months)
    return found


def planned_minutes(tutor: CompanyTutor, kind: str, year: int, *, beside: Edition) -> int:
    """Minutes of one kind that a tutor has or will have followed in a calendar year, by the first meeting, without the edition `beside`.

    What is closed counts as it was followed, a seat as the whole course.
    """
    rows = (
        Enrolment.objects.filter(tutor=tutor, edition__course__kind=kind, state__in=[EnrolmentState.ENROLLED, EnrolmentState.ATTENDED])
        .exclude(edition=beside)
        .annotate(starts_on=Min("edition__sessions__on"))
        .select_related("edition__course")
    )
    return sum(
        row.minutes if row.state == EnrolmentState.ATTENDED else row.edition.course.minutes
        for row in rows
        if row.starts_on and row.starts_on.year == year
    )


def tutors_to_enrol(access: Access, edition: Edition, on: date) -> QuerySet[CompanyTutor]:
    """The tutors who work somewhere on a day and are not in this edition, or have withdrawn from it."""
    held = Enrolment.objects.filter(edition=edition).exclude(state__in=[EnrolmentState.WITHDRAWN, EnrolmentState.INVITED])
    return tutors_for_choice(access, on).exclude(pk__in=held.values("tutor"))


def tutors_with_training(access: Access, on: date, *, only: str = "", exported: bool = False) -> list[CompanyTutor]:
    """The tutors who work somewhere on a day; each with its `book` and `is_trained`. Who needs something soonest comes first.

    `only`: "to_train" or "to_refresh" (due within the year). The look is logged, as an export when it is one.
    """
    rows = list(tutors_for_choice(access, on))
    rules = common_rules(access.network_id, on)
    found = books(access, [t.pk for t in rows], on, rules)
    for row in rows:
        row.book = found[row.pk]  # type: ignore[attr-defined]
        row.is_trained = row.book.trained_on is not None  # type: ignore[attr-defined]
        row.is_due = row.book.is_due(on)  # type: ignore[attr-defined]
    if only == "to_train":
        rows = [t for t in rows if not t.is_trained]  # type: ignore[attr-defined]
    elif only == "to_refresh":
        rows = [t for t in rows if t.book.due_on and (t.book.due_on - on).days <= 365]  # type: ignore[attr-defined]
    kind = Look.Kind.EXPORT if exported else Look.Kind.LIST
    audit.look(kind, rows, by=access, place="training:tutors", subject_type="hosts.companytutor")
    return sorted(rows, key=lambda t: (t.is_trained, t.book.due_on or on))  # type: ignore[attr-defined]


# --- One tutor


@dataclass(frozen=True)
class Passport:
    """The training of one person, wherever they work: the book, the certificates with their addresses, the engagements."""

    tutor: CompanyTutor
    book: Book
    engagements: list[Engagement]
    papers: dict[int, Document]  # enrolment → its certificate, when ready
    codes: dict[int, str]  # document → its public code
    document: Document | None  # the passport's own latest paper

    @property
    def rows(self) -> list["Followed"]:
        """The courses with their papers, oldest first."""
        return [_followed(row, self) for row in self.book.rows]


@dataclass(frozen=True)
class Followed:
    """One course of a passport, ours or recognised."""

    title: str
    kind: str
    minutes: int
    completed_on: date
    recognised: bool
    issuer: str = ""
    paper: Document | None = None
    code: str = ""


def _followed(row: Any, passport: Passport) -> Followed:
    if isinstance(row, Recognition):
        return Followed(row.title, row.get_kind_display(), row.minutes, row.completed_on, True, row.issuer)
    paper, course = passport.papers.get(row.pk), row.edition.course
    code = passport.codes.get(paper.pk, "") if paper else ""
    return Followed(course.title, str(course.kind_words), row.minutes, row.completed_on, False, "", paper, code)


PASSPORT = "training.passport"


def passport_of(access: Access, tutor: CompanyTutor, on: date) -> Passport:
    """What the passport of a tutor says on a day. Asked in the network's scope: engagements elsewhere are part of it."""
    book = books(access, [tutor.pk], on, common_rules(access.network_id, on))[tutor.pk]
    enrolled = [row.pk for row in book.rows if isinstance(row, Enrolment)]
    papers = {d.subject_id: d for d in certificates(access).filter(subject_id__in=enrolled).order_by("id").defer("context")}
    own = Document.objects.filter(network_id=access.network_id, kind=PASSPORT, subject_type="hosts.companytutor", subject_id=tutor.pk)
    codes = Verification.objects.filter(document_id__in=[d.pk for d in papers.values()])
    engagements = (
        Engagement.objects.filter(network_id=access.network_id, tutor=tutor).select_related("company").order_by("-valid_from", "-id")
    )
    return Passport(
        tutor,
        book,
        list(engagements),
        papers,
        dict(codes.values_list("document_id", "code")),
        own.order_by("-id").defer("context").first(),
    )


def tutor_page(access: Access, public_id: UUID, on: date) -> Passport:
    """The office's page of one tutor's training; 404 out of reach. The look is logged."""
    tutor = tutor_for(access, public_id)
    audit.look(Look.Kind.DETAIL, tutor, by=access, place="training:tutor")
    return passport_of(access, tutor, on)


def refused_mail_of(access: Access, tutor: CompanyTutor) -> Message | None:
    """The last mail that the office sent to a tutor, where it came back. One query; none for who acts in no Ambito."""
    if access.ambito_id is None:
        return None
    return next(iter(refused_addresses([tutor.email], ambito_id=access.ambito_id).values()), None)


def recognitions_of(access: Access, tutor: CompanyTutor) -> QuerySet[Recognition]:
    return Recognition.objects.filter(network_id=access.network_id, tutor=tutor).order_by("-completed_on", "-id")


def recognition_for(access: Access, public_id: UUID) -> Recognition:
    rows = Recognition.objects.filter(Q(withdrawn_at=None), network_id=access.network_id)
    return get_object_or_404(rows.select_related("tutor"), public_id=public_id)


def attended_by(access: Access, tutor_ids: Iterable[int]) -> QuerySet[Enrolment]:
    """The courses of these tutors, those to come and those done, the last first; who missed one or gave it up is left out."""
    rows = Enrolment.objects.filter(network_id=access.network_id, tutor_id__in=list(tutor_ids))
    rows = rows.exclude(state__in=(EnrolmentState.ABSENT, EnrolmentState.WITHDRAWN))
    return rows.select_related("tutor", "edition__course").order_by("tutor__last_name", "-id")
