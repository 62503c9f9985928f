"""Statements of an account as banks and treasurers send them: each format reads into the same values, or says what is wrong and where.

Nothing here knows the database. docs/operations/statements.md tells the formats.
"""

from .camt import read_camt
from .common import MAX_BYTES, Line, Statement, Unreadable, checked, line_keys
from .giornale import read_giornale
from .table import COLUMNS, columns_in, read_columns

__all__ = [
    "COLUMNS",
    "MAX_BYTES",
    "Line",
    "Statement",
    "Unreadable",
    "checked",
    "columns_in",
    "line_keys",
    "read_camt",
    "read_columns",
    "read_giornale",
]
