"""Before a no (L. 241/1990): the company is told why, has ten days to answer, and the decision answers it (rule 83).

One procedure for a refusal, a suspension, a revocation. A suspension for people's safety is immediate; the procedure confirms or lifts it.
"""

from datetime import date, timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import todos
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import Conflict, DomainError, FourEyesRequired, ReasonRequired
from impresasolidale.core.four_eyes import require_second_key
from impresasolidale.core.transitions import perform
from impresasolidale.core.uploads import check_upload, store_upload
from impresasolidale.core.words import day_short, in_italian
from solidarity_fund.enums import Paper
from solidarity_fund.services.steps import write_delivery, write_observations

from .. import papers
from ..enums import AppealOutcome, ApplicationState, CertificateState, ProcedureKind, ProcedureOutcome, ReasonClass
from ..models import Appeal, Application, Certificate, Procedure, ProcedurePaper
from ..selectors import procedures as selectors
from ..selectors.conflicts import works_for
from ..transitions import APPLICATION, CERTIFICATE
from .certificates import resume_certificate, revoke_certificate, suspend_certificate
from .words import ask_decision, ask_office, tell_company

DELIVER, OBSERVATIONS = "certification.deliver", "certification.observations"
APPEAL = "certification.appeal"
TERM_DAYS = 30  # L. 241/1990 art. 2 c. 2
APPEAL_DAYS = 30  # to answer an appeal
# What may stop at once, because somebody could come to harm; what a company asks for itself needs no procedure.
URGENT = frozenset({ReasonClass.SAFETY, ReasonClass.CONDUCT})
ASKED = frozenset({ReasonClass.ON_REQUEST, ReasonClass.CEASED})


def url_of(procedure: Procedure) -> str:
    return reverse("certification:procedure", args=[procedure.public_id])


def _refuse_own(company: Any, by: Access) -> None:
    if works_for(by.actor, company):
        raise FourEyesRequired(_("Lavori per questa impresa, o con lei: se ne occupa un'altra persona."))


# --- The pre-notice


@transaction.atomic
def announce_refusal(*, application: Application, grounds: str, by: Access, today: date) -> Procedure:
    """Why an application would not be granted; from its arrival the company has ten days (art. 10-bis).

    Raises ReasonRequired, DomainError when it was announced already, Conflict when nothing is left to decide.
    """
    by.require(Permission.DECIDE_CERTIFICATES)
    row: Application = Application.objects.select_for_update(of=("self",), no_key=True).select_related("company").get(pk=application.pk)
    if row.state not in (ApplicationState.SUBMITTED, ApplicationState.READY):
        raise Conflict(_("Su questa domanda non c'è più niente da decidere."))
    _refuse_own(row.company, by)
    if selectors.open_of(row):
        raise DomainError(_("Il preavviso c'è già."))
    made = _announce(Procedure(application=row, kind=ProcedureKind.REFUSAL), row, grounds=grounds, by=by, today=today)
    tell_company(row.company, what="notice", about=row, by=by, today=today)
    return made


@transaction.atomic
def open_procedure(*, certificate: Certificate, kind: str, reason_class: str, grounds: str, by: Access, today: date) -> Procedure:
    """Tell a company that its recognition may be suspended or taken back, and why. For people's safety or conduct towards them the
    suspension holds from today, and the procedure confirms it or lifts it.

    Raises ReasonRequired, DomainError for a kind or a reason that is none, or with another procedure open.
    """
    by.require(Permission.DECIDE_CERTIFICATES)
    row = _held(certificate)
    _refuse_own(row.company, by)
    if kind not in (ProcedureKind.SUSPENSION, ProcedureKind.REVOCATION):
        raise DomainError(_("Scegli che cosa proponi."), field="kind")
    if reason_class not in ReasonClass.values or reason_class in ASKED:
        raise DomainError(_("Scegli il motivo."), field="reason_class")
    if Procedure.objects.filter(certificate=row, outcome=ProcedureOutcome.OPEN).exists():
        raise DomainError(_("Su questo riconoscimento c'è già un procedimento in corso."))
    made = Procedure(certificate=row, kind=kind, reason_class=reason_class)
    made = _announce(made, row, grounds=grounds, by=by, today=today)
    at_once = kind == ProcedureKind.SUSPENSION and reason_class in URGENT and row.state == CertificateState.GRANTED
    if at_once:
        suspend_certificate(certificate=row, by=by, reason_class=reason_class, reason=grounds)
    tell_company(row.company, what="stopped" if at_once else "notice", about=row, by=by, today=today)
    return made


