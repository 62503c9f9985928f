"""The library of indicators: every figure with what it means, the period before, and the other Ambiti."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.spreadsheets import file_urls, table_response
from impresasolidale.core.views import Guarded, Page

from .. import library
from ..forms import PeriodForm
from ..indicators import GROUP_LABELS, Unit
from ..periods import Period


class Library(Page):
    permission = P.SEE_DASHBOARD
    template_name = "reports/indicators.html"

    @cached_property
    def form(self) -> PeriodForm:
        return PeriodForm(self.request.GET, today=timezone.localdate())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        period = self.form.period()
        found = library.Library(self.access, period)
        lines = found.lines()
        groups = [(label, [line for line in lines if line.indicator.group == group]) for group, label in GROUP_LABELS.items()]
        return super().get_context_data(
            form=self.form,
            period=period,
            before=period.before,
            is_wrong=not self.form.is_valid(),
            groups=[(label, some) for label, some in groups if some],
            heads=[name for name, _told in lines[0].others] if lines else [],
            least=found.least,
            is_told_apart=found.is_told_apart,
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
        found = library.Library(self.access, period)
        lines = found.lines()
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
