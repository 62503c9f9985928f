"""Closures."""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import forms as core
from impresasolidale.core.views import ServiceForm

from .. import forms, selectors, services
from ..models import Closure
from ._base import OfCompany


class NewClosure(OfCompany, ServiceForm):
    """The company is closed: whoever is placed there is not expected."""

    permission = Permission.EDIT_COMPANIES
    template_name = "hosts/new_closure.html"
    form_class = forms.ClosureForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "sites": selectors.sites_of(self.access, self.company)}

    def act(self, form: Form) -> str:
        closure = services.add_closure(company=self.company, by=self.access, **form.cleaned_data)
        messages.success(self.request, _("La chiusura è scritta: le giornate previste si aggiornano tra poco."))
        if closure.days >= (longest := selectors.suspending_days(self.access, timezone.localdate())):
            words = _("Dura %(n)d giorni o più: guarda se i tirocini di questa impresa vanno sospesi.")
            messages.warning(self.request, words % {"n": longest})
        return self.back()


class RemoveClosure(OfCompany, ServiceForm):
    permission = Permission.EDIT_COMPANIES
    template_name = "confirm.html"
    form_class = core.Form

    @cached_property
    def closure(self) -> Closure:
        return selectors.closure_for(self.access, self.company, self.kwargs["closure_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        span = {"first": f"{self.closure.starts_on:%d/%m/%Y}", "last": f"{self.closure.ends_on:%d/%m/%Y}"}
        return super().get_context_data(
            title=_("Togli la chiusura dal %(first)s al %(last)s") % span,
            text=str(self.company),
            consequences=[_("Quelle giornate tornano previste."), _("I mesi già chiusi restano come sono.")],
            action=_("Togli la chiusura"),
            **kwargs,
        )

    def act(self, form: Form) -> str:
        services.remove_closure(closure=self.closure, by=self.access)
        messages.success(self.request, _("La chiusura è tolta: le giornate previste si aggiornano tra poco."))
        return self.back()