def _held(certificate: Certificate) -> Certificate:
    rows = Certificate.objects.select_for_update(of=("self",), no_key=True).select_related("company__comune")
    row: Certificate = rows.get(pk=certificate.pk)
    if row.state not in (CertificateState.GRANTED, CertificateState.SUSPENDED) or row.application_id is None:
        raise Conflict(_("Questo riconoscimento non è più in vigore."))
    return row


def _announce(made: Procedure, subject: Any, *, grounds: str, by: Access, today: date) -> Procedure:
    if not grounds.strip():
        raise ReasonRequired
    assert by.actor_id
    made.network_id, made.responsible_id, made.created_by_id = subject.network_id, by.actor_id, by.actor_id
    made.started_on, made.term_days, made.grounds = today, TERM_DAYS, grounds.strip()
    made.save()
    record_fact("certification.procedure.announced", made, by=by, kind=made.kind, reason_class=made.reason_class)
    _issue(made, Paper.NOTICE, papers.notice_context(made), by=by, today=today)
    return made


def _issue(procedure: Procedure, kind: Paper, context: dict[str, Any], *, by: Access, today: date) -> ProcedurePaper:
    document = papers.issue_paper(procedure, kind, context, by=by, today=today)
    made = ProcedurePaper.objects.create(
        network_id=procedure.network_id, procedure=procedure, kind=kind, document=document, created_by_id=by.actor_id
    )
    ask_office(
        DELIVER,
        in_italian("Una carta da mandare a %(company)s, con la prova che è arrivata", company=procedure.company),
        procedure,
        url_of(procedure),
        by=by,
    )
    return made


# --- What arrives


@transaction.atomic
def record_delivery(*, paper: ProcedurePaper, on: date, way: str, file: UploadedFile, by: Access, today: date) -> ProcedurePaper:
    """A paper reached the company, by PEC or otherwise: the day, the way and its proof. Of a pre-notice the ten days begin.

    Raises DomainError for a day to come or before the paper, for a way or a file that is none, and for a paper that was delivered.
    """
    by.require(Permission.CHECK_CERTIFICATES)
    row: ProcedurePaper = ProcedurePaper.objects.select_for_update(of=("self",), no_key=True).get(pk=paper.pk)
    write_delivery(
        row, issued_on=paper.document.issued_on, on=on, way=way, file=file, kind=selectors.DELIVERY, by=by, today=today, network_wide=True
    )
    procedure = _locked(paper.procedure)
    record_fact("certification.procedure.delivered", procedure, by=by, kind=row.kind, on=on.isoformat())
    if not ProcedurePaper.objects.filter(procedure=procedure, delivered_on=None).exists():
        todos.done(kind=DELIVER, subject=procedure, by=by)
    if row.kind == Paper.NOTICE:
        due = selectors.clock_of(procedure, today=today).observations_due
        title = in_italian("Finiscono i dieci giorni del preavviso: %(company)s", company=procedure.company)
        ask_office(OBSERVATIONS, title, procedure, url_of(procedure), by=by, due_on=due)
    return row


