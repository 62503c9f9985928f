"""The person's procedure (L. 241/1990): its start, its term, the pre-notice of a refusal, what the person answered, the decision."""

from datetime import date
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import CaseRole, Permission, Role
from impresasolidale.core import todos
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError, ReasonRequired
from impresasolidale.core.views import check_version
from impresasolidale.core.words import day_short, in_italian

from ..documents import requests as documents
from ..enums import UNDECIDED, Outcome, Paper, RequestState
from ..models import AgendaItem, BenefitRequest, FundCriteria, Procedure, ProcedurePaper
from ..selectors import procedures as selectors
from .deciders import refuse_aside, refuse_own
from .steps import write_delivery, write_observations
from .words import ask_for

TERM, ANNOUNCE = "solidarity_fund.term", "solidarity_fund.announce"
DECIDE, DELIVER, OBSERVATIONS = "solidarity_fund.decide", "solidarity_fund.deliver", "solidarity_fund.observations"
DEFAULT_TERM = 30  # days, L. 241/1990 art. 2 c. 2, where criteria say none


def ensure(row: BenefitRequest, *, responsible_id: Any, criteria: FundCriteria | None, by: Access) -> Procedure:
    """The request's procedure; it runs from the day of the request. Whoever is named later takes over."""
    made, is_new = Procedure.objects.get_or_create(
        request=row,
        defaults={
            "ambito_id": row.ambito_id,
            "responsible_id": responsible_id,
            "started_on": row.asked_on,
            "term_days": criteria.term_days if criteria else DEFAULT_TERM,
            "appeal": criteria.appeal if criteria else "",
            "created_by_id": by.actor_id,
        },
    )
    if not is_new and made.responsible_id != responsible_id:
        made.responsible_id = responsible_id
        made.row_version += 1
        made.save(update_fields=["responsible", "row_version"])
    return made


def renew_deadline(row: BenefitRequest, *, by: Access, today: date) -> None:
    """The last day for the decision, as the clock has it today, stands among the office's deadlines."""
    found = selectors.clock_of(row, today=today)
    if found is None:
        return
    todos.set_deadline(
        kind=TERM,
        subject=row,
        title=in_italian("Scade il termine per decidere: %(kind)s", kind=row.get_kind_display),
        url=_url(row),
        role=Role.COORDINATOR,
        due_on=found.ends_on,
        by=by,
        remind_days=7,
    )


@transaction.atomic
def issue_start_notice(*, request: BenefitRequest, by: Access, today: date) -> ProcedurePaper:
    """The person is told that the procedure began, who is responsible and when it ends (artt. 7–8). Once."""
    by.require(Permission.SCREEN_BENEFITS)
    procedure = _locked(request)
    return _issue(procedure, Paper.START, documents.start_context(procedure, ends_on=_ends_on(procedure, today)), by=by, today=today)


@transaction.atomic
def announce_refusal(*, request: BenefitRequest, grounds: str, by: Access, today: date) -> ProcedurePaper:
    """The pre-notice: why the request would be refused; from its arrival the person has ten days (art. 10-bis).

    Raises ReasonRequired, FourEyesRequired for one's own request, StandsAside, DomainError when it was announced already or is no
    longer to decide.
    """
    by.require(Permission.GRANT_BENEFITS)
    if not grounds.strip():
        raise ReasonRequired
    row: BenefitRequest = BenefitRequest.objects.select_for_update(of=("self",), no_key=True).get(pk=request.pk)
    if row.state not in (RequestState.SUBMITTED, RequestState.READY):
        raise DomainError(_("Su questa richiesta non c'è più niente da decidere."))
    refuse_own(row, by=by)
    if not AgendaItem.objects.filter(request=row, outcome=Outcome.NOTICE).exists():  # else it is the commission's no
        refuse_aside(row, by=by, today=today)
    criteria = selectors.criteria_of(by, today)
    if not Procedure.objects.filter(request=row).exists():
        ensure(row, responsible_id=by.actor_id, criteria=criteria, by=by)
    procedure = _locked(row)
    procedure.grounds = grounds.strip()
    procedure.row_version += 1
    procedure.save(update_fields=["grounds", "row_version"])
    paper = _issue(procedure, Paper.NOTICE, documents.notice_context(procedure), by=by, today=today)
    record_fact("solidarity_fund.procedure.refusal_announced", row, by=by)
    todos.done(kind=ANNOUNCE, subject=row, by=by)
    ask_for(DELIVER, "Un preavviso da consegnare: %(kind)s", row, Role.SOCIAL_WORKER, by=by, case_role=CaseRole.REFERENT)
    return paper


def _issue(procedure: Procedure, kind: Paper, context: dict[str, Any], *, by: Access, today: date) -> ProcedurePaper:
    if ProcedurePaper.objects.filter(procedure=procedure, kind=kind).exists():
        raise DomainError(_("Questa carta c'è già."))
    document = documents.issue_paper(procedure, kind, context, by=by, today=today)
    return ProcedurePaper.objects.create(
        ambito_id=procedure.ambito_id, procedure=procedure, kind=kind, document=document, created_by_id=by.actor_id
    )


