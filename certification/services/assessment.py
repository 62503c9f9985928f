"""What a company does for itself: begins an application, answers area by area, adds proofs, signs and presents, takes back."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from companies.hosts.models import Company
from companies.hosts.services import renew_declarations
from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import todos
from impresasolidale.core.audit import record_fact
from impresasolidale.core.documents import next_number
from impresasolidale.core.errors import DomainError, TransitionNotAllowed
from impresasolidale.core.scope import scope
from impresasolidale.core.transitions import perform
from impresasolidale.core.uploads import store_upload
from impresasolidale.core.words import day_short, in_italian
from impresasolidale.territory.rules import Severity
from impresasolidale.territory.selectors import common_rules

from ..enums import OPEN, ApplicationState, CertificateState, CheckedBy, Level, Origin
from ..models import Answer, Application, Certificate, Proof
from ..rules import next_level
from ..scheme import Criterion
from ..selectors.assessment import assess, declarations_wanted
from ..selectors.campaigns import Door, door
from ..selectors.certificates import live
from ..selectors.facts import band_of
from ..selectors.schemes import scheme_in_force
from ..transitions import APPLICATION
from .schemes import kept
from .words import DECIDE, ask_office

CHECK, COMPLETE = "certification.check", "certification.complete"
PROOF = "certification.proof"
PROOFS = 5  # files at most for one criterion
SERIES = "certification.application"
Said = tuple[int, str]  # points, words


@transaction.atomic
def begin_application(*, company: Company, by: Access, today: date, late_reason: str = "") -> Application:
    """A draft for the own company, or by the office for one that comes late, with why. What was answered last time is there already.

    Raises DomainError when one is open, while the recognition is suspended or has long to go at the top, and outside a campaign.
    """
    by.require_of(Permission.CHECK_CERTIFICATES, company.pk)
    company = Company.objects.select_for_update(of=("self",), no_key=True).get(pk=company.pk)
    if Application.objects.filter(company=company, state__in=OPEN).exists():
        raise DomainError(_("%(company)s ha già una domanda in corso.") % {"company": company})
    found = door(by, today)
    origin, level = _why(company, by=by, today=today)
    if not found.is_open and origin != Origin.RENEWAL:
        _refuse_late(found, company=company, late_reason=late_reason, by=by, today=today)
    scheme = found.campaign.scheme if found.campaign else kept(scheme_in_force(by, today))
    row = Application.objects.create(
        network_id=company.network_id,
        company=company,
        campaign=found.campaign,
        scheme=scheme,
        origin=origin,
        level=level if level in {rule.level for rule in scheme.scheme.levels} else scheme.scheme.levels[0].level,
        late_reason=late_reason.strip(),
        created_by_id=by.actor_id,
    )
    _bring_forward(row, by=by)
    record_fact("certification.application.begun", row, by=by, origin=origin)
    return row


def _refuse_late(found: Door, *, company: Company, late_reason: str, by: Access, today: date) -> None:
    """Rule 84: who comes after the window waits for the next; where the rule book only warns, the office may take it in, with a reason."""
    is_office = company.pk not in by.contact_for
    may = common_rules(company.network_id, today).severity(84) == Severity.WARN
    if is_office and may and late_reason.strip():
        return
    if is_office and may:
        raise DomainError(_("Le domande sono chiuse: per accogliere questa scrivi perché."), field="late_reason")
    when = _("Si riaprono il %(day)s.") % {"day": day_short(found.opens_on)} if found.opens_on else _("Ti scriviamo quando si riaprono.")
    raise DomainError(_("In questo momento non si possono fare domande.") + " " + when)


def _why(company: Company, *, by: Access, today: date) -> tuple[Origin, Level]:
    """What a new application is for: the next level, or the same one again when it is about to end (rule 83)."""
    origin = Origin.COMPANY if company.pk in by.contact_for else Origin.OFFICE
    held: Certificate | None = live(today).filter(company=company).first()
    if held is None:
        return origin, Level.ADERENTE
    if held.state == CertificateState.SUSPENDED:
        raise DomainError(_("Il riconoscimento di %(company)s è sospeso: prima si decide di quello.") % {"company": company})
    days = common_rules(company.network_id, today).certificate_reminder_days
    found = next_level(Level(held.level), held.valid_to, days=days, today=today)
    if found.level is None:
        words = _("Avete già il livello più alto. Il rinnovo si chiede dal %(day)s.")
        assert found.renews_on
        raise DomainError(words % {"day": day_short(found.renews_on)})
    return Origin.RENEWAL if found.is_renewal else origin, found.level


def _bring_forward(row: Application, *, by: Access) -> None:
    """Nothing is asked twice: the last answers and their proofs, where the scheme still asks the same."""
    last = Application.objects.filter(company_id=row.company_id).exclude(pk=row.pk).exclude(origin=Origin.OFFICE, state="withdrawn")
    before = last.order_by("-id").first()
    if before is None:
        return
    known = row.scheme.scheme.criteria
    for answer in Answer.objects.filter(application=before).prefetch_related("proofs"):
        criterion = known.get(answer.criterion)
        if criterion is None or criterion.checked_by == CheckedBy.COMPUTED or answer.points not in _choices(criterion):
            continue
        mine = Answer.objects.create(
            network_id=row.network_id, application=row, criterion=answer.criterion, points=answer.points, words=answer.words
        )
        Proof.objects.bulk_create(
            Proof(network_id=row.network_id, answer=mine, upload_id=proof.upload_id, words=proof.words, created_by_id=by.actor_id)
            for proof in answer.proofs.all()
        )


def _choices(criterion: Criterion) -> set[int]:
    return {0, *(step.points for step in criterion.steps)}


def _draft(application: Application, by: Access) -> Application:
    """The locked draft, for who may write in it."""
    row: Application = (
        Application.objects.select_for_update(of=("self",), no_key=True)
        .select_related("company", "scheme", "campaign")
        .get(pk=application.pk)
    )
    by.require_of(Permission.CHECK_CERTIFICATES, row.company_id)
    if row.state != ApplicationState.DRAFT:
        raise TransitionNotAllowed(_("Questa domanda è già presentata: per cambiarla chiedi all'ufficio di restituirla."))
    return row


def _keep(row: Application, criterion: str, **values: Any) -> None:
    """The one answer to a criterion; the caller holds the application's lock."""
    answer = Answer.objects.filter(application=row, criterion=criterion).first()
    answer = answer or Answer(network_id=row.network_id, application=row, criterion=criterion)
    for name, value in values.items():
        setattr(answer, name, value)
    answer.save()


