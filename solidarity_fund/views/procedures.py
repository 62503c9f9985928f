"""Pages of a person's procedure: its clock, its papers, what she answered."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.views import Action, Guarded, Page, say_done, serve_document, serve_upload

from ..enums import UNDECIDED, Paper
from ..forms import procedures as forms
from ..forms.requests import people_choices
from ..selectors import procedures as selectors
from ..selectors import requests as request_selectors
from ..services import procedures as services
from .common import OfRequest, sources


def works_on_it(access: Any) -> None:
    """Who only sits in the commission decides on what the office prepared: the letters to the person are not theirs."""
    if not access.may(Permission.ASK_BENEFITS):
        access.require(Permission.SCREEN_BENEFITS)


class ProcedurePage(Page):
    template_name = "solidarity_fund/procedure.html"
    permission = Permission.SEE_FUND

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        works_on_it(self.access)
        row = request_selectors.request_for(self.access, self.kwargs["public_id"])
        clock = selectors.clock_of(row, today=timezone.localdate())
        papers = [(paper, clock.papers[paper]) for paper in Paper if clock and paper in clock.papers]
        may_say_no = self.access.may(Permission.GRANT_BENEFITS) and row.created_by_id != self.access.actor_id
        return super().get_context_data(
            row=row,
            clock=clock,
            papers=papers,
            papers_pending=any(paper.document.state == "pending" for _kind, paper in papers),
            may_start=bool(clock) and row.is_undecided and Paper.START not in clock.papers and self.access.may(Permission.SCREEN_BENEFITS),  # type: ignore[union-attr]
            may_announce=may_say_no and row.state in sources("refused") and not (clock and clock.notice),
            may_name=bool(clock) and row.is_undecided and self.access.may(Permission.SCREEN_BENEFITS),
            may_observe=bool(clock and clock.notice and clock.notice.delivered_on and not clock.procedure.observed_on) and row.is_undecided,
            **kwargs,
        )


class OfProcedure(OfRequest):
    def back(self) -> str:
        return reverse("solidarity_fund:procedure", args=[self.row.public_id])


class StartNotice(Action):
    permission = Permission.SCREEN_BENEFITS

    def act(self) -> str:
        row = request_selectors.request_for(self.access, self.kwargs["public_id"])
        services.issue_start_notice(request=row, by=self.access, today=timezone.localdate())
        messages.success(self.request, _("La comunicazione è pronta fra poco: consegnala e registra la consegna."))
        return self.back()

    def back(self) -> str:
        return reverse("solidarity_fund:procedure", args=[self.kwargs["public_id"]])


class NameResponsible(OfProcedure):
    form_class = forms.ResponsibleForm
    permission = Permission.SCREEN_BENEFITS
    states = UNDECIDED
    title = gettext_lazy("Chi è responsabile")
    lead = gettext_lazy("Da adesso la persona si rivolge a chi scegli qui. Le carte già fatte restano come sono.")
    button = gettext_lazy("Salva")

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        procedure = selectors.procedure_of(self.row)
        self.people = request_selectors.responsible_people(self.access, on=timezone.localdate())
        initial = {"responsible": str(procedure.responsible_id)}
        return {**kwargs, "people": people_choices(self.people), "current_version": procedure.row_version, "initial": initial}

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        chosen = next(user for user in self.people if str(user.pk) == data["responsible"])
        services.name_responsible(request=self.row, responsible=chosen, seen=data["row_version"], by=self.access)
        messages.success(self.request, _("Salvato."))
        return self.back()

    def form_invalid(self, form: Any) -> Any:
        return self.refused(form, 409 if form.is_stale else 422)


class Announce(OfProcedure):
    form_class = forms.GroundsForm
    permission = Permission.GRANT_BENEFITS
    states = sources("refused")
    title = gettext_lazy("Preavviso di diniego")
    lead = gettext_lazy("Prima di dire di no la persona sa perché, e ha dieci giorni per rispondere. Intanto il termine si ferma.")
    button = gettext_lazy("Prepara il preavviso")

    def act(self, form: Any) -> str:
        services.announce_refusal(request=self.row, grounds=form.cleaned_data["grounds"], by=self.access, today=timezone.localdate())
        say_done(self.request, _("Il preavviso è pronto fra poco: va consegnato alla persona."))
        return self.back() if self.access.may(Permission.SCREEN_BENEFITS) else super().back()


class Deliver(OfProcedure):
    form_class = forms.DeliveryForm
    permission = Permission.SEE_FUND
    title = gettext_lazy("La consegna")
    lead = gettext_lazy("Il giorno, il modo e la prova: senza, la carta non vale.")
    button = gettext_lazy("Registra la consegna")

    def get_form_kwargs(self) -> dict[str, Any]:
        works_on_it(self.access)
        kwargs = super().get_form_kwargs()
        self.paper = selectors.paper_of(self.row, self.kwargs["kind"])
        return kwargs

    def act(self, form: Any) -> str:
        services.record_delivery(paper=self.paper, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        say_done(self.request, _("Consegna registrata."))
        return self.back()


class Observe(OfProcedure):
    form_class = forms.ObservationsForm
    permission = Permission.SEE_FUND
    title = gettext_lazy("Che cosa risponde la persona")
    lead = gettext_lazy("La decisione dovrà rispondere a quello che scrivi qui.")
    button = gettext_lazy("Registra la risposta")

    def get_form_kwargs(self) -> dict[str, Any]:
        works_on_it(self.access)
        return super().get_form_kwargs()

    def act(self, form: Any) -> str:
        services.record_observations(request=self.row, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        say_done(self.request, _("Risposta registrata: adesso si decide."))
        return self.back()


class PaperFile(Guarded):
    permission = Permission.SEE_FUND

    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        works_on_it(self.access)
        row = request_selectors.request_for(self.access, kwargs["public_id"])
        return serve_document(selectors.paper_of(row, kwargs["kind"]).document, by=self.access)


class ProcedureFile(Guarded):
    """The proof of a delivery, or the person's own sheet."""

    permission = Permission.SEE_FUND

    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        works_on_it(self.access)
        row = request_selectors.request_for(self.access, kwargs["public_id"])
        return serve_upload(selectors.upload_of(row, kwargs["file_id"]), by=self.access)
