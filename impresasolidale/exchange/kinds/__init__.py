"""What can be brought in: one class a kind."""

from ..enums import ImportKind
from .attendance import Attendance
from .base import FieldWords, Known, RowKind, Tried, guess, plain
from .companies import Companies, Tutors
from .people import People
from .placements import Placements

KINDS: dict[str, RowKind] = {kind.code: kind for kind in (People(), Companies(), Tutors(), Placements(), Attendance())}
assert [*KINDS] == [str(code) for code in ImportKind]

__all__ = ["KINDS", "Attendance", "FieldWords", "Known", "RowKind", "Tried", "guess", "plain"]
