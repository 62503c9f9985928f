"""The balances in plain words; a line of the budget or a grant with its movements; new ones and variations."""

from typing import Any

from django.contrib import messages
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.views import Page

from .. import forms, selectors, services
from ..charts import chart_of_line, chart_of_lines
from ..models import Budget, Pot
from ..selectors import Line
from .words import MoneyForm

CHART_LINES = 8


def body_choices(access: Any) -> list[tuple[str, str]]:
    return [(str(body.public_id), body.name) for body in selectors.bodies(access)]


def line_url(line: Line) -> str:
    if line.budget:
        return reverse("treasury:budget", args=[line.budget.public_id])
    return reverse("treasury:grant", args=[line.pot.public_id])


def rows_of(lines: list[Line]) -> list[dict[str, Any]]:
    return [{"line": line, "url": line_url(line)} for line in lines]


class Home(Page):
    """What was given, set aside, paid and is free, of each line of the budget and each grant."""

    template_name = "treasury/home.html"
    permission = P.SEE_MONEY

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        years = selectors.years(self.access)
        asked = self.request.GET.get("anno", "")
        year = int(asked) if asked.isdigit() and int(asked) in years else today.year if today.year in years else (years or [today.year])[0]
        found = selectors.budget_lines(self.access, year=year, beside=(Pot.Use.GRANT,))
        lines, grants = [line for line in found if line.budget], [line for line in found if not line.budget]
        labels = [f"{line.budget.chapter}" for line in lines[:CHART_LINES]]
        return super().get_context_data(
            year=str(year),
            years=[{"label": str(y), "url": f"?anno={y}", "active": y == year} for y in years],
            lines=rows_of(lines),
            grants=rows_of(grants),
            total=selectors.allowance_totals(lines),
            chart=chart_of_lines(lines[:CHART_LINES], labels) if lines else None,
            closed_until=selectors.first_open_day(self.access.network_id),
            may_edit=self.access.may(P.EDIT_BUDGETS),
            **kwargs,
        )


class _OfLine(Page):
    """A source with its figures, its commitments and its movements."""

    permission = P.SEE_MONEY
    template_name = "treasury/line.html"

    def line(self) -> Line:
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        line = self.line()
        page = selectors.movements_page(selectors.entries_of_pot(line.pot), self.request.GET)
        rows = list(selectors.commitments(self.access, pot_id=line.pot.pk).order_by("-year", "-id")[:25])
        figures = selectors.commitment_figures(row.pk for row in rows)
        name = "budget" if line.budget else "grant"
        return super().get_context_data(
            line=line,
            chart=chart_of_line(line),
            commitments=[{"row": row, "figures": figures[row.pk]} for row in rows],
            movements=[{"row": movement, "url": "", "words": movement.entry.words} for movement in page.rows],
            pager=page.urls(self.request.GET),
            may_edit=self.access.may(P.EDIT_BUDGETS),
            vary_url=reverse(f"treasury:vary_{name}", args=[(line.budget or line.pot).public_id]),
            **kwargs,
        )


class BudgetPage(_OfLine):
    def line(self) -> Line:
        budget = selectors.budget_for(self.access, self.kwargs["public_id"])
        return next(line for line in selectors.budget_lines(self.access, year=budget.year) if line.pot.pk == budget.pot_id)


class GrantPage(_OfLine):
    def line(self) -> Line:
        pot = selectors.grant_for(self.access, self.kwargs["public_id"])
        return next(line for line in selectors.grants(self.access) if line.pot.pk == pot.pk)


class NewBudget(MoneyForm):
    form_class = forms.BudgetForm
    permission = P.EDIT_BUDGETS
    kind = "new_budget"

    def get_initial(self) -> dict[str, Any]:
        lead = selectors.bodies(self.access).filter(is_lead=True).first()
        return {"year": timezone.localdate().year, "body": str(lead.public_id) if lead else ""}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "bodies": body_choices(self.access)}

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        row = services.open_budget(
            body=selectors.bodies(self.access).get(public_id=data["body"]),
            year=data["year"],
            chapter=data["chapter"],
            cup=data["cup"],
            amount=data["amount"],
            act=form.act,
            by=self.access,
            today=timezone.localdate(),
        )
        messages.success(self.request, _("La riga di bilancio è pronta: da qui si possono prendere impegni."))
        return reverse("treasury:budget", args=[row.public_id])


class NewGrant(MoneyForm):
    form_class = forms.GrantForm
    permission = P.EDIT_BUDGETS
    kind = "new_grant"

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        pot = services.open_grant(
            name=data["name"], purpose=data["purpose"], amount=data["amount"], act=form.act, by=self.access, today=timezone.localdate()
        )
        messages.success(self.request, _("Il contributo è registrato: tutti gli Ambiti della rete possono prendere impegni da qui."))
        return reverse("treasury:grant", args=[pot.public_id])


class VaryBudget(MoneyForm):
    form_class: Any = forms.VaryBudgetForm
    permission = P.EDIT_BUDGETS
    kind = "vary"
    row: Budget

    def get_form_kwargs(self) -> dict[str, Any]:
        self.row = selectors.budget_for(self.access, self.kwargs["public_id"])
        return {**super().get_form_kwargs(), "current_version": self.row.row_version}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        of = f"{self.row.body.name}, {self.row}"
        return {**context, "of": of, "of_url": self.here(), "free": selectors.free_balance(self.row.pot)}

    def here(self) -> str:
        return reverse("treasury:budget", args=[self.row.public_id])

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        services.vary_budget(
            budget=self.row,
            amount=data["amount"],
            raises=data["direction"] == "up",
            act=form.act,
            reason=data["reason"],
            seen=data["row_version"],
            by=self.access,
            today=timezone.localdate(),
        )
        messages.success(self.request, _("La variazione è registrata."))
        return self.here()

    def form_invalid(self, form: Any) -> Any:
        return self.refused(form, 409 if form.is_stale else 422)


class VaryGrant(MoneyForm):
    form_class = forms.VaryGrantForm
    permission = P.EDIT_BUDGETS
    kind = "vary"
    row: Pot

    def get_form_kwargs(self) -> dict[str, Any]:
        self.row = selectors.grant_for(self.access, self.kwargs["public_id"])
        return super().get_form_kwargs()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {**context, "of": self.row.name, "of_url": self.here(), "free": selectors.free_balance(self.row)}

    def here(self) -> str:
        return reverse("treasury:grant", args=[self.row.public_id])

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        services.vary_grant(
            pot=self.row,
            amount=data["amount"],
            raises=data["direction"] == "up",
            act=form.act,
            reason=data["reason"],
            key=str(getattr(self.request, "submission", "") or f"{form.act.number}:{form.act.on}:{data['amount']}"),
            by=self.access,
            today=timezone.localdate(),
        )
        messages.success(self.request, _("La variazione è registrata."))
        return self.here()
