""" "Ready again?": a company answers by a personal link, without signing in."""

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator

from companies.hosts import selectors, services
from companies.hosts.enums import HostingAnswer
from companies.hosts.models import ReadyAsk
from impresasolidale.accounts import doors
from impresasolidale.accounts.doors import private
from impresasolidale.core.scope import scope
from impresasolidale.core.views import ServiceForm
from impresasolidale.territory.selectors import lead_body

from .forms import ReadyAnswer


class Door(doors.Door):
    place, links = "ready links", "ready_links"
    page, gone_template = "website:ready", "website/ready_gone.html"
    find, ask_behind = staticmethod(selectors.ready_door), staticmethod(selectors.ask_behind)

    def query(self) -> str:
        wanted = self.request.GET.get("risposta", "")
        return f"?risposta={wanted}" if wanted in HostingAnswer.values else ""

    @classmethod
    def gone(cls, request: HttpRequest, stage: str, status: int, **told: Any) -> HttpResponse:
        return super().gone(request, stage, status, **{"body": None, "company": None, **told})


@method_decorator(login_not_required, name="dispatch")
class Answer(ServiceForm):
    """The one page behind the door: three answers, or why there is nothing to answer any more."""

    template_name = "website/ready.html"
    form_class = ReadyAnswer

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.now: datetime = timezone.now()
        door = Door.opened(request, kwargs["public_id"])
        if door is None:
            return Door.gone(request, "unknown", 404)
        self.holder = door.access
        with scope(door.access.scope):
            self.asked: ReadyAsk = selectors.ask_behind(door)
            response: Any = super().dispatch(request, *args, **kwargs)
            if hasattr(response, "render"):
                response.render()
        return private(response)

    @property
    def stage(self) -> str:
        """What the page is about now: "answered" by the link, "closed" otherwise, "expired", or "" while it can be answered."""
        if self.asked.interest_id:
            return "answered"
        if self.asked.expires_at <= self.now:
            return "expired"
        return "closed" if self.asked.closed_at else ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.stage:
            return Door.gone(request, self.stage, 200, asked=self.asked, **self._who())
        return super().get(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        wanted = self.request.GET.get("risposta", "")
        return {"answer": wanted} if wanted in HostingAnswer.values else {}

    def _who(self) -> dict[str, Any]:
        return {"company": self.asked.company, "body": lead_body(self.asked.office)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(asked=self.asked, **self._who(), **kwargs)

    def act(self, form: Any) -> str:
        services.answer_ask(asked=self.asked, by=self.holder, now=self.now, **form.cleaned_data)
        return reverse("website:ready", args=[self.asked.public_id])
