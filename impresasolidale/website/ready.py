""" "Ready again?": a company answers by a personal link, without signing in.

The link's own address only opens the door: it leaves the hash of its token in the session, and the page behind carries no secret in its
address. Opening says nothing: programs that look at mails open links too. Only the button answers.
"""

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View

from companies.hosts import selectors, services
from companies.hosts.enums import HostingAnswer
from companies.hosts.models import ReadyAsk
from impresasolidale.accounts.access import hash_token
from impresasolidale.core import guesses
from impresasolidale.core.scope import scope
from impresasolidale.core.views import SeeOther, ServiceForm
from impresasolidale.territory.selectors import lead_body

from .forms import ReadyAnswer

PLACE = "ready links"  # whose wrong guesses are counted together
LINKS = "ready_links"  # key of the session


def _gone(request: HttpRequest, stage: str, status: int) -> HttpResponse:
    return _private(render(request, "website/ready_gone.html", {"stage": stage, "body": None, "company": None}, status=status))


def _private(response: Any) -> Any:
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


@method_decorator(login_not_required, name="dispatch")
class Door(View):
    """The address in the message. An unknown one says nothing of anybody; ten unknown ones in an hour, and it asks to wait."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        guess: Any = {"place": PLACE, "address": request.META.get("REMOTE_ADDR", ""), "code": "", "now": timezone.now()}
        if guesses.is_throttled(**guess):
            return _gone(request, "slow_down", 429)
        door = selectors.ready_door(hash_token(token))
        if door is None:
            guesses.record_miss(**guess)
            return _gone(request, "unknown", 404)
        with scope(door.access.scope):
            key = str(selectors.ask_behind(door).public_id)
        request.session[LINKS] = {**request.session.get(LINKS, {}), key: hash_token(token)}
        wanted = request.GET.get("risposta", "")
        chosen = f"?risposta={wanted}" if wanted in HostingAnswer.values else ""
        return _private(SeeOther(reverse("website:ready", args=[key]) + chosen))


@method_decorator(login_not_required, name="dispatch")
class Answer(ServiceForm):
    """The one page behind the door: three answers, or why there is nothing to answer any more."""

    template_name = "website/ready.html"
    form_class = ReadyAnswer

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.now: datetime = timezone.now()
        door = selectors.ready_door(request.session.get(LINKS, {}).get(str(kwargs["public_id"]), "-"))
        if door is None:
            return _gone(request, "unknown", 404)
        self.holder = door.access
        with scope(door.access.scope):
            self.asked: ReadyAsk = selectors.ask_behind(door)
            response: Any = super().dispatch(request, *args, **kwargs)
            if hasattr(response, "render"):
                response.render()
        return _private(response)

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
            return render(request, "website/ready_gone.html", {"stage": self.stage, "asked": self.asked, **self._who()})
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
