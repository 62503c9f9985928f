"""Tables out and in: lists as CSV or XLSX, in constant memory; files of others read with limits, whatever is inside them."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import UploadedFile
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

Cell = str | int | Decimal | date | None


# --- Out


def file_urls(name: str, query: QueryDict, *args: Any) -> dict[str, str]:
    """`xlsx_url` and `csv_url` of a list, with the filters of its page; the kind is the address's last argument."""
    asked = f"?{query.urlencode()}" if query else ""
    return {f"{kind}_url": reverse(name, args=[*args, kind]) + asked for kind in ("xlsx", "csv")}


def table_response(kind: str, *, name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> HttpResponse | StreamingHttpResponse:
    """The rows as a file to keep, `kind` "csv" or "xlsx" (404 for another). No cell is ever taken for a formula."""
    if kind == "csv":
        response: HttpResponse | StreamingHttpResponse = StreamingHttpResponse(_csv(head, rows), content_type="text/csv; charset=utf-8")
    elif kind == "xlsx":
        response = HttpResponse(_xlsx(head, rows), content_type=XLSX)
    else:
        raise Http404
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response


class _Echo:
    def write(self, text: str) -> str:
        return text


def _csv(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """Semicolons and decimal commas: an Italian spreadsheet opens it as it is."""
    table = csv.writer(_Echo(), delimiter=";")
    yield "\ufeff" + table.writerow(head)
    for row in rows:
        yield table.writerow([_text(cell) for cell in row])


def _text(cell: Cell) -> str:
    if isinstance(cell, Decimal):
        return f"{cell:.2f}".replace(".", ",")  # euro
    if isinstance(cell, date):
        return f"{cell:%d/%m/%Y}"
    text = "" if cell is None else str(cell)
    return f"'{text}" if not isinstance(cell, int) and text.lstrip(" ").startswith(FORMULA) else text


def new_workbook(out: io.BytesIO) -> Any:
    """An XLSX written row by row in constant memory, whose text stays text."""
    import xlsxwriter

    return xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "in_memory": True})


def _xlsx(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    out = io.BytesIO()
    book = new_workbook(out)
    bold, money, day = (
        book.add_format({"bold": True}),
        book.add_format({"num_format": "#,##0.00"}),
        book.add_format({"num_format": "dd/mm/yyyy"}),
    )
    sheet = book.add_worksheet()
    sheet.set_column(0, len(head), 18)
    sheet.freeze_panes(1, 0)
    for column, label in enumerate(head):
        sheet.write_string(0, column, str(label), bold)
    for line, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            if isinstance(cell, Decimal):
                sheet.write_number(line, column, float(cell), money)
            elif isinstance(cell, int):
                sheet.write_number(line, column, cell)
            elif isinstance(cell, date):
                sheet.write_datetime(line, column, cell, day)
            elif cell is not None:
                sheet.write_string(line, column, str(cell))
    book.close()
    return out.getvalue()


# --- In


def read_table(file: UploadedFile) -> list[list[str]]:
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
