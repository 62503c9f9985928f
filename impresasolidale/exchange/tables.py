"""Tables that an import reads: what their columns are called, and the rows below, each with its line in the file."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from typing import IO

from django.core.files import File
from django.utils.translation import gettext as _

from impresasolidale.core.tables_in import open_rows, refuse

MAX_BYTES = 25 * 1024 * 1024
MAX_ROWS, MAX_COLUMNS = 100_000, 100
MAX_LINE = 1_048_576  # the last line that a sheet of Excel has
MAX_UNPACKED = 300 * 1024 * 1024
HEAD_LINES = 20  # rows above the names of the columns that are looked through


@dataclass(frozen=True)
class Table:
    """The names of the columns, and the rows below them with their line in the file; each row has as many cells as there are columns."""

    columns: list[str]
    rows: Iterator[tuple[int, list[str]]]


@contextmanager
def open_table(file: IO[bytes] | File) -> Iterator[Table]:
    """The table of an open file, to be read once from its beginning to its end."""
    with open_rows(file, unpacked=MAX_UNPACKED, head_lines=HEAD_LINES) as rows:
        yield _table(rows)


def _table(rows: Iterator[list[str]]) -> Table:
    """The first row with two names or more, or with one alone, says what the columns are."""
    above: list[tuple[int, list[str]]] = []
    numbered = enumerate(rows, 1)
    for number, cells in numbered:
        if cells:
            above.append((number, cells))
        if len([c for c in cells if c]) >= 2 or number >= HEAD_LINES:
            break
    if not above:
        raise refuse(_("Nel file non c'è nessuna riga."))
    line, columns = above[-1] if len(above[-1][1]) >= 2 else above[0]
    rest = [(number, cells) for number, cells in above if number > line]
    _check_columns(columns)
    return Table(columns, _below(chain(rest, numbered), len(columns)))


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


def letter_of(place: int) -> str:
    """The letter of a column as a spreadsheet says it: 0 is A, 26 is AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
