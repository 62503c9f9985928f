"""Doors without a sign-in: the telephone's pages, for who holds a tutor's personal link too (adr/0015); and personal links to one thing.

A link's own address only opens the door: it leaves the hash of its token in the session, and the pages behind carry no secret in their
address. Opening says nothing: programs that look at mails open links too. Only the buttons answer.
"""

from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View

from impresasolidale.core import audit, guesses
from impresasolidale.core.scope import scope
from impresasolidale.core.views import Guarded, SeeOther

from .access import PORTAL_LINK, hash_token


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


# --- A personal link to one thing


def private(response: Any) -> Any:
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


@method_decorator(login_not_required, name="dispatch")
class Door(View):
    """The address in the message. An unknown one says nothing of anybody; ten unknown ones in an hour, and it asks to wait.

    `place`: whose wrong guesses are counted together. `links`: where the session keeps what was opened; `is_single`: the last link alone,
    which opens all its pages. `find`: the door of a token's hash, with its Access and perhaps its `expires_at`; `ask_behind`: the row it
    leads to, read in that scope. `page`: the page behind; `gone_template`: why there is none.
    """

    place: ClassVar[str]
    links: ClassVar[str]
    page: ClassVar[str]
    gone_template: ClassVar[str]
    is_single: ClassVar[bool] = False

    @staticmethod
    def find(token_hash: str) -> Any:
        raise NotImplementedError

    @staticmethod
    def ask_behind(door: Any) -> Any:
        """None where the page behind is about nothing but who holds the link."""
        return None

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        guess: Any = {"place": self.place, "address": request.META.get("REMOTE_ADDR", ""), "code": "", "now": timezone.now()}
        request.access = None  # type: ignore[attr-defined]
        if guesses.is_throttled(**guess):
            return self.gone(request, "slow_down", 429)
        door = self.find(hash_token(token))
        if door is None:
            guesses.record_miss(**guess)
            return self.gone(request, "unknown", 404)
        if self.is_over(door):
            return self.gone(request, "expired", 404)
        with scope(door.access.scope):
            row = self.ask_behind(door)
        args = [str(row.public_id)] if row else []
        kept = {} if self.is_single else request.session.get(self.links, {})
        request.session[self.links] = {**kept, self.key_of(*args): hash_token(token)}
        return private(SeeOther(reverse(self.page, args=args) + self.query()))

    def query(self) -> str:
        """What of the link's own address goes on to the page."""
        return ""

    @classmethod
    def key_of(cls, public_id: Any = "") -> str:
        return "" if cls.is_single else str(public_id)

    @classmethod
    def opened(cls, request: HttpRequest, public_id: Any = "") -> Any:
        """The door that this browser opened to a row before; None when it did not, or when it leads nowhere any more."""
        return cls.find(request.session.get(cls.links, {}).get(cls.key_of(public_id), "-"))

    @staticmethod
    def is_over(door: Any) -> bool:
        until: datetime | None = getattr(door, "expires_at", None)
        return until is not None and until <= timezone.now()

    @classmethod
    def gone(cls, request: HttpRequest, stage: str, status: int, **told: Any) -> HttpResponse:
        response: HttpResponse = private(render(request, cls.gone_template, {"stage": stage, **told}, status=status))
        return response


@method_decorator(login_not_required, name="dispatch")
class Behind(Guarded):
    """A page behind a `door`: `self.holder` is the Access of who holds the link, looked up anew; read in its scope alone."""

    door: ClassVar[type[Door]]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.now: datetime = timezone.now()
        found = self.door.opened(request, kwargs.get("public_id", ""))
        request.access = None  # type: ignore[attr-defined]
        if found is None:
            return self.door.gone(request, "unknown", 404)
        if self.door.is_over(found):
            return self.door.gone(request, "expired", 404)
        self.holder = found.access
        with audit.scoped(found.access.scope):
            self.look_behind(found)
            response: Any = super().dispatch(request, *args, **kwargs)
            if hasattr(response, "render"):
                response.render()
        answer: HttpResponseBase = private(response)
        return answer

    def look_behind(self, found: Any) -> None:
        """Whatever every page behind this door is about, read in that scope."""
