"""Pages of the applications for the offices."""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.views import Guarded, Page, ServiceForm, say_done, serve_upload

from ..enums import OPEN, ApplicationState, ProcedureOutcome
from ..forms import applications as forms
from ..models import Application
from ..rules import Facts
from ..selectors import applications as selectors
from ..selectors import assessment
from ..selectors import procedures as procedure_selectors
from ..selectors.certificates import company_for
from ..selectors.checks import asks_of, interviews_of, validations_of
from ..selectors.commission import case_of, is_for_commission
from ..services import applications as services
from ..transitions import APPLICATION

DECISIONS = ("granted", "refused")


class ApplicationList(Page):
    permission = Permission.SEE_CERTIFICATES
    template_name = "certification/applications.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = forms.Search(self.request.GET)
        wanted = form.cleaned_data if form.is_valid() else {}
        page = selectors.applications(self.access, self.request.GET, state=wanted.get("state", ""), text=wanted.get("q", ""))
        return super().get_context_data(form=form, page=page, **page.urls(self.request.GET), **kwargs)


class Propose(ServiceForm):
    """Companies that the data say may be recognised, each with its button."""

    permission = Permission.SEE_CERTIFICATES
    template_name = "certification/propose.html"
    form_class = forms.Propose

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = selectors.candidates(self.access, self.request.GET, today=timezone.localdate())
        may_propose = self.access.may(Permission.CHECK_CERTIFICATES)
        return super().get_context_data(page=page, may_propose=may_propose, **page.urls(self.request.GET), **kwargs)

    def act(self, form: Any) -> str:
        company = company_for(self.access, form.cleaned_data["company"])
        made = services.propose_application(company=company, by=self.access, today=timezone.localdate())
        messages.success(self.request, _("Proposta fatta. Ora decide un'altra persona del coordinamento."))
        return reverse("certification:application", args=[made.public_id])


class ApplicationPage(Page):
    permission = Permission.SEE_CERTIFICATES
    template_name = "certification/application.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        application = selectors.application_for(self.access, self.kwargs["public_id"])
        tones = {"granted": "ok", "refused": "bad", "withdrawn": "bad"}
        titles = {
            "submitted": _("Presentata"),
            "returned": _("Da completare"),
            "checked": _("Verificata"),
            "reopened": _("Di nuovo in verifica"),
            "granted": _("Accolta"),
            "refused": _("Non accolta"),
            "withdrawn": _("Ritirata"),
            "reconsidered": _("Da decidere di nuovo, dopo il ricorso"),
        }
        story = [
            {"when": f.at, "title": titles[f.code.rpartition(".")[2]], "text": f.reason, "tone": tones.get(f.to_state, "info")}
            for f in selectors.application_history(self.access, application)
            if f.to_state
        ]
        seen = assessment.assess(self.access, application, today=timezone.localdate())
        steps = {step.name for step in APPLICATION.available(application.state, self.access)}
        by_commission = is_for_commission(application)
        procedures = procedure_selectors.procedures_of(self.access, application=application)
        running = next((row for row in procedures if row.outcome == ProcedureOutcome.OPEN), None)
        was_decided = application.decided_by_id is not None
        is_checked = application.state == ApplicationState.SUBMITTED and self.access.may(Permission.CHECK_CERTIFICATES)
        return super().get_context_data(
            application=application,
            certificate=getattr(application, "certificate", None),
            seen=seen,
            facts=seen.facts,
            story=story,
            steps=steps,
            is_checked=is_checked,
            lacking=seen.lacking(application.level),
            by_commission=by_commission,
            case=case_of(application) if by_commission else None,
            may_decide=bool(steps & set(DECISIONS)) and not by_commission,
            may_announce="refused" in steps and running is None and application.is_of_company,
            may_withdraw=application.state in OPEN and self.access.may(Permission.CHECK_CERTIFICATES),
            may_appeal=application.state == ApplicationState.REFUSED and self.access.may(Permission.CHECK_CERTIFICATES),
            interviews=interviews_of(application),
            validations=validations_of(application),
            asks=asks_of(application) if is_checked else [],
            now=timezone.now(),
            procedures=procedures,
            appeals=procedure_selectors.appeals_of(self.access, application=application) if was_decided else [],
            has_act=was_decided and selectors.act_of(application) is not None,
            **kwargs,
        )


class Decide(ServiceForm):
    """Recognise, or not."""

    permission = Permission.DECIDE_CERTIFICATES
    template_name = "certification/decide.html"
    form_class = forms.Decide

    @cached_property
    def application(self) -> Application:
        return selectors.application_for(self.access, self.kwargs["public_id"])

    def get_form_kwargs(self) -> dict[str, Any]:
        steps = [step for step in APPLICATION.available(self.application.state, self.access) if step.name in DECISIONS]
        own = bool(steps) and self.application.checked_by_id == self.access.actor_id
        running = procedure_selectors.open_of(self.application)
        return {**super().get_form_kwargs(), "steps": steps, "own": own, "observed": bool(running and running.observed_on)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        facts = Facts.from_json(self.application.facts)
        return super().get_context_data(application=self.application, facts=facts, **kwargs)

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        act = {"act": data.get("act"), "act_file": data.get("act_file")}
        if data["decision"] == "granted":
            made = services.grant_application(application=self.application, by=self.access, today=timezone.localdate(), **act)
            say_done(self.request, _("Fatto. L'attestato è in preparazione: tra un momento si può scaricare."))
            return reverse("certification:detail", args=[made.public_id])
        said = {"reason": data["reason"], "answer": data.get("answer", ""), **act}
        services.refuse_application(application=self.application, by=self.access, today=timezone.localdate(), **said)
        say_done(self.request, _("Domanda chiusa. Il motivo resta scritto nella storia."))
        return reverse("certification:application", args=[self.application.public_id])


class ActFile(Guarded):
    """The copy of the outside act that was the second key."""

    permission = Permission.SEE_CERTIFICATES

    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        return serve_upload(selectors.act_for(self.access, kwargs["public_id"]), by=self.access)
