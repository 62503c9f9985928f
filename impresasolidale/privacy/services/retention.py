"""How long things are kept, holds, and lists of what may be discarded: prepared by one, approved by another, carried out in pieces."""

from collections.abc import Iterable
from datetime import date
from hashlib import sha256

from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission, Role
from impresasolidale.core import todos
from impresasolidale.core.audit import record_fact
from impresasolidale.core.documents import issue
from impresasolidale.core.errors import DomainError, TransitionNotAllowed
from impresasolidale.core.four_eyes import require_second_key
from impresasolidale.core.jobs import Run, enqueue
from impresasolidale.core.models import Job
from impresasolidale.core.transitions import perform
from impresasolidale.core.views import check_version
from impresasolidale.territory.models import Ambito
from placements.beneficiaries.models import Beneficiary

from .. import documents, retention
from ..enums import DiscardState
from ..models import DiscardItem, DiscardList, DiscardOutcome, LegalHold, RetentionTerm
from ..selectors import retention as selectors
from ..transitions import DISCARD
from ._common import ask_once_a_year, need_ambito, still_to_ask

DUE = "privacy.retention_due"
ASKED_IN = 1  # January: what the year before left is looked at once a year
LEAST = 12  # months; a term below a year is a slip of the pen
PIECE = 20  # people of one transaction: a worker that dies leaves each of them whole or gone
NEXT = "privacy.discard_next"


@transaction.atomic
def set_term(*, kind: str, months: int | None, act: str, by: Access) -> RetentionTerm:
    """What the body's plan says of one kind, with its act; None: for ever. The rows before stay. Raises DomainError beside the field."""
    by.require(Permission.KEEP_PRIVACY)
    need_ambito(by)
    if kind not in retention.SHIPPED:
        raise DomainError(_("Questo tipo di carte non c'è."))
    if months is not None and months < LEAST:
        raise DomainError(_("Almeno 12 mesi."), field="months")
    if not act.strip():
        raise DomainError(_("Scrivi l'atto: il piano di conservazione, con numero e data."), field="act")
    row: RetentionTerm = RetentionTerm.objects.create(
        ambito_id=by.ambito_id, kind=kind, months=months, act=act.strip(), created_by_id=by.actor_id
    )
    record_fact("privacy.term.set", row, by=by, kind=kind, months=months)
    return row


# --- Holds


@transaction.atomic
def place_hold(*, person: Beneficiary, reason: str, until: date | None, by: Access, today: date) -> LegalHold:
    """Nothing of her is discarded meanwhile. Raises DomainError beside the field."""
    by.require(Permission.KEEP_PRIVACY)
    if not reason.strip():
        raise DomainError(_("Scrivi il motivo: un ricorso, un'indagine, un controllo."), field="reason")
    if until and until < today:
        raise DomainError(_("Il giorno è già passato."), field="until")
    row: LegalHold = LegalHold.objects.create(
        ambito_id=person.ambito_id, beneficiary=person, reason=reason.strip(), until=until, created_by_id=by.actor_id
    )
    record_fact("privacy.hold.placed", row, by=by)
    return row


@transaction.atomic
def lift_hold(*, hold: LegalHold, reason: str, by: Access, today: date) -> LegalHold:
    """The terms count again. Raises DomainError beside the field, TransitionNotAllowed."""
    by.require(Permission.KEEP_PRIVACY)
    row: LegalHold = LegalHold.objects.select_for_update(of=("self",), no_key=True).get(pk=hold.pk)
    if row.lifted_on:
        raise TransitionNotAllowed
    if not reason.strip():
        raise DomainError(_("Scrivi perché si toglie."), field="reason")
    row.lifted_on, row.lifted_reason = today, reason.strip()
    row.row_version += 1
    row.save(update_fields=["lifted_on", "lifted_reason", "row_version"])
    record_fact("privacy.hold.lifted", row, by=by)
    return row


# --- Lists


