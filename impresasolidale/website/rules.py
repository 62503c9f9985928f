"""How a code, a surname and a file are compared: pure functions."""

import re
import unicodedata

CODE = re.compile(r"[A-Z2-7]{26}")


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
