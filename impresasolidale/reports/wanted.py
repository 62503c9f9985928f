"""What was asked of a report."""

from dataclasses import dataclass
from datetime import date

from impresasolidale.territory.models import Comune

from .periods import Period


@dataclass(frozen=True)
class Wanted:
    """A period, and the comune or the funder it is about. `least`: smaller counts of people are hidden where they leave the Ambito."""

    first: date
    last: date
    today: date
    comune: Comune | None = None
    source: str = ""
    least: int = 5

    @property
    def period(self) -> Period:
        return Period(self.first, self.last, self.today)