@transaction.atomic
def prepare_list(*, kind: str, by: Access, today: date) -> DiscardList:
    """Freeze who is due today. The office's own term is wanted: a proposal discards nothing. Raises DomainError."""
    by.require(Permission.KEEP_PRIVACY)
    need_ambito(by)
    term = selectors.term_for(by, kind)
    if term.row is None or term.months is None:
        raise DomainError(_("Prima scrivi quanto si conserva secondo il vostro piano, con l'atto: una proposta non basta."))
    Ambito.objects.select_for_update(no_key=True).get(pk=by.ambito_id)  # two at once would list the same people
    if DiscardList.objects.filter(ambito_id=by.ambito_id, kind=kind, state=DiscardState.PREPARED).exists():
        raise DomainError(_("C'è già una lista preparata: approvala o ritirala prima."))
    found = list(selectors.due(by, term, today).order_by("pk").values_list("pk", "last"))
    if not found:
        raise DomainError(_("Oggi non c'è nessuno da mettere in lista."))
    row: DiscardList = DiscardList.objects.create(
        ambito_id=by.ambito_id,
        kind=kind,
        counted_on=today,
        months=term.months,
        term_act=term.act,
        people=len(found),
        created_by_id=by.actor_id,
    )
    DiscardItem.objects.bulk_create(
        [DiscardItem(ambito_id=row.ambito_id, discard=row, beneficiary_id=person, last_on=last) for person, last in found], batch_size=1000
    )
    record_fact("privacy.discard.prepared", row, by=by, kind=kind, people=row.people)
    if not _any_due(by, today):
        todos.done(kind=DUE, subject=by.ambito, by=by)
    return row


def digest_of(people: Iterable[int]) -> str:
    """What an approval freezes: the same people always give the same words, in whatever order."""
    return sha256(",".join(str(pk) for pk in sorted(people)).encode()).hexdigest()


@transaction.atomic
def approve_list(*, discard: DiscardList, number: str, on: date, seen: int, by: Access, today: date) -> DiscardList:
    """Another person says yes, with the authority's act. Raises FourEyesRequired, Conflict, DomainError beside the field."""
    by.require(Permission.KEEP_PRIVACY)
    if not number.strip():
        raise DomainError(_("Scrivi il numero dell'autorizzazione."), field="number")
    if on > today:
        raise DomainError(_("Il giorno è nel futuro."), field="on")

    def whole(row: DiscardList) -> None:
        check_version(row, seen)
        require_second_key(first_id=row.created_by_id, by=by, words=_("La lista l'hai preparata tu: la approva un'altra persona."))
        if on < row.counted_on:
            raise DomainError(_("L'autorizzazione viene dopo la lista: la data è di prima."), field="on")
        if selectors.term_for(by, row.kind).months != row.months:
            raise DomainError(_("Intanto la durata è cambiata: ritira questa lista e preparane un'altra."))

    done: DiscardList = perform(
        DISCARD,
        "approved",
        discard,
        by=by,
        guard=whole,
        authority_act=number.strip(),
        authority_on=on,
        approved_by_id=by.actor_id,
        approved_at=timezone.now(),
        digest=digest_of(_people(discard)),
    )
    return done


def withdraw_list(*, discard: DiscardList, reason: str, by: Access) -> DiscardList:
    """Its people are counted again. Raises ReasonRequired, TransitionNotAllowed."""
    done: DiscardList = perform(DISCARD, "withdrawn", discard, by=by, reason=reason)
    return done


# --- Carrying it out


@transaction.atomic
def start_list(*, discard: DiscardList, seen: int, by: Access) -> DiscardList:
    """From here the people of an approved list are discarded, in the background. Raises Conflict, DomainError, TransitionNotAllowed."""

    def whole(row: DiscardList) -> None:
        check_version(row, seen)
        if digest_of(_people(row)) != row.digest:
            raise DomainError(
                _("Le persone della lista non sono quelle approvate: non si scarta niente. Avvisa chi gestisce il programma.")
            )
        if selectors.term_for(by, row.kind).months != row.months:
            raise DomainError(_("Intanto la durata è cambiata: ritira questa lista e preparane un'altra."))

    row: DiscardList = perform(DISCARD, "started", discard, by=by, guard=whole, started_by_id=by.actor_id, started_at=timezone.now())
    _go_on(row, by=by)
    return row


