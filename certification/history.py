"""A list of the attestati of the past, as an office has it (rule 86): pure functions over the rows of a table.

A row names a company (by its partita IVA, its name, or both), or says how many an area had: year, area, number. The first row names the
columns.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

FIRST_YEAR, LAST_YEAR = 2000, 2025
COLUMNS = {
    "year": ("anno",),
    "company": ("impresa", "denominazione", "ragione sociale", "azienda"),
    "vat": ("partita iva", "p. iva", "p.iva", "piva"),
    "area": ("zona", "area", "ambito"),
    "companies": ("imprese", "numero", "quante"),
}


@dataclass(frozen=True)
class Named:
    """A company that got the attestato. `line`: of the file."""

    line: int
    year: int
    company: str
    vat: str


@dataclass
class Read:
    named: list[Named] = field(default_factory=list)
    counts: dict[tuple[int, str], int] = field(default_factory=dict)  # (year, area) → companies
    wrong: list[tuple[int, str]] = field(default_factory=list)  # (line, why in words)


def read(rows: Sequence[Sequence[str]]) -> Read:
    """What the rows say. Raises ValueError, in words, when the first one does not name the columns that are needed."""
    head = [" ".join(cell.lower().split()) for cell in rows[0]]
    where = {name: next((head.index(word) for word in words if word in head), None) for name, words in COLUMNS.items()}
    by_name = where["company"] is not None or where["vat"] is not None
    by_area = where["area"] is not None and where["companies"] is not None
    if where["year"] is None or not (by_name or by_area):
        raise ValueError(_("Nella prima riga servono i nomi delle colonne: anno, e impresa o partita IVA; oppure anno, zona e imprese."))
    found = Read()
    for line, row in enumerate(rows[1:], 2):
        cells = {name: row[at].strip() if at is not None and at < len(row) else "" for name, at in where.items()}
        if not any(cells.values()):
            continue
        try:
            _take(found, line, cells)
        except ValueError as error:
            found.wrong.append((line, str(error)))
    return found


def _take(found: Read, line: int, cells: dict[str, str]) -> None:
    if not re.fullmatch(r"\d{4}", cells["year"]) or not FIRST_YEAR <= int(cells["year"]) <= LAST_YEAR:
        raise ValueError(_("L'anno va dal %(first)d al %(last)d.") % {"first": FIRST_YEAR, "last": LAST_YEAR})
    year = int(cells["year"])
    if cells["company"] or cells["vat"]:
        vat = re.sub(r"^IT|\s", "", cells["vat"].upper())
        if vat and not re.fullmatch(r"\d{11}", vat):
            raise ValueError(_("La partita IVA ha 11 cifre."))
        found.named.append(Named(line, year, cells["company"], vat))
        return
    if not cells["area"] or not cells["companies"].isdecimal() or not int(cells["companies"]):
        raise ValueError(_("Serve un'impresa, oppure una zona con il numero delle imprese."))
    key = (year, cells["area"])
    if key in found.counts:
        raise ValueError(_("Questa zona c'è già, per quest'anno."))
    found.counts[key] = int(cells["companies"])
