"""Reads for the paper way in: papers and scans of a sheet, sheets to print, what an order made."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404

from impresasolidale.accounts.access import Access
from impresasolidale.core import audit
from impresasolidale.core.keyset import Slice, page_of
from impresasolidale.core.models import Document, Job, Look, Upload
from placements.agreements.models import Placement

from .. import documents
from ..enums import MonthState
from ..models import PaperScan, Timesheet
from ..rules import next_month
from . import SheetDay, days_between, reachable, reachable_sheets, rules_of
from . import sheet_for as reached_sheet
from .sight import ask_about_paper

KINDS = (documents.PAPER_SHEET.code, documents.TIMESHEET.code)


def papers_of(access: Access, sheet: Timesheet) -> QuerySet[Document]:
    """The papers made of a sheet, newest first; those that a newer one replaced say so."""
    rows = Document.objects.filter(
        ambito_id=access.ambito_id, kind__in=KINDS, subject_type=Timesheet._meta.label_lower, subject_id=sheet.pk
    )
    return rows.filter(superseded_by=None).order_by("-id")


def scans_of(access: Access, sheet: Timesheet) -> QuerySet[PaperScan]:
    """The filled sheets that arrived for a month, oldest first."""
    return PaperScan.objects.filter(ambito_id=access.ambito_id, timesheet=sheet).select_related("file", "created_by").order_by("id")


def sheet_for(access: Access, public_id: UUID) -> Timesheet:
    """A paper month. Raises Http404, and ReasonNeeded as `sight.ask_about_paper`; the look is logged. So do those below, of what hangs
    on it, but for the look: a file logs its own."""
    sheet = reached_sheet(access, public_id)
    ask_about_paper(access, sheet)
    audit.look(Look.Kind.DETAIL, sheet.placement, by=access, place="attendance:paper_month")
    return sheet


def act_for(access: Access, public_id: UUID) -> Upload:
    """The copy of the outside act a month was confirmed with."""
    sheet = reached_sheet(access, public_id)
    if sheet.act_file is None:
        raise Http404
    ask_about_paper(access, sheet)
    return sheet.act_file


def scan_for(access: Access, public_id: UUID) -> PaperScan:
    rows = PaperScan.objects.filter(ambito_id=access.ambito_id, timesheet__placement__in=reachable(access))
    scan = get_object_or_404(rows.select_related("file", "timesheet__placement__beneficiary"), public_id=public_id)
    ask_about_paper(access, scan.timesheet)
    return scan


def document_for(access: Access, public_id: UUID) -> Document:
    """The sheet to fill, or the foglio presenze."""
    rows = Document.objects.filter(ambito_id=access.ambito_id, kind__in=KINDS, subject_type=Timesheet._meta.label_lower)
    document = get_object_or_404(rows, public_id=public_id)
    sheets = reachable_sheets(access).select_related("placement__beneficiary")
    ask_about_paper(access, get_object_or_404(sheets, pk=document.subject_id))
    return document


def sheets_to_print(access: Access, month: date, query: QueryDict) -> Slice:
    """The open sheets of a month with something planned, by the person's name. The look is logged."""
    rows = (
        reachable_sheets(access)
        .filter(month=month, state=MonthState.OPEN, planned_minutes__gt=0)
        .filter(placement__beneficiary__ambito_id=access.ambito_id)
        .select_related("placement__beneficiary", "placement__company", "placement__company_tutor")
        .defer("placement__beneficiary__codice_fiscale")
    )
    page = page_of(rows, query, order=("placement__beneficiary__search_key", "id"), size=50)
    audit.look(Look.Kind.LIST, page.rows, by=access, place="attendance:print_sheets", subject_type="attendance.timesheet")
    return page


def sheet_ids(access: Access, public_ids: Collection[UUID]) -> list[int]:
    """The sheets among these that this person reaches."""
    return list(reachable_sheets(access).filter(public_id__in=public_ids).values_list("pk", flat=True))


@dataclass(frozen=True)
class Printed:
    """What became of an order: the papers made with the sheet of each, and the sheets refused with the words why."""

    made: list[tuple[Document, Timesheet]]
    refused: list[tuple[Timesheet, str]]

    @property
    def ready(self) -> int:
        return sum(document.state == Document.State.READY for document, _sheet in self.made)

    @property
    def is_pending(self) -> bool:
        return any(document.state == Document.State.PENDING for document, _sheet in self.made)


def printed_for(access: Access, public_id: UUID) -> Printed:
    """The papers of one's own order. Raises Http404 for somebody else's."""
    job = get_object_or_404(Job, public_id=public_id, actor_id=access.actor_id, ambito_id=access.ambito_id, name="attendance.print_sheets")
    result: Any = job.result or {"made": [], "refused": []}
    papers = list(Document.objects.filter(pk__in=result["made"], ambito_id=access.ambito_id).order_by("id"))
    reached = reachable_sheets(access).select_related("placement__beneficiary")
    rows = reached.in_bulk({*(paper.subject_id for paper in papers), *(pk for pk, _words in result["refused"])})
    return Printed(
        [(paper, rows[paper.subject_id]) for paper in papers if paper.subject_id in rows],
        [(rows[pk], words) for pk, words in result["refused"] if pk in rows],
    )


@dataclass(frozen=True)
class Grid:
    """What the office types a month on: its days, and the minutes of travel a day that are credited."""

    days: Sequence[SheetDay]
    travel_credit: int


def grid_of(placement: Placement, month: date) -> Grid:
    """The days of a reachable placement's month that were planned or spoken of. Four queries."""
    last = next_month(month) - timedelta(days=1)
    days = days_between([placement.pk], month, last).get(placement.pk, [])
    return Grid(days, rules_of(placement.pk).travel_minutes_credit)


_OVERLAPS = """
SELECT DISTINCT s.day
FROM attendance_plannedsession s
JOIN agreements_placement p ON p.id = s.placement_id
JOIN agreements_placement o ON o.beneficiary_id = p.beneficiary_id AND o.id <> p.id
JOIN attendance_plannedsession x ON x.placement_id = o.id AND x.day = s.day
WHERE s.placement_id = %(placement)s AND s.day >= %(month)s AND s.day < %(after)s
  AND (s.day + s.starts_at, make_interval(mins => s.minutes)) OVERLAPS (x.day + x.starts_at, make_interval(mins => x.minutes))
  AND 2 = (SELECT count(*) FROM unnest(ARRAY[s.placement_id, x.placement_id]) AS one(id)
           CROSS JOIN LATERAL (SELECT outcome FROM attendance_attendanceevent e
                               WHERE e.placement_id = one.id AND e.day = s.day ORDER BY e.id DESC LIMIT 1) l
           WHERE l.outcome = 'present')
ORDER BY s.day
"""


def overlapping_days(placement: Placement, month: date) -> list[date]:
    """Days of a month on which the person is written present in two placements whose hours cross. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_OVERLAPS, {"placement": placement.pk, "month": month, "after": next_month(month)})
        return [day for (day,) in cursor.fetchall()]
