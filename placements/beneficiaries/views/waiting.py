"""The waiting list of the Ambito, and one person's place in it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.keyset import page_of
from impresasolidale.core.spreadsheets import table_response
from impresasolidale.core.views import Action, Guarded, Page

from .. import selectors, services
from ..exports import waiting_table
from ..forms.waiting import EnterForm, LeaveForm, PrioritiesForm, WaitingFilters, WhyForm
from ..models import WaitingEntry
from ._base import AboutRow, AddToPerson, OfPerson


class WaitingList(Page):
    template_name = "beneficiaries/waiting.html"
    permission = Permission.SEE_PEOPLE

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form, today = WaitingFilters(self.request.GET), timezone.localdate()
        wanted = form.wanted()
        page = page_of(selectors.waiting_list(self.access, **wanted, on=today), self.request.GET, order=selectors.WAITING_ORDER)
        selectors.note_waiting(self.access, page.rows)
        return super().get_context_data(
            form=form,
            rows=[waiting_row(self.access, entry) for entry in page.rows],
            is_filtered=any(wanted.values()),
            file_url=f"{reverse('beneficiaries:waiting_file')}?{self.request.GET.urlencode()}",
            **page.urls(self.request.GET),
            **kwargs,
        )


class WaitingFile(Guarded):
    """The list as CSV, with the filters of the page."""

    permission = Permission.SEE_PEOPLE

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        today = timezone.localdate()
        rows = list(
            selectors.waiting_list(self.access, **WaitingFilters(request.GET).wanted(), on=today).order_by(*selectors.WAITING_ORDER)
        )
        selectors.note_waiting(self.access, rows, exported=True)
        head, lines = waiting_table(waiting_row(self.access, entry) for entry in rows)
        return table_response("csv", name=f"attesa-{today:%Y-%m-%d}", head=head, rows=lines)


def waiting_row(access: Any, entry: Any) -> dict[str, Any]:
    """One wait as the page and the file show it; days are counted to the end of the wait, or to today."""
    referents = entry.beneficiary.referents
    return {
        "entry": entry,
        "person": entry.beneficiary,
        "days": ((entry.left_on or timezone.localdate()) - entry.since).days,
        "priorities": entry.priority_labels if selectors.may_see_why(access, entry) else None,
        "referent": referents[0].user if referents else "",
    }


class EnterList(AddToPerson):
    form_class = EnterForm
    title = gettext_lazy("Lista d’attesa")
    lead = gettext_lazy("Chi aspetta da più tempo viene prima; le urgenze aiutano a decidere.")
    done = gettext_lazy("È in lista d’attesa.")
    service = staticmethod(services.enter_waiting_list)
    today_in = "since"


class OfEntry(AboutRow):
    row_name = "entry"

    def rows(self) -> Any:
        return selectors.waits_of(self.access, self.beneficiary)


class SetPriorities(OfEntry):
    form_class = PrioritiesForm
    title = gettext_lazy("Perché è urgente")
    done = gettext_lazy("Urgenze aggiornate.")
    service = staticmethod(services.set_priorities)


class ReturnToList(OfEntry):
    form_class = WhyForm
    title = gettext_lazy("La proposta è caduta")
    lead = gettext_lazy("Torna in lista, e aspetta dallo stesso giorno di prima.")
    done = gettext_lazy("È di nuovo in attesa.")

    def act(self, form: Any) -> str:
        services.return_to_list(entry=self.row, reason=form.cleaned_data["reason"], by=self.access)
        messages.success(self.request, self.done)
        return self.detail_url


class PlaceFromList(OfEntry):
    form_class = WhyForm
    title = gettext_lazy("Ha trovato posto")
    lead = gettext_lazy("Se il tirocinio è qui dentro non serve: esce da sola dalla lista quando comincia. Scrivi dove è andata.")
    done = gettext_lazy("Esce dalla lista: ha trovato posto.")
    service = staticmethod(services.place_from_list)


class LeaveList(OfEntry):
    form_class = LeaveForm
    title = gettext_lazy("Togli dalla lista d’attesa")
    done = gettext_lazy("Non è più in lista d’attesa.")

    def act(self, form: Any) -> str:
        wanted = form.cleaned_data
        services.leave_waiting_list(entry=self.row, why=wanted["why"], note=wanted["reason"], by=self.access, today=timezone.localdate())
        messages.success(self.request, self.done)
        return self.detail_url


class ProposeFromList(OfPerson, Action):
    permission = Permission.EDIT_PEOPLE

    @cached_property
    def entry(self) -> WaitingEntry:
        return selectors.one_of(selectors.waits_of(self.access, self.beneficiary), self.kwargs["row_id"])

    def act(self) -> str:
        services.propose_from_list(entry=self.entry, by=self.access)
        messages.success(self.request, _("Segnato: c’è una proposta. Tiene il suo posto in lista."))
        return self.detail_url

    def back(self) -> str:
        return self.detail_url