@transaction.atomic
def record_delivery(*, paper: ProcedurePaper, on: date, way: str, file: UploadedFile, by: Access, today: date) -> ProcedurePaper:
    """A paper reached the person: the day, the way and its proof. Of a pre-notice the ten days begin.

    Raises DomainError for a day to come or before the paper, for a way or a file that is none, and for a paper that was delivered.
    """
    if not by.may(Permission.SCREEN_BENEFITS):
        by.require(Permission.ASK_BENEFITS)
    row: ProcedurePaper = ProcedurePaper.objects.select_for_update(of=("self",), no_key=True).get(pk=paper.pk)
    write_delivery(row, issued_on=paper.document.issued_on, on=on, way=way, file=file, kind=selectors.DELIVERY, by=by, today=today)
    record_fact("solidarity_fund.procedure.delivered", row, by=by, kind=row.kind, on=on.isoformat())
    request = paper.procedure.request
    if not ProcedurePaper.objects.filter(procedure=row.procedure_id, delivered_on=None).exists():
        todos.done(kind=DELIVER, subject=request, by=by)
    if row.kind == Paper.NOTICE:
        due = selectors.observations_due_of(request, on)
        ask_for(
            OBSERVATIONS,
            "Finiscono i dieci giorni del preavviso: %(kind)s",
            request,
            Role.COORDINATOR,
            by=by,
            due_on=due,
        )
        renew_deadline(request, by=by, today=today)
    return row


@transaction.atomic
def record_observations(
    *, request: BenefitRequest, on: date, text: str, by: Access, today: date, file: UploadedFile | None = None
) -> Procedure:
    """What the person answered to the pre-notice, in her words or on a sheet. The decision will have to answer it.

    Raises DomainError before the pre-notice arrived, for a day to come, without words and file, or a second time.
    """
    if not by.may(Permission.SCREEN_BENEFITS):
        by.require(Permission.ASK_BENEFITS)
    procedure = _locked(request)
    notice = ProcedurePaper.objects.filter(procedure=procedure, kind=Paper.NOTICE).first()
    if notice is None or notice.delivered_on is None:
        raise DomainError(_("Prima serve la consegna del preavviso."))
    if request.state not in (RequestState.SUBMITTED, RequestState.READY):
        raise DomainError(_("Su questa richiesta non c'è più niente da decidere."))
    write_observations(
        procedure, delivered_on=notice.delivered_on, on=on, text=text, file=file, kind=selectors.OBSERVED, by=by, today=today
    )
    record_fact("solidarity_fund.procedure.observed", request, by=by, on=on.isoformat())
    todos.done(kind=OBSERVATIONS, subject=request, by=by)
    ask_for(DECIDE, "La persona ha risposto, si decide: %(kind)s", request, Role.COORDINATOR, by=by)
    renew_deadline(request, by=by, today=today)
    return procedure


def refuse_early(row: BenefitRequest, *, answer: str, today: date) -> None:
    """No refusal before the pre-notice has done its time, nor without an answer to what the person observed (art. 10-bis)."""
    found = selectors.clock_of(row, today=today)
    if found is None or found.notice is None:
        raise DomainError(_("Prima di dire di no serve il preavviso alla persona (L. 241/1990, art. 10-bis): preparalo dalla richiesta."))
    if not found.may_refuse:
        if found.notice.delivered_on is None:
            raise DomainError(_("Il preavviso non è ancora arrivato alla persona: registra la consegna."))
        words = _("La persona ha tempo fino al %(day)s per rispondere al preavviso.")
        raise DomainError(words % {"day": day_short(found.observations_due)})
    if found.procedure.observed_on and not answer.strip():
        raise DomainError(_("La persona ha risposto al preavviso: scrivi che cosa ne pensi, punto per punto."), field="answer")


def conclude(row: BenefitRequest, *, reason: str, answer: str, by: Access, today: date) -> ProcedurePaper:
    """The refusal as a paper: reasons, answer to the observations, how and where to appeal (art. 3 c. 4)."""
    procedure = _locked(row)
    procedure.answer = answer.strip()
    procedure.row_version += 1
    procedure.save(update_fields=["answer", "row_version"])
    paper = _issue(procedure, Paper.FINAL, documents.refusal_context(procedure, reason=reason), by=by, today=today)
    ask_for(DELIVER, "Una decisione da consegnare: %(kind)s", row, Role.SOCIAL_WORKER, by=by, case_role=CaseRole.REFERENT)
    return paper


@transaction.atomic
def name_responsible(*, request: BenefitRequest, responsible: Any, seen: int, by: Access) -> Procedure:
    """Somebody else is responsible from now on; papers that were issued keep the name they say.

    Raises Conflict, DomainError when nothing is left to decide.
    """
    by.require(Permission.SCREEN_BENEFITS)
    procedure = _locked(request)
    check_version(procedure, seen)
    if procedure.request.state not in UNDECIDED:
        raise DomainError(_("Su questa richiesta non c'è più niente da decidere."))
    procedure.responsible = responsible
    procedure.row_version += 1
    procedure.save(update_fields=["responsible", "row_version"])
    record_fact("solidarity_fund.procedure.responsible_named", request, by=by)
    return procedure


def _locked(request: BenefitRequest) -> Procedure:
    rows = Procedure.objects.select_for_update(of=("self",), no_key=True).select_related(
        "request__beneficiary", "request__ambito", "responsible"
    )
    found: Procedure | None = rows.filter(request=request).first()
    if found is None:
        raise DomainError(_("Prima l'istruttoria: manca chi è responsabile del procedimento."))
    return found


def _ends_on(procedure: Procedure, today: date) -> date:
    found = selectors.clock_of(procedure.request, today=today)
    assert found
    return found.ends_on


def _url(row: BenefitRequest) -> str:
    return reverse("solidarity_fund:request", args=[row.public_id])
