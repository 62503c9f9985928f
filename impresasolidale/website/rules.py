"""How a code, a surname and a file are compared, how words of the office become a page: pure functions."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

CODE = re.compile(r"[A-Z2-7]{26}")
POINT = re.compile(r"[-*•] +")


def code_in(text: str) -> str:
    """The code in what somebody typed or pasted: spaces and hyphens left out, a whole address accepted. Empty when there is none."""
    last = text.strip().rstrip("/").rpartition("/")[2]
    code = re.sub(r"[\s-]", "", last).upper()
    return code if CODE.fullmatch(code) else ""


def same_surname(typed: str, known: str) -> bool:
    """Without regard to capitals, accents, apostrophes and spaces: «d'angelò» is «D Angelo»."""
    return bool(_letters(typed)) and _letters(typed) == _letters(known)


def _letters(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in plain if c.isalpha())


# --- Words of the office


@dataclass(frozen=True)
class Block:
    """A piece of a page: `kind` is "p", "h" (a heading) or "ul"; `lines` are plain text, never markup."""

    kind: str
    lines: tuple[str, ...]


def blocks(text: str) -> list[Block]:
    """A text in pieces: an empty line ends one, "## " begins a heading, "- " or "* " a point of a list. Nothing else means anything: what
    looks like HTML stays text, and the page escapes it."""
    found: list[Block] = []
    fresh = True  # the next line begins a piece
    for line in (line.strip() for line in text.splitlines()):
        match = POINT.match(line)
        kind, words = ("h", line[3:].strip()) if line.startswith("## ") else ("ul", line[match.end() :]) if match else ("p", line)
        if not words:
            fresh = True
        elif fresh or kind == "h" or found[-1].kind != kind:
            found.append(Block(kind, (words,)))
            fresh = kind == "h"
        else:
            found[-1] = Block(kind, (*found[-1].lines, words))
    return found


# --- The statement of accessibility


def next_statement(today: date) -> date:
    """The 23 September by which the statement of accessibility is looked at again (D.Lgs. 106/2018; AgID guidelines, §4.2)."""
    this = date(today.year, 9, 23)
    return this if today <= this else date(today.year + 1, 9, 23)
