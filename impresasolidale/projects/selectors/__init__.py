"""Reads of the room, by aggregate."""

from . import audit, expenses, partners, projects, results, staff
from ._common import refuse_limited
from .expenses import expense_for, facts_of, files_of, granted_of, shares_of, sheet_of
from .plan import Matrix, matrix_of, plan_in_force, planned_by_item, spent_by_item
from .projects import project_for

__all__ = [
    "Matrix",
    "audit",
    "expense_for",
    "expenses",
    "facts_of",
    "files_of",
    "granted_of",
    "matrix_of",
    "partners",
    "plan_in_force",
    "planned_by_item",
    "project_for",
    "projects",
    "refuse_limited",
    "results",
    "shares_of",
    "sheet_of",
    "spent_by_item",
    "staff",
]