@transaction.atomic
def save_area(*, application: Application, area: str, said: Mapping[str, Said], by: Access) -> Application:
    """The answers of one page, saved as they are. Raises DomainError for a criterion of elsewhere, or points that no step gives."""
    row = _draft(application, by)
    found = next((one for one in row.scheme.scheme.areas if one.code == area), None)
    known = {c.code: c for c in found.criteria if c.checked_by != CheckedBy.COMPUTED} if found else {}
    for code, (points, words) in said.items():
        if code not in known or points not in _choices(known[code]):
            raise DomainError(_("Scegli una delle risposte."), field=code)
        _keep(row, code, points=points, words=words.strip()[:2000])
    row.row_version += 1
    row.save(update_fields=["row_version"])
    record_fact("certification.application.answered", row, by=by, area=area)
    return row


@transaction.atomic
def add_proof(*, application: Application, criterion: str, file: UploadedFile, words: str, by: Access) -> Proof:
    """A file that proves one answer, kept by the network for all its offices. Raises DomainError for a criterion that asks none or is not
    answered, a file that is none, too many."""
    row = _draft(application, by)
    answer = Answer.objects.filter(application=row, criterion=criterion).first()
    if answer is None:
        raise DomainError(_("Prima rispondi, poi aggiungi la prova."), field="file")
    if Proof.objects.filter(answer=answer).count() >= PROOFS:
        raise DomainError(_("Per una risposta bastano cinque file."), field="file")
    system = Access.system(network_id=row.network_id, ambito_id=None, reason="a company's own proof")
    with scope(system.scope):  # the network's files are not a company's to write: the application keeps this one for it
        upload = store_upload(file=file, kind=PROOF, subject=answer, by=by, network_wide=True)
    proof = Proof.objects.create(
        network_id=row.network_id, answer=answer, upload_id=upload.pk, words=words.strip()[:200], created_by_id=by.actor_id
    )
    record_fact("certification.proof.added", row, by=by, criterion=criterion)
    return proof


