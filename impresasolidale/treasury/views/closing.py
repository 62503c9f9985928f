"""Closings: what is closed, asking for one, confirming it, taking the latest back."""

from typing import Any

from django.contrib import messages
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.forms import ReasonForm
from impresasolidale.core.views import ServiceForm, say_done

from .. import forms, selectors, services
from ..models import ClosedPeriod
from ..transitions import CLOSING
from .words import MoneyForm


class Closings(ServiceForm):
    """The list, with the form that asks for the next one for who may."""

    template_name = "treasury/closings.html"
    form_class = forms.ClosingForm
    permission = P.SEE_MONEY

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = list(selectors.closings(self.access)[:50])
        latest = next((row for row in rows if row.state == ClosedPeriod.State.CLOSED), None)
        shown = []
        for row in rows:
            steps = {step.name for step in CLOSING.available(row.state, self.access)}
            if row != latest:
                steps.discard("reopened")
            shown.append({"row": row, "steps": steps})
        return super().get_context_data(rows=shown, latest=latest, may_edit=self.access.may(P.EDIT_BUDGETS), **kwargs)

    def act(self, form: Any) -> str:
        services.ask_closing(closed_to=form.cleaned_data["closed_to"], by=self.access, today=timezone.localdate())
        messages.success(self.request, _("La chiusura aspetta la conferma di un'altra persona."))
        return reverse("treasury:closing")


class _OfClosing(MoneyForm):
    permission = P.EDIT_BUDGETS
    row: ClosedPeriod

    def get_form_kwargs(self) -> dict[str, Any]:
        self.row = selectors.closing_for(self.access, self.kwargs["public_id"])
        return super().get_form_kwargs()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {**context, "of": _("Chiusure"), "of_url": reverse("treasury:closing"), "closing": self.row}


class ConfirmClosing(_OfClosing):
    form_class = forms.ConfirmClosingForm
    kind = "confirm_closing"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "today": timezone.localdate()}

    def act(self, form: Any) -> str:
        services.confirm_closing(closing=self.row, act=form.outside_act, by=self.access)
        say_done(self.request, _("Il periodo è chiuso."))
        return reverse("treasury:closing")


class WithdrawClosing(_OfClosing):
    form_class = ReasonForm
    kind = "withdraw_closing"

    def act(self, form: Any) -> str:
        services.withdraw_closing(closing=self.row, reason=form.cleaned_data["reason"], by=self.access)
        messages.success(self.request, _("La chiusura è ritirata."))
        return reverse("treasury:closing")


class ReopenPeriod(_OfClosing):
    form_class = ReasonForm
    kind = "reopen_period"

    def act(self, form: Any) -> str:
        services.reopen_period(closing=self.row, reason=form.cleaned_data["reason"], by=self.access)
        messages.success(self.request, _("Il periodo è di nuovo aperto."))
        return reverse("treasury:closing")
