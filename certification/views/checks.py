"""The office's work on one application before the decision."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.forms import ReasonForm
from impresasolidale.core.views import Action, Guarded, say_done, serve_upload

from ..forms import checks as forms
from ..models import Interview
from ..selectors import applications as selectors
from ..selectors import assessment
from ..selectors import checks as check_selectors
from ..selectors.certificates import company_for
from ..services import assessment as own
from ..services import checks as services
from ..services import validators
from .common import OfApplication, PlainForm


class ReviewArea(OfApplication):
    """Each answer of an area, with what proves it."""

    permission = Permission.CHECK_CERTIFICATES
    template_name = "certification/review.html"
    form_class = forms.ReviewForm
    button = gettext_lazy("Salva")

    def get_form_kwargs(self) -> dict[str, Any]:
        self.seen = assessment.assess(self.access, self.application, today=timezone.localdate())
        page = next((page for page in self.seen.pages if page.area.code == self.kwargs["area"]), None)
        if page is None:
            raise Http404
        self.page = page
        return {**super().get_form_kwargs(), "asked": page.asked}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {**context, "application": self.application, "page": self.page, "title": self.page.area.name, "lead": self.page.area.words}

    def act(self, form: Any) -> str:
        for said in form.verdicts:
            services.review_answer(application=self.application, by=self.access, **said)
        messages.success(self.request, _("Salvato."))
        return self.back()


class Return(OfApplication):
    permission = Permission.CHECK_CERTIFICATES
    form_class = forms.ReturnForm
    title = gettext_lazy("Manca qualcosa")
    lead = gettext_lazy("L'impresa riceve una mail e completa la domanda. Il numero resta lo stesso.")
    button = gettext_lazy("Rimanda all'impresa")

    def act(self, form: Any) -> str:
        services.return_application(application=self.application, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        say_done(self.request, _("Domanda rimandata all'impresa."))
        return self.back()


class Finish(OfApplication):
    permission = Permission.CHECK_CERTIFICATES
    form_class = forms.FinishForm
    title = gettext_lazy("La verifica è finita")
    lead = gettext_lazy("Ora decide un'altra persona, oppure la commissione.")
    button = gettext_lazy("Chiudi la verifica")

    def get_form_kwargs(self) -> dict[str, Any]:
        seen = assessment.assess(self.access, self.application, today=timezone.localdate())
        return {**super().get_form_kwargs(), "levels": seen.reached, "asked": self.application.level}

    def act(self, form: Any) -> str:
        services.finish_check(application=self.application, level=form.cleaned_data["level"], by=self.access, today=timezone.localdate())
        say_done(self.request, _("Verifica finita: ora si decide."))
        return self.back()


class Reopen(OfApplication):
    permission = Permission.CHECK_CERTIFICATES
    form_class = ReasonForm
    title = gettext_lazy("Riapri la verifica")
    lead = gettext_lazy("C'è ancora qualcosa da guardare prima di decidere.")
    button = gettext_lazy("Riapri")

    def act(self, form: Any) -> str:
        services.reopen_check(application=self.application, by=self.access, **form.cleaned_data)
        return self.back()


class Withdraw(OfApplication):
    permission = Permission.CHECK_CERTIFICATES
    form_class = ReasonForm
    title = gettext_lazy("L'impresa ritira la domanda")
    lead = gettext_lazy("Scrivi come l'ha detto: una telefonata, una mail.")
    button = gettext_lazy("Ritira la domanda")
    button_kind = "danger"

    def act(self, form: Any) -> str:
        own.withdraw_application(application=self.application, by=self.access, **form.cleaned_data)
        say_done(self.request, _("Domanda ritirata."))
        return self.back()


class PlanInterview(OfApplication):
    permission = Permission.CHECK_CERTIFICATES
    form_class = forms.InterviewForm
    title = gettext_lazy("Un incontro con l'impresa")
    lead = gettext_lazy("In ufficio, in azienda, o per telefono.")
    button = gettext_lazy("Metti in programma")

    def act(self, form: Any) -> str:
        services.plan_interview(application=self.application, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        messages.success(self.request, _("L'incontro è in programma."))
        return self.back()


class OfInterview(OfApplication):
    @property
    def interview(self) -> Interview:
        return check_selectors.interview_for(self.application, self.kwargs["interview_id"])


class HoldInterview(OfInterview):
    permission = Permission.CHECK_CERTIFICATES
    form_class = forms.HeldForm
    title = gettext_lazy("Com'è andato l'incontro")
    button = gettext_lazy("Salva")

    def get_initial(self) -> dict[str, Any]:
        return {"held_on": self.interview.planned_on}

    def act(self, form: Any) -> str:
        services.hold_interview(interview=self.interview, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        say_done(self.request, _("L'incontro è scritto."))
        return self.back()


class CancelInterview(Action):
    permission = Permission.CHECK_CERTIFICATES

    def act(self) -> str:
        application = selectors.application_for(self.access, self.kwargs["public_id"])
        interview = check_selectors.interview_for(application, self.kwargs["interview_id"])
        services.cancel_interview(interview=interview, by=self.access)
        return self.back()

    def back(self) -> str:
        return reverse("certification:application", args=[self.kwargs["public_id"]])


class AddValidation(OfApplication):
    permission = Permission.CHECK_CERTIFICATES
    form_class = forms.ValidationForm
    title = gettext_lazy("La conferma di qualcuno di fuori")
    lead = gettext_lazy("Una persona che non lavora per l'impresa né per il suo gruppo, e che la conosce.")
    button = gettext_lazy("Salva la conferma")

    def act(self, form: Any) -> str:
        values = {**form.cleaned_data}
        file = values.pop("file")
        services.record_validation(application=self.application, values=values, file=file, by=self.access, today=timezone.localdate())
        messages.success(self.request, _("La conferma è scritta."))
        return self.back()


class AskValidator(OfApplication):
    permission = Permission.CHECK_CERTIFICATES
    form_class = forms.AskValidatorForm
    title = gettext_lazy("Chiedi la conferma a qualcuno di fuori")
    lead = gettext_lazy("Riceve un collegamento personale: legge la domanda senza entrare nel programma, e risponde una volta sola.")
    button = gettext_lazy("Manda la richiesta")

    def act(self, form: Any) -> str:
        made = validators.ask_validator(application=self.application, by=self.access, now=timezone.now(), **form.cleaned_data)
        messages.success(self.request, _("Richiesta mandata a %(who)s.") % {"who": made.person})
        return self.back()


class TakeBackAsk(Action):
    permission = Permission.CHECK_CERTIFICATES

    def act(self) -> str:
        application = selectors.application_for(self.access, self.kwargs["public_id"])
        asked = check_selectors.ask_for(application, self.kwargs["ask_id"])
        validators.take_back(asked=asked, by=self.access, now=timezone.now())
        messages.success(self.request, _("Richiesta ritirata: il collegamento non apre più niente."))
        return self.back()

    def back(self) -> str:
        return reverse("certification:application", args=[self.kwargs["public_id"]])


class ProofFile(Guarded):
    permission = Permission.SEE_CERTIFICATES

    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        application = selectors.application_for(self.access, kwargs["public_id"])
        return serve_upload(assessment.proof_for(self.access, application, kwargs["proof_id"]), by=self.access)


class ValidationFile(Guarded):
    permission = Permission.SEE_CERTIFICATES

    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        application = selectors.application_for(self.access, kwargs["public_id"])
        found = check_selectors.validation_for(application, kwargs["validation_id"])
        assert found.upload
        return serve_upload(found.upload, by=self.access)


class BeginFor(PlainForm):
    """A draft for a company, also after the window, with why."""

    permission = Permission.CHECK_CERTIFICATES
    form_class = forms.LateForm
    title = gettext_lazy("Comincia una domanda per l'impresa")
    lead = gettext_lazy("L'impresa la trova nel suo portale e la completa.")
    button = gettext_lazy("Comincia")

    def get_form_kwargs(self) -> dict[str, Any]:
        self.company = company_for(self.access, self.kwargs["public_id"])
        return super().get_form_kwargs()

    def back(self) -> str:
        return reverse("hosts:detail", args=[self.kwargs["public_id"]])

    def crumb(self) -> Any:
        return self.company.name

    def act(self, form: Any) -> str:
        made = own.begin_application(company=self.company, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        return reverse("certification:application", args=[made.public_id])
