"""Writes of the room, by aggregate. Money moves through the treasury alone."""

from . import audit, expenses, instalments, partners, plan, projects, results, staff

__all__ = ["audit", "expenses", "instalments", "partners", "plan", "projects", "results", "staff"]
