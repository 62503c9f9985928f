"""Reads about signing: the door of a personal link, a paper's round of signatures, papers that wait, powers, what the public may know."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.shortcuts import get_object_or_404

from companies.hosts.models import Company
from companies.hosts.selectors import companies_for_choice
from impresasolidale.accounts.access import Access
from impresasolidale.core import audit
from impresasolidale.core.keyset import Slice, page_of
from impresasolidale.core.lookups import AnyOf
from impresasolidale.core.models import Document, Look, Message
from impresasolidale.core.scope import scope
from impresasolidale.territory.models import Ambito, Body
from impresasolidale.territory.rules import Rules
from impresasolidale.territory.selectors import lead_body, name_key

from . import documents, selectors, signing_rules
from .enums import WAITING, AgreementState, PlacementState, ProjectState, RequestState, SignatureLevel, SignatureMethod, SignerRole
from .models import FrameworkAgreement, PersonalProject, Placement, Signature, SignatureRequest, SigningPower
from .services import requests
from .services.requests import Subject

DEAD = (PlacementState.CANCELLED, PlacementState.WITHDRAWN, PlacementState.REJECTED, PlacementState.EXPIRED)


# --- Personal links


@dataclass(frozen=True)
class Door:
    """Where a link leads, and the Access of who holds it."""

    request_id: int
    access: Access


def door_of(token_hash: str) -> Door | None:
    """The one request a link belongs to, found before any scope exists; None when there is none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT request_id, document_id, ambito_id, network_id FROM agreements_signing_link(%s)", [token_hash])
        found = cursor.fetchone()
    if found is None:
        return None
    request_id, document_id, ambito_id, network_id = found
    return Door(request_id, Access.link(network_id=network_id, ambito_id=ambito_id, paper_id=document_id))


def request_behind(door: Door) -> SignatureRequest:
    """The request with its paper, read in the scope of who holds the link."""
    return SignatureRequest.objects.select_related("document", "power").get(pk=door.request_id)


def is_replaced(request: SignatureRequest) -> SignatureRequest | None:
    """The request of the same party on the version that came after this one, if it was asked already."""
    with scope(_office_of(request).scope):
        later: Document | None = request.document
        found = None
        while later := Document.objects.filter(supersedes=later).first():
            row = SignatureRequest.objects.filter(document=later, role=request.role).exclude(state=RequestState.CANCELLED).first()
            found = row or found
        return found


def is_shut(request: SignatureRequest) -> bool:
    """Whether who holds the link may not read the paper, and so does not sign it (`requests.is_shut`)."""
    with scope(_office_of(request).scope):
        return requests.is_shut(request.document, request.role)


def paper_behind(request: SignatureRequest) -> Document:
    """The paper to read before one signs it. Raises PermissionDenied where it `is_shut`."""
    if is_shut(request):
        raise PermissionDenied(selectors.PROTECTED)
    return request.document


def _office_of(request: SignatureRequest) -> Access:
    network_id = Ambito.objects.values_list("network_id", flat=True).get(pk=request.ambito_id)
    return Access.system(network_id=network_id, ambito_id=request.ambito_id, reason="personal link")


# --- One paper


@dataclass(frozen=True)
class PartyRow:
    """One party of a paper: what it has to do, what was asked, what became of it."""

    role: str
    role_words: str
    name: str
    signature: Signature | None
    request: SignatureRequest | None
    message: Message | None
    again_at: datetime | None  # from when the link may be sent again
    is_shut: bool  # it may not read the paper any more

    @property
    def state(self) -> str:
        return "signed" if self.signature else self.request.state if self.request else ""

    @property
    def method(self) -> str:
        return str(self.signature.get_method_display()) if self.signature else ""


@dataclass(frozen=True)
class Round:
    """A paper's signatures, party by party; `copy` is the signed copy once it is complete."""

    parties: list[PartyRow]
    is_shut: bool  # it says an address that was protected since: only the person signs it
    level: str
    is_waiting: bool
    copy: Document | None
    book: Rules

    @property
    def missing(self) -> list[PartyRow]:
        return [party for party in self.parties if not party.signature]

    @property
    def level_words(self) -> str:
        return str(SignatureLevel(self.level).label)

    @property
    def ways(self) -> list[str]:
        """The ways of signing that are enough for this paper."""
        return [method for method in SignatureMethod if signing_rules.is_enough(method, self.level)]


def is_waiting(document: Document, subject: Subject) -> bool:
    """Whether the paper is one to sign today."""
    if isinstance(subject, FrameworkAgreement):
        return subject.state == AgreementState.ISSUED
    return subject.projects.filter(document=document, state=ProjectState.TO_SIGN).exists()


