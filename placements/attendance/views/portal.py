"""The tutor's telephone as a small web app: the personal link's door, the shell that opens without a network, its data and its taps.

No page here that a telephone keeps holds personal data: the shell is the same for everybody, and what it shows comes from the
telephone's own store (house.md §4, Offline; adr/0015).
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import TemplateView

from impresasolidale.accounts.access import PORTAL_LINK, hash_token, portal_door
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import guesses
from impresasolidale.core.storage import HashedStatic
from impresasolidale.core.views import Action, Guarded, SeeOther
from impresasolidale.territory.models import Ambito
from impresasolidale.territory.selectors import lead_body

from ..enums import Outcome, Word
from ..selectors import portal as selectors
from ..services import portal

PLACE = "portal links"  # whose wrong guesses are counted together
OPEN_HOURS = 24  # how long a telephone stays in after opening a link; the message opens it again
CLEAR = '"storage"'  # what the browser forgets at sign-out: its database, its caches, its worker
PICTURES = "attendance/pictures"
_KEPT: Mapping[str, tuple[str, ...]] = {  # folder → files of it that the shell needs
    "core": ("style.css", "icons.svg", "app.js", "logo.svg", "favicon.svg"),
    "django_htmx": ("htmx-2.min.js",),
    "attendance": ("attendance.css", "portal.css", "store.js", "portal.js", "inspection.js", "icon-192.png"),
    PICTURES: tuple(f"word-{word}.svg" for word in Word.values),
    "fonts/Titillium_Web": tuple(f"titillium-web-v10-latin-ext_latin-{weight}.woff2" for weight in ("regular", "600", "700")),
}
ASSETS = tuple(f"{folder}/{name}" for folder, names in _KEPT.items() for name in names)
WORKER = "sw.js"


# --- The personal link


@method_decorator(login_not_required, name="dispatch")
class Door(View):
    """The address in the message. It leaves the hash of its token in the session; the pages behind carry no secret in their address."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        now = timezone.now()
        guess: Any = {"place": PLACE, "address": request.META.get("REMOTE_ADDR", ""), "code": "", "now": now}
        request.access = None  # type: ignore[attr-defined]
        if guesses.is_throttled(**guess):
            return self.gone(request, "slow_down", 429)
        door = portal_door(hash_token(token), now=now)
        if door.gone == "unknown":
            guesses.record_miss(**guess)
        if door.access is None:
            return self.gone(request, door.gone, 404, door.ambito_id)
        if request.user.is_authenticated:  # who has a password needs no link; another's session is not taken over
            if request.user.pk == door.user_id:
                return SeeOther(reverse("attendance:today"))
            return self.gone(request, "signed_in", 409, door.ambito_id)
        assert door.link_id
        portal.note_opening(link_id=door.link_id, by=door.access, now=now)
        request.session.cycle_key()
        request.session[PORTAL_LINK] = hash_token(token)
        request.session.set_expiry(OPEN_HOURS * 3600)
        return SeeOther(reverse("attendance:today"))

    def gone(self, request: HttpRequest, stage: str, status: int, ambito_id: int | None = None) -> HttpResponse:
        body = lead_body(Ambito(pk=ambito_id)) if ambito_id else None
        response = render(request, "attendance/link_gone.html", {"stage": stage, "body_name": body.name if body else ""}, status=status)
        response["Cache-Control"] = "no-store"
        response["X-Robots-Tag"] = "noindex"
        return response


@method_decorator(login_not_required, name="dispatch")
class Leave(Action):
    """Who came by a link goes; the telephone forgets what it kept."""

    def act(self) -> str:
        self.request.session.flush()
        return reverse("portal:left")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().post(request, *args, **kwargs)
        response["Clear-Site-Data"] = CLEAR
        return response


@method_decorator(login_not_required, name="dispatch")
class Left(TemplateView):
    template_name = "attendance/left.html"


# --- The shell


@method_decorator(login_not_required, name="dispatch")
class Shell(TemplateView):
    """What opens without a network: frame, words and drawings, nobody's data, no token."""

    template_name = "attendance/app.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        request.access = None  # type: ignore[attr-defined]
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(absences=selectors.absences(), words=Word.choices, **kwargs)


@lru_cache(maxsize=1)
def worker_source(shell: str) -> str:
    """The service worker with the list of what it keeps; its version changes with any of the files."""
    digest = hashlib.sha256()
    for name in (*ASSETS, f"attendance/{WORKER}"):
        digest.update(_file(name).read_bytes())
    digest.update((settings.BASE_DIR / "templates" / "attendance" / "app.html").read_bytes())
    keep = json.dumps([shell, *(_address(name) for name in ASSETS)])
    source = _file(f"attendance/{WORKER}").read_text()
    return source.replace('"{version}"', json.dumps(digest.hexdigest()[:16])).replace('["{keep}"]', keep)


