"""What the law wants around a placement: the register of communications, evidence of safety, places outside, copies, no replacement.

Lock order: the placement first, then its rows.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission, Role
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import Conflict, DomainError, ReasonRequired
from impresasolidale.core.models import Document
from impresasolidale.core.todos import close_deadline, done, set_deadline
from impresasolidale.core.uploads import store_upload
from impresasolidale.core.views import check_version
from impresasolidale.territory.models import Ambito
from impresasolidale.territory.rules import Severity
from impresasolidale.territory.selectors import rules_for
from placements.beneficiaries.models import Beneficiary

from .. import readiness
from ..compliance_rules import communication_due_on, years_later
from ..enums import CommunicationKind, EvidenceKind, Sender
from ..models import BenefitCheck, Communication, CopyHanded, OutsidePlace, Placement, ReplacementFlag, SafetyEvidence

DUE = "agreements.communication"
FITNESS_ENDS = "agreements.fitness_expires"
SEND_SOON = 7  # days before the last good one


# --- Compulsory communications (rules 22, 23)


@transaction.atomic
def communication_due(*, placement: Placement, kind: str, on: date, by: Access) -> Communication | None:
    """Put a communication about the fact of day `on` in the register, with its last good day and the clerk's deadline.

    Asking again for a start moves the one that has not gone yet; what has gone stays as it went. None when the placement's rule book
    switches rule 22 off. The caller has locked the placement.
    """
    book = placement.rulebook.rules
    if book.severity(22) == Severity.OFF:
        return None
    same = Communication.objects.filter(placement=placement, kind=kind, annulled_at=None)
    row = (same if kind == CommunicationKind.START else same.filter(about_on=on)).first()
    if row is None:
        row = Communication(
            ambito_id=placement.ambito_id, placement=placement, kind=kind, sender=book.communication_sender, created_by_id=by.actor_id
        )
    if row.pk is None or row.is_open:
        row.about_on, row.due_on = on, communication_due_on(kind, on, book)
        row.save()
        _remind(row, by=by)
    return row


@transaction.atomic
def record_sent(
    *, communication: Communication, sent_on: date, code: str, by: Access, today: date, sender: str = "", protocol: str = ""
) -> Communication:
    """It has gone: the day and the code of the receipt. One that was recorded is corrected by annulling it with a reason."""
    row = _open_communication(communication, by=by)
    if sent_on > today:
        raise DomainError(_("Questo giorno deve ancora venire."), field="sent_on")
    if not code.strip():
        raise DomainError(_("Scrivi il codice che trovi sulla ricevuta."), field="code")
    row.sender = sender or row.sender
    row.sent_on, row.code, row.protocol, row.recorded_by_id = sent_on, code.strip(), protocol.strip(), by.actor_id
    return _keep(row, "sent", by=by, today=today)


@transaction.atomic
def record_exempt(*, communication: Communication, motive: str, by: Access, today: date) -> Communication:
    """The office judges that it is not due, and says why (domain.md §1.5: some argue it for purely therapeutic placements)."""
    row = _open_communication(communication, by=by)
    if not motive.strip():
        raise DomainError(_("Scrivi perché la comunicazione non è dovuta."), field="motive")
    row.sender, row.exempt_motive, row.recorded_by_id = Sender.EXEMPT, motive.strip(), by.actor_id
    return _keep(row, "exempt", by=by, today=today)


@transaction.atomic
def annul_communication(*, communication: Communication, reason: str, by: Access, today: date, again: bool = True) -> Communication:
    """Strike a line of the register, with the reason; `again`: it is still due, so a new line takes its place."""
    by.require(Permission.RECORD_PROTOCOL)
    if not reason.strip():
        raise ReasonRequired
    placement = _locked(communication.placement)
    row = Communication.objects.select_for_update(of=("self",), no_key=True).get(pk=communication.pk)
    if row.annulled_at:
        raise Conflict(_("Questa comunicazione è già annullata."))
    _annul(row, reason, by=by)
    if again:
        communication_due(placement=placement, kind=row.kind, on=row.about_on, by=by)
    readiness.refresh_readiness(placement=placement, by=by, today=today)
    return row


def start_communication(*, placement: Placement, by: Access) -> Communication:
    """The line of the register about the start, made when it is not there yet. Raises DomainError where rule 22 is off."""
    by.require(Permission.RECORD_PROTOCOL)
    row = communication_due(placement=_locked(placement), kind=CommunicationKind.START, on=placement.starts_on, by=by)
    if row is None:
        raise DomainError(_("Le regole di questo tirocinio non prevedono la comunicazione obbligatoria."))
    return row


def strike_open_communications(placement: Placement, reason: str, *, by: Access, **which: Any) -> bool:
    """Strike what has not gone yet (all, or those that match); whether the start was announced already."""
    told = False
    for row in Communication.objects.filter(placement=placement, annulled_at=None, **which).order_by("pk"):
        if row.is_open:
            _annul(row, reason, by=by)
        told = told or (row.kind == CommunicationKind.START and row.sent_on is not None)
    return told


def drop_communications(placement: Placement, *, by: Access) -> None:
    """The placement will not be: what has not gone is struck; of a start that was announced the cancellation is due."""
    if strike_open_communications(placement, _("Il tirocinio non comincia."), by=by):
        communication_due(placement=placement, kind=CommunicationKind.CANCELLATION, on=placement.starts_on, by=by)


def _open_communication(communication: Communication, *, by: Access) -> Communication:
    by.require(Permission.RECORD_PROTOCOL)  # the clerk sends it, or keeps its receipt
    _locked(communication.placement)
    row = Communication.objects.select_for_update(of=("self",), no_key=True).select_related("placement").get(pk=communication.pk)
    if not row.is_open:
        raise Conflict(_("Nel frattempo questa comunicazione è già stata registrata: guarda nel registro."))
    return row


def _keep(row: Communication, what: str, *, by: Access, today: date) -> Communication:
    row.save()
    _close(row, by=by)
    record_fact("agreements.placement.communication_recorded", row.placement, by=by, kind=row.kind, what=what)
    readiness.refresh_readiness(placement=row.placement, by=by, today=today)
    return row


def _annul(row: Communication, reason: str, *, by: Access) -> None:
    row.annulled_at, row.annulled_reason = timezone.now(), reason.strip()[:300]
    row.save(update_fields=["annulled_at", "annulled_reason"])
    _close(row, by=by)
    record_fact("agreements.placement.communication_annulled", row.placement, by=by, reason=row.annulled_reason, kind=row.kind)


def _close(row: Communication, *, by: Access) -> None:
    close_deadline(kind=DUE, subject=row)
    done(kind=DUE, subject=row, by=by)


def _remind(row: Communication, *, by: Access) -> None:
    words = {"kind": CommunicationKind(row.kind).label, "person": row.placement.beneficiary}
    set_deadline(
        kind=DUE,
        subject=row,
        title=str(_("Comunicazione obbligatoria, %(kind)s: %(person)s") % words),
        url=reverse("agreements:communication_sent", args=[row.public_id]),
        role=Role.CLERK,
        due_on=row.due_on,
        by=by,
        remind_days=SEND_SOON,
        is_mandatory=True,
    )


# --- Evidence of safety (rules 25, 26)


@transaction.atomic
def record_training(
    *,
    beneficiary: Beneficiary,
    done_on: date,
    general_hours: int | None,
    specific_hours: int | None,
    risk_class: str,
    provider: str,
    certificate: UploadedFile | None,
    by: Access,
    today: date,
) -> list[SafetyEvidence]:
    """Safety training of a person, general and specific as far as it was done: good for every placement (the specific one expires)."""
    by.require(Permission.PREPARE_PLACEMENTS)
    _not_to_come(done_on, today)
    if not general_hours and not specific_hours:
        raise DomainError(_("Scrivi le ore della formazione generale, di quella specifica, o di tutte e due."), field="specific_hours")
    if specific_hours and not risk_class:
        raise DomainError(_("Scegli per quale classe di rischio vale la formazione specifica."), field="risk_class")
    upload = store_upload(file=certificate, kind="agreements.safety", subject=beneficiary, by=by) if certificate else None
    own = {"provider": provider.strip(), "certificate": upload}
    rows = []
    if general_hours:
        rows.append(_evidence(beneficiary, EvidenceKind.GENERAL, by=by, done_on=done_on, hours=general_hours, **own))
    if specific_hours:
        years = rules_for(Ambito.objects.get(pk=beneficiary.ambito_id), today)[1].safety_specific_years
        to = years_later(done_on, years)
        more = {"done_on": done_on, "hours": specific_hours, "risk_class": risk_class, "valid_to": to}
        rows.append(_evidence(beneficiary, EvidenceKind.SPECIFIC, by=by, **more, **own))
    readiness.refresh_where(by=by, today=today, beneficiary=beneficiary)
    return rows


@transaction.atomic
def record_fitness(
    *,
    beneficiary: Beneficiary,
    done_on: date,
    valid_to: date | None,
    provider: str,
    certificate: UploadedFile | None,
    by: Access,
    today: date,
) -> SafetyEvidence:
    """The day the person was found fit, and until when: no health data. Before it ends the social worker is reminded."""
    by.require(Permission.PREPARE_PLACEMENTS)
    _not_to_come(done_on, today)
    if valid_to and valid_to < done_on:
        raise DomainError(_("La data di fine viene prima di quella di inizio."), field="valid_to")
    upload = store_upload(file=certificate, kind="agreements.safety", subject=beneficiary, by=by) if certificate else None
    row = _evidence(
        beneficiary, EvidenceKind.FITNESS, by=by, done_on=done_on, valid_to=valid_to, provider=provider.strip(), certificate=upload
    )
    for earlier in SafetyEvidence.objects.filter(beneficiary=beneficiary, kind=EvidenceKind.FITNESS).exclude(pk=row.pk):
        _forget(earlier, by=by)
    if valid_to:
        set_deadline(
            kind=FITNESS_ENDS,
            subject=row,
            title=str(_("Scade l'idoneità medica: %(person)s") % {"person": beneficiary}),
            url=reverse("agreements:safety", args=[beneficiary.public_id]),
            role=Role.SOCIAL_WORKER,
            due_on=valid_to,
            by=by,
            remind_days=rules_for(Ambito.objects.get(pk=beneficiary.ambito_id), today)[1].fitness_reminder_days,
        )
    readiness.refresh_where(by=by, today=today, beneficiary=beneficiary)
    return row


@transaction.atomic
def annul_evidence(*, evidence: SafetyEvidence, reason: str, by: Access, today: date) -> SafetyEvidence:
    """It was a mistake: it stays written, with the reason, and counts for nothing."""
    by.require(Permission.PREPARE_PLACEMENTS)
    if not reason.strip():
        raise ReasonRequired
    row = SafetyEvidence.objects.select_for_update(of=("self",), no_key=True).select_related("beneficiary").get(pk=evidence.pk)
    if row.annulled_at:
        raise Conflict(_("Questo attestato è già annullato."))
    row.annulled_at, row.annulled_reason = timezone.now(), reason.strip()[:300]
    row.save(update_fields=["annulled_at", "annulled_reason"])
    _forget(row, by=by)
    record_fact("agreements.evidence.annulled", row, by=by, reason=row.annulled_reason)
    readiness.refresh_where(by=by, today=today, beneficiary=row.beneficiary)
    return row


@transaction.atomic
def set_fitness_needed(*, placement: Placement, needed: bool, row_version: int, by: Access, today: date) -> Placement:
    """Whether these tasks ask for a medical visit (rule 26)."""
    by.require(Permission.PREPARE_PLACEMENTS)
    row = open_placement(placement)
    check_version(row, row_version)
    row.needs_fitness, row.row_version = needed, row.row_version + 1
    row.save(update_fields=["needs_fitness", "row_version"])
    record_fact("agreements.placement.fitness_recorded", row, by=by)
    readiness.refresh_readiness(placement=row, by=by, today=today)
    return row


def _evidence(beneficiary: Beneficiary, kind: str, *, by: Access, **values: Any) -> SafetyEvidence:
    row = SafetyEvidence.objects.create(
        ambito_id=beneficiary.ambito_id, beneficiary=beneficiary, kind=kind, created_by_id=by.actor_id, **values
    )
    record_fact("agreements.evidence.recorded", row, by=by, kind=kind)
    return row


def _forget(row: SafetyEvidence, *, by: Access) -> None:
    close_deadline(kind=FITNESS_ENDS, subject=row)
    done(kind=FITNESS_ENDS, subject=row, by=by)


# --- Places outside the seat (rule 21), copies (rule 30), no replacement of staff (rule 27)


@transaction.atomic
def add_outside_place(
    *, placement: Placement, kind: str, address: str, description: str, told_on: date | None, by: Access, today: date
) -> OutsidePlace:
    """A place where the person works away from the seat. What is added after the papers were issued is a notice to the insurer."""
    by.require(Permission.PREPARE_PLACEMENTS)
    row = open_placement(placement)
    if told_on:
        _not_to_come(told_on, today, "told_on")
    place = OutsidePlace.objects.create(
        ambito_id=row.ambito_id,
        placement=row,
        kind=kind,
        address=address.strip(),
        description=description.strip(),
        told_on=told_on,
        created_by_id=by.actor_id,
    )
    record_fact("agreements.placement.outside_place_added", row, by=by, kind=kind)
    readiness.refresh_readiness(placement=row, by=by, today=today)
    return place


@transaction.atomic
def record_insurer_told(*, place: OutsidePlace, told_on: date, by: Access, today: date) -> OutsidePlace:
    """The insurer knows of the place from this day."""
    by.require(Permission.PREPARE_PLACEMENTS)
    _not_to_come(told_on, today, "told_on")
    placement = open_placement(place.placement)
    place.told_on = told_on
    place.save(update_fields=["told_on"])
    record_fact("agreements.placement.insurer_told", placement, by=by)
    readiness.refresh_readiness(placement=placement, by=by, today=today)
    return place


@transaction.atomic
def remove_outside_place(*, place: OutsidePlace, by: Access, today: date) -> None:
    """The person does not work there any more; the history of rows keeps it."""
    by.require(Permission.PREPARE_PLACEMENTS)
    placement = open_placement(place.placement)
    place.delete()
    record_fact("agreements.placement.outside_place_removed", placement, by=by)
    readiness.refresh_readiness(placement=placement, by=by, today=today)


@transaction.atomic
def record_copies(*, document: Document, placement: Placement, days: Mapping[str, date | None], by: Access, today: date) -> None:
    """The days on which host, promoter and trainee got their copy of a paper; a day left empty is one that has still to come."""
    by.require(Permission.RECORD_PROTOCOL)
    for holder, day in days.items():
        if day and day > today:
            raise DomainError(_("Questo giorno deve ancora venire."), field=holder)
        if day and day < document.issued_on:
            words = _("Il documento è del %(day)s: la copia non può essere di prima.") % {"day": f"{document.issued_on:%d/%m/%Y}"}
            raise DomainError(words, field=holder)
    row = _locked(placement)
    CopyHanded.objects.filter(document=document).delete()
    CopyHanded.objects.bulk_create(
        CopyHanded(ambito_id=row.ambito_id, placement=row, document=document, holder=holder, handed_on=day)
        for holder, day in days.items()
        if day
    )
    record_fact("agreements.placement.copies_recorded", row, by=by, number=document.number)


@transaction.atomic
def record_benefit_check(*, placement: Placement, told_on: date, noted_on: date | None, by: Access, today: date) -> BenefitCheck:
    """The person was told what the allowance means for other benefits (rules 43, 44); written again, the last says."""
    by.require(Permission.PREPARE_PLACEMENTS)
    row = _locked(placement)
    for field, day in (("told_on", told_on), ("noted_on", noted_on)):
        if day and day > today:
            raise DomainError(_("Questo giorno deve ancora venire."), field=field)
    found = BenefitCheck.objects.filter(placement=row).first()
    found = found or BenefitCheck(ambito_id=row.ambito_id, placement=row, created_by_id=by.actor_id)
    found.told_on, found.noted_on = told_on, noted_on
    found.save()
    record_fact("agreements.placement.benefits_checked", row, by=by)
    readiness.refresh_readiness(placement=row, by=by, today=today)
    return found


@transaction.atomic
def flag_replacement(*, placement: Placement, reason: str, by: Access, today: date) -> ReplacementFlag:
    """Somebody saw that the person seems to stand in for staff: it is looked into (L. 234/2021 c. 723: 50 euro a day, on the host)."""
    by.require(Permission.SEE_PLACEMENTS)
    if not reason.strip():
        raise ReasonRequired
    row = open_placement(placement)
    flag = ReplacementFlag.objects.create(
        ambito_id=row.ambito_id, placement=row, raised_on=today, reason=reason.strip(), created_by_id=by.actor_id
    )
    record_fact("agreements.placement.replacement_flagged", row, by=by)
    readiness.refresh_readiness(placement=row, by=by, today=today)
    return flag


@transaction.atomic
def clear_replacement(*, placement: Placement, outcome: str, by: Access, today: date) -> ReplacementFlag:
    """What was found out about it."""
    by.require(Permission.PREPARE_PLACEMENTS)
    if not outcome.strip():
        raise ReasonRequired
    row = _locked(placement)
    flag = ReplacementFlag.objects.filter(placement=row, cleared_on=None).first()
    if flag is None:
        raise Conflict(_("Non c'è nessuna segnalazione da chiarire."))
    flag.cleared_on, flag.outcome = today, outcome.strip()
    flag.save(update_fields=["cleared_on", "outcome"])
    record_fact("agreements.placement.replacement_cleared", row, by=by)
    readiness.refresh_readiness(placement=row, by=by, today=today)
    return flag


def open_placement(placement: Placement) -> Placement:
    """The placement, locked, while something may still be written about it. Raises Conflict afterwards."""
    row = _locked(placement)
    if not row.is_watched:
        raise Conflict(_("Questo tirocinio è finito: non si scrive più nulla."))
    return row


def _locked(placement: Placement) -> Placement:
    return (
        Placement.objects.select_for_update(of=("self",), no_key=True)
        .select_related("beneficiary", "company", "rulebook")
        .get(pk=placement.pk)
    )


def _not_to_come(day: date, today: date, field: str = "done_on") -> None:
    if day > today:
        raise DomainError(_("Questo giorno deve ancora venire."), field=field)
