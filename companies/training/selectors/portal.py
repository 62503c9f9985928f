"""What a tutor sees of the own training, from the telephone. The tutor's scope holds the own rows; seats are counted in the network's."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.http import Http404
from django.urls import reverse

from companies.hosts.models import CompanyTutor
from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Role
from impresasolidale.core import audit
from impresasolidale.core.models import Document, Look
from impresasolidale.core.scope import Scope, scope
from impresasolidale.territory.selectors import common_rules

from ..enums import CourseKind, EnrolmentState
from ..models import Course, Edition, Enrolment, Material, Session
from ..rules import Meeting, last_day_to_withdraw
from . import people
from .editions import GONE, meetings_of, with_seats
from .extras import materials_of

AHEAD = 20  # editions offered at once


@contextmanager
def network_scope(access: Access) -> Iterator[None]:
    """The whole network's rows, with the same actor: to count seats, to move the waiting list, to read one's own papers. An office keeps
    its Ambito, whose mail leaves from here too.

    Whoever opens it has already asked what is one's own; nothing of others leaves it but numbers.
    """
    own = access.ambiti if access.placements is None else frozenset()
    with scope(Scope(networks=frozenset({access.network_id}), ambiti=own, actor_id=access.actor_id)):
        yield


def me(access: Access) -> CompanyTutor | None:
    """The tutor who is signed in, or holds the personal link."""
    rows = CompanyTutor.objects.filter(network_id=access.network_id)
    if access.tutor_id:
        return rows.filter(pk=access.tutor_id).first()
    return rows.filter(user_id=access.actor_id).first() if access.actor_id else None


def _me(access: Access) -> CompanyTutor:
    tutor = me(access)
    if tutor is None:
        raise Http404
    return tutor


def seats_of(access: Access, edition_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Seats left and tutors waiting in each edition: figures of everybody, names of nobody."""
    with network_scope(access):
        rows = with_seats(Edition.objects.filter(network_id=access.network_id, pk__in=edition_ids))
        return {row.pk: (max(row.seats_left, 0), row.waiting) for row in rows}


def places_in_line(access: Access, edition_ids: Sequence[int]) -> dict[int, int]:
    """The place of everybody who waits in these editions, 1 for who is first, by enrolment. One query."""
    with network_scope(access):
        rows = Enrolment.objects.filter(edition__in=edition_ids, state=EnrolmentState.WAITING).order_by("edition", "queued_at", "pk")
        lines = groupby(rows.values_list("edition_id", "pk"), key=lambda row: row[0])
        return {pk: place for _edition, line in lines for place, (_own, pk) in enumerate(line, start=1)}


@dataclass(frozen=True)
class Mine:
    """An edition as its tutor sees it: the own enrolment (None: not in it), the meetings, seats left and tutors waiting."""

    edition: Any
    enrolment: Enrolment | None
    meetings: list[Meeting]
    seats_left: int
    waiting: int
    place: int = 0  # in the waiting list
    withdraw_until: date | None = None
    enrols_alone: bool = True  # rule 91: where the office enrols, only an invitation is answered here

    @property
    def starts_on(self) -> date:
        return self.meetings[0].on

    @property
    def ends_on(self) -> date:
        return self.meetings[-1].on

    def may_enrol(self, now: datetime) -> bool:
        state = self.enrolment.state if self.enrolment else EnrolmentState.WITHDRAWN
        free = state == EnrolmentState.INVITED or (state == EnrolmentState.WITHDRAWN and self.enrols_alone)
        return free and now < self.meetings[0].starts

    def may_withdraw(self, on: date) -> bool:
        if self.enrolment is None:
            return False
        if self.enrolment.state in (EnrolmentState.INVITED, EnrolmentState.WAITING):
            return on <= self.starts_on
        return self.enrolment.state == EnrolmentState.ENROLLED and self.withdraw_until is not None and on <= self.withdraw_until

    @property
    def may_answer(self) -> bool:
        """The questionnaire waits: the attendance is closed, the tutor was there and has not answered."""
        return self.enrolment is not None and self.enrolment.state == EnrolmentState.ATTENDED and self.enrolment.feedback_on is None

    @property
    def sees_materials(self) -> bool:
        return self.enrolment is not None and self.enrolment.state in (EnrolmentState.ENROLLED, EnrolmentState.ATTENDED)


@dataclass(frozen=True)
class MyTraining:
    tutor: CompanyTutor
    book: people.Book
    mine: list[Mine]  # ahead of me: seats, waiting list, invitations
    open: list[Mine]  # editions I may join
    past: list[Mine]


def _mine(access: Access, editions: Sequence[Any], enrolments: dict[int, Enrolment], on: date) -> list[Mine]:
    meetings = meetings_of([e.pk for e in editions])
    seats = seats_of(access, [e.pk for e in editions])
    places = places_in_line(access, list(enrolments))
    rules = common_rules(access.network_id, on)
    found = []
    for edition in editions:
        row = enrolments.get(edition.pk)
        own = meetings.get(edition.pk, [])
        until = last_day_to_withdraw(own[0].on, rules.training_withdrawal_days) if own else None
        place = places.get(row.pk, 0) if row else 0
        found.append(Mine(edition, row, own, *seats.get(edition.pk, (0, 0)), place, until, rules.course_self_enrolment))
    return [m for m in found if m.meetings]


