"""Writes of exchange."""

from ._common import as_office
from .imports import confirm, correct_row, drop, forget_old, hand_in, match_columns, undo
from .passes import check_rows, read_file, take_rows, undo_rows

__all__ = [
    "as_office",
    "check_rows",
    "confirm",
    "correct_row",
    "drop",
    "forget_old",
    "hand_in",
    "match_columns",
    "read_file",
    "take_rows",
    "undo",
    "undo_rows",
]
