"""Rows that hold from a day to a day: `valid_from` and `valid_to`, both included; no `valid_to` means still."""

from datetime import date

from django.db.models import Q


def not_over(on: date, *, through: str = "") -> Q:
    """Rows that hold on a day or begin later. `through`: the path to them, as "tutor__engagements__"."""
    return Q(**{f"{through}valid_to": None}) | Q(**{f"{through}valid_to__gte": on})


def in_force(on: date, *, through: str = "") -> Q:
    """Rows that hold on a day."""
    return Q(**{f"{through}valid_from__lte": on}) & not_over(on, through=through)
