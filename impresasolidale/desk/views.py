"""The first page of each role, the inbox, the search, the outbox, the access log, the health page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core import audit
from impresasolidale.core.models import Look
from impresasolidale.core.views import Page

from . import selectors


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Each role's own first page (experience.md)."""
    access: Any = request.access  # type: ignore[attr-defined]
    if access.may(P.USE_TUTOR_PORTAL):
        return redirect("attendance:today")
    if access.may(P.SEE_DASHBOARD) and access.ambito_id and not access.may(P.PREPARE_PLACEMENTS):
        return redirect("reports:dashboard")
    return redirect("desk:inbox")


class Inbox(Page):
    template_name = "desk/inbox.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        people = selectors.my_people(self.access, today) if self.access.may(P.SEE_PEOPLE) else []
        if people:
            audit.look(Look.Kind.LIST, people, by=self.access, place="desk:inbox")
        return super().get_context_data(
            inbox=selectors.inbox(self.access, today), people=people, today=today, new_person_url=reverse("beneficiaries:new"), **kwargs
        )


class Search(Page):
    template_name = "desk/search.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        text = self.request.GET.get("q", "").strip()[:80]
        found = selectors.search(self.access, text)
        if found.people:
            audit.look(Look.Kind.LIST, found.people, by=self.access, place="desk:search")
        return super().get_context_data(text=text, found=found, **kwargs)


class Messages(Page):
    permission = P.SEE_MESSAGES
    template_name = "desk/messages.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(sent=selectors.messages_sent(self.access), **kwargs)


class Looks(Page):
    permission = P.SEE_ACCESS_LOG
    template_name = "desk/looks.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(looks=selectors.looks(self.access), **kwargs)


class Health(Page):
    permission = P.SEE_HEALTH
    template_name = "desk/health.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(health=selectors.health(), **kwargs)
