"""Writes of the applications: begun by the office from the data, decided by another person."""

from datetime import date

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies.hosts.models import Company
from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import todos
from impresasolidale.core.documents import next_number
from impresasolidale.core.errors import DomainError, FourEyesRequired, ReasonRequired, TransitionNotAllowed
from impresasolidale.core.four_eyes import OutsideAct, require_second_key
from impresasolidale.core.transitions import perform
from impresasolidale.core.uploads import store_upload
from impresasolidale.core.words import in_italian
from impresasolidale.territory.selectors import common_rules

from ..enums import OPEN, ApplicationState, DecidedBy, Level, Origin
from ..measures import measures
from ..models import AgendaItem, Answer, Application, Certificate, Vote
from ..rules import missing
from ..scheme import computed_points, score
from ..selectors.applications import ACT, requirements_of
from ..selectors.assessment import assess
from ..selectors.certificates import live
from ..selectors.conflicts import works_for
from ..selectors.facts import band_of, facts_of
from ..selectors.schemes import scheme_in_force
from ..transitions import APPLICATION
from . import procedures
from .certificates import award
from .schemes import kept
from .words import DECIDE, ask_decision, tell_company, write_to

DECIDED = "certification.decided"
DECIDED_SUBJECT = gettext_lazy("Il vostro riconoscimento")


@transaction.atomic
def propose_application(*, company: Company, by: Access, today: date) -> Application:
    """Ask for the first level in a company's name, on facts computed now and frozen (rule 79); another person decides.

    Refuses who works for the company, when a recognition is held or asked for, or saying what is missing (the core criteria; the
    declarations of rule 85 where the rule book blocks).
    """
    by.require(Permission.CHECK_CERTIFICATES)
    company = Company.objects.select_for_update(of=("self",), no_key=True).get(pk=company.pk)
    if works_for(by.actor, company):
        raise FourEyesRequired(_("Lavori per questa impresa, o con lei: la domanda la verifica un'altra persona."))
    refuse_second(company, today)
    scheme = scheme_in_force(by, today)
    facts, band = facts_of(by, [company.pk], today)[company.pk], band_of(company)
    points = computed_points(scheme.scheme, band, measures(facts))
    found = score(scheme.scheme, points)
    asked = requirements_of(company, found, level=Level.ADERENTE, scheme=scheme, rules=common_rules(company.network_id, today))
    if lacks := missing(asked):
        words = _("Per proporre %(company)s manca ancora: %(missing)s.")
        raise DomainError(words % {"company": company, "missing": "; ".join(lacks)})
    row = Application.objects.create(
        network_id=company.network_id,
        company=company,
        scheme=kept(scheme),
        origin=Origin.OFFICE,
        level=Level.ADERENTE,
        created_by_id=by.actor_id,
    )
    Answer.objects.bulk_create(
        Answer(network_id=row.network_id, application=row, criterion=code, points=given) for code, given in points.items()
    )
    number = next_number(owner=f"network:{row.network_id}", kind="certification.application", year=today.year)
    row = perform(APPLICATION, "submitted", row, by=by, as_system=True, number=number, submitted_on=today, facts=facts.to_json(), band=band)
    row = perform(APPLICATION, "checked", row, by=by, checked_by_id=by.actor_id)
    ask_decision(row, by=by)
    return row


def refuse_second(company: Company, today: date) -> None:
    """One recognition and one application at a time; the caller holds the company's lock."""
    if live(today).filter(company=company).exists() or Application.objects.filter(company=company, state__in=OPEN).exists():
        raise DomainError(_("%(company)s ha già un riconoscimento valido, oppure uno che aspetta la decisione.") % {"company": company})


