"""The months after the end at which a person is asked how it goes (features row 100). Pure: no ORM, no clock."""

from datetime import date

from impresasolidale.territory.rules import add_months

MONTHS = (6, 12)
TRIES = 3  # calls without an answer: then she is not looked for any more


def follow_ups(last_day: date) -> dict[int, date]:
    """Months after the end → the day somebody calls."""
    return {months: add_months(last_day, months) for months in MONTHS}
