"""Our commitments beside those of the accounting office's file: pure functions over rows of text and figures in euro."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.core.errors import DomainError

ZERO = Decimal("0.00")


class Column(NamedTuple):
    """A column of the file: its label here, whether the comparison needs it, the names we know for it."""

    label: Any
    is_needed: bool
    synonyms: tuple[str, ...]


COLUMNS: Mapping[str, Column] = {
    "number": Column(
        gettext_lazy("Numero dell'impegno"), True, ("impegno", "numero impegno", "n. impegno", "num. impegno", "numero", "nr impegno")
    ),
    "year": Column(gettext_lazy("Anno"), False, ("anno", "anno impegno", "esercizio", "anno competenza")),
    "chapter": Column(gettext_lazy("Capitolo"), False, ("capitolo", "cap.", "cap", "capitolo/articolo")),
    "cup": Column(gettext_lazy("CUP"), False, ("cup", "codice cup")),
    "amount": Column(
        gettext_lazy("Importo impegnato"), True, ("importo", "importo impegno", "impegnato", "importo impegnato", "importo attuale")
    ),
    "paid": Column(gettext_lazy("Pagato"), False, ("pagato", "importo pagato", "mandati", "liquidato", "totale mandati")),
}


class Verdict(StrEnum):
    SAME = "same"
    DIFFERENT = "different"
    OURS = "ours"
    THEIRS = "theirs"


@dataclass(frozen=True)
class Ours:
    """One of our commitments, in euro."""

    year: int
    number: str
    chapter: str
    cup: str
    amount: Decimal
    paid: Decimal
    row: Any = None  # the Commitment, for its link


@dataclass(frozen=True)
class Theirs:
    """One line of the file, in euro; `paid` None: the file does not say. `line` counts from one, the head among them."""

    line: int
    year: int
    number: str
    chapter: str
    cup: str
    amount: Decimal
    paid: Decimal | None


@dataclass(frozen=True)
class Compared:
    verdict: Verdict
    ours: Ours | None
    theirs: Theirs | None
    words: Sequence[str]

    @property
    def number(self) -> str:
        side = self.ours or self.theirs
        assert side
        return f"{side.number}/{side.year}"


def find_columns(head: Sequence[str], named: Mapping[str, str]) -> dict[str, int]:
    """Where each column stands: by the name somebody wrote or remembered, else by a name we know.

    Raises DomainError on `file`, with the names found, for a needed column that is not there.
    """
    places = {_plain(name): n for n, name in reversed(list(enumerate(head))) if name}
    found, missing = {}, []
    for name, column in COLUMNS.items():
        wanted = named.get(name)
        candidates = (wanted,) if wanted else column.synonyms
        place = next((places[_plain(each)] for each in candidates if _plain(each) in places), None)
        if place is not None:
            found[name] = place
        elif wanted or column.is_needed:
            missing.append(f"«{wanted or column.label}»")
    if missing:
        words = _("Nel file non trovo: %(missing)s. Le colonne che ci sono: %(there)s. Scrivi sotto come si chiama quella giusta.")
        there = ", ".join(f"«{name}»" for name in head if name) or "—"
        raise DomainError(words % {"missing": ", ".join(missing), "there": there}, field="file")
    return found


def read_lines(rows: Sequence[Sequence[str]], columns: Mapping[str, int], *, year: int) -> tuple[list[Theirs], list[str]]:
    """The lines of the file for `year` (all, where it does not say the year), and in words those that could not be read.

    Lines without a number are left out: totals and notes.
    """
    found: list[Theirs] = []
    problems: list[str] = []
    seen: dict[str, int] = {}
    for line, row in enumerate(rows[1:], start=2):

        def cell(name: str, row: Sequence[str] = row) -> str:
            place = columns.get(name)
            return row[place].strip() if place is not None and place < len(row) else ""

        number = cell("number")
        if not number:
            continue
        its_year = year
        if said := cell("year"):
            match = re.search(r"(?<!\d)(20\d\d)(?!\d)", said)
            if not match:
                problems.append(_("Riga %(line)s: l'anno «%(text)s» non si capisce.") % {"line": line, "text": said[:40]})
                continue
            its_year = int(match[1])
        if its_year != year:
            continue
        try:
            amount = money(cell("amount"))
            paid = money(cell("paid")) if cell("paid") else (ZERO if "paid" in columns else None)
        except ValueError as error:
            problems.append(_("Riga %(line)s: l'importo «%(text)s» non si capisce.") % {"line": line, "text": str(error)[:40]})
            continue
        key = number_key(number, year)
        if key in seen:
            words = _("Riga %(line)s: l'impegno %(number)s c'è già alla riga %(first)s: conto solo la prima.")
            problems.append(words % {"line": line, "number": number[:40], "first": seen[key]})
            continue
        seen[key] = line
        found.append(Theirs(line, its_year, number, cell("chapter"), cell("cup"), amount, paid))
    return found, problems


def compare(ours: Iterable[Ours], theirs: Iterable[Theirs]) -> list[Compared]:
    """Row by row, what differs first: different, only ours, only theirs, the same; each by number."""
    left = {number_key(row.number, row.year): row for row in theirs}
    found = []
    for mine in ours:
        other = left.pop(number_key(mine.number, mine.year), None)
        if other is None:
            found.append(Compared(Verdict.OURS, mine, None, [_("C'è solo qui: nel file della ragioneria manca.")]))
            continue
        words = _differences(mine, other)
        found.append(Compared(Verdict.DIFFERENT if words else Verdict.SAME, mine, other, words or [_("Uguale.")]))
    found += [Compared(Verdict.THEIRS, None, row, [_("C'è solo nel file: qui non è registrato.")]) for row in left.values()]
    order = (Verdict.DIFFERENT, Verdict.OURS, Verdict.THEIRS, Verdict.SAME)
    return sorted(found, key=lambda row: (order.index(row.verdict), row.number))


def _differences(mine: Ours, other: Theirs) -> list[str]:
    from impresasolidale.core.words import euro

    words = []
    if mine.amount != other.amount:
        text = _("Importo: qui %(ours)s, nel file %(theirs)s (differenza %(gap)s).")
        words.append(text % {"ours": euro(mine.amount), "theirs": euro(other.amount), "gap": euro(other.amount - mine.amount)})
    if other.paid is not None and mine.paid != other.paid:
        text = _("Pagato: qui %(ours)s, nel file %(theirs)s.")
        words.append(text % {"ours": euro(mine.paid), "theirs": euro(other.paid)})
    if other.chapter and mine.chapter and _plain(other.chapter) != _plain(mine.chapter):
        words.append(_("Capitolo: qui %(ours)s, nel file %(theirs)s.") % {"ours": mine.chapter, "theirs": other.chapter})
    if other.cup and mine.cup and _plain(other.cup) != _plain(mine.cup):
        words.append(_("CUP: qui %(ours)s, nel file %(theirs)s.") % {"ours": mine.cup, "theirs": other.cup})
    return words


def money(text: str) -> Decimal:
    """Euro of a cell, however it is written: 1.234,56 · 1,234.56 · 1234.5 · € 1.234. Raises ValueError with the text."""
    plain = re.sub(r"[€\s\u00a0']|EUR", "", text, flags=re.IGNORECASE)
    comma, dot = plain.rfind(","), plain.rfind(".")
    if comma >= 0 and dot >= 0:
        plain = plain.replace("." if comma > dot else ",", "").replace(",", ".")
    elif comma >= 0:
        plain = plain.replace(",", ".") if plain.count(",") == 1 else plain.replace(",", "")
    elif re.fullmatch(r"-?\d{1,3}(\.\d{3})+", plain):
        plain = plain.replace(".", "")
    if not re.fullmatch(r"-?\d{1,12}(\.\d+)?", plain):
        raise ValueError(text)
    try:
        return Decimal(plain).quantize(Decimal("0.01"))
    except InvalidOperation as error:
        raise ValueError(text) from error


def number_key(number: str, year: int) -> str:
    """The number of a commitment as both sides mean it: 00123, 123/2026, 2026/123 and "Imp. 123" of the year 2026 are one."""
    text = re.sub(rf"(?<!\d){year}(?!\d)", " ", number) if re.search(r"[/\-.\s]", number) else number
    parts = re.findall(r"[a-z0-9]+", _plain(text))
    digits = [part.lstrip("0") or "0" for part in parts if any(c.isdigit() for c in part)]
    return "/".join(digits) or _plain(number)


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFKD", str(text)).encode("ascii", "ignore").decode()
    return re.sub(r"\s+", " ", text).strip().casefold()
