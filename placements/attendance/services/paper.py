"""The paper way in: a month printed with its days, filled by hand, photographed, and typed by the office in one grid."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.audit import record_fact, type_of
from impresasolidale.core.documents import issue
from impresasolidale.core.errors import Conflict, DomainError
from impresasolidale.core.jobs import enqueue
from impresasolidale.core.models import Document, Job, Verification
from impresasolidale.core.uploads import store_upload
from placements.agreements.enums import PlacementState
from placements.agreements.models import Placement, Suspension

from .. import documents
from ..enums import Channel, MonthState, Outcome
from ..models import AttendanceEvent, PaperScan, Timesheet
from ..rules import OUTCOMES, check_note, check_travel, day_minutes
from ..selectors import SheetDay, days_between, reachable_sheets, rules_of
from ._common import locking
from .months import span
from .record import check_day
from .totals import recompute_totals

MANY = 100


# --- Printed


@transaction.atomic
def issue_paper_sheet(*, sheet: Timesheet, by: Access, today: date) -> Document:
    """Print one month to be filled by hand: its planned days, boxes, lines to sign, and a code at its foot. Takes the last one's place."""
    by.require(Permission.RECORD_ATTENDANCE)
    row = _open(sheet)
    return _issue(row, documents.PAPER_SHEET, documents.paper_sheet(row), by=by, today=today)


@transaction.atomic
def issue_timesheet(*, sheet: Timesheet, by: Access, today: date) -> Document:
    """The *foglio presenze* of a confirmed month (domain.md §2.3): what was said of each day, the sums, and who answers for them."""
    by.require(Permission.CONFIRM_MONTHS)
    row = _whole(sheet)
    if row.state not in (MonthState.CONFIRMED, MonthState.FROZEN):
        raise DomainError(_("Il foglio presenze si prepara quando il mese è confermato."))
    return _issue(row, documents.TIMESHEET, documents.timesheet(row), by=by, today=today)


def _whole(sheet: Timesheet) -> Timesheet:
    """The sheet with all that its papers say, locked."""
    rows = Timesheet.objects.select_related(
        *("placement__beneficiary", "placement__company", "placement__site", "placement__company_tutor"),
        *("placement__ambito", "placement__rulebook", "closed_by", "confirmed_by"),
    )
    return rows.select_for_update(of=("self",), no_key=True).get(pk=sheet.pk)


def _open(sheet: Timesheet) -> Timesheet:
    row = _whole(sheet)
    if row.state != MonthState.OPEN:
        raise DomainError(_("Questo mese è già chiuso: un foglio da compilare non serve più."))
    return row


def _issue(row: Timesheet, kind: documents.Kind, context: Mapping[str, Any], *, by: Access, today: date) -> Document:
    last = Document.objects.filter(
        kind=kind.code, subject_type=type_of(row), subject_id=row.pk, ambito_id=row.ambito_id, superseded_by=None
    ).first()
    return issue(
        kind=kind.code,
        kind_label=str(kind.label),
        template=kind.template,
        subject=row,
        context=context,
        today=today,
        by=by,
        ambito_id=row.ambito_id,
        supersedes=last,
        funding_source=row.placement.funding_source,
    )


@transaction.atomic
def order_paper_sheets(*, sheets: Collection[int], by: Access) -> Job:
    """Have the paper sheets of many placements made, in the background. Refuses none, and more than a hundred."""
    by.require(Permission.RECORD_ATTENDANCE)
    if not sheets:
        raise DomainError(_("Scegli almeno un foglio."), field="sheets")
    if len(sheets) > MANY:
        raise DomainError(_("Al massimo %(many)s fogli per volta.") % {"many": MANY}, field="sheets")
    reached = reachable_sheets(by).filter(pk__in=sheets).order_by("placement__beneficiary__search_key", "pk")
    return enqueue("attendance.print_sheets", by=by, sheet_ids=list(reached.values_list("pk", flat=True)))


class Watched(Protocol):
    """What is told how far the work is: a job's run."""

    def progress(self, done: int, total: int, words: str = "") -> None: ...


def print_sheets(*, run: Watched, sheet_ids: Sequence[int], by: Access, today: date) -> dict[str, Any]:
    """The job's work: each sheet by itself, so that one that is refused stops no other."""
    made: list[int] = []
    refused: list[list[Any]] = []
    for count, pk in enumerate(sheet_ids, 1):
        try:
            with transaction.atomic():
                made.append(issue_paper_sheet(sheet=Timesheet(pk=pk), by=by, today=today).pk)
        except DomainError as error:
            refused.append([pk, str(error.words)])
        run.progress(count, len(sheet_ids), _("%(count)s di %(total)s") % {"count": count, "total": len(sheet_ids)})
    return {"made": made, "refused": refused}


# --- Handed in


@transaction.atomic
def add_scan(*, sheet: Timesheet, file: UploadedFile, page_code: str, has_tutor: bool, has_person: bool, by: Access) -> PaperScan:
    """Keep the picture of a filled sheet with its month. `page_code`: as printed at its foot; empty when the paper is not ours.

    Refuses a code that is another sheet's, and says whose; a code nobody knows; a month that is not open.
    """
    by.require(Permission.RECORD_ATTENDANCE)
    row = _open(sheet)
    document = _document_of(row, page_code)
    scan = PaperScan.objects.create(
        ambito_id=row.ambito_id,
        timesheet=row,
        file=store_upload(file=file, kind="attendance.paper_sheet", subject=row, by=by),
        document=document,
        has_tutor=has_tutor,
        has_person=has_person,
        created_by_id=by.actor_id,
    )
    record_fact("attendance.scan.received", row, by=by, page_code_checked=document is not None, tutor=has_tutor, person=has_person)
    return scan


