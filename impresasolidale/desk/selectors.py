"""Reads for the pages that show more than two rooms."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext

from certification.models import Certificate
from companies.hosts.models import Company, CompanyTutor, Contact
from companies.hosts.selectors import tutors_of
from companies.training.selectors import trained_tutor_ids
from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import CaseRole
from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core import audit, mutes, todos
from impresasolidale.core.health import GOOD, Check, checks
from impresasolidale.core.lookups import found
from impresasolidale.core.messages import PERSONAL, next_states, refused_addresses
from impresasolidale.core.models import Document, Job, Look, Message, Mute, Todo
from impresasolidale.core.periods import in_force
from impresasolidale.treasury.services import alarms
from placements.agreements.caps import CapMeter
from placements.agreements.documents import KINDS
from placements.agreements.enums import PlacementState
from placements.agreements.models import FrameworkAgreement, Placement
from placements.agreements.selectors import NEWEST_START, agreements_of, placements_list
from placements.agreements.start_selectors import cap_meter
from placements.attendance.easy_folder import FOLDER, TOLD
from placements.attendance.models import Timesheet
from placements.beneficiaries.enums import CareRole
from placements.beneficiaries.models import Beneficiary, CareMember, Representative, StatusEvidence
from placements.matching.models import TrialVisit
from placements.monitoring.documents.closing import REPORT as FINAL_REPORT
from placements.monitoring.evaluation_documents import EASY as EVALUATIONS_EASY
from placements.monitoring.evaluation_documents import OFFICE as EVALUATIONS
from placements.monitoring.evaluation_documents import SHEET as EVALUATION_SHEET
from placements.monitoring.models import Evaluation, FollowUp, PlacementEvent, Talk, Visit, VisitDecision
from solidarity_fund.models import BenefitRequest
from solidarity_fund.selectors.requests import requests_of

from .todo_kinds import button_of, kinds_by_right

PAGE = 50
MOST_LETTERS = 200  # listed, and printed in one file
LETTERS_JOB = "desk.print_letters"


# How a to-do's subject leads to the person and to the placement it is about; a kind not listed is about nobody.
PERSON_OF: dict[str, tuple[type[models.Model], str]] = {
    "beneficiaries.beneficiary": (Beneficiary, "pk"),
    "beneficiaries.representative": (Representative, "beneficiary_id"),
    "beneficiaries.statusevidence": (StatusEvidence, "beneficiary_id"),
    "agreements.placement": (Placement, "beneficiary_id"),
    "matching.trialvisit": (TrialVisit, "proposal__beneficiary_id"),
    "attendance.timesheet": (Timesheet, "placement__beneficiary_id"),
    "monitoring.visit": (Visit, "placement__beneficiary_id"),
    "monitoring.visitdecision": (VisitDecision, "placement__beneficiary_id"),
    "monitoring.placementevent": (PlacementEvent, "placement__beneficiary_id"),
    "monitoring.followup": (FollowUp, "placement__beneficiary_id"),
    "monitoring.talk": (Talk, "placement__beneficiary_id"),
    "solidarity_fund.benefitrequest": (BenefitRequest, "beneficiary_id"),
    "monitoring.evaluation": (Evaluation, "placement__beneficiary_id"),
}
PLACEMENT_OF: dict[str, str] = {
    "agreements.placement": "pk",
    "attendance.timesheet": "placement_id",
    "monitoring.visit": "placement_id",
    "monitoring.visitdecision": "placement_id",
    "monitoring.placementevent": "placement_id",
    "monitoring.followup": "placement_id",
    "monitoring.talk": "placement_id",
    "solidarity_fund.benefitrequest": "placement_id",
    "monitoring.evaluation": "placement_id",
}
# Where each role on a case is written: the care team, or a field of the placement that leads to a user.
CARE_ROLES: dict[str, str] = {CaseRole.REFERENT: CareRole.REFERENT, CaseRole.EDUCATOR: CareRole.EDUCATOR}
TUTORS: dict[str, str] = {CaseRole.PROMOTER_TUTOR: "promoter_tutor_id", CaseRole.COMPANY_TUTOR: "company_tutor__user_id"}
NOBODY = Cast(Value(None), models.BigIntegerField())


@dataclass(frozen=True)
class Inbox:
    """What waits: for me, about the people I follow or about nobody in particular; and about those a colleague follows."""

    mine: list[Todo]
    others: list[Todo]


def inbox(access: Access, today: date) -> Inbox:
    """What waits for this user here, what cannot wait first, then by due date: by the roles held in the office and on the cases, without
    what is muted.

    A to-do for a role on the case goes to who holds it today; any other about a person goes first to who follows her.
    """
    rows = list(
        todos.waiting_in(access).filter(wanted_by(access, today) & ~muted_in(access.ambiti, today)).order_by(*todos.by_weight(today))[:PAGE]
    )
    cases = _cases(rows)
    people = {case.person for case in cases.values()}
    team = list(
        CareMember.objects.filter(in_force(today), beneficiary_id__in=people).values_list("beneficiary_id", "user_id", "role")
        if people
        else ()
    )
    followed_by_me = {person for person, user, _role in team if user == access.actor_id}
    followed = {person for person, _worker, _role in team}
    mine: list[Todo] = []
    others: list[Todo] = []
    for row in rows:
        row.button = button_of(row.kind)  # type: ignore[attr-defined]
        case = cases.get((row.subject_type, row.subject_id))
        holders = _holders(row, case, team)
        if holders:
            is_mine = access.actor_id in holders
        else:  # who follows nobody here does the office's work for all
            is_mine = case is None or not followed_by_me or case.person in followed_by_me or case.person not in followed
        (mine if is_mine else others).append(row)
    return Inbox(mine, others)


class Case(NamedTuple):
    """The person a to-do is about, and the tutors of its placement (a role on the case → user)."""

    person: int
    tutors: Mapping[str, int | None]


def _cases(rows: Collection[Todo]) -> dict[tuple[str, int], Case]:
    """The case of each to-do that has one: one statement, however many kinds of subject there are among them."""
    parts: list[QuerySet[Any]] = []
    for label, (model, person) in PERSON_OF.items():
        if ids := [row.subject_id for row in rows if row.subject_type == label]:
            users = {f"{role}_user": F(_through(label, path)) if label in PLACEMENT_OF else NOBODY for role, path in TUTORS.items()}
            subjects = model._default_manager.filter(pk__in=ids).order_by()
            parts.append(
                subjects.annotate(case_of=Value(label), case_person=F(person), **users).values_list("case_of", "pk", "case_person", *users)
            )
    if not parts:
        return {}
    values = parts[0].union(*parts[1:], all=True)
    return {(label, pk): Case(who, dict(zip(TUTORS, users, strict=True))) for label, pk, who, *users in values}


def _through(label: str, path: str) -> str:
    """A field of the placement as seen from a subject of this kind."""
    return path if PLACEMENT_OF[label] == "pk" else f"placement__{path}"


def _holders(row: Todo, case: Case | None, team: Collection[tuple[int, int, str]]) -> set[int]:
    """Who holds the to-do's role on its case today; nobody when it names none."""
    if case is None or not row.case_role:
        return set()
    if row.case_role in CARE_ROLES:
        return {user for person, user, role in team if person == case.person and role == CARE_ROLES[row.case_role]}
    return {user for user in [case.tutors.get(row.case_role)] if user}


