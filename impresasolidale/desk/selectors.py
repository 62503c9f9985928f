"""Reads for the pages that show more than two rooms."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from certification.models import Certificate
from companies.hosts.models import Company, CompanyTutor
from companies.hosts.selectors import tutors_of
from companies.training.selectors import trained_tutor_ids
from impresasolidale.accounts.access import Access
from impresasolidale.accounts.models import User
from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core import audit, todos
from impresasolidale.core.messages import PERSONAL
from impresasolidale.core.models import Document, Heartbeat, Job, Look, Message, Todo
from impresasolidale.core.names import best_named
from impresasolidale.core.periods import in_force
from impresasolidale.territory.selectors import name_key
from placements.agreements.documents import KINDS
from placements.agreements.enums import PlacementState
from placements.agreements.models import FrameworkAgreement, Placement
from placements.agreements.selectors import NEWEST_START, agreements_of, entrusted_to, placements_list
from placements.attendance.models import Timesheet
from placements.attendance.selectors import short_name
from placements.beneficiaries.models import Beneficiary, CareMember
from solidarity_fund.models import BenefitRequest
from solidarity_fund.selectors import requests_of

PAGE = 50


# How a to-do's subject leads to the person it is about; a kind not listed is about nobody.
PERSON_OF: dict[str, tuple[type[models.Model], str]] = {
    "beneficiaries.beneficiary": (Beneficiary, "pk"),
    "agreements.placement": (Placement, "beneficiary_id"),
    "attendance.timesheet": (Timesheet, "placement__beneficiary_id"),
    "solidarity_fund.benefitrequest": (BenefitRequest, "beneficiary_id"),
}


@dataclass(frozen=True)
class Inbox:
    """What waits: about the people I follow (or about nobody in particular), and about those a colleague follows."""

    mine: list[Todo]
    others: list[Todo]


def inbox(access: Access, today: date) -> Inbox:
    """What waits for the roles this user holds here, by due date; a to-do on a person goes first to who follows her."""
    rows = list(todos.open_for(access, sorted(access.roles))[:PAGE])
    person: dict[tuple[str, int], int] = {}
    for label, (model, path) in PERSON_OF.items():
        ids = [row.subject_id for row in rows if row.subject_type == label]
        if ids:
            found = model._default_manager.filter(pk__in=ids).values_list("pk", path)
            person.update({(label, pk): person_id for pk, person_id in found})
    team = CareMember.objects.filter(in_force(today), beneficiary_id__in=set(person.values())).values_list("beneficiary_id", "user_id")
    followed_by_me = {beneficiary for beneficiary, user in team if user == access.actor_id}
    followed = {beneficiary for beneficiary, _worker in team}
    mine: list[Todo] = []
    others: list[Todo] = []
    for row in rows:
        about = person.get((row.subject_type, row.subject_id))
        (mine if about is None or about in followed_by_me or about not in followed else others).append(row)
    return Inbox(mine, others) if followed_by_me else Inbox(rows, [])


def my_people(access: Access, today: date) -> list[Beneficiary]:
    """The people in whose care team the user is today, with the latest placement's state (`placement_state`, `placement_label`)."""
    latest = Placement.objects.filter(beneficiary=models.OuterRef("pk")).order_by("-starts_on", "-id")
    people: list[Any] = list(
        Beneficiary.objects.filter(
            in_force(today, through="care_team__"), ambito_id=access.ambito_id, care_team__user=access.actor, merged_into=None
        )
        .annotate(placement_state=models.Subquery(latest.values("state")[:1]), placement_id=models.Subquery(latest.values("public_id")[:1]))
        .distinct()
        .order_by("search_key", "id")[:PAGE]
    )
    for person in people:
        person.placement_label = PlacementState(person.placement_state).label if person.placement_state else ""
    return people


@dataclass(frozen=True)
class PersonRooms:
    """What the other rooms know of a person; a part the role may not open is None."""

    placements: list[Placement] | None
    documents: list[Document] | None
    requests: list[BenefitRequest] | None


def person_rooms(access: Access, person: Beneficiary, today: date) -> PersonRooms:
    """Placements (with the start light's `has_red`), their papers and the requests to the fund, newest first. The looks are logged."""
    placements = documents = requests = None
    if access.may(P.SEE_PLACEMENTS):
        placements = list(placements_list(access, today=today, beneficiary=person).order_by(*NEWEST_START)[:PAGE])
        audit.look(Look.Kind.LIST, placements, by=access, place="desk:person")
        documents = papers_about(access, placements)
        audit.look(Look.Kind.LIST, documents, by=access, place="desk:person")
    if access.may(P.SEE_FUND):
        requests = requests_of(access, person)
        audit.look(Look.Kind.LIST, requests, by=access, place="desk:person")
    return PersonRooms(placements, documents, requests)


def papers_about(access: Access, placements: Collection[Placement]) -> list[Document]:
    """The papers of these placements, newest first, without what they say."""
    rows = Document.objects.filter(
        ambito_id=access.ambito_id,
        kind__in=KINDS,
        subject_type=Placement._meta.label_lower,
        subject_id__in=[placement.pk for placement in placements],
    )
    return list(rows.defer("context").order_by("-id")[:PAGE])


