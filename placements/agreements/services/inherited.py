"""A placement that runs on paper comes in with its signed papers: never blocked, always marked (house.md §3, State machines)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission, Role
from impresasolidale.core.audit import record_fact
from impresasolidale.core.documents import issue
from impresasolidale.core.errors import Conflict, DomainError
from impresasolidale.core.todos import ask, done
from impresasolidale.core.transitions import perform
from impresasolidale.core.uploads import store_upload
from impresasolidale.territory.models import Ambito
from impresasolidale.territory.rules import Severity
from impresasolidale.territory.selectors import rules_for
from placements.beneficiaries.models import Beneficiary
from placements.beneficiaries.services import note_proposed, note_start

from .. import documents, readiness, start_documents
from ..enums import INHERITED_TODO, CommunicationKind, ItemKind, PlacementState, ProjectKind, SignatureMethod
from ..models import DeclaredUse, PaperStart, PersonalProject, Placement, ReadinessItem, Signature
from ..transitions import PROJECT
from .compliance import communication_due
from .flow import _resync, overlapping
from .placements import Plan, lay_out, locked, write_project

# Days to put a missing thing right: covers and safety at once, the rest in its time.
URGENT = frozenset({ItemKind.INAIL, ItemKind.LIABILITY, ItemKind.SAFETY_TRAINING, ItemKind.FITNESS, ItemKind.REPRESENTATIVE})
PAPERS_TODO = f"{INHERITED_TODO}papers"
SOON, LATER = timedelta(days=7), timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class Papers:
    """The signed papers, as one scan; `signed_by` are the roles whose signature is on it. Without a scan they are still to be brought."""

    scan: UploadedFile | None
    signed_on: date
    protocol: str
    signed_by: Sequence[str]
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Used:
    """What was used before it came in, and where that is known from."""

    months: int = 0
    minutes: int = 0
    amount: Decimal = Decimal(0)  # allowances of this year, in euro
    source: str = ""

    def __bool__(self) -> bool:
        return bool(self.months or self.minutes or self.amount)


@transaction.atomic
def enter_inherited(*, beneficiary: Beneficiary, plan: Plan, papers: Papers, used: Used, by: Access, today: date) -> Placement:
    """A running placement, active from its first moment here. What is missing becomes a to-do with its day, and stops nothing.

    Its presence is kept from today on; hours, months and allowances of before are declared figures. Refuses only what cannot be one:
    not begun yet, over already, entered twice. Without the scan nothing is numbered and nobody has signed here: that is asked first of all.
    """
    by.require(Permission.PREPARE_PLACEMENTS)
    if plan.starts_on > today:
        raise DomainError(_("Non è ancora cominciato: preparalo come tutti gli altri."), field="starts_on")
    if plan.ends_on < today:
        raise DomainError(_("È già finito: i suoi mesi si scrivono come usati in altri tirocini."), field="ends_on")
    if papers.signed_on > today:
        raise DomainError(_("Questo giorno deve ancora venire."), field="signed_on")
    if used and not used.source.strip():
        raise DomainError(_("Scrivi da dove vengono questi numeri."), field="source")
    placement = Placement(
        ambito_id=by.ambito_id,
        beneficiary=beneficiary,
        state=PlacementState.ACTIVE,
        entered_on=today,
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        created_by_id=by.actor_id,
        prepared_by_id=by.actor_id,
    )
    others = overlapping(placement)
    if others.filter(company=plan.company).exists():
        raise DomainError(_("Questo tirocinio c'è già: apri la scheda della persona."), field="company")
    version, _book = rules_for(Ambito.objects.get(pk=placement.ambito_id), plan.starts_on)
    placement.exclusive = version.rules.severity(12) == Severity.BLOCK and not others.filter(exclusive=True).exists()
    lay_out(placement, plan, by=by)
    project = PersonalProject(ambito_id=by.ambito_id, placement=placement, created_by_id=by.actor_id, awaits_papers=True)
    write_project(project, plan)
    perform(PROJECT, "issued", project, by=by)
    perform(PROJECT, "effective", project, by=by, as_system=True)
    start = PaperStart.objects.create(
        ambito_id=by.ambito_id,
        placement=placement,
        signed_on=papers.signed_on,
        protocol=papers.protocol.strip(),
        note=papers.note.strip(),
        created_by_id=by.actor_id,
    )
    declared = None
    if used:
        declared = DeclaredUse.objects.create(
            ambito_id=by.ambito_id,
            beneficiary=beneficiary,
            placement=placement,
            months=used.months,
            minutes=used.minutes,
            year=today.year,
            amount=used.amount,
            source=used.source.strip(),
            said_on=today,
            created_by_id=by.actor_id,
        )
    if papers.scan:
        _keep_papers(placement, start, declared, papers.scan, papers.signed_by, by=by, today=today)
    else:
        _ask_for_papers(placement, by=by, today=today)
    record_fact("agreements.placement.inherited", placement, by=by, protocol=start.protocol, signed_on=start.signed_on.isoformat())
    note_proposed(beneficiary=beneficiary, by=by)
    note_start(beneficiary=beneficiary, by=by, today=today)
    communication_due(placement=placement, kind=CommunicationKind.START, on=placement.starts_on, by=by)
    _ask_for_missing(placement, readiness.refresh_readiness(placement=placement, by=by, today=today), by=by, today=today)
    _resync(placement, by=by)
    return placement


@transaction.atomic
def bring_papers(*, placement: Placement, scan: UploadedFile, signed_by: Sequence[str], by: Access, today: date) -> Placement:
    """The signed papers of an inherited placement that came from a file: its record is made now, and who signed is written."""
    by.require(Permission.PREPARE_PLACEMENTS)
    row = locked(placement)
    start = PaperStart.objects.filter(placement=row).first()
    if start is None or start.scan_id:
        raise Conflict(_("Le carte di questo tirocinio ci sono già."))
    declared = DeclaredUse.objects.filter(placement=row).order_by("id").first()
    _keep_papers(row, start, declared, scan, signed_by, by=by, today=today)
    done(kind=PAPERS_TODO, subject=row, by=by)
    record_fact("agreements.placement.papers_brought", row, by=by, signed_by=sorted(signed_by))
    readiness.refresh_readiness(placement=row, by=by, today=today)
    return row


def _keep_papers(
    placement: Placement,
    start: PaperStart,
    used: DeclaredUse | None,
    scan: UploadedFile,
    signed_by: Sequence[str],
    *,
    by: Access,
    today: date,
) -> None:
    """The record of how it came in, with one signature on paper for each role, all by the same scan."""
    project = placement.projects.get(kind=ProjectKind.INITIAL, awaits_papers=True)
    start.scan = store_upload(file=scan, kind="agreements.inherited", subject=placement, by=by)
    start.save(update_fields=["scan"])
    document = issue(
        kind=documents.INHERITED,
        kind_label="Tirocinio già in corso",
        template="agreements/pdf/inherited_v1.html",
        subject=placement,
        context=start_documents.inherited(placement, project, start, used),
        today=today,
        by=by,
        ambito_id=placement.ambito_id,
    )
    project.document, project.awaits_papers = document, False
    project.save(update_fields=["document", "awaits_papers"])
    for signer in documents.signers_of(document):
        if signer["code"] in signed_by:
            Signature.objects.create(
                ambito_id=placement.ambito_id,
                document=document,
                role=signer["code"],
                signer=signer["name"] or signer["role"],
                method=SignatureMethod.PAPER,
                signed_on=start.signed_on,
                scan=start.scan,
                context_hash=document.context_hash,
                created_by_id=by.actor_id,
            )


def _ask_for_papers(placement: Placement, *, by: Access, today: date) -> None:
    ask(
        kind=PAPERS_TODO,
        subject=placement,
        title=_("Tirocinio ereditato, mancano le carte firmate: %(person)s") % {"person": placement.beneficiary},
        url=reverse("agreements:inherited_papers", args=[placement.public_id]),
        role=Role.SOCIAL_WORKER,
        by=by,
        due_on=today + SOON,
    )


def _ask_for_missing(placement: Placement, items: Sequence[ReadinessItem], *, by: Access, today: date) -> None:
    for item in items:
        if item.is_open:
            words = {"item": str(ItemKind(item.kind).label).capitalize().replace("inail", "INAIL"), "person": placement.beneficiary}
            ask(
                kind=f"{INHERITED_TODO}{item.kind}",
                subject=placement,
                title=_("Tirocinio ereditato, da completare: %(item)s, %(person)s") % words,
                url=reverse("agreements:detail", args=[placement.public_id]),
                role=Role.SOCIAL_WORKER,
                by=by,
                due_on=today + (SOON if item.kind in URGENT else LATER),
            )
