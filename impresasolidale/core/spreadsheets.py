"""Tables out: lists as CSV or XLSX, in constant memory. What others send is read in `tables_in`."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

from django.http import Http404, HttpResponse, QueryDict, StreamingHttpResponse
from django.urls import reverse

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
DOUBTFUL = frozenset((*FORMULA, " "))  # a text that begins otherwise is no formula
LINES = 500  # of a CSV, to a piece


class Minutes(int):
    """A duration in minutes: decimal hours in a spreadsheet, hours and minutes ("75:30") in a CSV, which has no number for it."""


Cell = str | int | Decimal | date | None


def file_urls(name: str, query: QueryDict, *args: Any) -> dict[str, str]:
    """`xlsx_url` and `csv_url` of a list, with the filters of its page; the kind is the address's last argument."""
    asked = f"?{query.urlencode()}" if query else ""
    return {f"{kind}_url": reverse(name, args=[*args, kind]) + asked for kind in ("xlsx", "csv")}


def table_response(kind: str, *, name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> HttpResponse | StreamingHttpResponse:
    """The rows as a file to keep, `kind` "csv" or "xlsx" (404 for another). No cell is ever taken for a formula."""
    if kind == "csv":
        response: HttpResponse | StreamingHttpResponse = StreamingHttpResponse(
            csv_pieces(head, rows), content_type="text/csv; charset=utf-8"
        )
    elif kind == "xlsx":
        response = HttpResponse(workbook([Sheet("", head, rows)]), content_type=XLSX)
    else:
        raise Http404
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook: its rows are written as they come. `title` stands above the head, `total` below the rows."""

    name: str
    head: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    title: str = ""
    total: Sequence[Cell] | None = None


def csv_pieces(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """Semicolons and decimal commas: an Italian spreadsheet opens it as it is. Many lines a piece: each is a write to the network."""
    yield "\ufeff" + _csv([head])
    rest = iter(rows)
    while lines := [[_text(cell) for cell in row] for row in islice(rest, LINES)]:
        yield _csv(lines)


def _csv(lines: Iterable[Sequence[str | int]]) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows(lines)
    return out.getvalue()


def _text(cell: Cell) -> str | int:
    kind = type(cell)
    if kind is int or (kind is str and cell[:1] not in DOUBTFUL):  # type: ignore[index]
        return cell  # type: ignore[return-value]
    if kind is Minutes:
        whole, rest = divmod(cell, 60)  # type: ignore[operator]
        return f"{whole}:{rest:02d}"
    if isinstance(cell, Decimal):
        return f"{cell:.2f}".replace(".", ",")  # euro
    if isinstance(cell, date):
        return f"{cell:%d/%m/%Y}"
    return str(cell) if isinstance(cell, int) else inert("" if cell is None else str(cell))


def inert(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text


def new_workbook(out: io.BytesIO) -> Any:
    """An XLSX written row by row in constant memory, whose text stays text."""
    import xlsxwriter

    return xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "in_memory": True})


def workbook(sheets: Iterable[Sheet]) -> bytes:
    """An XLSX of one or more sheets, each written row by row."""
    out = io.BytesIO()
    book = new_workbook(out)
    plain, heavy = ({kind: book.add_format({**look, **more}) for kind, look in FORMATS.items()} for more in ({}, {"bold": True}))
    for sheet in sheets:
        page = book.add_worksheet(_sheet_name(sheet.name))
        page.set_column(0, len(sheet.head), 18)
        line = 0
        if sheet.title:
            page.write_string(0, 0, sheet.title, heavy[str])
            line = 1
        page.freeze_panes(line + 1, 1 if sheet.title else 0)
        for column, label in enumerate(sheet.head):
            page.write_string(line, column, str(label), heavy[str])
        for row in sheet.rows:
            line += 1
            _write_row(page, line, row, plain)
        if sheet.total is not None:
            _write_row(page, line + 1, sheet.total, heavy)
    book.close()
    return out.getvalue()


FORMATS: dict[type, dict[str, str]] = {
    str: {},
    int: {},
    Decimal: {"num_format": "#,##0.00"},
    Minutes: {"num_format": "0.00"},
    date: {"num_format": "dd/mm/yyyy"},
}


def _write_row(page: Any, line: int, row: Sequence[Cell], look: dict[type, Any]) -> None:
    for column, cell in enumerate(row):
        if isinstance(cell, Minutes):
            page.write_number(line, column, cell / 60, look[Minutes])
        elif isinstance(cell, Decimal):
            page.write_number(line, column, float(cell), look[Decimal])
        elif isinstance(cell, int):
            page.write_number(line, column, cell, look[int])
        elif isinstance(cell, date):
            page.write_datetime(line, column, cell, look[date])
        elif cell is not None:
            page.write_string(line, column, str(cell), look[str])


def _sheet_name(name: str) -> str | None:
    """At most 31 characters, without those a spreadsheet does not take."""
    return "".join(c for c in name if c not in "[]:*?/\\")[:31] or None