def my_training(access: Access, on: date, now: datetime) -> MyTraining | None:
    """The whole page of a tutor; None for who has the role and is no company's tutor yet. The look is logged."""
    tutor = me(access)
    if tutor is None:
        return None
    enrolments = {
        row.edition_id: row for row in Enrolment.objects.filter(network_id=access.network_id, tutor=tutor).select_related("edition__course")
    }
    with network_scope(access):
        book = people.books(access, [tutor.pk], on, common_rules(access.network_id, on))[tutor.pk]
    ahead = Session.objects.filter(network_id=access.network_id, on__gte=on).values("edition")
    offered = Edition.objects.filter(network_id=access.network_id, pk__in=ahead).exclude(pk__in=enrolments).select_related("course")
    every = _mine(access, [*(e.edition for e in enrolments.values()), *offered.order_by("pk")[:AHEAD]], enrolments, on)
    own, others = [m for m in every if m.enrolment], [m for m in every if not m.enrolment]
    audit.look(Look.Kind.DETAIL, tutor, by=access, place="training:mine")
    live = [m for m in own if m.enrolment and m.enrolment.state not in (*GONE, EnrolmentState.WITHDRAWN) and m.ends_on >= on]
    again = [m for m in own if m.enrolment and m.enrolment.state == EnrolmentState.WITHDRAWN]
    return MyTraining(
        tutor,
        book,
        sorted(live, key=lambda m: m.starts_on),
        sorted((m for m in [*others, *again] if m.may_enrol(now) and _fits(m.edition.course.kind, book)), key=lambda m: m.starts_on),
        sorted((m for m in own if m.enrolment and m.enrolment.state in GONE), key=lambda m: m.starts_on, reverse=True),
    )


def _fits(kind: str, book: people.Book) -> bool:
    """The initial course is for who has not done it; a refresher for who has."""
    if kind == CourseKind.INITIAL:
        return book.trained_on is None
    return kind != CourseKind.REFRESHER or book.trained_on is not None


def my_edition(access: Access, public_id: UUID, on: date) -> tuple[CompanyTutor, Mine, list[Material]]:
    """An edition with what is mine of it; 404 out of reach. Its files are there for who has a seat. The look is logged."""
    tutor = _me(access)
    edition = Edition.objects.filter(network_id=access.network_id, public_id=public_id).select_related("course").first()
    if edition is None:
        raise Http404
    row = Enrolment.objects.filter(network_id=access.network_id, edition=edition, tutor=tutor).first()
    found = _mine(access, [edition], {edition.pk: row} if row else {}, on)
    if not found:
        raise Http404
    audit.look(Look.Kind.DETAIL, edition, by=access, place="training:my_edition")
    return tutor, found[0], list(materials_of(edition)) if found[0].sees_materials else []


def my_passport(access: Access, on: date) -> people.Passport:
    """My courses, my certificates, where I have worked as a tutor. The look is logged."""
    tutor = _me(access)
    audit.look(Look.Kind.DETAIL, tutor, by=access, place="training:my_passport")
    with network_scope(access):
        return people.passport_of(access, tutor, on)


def my_certificate(access: Access, public_id: UUID) -> Document:
    """The certificate of one of my own enrolments, or my passport; 404 otherwise."""
    tutor = _me(access)
    own = Enrolment.objects.filter(network_id=access.network_id, tutor=tutor).values_list("pk", flat=True)
    with network_scope(access):
        row = Document.objects.filter(network_id=access.network_id, public_id=public_id).defer("context").first()
    mine = row and (
        (row.subject_type == "training.enrolment" and row.subject_id in set(own))
        or (row.kind == people.PASSPORT and row.subject_type == "hosts.companytutor" and row.subject_id == tutor.pk)
    )
    if row is None or not mine:
        raise Http404
    return row


def badge_facts(document: Document) -> Enrolment | None:
    """The enrolment whose badge the tutor agreed to make public, for its certificate; None for anything else. In the network's scope."""
    if document.subject_type != "training.enrolment" or document.state != Document.State.READY:
        return None
    rows = Enrolment.objects.filter(pk=document.subject_id, badge_agreed_at__isnull=False, certified_on__isnull=False)
    return rows.select_related("edition__course", "edition__network", "tutor").first()


def course_with_badges(public_id: UUID) -> Course | None:
    """A course with at least one public badge: only then something of it is public. In a visitor's scope."""
    agreed = Enrolment.objects.filter(edition__course=OuterRef("pk"), badge_agreed_at__isnull=False)
    return Course.objects.filter(Exists(agreed), public_id=public_id).select_related("network").first()


def sessions_for_calendar(access: Access, *, since: date) -> list[tuple[Session, str]]:
    """The meetings somebody goes to, each with the address of its page: a tutor's own, and for a trainer all of the network."""
    rows = Session.objects.filter(network_id=access.network_id, on__gte=since).select_related("edition__course").order_by("on", "starts_at")
    if Role.TRAINER in access.roles:
        return [(row, reverse("training:detail", args=[row.edition.public_id])) for row in rows]
    tutor = me(access) if access.companies is not None else None
    if tutor is None:
        return []
    own = Enrolment.objects.filter(tutor=tutor, state__in=[EnrolmentState.ENROLLED, EnrolmentState.ATTENDED])
    mine = rows.filter(edition__in=own.values("edition"))
    return [(row, reverse("courses:edition", args=[row.edition.public_id])) for row in mine]
