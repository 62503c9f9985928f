"""Frozen contexts of the two papers of a month: the sheet to fill by hand, and the *foglio presenze* of what was said (domain.md §2.3).

Papers are Italian whoever prints them. Neither holds a word about health: an absence for illness is told as every other absence is, by
its coded outcome.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone, translation
from django.utils.formats import time_format

from impresasolidale.core.errors import DomainError
from impresasolidale.core.words import hours, written
from impresasolidale.territory.models import Ambito
from impresasolidale.territory.selectors import lead_body

from .enums import MonthState
from .models import Timesheet
from .rules import next_month, percent
from .selectors import SheetDay, days_between

Row = list[str]
BLANK_LINES = 3  # for days that were not planned


@dataclass(frozen=True)
class Kind:
    """`label` is printed, so it stays Italian."""

    code: str
    label: str
    template: str


PAPER_SHEET = Kind("attendance.paper_sheet", "Foglio presenze da compilare", "attendance/pdf/paper_sheet_v1.html")
TIMESHEET = Kind("attendance.timesheet", "Foglio presenze", "attendance/pdf/timesheet_v1.html")


def paper_sheet(sheet: Timesheet) -> dict[str, Any]:
    """What is printed to be filled by hand: the planned days, what to tick, who signs."""
    placement, rules = sheet.placement, sheet.placement.rulebook.rules
    signs = {"both": ["Il tutor dell’impresa", "Chi fa il tirocinio"], "tutor": ["Il tutor dell’impresa"], "none": []}
    with translation.override("it"):
        days = [row for row in _days(sheet) if row.planned]
        names = {"Il tutor dell’impresa": str(placement.company_tutor or ""), "Chi fa il tirocinio": _person(sheet)}
        return {
            **_about(sheet),
            "due": _plain(written(next_month(sheet.month).replace(day=rules.sheet_day_of_next_month), "j F Y")),
            "days": [
                {"day": _plain(written(row.day, "D j")), "planned": _plain(hours(row.planned)), "starts": _at(row.starts_at)}
                for row in days
            ],
            "blank": list(range(BLANK_LINES)),
            "total": _plain(hours(sum(row.planned for row in days))),
            "travel": rules.travel_minutes_credit > 0,
            "signers": [{"role": role, "name": names[role]} for role in signs[rules.paper_signatures]],
        }


def timesheet(sheet: Timesheet) -> dict[str, Any]:
    """The confirmed month: each day with its plan and its last word, the sums, the days for INAIL, who closed it and who confirmed it."""
    with translation.override("it"):
        rows = [row for row in _days(sheet) if row.planned or row.is_said]
        travels, noted = any(row.travel for row in rows), any(row.note_label for row in rows)
        share = percent(sheet.credited_minutes, sheet.planned_minutes)
        validation = [
            ["Chiuso da", _by(sheet.closed_by, sheet.closed_at)],
            ["Confermato da", _by(sheet.confirmed_by, sheet.confirmed_at)],
            *([["Con l’atto", f"n. {sheet.act_number} del {_plain(written(sheet.act_on, 'j F Y'))}"]] if sheet.act_number else []),
            *([["Impronta del mese definitivo", sheet.snapshot_hash]] if sheet.state == MonthState.FROZEN else []),
        ]
        return {
            **_about(sheet),
            "head": ["Giorno", "Previste", "Com’è andata", "Fatte", *(["Viaggio"] if travels else []), *(["Nota"] if noted else [])],
            "numeric": [1, 3, 4] if travels else [1, 3],
            "rows": [_row(row, travels=travels, noted=noted) for row in rows],
            "sums": [
                ["Ore previste", _plain(hours(sheet.planned_minutes))],
                ["Ore fatte", _plain(hours(sheet.done_minutes))],
                ["Ore riconosciute", _plain(hours(sheet.credited_minutes)) + (f", il {share} % del previsto" if share is not None else "")],
                ["Giorni di presenza (INAIL)", str(sheet.days_present)],
                ["Giorni di assenza", str(sheet.days_absent)],
            ],
            "validation": validation,
        }


def _about(sheet: Timesheet) -> dict[str, Any]:
    placement = sheet.placement
    period = f"dal {_plain(written(placement.starts_on, 'j F Y'))} al {_plain(written(placement.last_day, 'j F Y'))}"
    return {
        "body_name": _body_name(placement.ambito),
        "person_name": _person(sheet),
        "person_last_name": placement.beneficiary.last_name,
        "host_name": placement.company.name,
        "month": sheet.month.isoformat(),
        "month_words": _plain(written(sheet.month, "F Y")),
        "facts": [
            ["Chi fa il tirocinio", _person(sheet)],
            ["Presso", f"{placement.company.name}, {placement.site.name}"],
            ["Tutor dell’impresa", str(placement.company_tutor or "—")],
            ["Tirocinio", period],
        ],
    }


def _body_name(ambito: Ambito) -> str:
    body = lead_body(ambito)
    if body is None:
        raise DomainError(translation.gettext("Per questo Ambito manca l'ente capofila: chiedi a chi amministra il programma."))
    return body.name


def _person(sheet: Timesheet) -> str:
    return f"{sheet.placement.beneficiary.first_name} {sheet.placement.beneficiary.last_name}"


def _days(sheet: Timesheet) -> list[SheetDay]:
    last: date = next_month(sheet.month) - timedelta(days=1)
    return days_between([sheet.placement_id], sheet.month, last).get(sheet.placement_id, [])


def _row(row: SheetDay, *, travels: bool, noted: bool) -> Row:
    cells = [
        _plain(written(row.day, "D j")),
        _plain(hours(row.planned)) if row.planned else "—",
        row.outcome_label or "niente di scritto",
        _plain(hours(row.minutes)) if row.minutes else "—",
    ]
    return [*cells, *([_plain(hours(row.travel)) if row.travel else "—"] if travels else []), *([row.note_label] if noted else [])]


def _by(user: Any, at: Any) -> str:
    return f"{user.get_full_name() if user else 'il programma'}, {_plain(written(timezone.localtime(at), 'j F Y'))}" if at else "—"


def _at(at: Any) -> str:
    return time_format(at, "G:i") if at else ""


def _plain(text: str) -> str:
    return text.replace("\u00a0", " ")
