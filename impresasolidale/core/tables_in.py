"""Somebody's table, read row by row in constant memory, whatever is inside it: CSV in whatever encoding, or the first sheet of an XLSX.

Judged by its bytes, never by its name. Nothing of it is run, fetched or evaluated: of a formula the value that was stored counts.
Refusals are DomainErrors on "file", in words.
"""

import codecs
import csv
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from typing import IO, Any

from django.core.files import File
from django.utils.translation import gettext as _

from .errors import DomainError
from .spreadsheets import XLSX

MAX_BYTES = 5 * 1024 * 1024  # of a table that is read while somebody waits; what a job reads has bounds of its own
MAX_ROWS, MAX_COLUMNS, MAX_CELL = 5000, 60, 500
MAX_PARTS, MAX_UNPACKED, MAX_RATIO = 200, 60 * 1024 * 1024, 200
LONGEST = 2_000  # letters of a cell
DELIMITERS = ";,\t|"
# What a broken or hostile file makes the libraries raise.
BROKEN = (
    ValueError, LookupError, OSError, EOFError, SyntaxError, TypeError, AttributeError, ArithmeticError, RuntimeError, struct.error,
    zipfile.BadZipFile, zlib.error, csv.Error,
)  # fmt: skip
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .xls, and any Office file with a password
SAMPLE = 64 * 1024
# What stands before the first element of an XML without a document type; comments are taken whole, so that none of it hides in two of them.
PROLOG = re.compile(rb"(?:\xef\xbb\xbf)?(?>\s+|<\?.*?\?>|<!--.*?-->)*+<[A-Za-z_]", re.DOTALL)
# How files of other kinds begin: papers, pictures, archives.
NO_TABLES = (
    b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x05\x06", b"PK\x07\x08", b"{\\rtf", b"<!DOC", b"<html", b"\x1f\x8b", b"Rar!",
    b"7z\xbc\xaf",
)  # fmt: skip
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def refuse(words: str) -> DomainError:
    return DomainError(words, field="file")


def content_type_of(file: IO[bytes] | File) -> str:
    """What a file may be by its first bytes: an XLSX, or else a CSV. Refuses what is neither."""
    file.seek(0)
    head = file.read(8)
    file.seek(0)
    if head.startswith(OLE):
        raise refuse(
            _("Questo file è protetto da una password, oppure è di un Excel molto vecchio (.xls). Salvalo come .xlsx senza password.")
        )
    if head.startswith(b"PK\x03\x04"):
        return XLSX
    if head.startswith(NO_TABLES):
        raise refuse(_("Questo file non è una tabella: serve un CSV o un foglio Excel (.xlsx)."))
    return "text/csv"


def read_table(file: File) -> list[list[str]]:
    """The rows of somebody's small table, empty rows and the empty ends of rows left out; its first line is the head."""
    if not file.size:
        raise refuse(_("Il file è vuoto."))
    if file.size > MAX_BYTES:
        raise refuse(_("Il file è troppo grande: al massimo %(limit)s MB.") % {"limit": MAX_BYTES // (1024 * 1024)})
    found = []
    with open_rows(file, unpacked=MAX_UNPACKED, head_lines=1) as rows:
        for number, row in enumerate(rows):
            if number > MAX_ROWS:
                raise refuse(_("Il file ha troppe righe: al massimo %(limit)s. Dividilo per anno.") % {"limit": MAX_ROWS})
            if cells := _trimmed([cell[:MAX_CELL] for cell in row[:MAX_COLUMNS]]):
                found.append(cells)
    if not found:
        raise refuse(_("Nel file non c'è nessuna riga."))
    return found


@contextmanager
def open_rows(file: IO[bytes] | File, *, unpacked: int, head_lines: int) -> Iterator[Iterator[list[str]]]:
    """The rows of an open file as text without their empty ends, to be read once from its beginning to its end.

    `unpacked`: the most bytes an XLSX may come to; `head_lines`: the lines in which the names of the columns may stand.
    """
    kind = content_type_of(file)
    try:
        if kind == XLSX:
            with _xlsx_rows(file, unpacked) as rows:
                yield map(_cells, rows)
        else:
            yield map(_cells, _csv_rows(file, head_lines))
    except DomainError:
        raise
    except BROKEN as error:
        raise refuse(_("Questo file non si riesce a leggere: salvalo di nuovo come CSV o come .xlsx.")) from error


def _cells(row: Sequence[Any]) -> list[str]:
    if row.count(None) == len(row):  # the empty rows that an XLSX leaves out, by the hundred thousand
        return []
    return _trimmed([_text(value) for value in row])


def _trimmed(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _text(value: Any) -> str:
    """A cell as somebody would write it: days as 2026-11-30, hours as 9:30, numbers without an end of zeros."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("sì") if value else _("no")
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if value.time() == time() else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, time):
        return f"{value.hour}:{value.minute:02d}"
    if isinstance(value, float):
        return format(Decimal(repr(value)).normalize(), "f")
    text = str(value).strip()
    if len(text) > LONGEST:
        raise refuse(_("Una cella contiene un testo lunghissimo: al massimo %(n)d lettere.") % {"n": LONGEST})
    if "\0" in text:
        raise refuse(_("Questo file non è una tabella: serve un CSV o un foglio Excel (.xlsx)."))
    return text


# --- CSV


def _csv_rows(file: IO[bytes] | File, head_lines: int) -> Iterator[list[str]]:
    encoding = _encoding_of(file)
    file.seek(0)
    text = io.TextIOWrapper(_Open(file), encoding=encoding, errors="strict", newline="")
    sample = text.read(SAMPLE)
    if not sample.strip():
        raise refuse(_("Nel file non c'è nessuna riga."))
    if "\0" in sample:
        raise refuse(_("Questo file non è una tabella: serve un CSV o un foglio Excel (.xlsx)."))
    file.seek(0)
    text = io.TextIOWrapper(_Open(file), encoding=encoding, errors="strict", newline="")
    before = csv.field_size_limit(4 * 1024 * 1024)  # the whole process's: given back
    try:
        yield from csv.reader(text, delimiter=_delimiter_of(sample, head_lines), strict=False)
    finally:
        csv.field_size_limit(before)


class _Open(io.BufferedReader):
    """The file, which stays open when the text over it is thrown away."""

    def __init__(self, file: IO[bytes] | File) -> None:
        super().__init__(file if isinstance(file, io.RawIOBase) else _Raw(file))

    def close(self) -> None:
        pass


class _Raw(io.RawIOBase):
    def __init__(self, file: IO[bytes] | File) -> None:
        self.file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self.file.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _encoding_of(file: IO[bytes] | File) -> str:
    """UTF-16 and UTF-8 say so by their mark; without one the whole file is UTF-8, or else what Windows writes in Italy."""
    file.seek(0)
    head = file.read(4)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if head.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    file.seek(0)
    start = file.read(SAMPLE)
    if b"\0" in start:
        odd, even = start[1::2].count(0), start[::2].count(0)
        if odd > len(start) // 4 and not even:
            return "utf-16-le"
        if even > len(start) // 4 and not odd:
            return "utf-16-be"
        raise refuse(_("Questo file non è una tabella: serve un CSV o un foglio Excel (.xlsx)."))
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    others, mixed = 0, False
    while block := file.read(SAMPLE):
        try:
            decoder.decode(block)
        except UnicodeDecodeError:
            others += 1
            break
    if not others:
        return "utf-8"
    file.seek(0)
    while block := file.read(SAMPLE):
        mixed = mixed or bool(re.search(rb"\xc3[\x80-\xbf]", block))
        if re.search(rb"[\x81\x8d\x8f\x90\x9d]", block):
            mixed = True
    if mixed:
        raise refuse(_("Le lettere accentate di questo file sono scritte in due modi diversi: salvalo di nuovo come «CSV UTF-8»."))
    return "cp1252"


def _delimiter_of(sample: str, head_lines: int) -> str:
    """The sign that divides one of the first lines into the most columns."""
    lines = [line for line in sample.splitlines() if line.strip()][:head_lines]
    return max(DELIMITERS, key=lambda sign: max((line.count(sign) for line in lines), default=0))


# --- XLSX


@contextmanager
def _xlsx_rows(file: IO[bytes] | File, unpacked: int) -> Iterator[Iterator[Sequence[Any]]]:
    from openpyxl import load_workbook

    _look_inside(file, unpacked)
    file.seek(0)
    book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
    try:
        if not book.worksheets:
            raise refuse(_("Nel file non c'è nessuna riga."))
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        yield sheet.iter_rows(max_col=400, values_only=True)
    finally:
        book.close()


def _look_inside(file: IO[bytes] | File, most: int) -> None:
    """Refuse what unpacks into too much, what carries programs or a password, and XML that declares entities."""
    file.seek(0)
    with zipfile.ZipFile(file) as archive:
        parts = archive.infolist()
        unpacked = sum(part.file_size for part in parts)
        if len(parts) > MAX_PARTS or unpacked > most or unpacked > MAX_RATIO * max(1, sum(part.compress_size for part in parts)):
            raise refuse(_("Il file contiene troppa roba: salva solo il foglio che serve."))
        names = {part.filename.lower() for part in parts}
        if any(part.flag_bits & 0x1 for part in parts):
            raise refuse(_("Questo file è protetto da una password: salvalo senza."))
        if any("vbaproject" in name or name.endswith((".exe", ".bat", ".js", ".vbs")) for name in names):
            raise refuse(_("Il file contiene delle macro: salvalo come «Cartella di lavoro di Excel (.xlsx)», senza macro."))
        if "xl/workbook.xml" not in names:
            raise refuse(_("Questo file non è una tabella: serve un CSV o un foglio Excel (.xlsx)."))
        for part in parts:
            with archive.open(part) as inside:
                head = inside.read(4096)
            is_xml = part.filename.lower().endswith((".xml", ".rels")) or head.lstrip()[:1] == b"<" or head[:2] in UTF_16
            if is_xml and not PROLOG.match(head):
                raise ValueError("a document type in a spreadsheet")