def wanted_by(access: Access, today: date) -> Q:
    """To-dos of this user's roles, and of kinds that ask for a right of theirs; of a company's, which are roles on a case alone, those
    that name them."""
    wanted = _meant_for(access, today)
    return wanted if access.companies is not None else wanted | Q(role__in=sorted(access.roles)) | Q(kind__in=kinds_by_right(access))


def _meant_for(access: Access, today: date) -> Q:
    """To-dos that name a role this user holds on their case."""
    wanted = Q(pk=None)
    cared = CareMember.objects.filter(in_force(today), user=access.actor)
    for label, (model, person) in PERSON_OF.items():
        rows = model._default_manager
        for case_role, care_role in CARE_ROLES.items():
            mine = rows.filter(**{f"{person}__in": cared.filter(role=care_role).values("beneficiary_id")})
            wanted |= Q(case_role=case_role, subject_type=label, subject_id__in=mine.values("pk"))
        for case_role, path in TUTORS.items() if label in PLACEMENT_OF else ():
            mine = rows.filter(**{_through(label, path): access.actor_id})
            wanted |= Q(case_role=case_role, subject_type=label, subject_id__in=mine.values("pk"))
    return wanted


def muted_in(ambiti: Collection[int], today: date) -> Q:
    """To-dos about a person or a placement whose reminders are kept quiet; the mandatory ones stay."""
    quiet: dict[str, list[int]] = {}
    rows = mutes.in_force(ambiti=ambiti, today=today).values_list("subject_type", "subject_id")
    for label, pk in rows:
        quiet.setdefault(label, []).append(pk)
    muted = Q(pk=None)
    for label, (model, person) in PERSON_OF.items() if quiet else ():
        about = Q(**{f"{person}__in": quiet.get("beneficiaries.beneficiary", [])})
        if label in PLACEMENT_OF:
            about |= Q(**{f"{PLACEMENT_OF[label]}__in": quiet.get("agreements.placement", [])})
        muted |= Q(subject_type=label, subject_id__in=model._default_manager.filter(about).values("pk"))
    return muted & Q(is_mandatory=False)


