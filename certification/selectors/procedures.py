"""Where a procedure for a company stands: its papers, its clock, the appeals against it."""

from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from impresasolidale.accounts.access import Access
from impresasolidale.core import audit
from impresasolidale.core.models import Look, Upload
from impresasolidale.territory.models import Ambito
from solidarity_fund.selectors.procedures import Clock, read_clock, working_in

from ..enums import ProcedureOutcome
from ..models import Appeal, Application, Certificate, Procedure, ProcedurePaper
from .conflicts import refuse_aside

DELIVERY, OBSERVED, APPEALED = "certification.delivery_proof", "certification.observations", "certification.appeal"


def _procedures(access: Access) -> QuerySet[Procedure]:
    rows = Procedure.objects.filter(network_id=access.network_id)
    return rows.select_related(
        "responsible", "decided_by", "observations_file", "application__company__comune", "certificate__company__comune"
    )


def procedure_for(access: Access, public_id: UUID) -> Procedure:
    row: Procedure = get_object_or_404(_procedures(access), public_id=public_id)
    refuse_aside(access, row.certificate.application_id if row.certificate else row.application_id)
    audit.look(Look.Kind.DETAIL, row, by=access, place="certification:procedure")
    return row


def procedures_of(access: Access, *, application: Application | None = None, certificate: Certificate | None = None) -> list[Procedure]:
    """The last first."""
    rows = _procedures(access)
    return list((rows.filter(application=application) if application else rows.filter(certificate=certificate)).order_by("-id"))


def open_of(application: Application) -> Procedure | None:
    """The procedure of a refusal that is running."""
    return Procedure.objects.filter(application=application, outcome=ProcedureOutcome.OPEN).first()


def office_of(procedure: Procedure) -> int:
    """The Ambito whose working days count: the company's own, else the first of the network."""
    own = procedure.company.comune.ambito_id
    return own or Ambito.objects.filter(network_id=procedure.network_id).order_by("id").values_list("id", flat=True)[0]


def clock_of(procedure: Procedure, *, today: date) -> Clock:
    papers = {p.kind: p for p in ProcedurePaper.objects.filter(procedure=procedure).select_related("document", "proof")}
    is_open = procedure.outcome == ProcedureOutcome.OPEN
    return read_clock(procedure, papers, pauses=[], working=working_in(office_of(procedure)), is_open=is_open, today=today)


def paper_of(procedure: Procedure, kind: str) -> ProcedurePaper:
    """A paper of a procedure that was reached already. Raises Http404."""
    return get_object_or_404(ProcedurePaper.objects.select_related("document", "proof", "procedure"), procedure=procedure, kind=kind)


def file_of(procedure: Procedure, public_id: UUID) -> Upload:
    """Proof of a delivery, or what the company wrote. Raises Http404."""
    proofs = ProcedurePaper.objects.filter(procedure=procedure).values("proof")
    wanted = Q(pk__in=proofs) | Q(pk=procedure.observations_file_id or 0)
    return get_object_or_404(Upload.objects.filter(wanted), public_id=public_id)


def appeals_of(access: Access, *, application: Application | None = None, certificate: Certificate | None = None) -> list[Appeal]:
    rows = Appeal.objects.filter(network_id=access.network_id).select_related("decided_by", "upload")
    return list((rows.filter(application=application) if application else rows.filter(certificate=certificate)).order_by("-id"))


def appeal_for(access: Access, public_id: UUID) -> Appeal:
    rows = Appeal.objects.filter(network_id=access.network_id).select_related(
        "application__company", "certificate__company", "upload", "decided_by"
    )
    row: Appeal = get_object_or_404(rows, public_id=public_id)
    refuse_aside(access, row.certificate.application_id if row.certificate else row.application_id)
    audit.look(Look.Kind.DETAIL, row, by=access, place="certification:appeal")
    return row
