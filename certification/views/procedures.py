"""Pages of a procedure and of an appeal."""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.forms import ReasonForm
from impresasolidale.core.views import Guarded, Page, say_done, serve_document, serve_upload
from solidarity_fund.enums import Paper

from ..enums import AppealOutcome, ProcedureOutcome
from ..forms import procedures as forms
from ..models import Appeal, Procedure
from ..selectors import procedures as selectors
from ..services import procedures as services
from .common import OfApplication, OfCertificate, PlainForm


class ProcedurePage(Page):
    permission = Permission.SEE_CERTIFICATES
    template_name = "certification/procedure.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = selectors.procedure_for(self.access, self.kwargs["public_id"])
        clock = selectors.clock_of(row, today=timezone.localdate())
        is_open = row.outcome == ProcedureOutcome.OPEN
        decides, checks = self.access.may(Permission.DECIDE_CERTIFICATES), self.access.may(Permission.CHECK_CERTIFICATES)
        arrived = bool(clock.notice and clock.notice.delivered_on)
        shown = [(kind, clock.papers[kind]) for kind in Paper if kind in clock.papers]
        return super().get_context_data(
            row=row,
            clock=clock,
            papers=shown,
            papers_pending=any(paper.document.state == "pending" for _kind, paper in shown),
            is_open=is_open,
            may_observe=checks and is_open and arrived and not row.observed_on,
            may_conclude=decides and is_open and row.certificate_id and clock.may_refuse and row.created_by_id != self.access.actor_id,
            may_archive=decides and is_open and row.certificate_id,
            **kwargs,
        )


