"""Pages of the telephone, open to who signs in and to who holds a tutor's personal link (adr/0015)."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator

from impresasolidale.core.views import Guarded

from .access import PORTAL_LINK


@method_decorator(login_not_required, name="dispatch")
class ForTutors(Guarded):
    """A page for who signs in and for who holds a tutor's personal link. Anybody else is asked in; a post says so with 401, and the
    telephone keeps the tap."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.access is None:  # type: ignore[attr-defined]
            return ask_in(request)
        return super().dispatch(request, *args, **kwargs)


def ask_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in; who came by a link that ran out, or posted, reads what to do."""
    if request.method != "POST" and PORTAL_LINK not in request.session:
        return redirect_to_login(request.get_full_path())
    return render(request, "attendance/asked_in.html", {"next": reverse("attendance:today")}, status=401)
