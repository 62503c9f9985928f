"""The desk check: each answer looked at, the company met, somebody from outside heard, before the decision."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies.hosts.models import Company
from impresasolidale.accounts.access import Access
from impresasolidale.accounts.models import User
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import todos
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import Conflict, DomainError, FourEyesRequired
from impresasolidale.core.transitions import perform
from impresasolidale.core.uploads import check_upload, store_upload
from impresasolidale.core.validators import partita_iva
from impresasolidale.core.words import in_italian

from ..enums import ApplicationState, CheckedBy, Level, Verdict
from ..models import Answer, Application, Interview, Validation
from ..rules import own_domain
from ..selectors.assessment import assess
from ..selectors.conflicts import domains_of, sits, works_for
from ..transitions import APPLICATION
from .assessment import CHECK
from .words import DECIDE, ask_decision, ask_office, write_to

RETURNED = "certification.returned"
RETURNED_SUBJECT = gettext_lazy("La vostra domanda di riconoscimento: manca qualcosa")
INTERVIEW = "certification.interview"
VALIDATED = "certification.validated"
OPINION = "certification.opinion"  # kind of file: what the validator wrote


def in_check(application: Application, by: Access) -> Application:
    """The locked application, for who may check it. Raises PermissionDenied, FourEyesRequired for the company's own people."""
    by.require(Permission.CHECK_CERTIFICATES)
    rows = Application.objects.select_for_update(of=("self",), no_key=True).select_related("company", "scheme")
    row: Application = rows.get(pk=application.pk)
    if row.state != ApplicationState.SUBMITTED:
        raise Conflict(_("Nel frattempo la domanda è cambiata. Ricarica la pagina."))
    if works_for(by.actor, row.company):
        raise FourEyesRequired(_("Lavori per questa impresa, o con lei: la domanda la verifica un'altra persona."))
    return row


@transaction.atomic
def review_answer(*, application: Application, criterion: str, verdict: str, points: int | None, note: str, by: Access) -> Answer:
    """What the office found of one answer: confirmed, corrected to another step, or not proved. The last word is this one.

    Raises DomainError without a note where it is not confirmed, or for points that no step gives.
    """
    row = in_check(application, by)
    known = row.scheme.scheme.criteria.get(criterion)
    if known is None or verdict not in Verdict.values:
        raise DomainError(_("Scegli l'esito."), field="verdict")
    found = Answer.objects.filter(application=row, criterion=criterion).first()  # the application's lock is held
    answer = found or Answer(network_id=row.network_id, application=row, criterion=criterion)
    if verdict != Verdict.CONFIRMED and not note.strip():
        raise DomainError(_("Scrivi in una riga perché."), field="note")
    given = {Verdict.CONFIRMED: answer.points, Verdict.NOT_PROVED: 0}.get(Verdict(verdict), points)
    if given is None or given not in {0, *(step.points for step in known.steps)}:
        raise DomainError(_("Scegli uno dei gradini di questo criterio."), field="points")
    if verdict == Verdict.CHANGED and given == answer.points:
        raise DomainError(_("È quello che dice l'impresa: allora è confermato."), field="points")
    answer.verdict, answer.points_given, answer.note, answer.reviewed_by_id = verdict, given, note.strip()[:300], by.actor_id
    answer.row_version += 1
    answer.save()
    record_fact("certification.application.reviewed", row, by=by, criterion=criterion, verdict=verdict)
    return answer


@transaction.atomic
def return_application(*, application: Application, reason: str, by: Access, today: date) -> Application:
    """Something is missing: the company completes it, and presents again; it keeps its number. Raises ReasonRequired."""
    locked = in_check(application, by)
    row: Application = perform(APPLICATION, "returned", locked, by=by, reason=reason)
    Answer.objects.filter(application=row).update(verdict="", points_given=None, reviewed_by=None, note="")
    todos.done(kind=CHECK, subject=row, by=by)
    write_to(
        row.company,
        kind=RETURNED,
        subject=RETURNED_SUBJECT,
        template="certification/email/returned.txt",
        context={"reason": reason.strip()},
        about=row,
        by=by,
        today=today,
    )
    return row


