"""The short code on the person's papers, behind which she asks to be called: the placement's number with a keyed mark, kept nowhere.

Whoever holds the paper may ask that the person be called, and learns nothing by it. A code cannot be guessed (31⁸ marks, wrong ones are
counted), needs no table and no change of the papers when there are new ones, and stops nothing when it is lost.
"""

from typing import Any

from django.conf import settings

from impresasolidale.core.fields import lookup_hash
from impresasolidale.territory.selectors import office_of

from .models import Placement

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # without those that are read for one another
MARK = 8  # letters
LONGEST = MARK + 9  # what a 32-bit number and more asks for; anything longer is no code


def code_of(placement_id: int) -> str:
    """«K7M2PQ4XB9»: the mark, then the number."""
    return _mark(placement_id) + _letters(placement_id)


def placement_in(code: str) -> int | None:
    """The number of the placement a code names; None when its mark is wrong. Small letters and dashes are forgiven."""
    plain = code.upper().replace("-", "").replace(" ", "")
    mark, number = plain[:MARK], plain[MARK:]
    if not number or len(plain) > LONGEST or not set(plain) <= set(LETTERS):
        return None
    found = 0
    for letter in number:
        found = found * len(LETTERS) + LETTERS.index(letter)
    return found if mark == _mark(found) and number == _letters(found) else None


def url_of(placement_id: int) -> str:
    """The whole address behind the drawing; its page stands in a room above, so it is written out here and held by a test."""
    return f"{settings.BASE_URL}/parla/{code_of(placement_id)}/"


def talk_line(placement: Placement) -> dict[str, Any]:
    """What the papers print under «Voglio parlare con qualcuno»: the drawing's address, the same to type, the office's telephone."""
    url = url_of(placement.pk)
    return {"url": url, "short": url.partition("://")[2].rstrip("/"), "phone": office_of(placement.ambito).phone}


def _mark(placement_id: int) -> str:
    return _letters(int(lookup_hash(f"talk {placement_id}"), 16), length=MARK)


def _letters(number: int, length: int = 0) -> str:
    found = ""
    while (number or not found) if not length else len(found) < length:
        number, rest = divmod(number, len(LETTERS))
        found = LETTERS[rest] + found
    return found