def mute_of(subject: Any, today: date) -> Mute | None:
    """The mute in force on a person or a placement."""
    return (
        mutes.in_force(ambiti=[subject.ambito_id], today=today).filter(subject_type=audit.type_of(subject), subject_id=subject.pk).first()
    )


def mutes_list(access: Access, today: date) -> QuerySet[Mute]:
    """The mutes in force in the active Ambito, with who set them."""
    return mutes.in_force(ambiti=[access.ambito_id], today=today).select_related("created_by")


def with_subjects(access: Access, rows: Collection[Mute]) -> list[Any]:
    """Each mute says the person it is about (`person`) and, when it is about one placement, that (`placement`). The look is logged."""
    people = Beneficiary.objects.filter(ambito_id=access.ambito_id).in_bulk(
        [m.subject_id for m in rows if m.subject_type == "beneficiaries.beneficiary"]
    )
    placements = (
        Placement.objects.filter(ambito_id=access.ambito_id)
        .select_related("beneficiary", "company")
        .in_bulk([m.subject_id for m in rows if m.subject_type == "agreements.placement"])
    )
    found: list[Any] = list(rows)
    for row in found:
        row.placement = placements.get(row.subject_id) if row.subject_type == "agreements.placement" else None
        row.person = row.placement.beneficiary if row.placement else people.get(row.subject_id)
    audit.look(Look.Kind.LIST, [row.person for row in found if row.person], by=access, place="desk:mutes")
    return found


def mute_for(access: Access, public_id: UUID) -> Mute:
    return get_object_or_404(Mute, ambito_id=access.ambito_id, public_id=public_id)


def papers_to_register(access: Access, *, kind: str = "", state: str = "") -> QuerySet[Document]:
    """The papers of this Ambito that have no number of its register yet, without what they say; those that were replaced need none."""
    newer = found(Document.objects.filter(supersedes=OuterRef("pk")))
    rows = Document.objects.filter(ambito_id=access.ambito_id, protocol_number="").alias(newer=newer).filter(newer=None).defer("context")
    if kind:
        rows = rows.filter(kind=kind)
    return rows.filter(register_state=state) if state else rows