def round_of(document: Document, subject: Subject, *, now: datetime) -> Round:
    """Who still has to sign, when and where they were asked, and what became of the message."""
    book = requests.book_of(subject, document.issued_on)
    signatures = {s.role: s for s in Signature.objects.filter(document=document).order_by("id")}
    asked = {r.role: r for r in SignatureRequest.objects.filter(document=document).select_related("power").order_by("position")}
    messages = requests.last_message(asked.values())
    is_shut = bool(selectors.saying_protected([document]))
    parties = []
    for entry in documents.signers_of(document):
        request = asked.get(entry["code"])
        message = messages.get(request.pk) if request else None
        again = requests.next_ask(request, message, hours=book.resend_after_hours) if request else None
        parties.append(
            PartyRow(
                role=entry["code"],
                role_words=entry["role"],
                name=request.signer if request else entry["name"],
                signature=signatures.get(entry["code"]),
                request=request,
                message=message,
                again_at=again if again and again > now else None,
                is_shut=is_shut and entry["code"] != SignerRole.PERSON,
            )
        )
    return Round(parties, is_shut, requests.level_of(document, subject), is_waiting(document, subject), signed_copy(document), book)


def signed_copy(document: Document) -> Document | None:
    """The paper's copy with the page of the signatures."""
    return Document.objects.filter(
        kind=documents.SIGNED_COPY, subject_type=audit.type_of(document), subject_id=document.pk, ambito_id=document.ambito_id or 0
    ).first()


def copy_for(access: Access, public_id: UUID) -> Document:
    """A signed copy, for who reaches the paper it is the copy of; Http404 otherwise."""
    copy = get_object_or_404(Document.objects.filter(ambito_id=access.ambito_id, kind=documents.SIGNED_COPY), public_id=public_id)
    original = get_object_or_404(Document.objects.filter(ambito_id=access.ambito_id), pk=copy.subject_id)
    selectors.file_for(access, original.public_id)
    return copy


# --- All papers that wait


def waiting_papers(access: Access, query: QueryDict, *, which: str = "", text: str = "") -> Slice:
    """Papers of the active Ambito that wait for signatures, the oldest first. The look is logged.

    `which`: nobody asked yet; asked and waiting; standing still because a link ran out, came back, or somebody said no.
    """
    rows = _waiting(access)
    asked = SignatureRequest.objects.filter(document=OuterRef("pk"))
    stuck = Exists(asked.filter(state__in=(RequestState.REFUSED, RequestState.EXPIRED)))
    if which == "da_chiedere":
        rows = rows.exclude(Exists(asked))
    elif which == "in_attesa":
        rows = rows.filter(Exists(asked.filter(state__in=WAITING)))
    elif which == "ferme":
        rows = rows.filter(stuck)
    for word in name_key(text).split():
        placements = Placement.objects.filter(ambito_id=access.ambito_id)
        named = placements.filter(Q(beneficiary__search_key__contains=word) | Q(company__search_key__contains=word))
        agreements = FrameworkAgreement.objects.filter(ambito_id=access.ambito_id, company__search_key__contains=word)
        rows = rows.filter(
            Q(pk__in=PersonalProject.objects.filter(placement__in=named).values("document")) | Q(pk__in=agreements.values("document"))
        )
    page = page_of(
        rows,
        query,
        order=("issued_on", "id"),
        shown=lambda papers: papers.annotate(signed=Count("signatures", distinct=True), is_stuck=stuck, is_asked=Exists(asked)),
    )
    _name_subjects(page.rows)
    audit.look(Look.Kind.LIST, page.rows, by=access, place="agreements:waiting", subject_type=Document._meta.label_lower)
    return page


def _waiting(access: Access) -> QuerySet[Document]:
    """As `is_waiting`, for all papers at once."""
    projects = PersonalProject.objects.filter(ambito_id=access.ambito_id, state=ProjectState.TO_SIGN)
    if access.comuni is not None:
        projects = projects.filter(placement__beneficiary__residence__in=access.comuni)
    agreements = FrameworkAgreement.objects.filter(ambito_id=access.ambito_id, state=AgreementState.ISSUED)

    def of(rows: QuerySet[Any]) -> Q:
        return Q(AnyOf(F("pk"), ArraySubquery(rows.values("document"))))

    return Document.objects.filter(of(projects) | of(agreements), ambito_id=access.ambito_id)