@transaction.atomic
def record_observations(
    *, procedure: Procedure, on: date, text: str, by: Access, today: date, file: UploadedFile | None = None
) -> Procedure:
    """What the company answered to the pre-notice. The decision will have to answer it.

    Raises DomainError before the pre-notice arrived, for a day to come, without words and file, or a second time.
    """
    by.require(Permission.CHECK_CERTIFICATES)
    row = _running(procedure)
    notice = ProcedurePaper.objects.get(procedure=row, kind=Paper.NOTICE)
    if notice.delivered_on is None:
        raise DomainError(_("Prima serve la consegna del preavviso."))
    write_observations(
        row, delivered_on=notice.delivered_on, on=on, text=text, file=file, kind=selectors.OBSERVED, by=by, today=today, network_wide=True
    )
    record_fact("certification.procedure.observed", row, by=by, on=on.isoformat())
    todos.done(kind=OBSERVATIONS, subject=row, by=by)
    return row


def _locked(procedure: Procedure) -> Procedure:
    rows = Procedure.objects.select_for_update(of=("self",), no_key=True).select_related(
        "application__company__comune", "certificate__company__comune", "responsible"
    )
    row: Procedure = rows.get(pk=procedure.pk)
    return row


def _running(procedure: Procedure) -> Procedure:
    row = _locked(procedure)
    if row.outcome != ProcedureOutcome.OPEN:
        raise Conflict(_("Questo procedimento è già concluso."))
    return row


# --- The end


def _may_conclude(row: Procedure, *, answer: str, today: date) -> None:
    """No no before the pre-notice has done its time, nor without an answer to what the company observed (art. 10-bis)."""
    found = selectors.clock_of(row, today=today)
    if not found.may_refuse:
        if found.notice is None or found.notice.delivered_on is None:
            raise DomainError(_("Il preavviso non è ancora arrivato all'impresa: registra la consegna."))
        words = _("L'impresa ha tempo fino al %(day)s per rispondere al preavviso.")
        raise DomainError(words % {"day": day_short(found.observations_due)})
    if row.observed_on and not answer.strip():
        raise DomainError(_("L'impresa ha risposto al preavviso: scrivi che cosa ne pensi, punto per punto."), field="answer")


def refuse_early(application: Application, *, answer: str, today: date) -> None:
    """Raises DomainError until the application may be refused."""
    row = selectors.open_of(application)
    if row is None:
        raise DomainError(_("Prima di dire di no serve il preavviso all'impresa (L. 241/1990, art. 10-bis): preparalo dalla domanda."))
    _may_conclude(_locked(row), answer=answer, today=today)


def conclude_refusal(application: Application, *, reason: str, answer: str, by: Access, today: date) -> None:
    """The refusal as a paper: reasons, answer to the observations, how and where to appeal (art. 3 c. 4)."""
    found = selectors.open_of(application)
    assert found
    _close(_locked(found), ProcedureOutcome.CONFIRMED, reason=reason, answer=answer, by=by, today=today)


def archive_of(application: Application, *, by: Access, today: date) -> None:
    """A refusal that was announced does not come: the company convinced us."""
    if found := selectors.open_of(application):
        _close(_locked(found), ProcedureOutcome.ARCHIVED, reason="", answer="", by=by, today=today)


@transaction.atomic
def conclude_procedure(*, procedure: Procedure, reason: str, answer: str, by: Access, today: date) -> Procedure:
    """The recognition is suspended, or taken back: a second person decides, after the ten days, and answers what was observed.

    Raises FourEyesRequired, ReasonRequired, DomainError before its time.
    """
    by.require(Permission.DECIDE_CERTIFICATES)
    row = _running(procedure)
    if row.certificate is None:
        raise Conflict(_("Una domanda si decide dalla sua pagina."))
    _refuse_own(row.company, by)
    require_second_key(first_id=row.created_by_id, by=by, words=_("Il procedimento l'hai aperto tu: conclude un'altra persona."))
    if not reason.strip():
        raise ReasonRequired
    _may_conclude(row, answer=answer, today=today)
    held = _held(row.certificate)
    if row.kind == ProcedureKind.REVOCATION:
        revoke_certificate(certificate=held, by=by, reason_class=row.reason_class, reason=reason)
    elif held.state == CertificateState.GRANTED:
        suspend_certificate(certificate=held, by=by, reason_class=row.reason_class, reason=reason)
    what = "revoked" if row.kind == ProcedureKind.REVOCATION else "suspended"
    tell_company(held.company, what=what, about=held, by=by, today=today)
    return _close(row, ProcedureOutcome.CONFIRMED, reason=reason, answer=answer, by=by, today=today)


