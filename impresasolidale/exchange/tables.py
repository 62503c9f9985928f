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
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from itertools import chain
from typing import IO, Any

from django.utils.translation import gettext as _

from impresasolidale.core.errors import DomainError
from impresasolidale.core.spreadsheets import DELIMITERS, XLSX

MAX_BYTES = 25 * 1024 * 1024
MAX_ROWS, MAX_COLUMNS, MAX_CELL = 100_000, 100, 2_000
MAX_LINE = 1_048_576  # the last line that a sheet of Excel has
MAX_PARTS, MAX_UNPACKED, MAX_RATIO = 200, 300 * 1024 * 1024, 200
# What a broken or hostile file makes the libraries raise.
BROKEN = (
    ValueError, LookupError, OSError, EOFError, SyntaxError, TypeError, AttributeError, ArithmeticError, RuntimeError, struct.error,
    zipfile.BadZipFile, zlib.error, csv.Error,
)  # fmt: skip
HEAD_LINES = 20  # rows above the names of the columns that are looked through
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .xls, and any Office file with a password
SAMPLE = 64 * 1024
# What stands before the first element of an XML without a document type; comments are taken whole, so that none of it hides in two of them.
PROLOG = re.compile(rb"(?:\xef\xbb\xbf)?(?>\s+|<\?.*?\?>|<!--.*?-->)*+<[A-Za-z_]", re.DOTALL)
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def refuse(words: str) -> DomainError:
    return DomainError(words, field="file")


@dataclass(frozen=True)
class Table:
    """The names of the columns, and the rows below them with their line in the file; each row has as many cells as there are columns."""

    columns: list[str]
    rows: Iterator[tuple[int, list[str]]]


def content_type_of(file: IO[bytes]) -> str:
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
    if head.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK", b"{\\rtf", b"<!DOC", b"<html", b"\x1f\x8b", b"Rar!", b"7z")):
        raise refuse(_("Questo file non è una tabella: serve un CSV o un foglio Excel (.xlsx)."))
    return "text/csv"


@contextmanager
def open_table(file: IO[bytes]) -> Iterator[Table]:
    """The table of an open file, to be read once from its beginning to its end."""
    kind = content_type_of(file)
    try:
        if kind == XLSX:
            with _xlsx_rows(file) as rows:
                yield _table(rows)
        else:
            yield _table(_csv_rows(file))
    except DomainError:
        raise
    except BROKEN as error:
        raise refuse(_("Questo file non si riesce a leggere: salvalo di nuovo come CSV o come .xlsx.")) from error


def _table(rows: Iterator[Sequence[Any]]) -> Table:
    """The first row with two names or more, or with one alone, says what the columns are."""
    above: list[tuple[int, list[str]]] = []
    numbered = enumerate(rows, 1)
    for number, row in numbered:
        cells = _cells(row)
        if cells:
            above.append((number, cells))
        if len([c for c in cells if c]) >= 2 or number >= HEAD_LINES:
            break
    if not above:
        raise refuse(_("Nel file non c'è nessuna riga."))
    line, columns = above[-1] if len(above[-1][1]) >= 2 else above[0]
    rest = [(number, cells) for number, cells in above if number > line]
    _check_columns(columns)
    return Table(columns, _below(chain(rest, ((n, _cells(row)) for n, row in numbered)), len(columns)))


def _check_columns(columns: list[str]) -> None:
    if len(columns) > MAX_COLUMNS:
        words = _("Il file ha %(n)d colonne: al massimo %(limit)d. Tieni solo quelle che servono.")
        raise refuse(words % {"n": len(columns), "limit": MAX_COLUMNS})
    empty = [n for n, name in enumerate(columns) if not name]
    if empty:
        words = _("La colonna %(letter)s non ha un nome nella prima riga: scrivilo, oppure togli la colonna.")
        raise refuse(words % {"letter": letter_of(empty[0])})
    names = [re.sub(r"\s+", " ", name).casefold() for name in columns]
    twice = next((n for n, name in enumerate(names) if name in names[:n]), None)
    if twice is not None:
        words = _("Due colonne si chiamano «%(name)s» (%(first)s e %(second)s): cambia nome a una delle due.")
        found = {"name": columns[twice][:40], "first": letter_of(names.index(names[twice])), "second": letter_of(twice)}
        raise refuse(words % found)


def _below(rows: Iterable[tuple[int, list[str]]], width: int) -> Iterator[tuple[int, list[str]]]:
    count = 0
    for number, cells in rows:
        is_empty = not any(cells)
        if is_empty and number <= MAX_LINE:  # an XLSX says the number of each row: one may claim to be the two billionth
            continue
        count += 1
        if count > MAX_ROWS or number > MAX_LINE:
            words = _("Il file ha troppe righe: al massimo %(limit)s. Dividilo in più file.")
            raise refuse(words % {"limit": f"{MAX_ROWS:,}".replace(",", ".")})
        if len(cells) > width:
            words = _(
                "La riga %(n)d ha più celle delle colonne: forse una cella contiene il segno che divide le colonne, senza virgolette."
            )
            raise refuse(words % {"n": number})
        yield number, cells + [""] * (width - len(cells))


def _cells(row: Sequence[Any]) -> list[str]:
    if row.count(None) == len(row):  # the empty rows that an XLSX leaves out, by the hundred thousand
        return []
    cells = [_text(value) for value in row]
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
    if len(text) > MAX_CELL:
        raise refuse(_("Una cella contiene un testo lunghissimo: al massimo %(n)d lettere.") % {"n": MAX_CELL})
    if "\0" in text:
        raise refuse(_("Questo file non è una tabella: serve un CSV o un foglio Excel (.xlsx)."))
    return text


def letter_of(place: int) -> str:
    """The letter of a column as a spreadsheet says it: 0 is A, 26 is AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


# --- CSV


def _csv_rows(file: IO[bytes]) -> Iterator[list[str]]:
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
        yield from csv.reader(text, delimiter=_delimiter_of(sample), strict=False)
    finally:
        csv.field_size_limit(before)


class _Open(io.BufferedReader):
    """The file, which stays open when the text over it is thrown away."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(file if isinstance(file, io.RawIOBase) else _Raw(file))

    def close(self) -> None:
        pass


class _Raw(io.RawIOBase):
    def __init__(self, file: IO[bytes]) -> None:
        self.file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self.file.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _encoding_of(file: IO[bytes]) -> str:
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


def _delimiter_of(sample: str) -> str:
    """The sign that divides the first line into the most columns."""
    lines = [line for line in sample.splitlines() if line.strip()][:HEAD_LINES]
    return max(DELIMITERS, key=lambda sign: max((line.count(sign) for line in lines), default=0))


# --- XLSX


@contextmanager
def _xlsx_rows(file: IO[bytes]) -> Iterator[Iterator[Sequence[Any]]]:
    from openpyxl import load_workbook

    _look_inside(file)
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


def _look_inside(file: IO[bytes]) -> None:
    """Refuse what unpacks into too much, what carries programs or a password, and XML that declares entities."""
    file.seek(0)
    with zipfile.ZipFile(file) as archive:
        parts = archive.infolist()
        unpacked = sum(part.file_size for part in parts)
        if len(parts) > MAX_PARTS or unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * max(1, sum(part.compress_size for part in parts)):
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
