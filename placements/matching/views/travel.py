"""The travel times that somebody knows better than the estimate."""

from typing import Any

from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.views import ServiceForm

from .. import forms, selectors, services


class TravelTimes(ServiceForm):
    """A form to correct one, and those that were corrected."""

    permission = Permission.EDIT_SHEETS
    template_name = "matching/travel.html"
    form_class = forms.TravelForm

    def act(self, form: Any) -> str:
        services.correct_travel_time(by=self.access, **form.cleaned_data)
        messages.success(self.request, _("Salvato: da adesso vale questo tempo, andata e ritorno, per tutti gli uffici."))
        return reverse("matching:travel")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(rows=selectors.corrected_times(), **kwargs)