@transaction.atomic
def archive_procedure(*, procedure: Procedure, reason: str, by: Access, today: date) -> Procedure:
    """Nothing happens to the recognition; a suspension that held meanwhile is lifted. Raises ReasonRequired."""
    by.require(Permission.DECIDE_CERTIFICATES)
    row = _running(procedure)
    _refuse_own(row.company, by)
    if not reason.strip():
        raise ReasonRequired
    if row.certificate and row.kind == ProcedureKind.SUSPENSION:
        held = _held(row.certificate)
        if held.state == CertificateState.SUSPENDED:
            resume_certificate(certificate=held, by=by, reason=reason)
    return _close(row, ProcedureOutcome.ARCHIVED, reason=reason, answer="", by=by, today=today)


def _close(row: Procedure, outcome: ProcedureOutcome, *, reason: str, answer: str, by: Access, today: date) -> Procedure:
    row.outcome, row.closed_on, row.decided_by_id, row.answer = outcome, today, by.actor_id, answer.strip()
    row.row_version += 1
    row.save(update_fields=["outcome", "closed_on", "decided_by", "answer", "row_version"])
    record_fact("certification.procedure.closed", row, by=by, reason=reason.strip(), outcome=outcome)
    todos.done(kind=[OBSERVATIONS] if outcome == ProcedureOutcome.CONFIRMED else [OBSERVATIONS, DELIVER], subject=row, by=by)
    if outcome == ProcedureOutcome.CONFIRMED:
        _issue(row, Paper.FINAL, papers.final_context(row, reason=reason), by=by, today=today)
    return row


@transaction.atomic
def give_up(*, certificate: Certificate, reason_class: str, reason: str, by: Access) -> Certificate:
    """The company asks for it, or is no longer there: taken back at once, nobody has to be heard or told. Raises FourEyesRequired for who
    works for it."""
    by.require(Permission.DECIDE_CERTIFICATES)
    if reason_class not in ASKED:
        raise DomainError(_("Per questo motivo serve un procedimento: l'impresa dev'essere sentita."), field="reason_class")
    row = _held(certificate)
    _refuse_own(row.company, by)
    return revoke_certificate(certificate=row, by=by, reason_class=reason_class, reason=reason)


@transaction.atomic
def lift_suspension(*, certificate: Certificate, reason: str, by: Access) -> Certificate:
    """What it was suspended for is over. Raises FourEyesRequired for who works for the company, DomainError while a procedure decides."""
    by.require(Permission.DECIDE_CERTIFICATES)
    row = _held(certificate)
    _refuse_own(row.company, by)
    if Procedure.objects.filter(certificate=row, outcome=ProcedureOutcome.OPEN).exists():
        raise DomainError(_("C'è un procedimento in corso: concludilo, oppure archivialo."))
    return resume_certificate(certificate=row, by=by, reason=reason)


# --- The appeal


@transaction.atomic
def record_appeal(
    *, by: Access, today: date, filed_on: date, words: str, application: Application | None = None,
    certificate: Certificate | None = None, file: UploadedFile | None = None,
) -> Appeal:  # fmt: skip
    """A company does not agree with a refusal, a suspension, a revocation. Raises DomainError without words, for a day to come, where
    nothing was said no to, or while another one waits."""
    by.require(Permission.CHECK_CERTIFICATES)
    subject: Any = application or certificate
    against = {ApplicationState.REFUSED} if application else {CertificateState.SUSPENDED, CertificateState.REVOKED}
    if subject.state not in against:
        raise DomainError(_("Contro questo non c'è niente da ricorrere."))
    if filed_on > today:
        raise DomainError(_("Il giorno è nel futuro."), field="filed_on")
    if not words.strip():
        raise DomainError(_("Scrivi in breve che cosa dice l'impresa."), field="words")
    if Appeal.objects.filter(application=application, certificate=certificate, outcome=AppealOutcome.PENDING).exists():
        raise DomainError(_("C'è già un ricorso che aspetta."))
    made = Appeal.objects.create(
        network_id=subject.network_id,
        application=application,
        certificate=certificate,
        filed_on=filed_on,
        due_on=filed_on + timedelta(days=APPEAL_DAYS),
        words=words.strip(),
        created_by_id=by.actor_id,
    )
    if file:
        check_upload(file)
        made.upload = store_upload(file=file, kind=selectors.APPEALED, subject=made, by=by, network_wide=True)
        made.save(update_fields=["upload"])
    record_fact("certification.appeal.filed", made, by=by, filed_on=filed_on.isoformat())
    title = in_italian("Un ricorso a cui rispondere: %(company)s", company=subject.company)
    ask_office(APPEAL, title, made, reverse("certification:appeal", args=[made.public_id]), by=by, due_on=made.due_on)
    return made