def paper_to_register(access: Access, public_id: UUID) -> Document:
    """One of them; 404 for any other."""
    return get_object_or_404(papers_to_register(access), public_id=public_id)


# Papers that say how somebody is: the register gets their kind, number and day; what they say is for who follows the person.
INSIDE: dict[str, P] = {
    EVALUATIONS: P.KEEP_EVALUATIONS,
    EVALUATIONS_EASY: P.KEEP_EVALUATIONS,
    EVALUATION_SHEET: P.KEEP_EVALUATIONS,
    FINAL_REPORT: P.FOLLOW_VISITS,
    "privacy.copy": P.SEE_ACCESS_LOG,  # everything about one person: a paper of a room beside this one
}


def may_look_inside(access: Access, paper: Document) -> bool:
    return paper.kind not in INSIDE or access.may(INSIDE[paper.kind])


def kinds_to_register(access: Access) -> list[tuple[str, str]]:
    """(kind, its name) of the papers that wait for a number."""
    rows = papers_to_register(access).order_by("kind_label", "kind").values_list("kind", "kind_label").distinct()
    return [(kind, gettext(label)) for kind, label in rows]


def kinds_issued(access: Access) -> list[tuple[str, str]]:
    """(kind, its name) of the papers this Ambito has made; a name that changed counts once."""
    rows = Document.objects.filter(ambito_id=access.ambito_id).order_by("kind", "kind_label").values_list("kind", "kind_label").distinct()
    return [(kind, gettext(label)) for kind, label in dict(rows).items()]


def papers_chosen(access: Access, public_ids: Collection[UUID]) -> list[Document]:
    """Those of these papers that wait for a number here, oldest first."""
    return list(papers_to_register(access).filter(public_id__in=public_ids).order_by("id"))


def message_for(access: Access, public_id: UUID) -> Message:
    return get_object_or_404(Message, ambito_id=access.ambito_id, public_id=public_id)


def letters_to_post(access: Access) -> list[Message]:
    """The letters of this Ambito that nobody posted yet, oldest first."""
    rows = Message.objects.filter(ambito_id=access.ambito_id, channel=Message.Channel.LETTER, state=Message.State.QUEUED)
    return list(rows.order_by("id")[:MOST_LETTERS])


def printed_letters(access: Access, public_id: UUID) -> tuple[Job, str, list[Message]]:
    """A file of letters that this user ordered here, its stored name, and what is in it. Raises Http404 for anybody else's, and once it
    was forgotten."""
    job = get_object_or_404(
        Job, public_id=public_id, name=LETTERS_JOB, actor_id=access.actor_id, ambito_id=access.ambito_id, state=Job.State.DONE
    )
    name = (job.result or {}).get("file", "")
    if not name:
        raise Http404
    return job, name, list(Message.objects.filter(ambito_id=access.ambito_id, pk__in=job.arguments["letter_ids"]).order_by("id"))


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
    """What the other rooms know of a person; a part the role may not open is None. `caps`: None too for a role without placements."""

    caps: CapMeter | None
    placements: list[Placement] | None
    documents: list[Document] | None
    requests: list[BenefitRequest] | None
    refused: Message | None = None  # the last mail to her address, where it came back

    @property
    def easy(self) -> Placement | None:
        """The last placement that has a project to tell of in easy words."""
        return next((p for p in self.placements or () if p.state in TOLD), None)


def person_rooms(access: Access, person: Beneficiary, today: date) -> PersonRooms:
    """Placements (with the start light's `has_red`), their papers and the requests to the fund, newest first. The looks are logged."""
    caps = placements = documents = requests = None
    if access.may(P.SEE_PLACEMENTS):
        placements = list(placements_list(access, today=today, beneficiary=person).order_by(*NEWEST_START)[:PAGE])
        audit.look(Look.Kind.LIST, placements, by=access, place="desk:person")
        caps = cap_meter(access, person, today=today, placements=placements)
        documents = papers_about(access, placements)
        audit.look(Look.Kind.LIST, documents, by=access, place="desk:person")
    if access.may(P.SEE_FUND):
        requests = requests_of(access, person)
        audit.look(Look.Kind.LIST, requests, by=access, place="desk:person")
    refused = refused_addresses([person.email], ambito_id=access.ambito_id)
    return PersonRooms(caps, placements, documents, requests, next(iter(refused.values()), None))


