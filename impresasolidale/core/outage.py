"""When the database does not answer: requests wait a little for it, and who sent a form gets it back to send again.

A restart of PostgreSQL takes seconds: who asks meanwhile waits, as for a connection of a pool, and is served. Only what was under way at
that moment fails, and what comes when the database has been away for longer than `DATABASE_WAIT`.
"""

import errno
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, QueryDict, UnreadablePostError
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils.datastructures import MultiValueDict
from psycopg.errors import QueryCanceled

from .submissions import FIELD

STEP = 0.05  # seconds between two tries
RETRY_AFTER = 10  # seconds, for programs
CSRF = "csrfmiddlewaretoken"
# The outage that this process knows of, from when to when it was seen: it is waited for once, not by each request in turn.
_seen: tuple[float, float] | None = None


class DatabaseMiddleware:
    """Stands inside the language, for its refusal is read by people, and outside all that asks for a row."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        wait_for_database()
        return self.get_response(request)


def wait_for_database() -> None:
    """A connection that works. Raises OperationalError when the database has been away for longer than `DATABASE_WAIT` seconds."""
    global _seen
    began = time.monotonic()
    while True:
        try:
            connection.close_if_health_check_failed()
            connection.ensure_connection()
        except OperationalError:
            now = time.monotonic()
            # Where nobody asked for as long, nobody saw it come back: that is another one.
            since = _seen[0] if _seen and now - _seen[1] <= settings.DATABASE_WAIT else began
            _seen = since, now
            if now - since >= settings.DATABASE_WAIT:
                raise
            time.sleep(STEP)
        else:
            _seen = None
            return


def is_outage(error: BaseException | None) -> bool:
    """The database went away or cannot do it now, or a disk is full: the same may succeed in a moment. Not what took too long."""
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    return isinstance(error, OperationalError | InterfaceError) and not isinstance(error.__cause__, QueryCanceled)


def page(request: HttpRequest) -> HttpResponse:
    """503: how to try again; the form that was sent stands in it, with its own tokens, so that sent twice it counts once."""
    data, files = _sent(request)
    context = {
        "again": request.get_full_path(),
        "was_sent": request.method == "POST",
        "csrf": data.get(CSRF, ""),
        "submission": data.get(FIELD, ""),
        "fields": [(name, text) for name in data if name not in {CSRF, FIELD} for text in data.getlist(name)],
        "files": [(name, file.name) for name in files for file in files.getlist(name)],
    }
    response = render(request, "errors/503.html", context, status=503)
    response["Retry-After"] = str(RETRY_AFTER)
    response["Cache-Control"] = "no-store"
    return response


def _sent(request: HttpRequest) -> tuple[QueryDict, Any]:
    """The fields and the files of a form post; none of what proves who somebody is, nor of a form that is not ours: the token is given
    back as it came, and is judged when it comes again."""
    nothing: tuple[QueryDict, Any] = QueryDict(), MultiValueDict()
    if request.method != "POST" or _is_of_access(request):
        return nothing
    try:
        data, files = request.POST, request.FILES
    except (SuspiciousOperation, UnreadablePostError):
        return nothing
    return (data, files) if data.get(CSRF) and data.get(FIELD) else nothing


def _is_of_access(request: HttpRequest) -> bool:
    """Passwords and codes are typed again."""
    try:
        match: Any = resolve(request.path_info, getattr(request, "urlconf", None))
    except Resolver404:
        return True
    return "accounts" in match.namespaces
