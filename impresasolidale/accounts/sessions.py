"""Sessions: who signed in where, how long it may go on, and its end everywhere at once.

A session is a row with its user. It ends by rest, by age, when its user ends it from another browser (the row is gone), and when a
password, a role or a factor changes (`User.key_version` is part of what Django compares at each request).
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore as Store
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.core.api_doors import is_api
from impresasolidale.core.fields import decrypt, encrypt
from impresasolidale.core.outage import is_outage
from impresasolidale.core.views import SeeOther, ServiceForm

from . import rules
from .models import Session, TrustedDevice, User
from .permissions import CONFIRMED as CONFIRMED_BY

PLACE = "accounts.session"
DATA = 'SELECT session_data FROM "accounts_session" WHERE session_key = %s AND expire_date > %s'
SEEN = timedelta(minutes=1)  # how finely the last use is kept
STARTED, LAST, IDLE, DEVICE, CONFIRMED, ENROL = "started_at", "seen_at", "idle", "device", "confirmed_at", "enrol"
# Beside sign-out and the language, what opens to who still has to choose a second factor.
BEFORE_FACTOR = frozenset(
    {
        "accounts:my_access",
        "accounts:add_app",
        "accounts:add_passkey",
        "accounts:new_codes",
        "accounts:sign_out",
        "set_language",
        "desk:guide",
        "desk:guide_page",
    }
)
WHILE_VISITING = frozenset({"accounts:end_visit", "accounts:sign_out", "accounts:switch", "accounts:it_is_me"})


class SessionStore(Store):
    """Django's, with the columns that the page "where I am signed in" reads."""

    @classmethod
    def get_model_class(cls) -> Any:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row: Session = super().create_model_instance(data)  # type: ignore[assignment]
        if user_id := data.get(SESSION_KEY):
            row.user_id = int(user_id)
            row.started_at, row.seen_at = moment(data[STARTED]), moment(data[LAST])
            row.device = data.get(DEVICE, "")
        return row

    def load(self) -> dict[str, Any]:
        """Read by every request, so in SQL (as accounts/access.py reads the memberships)."""
        with connection.cursor() as cursor:
            cursor.execute(DATA, [self.session_key, timezone.now()])
            row = cursor.fetchone()
        if row is None:
            self._session_key = None
            return {}
        found: dict[str, Any] = self.decode(row[0])
        return found

    def save(self, must_create: bool = False) -> None:
        if SESSION_KEY in self:
            now = timezone.now().isoformat()
            for name in (STARTED, LAST, CONFIRMED):  # signing in is the first of all uses
                self.setdefault(name, now)
        try:
            super().save(must_create)
        except UpdateError as error:
            if error.__context__ and is_outage(error.__context__):
                raise error.__context__ from None  # nobody signed out meanwhile: the database went away
            raise


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def keep_secret(request: HttpRequest, name: str, text: str) -> None:
    """For a page that shows it once: encrypted, for a session is a row."""
    request.session[name] = encrypt(text, place=PLACE)


def kept_secret(request: HttpRequest, name: str) -> str:
    """Left where it is; empty when there is none."""
    held = request.session.get(name)
    return decrypt(held, place=PLACE) if held else ""


def take_secret(request: HttpRequest, name: str) -> str:
    """Shown now and never again."""
    text = kept_secret(request, name)
    request.session.pop(name, None)
    return text


class SessionRulesMiddleware:
    """Stands inside messages and outside the scope. A session that is over ends here; one that must choose a factor goes there first."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not is_api(request) and request.user.is_authenticated:
            self._look_at(request)
        return self.get_response(request)

    def _look_at(self, request: HttpRequest) -> None:
        session, now = request.session, timezone.now()
        started, seen = (moment(session.setdefault(name, now.isoformat())) for name in (STARTED, LAST))
        idle = timedelta(minutes=session.get(IDLE, settings.SESSION_IDLE_MINUTES))
        why = rules.ended(started_at=started, seen_at=seen, idle=idle, whole=timedelta(seconds=settings.SESSION_COOKIE_AGE), now=now)
        if why:
            logout(request)
            messages.info(request, _("Per sicurezza la pagina si chiude dopo un po’ che nessuno la usa: entra di nuovo."))
        elif now - seen > SEEN:
            session[LAST] = now.isoformat()

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        if is_api(request) or not request.user.is_authenticated:
            return None
        if request.session.get(ENROL) and name not in BEFORE_FACTOR and name.partition(":")[0] != "website":
            return SeeOther(reverse("accounts:my_access"))
        access = getattr(request, "access", None)
        if access and access.visit and request.method not in {"GET", "HEAD"} and name not in WHILE_VISITING:
            raise PermissionDenied(_("Stai guardando come tecnico: qui non puoi cambiare niente."))
        if _asks_again(request, getattr(view, "view_class", None)) and not request.session.get(ENROL):
            return SeeOther(f"{reverse('accounts:it_is_me')}?{urlencode({'next': _page_of(request)})}")
        return None


def _asks_again(request: HttpRequest, page: Any) -> bool:
    """Whether this page wants to know again who it is: forms when they are opened, and whatever is sent."""
    if not settings.CONFIRM_MINUTES or page is None or request.method not in {"GET", "POST"}:
        return False
    marked = getattr(page, "confirmed", None)
    if not (getattr(page, "permission", None) in CONFIRMED_BY if marked is None else marked):
        return False
    if request.method == "GET" and not (marked or issubclass(page, ServiceForm)):
        return False
    return not is_confirmed(request, timezone.now(), sending=request.method == "POST")


def is_confirmed(request: HttpRequest, now: datetime, *, sending: bool = False) -> bool:
    """Whether the user proved who they are a short while ago. A form that was opened in time may be sent somewhat later."""
    minutes = settings.CONFIRM_MINUTES * (2 if sending else 1)
    said = request.session.get(CONFIRMED)
    return bool(said and moment(said) > now - timedelta(minutes=minutes))


def _page_of(request: HttpRequest) -> str:
    """The page to come back to: this one, or of a button the one it stands on."""
    if request.method == "GET":
        return request.get_full_path()
    said = urlsplit(request.headers.get("Referer", ""))
    return said.path if said.netloc == request.get_host() else ""


def sessions_of(user: User) -> QuerySet[Session]:
    """Where somebody is signed in, the last used first."""
    return Session.objects.filter(user=user, expire_date__gt=timezone.now()).order_by(F("seen_at").desc(nulls_last=True))


def end_session(*, user: User, started_at: datetime) -> bool:
    """End one of the user's own sessions, named by its beginning; False when there is none."""
    return bool(Session.objects.filter(user=user, started_at=started_at).delete()[0])


def end_others(*, user: User, but: str | None) -> int:
    """End all the user's sessions but one; how many."""
    return Session.objects.filter(user=user).exclude(session_key=but or "").delete()[0]


def end_everywhere(user: User) -> None:
    """Every session of the user is over at its next request, and no browser is trusted any more. `user` is brought up to date."""
    User.objects.filter(pk=user.pk).update(key_version=F("key_version") + 1)
    TrustedDevice.objects.filter(user=user).delete()
    user.refresh_from_db(fields=["key_version"])
