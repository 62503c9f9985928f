"""The page of indicators as values: each with the time before, the other Ambiti, and the rows it opens."""

from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.spreadsheets import Cell
from impresasolidale.core.words import euro, hours
from impresasolidale.territory.models import Ambito
from impresasolidale.territory.selectors import common_rules

from .indicators import GUARDED, Indicator, Sides, Unit, Value, may_see, side_by_side
from .periods import Period

# code → what the list of placements shows of it (agreements.forms.HAPPENED).
LISTED = {"started": "started", "ran": "ran", "ended": "ended"}


@dataclass(frozen=True)
class Told:
    """One value as a page writes it."""

    value: Value
    unit: str
    is_hidden: bool = False

    def __str__(self) -> str:
        if self.is_hidden:
            return _("riservato")
        if self.value is None:
            return "—"
        if self.unit == Unit.MINUTES:
            return hours(int(self.value))
        if self.unit == Unit.EURO:
            return euro(self.value)
        return f"{self.value}\u00a0%" if self.unit == Unit.PERCENT else str(self.value)

    @property
    def cell(self) -> Cell:
        """For a spreadsheet: hours and euro with decimals."""
        if self.is_hidden:
            return _("riservato")
        return Decimal(self.value) / 60 if self.unit == Unit.MINUTES and self.value is not None else self.value


@dataclass(frozen=True)
class Line:
    """An indicator with its values: of who looks, of the time before, of the other Ambiti and of all together."""

    indicator: Indicator
    now: Told
    before: Told
    others: list[tuple[str, Told]]
    url: str = ""


class Library:
    """What page and file show alike."""

    def __init__(self, access: Access, period: Period) -> None:
        self.access, self.period = access, period
        today = period.today
        self.own: int | None = access.ambito_id if access.may(P.SEE_PLACEMENTS) else None  # whose small numbers are no secret
        least = common_rules(access.own_network, today).small_number_threshold
        self.least = least
        # From a month to a month, one more would say who began in it (rule 88): of others, quarters and years of the calendar alone.
        self.is_told_apart = period.is_calendar
        self.sides, self.earlier = (side_by_side(access, p, least=least, own=self.own) for p in (period, period.before))
        self.ambiti = list(Ambito.objects.filter(network_id=access.network_id).order_by("name"))

    def _told(self, sides: Sides, ambito: int | None, indicator: Indicator) -> Told:
        code = indicator.code
        if ambito is not None and indicator.whole_network:
            return Told(None, indicator.unit)
        if not self.is_told_apart and code in GUARDED and (ambito is None or ambito != self.own):
            return Told(None, indicator.unit, is_hidden=True)
        return Told(sides.told(ambito, code), indicator.unit, sides.hides(ambito, code))

    @property
    def columns(self) -> list[tuple[str, int | None]]:
        """The other Ambiti, then all together."""
        return [*((a.name, a.pk) for a in self.ambiti if a.pk != self.access.ambito_id), (_("Tutta la rete"), None)]

    def lines(self) -> list[Line]:
        mine = self.access.ambito_id
        columns = self.columns if mine else self.columns[:-1]
        found = []
        for indicator in may_see(self.access):
            who = None if indicator.whole_network else mine
            found.append(
                Line(
                    indicator,
                    self._told(self.sides, who, indicator),
                    self._told(self.earlier, who, indicator),
                    [(name, self._told(self.sides, pk, indicator)) for name, pk in columns],
                    self._url(indicator.code),
                )
            )
        return found

    def _url(self, code: str) -> str:
        """The rows behind a figure, for who may see them."""
        period, access = self.period, self.access
        if not access.ambito_id:
            return ""
        if code in LISTED and access.may(P.SEE_PLACEMENTS):
            asked = {"fatto": LISTED[code], "da": period.first.isoformat(), "a": period.cut_off.isoformat()}
            return f"{reverse('agreements:list')}?{urlencode(asked)}"
        if code == "running" and access.may(P.SEE_PLACEMENTS) and not period.is_over:
            return f"{reverse('agreements:list')}?stato=active"
        if code in ("planned", "done", "days", "months_due") and access.may(P.CONFIRM_MONTHS) and period.months == 1:
            return f"{reverse('attendance:office_month')}?mese={period.first:%Y-%m}"
        if code in ("visits", "visits_on_time") and access.may(P.FOLLOW_VISITS):
            return f"{reverse('monitoring:visits')}?{'stato=done' if code == 'visits' else 'tardi=on'}"
        if code == "evaluations" and access.may(P.KEEP_EVALUATIONS):
            return reverse("monitoring:evaluations")
        if code in ("recognised", "recognitions") and access.may(P.SEE_CERTIFICATES):
            return reverse("certification:list")
        if code in ("courses", "certificates") and access.may(P.SEE_TRAINING):
            return reverse("training:past")
        if code in ("tutors", "trained_share", "certified") and access.may(P.SEE_TRAINING):
            return reverse("training:tutors")
        return ""
