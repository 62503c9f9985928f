"""What becomes of each value in a pseudonymised dump: `pseudonyms.toml` decides of every column, `Pseudonyms` does it.

A pseudonym comes from the value by a key that is drawn for each dump and kept nowhere: the same value is the same pseudonym in every
table, two codes, mails or texts are two, and nobody can go back. So a word of a name is one invented word wherever it stands, a codice
fiscale one invented code, with the birth date of its person. Dates of a person's case file move back by the same number of weeks
(docs/adr/0047).
"""

import csv
import hashlib
import hmac
import json
import re
import tomllib
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db.models import Choices

from impresasolidale.core.decisions import by_column
from impresasolidale.core.fields import canonical
from impresasolidale.territory.selectors import name_key

from .errors import Refused

DECISIONS = Path(__file__).parent / "pseudonyms.toml"
MOST_WEEKS = 26  # that the dates of a person move back
WOMEN = "Ada Berta Celia Delia Edda Flora Gilda Ines Lea Mara Nives Olimpia Pia Rina Siria Tosca Uliva Velia Zelda Zita".split()
MEN = "Alvise Brando Ciro Duilio Egidio Fosco Galdo Igor Jacopo Lapo Milo Nevio Oreste Primo Quinto Remo Silvio Tito Ulisse Zeno".split()
BEGIN = "Bal Bor Cal Cor Dal Del Fal Fer Gal Gor Lam Lor Mal Mor Nal Nor Pal Por Ral Ros Sal Sor Tal Tor Val Ver Zal Zor".split()
MIDDLE = "ba be bi bo ca co da de di do fa ga go la le li lo ma me mi na ne no pa pe po ra re ro sa se so ta te to va ve vi".split()
END = "chi di ghi ldi lli ndi nelli ni ri ssi tti zzi".split()
STREETS = "via Inventata", "via Immaginaria", "via di Prova", "piazza Qualunque"
PLACES = "A944 D612 D969 F205 F839 H501 I829 L219 L736".split()  # cadastral codes that have always been: of towns, not of her town
MONTHS = "ABCDEHLMPRST"
LETTERS = "BCDFGHKLMNPQRSTVWXYZ"
# In a JSON value these are dates, times, sums and ids; they and the words of `vocabulary` stay, all other strings are replaced.
PLAIN_STRING = re.compile(
    r"-?\d{1,7}(\.\d{1,4})?|\d{4}-\d\d(-\d\d([T ][\d:.]+(Z|[+-]\d\d:?\d\d)?)?)?|\d\d:\d\d"
    r"|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
)
PLACEHOLDERS = {
    "pdf": b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n",
    "png": bytes.fromhex(
        "89504e470d0a1a0a0000000d4948445200000001000000010804000000b51c0c020000000b4944415478da6364f80f00010501012718e3660000000049454e44ae426082"
    ),
}  # fmt: skip


def decisions() -> tuple[dict[str, dict[str, str]], set[str]]:
    """(table → column → how, the tables of which nothing is taken along). Raises ValueError when a column is decided twice."""
    told = tomllib.loads(DECISIONS.read_text(encoding="utf-8"))
    dropped = set(told.pop("drop"))
    return by_column(told, dropped=dropped, hows=HOWS), dropped


def vocabulary() -> set[str]:
    """The program's own codes: kinds of rows, and the values of every choice."""
    found, waiting = {model._meta.label_lower for model in apps.get_models()}, list[type[Choices]](Choices.__subclasses__())
    while waiting:
        one = waiting.pop()
        waiting += one.__subclasses__()
        found |= {value for value in one.values if isinstance(value, str)}
    return found


def placeholder(name: str) -> bytes:
    """What stands in the place of the stored file `name`: empty, and readable as what its name says where a page would show it."""
    return PLACEHOLDERS.get(name.rpartition(".")[2].lower(), b"Questo file non fa parte dei dati per la formazione.\n")


