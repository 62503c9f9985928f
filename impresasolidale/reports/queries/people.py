"""Who the people are, without a name: sex, age, area. For reports that leave the Ambito, which hide what is small."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count
from django.utils.translation import gettext_noop

from impresasolidale.accounts.access import Access
from placements.agreements.enums import HOSTED
from placements.agreements.models import Placement
from placements.beneficiaries.enums import TargetArea

from .activity import sheets_of

AGES = (
    (0, 24, gettext_noop("fino a 24 anni")),
    (25, 34, gettext_noop("da 25 a 34 anni")),
    (35, 44, gettext_noop("da 35 a 44 anni")),
    (45, 54, gettext_noop("da 45 a 54 anni")),
    (55, 200, gettext_noop("55 anni e oltre")),
)


def area_words(area: str) -> str:
    """An area of the statistics in words. The judicial one has a permission of its own: whoever reads a report may not have it, so it
    counts with the disadvantage."""
    return str(TargetArea(TargetArea.DISADVANTAGE if area == TargetArea.JUDICIAL else area).label)


@dataclass(frozen=True)
class Person:
    sex: str
    age: int  # on the last day of the period
    area: str


def people(access: Access, first: date, last: date, *, source: str = "") -> list[Person]:
    """Each person once, who had a sheet in the period; `source`: only placements that a funder pays. One query."""
    sheets = sheets_of(access, first, last)
    if source:
        sheets = sheets.filter(placement__funding_source=source)
    path = "placement__beneficiary__"
    rows = sheets.order_by().values_list(f"{path}pk", f"{path}sex", f"{path}birth_date", f"{path}target_area").distinct()
    return [Person(sex, last.year - born.year - ((last.month, last.day) < (born.month, born.day)), area) for _pk, sex, born, area in rows]


def age_band(age: int) -> str:
    return next(words for low, high, words in AGES if low <= age <= high)


def funded(access: Access, source: str, first: date, last: date) -> tuple[int, int, int]:
    """(placements, of which in addition to those already planned, companies) that a funder pays and that ran in the period. One query."""
    rows = Placement.objects.filter(ambito_id=access.ambito_id, funding_source=source, state__in=HOSTED, starts_on__lte=last)
    rows = rows.exclude(ended_on__lt=first)
    found = rows.values_list("is_additional").order_by("is_additional").annotate(n=Count("pk"))
    by = dict(found)
    return sum(by.values()), by.get(True, 0), rows.values("company").distinct().count()
