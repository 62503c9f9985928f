"""Who works in a company reads the instructions before the portal opens (Reg. UE 2016/679, art. 29)."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.urls import reverse
from django.utils import timezone

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.views import SeeOther

from .selectors.notices import to_accept

KEY = "instructions"  # the day on which nothing waited, in the session: asked again the day after
# Under these prefixes people's data stand. What was recorded without a network, the way out, and what an inspection asks are never held up.
PORTALS = ("presenze/", "la-nostra-impresa/")
FREE = tuple(f"presenze/{name}" for name in ("istruzioni/", "invio/", "esci/", "uscito/", "apri/", "sw.js", "app/"))
INSPECTION = ("presenze/ispezione/", "presenze/dati-ispezione/")
DATA = "presenze/dati/"  # asked by a script, which follows no redirect


class InstructionsMiddleware:
    """Stands inside ScopeMiddleware: the Access is known and its scope open."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        path = request.path_info.removeprefix("/")
        if not path.startswith(PORTALS) or path.startswith(FREE + INSPECTION):
            return self.get_response(request)
        access: Any = getattr(request, "access", None)
        today = timezone.localdate()
        held = access is not None and (access.may(Permission.USE_TUTOR_PORTAL) or access.may(Permission.USE_COMPANY_PORTAL))
        if not held or request.session.get(KEY) == today.isoformat():
            return self.get_response(request)
        if to_accept(access, today):
            return HttpResponseForbidden() if path.startswith(DATA) else SeeOther(reverse("privacy:instructions"))
        request.session[KEY] = today.isoformat()
        return self.get_response(request)