class Pseudonyms:
    """`firsts`: the words that are first names, as `name_key` writes them."""

    def __init__(self, key: bytes, firsts: set[str]) -> None:
        self._key, self._firsts, self._vocabulary = key, firsts, vocabulary()
        self._codes: dict[str, str] = {}
        self._given: set[str] = set()
        self.word = cache(self._word)

    def number(self, kind: str, value: str) -> int:
        """256 bits that stand for this value of this kind."""
        return int.from_bytes(hmac.new(self._key, f"{kind} {value}".encode(), hashlib.sha256).digest())

    def of(self, how: str, value: str, row: dict[str, str | None], column: str) -> str | None:
        """What stands in the place of `value`, which is not empty. `row`: the whole row as it was."""
        return HOWS[how](self, value, row, column)

    # Names

    def _word(self, word: str) -> str:
        number = self.number("word", word)
        while True:
            if word in self._firsts:
                pool = WOMEN if word.endswith("a") else MEN
                found = pool[number % len(pool)]
            else:
                begin, number = number % len(BEGIN), number // len(BEGIN)
                middle, number = number % len(MIDDLE), number // len(MIDDLE)
                found = BEGIN[begin] + MIDDLE[middle] + END[number % len(END)]
            if found.lower() != word:
                return found
            number = self.number("another word", word)

    def name(self, value: str) -> str:
        return " ".join(self.word(word) for word in name_key(value).split()) or "Tal dei Tali"

    def company(self, value: str) -> str:
        number = self.number("company", name_key(value))
        return f"Impresa {BEGIN[number % len(BEGIN)]}{MIDDLE[number // 64 % len(MIDDLE)]} {number // 4096 % 10**8:08d}"

    # Codes

    def learn(self, code: str, person: str, born: str) -> None:
        """Give the code of a person, whose birth date goes with it wherever it stands."""
        if len(code) == 16 and code not in self._codes:
            self._codes[code] = self._personal(code, self.shifted(born, person))

    def _personal(self, code: str, born: str = "") -> str:
        from stdnum.it.codicefiscale import calc_check_digit

        number = self.number("code", code)
        day = date.fromisoformat(born) if born else date(1950, 1, 1) + timedelta(days=number % 14000)
        woman = code[9:11].isdigit() and int(code[9:11]) > 40
        while True:
            rest, letters = number // 14000, ""
            for _ in range(6):
                rest, one = divmod(rest, len(LETTERS))
                letters += LETTERS[one]
            plain = f"{letters}{day:%y}{MONTHS[day.month - 1]}{day.day + 40 * woman:02d}{PLACES[rest % len(PLACES)]}"
            found = plain + calc_check_digit(plain)
            if found not in self._given and found != code:
                self._given.add(found)
                return found
            number = self.number("code again", f"{code} {number}")

    def code(self, value: str) -> str:
        from stdnum.luhn import calc_check_digit

        plain = "".join(value.split()).upper()
        if len(plain) == 16:
            if plain not in self._codes:
                self._codes[plain] = self._personal(plain)
            return self._codes[plain]
        if plain not in self._codes:
            number = self.number("code", plain)
            while (found := f"{number % 9_000_000 + 1_000_000}014") in self._given or found == plain[:10]:
                number = self.number("code again", f"{plain} {number}")
            self._given.add(found)
            self._codes[plain] = found + calc_check_digit(found)
        return self._codes[plain]

    def iban(self, value: str) -> str:
        bban = f"X{self.number('iban', ''.join(value.split()).upper()) % 10**22:022d}"
        check = 98 - int("".join(str(int(c, 36)) for c in f"{bban}IT00")) % 97
        return f"IT{check:02d}{bban}"

    # Days

    def shifted(self, value: str, person: str) -> str:
        """A day or a moment of this person's, as many weeks before as all the others of the same person."""
        back = timedelta(weeks=1 + self.number("weeks", person) % MOST_WEEKS)
        if len(value) == 10:
            return (date.fromisoformat(value) - back).isoformat()
        return (datetime.fromisoformat(value) - back).isoformat(sep=" ")

    # Words

    def text(self, value: str) -> str:
        """Different texts stay different, where they must be."""
        return f"{self.number('text', value) % 16**12:012x} testo di prova"

    def email(self, value: str) -> str:
        return f"p{self.number('email', value.lower()) % 16**12:012x}@formazione.invalid"

    def list(self, value: str) -> str:
        """An array of addresses or of words, as the database writes it."""
        items = next(csv.reader([value[1:-1]], escapechar="\\"), [])
        return "{" + ",".join(f'"{self.email(one) if "@" in one else self.text(one)}"' for one in items) + "}"

    def json(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {self.json_key(key): self.json(one) for key, one in value.items()}
        if isinstance(value, list):
            return [self.json(one) for one in value]
        if not isinstance(value, str) or not value or value in self._vocabulary or PLAIN_STRING.fullmatch(value):
            return value
        return self.text(value)

    def json_key(self, key: str) -> str:
        return key if re.fullmatch(r"[a-z0-9_.]*", key) or PLAIN_STRING.fullmatch(key) else self.text(key)


def person_of(row: dict[str, str | None]) -> str:
    """Whose row it is: rows of the case file name their person, and the person is one."""
    return row.get("beneficiary_id") or row["id"] or ""


def _file_hash(_p: Pseudonyms, _value: str, row: dict[str, str | None], column: str) -> str:
    return hashlib.sha256(placeholder(row[column.replace("hash", "name")] or "")).hexdigest()


def _token(p: Pseudonyms, value: str, _row: Any, _column: str) -> str:
    return f"{p.number('token', value):064x}"[: max(len(value), 12)]


HOWS: dict[str, Callable[[Pseudonyms, str, dict[str, str | None], str], str | None]] = {
    "keep": lambda p, v, row, c: v,
    "list": lambda p, v, row, c: p.list(v),
    "name": lambda p, v, row, c: p.name(v),
    "name_key": lambda p, v, row, c: name_key(p.name(v)),
    "company": lambda p, v, row, c: p.company(v),
    "company_key": lambda p, v, row, c: name_key(p.company(v)),
    "code": lambda p, v, row, c: p.code(v),
    "null": lambda p, v, row, c: None,
    "lookup": lambda p, v, row, c: "?",  # worked out where it is loaded
    "iban": lambda p, v, row, c: p.iban(v),
    "email": lambda p, v, row, c: p.email(v),
    "url": lambda p, v, row, c: f"https://formazione.invalid/{p.number('url', v) % 16**8:08x}",
    "phone": lambda p, v, row, c: f"000 {p.number('phone', ''.join(v.split())) % 10**8:08d}",
    "address": lambda p, v, row, c: f"{STREETS[p.number('address', v) % len(STREETS)]} {p.number('address', v) // 8 % 9999 + 1}",
    "text": lambda p, v, row, c: p.text(v),
    "amount": lambda p, v, row, c: f"{p.number('amount', v) % 20000}.00",
    "json": lambda p, v, row, c: canonical(p.json(json.loads(v))),
    "shift": lambda p, v, row, c: p.shifted(v, person_of(row)),
    "token": _token,
    "file_hash": _file_hash,
    "no_password": lambda p, v, row, c: "!",
}


def check(columns: dict[str, set[str]]) -> tuple[dict[str, dict[str, str]], set[str]]:
    """`decisions`, when they are of these tables and columns and of no other. Raises Refused."""
    found, dropped = decisions()
    there = {(table, column) for table, names in columns.items() if table not in dropped for column in names}
    told = {(table, column) for table, names in found.items() for column in names}
    if wrong := sorted(there ^ told) + sorted((table, "*") for table in dropped - set(columns)):
        raise Refused("In pseudonyms.toml le decisioni non sono quelle delle colonne: " + ", ".join(".".join(one) for one in wrong[:10]))
    return found, dropped