@dataclass(frozen=True)
class CompanyRooms:
    """What the other rooms know of a company; a part the role may not open is None."""

    placements: list[Placement] | None
    agreements: list[FrameworkAgreement] | None
    tutors: list[CompanyTutor] | None
    certificates: list[Certificate] | None


def company_rooms(access: Access, company: Company, today: date) -> CompanyRooms:
    """Placements and agreements of the active Ambito, today's tutors (each says `is_trained`), the network's certificates."""
    placements = agreements = tutors = certificates = None
    if access.may(P.SEE_PLACEMENTS):
        placements = list(placements_list(access, today=today).filter(company=company).order_by(*NEWEST_START)[:PAGE])
        agreements = list(agreements_of(access, company))
        audit.look(Look.Kind.LIST, placements, by=access, place="desk:company")
    if access.may(P.SEE_TRAINING):
        tutors = with_training(access, company, today)
    if access.may(P.SEE_CERTIFICATES):
        certificates = certificates_of(access, company)
    return CompanyRooms(placements, agreements, tutors, certificates)


def with_training(access: Access, company: Company, today: date) -> list[CompanyTutor]:
    """Today's tutors of a company; each says `is_trained` (rule 91)."""
    tutors: list[Any] = list(tutors_of(access, company, today))
    trained = trained_tutor_ids(access, [tutor.pk for tutor in tutors], today)
    for tutor in tutors:
        tutor.is_trained = tutor.pk in trained
    return tutors


def certificates_of(access: Access, company: Company) -> list[Certificate]:
    return list(Certificate.objects.filter(network_id=access.network_id, company=company).order_by("-id")[:PAGE])


@dataclass(frozen=True)
class OurCompany:
    """The page of a company's contact."""

    company: Company
    placements: list[Placement]
    tutors: list[CompanyTutor]
    certificates: list[Certificate]


def our_company(access: Access, today: date) -> OurCompany:
    """The company of who is signed in: who is in placement there (each has `short_name`), tutors, certificates. The looks are logged."""
    company = get_object_or_404(Company, network_id=access.network_id, pk=access.company_id)
    placements: list[Any] = list(entrusted_to(access).select_related("company_tutor"))
    for placement in placements:
        placement.short_name = short_name(placement.beneficiary.first_name, placement.beneficiary.last_name)
    audit.look(Look.Kind.LIST, placements, by=access, place="desk:our_company")
    return OurCompany(company, placements, with_training(access, company, today), certificates_of(access, company))


@dataclass(frozen=True)
class Found:
    people: list[Beneficiary]
    companies: list[Company]


def search(access: Access, text: str) -> Found:
    """People and companies whose name resembles `text`, typos forgiven; only those the role may open."""
    key = name_key(text)
    people: list[Beneficiary] = []
    companies: list[Company] = []
    if access.may(P.SEE_PEOPLE):
        rows = Beneficiary.objects.filter(ambito_id=access.ambito_id, merged_into=None)
        if access.comuni is not None:
            rows = rows.filter(residence_id__in=access.comuni)
        people = best_named(rows, key, most=20)
    if access.may(P.SEE_COMPANIES):
        companies = best_named(Company.objects.filter(network_id=access.network_id, merged_into=None), key, most=20)
    return Found(people, companies)


def messages_sent(access: Access) -> list[Message]:
    """The latest messages of this Ambito, for the in-app outbox.

    A link to choose a password is its addressee's alone: with it a colleague would sign in as the second key. The demo, which
    has no mail, shows it.
    """
    found = list(Message.objects.filter(ambito_id=access.ambito_id).order_by("-id")[:PAGE])
    for message in found:
        if message.is_personal and not settings.DEMO:
            message.body = str(PERSONAL)
    return found


# The first half of a page's name, in words.
ROOMS = {
    "accounts": _("Accesso"),
    "agreements": _("Tirocini"),
    "attendance": _("Presenze"),
    "beneficiaries": _("Persone"),
    "certification": _("Riconoscimenti"),
    "desk": _("Scrivania"),
    "hosts": _("Imprese"),
    "reports": _("Rapporti"),
    "solidarity_fund": _("Fondo"),
    "training": _("Formazione"),
}


def looks(access: Access) -> list[tuple[Any, User | None]]:
    """Who looked at what lately, for the data protection officer; each look says its `room` in words."""
    mine = models.Q(ambito_id=access.ambito_id) | models.Q(network_id=access.network_id)
    rows: list[Any] = list(Look.objects.filter(mine).order_by("-id")[:200])
    names = User.objects.in_bulk({row.actor_id for row in rows if row.actor_id})
    for row in rows:
        row.room = ROOMS.get(row.place.split(":")[0], "")
    return [(row, names.get(row.actor_id)) for row in rows]


@dataclass(frozen=True)
class Health:
    beats: list[Heartbeat]
    waiting: int
    failed: int


def health() -> Health:
    """Figures for the technician; no personal data."""
    counts = dict(Job.objects.filter(state__in=["queued", "running", "failed"]).values_list("state").annotate(n=models.Count("id")))
    return Health(list(Heartbeat.objects.order_by("name")), counts.get("queued", 0) + counts.get("running", 0), counts.get("failed", 0))