def papers_about(access: Access, placements: Collection[Placement]) -> list[Document]:
    """The papers of these placements, newest first, without what they say."""
    rows = Document.objects.filter(
        ambito_id=access.ambito_id,
        kind__in=(*KINDS, FOLDER),
        subject_type=Placement._meta.label_lower,
        subject_id__in=[placement.pk for placement in placements],
    )
    return list(rows.defer("context").order_by("-id")[:PAGE])


class Refused(NamedTuple):
    """An address our last mail came back from: whose, the mail, where it is corrected."""

    who: str
    message: Message
    url: str


@dataclass(frozen=True)
class CompanyRooms:
    """What the other rooms know of a company; a part the role may not open is None."""

    placements: list[Placement] | None
    agreements: list[FrameworkAgreement] | None
    tutors: list[CompanyTutor] | None
    certificates: list[Certificate] | None
    refused: list[Refused] = field(default_factory=list)


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
    return CompanyRooms(placements, agreements, tutors, certificates, refused_of(access, company, tutors or [], today))


def refused_of(access: Access, company: Company, tutors: Collection[CompanyTutor], today: date) -> list[Refused]:
    """Addresses of the company, of its contacts and tutors to which our last mail came back, each with where it is put right."""
    edit = [company.public_id]
    known: list[tuple[str, str, str]] = [(company.email, company.name, reverse("hosts:edit", args=edit))]
    contacts = Contact.objects.filter(in_force(today), company=company).order_by("pk") if access.may(P.SEE_COMPANIES) else []
    known += [(c.email, str(c), reverse("hosts:edit_contact", args=[*edit, c.public_id])) for c in contacts]
    known += [(t.email, str(t), reverse("hosts:edit_tutor", args=[*edit, t.public_id])) for t in tutors]
    found = refused_addresses([address for address, _who, _url in known], ambito_id=access.ambito_id)
    return [Refused(who, found[address.lower()], url) for address, who, url in known if address.lower() in found]


def with_training(access: Access, company: Company, today: date) -> list[CompanyTutor]:
    """Today's tutors of a company; each says `is_trained` (rule 91)."""
    tutors: list[Any] = list(tutors_of(access, company, today))
    trained = trained_tutor_ids(access, [tutor.pk for tutor in tutors], today)
    for tutor in tutors:
        tutor.is_trained = tutor.pk in trained
    return tutors


def certificates_of(access: Access, company: Company) -> list[Certificate]:
    return list(Certificate.objects.filter(network_id=access.network_id, company=company).order_by("-id")[:PAGE])


def messages_sent(access: Access) -> list[Message]:
    """The latest messages of this Ambito, for the in-app outbox; each says whether its delivery `may_be_noted`.

    A link to choose a password is its addressee's alone: with it a colleague would sign in as the second key. The demo, which
    has no mail, shows it.
    """
    found: list[Any] = list(Message.objects.filter(ambito_id=access.ambito_id).order_by("-id")[:PAGE])
    for message in found:
        message.may_be_noted = bool(next_states(message))
        if message.is_personal and not settings.DEMO:
            message.body = str(PERSONAL)
    return found


@dataclass(frozen=True)
class Health:
    """`differences`: how many rows or balances the nightly counts found in disagreement, and nobody has put right."""

    checks: list[Check]
    differences: int

    @property
    def to_mend(self) -> int:
        return sum(check.tone != GOOD for check in self.checks)


def health(*, now: datetime) -> Health:
    """Figures for the technician, of the whole network; no personal data."""
    return Health(checks(now), alarms.open_differences())
