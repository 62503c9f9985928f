"""Instalments of the grant, and what the ledger says of the project's pot."""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.views import Action, Page
from impresasolidale.treasury.selectors import entries_of_pot, movements_page

from .. import forms, selectors
from ..models import Instalment
from ..services import instalments as services
from ..transitions import INSTALMENT
from ._base import OfProject, ProjectFormView


class Instalments(OfProject, Page):
    template_name = "projects/instalments.html"
    section = "instalments"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = list(selectors.projects.instalments(self.project))
        page = movements_page(entries_of_pot(self.project.pot), self.request.GET) if self.project.pot else None
        figures = selectors.projects.pot_figures(self.project)
        live = [row for row in rows if row.state != "reversed"]
        return super().get_context_data(
            instalments=[
                {
                    "row": row,
                    "steps": {step.name: True for step in INSTALMENT.available(row.state, self.access)},
                    "is_mine": self._mine(row),
                }
                for row in rows
            ],
            expected=sum(row.expected_amount for row in live),
            received=sum(row.received_amount or 0 for row in live if row.state == "received"),
            free=figures.free if figures else 0,
            movements=[{"row": movement, "url": "", "words": movement.entry.words} for movement in page.rows] if page else [],
            pager=page.urls(self.request.GET) if page else {},
            **kwargs,
        )

    def _mine(self, row: Instalment) -> bool:
        """Whether this user holds the first key, and another has to turn the second."""
        return self.access.actor_id == (row.confirmed_by_id if row.state == "received" else row.recorded_by_id)


class _Form(ProjectFormView):
    permission = P.RECORD_INSTALMENTS
    section = "instalments"

    def back(self) -> str:
        return self.url("instalments")

    @cached_property
    def instalment(self) -> Instalment:
        return selectors.projects.instalment_for(self.project, self.kwargs["instalment_id"])


class NewInstalment(_Form):
    form_class = forms.InstalmentForm
    title = gettext_lazy("Nuova rata del contributo")
    lead = gettext_lazy("Come la prevede la lettera o la convenzione con il finanziatore.")
    button = gettext_lazy("Aggiungi la rata")

    def act(self, form: Any) -> str:
        services.expect_instalment(project=self.project, by=self.access, **form.cleaned_data)
        messages.success(self.request, _("La rata è nell'elenco."))
        return self.back()


class Ask(_Form):
    form_class = forms.MoneyDayForm
    title = gettext_lazy("La rata è stata chiesta")
    button = gettext_lazy("Segna come chiesta")

    def get_initial(self) -> dict[str, Any]:
        return {"amount": self.instalment.expected_amount, "on": timezone.localdate()}

    def act(self, form: Any) -> str:
        services.ask_instalment(instalment=self.instalment, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        messages.success(self.request, _("La rata è segnata come chiesta."))
        return self.back()


class Arrived(_Form):
    form_class = forms.MoneyDayForm
    title = gettext_lazy("La rata è arrivata")
    lead = gettext_lazy("Il giorno e la somma del movimento sul conto. Nel registro entra quando un'altra persona conferma.")
    button = gettext_lazy("Segna che è arrivata")

    def get_initial(self) -> dict[str, Any]:
        return {"amount": self.instalment.asked_amount or self.instalment.expected_amount, "on": timezone.localdate()}

    def act(self, form: Any) -> str:
        services.note_arrival(instalment=self.instalment, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        messages.success(self.request, _("Segnata: ora un'altra persona la conferma."))
        return self.back()


class NotArrived(_Form):
    form_class = forms.ReasonForm
    title = gettext_lazy("La rata non è arrivata")
    button = gettext_lazy("Torna a chiesta")

    def act(self, form: Any) -> str:
        services.take_back(instalment=self.instalment, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        return self.back()


class Confirm(OfProject, Action):
    permission = P.RECORD_INSTALMENTS

    def back(self) -> str:
        return self.url("instalments")

    def act(self) -> str:
        row = selectors.projects.instalment_for(self.project, self.kwargs["instalment_id"])
        services.confirm_arrival(instalment=row, by=self.access)
        messages.success(self.request, _("La rata è nel registro, nel salvadanaio del progetto."))
        return self.back()


class Reverse(_Form):
    form_class = forms.ReasonForm
    title = gettext_lazy("Storna la rata")
    lead = gettext_lazy("Nel registro si scrive il movimento contrario. La rata giusta si aggiunge di nuovo.")
    button = gettext_lazy("Storna")
    button_kind = "danger"

    def act(self, form: Any) -> str:
        services.reverse_instalment(instalment=self.instalment, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        messages.success(self.request, _("La rata è stornata."))
        return self.back()
