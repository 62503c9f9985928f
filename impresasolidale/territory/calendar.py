"""Working days: national holidays and the patron saint of the comune (features row 68)."""

from collections.abc import Collection
from datetime import date, timedelta
from functools import cache

from .models import Body, Comune, PatronSaint


def working_days(start: date, end: date, weekdays: Collection[int], comune: Comune | None = None) -> list[date]:
    """Days from `start` to `end`, both included, on `weekdays` (Monday is 0), without holidays. One query at most."""
    patron = _patron(comune)
    days = (start + timedelta(days=n) for n in range((end - start).days + 1))
    return [day for day in days if day.weekday() in weekdays and day not in _national(day.year) and not _is_patron(day, patron)]


def patrons_of(comuni: Collection[int]) -> dict[int, PatronSaint]:
    """The patron saint of each of these comuni that has one on record. One query."""
    return {patron.comune_id: patron for patron in PatronSaint.objects.filter(comune__in=comuni)}


def working_days_with(start: date, end: date, patron: PatronSaint | None) -> list[date]:
    """All weekdays from `start` to `end` that are no feast, with a patron saint that was read before. No query."""
    days = (start + timedelta(days=n) for n in range((end - start).days + 1))
    return [day for day in days if day not in _national(day.year) and not _is_patron(day, patron)]


def move_working_days(day: date, count: int, ambito_id: int | None = None) -> date:
    """The day `count` working days after `day` (before it when negative): Monday to Friday, without national holidays and the patron
    saint of the lead body's seat. `day` itself is not counted. One query at most."""
    patron = None
    if ambito_id:
        patron = PatronSaint.objects.filter(comune__in=Body.objects.filter(ambito_id=ambito_id, is_lead=True).values("comune")).first()
    step = timedelta(days=1 if count > 0 else -1)
    for _counted in range(abs(count)):
        day += step
        while day.weekday() > 4 or day in _national(day.year) or _is_patron(day, patron):
            day += step
    return day


def _patron(comune: Comune | None) -> PatronSaint | None:
    return PatronSaint.objects.filter(comune=comune).first() if comune else None


def _is_patron(day: date, patron: PatronSaint | None) -> bool:
    return patron is not None and patron.falls_on(day)


@cache
def _national(year: int) -> dict[date, str]:
    from holidays import country_holidays  # heavy, and needed by a few pages only

    return dict(country_holidays("IT", years=year, language="it_IT"))
