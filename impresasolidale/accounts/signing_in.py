"""The one place where a session begins: after a password, a personal link or the body's own sign-in, and after the second factor."""

import re
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import login, update_session_auth_hash
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from . import factors, rules
from .models import Membership, User
from .sessions import CONFIRMED, DEVICE, ENROL, IDLE, moment

BACKEND = "django.contrib.auth.backends.ModelBackend"
HALF = "half"  # who said a right password and still has to show the second factor: {"user", "hash", "at", "next"}
HALF_GOOD_FOR = timedelta(minutes=10)
TRUSTED = "dispositivo"  # the cookie of a trusted browser
OUTSIDE = "outside"  # that the body's own sign-in let somebody in: its issuer, for the way out
BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"))
SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS X", "Mac"), ("Linux", "Linux"))


def device_of(request: HttpRequest) -> str:
    """«Firefox, Windows»: what a browser says of itself, in the words of its user. Never trusted for anything."""
    said = request.headers.get("User-Agent", "")
    browser = next((name for mark, name in BROWSERS if mark in said), "Safari" if re.search(r"Version/\S+ .*Safari", said) else "")
    system = next((name for mark, name in SYSTEMS if mark in said), "")
    return ", ".join(filter(None, (browser, system)))


def origin_of(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"


def arrive(request: HttpRequest, user: User, *, wanted: str, is_strong: bool = False, outside: str = "") -> str:
    """Who proved a first thing comes this far; returns where to go. `is_strong`: the body's own sign-in has asked for a second one."""
    now = timezone.now()
    gate = factors.gate_of(user, timezone.localdate(now))
    trusted = factors.is_trusted(user=user, token=request.get_signed_cookie(TRUSTED, default="", salt=TRUSTED) or "", now=now)
    if gate == rules.Gate.ASK and not (is_strong or trusted):
        request.session.cycle_key()
        request.session[HALF] = {
            "user": user.pk, "hash": user.get_session_auth_hash(), "at": now.isoformat(), "next": wanted, "outside": outside,
        }  # fmt: skip
        return reverse("accounts:second_factor")
    return begin(request, user, wanted=wanted, gate=rules.Gate.OPEN if is_strong else gate, outside=outside)


def half_way(request: HttpRequest) -> tuple[User, dict[str, Any]] | None:
    """Who said a right password in this browser a moment ago, if nothing of theirs changed since."""
    held = request.session.get(HALF)
    if not held or moment(held["at"]) < timezone.now() - HALF_GOOD_FOR:
        return None
    user = User.objects.filter(pk=held["user"], is_active=True).first()
    if user is None or not constant_time_compare(held["hash"], user.get_session_auth_hash()):
        return None
    return user, held


def begin(request: HttpRequest, user: User, *, wanted: str = "", gate: rules.Gate = rules.Gate.OPEN, outside: str = "") -> str:
    """The session begins under a new key; returns where to go."""
    request.session.pop(HALF, None)
    login(request, user, backend=BACKEND)
    session = request.session
    for name in (ENROL, CONFIRMED, OUTSIDE, "started_at", "seen_at"):  # of the one that this browser had before
        session.pop(name, None)
    session[DEVICE] = device_of(request)
    held = Membership.objects.in_force(timezone.localdate()).filter(user=user).values_list("role", flat=True)
    idle = rules.idle_limit([*held], usual=settings.SESSION_IDLE_MINUTES, others=settings.SESSION_IDLE_MINUTES_OF)
    session[IDLE] = idle // timedelta(minutes=1)
    if outside:
        session[OUTSIDE] = outside
    if gate == rules.Gate.CLOSED:
        session[ENROL] = True
    if gate in {rules.Gate.CLOSED, rules.Gate.OFFERED}:
        return reverse("accounts:my_access")
    return wanted or reverse(settings.LOGIN_REDIRECT_URL)


def keep_this_session(request: HttpRequest, user: User) -> None:
    """After a change that ends all sessions: this browser's goes on, under a new key, and has been confirmed by it."""
    update_session_auth_hash(request, user)
    request.session.pop(ENROL, None)
    confirm(request)


def confirm(request: HttpRequest) -> None:
    """«Sei proprio tu?» was answered just now."""
    request.session[CONFIRMED] = timezone.now().isoformat()