@transaction.atomic
def grant_application(
    *,
    application: Application,
    by: Access,
    today: date,
    act: OutsideAct | None = None,
    act_file: UploadedFile | None = None,
    case: AgendaItem | None = None,
) -> Certificate:
    """Recognise the company and issue its certificate. Who checked does not decide, unless an outside act is the second key; a level that
    the commission decides comes with its `case`, whose votes are, where another hand wrote one of them.

    Raises FourEyesRequired, DomainError for a level that was not proved, or while a no is being prepared.
    """
    by.require(Permission.DECIDE_CERTIFICATES)
    row = _to_decide(application, by=by, case=case)
    _refuse_alone(row, by=by, act=act, case=case)
    found = assess(by, row, today=today)
    if lacks := found.lacking(row.level):
        words = _("Quello che è dimostrato non basta per «%(level)s»: manca %(missing)s.")
        raise DomainError(words % {"level": row.get_level_display(), "missing": "; ".join(lacks)})
    reason = in_italian("Atto n. %(number)s del %(day)s", number=act.number.strip(), day=f"{act.on:%d/%m/%Y}") if act else ""
    row = perform(APPLICATION, "granted", row, by=by, reason=reason, decided_by_id=by.actor_id, decided_at=timezone.now())
    if act and act_file:
        store_upload(file=act_file, kind=ACT, subject=row, by=by, network_wide=True)
    todos.done(kind=DECIDE, subject=row, by=by)
    procedures.archive_of(row, by=by, today=today)
    made = award(application=row, by=by, today=today, reason=reason)
    write_to(
        row.company,
        kind=DECIDED,
        subject=DECIDED_SUBJECT,
        template="certification/email/granted.txt",
        context={"level": row.get_level_display(), "valid_to": made.valid_to},
        about=row,
        by=by,
        today=today,
    )
    return made


def _to_decide(application: Application, *, by: Access, case: AgendaItem | None) -> Application:
    """The locked application, ready and this decider's."""
    rows = Application.objects.select_for_update(of=("self",), no_key=True).select_related("company", "scheme")
    row: Application = rows.get(pk=application.pk)
    if row.state != ApplicationState.READY:
        raise TransitionNotAllowed
    if works_for(by.actor, row.company):
        raise FourEyesRequired(_("Lavori per questa impresa, o con lei: decide un'altra persona."))
    if by.actor_id is not None and row.decided_by_id == by.actor_id:
        raise FourEyesRequired(_("Su questa domanda hai già deciso una volta: la riguarda un'altra persona."))
    rule = next((rule for rule in row.scheme.scheme.levels if rule.level == row.level), None)
    if case is None and rule and rule.decided_by == DecidedBy.COMMISSION:
        raise DomainError(_("Questo livello lo decide la commissione: metti la domanda all'ordine del giorno di una seduta."))
    return row


def _refuse_alone(row: Application, *, by: Access, act: OutsideAct | None, case: AgendaItem | None) -> None:
    """Raises FourEyesRequired for a decision in which nobody had a hand but who checked."""
    if case is None:
        require_second_key(first_id=row.checked_by_id, by=by, act=act)
    elif not Vote.objects.filter(item=case).exclude(created_by_id=row.checked_by_id).exists():
        words = _("I voti li ha scritti chi ha verificato la domanda: l'esito lo registra un'altra persona.")
        require_second_key(first_id=row.checked_by_id, by=by, words=words)


@transaction.atomic
def refuse_application(
    *,
    application: Application,
    by: Access,
    reason: str,
    today: date,
    answer: str = "",
    act: OutsideAct | None = None,
    act_file: UploadedFile | None = None,
    case: AgendaItem | None = None,
) -> Application:
    """Close an application without recognition; the company may ask again later, or appeal. What a company asked for itself is refused
    after a pre-notice only (L. 241/1990 art. 10-bis), and as it is granted: not by who checked, unless an outside act is the second key.

    Raises ReasonRequired, FourEyesRequired, DomainError before the pre-notice did its time.
    """
    by.require(Permission.DECIDE_CERTIFICATES)
    row = _to_decide(application, by=by, case=case)
    if not reason.strip():
        raise ReasonRequired
    if row.is_of_company:
        _refuse_alone(row, by=by, act=act, case=case)
        procedures.refuse_early(row, answer=answer, today=today)
        procedures.conclude_refusal(row, reason=reason, answer=answer, by=by, today=today)
    row = perform(APPLICATION, "refused", row, by=by, reason=reason, decided_by_id=by.actor_id, decided_at=timezone.now())
    if act and act_file:
        store_upload(file=act_file, kind=ACT, subject=row, by=by, network_wide=True)
    todos.done(kind=DECIDE, subject=row, by=by)
    if row.is_of_company:  # who did not ask is not told no
        tell_company(row.company, what="refused", about=row, by=by, today=today)
    return row
