"""Breaches with their 72 hours, agreements with their expiry, notes on the register of processing."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission, Role
from impresasolidale.core import todos
from impresasolidale.core.audit import record_fact
from impresasolidale.core.documents import issue
from impresasolidale.core.errors import DomainError, TransitionNotAllowed
from impresasolidale.core.models import Document
from impresasolidale.core.transitions import perform
from impresasolidale.core.views import check_version

from .. import documents, rules
from ..enums import BreachState, Decision, Told
from ..models import Breach, DataPact, ProcessingNote
from ..processing import ENTRIES
from ..transitions import BREACH
from ._common import ask_once_a_year, need_ambito, open_row, still_to_ask

BREACH_TODO = "privacy.breach"
PACT_TODO = "privacy.agreement_expires"
REVIEW = "privacy.review"
REVIEWED_IN = 2  # February: after what the year before left to discard is known
REMIND_DAYS = 60  # before an agreement expires, of the calendar: a new one is negotiated


# --- Breaches


@transaction.atomic
def register_breach(*, values: Mapping[str, Any], by: Access, now: datetime) -> Breach:
    """Write down a breach at once, with what is known. Raises DomainError beside the field."""
    by.require(Permission.KEEP_PRIVACY)
    need_ambito(by)
    if values["detected_at"] > now:
        raise DomainError(_("Il momento è nel futuro."), field="detected_at")
    row = Breach.objects.create(ambito_id=by.ambito_id, created_by_id=by.actor_id, **_stripped(values))
    record_fact("privacy.breach.registered", row, by=by)
    _ask(row, now=now, by=by)
    return row


def _stripped(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}


def _ask(row: Breach, *, now: datetime, by: Access) -> None:
    mark = rules.mark_of(row.detected_at, now)
    titles = {
        0: _("Una violazione di dati: decidi se notificarla, ci sono 72 ore"),
        24: _("Una violazione di dati aspetta da 24 ore: ne restano 48"),
        48: _("Una violazione di dati aspetta da 48 ore: ne restano 24"),
        72: _("Una violazione di dati: le 72 ore sono passate"),
    }
    todos.ask(
        kind=BREACH_TODO,
        subject=row,
        title=titles[mark],
        url=reverse("privacy:breach", args=[row.public_id]),
        role=Role.COORDINATOR,
        due_on=timezone.localdate(rules.notify_by(row.detected_at)),
        is_mandatory=True,
        by=by,
    )


def waits(row: Breach) -> bool:
    """Nobody decided yet, or it is to be notified and was not."""
    return row.state == BreachState.OPEN and (not row.decision or (row.decision == Decision.NOTIFY and row.notified_at is None))


def ambiti_with_breaches() -> list[int]:
    """Of the Ambiti that are reached, those where one is open."""
    return list(Breach.objects.filter(state=BreachState.OPEN).order_by().values_list("ambito_id", flat=True).distinct())


@transaction.atomic
def chase_breaches(*, by: Access, now: datetime) -> int:
    """Tell again, in the Ambito, of what waits longer than the next mark. Safe to repeat."""
    waiting = [row for row in Breach.objects.filter(ambito_id=by.ambito_id, state=BreachState.OPEN).order_by("pk") if waits(row)]
    for row in waiting:
        _ask(row, now=now, by=by)
    return len(waiting)


@transaction.atomic
def edit_breach(*, breach: Breach, values: Mapping[str, Any], seen: int, by: Access, now: datetime) -> Breach:
    """What is known now; the first moment may be corrected too. Raises DomainError, Conflict."""
    by.require(Permission.KEEP_PRIVACY)
    row = open_row(breach, seen)
    if values["detected_at"] > (row.notified_at or now):
        raise DomainError(_("Il momento non può venire dopo."), field="detected_at")
    for name, value in _stripped(values).items():
        setattr(row, name, value)
    _save(row, *values)
    record_fact("privacy.breach.edited", row, by=by)
    if waits(row):
        _ask(row, now=now, by=by)
    return row


def _save(row: Breach, *names: str) -> None:
    row.row_version += 1
    row.save(update_fields=[*names, "row_version"])


@transaction.atomic
def decide_breach(*, breach: Breach, decision: str, reason: str, by: Access, now: datetime) -> Breach:
    """Notify or not, with the reasons; decided anew while nothing was sent. Raises DomainError beside the field."""
    by.require(Permission.KEEP_PRIVACY)
    row = open_row(breach)
    if row.notified_at:
        raise DomainError(_("È già stata notificata."))
    if not reason.strip():
        raise DomainError(_("Scrivi il perché: il Garante può chiederlo anche anni dopo."), field="reason")
    row.decision, row.decision_reason, row.decided_by_id, row.decided_at = Decision(decision), reason.strip(), by.actor_id, now
    _save(row, "decision", "decision_reason", "decided_by", "decided_at")
    record_fact("privacy.breach.decided", row, by=by, decision=row.decision)
    if not waits(row):
        todos.done(kind=BREACH_TODO, subject=row, by=by)
    else:
        _ask(row, now=now, by=by)
    return row


@transaction.atomic
def note_notified(*, breach: Breach, at: datetime, number: str, late_reason: str, by: Access, now: datetime) -> Breach:
    """The authority was told. After the 72 hours with the reason of the delay (art. 33.1). Raises DomainError beside the field."""
    by.require(Permission.KEEP_PRIVACY)
    row = open_row(breach)
    if row.decision != Decision.NOTIFY or row.notified_at:
        raise DomainError(_("Prima si decide di notificarla, e lo si fa una volta."))
    if not row.detected_at <= at <= now:
        raise DomainError(_("Il momento è fra quando ve ne siete accorti e adesso."), field="at")
    is_late = at > rules.notify_by(row.detected_at)
    if is_late and not late_reason.strip():
        raise DomainError(_("Sono passate più di 72 ore: scrivi il motivo del ritardo."), field="late_reason")
    row.notified_at, row.notice_number, row.late_reason = at, number.strip(), late_reason.strip() if is_late else ""
    _save(row, "notified_at", "notice_number", "late_reason")
    record_fact("privacy.breach.notified", row, by=by, late=is_late)
    todos.done(kind=BREACH_TODO, subject=row, by=by)
    return row


@transaction.atomic
def note_told(*, breach: Breach, told: str, reason: str, on: date | None, by: Access, today: date) -> Breach:
    """Whether the people were told, how and when, or why not (art. 34). Raises DomainError beside the field."""
    by.require(Permission.KEEP_PRIVACY)
    row = open_row(breach)
    if not reason.strip():
        raise DomainError(_("Scrivi come lo si è detto, oppure perché non serve."), field="reason")
    if told == Told.TELL and on is None:
        raise DomainError(_("Scrivi quando."), field="on")
    if on and on > today:
        raise DomainError(_("Il giorno è nel futuro."), field="on")
    row.told, row.told_reason, row.told_on = Told(told), reason.strip(), on if told == Told.TELL else None
    _save(row, "told", "told_reason", "told_on")
    record_fact("privacy.breach.told", row, by=by, told=row.told)
    return row


def missing(row: Breach) -> list[str]:
    """What a breach still needs before it is closed."""
    asked = [
        (not row.decision, _("la decisione se notificarla")),
        (row.decision == Decision.NOTIFY and row.notified_at is None, _("la notifica al Garante")),
        (not row.told, _("se lo si dice alle persone")),
        (not row.measures, _("che cosa si è fatto")),
    ]
    return [words for lacks, words in asked if lacks]


@transaction.atomic
def close_breach(*, breach: Breach, by: Access) -> Breach:
    """Raises DomainError with what is missing."""

    def whole(row: Breach) -> None:
        if words := missing(row):
            raise DomainError(_("Manca ancora: %(items)s.") % {"items": ", ".join(words)})

    done: Breach = perform(BREACH, "closed", breach, by=by, guard=whole)
    todos.done(kind=BREACH_TODO, subject=done, by=by)
    return done


def reopen_breach(*, breach: Breach, reason: str, by: Access) -> Breach:
    """Something more came to light. Raises ReasonRequired."""
    done: Breach = perform(BREACH, "reopened", breach, by=by, reason=reason)
    return done


# --- Agreements


@transaction.atomic
def save_pact(*, pact: DataPact | None, values: Mapping[str, Any], seen: int, by: Access, today: date) -> DataPact:
    """A new agreement, or another text of one. Raises DomainError, Conflict."""
    by.require(Permission.KEEP_PRIVACY)
    need_ambito(by)
    if pact is None:
        row = DataPact(ambito_id=by.ambito_id, created_by_id=by.actor_id)
    else:
        row = DataPact.objects.select_for_update(of=("self",), no_key=True).get(pk=pact.pk)
        check_version(row, seen)
        row.row_version += 1
    for name, value in _stripped(values).items():
        setattr(row, name, value)
    if row.signed_on > today:
        raise DomainError(_("Il giorno è nel futuro."), field="signed_on")
    if row.expires_on and row.expires_on < row.signed_on:
        raise DomainError(_("La scadenza viene prima della firma."), field="expires_on")
    row.save()
    record_fact("privacy.pact.saved", row, by=by)
    _remind(row, by=by)
    return row


def _remind(row: DataPact, *, by: Access) -> None:
    if row.ended_on or row.expires_on is None:
        todos.close_deadline(kind=PACT_TODO, subject=row)
        todos.done(kind=PACT_TODO, subject=row, by=by)
        return
    todos.set_deadline(
        kind=PACT_TODO,
        subject=row,
        title=_("Scade un accordo sui dati: %(party)s") % {"party": row.party},
        url=reverse("privacy:edit_pact", args=[row.public_id]),
        role=Role.COORDINATOR,
        due_on=row.expires_on,
        remind_days=REMIND_DAYS,
        by=by,
    )


@transaction.atomic
def end_pact(*, pact: DataPact, by: Access, today: date) -> DataPact:
    """It is over: nothing reminds of it any more."""
    by.require(Permission.KEEP_PRIVACY)
    row: DataPact = DataPact.objects.select_for_update(of=("self",), no_key=True).get(pk=pact.pk)
    if row.ended_on:
        raise TransitionNotAllowed
    row.ended_on = today
    row.row_version += 1
    row.save(update_fields=["ended_on", "row_version"])
    record_fact("privacy.pact.ended", row, by=by)
    _remind(row, by=by)
    return row


# --- The register of processing


@transaction.atomic
def print_pack(*, kind: str, by: Access, today: date) -> Document:
    """The register, or the draft of the impact assessment, as a paper of the day; the one before stays."""
    by.require(Permission.KEEP_PRIVACY)
    need_ambito(by)
    label, template = documents.PACK[kind]
    return issue(
        kind=kind,
        kind_label=label,
        template=template,
        subject=by.ambito,
        context=documents.pack(by),
        today=today,
        by=by,
        ambito_id=by.ambito_id,
    )


def write_note(*, entry: str, text: str, by: Access) -> ProcessingNote:
    """What the office adds to an entry; the rows before stay. Raises DomainError."""
    by.require(Permission.KEEP_PRIVACY)
    need_ambito(by)
    if entry not in {known.code for known in ENTRIES}:
        raise DomainError(_("Questo trattamento non è nel registro."), field="text")
    row: ProcessingNote = ProcessingNote.objects.create(ambito_id=by.ambito_id, entry=entry, text=text.strip(), created_by_id=by.actor_id)
    record_fact("privacy.note.written", row, by=by, entry=entry)
    return row


# --- Once a year


@transaction.atomic
def note_review(*, by: Access, today: date) -> None:
    """Register, terms and agreements were looked at: who and when stays written (Reg. UE 2016/679, art. 39.1.b)."""
    by.require(Permission.KEEP_PRIVACY)
    need_ambito(by)
    record_fact("privacy.registers.reviewed", by.ambito, by=by, on=today.isoformat())
    todos.done(kind=REVIEW, subject=by.ambito, by=by)


def to_review(today: date) -> list[int]:
    return still_to_ask(month=REVIEWED_IN, kind=REVIEW, today=today)


def ask_review(*, by: Access, today: date) -> bool:
    """The data protection officer is asked to look at register, terms and agreements."""
    return ask_once_a_year(
        month=REVIEWED_IN,
        kind=REVIEW,
        title=_("Rivedi il registro dei trattamenti, le durate e gli accordi sui dati"),
        url=reverse("privacy:register"),
        role=Role.DPO,
        by=by,
        today=today,
    )
