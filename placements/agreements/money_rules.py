"""Bounds of an allowance, from the rule book: pure values (rules 38 and 42)."""

from decimal import Decimal

from impresasolidale.territory.rules import Rules


def monthly_ceiling(book: Rules, *, meals: bool, longest_day: int) -> Decimal:
    """The most a month may give: less where meals are offered, or where no day is longer than a short one (rule 38)."""
    found = [book.allowance_ceiling]
    if meals:
        found.append(book.allowance_ceiling_with_meals)
    if longest_day and longest_day <= book.short_day_hours * 60:
        found.append(book.allowance_ceiling_short_day)
    return min(found)