# --- Meetings


@transaction.atomic
def plan_interview(*, application: Application, kind: str, planned_on: date, place: str, by: Access, today: date) -> Interview:
    """A meeting or a visit is agreed. Raises DomainError for a day gone by."""
    row = in_check(application, by)
    if planned_on < today:
        raise DomainError(_("Il giorno è già passato."), field="planned_on")
    made = Interview.objects.create(
        network_id=row.network_id, application=row, kind=kind, planned_on=planned_on, place=place.strip(), created_by_id=by.actor_id
    )
    record_fact("certification.interview.planned", made, by=by, planned_on=planned_on.isoformat())
    ask_office(
        INTERVIEW,
        in_italian("Incontro con %(company)s per il riconoscimento", company=row.company),
        made,
        reverse("certification:application", args=[row.public_id]),
        by=by,
        due_on=planned_on,
    )
    return made


@transaction.atomic
def hold_interview(*, interview: Interview, held_on: date, minutes: str, by: Access, today: date) -> Interview:
    """It took place: what was seen, in short. Raises DomainError for a day to come, without words, or a second time."""
    application = in_check(interview.application, by)
    row: Interview = Interview.objects.select_for_update(of=("self",), no_key=True).get(pk=interview.pk)
    if row.held_on:
        raise Conflict(_("Questo incontro è già scritto."))
    if held_on > today:
        raise DomainError(_("Il giorno è nel futuro: scrivilo quando c'è stato."), field="held_on")
    if not minutes.strip():
        raise DomainError(_("Scrivi in breve che cosa si è visto."), field="minutes")
    row.held_on, row.minutes, row.held_by_id = held_on, minutes.strip(), by.actor_id
    row.save(update_fields=["held_on", "minutes", "held_by"])
    record_fact("certification.interview.held", application, by=by, kind=row.kind)
    todos.done(kind=INTERVIEW, subject=row, by=by)
    return row


@transaction.atomic
def cancel_interview(*, interview: Interview, by: Access) -> None:
    """It does not take place: nothing of it is kept but the fact."""
    application = in_check(interview.application, by)
    row: Interview = Interview.objects.select_for_update(of=("self",), no_key=True).get(pk=interview.pk)
    if row.held_on:
        raise Conflict(_("Questo incontro è già scritto."))
    todos.done(kind=INTERVIEW, subject=row, by=by)
    record_fact("certification.interview.cancelled", application, by=by, kind=row.kind, planned_on=row.planned_on.isoformat())
    row.delete()


# --- Somebody from outside


def refuse_insider(application: Application, *, code: str, email: str, by: Access, today: date) -> None:
    """Rule 82: not of the firm nor of its group: another partita IVA, no user or contact of the company, no address of its domain; nobody
    who worked on the case or sits in the commission. What no record tells, the validator declares."""
    company: Company = application.company
    email = email.strip()
    if code == company.partita_iva:
        raise DomainError(_("È l'impresa stessa: serve qualcuno di fuori."), field="partita_iva")
    if not email:
        raise DomainError(_("Serve la sua posta elettronica."), field="email")
    user = User.objects.filter(email__iexact=email).first()
    if (user and works_for(user, company)) or company.contacts.filter(email__iexact=email).exists():
        raise DomainError(_("Questa persona lavora per l'impresa, o con lei: serve qualcuno di fuori."), field="email")
    if user and user.pk in _on_the_case(application, by):
        raise DomainError(_("Questa persona si occupa della domanda: serve qualcuno di fuori."), field="email")
    if user and sits(user, application.network_id, on=today):
        raise DomainError(_("Questa persona siede in commissione: serve qualcuno di fuori."), field="email")
    if own_domain(email) in domains_of(company):
        raise DomainError(_("È un indirizzo dell'impresa: serve qualcuno di fuori."), field="email")


def _on_the_case(application: Application, by: Access) -> set[int | None]:
    """Who proposed it, who looked at an answer, who met the company, who writes."""
    looked = Answer.objects.filter(application=application).values_list("reviewed_by_id", flat=True)
    met = Interview.objects.filter(application=application).values_list("held_by_id", flat=True)
    return {by.actor_id, application.created_by_id, *looked, *met}


