"""A validator from outside reads one application by a personal link, without an account, and says valid or not, in words (rule 82)."""

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View

from certification.enums import ApplicationState
from certification.models import ValidatorAsk
from certification.selectors import assessment
from certification.selectors import checks as selectors
from certification.services import validators as services
from impresasolidale.accounts import doors
from impresasolidale.accounts.doors import private
from impresasolidale.core import audit
from impresasolidale.core.views import ServiceForm, serve_upload

from .forms import ValidatorAnswer


class Door(doors.Door):
    place, links = "validator links", "validator_links"
    page, gone_template = "website:validator", "website/validator_gone.html"
    find, ask_behind = staticmethod(selectors.validator_door), staticmethod(selectors.ask_behind)


class Behind:
    """What both pages behind the door know: `self.asked`, read in the scope of its own network alone."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.now: datetime = timezone.now()
        door = Door.opened(request, kwargs["public_id"])
        if door is None:
            return Door.gone(request, "unknown", 404)
        self.holder = door.access
        with audit.scoped(door.access.scope):
            self.asked: ValidatorAsk = selectors.ask_behind(door)
            if self.stage:
                return Door.gone(request, self.stage, 200, asked=self.asked)
            response: Any = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
            if hasattr(response, "render"):
                response.render()
        return private(response)

    @property
    def stage(self) -> str:
        """ "answered" by the link, "closed" by the office or by the end of the check, "expired", or "" while it can be answered."""
        if self.asked.validation_id:
            return "answered"
        if self.asked.closed_at or self.asked.application.state != ApplicationState.SUBMITTED:
            return "closed"
        return "expired" if self.asked.expires_at <= self.now else ""


@method_decorator(login_not_required, name="dispatch")
class Answer(Behind, ServiceForm):
    """The application as the company presented it, without the office's notes, and the two answers."""

    template_name = "website/validator.html"
    form_class = ValidatorAnswer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        application = self.asked.application
        seen = assessment.assess(self.holder, application, today=timezone.localdate(self.now))
        return super().get_context_data(asked=self.asked, application=application, pages=seen.pages, **kwargs)

    def act(self, form: Any) -> str:
        services.answer_by_link(asked=self.asked, by=self.holder, now=self.now, **form.cleaned_data)
        return reverse("website:validator", args=[self.asked.public_id])


@method_decorator(login_not_required, name="dispatch")
class Proof(Behind, View):
    """One file that the company handed in with it."""

    def get(self, request: HttpRequest, proof_id: Any, **kwargs: Any) -> FileResponse:
        return serve_upload(assessment.proof_for(self.holder, self.asked.application, proof_id), by=self.holder)
