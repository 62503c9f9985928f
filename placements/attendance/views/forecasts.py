"""Foreseen, committed and spent: of the Ambito by year, of one placement, and the placements of a commitment."""

from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.contrib import messages
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.charts import bars
from impresasolidale.core.forms import CHOOSE, Form, MoneyField
from impresasolidale.core.views import Action, Page, ServiceForm
from impresasolidale.core.words import euro
from impresasolidale.treasury import selectors as treasury
from placements.agreements.models import Placement

from ..models import PlacementCommitment
from ..selectors import forecasts
from ..services.commitments import remove_part, set_part
from .asking import AsksAbout

YEARS_AROUND = 1


class ForecastFilter(django_forms.Form):
    scoperti = django_forms.BooleanField(label=gettext_lazy("Solo quelli non coperti"), required=False)


class Forecast(Page):
    """What falls due in a year, by body and pot; below, each placement."""

    template_name = "attendance/forecast.html"
    permission = P.SEE_MONEY

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today, query = timezone.localdate(), self.request.GET
        asked = query.get("anno", "")
        around = range(today.year - YEARS_AROUND, today.year + YEARS_AROUND + 2)
        year = int(asked) if asked.isdigit() and int(asked) in around else today.year
        form = ForecastFilter(query or None)
        only_short = form.is_valid() and form.cleaned_data["scoperti"]
        short = forecasts.shortfall(self.access, year=year, today=today)
        page, rows = forecasts.forecast_page(self.access, query, only=short.placements if only_short else None, today=today)
        sources = forecasts.forecast_by_source(self.access, year=year, today=today)
        total = {name: sum((getattr(row, name) for row in sources), forecasts.ZERO) for name in ("foreseen", "committed", "spent")}
        return super().get_context_data(
            year=str(year),
            years=[{"label": str(y), "url": f"?anno={y}", "active": y == year} for y in around],
            sources=sources,
            total=total,
            chart=bars(
                _("Previsto, impegnato, speso"),
                [_("previsto"), _("impegnato"), _("speso")],
                [(str(year), [total["foreseen"], total["committed"], total["spent"]])],
                unit="€",
            ),
            rows=rows,
            short=short,
            short_count=len(short.placements),
            short_url=f"?anno={year}&scoperti=on",
            filter=form,
            only_short=only_short,
            pager=page.urls(query),
            **kwargs,
        )


class _OfMoney(AsksAbout):
    """`self.placement` is the one of the URL."""

    @cached_property
    def placement(self) -> Placement:
        return forecasts.placement_for(self.access, self.kwargs["public_id"], today=timezone.localdate())


class PlacementMoney(_OfMoney, Page):
    """One placement: its years, its months, its parts of commitments."""

    template_name = "attendance/money.html"
    permission = P.SEE_MONEY

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        money = forecasts.money_of(self.access, self.placement, today=timezone.localdate())
        return super().get_context_data(
            placement=self.placement,
            money=money,
            missing=money.forecast.missing,
            may_edit=self.access.may(P.EDIT_BUDGETS),
            may_open=self.access.may(P.SEE_PLACEMENTS),
            **kwargs,
        )


class PartForm(Form):
    commitment = django_forms.ChoiceField(label=gettext_lazy("Impegno"))
    amount = MoneyField(label=gettext_lazy("Importo in euro"), help_text=gettext_lazy("Quanto di questo impegno è per questo tirocinio."))

    def __init__(self, *args: Any, commitments: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["commitment"].choices = [("", CHOOSE), *commitments]  # type: ignore[attr-defined]


class SetPart(_OfMoney, ServiceForm):
    """Link a placement to a commitment, or change how much of it is for this placement."""

    template_name = "attendance/part_form.html"
    form_class = PartForm
    permission = P.EDIT_BUDGETS

    def get_form_kwargs(self) -> dict[str, Any]:
        _placement = self.placement  # asked for before anything else is read
        found = treasury.commitment_choices(self.access)
        self.choices = {str(row.public_id): row for row, _figures in found}
        words = _("%(number)s, %(body)s (restano %(left)s)")
        named = [(str(row.public_id), words % {"number": row, "body": row.body.name, "left": euro(money.left)}) for row, money in found]
        return {**super().get_form_kwargs(), "commitments": named}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        money = forecasts.forecasts_of(self.access, [self.placement], today=timezone.localdate())[0]
        return {**context, "placement": self.placement, "forecast": money, "has_commitments": bool(self.choices)}

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        set_part(placement=self.placement, commitment=self.choices[data["commitment"]], amount=data["amount"], by=self.access)
        messages.success(self.request, _("L'impegno vale per questo tirocinio."))
        return reverse("forecasts:placement", args=[self.placement.public_id])


class RemovePart(AsksAbout, Action):
    permission = P.EDIT_BUDGETS

    @cached_property
    def part(self) -> PlacementCommitment:
        return forecasts.part_for(self.access, self.kwargs["public_id"])

    @cached_property
    def placement(self) -> Placement:
        return forecasts.placement_for(self.access, self.part.placement.public_id, today=timezone.localdate())

    def act(self) -> str:
        _placement = self.placement
        remove_part(part=self.part, by=self.access)
        messages.success(self.request, _("L'impegno non vale più per questo tirocinio."))
        return self.back()

    def back(self) -> str:
        return reverse("forecasts:placement", args=[self.part.placement.public_id])

    def back_after(self, person_id: UUID) -> str:
        return self.back()


class CommitmentParts(Page):
    """Which placements a commitment stands for."""

    template_name = "attendance/commitment_parts.html"
    permission = P.SEE_MONEY

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        commitment = treasury.commitment_for(self.access, self.kwargs["public_id"])
        figures = treasury.commitment_figures([commitment.pk])[commitment.pk]
        given = forecasts.assigned(commitment)
        page = forecasts.parts_page(self.access, commitment, self.request.GET)
        return super().get_context_data(
            commitment=commitment,
            figures=figures,
            assigned=given,
            room=figures.amount - given,
            parts=page.rows,
            pager=page.urls(self.request.GET),
            **kwargs,
        )