def code_of(typed: str) -> str:
    """A partita IVA as typed, without spaces. Raises DomainError for a wrong one."""
    try:
        return partita_iva(typed.strip())
    except ValidationError as error:
        raise DomainError(error.messages[0], field="partita_iva") from error


@transaction.atomic
def record_validation(
    *, application: Application, values: dict[str, Any], file: UploadedFile | None, by: Access, today: date
) -> Validation:
    """What somebody from outside says, with the sheet they wrote. Raises DomainError for an insider, a wrong partita IVA, a day to come."""
    row = in_check(application, by)
    code = code_of(values["partita_iva"])
    refuse_insider(row, code=code, email=values["email"], by=by, today=today)
    if values["given_on"] > today:
        raise DomainError(_("La data è nel futuro."), field="given_on")
    upload = None
    if file:
        check_upload(file)
        upload = store_upload(file=file, kind=OPINION, subject=row, by=by, network_wide=True)
    made = Validation.objects.create(
        network_id=row.network_id,
        application=row,
        created_by_id=by.actor_id,
        upload=upload,
        **{**values, "partita_iva": code},
    )
    record_fact("certification.validation.recorded", row, by=by, is_favourable=made.is_favourable)
    return made


# --- The end of the check


@transaction.atomic
def finish_check(*, application: Application, level: str, by: Access, today: date) -> Application:
    """The check is over: computed answers stand as the data say, the others were all looked at. Who decides is asked.

    `level`: the one that was asked for, or a lower one that what was proved reaches. Raises DomainError saying what is left to do.
    """
    row = in_check(application, by)
    Answer.objects.filter(application=row, verdict="", criterion__in=_computed(row)).update(
        verdict=Verdict.CONFIRMED, points_given=F("points"), reviewed_by=by.actor_id
    )
    seen = assess(by, row, today=today)
    left = [one.criterion.name for one in seen.asked if one.points and not one.is_computed and one.answer and not one.answer.verdict]
    if left:
        raise DomainError(_("Restano da guardare: %(names)s.") % {"names": "; ".join(left)})
    meetings = list(Interview.objects.filter(application=row))
    if any(meeting.held_on is None for meeting in meetings):
        raise DomainError(_("C'è un incontro in programma: scrivi com'è andato, oppure annullalo."))
    if not meetings and any(one.points and one.criterion.checked_by == CheckedBy.INTERVIEW for one in seen.asked):
        raise DomainError(_("Alcune risposte si verificano con un incontro o una visita: manca."))
    rules = {rule.level: rule for rule in seen.scheme.levels}
    if level not in rules:
        raise DomainError(_("Scegli il livello."), field="level")
    favourable = Validation.objects.filter(application=row, is_favourable=True).count()
    if favourable < rules[level].validators:
        words = _("Per «%(level)s» serve la conferma di qualcuno di fuori dall'impresa: ce ne sono %(has)s su %(wanted)s.")
        raise DomainError(words % {"level": Level(level).label, "has": favourable, "wanted": rules[level].validators}, field="level")
    row = perform(APPLICATION, "checked", row, by=by, checked_by_id=by.actor_id, level=level)
    todos.done(kind=[CHECK, VALIDATED], subject=row, by=by)
    ask_decision(row, by=by)
    return row


def _computed(row: Application) -> list[str]:
    return [code for code, criterion in row.scheme.scheme.criteria.items() if criterion.checked_by == CheckedBy.COMPUTED]


@transaction.atomic
def reopen_check(*, application: Application, reason: str, by: Access) -> Application:
    """Before the decision something has to be looked at again. Raises ReasonRequired, FourEyesRequired for the company's own people."""
    if works_for(by.actor, application.company):
        raise FourEyesRequired(_("Lavori per questa impresa, o con lei: la domanda la verifica un'altra persona."))
    row: Application = perform(APPLICATION, "reopened", application, by=by, reason=reason, checked_by_id=None)
    todos.done(kind=DECIDE, subject=row, by=by)
    return row
