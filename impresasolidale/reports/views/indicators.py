"""The library of indicators: every figure with what it means, the period before, and the other Ambiti."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from certification.selectors import common_rules, network_of
from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.spreadsheets import Cell, file_urls, table_response
from impresasolidale.core.views import Guarded, Page
from impresasolidale.core.words import euro, hours
from impresasolidale.territory.models import Ambito

from ..forms import PeriodForm
from ..indicators import GROUP_LABELS, Indicator, Sides, Unit, Value, may_see, side_by_side
from ..periods import Period

HIDDEN = "hidden"  # beside a value: it is small, or would give a small one away

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


class _Library:
    """What page and file show alike."""

    def __init__(self, access: Access, period: Period) -> None:
        self.access, self.period = access, period
        today = period.today
        self.own: int | None = access.ambito_id if access.may(P.SEE_PLACEMENTS) else None  # whose small numbers are no secret
        least = common_rules(network_of(access), today).small_number_threshold
        self.least = least
        self.sides, self.earlier = (side_by_side(access, p, least=least, own=self.own) for p in (period, period.before))
        self.ambiti = list(Ambito.objects.filter(network_id=access.network_id).order_by("name"))

    def _told(self, sides: Sides, ambito: int | None, indicator: Indicator) -> Told:
        code = indicator.code
        if ambito is not None and indicator.whole_network:
            return Told(None, indicator.unit)
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
        if code in ("recognised", "recognitions") and access.may(P.SEE_CERTIFICATES):
            return reverse("certification:list")
        if code in ("courses", "certificates") and access.may(P.SEE_TRAINING):
            return reverse("training:past")
        if code in ("tutors", "trained_share", "certified") and access.may(P.SEE_TRAINING):
            return reverse("training:tutors")
        return ""


class Library(Page):
    permission = P.SEE_DASHBOARD
    template_name = "reports/indicators.html"

    @cached_property
    def form(self) -> PeriodForm:
        return PeriodForm(self.request.GET, today=timezone.localdate())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        period = self.form.period()
        library = _Library(self.access, period)
        lines = library.lines()
        groups = [(label, [line for line in lines if line.indicator.group == group]) for group, label in GROUP_LABELS.items()]
        return super().get_context_data(
            form=self.form,
            period=period,
            before=period.before,
            is_wrong=not self.form.is_valid(),
            groups=[(label, found) for label, found in groups if found],
            heads=[name for name, _told in lines[0].others] if lines else [],
            least=library.least,
            shortcuts=list(shortcuts(period.today)),
            dashboard_url=reverse("reports:dashboard"),
            **file_urls("reports:indicators_file", self.request.GET),
            **kwargs,
        )

    def render_to_response(self, context: dict[str, Any], **response: Any) -> HttpResponse:
        return super().render_to_response(context, **{**response, "status": 422 if context["is_wrong"] else 200})


def shortcuts(today: Any) -> Iterator[tuple[str, str]]:
    """Periods that are asked for most: words and address."""
    month, quarter, year = (Period.of(span, today, today) for span in ("month", "quarter", "year"))
    for words, period in (
        (_("Mese scorso"), month.before),
        (_("Trimestre scorso"), quarter.before),
        (_("Quest'anno"), Period(year.first, month.last, today)),
        (_("Anno scorso"), year.before),
    ):
        yield words, "?" + urlencode({"da": f"{period.first:%Y-%m}", "a": f"{period.last:%Y-%m}"})


class LibraryFile(Guarded):
    """The same figures as CSV or XLSX, with definition, formula and source in every line."""

    permission = P.SEE_DASHBOARD

    def get(self, request: HttpRequest, kind: str) -> HttpResponseBase:
        period = PeriodForm(request.GET, today=timezone.localdate()).period()
        library = _Library(self.access, period)
        lines = library.lines()
        names = [name for name, _told in lines[0].others]
        head = [_("Indicatore"), _("Unità"), str(period), str(period.before), *names, _("Definizione"), _("Formula"), _("Fonte")]
        units = {Unit.NUMBER: _("numero"), Unit.MINUTES: _("ore"), Unit.PERCENT: _("per cento"), Unit.EURO: _("euro")}
        rows = (
            [
                str(line.indicator.label),
                units[line.indicator.unit],
                line.now.cell,
                line.before.cell,
                *(told.cell for _name, told in line.others),
                str(line.indicator.definition),
                str(line.indicator.formula),
                str(line.indicator.source),
            ]
            for line in lines
        )
        return table_response(kind, name=f"indicatori-{period.code}", head=head, rows=rows)
