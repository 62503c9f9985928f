"""Months kept on paper: where the tutor has no access, sheets were printed, filled by hand, photographed and typed by the office."""

import hashlib
from datetime import date, timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from impresasolidale.core.models import Document, Upload
from placements.attendance import documents
from placements.attendance.enums import CallResult, MonthState
from placements.attendance.models import Call, PaperScan, Timesheet
from placements.attendance.rules import first_of_month, next_month
from placements.attendance.services import month_words

from .attendance import Sheet
from .papers import Paper, Press, scan_of
from .placements import Placed
from .world import World

FINAL_PAPERS = 8  # of the last frozen months, one a placement


def create_paper(world: World, press: Press, sheets: list[Sheet]) -> None:
    """The printed sheets, their scans, and the foglio presenze of some months that are final."""
    by_hand = [s for s in sheets if s.one.tutor.user is None]
    filled = [s for s in by_hand if s.row.state != MonthState.OPEN]
    this_month = first_of_month(world.today)
    last_month = first_of_month(this_month - timedelta(days=1))
    to_fill = [s for s in by_hand if s.row.state == MonthState.OPEN and s.row.month == this_month and s.row.planned_minutes]
    printed = [s for s in filled if s.row.month == last_month] + to_fill
    issued = dict(zip([s.row.pk for s in printed], _issue(world, press, documents.PAPER_SHEET, printed), strict=True))
    for sheet in filled:
        _scan(world, sheet, issued.get(sheet.row.pk))
    final = {s.one.row.pk: s for s in sheets if s.row.state == MonthState.FROZEN and s.row.days_present}
    _issue(world, press, documents.TIMESHEET, list(final.values())[:FINAL_PAPERS])


def _issue(world: World, press: Press, kind: documents.Kind, sheets: list[Sheet]) -> list[Document]:
    context = documents.paper_sheet if kind is documents.PAPER_SHEET else documents.timesheet

    def day(sheet: Sheet) -> date:
        """A sheet to fill is printed as its month begins, or as the placement does; the other once the month is final."""
        if kind is documents.PAPER_SHEET:
            return max(sheet.row.month, sheet.one.row.starts_on)
        assert sheet.row.frozen_at
        return sheet.row.frozen_at.date()

    return press.issue(
        [
            Paper(
                sheet.row,
                kind.code,
                kind.label,
                kind.template,
                lambda row=sheet.row: context(Timesheet.objects.select_related("placement__rulebook").get(pk=row.pk)),  # type: ignore[misc]
                day(sheet),
                sheet.one.person.referent,
                sheet.row.ambito_id,
            )
            for sheet in sheets
        ]
    )


def _scan(world: World, sheet: Sheet, document: Document | None) -> None:
    row, by = sheet.row, sheet.one.person.referent
    data = scan_of(f"Foglio presenze di {month_words(row.month)}, compilato e firmato. Documento di prova.")
    on = next_month(row.month)
    upload = world.new(
        Upload,
        ambito_id=row.ambito_id,
        kind="attendance.paper_sheet",
        subject_type=row._meta.label_lower,
        subject_id=row.pk,
        original_name=f"foglio {row.month:%Y-%m}.pdf",
        content_type="application/pdf",
        file_hash=hashlib.sha256(data).hexdigest(),
        size=len(data),
        created_by=by,
    )
    upload.file_name = f"attendance.paper_sheet/{on.year}/{upload.public_id}.pdf"
    default_storage.delete(upload.file_name)  # left by a seed that did not finish
    default_storage.save(upload.file_name, ContentFile(data))
    world.new(
        PaperScan, ambito_id=row.ambito_id, timesheet=row, file=upload, document=document, has_tutor=True, has_person=True, created_by=by
    )


def create_calls(world: World, placed: list[Placed]) -> None:
    """One of those who come less and less was called yesterday; the others wait for their call."""
    falling = [one for one in placed if one.is_falling]
    for one in falling[1:2]:
        call = world.new(
            Call,
            ambito=one.row.ambito,
            placement=one.row,
            called_on=world.ago(1),
            result=CallResult.TO_MEET,
            created_by=one.person.referent,
        )
        world.fact("attendance.call.noted", one.row, on=world.ago(1), by=one.person.referent, data={"result": call.result})