@transaction.atomic
def decide_appeal(*, appeal: Appeal, outcome: str, reason: str, by: Access, today: date) -> Appeal:
    """Upheld: a recognition is given back, an application is decided again, by somebody else. Rejected: things stay as they are.

    Raises ReasonRequired, FourEyesRequired for who said the no that is appealed against, Conflict for one that is decided.
    """
    by.require(Permission.DECIDE_CERTIFICATES)
    row: Appeal = (
        Appeal.objects.select_for_update(of=("self",), no_key=True)
        .select_related("application__company", "certificate__company")
        .get(pk=appeal.pk)
    )
    if row.outcome != AppealOutcome.PENDING:
        raise Conflict(_("Questo ricorso è già deciso."))
    if outcome not in AppealOutcome.values or outcome == AppealOutcome.PENDING:
        raise DomainError(_("Scegli l'esito."), field="outcome")
    if not reason.strip():
        raise ReasonRequired
    subject: Any = row.application or row.certificate
    _refuse_own(subject.company, by)
    for first_id in _who_said_no(row):
        require_second_key(first_id=first_id, by=by, words=_("Il no l'hai deciso tu: sul ricorso decide un'altra persona."))
    row.outcome, row.reason, row.decided_on, row.decided_by_id = outcome, reason.strip(), today, by.actor_id
    row.row_version += 1
    row.save(update_fields=["outcome", "reason", "decided_on", "decided_by", "row_version"])
    record_fact("certification.appeal.decided", row, by=by, reason=reason.strip(), outcome=outcome)
    todos.done(kind=APPEAL, subject=row, by=by)
    if outcome == AppealOutcome.UPHELD:
        _uphold(row, reason=reason, by=by)
    return row


def _who_said_no(row: Appeal) -> set[int | None]:
    """Who decided the last no, and who opened a procedure that runs: of a suspension that holds at once it is the same."""
    if row.application:
        return {row.application.decided_by_id}
    procedures = Procedure.objects.filter(certificate=row.certificate).order_by("-id")
    confirmed = procedures.filter(outcome=ProcedureOutcome.CONFIRMED).values_list("decided_by_id", flat=True)[:1]
    return {*confirmed, *procedures.filter(outcome=ProcedureOutcome.OPEN).values_list("created_by_id", flat=True)}


def _uphold(row: Appeal, *, reason: str, by: Access) -> None:
    if row.application:
        again = perform(APPLICATION, "reconsidered", row.application, by=by, reason=reason)
        ask_decision(again, by=by)
        return
    held = row.certificate
    assert held
    if held.state == CertificateState.SUSPENDED:
        resume_certificate(certificate=held, by=by, reason=reason)
    elif Certificate.objects.filter(
        company_id=held.company_id, state__in=[CertificateState.GRANTED, CertificateState.SUSPENDED]
    ).exclude(pk=held.pk).exclude(application=None).exists():  # fmt: skip
        raise DomainError(_("Nel frattempo l'impresa ha un altro riconoscimento: questo non si può restituire."))
    else:
        perform(CERTIFICATE, "restored", held, by=by, reason=reason, reason_class="")