def _document_of(sheet: Timesheet, page_code: str) -> Document | None:
    typed = "".join(page_code.split()).upper()
    if not typed:
        return None
    codes = (
        Verification.objects.filter(code__startswith=typed, ambito_id=sheet.ambito_id) if len(typed) == 8 else Verification.objects.none()
    )
    found = Document.objects.filter(pk__in=codes.values("document_id"), kind=documents.PAPER_SHEET.code).first()
    if found is None:
        raise DomainError(_("Non conosciamo questo codice: guarda in fondo alla pagina, sono otto lettere e numeri."), field="page_code")
    if found.subject_id != sheet.pk:
        words = _("Questa pagina è di un altro foglio: %(person)s, %(month)s.")
        told = {"person": found.context.get("person_name", "—"), "month": found.context.get("month_words", "—")}
        raise DomainError(words % told, field="page_code")
    return found


@transaction.atomic
def remove_scan(*, scan: PaperScan, by: Access) -> None:
    """The wrong picture was chosen: it no longer counts for this month. The file stays in the archive until it is discarded."""
    by.require(Permission.RECORD_ATTENDANCE)
    row = _open(scan.timesheet)
    PaperScan.objects.get(pk=scan.pk).delete()
    record_fact("attendance.scan.removed", row, by=by, upload=scan.file_id)


# --- Typed


@dataclass(frozen=True, slots=True)
class PaperDay:
    """One line of the grid. Without an outcome nothing is said of the day."""

    day: date
    outcome: str
    minutes: int | None = None
    travel: int = 0
    note: str = ""


class GridRefused(DomainError):
    """Lines that cannot be written; nothing was. `lines`: day → (the box it belongs to, the words)."""

    def __init__(self, lines: dict[date, tuple[str, str]]) -> None:
        self.lines = lines
        super().__init__(_("Alcune righe non tornano: sono segnate qui sotto. Non è stato scritto niente."))


@transaction.atomic
def record_paper_month(*, sheet: Timesheet, lines: Sequence[PaperDay], by: Access, today: date) -> int:
    """Type a whole month from its paper sheet: one event for each line that says something new, all or none.

    Safe to repeat: what is written already is not written again. Queries do not grow with the lines. Raises GridRefused with what is
    wrong in each line. Returns how many days were written.
    """
    by.require(Permission.RECORD_ATTENDANCE)
    row = Timesheet.objects.get(pk=sheet.pk)
    placement = locking().get(pk=row.placement_id)
    state = Timesheet.objects.values_list("state", flat=True).get(pk=row.pk)  # as it is now that the placement is locked
    if state != MonthState.OPEN:
        raise Conflict(_("Questo mese è già chiuso: per correggerlo va prima riaperto."))
    first, last = span(row)
    known = {d.day: d for d in days_between([placement.pk], first, last).get(placement.pk, [])}
    pauses = list(Suspension.objects.filter(placement=placement))
    credit = rules_of(placement.pk).travel_minutes_credit
    wrong: dict[date, tuple[str, str]] = {}
    events: list[AttendanceEvent] = []
    now = timezone.now()
    seen: set[date] = set()
    for line in lines:
        if not line.outcome:
            continue
        try:
            if not first <= line.day <= last:
                raise DomainError(_("Questo giorno è di un altro mese."), field="day")
            if line.day in seen:
                raise DomainError(_("Questo giorno è scritto due volte."), field="day")
            seen.add(line.day)
            before = known.get(line.day, SheetDay(day=line.day))
            if event := _event_of(line, before, placement, pauses, credit, by=by, today=today):
                event.recorded_at = now
                events.append(event)
        except DomainError as error:
            wrong[line.day] = (error.field or "outcome", str(error.words))
    if wrong:
        raise GridRefused(wrong)
    if events:
        AttendanceEvent.objects.bulk_create(events)
        recompute_totals([placement.pk], [row.month])
        record_fact("attendance.month.typed", row, by=by, days=len(events))
    return len(events)


def _event_of(
    line: PaperDay, before: SheetDay, placement: Placement, pauses: list[Suspension], credit: int, *, by: Access, today: date
) -> AttendanceEvent | None:
    """The event a line makes; None when it says what is written already. DomainError as record_attendance's."""
    if line.outcome not in OUTCOMES or not (by.system_reason or OUTCOMES[line.outcome].roles & by.roles):
        raise DomainError(_("Questo esito lo può indicare solo l’ufficio."), field="outcome")
    if line.outcome == Outcome.WITHDRAWN and not before.is_said:
        raise DomainError(_("Non c’è nessuna registrazione da annullare in questo giorno."), field="outcome")
    minutes = day_minutes(line.outcome, line.minutes, before.planned or None)
    check_note(line.note, line.outcome)
    check_travel(line.travel, line.outcome, credit)
    if (line.outcome, minutes, line.travel, line.note) == (before.outcome, before.minutes, before.travel, before.note):
        return None
    suspended = placement.state == PlacementState.SUSPENDED  # while it lasts, every day since it began is
    is_paused = any(p.holds(line.day) or (suspended and p.starts_on <= line.day) for p in pauses) or (suspended and not pauses)
    check_day(placement, line.day, MonthState.OPEN, today, is_paused=is_paused)
    return AttendanceEvent(
        ambito_id=placement.ambito_id,
        placement=placement,
        day=line.day,
        outcome=line.outcome,
        minutes=minutes,
        travel_minutes=line.travel,
        note=line.note,
        channel=Channel.PAPER,
        recorded_by_id=by.actor_id,
    )