@transaction.atomic
def remove_proof(*, proof: Proof, by: Access) -> None:
    """Taken away while it is a draft; the file stays kept, as everything that was handed in."""
    row = _draft(proof.answer.application, by)
    record_fact("certification.proof.removed", row, by=by, criterion=proof.answer.criterion)
    proof.delete()


@transaction.atomic
def submit_application(
    *, application: Application, level: str, signed_by: str, law68: bool, safety: bool, by: Access, today: date
) -> Application:
    """Sign and present: facts, size and points are frozen, the number comes from its series (rules 79, 85).

    Raises DomainError, saying what is missing: a proof, a declaration, a level that is not reached; or when the campaign closed meanwhile.
    """
    row = _draft(application, by)
    company = row.company
    found = door(by, today)
    if not found.is_open and row.origin != Origin.RENEWAL and not row.late_reason:
        _refuse_late(found, company=company, late_reason="", by=by, today=today)
    if not signed_by.strip():
        raise DomainError(_("Scrivi chi dichiara, per l'impresa."), field="signed_by")
    said = {"law68": law68, "safety": safety}
    wanted = declarations_wanted(company, today=today)
    if any(not said[name] for name in wanted) and common_rules(company.network_id, today).severity(85) == Severity.BLOCK:
        raise DomainError(_("Senza queste dichiarazioni non si può presentare la domanda."), field=next(n for n in wanted if not said[n]))
    seen = assess(by, row, today=today)
    if level not in {rule.level for rule in seen.scheme.levels}:
        raise DomainError(_("Scegli il livello."), field="level")
    if lacks := seen.lacking(level):
        words = _("Per «%(level)s» manca ancora: %(missing)s.")
        raise DomainError(words % {"level": Level(level).label, "missing": "; ".join(lacks)}, field="level")
    if without := [one.criterion.name for one in seen.asked if one.needs_proof]:
        raise DomainError(_("Manca una prova per: %(names)s.") % {"names": "; ".join(without)})
    if renewed := [name for name in wanted if said[name]]:
        renew_declarations(company=company, names=renewed, by=by, today=today)
    for one in seen.asked:
        if one.is_computed:
            _keep(row, one.criterion.code, points=one.points)
    number = row.number or next_number(owner=f"network:{row.network_id}", kind=SERIES, year=today.year)
    row = perform(
        APPLICATION,
        "submitted",
        row,
        by=by,
        as_system=True,
        number=number,
        submitted_on=today,
        signed_by=signed_by.strip(),
        level=level,
        facts=seen.facts.to_json(),
        band=band_of(company),
    )
    todos.done(kind=COMPLETE, subject=row, by=by)
    ask_office(
        CHECK,
        in_italian("Una domanda di riconoscimento da verificare: %(company)s", company=company),
        row,
        reverse("certification:application", args=[row.public_id]),
        by=by,
    )
    return row


@transaction.atomic
def withdraw_application(*, application: Application, by: Access, reason: str = "") -> Application:
    """The company takes it back, until it is decided; the office writes it down for one that says so otherwise, with why."""
    by.require_of(Permission.CHECK_CERTIFICATES, application.company_id)
    if application.company_id not in by.contact_for and not reason.strip():
        raise DomainError(_("Scrivi il motivo."), field="reason")
    row: Application = perform(APPLICATION, "withdrawn", application, by=by, as_system=True, reason=reason)
    todos.done(kind=[CHECK, COMPLETE, DECIDE], subject=row, by=by)
    return row