class Announce(OfApplication):
    permission = Permission.DECIDE_CERTIFICATES
    form_class = forms.GroundsForm
    title = gettext_lazy("Preavviso all'impresa")
    lead = gettext_lazy("Prima di dire di no l'impresa sa perché, e ha dieci giorni per rispondere. Intanto il termine si ferma.")
    button = gettext_lazy("Prepara il preavviso")

    def act(self, form: Any) -> str:
        made = services.announce_refusal(application=self.application, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        say_done(self.request, _("Il preavviso è pronto fra poco: va mandato all'impresa."))
        return services.url_of(made)


class OpenProcedure(OfCertificate):
    permission = Permission.DECIDE_CERTIFICATES
    form_class = forms.OpenForm
    title = gettext_lazy("Apri un procedimento")
    lead = gettext_lazy("L'impresa viene sentita prima. Per la sicurezza o la condotta verso le persone la sospensione vale da subito.")
    button = gettext_lazy("Apri il procedimento")

    def act(self, form: Any) -> str:
        made = services.open_procedure(certificate=self.certificate, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        say_done(self.request, _("Il preavviso è pronto fra poco: va mandato all'impresa."))
        return services.url_of(made)


class GiveUp(OfCertificate):
    permission = Permission.DECIDE_CERTIFICATES
    form_class = forms.GiveUpForm
    title = gettext_lazy("L'impresa rinuncia")
    lead = gettext_lazy("Il riconoscimento è tolto da subito, e l'impresa esce dal registro.")
    button = gettext_lazy("Togli il riconoscimento")
    button_kind = "danger"

    def act(self, form: Any) -> str:
        services.give_up(certificate=self.certificate, by=self.access, **form.cleaned_data)
        messages.success(self.request, _("Riconoscimento revocato. Il registro pubblico è già aggiornato."))
        return self.back()


class Lift(OfCertificate):
    permission = Permission.DECIDE_CERTIFICATES
    form_class = ReasonForm
    title = gettext_lazy("Togli la sospensione")
    lead = gettext_lazy("Il riconoscimento vale di nuovo, fino allo stesso giorno di prima.")
    button = gettext_lazy("Togli la sospensione")

    def act(self, form: Any) -> str:
        services.lift_suspension(certificate=self.certificate, by=self.access, **form.cleaned_data)
        messages.success(self.request, _("La sospensione è tolta: il riconoscimento vale di nuovo."))
        return self.back()


class OfProcedure(PlainForm):
    @cached_property
    def row(self) -> Procedure:
        return selectors.procedure_for(self.access, self.kwargs["public_id"])

    def back(self) -> str:
        return services.url_of(self.row)

    def crumb(self) -> Any:
        return _("Procedimento, %(company)s") % {"company": self.row.company}


class Deliver(OfProcedure):
    permission = Permission.CHECK_CERTIFICATES
    form_class = forms.DeliveryForm
    title = gettext_lazy("La consegna")
    lead = gettext_lazy("Il giorno, il modo e la prova: senza, la carta non vale.")
    button = gettext_lazy("Registra la consegna")

    def act(self, form: Any) -> str:
        paper = selectors.paper_of(self.row, self.kwargs["kind"])
        services.record_delivery(paper=paper, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        say_done(self.request, _("Consegna registrata."))
        return self.back()


class Observe(OfProcedure):
    permission = Permission.CHECK_CERTIFICATES
    form_class = forms.ObservationsForm
    title = gettext_lazy("Che cosa risponde l'impresa")
    lead = gettext_lazy("La decisione dovrà rispondere a quello che scrivi qui.")
    button = gettext_lazy("Registra la risposta")

    def act(self, form: Any) -> str:
        services.record_observations(procedure=self.row, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        say_done(self.request, _("Risposta registrata: adesso si decide."))
        return self.back()


class Conclude(OfProcedure):
    permission = Permission.DECIDE_CERTIFICATES
    form_class = forms.ConcludeForm
    title = gettext_lazy("Concludi il procedimento")
    lead = gettext_lazy("Prepariamo la decisione da mandare all'impresa, con il modo per ricorrere.")
    button = gettext_lazy("Conferma")
    button_kind = "danger"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "observed": bool(self.row.observed_on)}

    def act(self, form: Any) -> str:
        said = {"answer": "", **form.cleaned_data}
        services.conclude_procedure(procedure=self.row, by=self.access, today=timezone.localdate(), **said)
        say_done(self.request, _("Procedimento concluso. Il registro pubblico è già aggiornato."))
        return self.back()


class Archive(OfProcedure):
    permission = Permission.DECIDE_CERTIFICATES
    form_class = ReasonForm
    title = gettext_lazy("Archivia il procedimento")
    lead = gettext_lazy("Il riconoscimento resta com'era. Se era sospeso, vale di nuovo.")
    button = gettext_lazy("Archivia")

    def act(self, form: Any) -> str:
        services.archive_procedure(procedure=self.row, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        say_done(self.request, _("Procedimento archiviato."))
        return self.back()


class PaperFile(Guarded):
    permission = Permission.SEE_CERTIFICATES

    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        row = selectors.procedure_for(self.access, kwargs["public_id"])
        return serve_document(selectors.paper_of(row, kwargs["kind"]).document, by=self.access)


class ProcedureFile(Guarded):
    permission = Permission.SEE_CERTIFICATES

    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        row = selectors.procedure_for(self.access, kwargs["public_id"])
        return serve_upload(selectors.file_of(row, kwargs["file_id"]), by=self.access)


# --- The appeal


class _NewAppeal(PlainForm):
    permission = Permission.CHECK_CERTIFICATES
    form_class = forms.AppealForm
    title = gettext_lazy("Un ricorso dell'impresa")
    lead = gettext_lazy("Chi ha detto di no non decide del ricorso.")
    button = gettext_lazy("Registra il ricorso")


class AppealRefusal(_NewAppeal, OfApplication):
    def act(self, form: Any) -> str:
        made = services.record_appeal(application=self.application, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        return reverse("certification:appeal", args=[made.public_id])


class AppealMeasure(_NewAppeal, OfCertificate):
    def act(self, form: Any) -> str:
        made = services.record_appeal(certificate=self.certificate, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        return reverse("certification:appeal", args=[made.public_id])


class AppealPage(PlainForm):
    """What the company says; who may decide has the form below."""

    permission = Permission.SEE_CERTIFICATES
    template_name = "certification/appeal.html"
    form_class = forms.AppealDecisionForm
    title = gettext_lazy("Ricorso")
    button = gettext_lazy("Decidi il ricorso")

    @cached_property
    def row(self) -> Appeal:
        return selectors.appeal_for(self.access, self.kwargs["public_id"])

    def back(self) -> str:
        if self.row.application:
            return reverse("certification:application", args=[self.row.application.public_id])
        assert self.row.certificate
        return reverse("certification:detail", args=[self.row.certificate.public_id])

    def crumb(self) -> Any:
        subject = self.row.application or self.row.certificate
        assert subject
        return subject.company.name

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may = self.access.may(Permission.DECIDE_CERTIFICATES) and self.row.outcome == AppealOutcome.PENDING
        return {**super().get_context_data(**kwargs), "row": self.row, "may_decide": may}

    def act(self, form: Any) -> str:
        services.decide_appeal(appeal=self.row, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        say_done(self.request, _("Ricorso deciso."))
        return self.back()


class AppealFile(Guarded):
    permission = Permission.SEE_CERTIFICATES

    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        row = selectors.appeal_for(self.access, kwargs["public_id"])
        if row.upload is None:
            raise Http404
        return serve_upload(row.upload, by=self.access)
