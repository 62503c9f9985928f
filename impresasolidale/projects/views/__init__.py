"""Pages of the room."""

from . import audit, expenses, instalments, partners, plan, projects, results, staff

__all__ = ["audit", "expenses", "instalments", "partners", "plan", "projects", "results", "staff"]
