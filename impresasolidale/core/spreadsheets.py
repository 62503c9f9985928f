"""Tables out and in: lists as CSV or XLSX, in constant memory; files of others read with limits, whatever is inside them."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

from django.core.files import File
from django.http import Http404, HttpResponse, QueryDict, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from .errors import DomainError

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_BYTES = 5 * 1024 * 1024
MAX_ROWS, MAX_COLUMNS, MAX_CELL = 5000, 60, 500
MAX_PARTS, MAX_UNPACKED = 200, 60 * 1024 * 1024
DELIMITERS = ";,\t|"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
DOUBTFUL = frozenset((*FORMULA, " "))  # a text that begins otherwise is no formula
LINES = 500  # of a CSV, to a piece


class Minutes(int):
    """A duration in minutes: decimal hours in a spreadsheet, hours and minutes ("75:30") in a CSV, which has no number for it."""


Cell = str | int | Decimal | date | None


# --- Out


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
    """Semicolons and decimal commas: an Italian spreadsheet opens it as it is. Many lines to a piece, for each is a write to the network."""
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
        return "%d:%02d" % divmod(cell, 60)  # type: ignore[operator]
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


# --- In


def read_table(file: File) -> list[list[str]]:
    """The rows of somebody's CSV or XLSX (its first sheet) as text, empty rows and the empty ends of rows left out.

    Raises DomainError on "file", in words. Judged by its bytes, not by its name. Nothing of it is kept, run or fetched.
    """
    if not file.size:
        raise DomainError(_("Il file è vuoto."), field="file")
    if file.size > MAX_BYTES:
        raise DomainError(_("Il file è troppo grande: al massimo %(limit)s MB.") % {"limit": MAX_BYTES // (1024 * 1024)}, field="file")
    file.seek(0)
    data = file.read()
    rows = _read_xlsx(data) if data[:4] == b"PK\x03\x04" else _read_csv(data)
    found = [row for row in rows if row]
    if not found:
        raise DomainError(_("Nel file non c'è nessuna riga."), field="file")
    return found


def _checked(rows: Iterable[Sequence[Any]]) -> Iterator[list[str]]:
    for number, row in enumerate(rows):
        if number > MAX_ROWS:
            raise DomainError(_("Il file ha troppe righe: al massimo %(limit)s. Dividilo per anno.") % {"limit": MAX_ROWS}, field="file")
        cells = [_cell(value) for value in row[:MAX_COLUMNS]]
        while cells and not cells[-1]:
            cells.pop()
        yield cells


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return format(Decimal(repr(value)).normalize(), "f")
    return str(value).strip()[:MAX_CELL]


def _read_csv(data: bytes) -> list[list[str]]:
    if b"\0" in data:
        raise DomainError(_("Questo file non è una tabella: serve un CSV o un foglio Excel (.xlsx)."), field="file")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    first = text.splitlines()[0] if text.strip() else ""
    delimiter = max(DELIMITERS, key=first.count)
    try:
        return list(_checked(csv.reader(io.StringIO(text), delimiter=delimiter)))
    except csv.Error as error:
        raise DomainError(_("Questo file non si riesce a leggere: salvalo di nuovo come CSV o come .xlsx."), field="file") from error


def _read_xlsx(data: bytes) -> list[list[str]]:
    from openpyxl import load_workbook

    unreadable = _("Questo file non si riesce a leggere: salvalo di nuovo come CSV o come .xlsx.")
    try:
        _look_inside(data)
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        try:
            sheet = book.worksheets[0]
            sheet.reset_dimensions()
            return list(_checked(sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True)))
        finally:
            book.close()
    except DomainError:
        raise
    except Exception as error:  # whatever a broken or hostile archive makes the library raise
        raise DomainError(unreadable, field="file") from error


def _look_inside(data: bytes) -> None:
    """Refuse an archive that unpacks into too much, and XML that declares entities."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
            raise DomainError(_("Il file contiene troppa roba: salva solo il foglio che serve."), field="file")
        for part in parts:
            if part.filename.endswith((".xml", ".rels")):
                with archive.open(part) as file:
                    if b"<!DOCTYPE" in file.read(4096).upper():
                        raise ValueError("a document type in a spreadsheet")
