"""The classification of economic activities ATECO 2025, with its official titles.

Source: ISTAT, "Struttura e note esplicative ATECO 2025" (in force from 1 January 2025), licence CC BY 4.0; sections left out. The table is
`data/ateco_2025.csv`, read once: 3,235 rows, the same for every installation.
"""

import csv
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from django.utils.translation import gettext_lazy as _

TABLE = Path(__file__).parent / "data" / "ateco_2025.csv"
EDITION = "ATECO 2025"
# Last division of each section, in order, and what it is about in few words: for statistics, never shown as the official title.
SECTIONS = (
    (3, "A", _("agricoltura, boschi e pesca")),
    (9, "B", _("cave e miniere")),
    (33, "C", _("manifattura")),
    (35, "D", _("energia")),
    (39, "E", _("acqua e rifiuti")),
    (43, "F", _("costruzioni")),
    (47, "G", _("commercio")),
    (53, "H", _("trasporti e magazzini")),
    (56, "I", _("alberghi e ristoranti")),
    (60, "J", _("editoria e contenuti")),
    (63, "K", _("informatica e telecomunicazioni")),
    (66, "L", _("banche e assicurazioni")),
    (68, "M", _("immobili")),
    (75, "N", _("professioni e ricerca")),
    (82, "O", _("servizi alle imprese")),
    (84, "P", _("pubblica amministrazione")),
    (85, "Q", _("istruzione")),
    (88, "R", _("sanità e assistenza")),
    (93, "S", _("arte, sport e tempo libero")),
    (96, "T", _("altri servizi")),
    (98, "U", _("servizi alle famiglie")),
    (99, "V", _("organismi internazionali")),
)


@cache
def titles() -> Mapping[str, str]:
    """Code ("16.23.1") → official title, in the order of the classification."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["title"] for row in csv.DictReader(file)}


@cache
def _plain_titles() -> Mapping[str, str]:
    return {code: _plain(title) for code, title in titles().items()}


def _plain(text: str) -> str:
    """Lower case, without accents."""
    return "".join(c for c in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(c))


def _dotted(digits: str) -> str:
    """ "16231" → "16.23.1": two digits, two, and the rest."""
    return ".".join(filter(None, (digits[:2], digits[2:4], digits[4:6])))


def find(text: str) -> str:
    """The code that `text` begins with ("16.23.1", "162310", "16.23 Fabbricazione di…"); "" when there is none in the table."""
    typed = re.match(r"\s*([0-9][0-9.\s]*)", text)
    if not typed:
        return ""
    digits = re.sub(r"\D", "", typed[1])
    code = _dotted(digits) if len(digits) <= 6 else ""
    return code if code in titles() else ""


def section(code: str) -> str:
    """The letter of the section of a code ("56.10" → "I"); "" without one."""
    division = int(code[:2]) if code[:2].isdigit() else 0
    return next((letter for last, letter, _words in SECTIONS if 0 < division <= last), "")


def divisions(letter: str) -> tuple[int, int]:
    """First and last division of a section ("I" → 55, 56). Raises KeyError for a letter that has none."""
    first = 1
    for last, known, _words in SECTIONS:
        if known == letter:
            return first, last
        first = last + 1
    raise KeyError(letter)


def section_words(letter: str) -> str:
    return next((str(words) for _last, known, words in SECTIONS if known == letter), "")


def label(code: str) -> str:
    """Code and title; a code of an earlier edition stays alone."""
    return f"{code} {titles()[code]}" if code in titles() else code


def search(text: str, limit: int = 12) -> list[str]:
    """Labels whose code begins as typed, or whose title has all the typed words; the wider ones first."""
    typed = text.strip()
    if not typed:
        return []
    if typed[0].isdigit():
        digits = re.sub(r"\D", "", typed)
        found = [code for code in titles() if code.replace(".", "").startswith(digits)]
    else:
        words = _plain(typed).split()
        found = [code for code, title in _plain_titles().items() if all(word in title for word in words)]
    return [label(code) for code in sorted(found, key=len)[:limit]]