@transaction.atomic
def start_again(*, discard: DiscardList, by: Access) -> DiscardList:
    """Go on with a list whose work stopped: who is done stays done. Raises TransitionNotAllowed while it goes on by itself."""
    by.require(Permission.KEEP_PRIVACY)
    row: DiscardList = DiscardList.objects.select_for_update(of=("self",), no_key=True).get(pk=discard.pk)
    if row.state != DiscardState.RUNNING or (row.job and row.job.state not in {Job.State.FAILED, Job.State.CANCELLED}):
        raise TransitionNotAllowed
    record_fact("privacy.discard.resumed", row, by=by)
    _go_on(row, by=by)
    return row


def _go_on(row: DiscardList, *, by: Access) -> None:
    row.job = enqueue(NEXT, by=by, discard_id=row.pk)
    row.save(update_fields=["job"])


def _people(row: DiscardList) -> Iterable[int]:
    return DiscardItem.objects.filter(discard=row).values_list("beneficiary_id", flat=True)


def discard_next(*, discard_id: int, run: Run, by: Access, today: date) -> int:
    """The job: the next people of a list, who are looked at once more, and the minute after the last. Safe to repeat: who has an outcome
    is not touched again. Returns how many were looked at."""
    row: DiscardList = DiscardList.objects.select_for_update(of=("self",), no_key=True).get(pk=discard_id)
    if row.state != DiscardState.RUNNING:
        return 0
    left = DiscardItem.objects.filter(discard=row, outcome=None).order_by("pk")
    items = list(left[:PIECE])
    # Nothing new begins for them until this is over: a key towards a person waits for this lock.
    people = {
        p.pk: p for p in Beneficiary.objects.select_for_update(of=("self",)).filter(pk__in=[i.beneficiary_id for i in items]).order_by("pk")
    }
    kept = selectors.left_alone(by, row, {item.beneficiary_id: item.last_on for item in items}, today)
    for item in items:
        if why := kept.get(item.beneficiary_id):
            DiscardOutcome.objects.create(ambito_id=row.ambito_id, item=item, at=timezone.now(), is_done=False, kept_for=why)
        else:
            _discard(item, people[item.beneficiary_id], kind=row.kind, by=by, today=today)
    run.progress(row.people - left.count(), row.people)
    if left.exists():
        _go_on(row, by=by)
    else:
        _finish(row, by=by, today=today)
    return len(items)


def _discard(item: DiscardItem, person: Beneficiary, *, kind: str, by: Access, today: date) -> None:
    """One person: what discard.toml says, in the database; the files go when this is committed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rows_changed, files_gone FROM privacy_discard(%s, %s)", [item.pk, today])
        rows, files = cursor.fetchone()
    DiscardOutcome.objects.create(ambito_id=item.ambito_id, item=item, at=timezone.now(), is_done=True, rows=rows, files=len(files))
    record_fact("privacy.person.discarded", person, by=by, kind=kind)
    transaction.on_commit(lambda: _delete(files))  # a death in between leaves files that no row names: they are swept


def _delete(files: Iterable[str]) -> None:
    for name in files:
        default_storage.delete(name)


def _finish(row: DiscardList, *, by: Access, today: date) -> None:
    paper = issue(
        kind=documents.MINUTE,
        kind_label=documents.MINUTE_LABEL,
        template=documents.MINUTE_TEMPLATE,
        subject=row,
        context=documents.minute(row, selectors.tally(row), today=today),
        today=today,
        by=by,
        ambito_id=row.ambito_id,
    )
    perform(DISCARD, "done", row, by=by, as_system=True, finished_at=timezone.now(), document_id=paper.pk)


# --- Once a year


def _any_due(by: Access, today: date) -> bool:
    return any(selectors.due(by, term, today).exists() for term in selectors.terms(by) if term.months is not None)


def to_tell(today: date) -> list[int]:
    return still_to_ask(month=ASKED_IN, kind=DUE, today=today)


def tell_due(*, by: Access, today: date) -> bool:
    """The coordinator is told that something may be discarded, where something may."""
    return ask_once_a_year(
        month=ASKED_IN,
        kind=DUE,
        title=_("Ci sono carte con il termine passato: guarda che cosa si può scartare"),
        url=reverse("privacy:retention"),
        role=Role.COORDINATOR,
        by=by,
        today=today,
        wanted=_any_due,
    )