def _address(name: str) -> str:
    """As the pages write it: scripts and templates put the name of a drawing together, so a drawing has no hash in it."""
    folder, _slash, last = name.rpartition("/")
    return f"{static(folder + '/')}{last}" if folder == PICTURES else static(name)


def _file(name: str) -> Path:
    """The copy that was collected, or where it comes from while nothing is."""
    if isinstance(staticfiles_storage, HashedStatic):
        return Path(staticfiles_storage.path(name))
    found = finders.find(name)
    assert isinstance(found, str), name
    return Path(found)


@method_decorator(login_not_required, name="dispatch")
class Worker(View):
    """The service worker, from an address that gives it the portal and nothing else as its realm."""

    def get(self, request: HttpRequest) -> HttpResponse:
        response = HttpResponse(worker_source(reverse("portal:shell")), content_type="text/javascript; charset=utf-8")
        response["Service-Worker-Allowed"] = reverse("attendance:today")
        response["Cache-Control"] = "no-cache"
        return response


@method_decorator(login_not_required, name="dispatch")
class Manifest(View):
    """What a telephone puts on its screen: addresses as the site has them, also where it lives under a path of another's."""

    def get(self, request: HttpRequest) -> JsonResponse:
        home = reverse("attendance:today")
        icons = (
            ("core/favicon.svg", "image/svg+xml", "any"),
            *((f"attendance/icon-{px}.png", "image/png", f"{px}x{px}") for px in (192, 512)),
        )
        maskable = {"src": static("attendance/icon-maskable-512.png"), "type": "image/png", "sizes": "512x512", "purpose": "maskable"}
        said = {
            "name": _("Impresasolidale, presenze"),
            "short_name": _("Presenze"),
            "description": _("Le presenze di chi segui, anche senza rete."),
            "lang": get_language(),
            "start_url": home,
            "scope": home,
            "id": home,
            "display": "standalone",
            "background_color": "#ffffff",
            "theme_color": "#0066cc",
            "icons": [*({"src": static(name), "type": kind, "sizes": sizes} for name, kind, sizes in icons), maskable],
            "shortcuts": [{"name": _("Oggi"), "url": home}, {"name": _("Settimana"), "url": reverse("attendance:week")}],
        }
        response = JsonResponse(said, content_type="application/manifest+json")
        response["Cache-Control"] = "no-cache"
        return response


# --- Data and taps


@method_decorator(login_not_required, name="dispatch")
class Spoken(Guarded):
    """Answers in JSON, 401 to who is not in: the telephone keeps its taps and asks to sign in."""

    permission = Permission.USE_TUTOR_PORTAL

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.access is None:  # type: ignore[attr-defined]
            return JsonResponse({"sign_in": reverse("accounts:sign_in")}, status=401)
        return super().dispatch(request, *args, **kwargs)


class Data(Spoken):
    """Seven days of who is entrusted to me, and a fresh token to send taps with."""

    def get(self, request: HttpRequest) -> JsonResponse:
        now = timezone.now()
        week = selectors.offline_week(self.access, timezone.localdate(), now)
        return JsonResponse({**week, "csrf": get_token(request)})


class Sync(Spoken):
    """Taps in the order they were made; the answers in the same order."""

    permission = Permission.RECORD_ATTENDANCE
    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> JsonResponse:
        try:
            rows = json.loads(request.body)["taps"]
            taps = [tap_of(row) for row in rows[: portal.TAPS]]
        except (ValueError, KeyError, TypeError, AttributeError):
            return JsonResponse({"answers": []}, status=400)
        answers = portal.replay(taps=taps, by=self.access, today=timezone.localdate(), now=timezone.now())
        return JsonResponse(
            {
                "answers": [
                    {"submission": str(a.submission), "state": a.state, "words": a.words, "url": a.url, "can_ask": a.can_ask}
                    for a in answers
                ]
            }
        )


def tap_of(row: Mapping[str, Any]) -> portal.Tap:
    """A tap from what the telephone sent. ValueError without a uuid; anything else that is missing or odd is refused later, in words."""
    minutes, outcome, word = row.get("minutes"), row.get("outcome"), row.get("word")
    return portal.Tap(
        submission=UUID(str(row["submission"])),
        kind=str(row.get("kind", "")),
        basis=_moment(row.get("basis")),
        placement=_uuid(row.get("placement")),
        day=_day(row.get("day")),
        outcome=outcome if outcome in Outcome.values else "",
        minutes=minutes if isinstance(minutes, int) and not isinstance(minutes, bool) else None,
        word=word if word in Word.values else "",
    )


def _uuid(text: object) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None


def _moment(text: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.tzinfo else None