def _name_subjects(rows: list[Any]) -> None:
    """`about` (whom the paper is of) and `wanted` (how many sign) on each row: one query a kind of subject."""
    projects = (
        PersonalProject.objects.filter(document__in=rows).select_related("placement__beneficiary", "placement__company").order_by("id")
    )
    agreements = FrameworkAgreement.objects.filter(document__in=rows).select_related("company").order_by("id")
    about = {p.document_id: f"{p.placement.beneficiary}, {p.placement.company}" for p in projects}
    about |= {a.document_id: str(a.company) for a in agreements}
    for row in rows:
        row.about, row.wanted = about.get(row.pk, ""), len(documents.signers_of(row))


def waiting_of_host(access: Access, company: Company) -> list[Document]:
    """Papers of the active Ambito that wait for signatures and are about one host, without what they say."""
    projects = PersonalProject.objects.filter(ambito_id=access.ambito_id, state=ProjectState.TO_SIGN, placement__company=company)
    agreements = FrameworkAgreement.objects.filter(ambito_id=access.ambito_id, state=AgreementState.ISSUED, company=company)
    wanted = Q(pk__in=projects.values("document")) | Q(pk__in=agreements.values("document"))
    return list(Document.objects.filter(wanted, ambito_id=access.ambito_id).defer("context").order_by("issued_on", "id")[:50])


# --- Powers


def powers_page(access: Access, query: QueryDict, *, on: date, text: str = "", past: bool = False) -> Slice:
    """Who may sign, by name; those whose term has passed only when asked for. The look is logged."""
    rows = SigningPower.objects.filter(ambito_id=access.ambito_id).select_related("body", "company", "deputy_of")
    if not past:
        rows = rows.filter(Q(valid_to=None) | Q(valid_to__gte=on))
    for word in name_key(text).split():
        rows = rows.filter(Q(name__icontains=word) | Q(company__search_key__contains=word) | Q(body__name__icontains=word))
    page = page_of(rows, query, order=("name", "id"))
    audit.look(Look.Kind.LIST, page.rows, by=access, place="agreements:powers", subject_type=SigningPower._meta.label_lower)
    return page


def power_for(access: Access, public_id: UUID) -> SigningPower:
    row = get_object_or_404(SigningPower.objects.filter(ambito_id=access.ambito_id).select_related("body", "company"), public_id=public_id)
    audit.look(Look.Kind.DETAIL, row, by=access, place="agreements:power_edit")
    return row


def power_owners(access: Access) -> tuple[QuerySet[Company], Body | None]:
    """For whom a power may be written: a company of the network, or the Ambito's own body."""
    return companies_for_choice(access), lead_body(Ambito.objects.get(pk=access.ambito_id))


def powers_among(powers: list[SigningPower], on: date) -> QuerySet[SigningPower]:
    """Those in force on a day, as a choice."""
    return SigningPower.objects.filter(pk__in=[power.pk for power in powers if power.is_in_force(on)]).order_by("deputy_of", "name", "id")


def deputies_choice(access: Access, of: Company | Body | None, on: date) -> QuerySet[SigningPower]:
    """Whom somebody may stand in for."""
    which = {"company": of} if isinstance(of, Company) else {"body": of}
    return SigningPower.objects.filter(Q(valid_to=None) | Q(valid_to__gte=on), ambito_id=access.ambito_id, **which).order_by("name", "id")


# --- What everybody may know


def public_state(document: Document, today: date) -> str:
    """What the verification page says of a paper of this room: "valid", "waiting", "superseded", "expired", "withdrawn", or nothing."""
    if document.kind == documents.SIGNED_COPY:
        return public_state(Document.objects.get(pk=document.subject_id), today)
    if document.kind == documents.FRAMEWORK_AGREEMENT:
        agreement = FrameworkAgreement.objects.get(pk=document.subject_id)
        if agreement.state == AgreementState.WITHDRAWN:
            return "withdrawn"
        if agreement.state != AgreementState.SIGNED:
            return "waiting"
        return "valid" if agreement.valid_to >= today else "expired"
    project = PersonalProject.objects.filter(document=document).select_related("placement").first()
    replaced = Document.objects.filter(supersedes=document).exists()
    if project is None:
        return "superseded" if replaced else ""  # a paper that nobody signs was issued, and that is all there is to say
    placement = project.placement
    if project.state == ProjectState.SUPERSEDED or replaced:
        return "superseded"
    if placement.state in DEAD or project.state in (ProjectState.REJECTED, ProjectState.WITHDRAWN):
        return "withdrawn"
    if project.state != ProjectState.EFFECTIVE:
        return "waiting"
    return "valid" if placement.last_day >= today else "expired"
