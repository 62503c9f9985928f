"""The coordinator's dashboard."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core import charts
from impresasolidale.core.views import Page
from impresasolidale.treasury.models import Pot
from impresasolidale.treasury.selectors import ZERO, PotBalance, budget_lines
from placements.agreements.forms import PREPARING
from placements.attendance.selectors import monthly_series, sheets_to_confirm
from placements.monitoring.selectors.outcomes import outcomes_at_end
from placements.monitoring.visit_enums import OutcomeKind

from ..forms import months_back
from ..queries import dashboard as queries


def _beside(compared: list[queries.AmbitoFigures]) -> charts.Chart | None:
    """The Ambiti whose running placements may be told, when there are two to compare."""
    told = [row for row in compared if row.running is not None]
    if len(told) < 2:
        return None
    series = [(_("tirocini in corso"), [row.running or 0 for row in told])]
    if all(row.hosts is not None for row in told):
        series.append((_("imprese"), [row.hosts or 0 for row in told]))
    return charts.bars(_("Tirocini e imprese per Ambito"), [row.ambito for row in told], series)


MOST_PARTS = 6  # what one bar holds


def _outcomes(access: Access, first: date, today: date) -> charts.Chart | None:
    """What came after, for those whose placement ended since: the most frequent five, and the others together. None while nobody wrote."""
    found = sorted(outcomes_at_end(access, first, today), key=lambda row: -row.count)
    if not found:
        return None
    told = found if len(found) <= MOST_PARTS else found[: MOST_PARTS - 1]
    parts = [(str(OutcomeKind(row.kind).label), row.count) for row in told]
    if rest := sum(row.count for row in found[len(told) :]):
        parts.append((_("tutto il resto"), rest))
    return charts.share_bar(_("Che cosa è venuto dopo, negli ultimi dodici mesi"), parts)


def _as_one(pots: list[PotBalance]) -> list[PotBalance]:
    """The whole fund in one row: pot by pot, who does not work with it would read what few people had (rules 73 and 88)."""
    if not pots:
        return []
    sums = {name: sum((getattr(pot, name) for pot in pots), ZERO) for name in ("received", "committed", "paid", "free")}
    return [PotBalance(Pot(name=_("Tutto il fondo")), **sums)]


class Dashboard(Page):
    permission = P.SEE_DASHBOARD
    template_name = "reports/dashboard.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        months = list(reversed(months_back(today, 12)))
        series = monthly_series(self.access, months)
        labels = [date_format(m.month, "M") for m in series]
        counts, compared = queries.counts_and_beside(self.access, months[-2], today)
        money = budget_lines(self.access, year=today.year, beside=(Pot.Use.GRANT, Pot.Use.FUND))
        pots = [line.figures for line in money if line.pot.use == Pot.Use.FUND]
        placements_url = reverse("agreements:list") if self.access.may(P.SEE_PLACEMENTS) else ""
        if not self.access.ambito_id:
            lead = _("I numeri della rete: il fondo e gli Ambiti a confronto, senza nomi.")
        elif placements_url:
            lead = _("I tirocini dell'Ambito oggi. Ogni numero apre le sue righe.")
        else:
            lead = _("I tirocini dell'Ambito oggi, in numeri.")
        return super().get_context_data(
            counts=counts,
            waivers=counts.waivers if self.access.may(P.WAIVE_RULES) else None,
            waivers_url=reverse("agreements:waivers"),
            to_confirm=sheets_to_confirm(self.access).count(),
            running_chart=charts.lines(
                _("Tirocini attivi, mese per mese"), labels, [(_("con un foglio presenze"), [m.sheets for m in series])]
            ),
            states=charts.share_bar(_("A che punto sono i tirocini"), counts.states) if counts.states else None,
            hours=charts.bars(
                _("Ore negli ultimi dodici mesi"),
                labels,
                [(_("previste"), [m.planned for m in series]), (_("fatte"), [m.done for m in series])],
                unit="h",
            ),
            outcomes=_outcomes(self.access, months[0], today) if self.access.ambito_id and self.access.may(P.SEE_PLACEMENTS) else None,
            pots=pots if self.access.may(P.SEE_FUND) else _as_one(pots),
            sources=[line for line in money if line.pot.use != Pot.Use.FUND] if self.access.ambito_id else [],
            money_url=reverse("treasury:home") if self.access.may(P.SEE_MONEY) else "",
            fund_free=sum(p.free for p in pots),
            costs=counts.costs,
            costs_url=f"{reverse('hosts:expenses')}?payer=company&year={today.year}" if self.access.may(P.SEE_COMPANIES) else "",
            expiring=queries.expiring(self.access, today),
            compared=compared,
            beside=_beside(compared),
            indicators_url=reverse("reports:indicators"),
            ending_url=placements_url and f"{placements_url}?finisce=on",
            ended_url=placements_url and f"{placements_url}?fatto=ended&da={months[0]:%Y-%m-%d}&a={today:%Y-%m-%d}",
            hours_url=f"{reverse('attendance:office_month')}?mese={today:%Y-%m}" if self.access.may(P.CONFIRM_MONTHS) else "",
            covers_url=reverse("agreements:covers") if placements_url else "",
            certificates_url=reverse("certification:list") if self.access.may(P.SEE_CERTIFICATES) else "",
            compared_month=months[-2],
            order_url=reverse("reports:order"),
            lead=lead,
            fund_url=reverse("solidarity_fund:home" if self.access.may(P.SEE_FUND) else "website:fund"),
            preparing_url=placements_url and f"{placements_url}?stato={PREPARING}",
            list_url=placements_url,
            running_url=placements_url and f"{placements_url}?stato=active",
            validate_url=placements_url and f"{placements_url}?stato=signed",
            risk_url=placements_url and f"{placements_url}?stato=at_risk",
            months_url=reverse("attendance:to_confirm") if self.access.may(P.CONFIRM_MONTHS) else "",
            validate_tone="warn" if counts.to_validate else "",
            risk_tone="bad" if counts.at_risk else "",
            **kwargs,
        )
