"""Before everything else: the request's number and its line in the log; what monitors ask, without session, scope or host name."""

import time
import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone, translation

from . import health, logs

Answer = Callable[[HttpRequest], HttpResponse]


class MonitorMiddleware:
    """`/livez` and `/readyz` for whoever balances the load, `/health.json` and `/metrics` for who knows MONITOR_TOKEN (without it, 404)."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        self.doors: dict[str, Answer] = {
            "/livez": self.live, "/readyz": self.ready, "/health.json": self.health, "/metrics": self.metrics,
        }  # fmt: skip

    def __call__(self, request: HttpRequest) -> HttpResponse:
        door = self.doors.get(request.path_info)
        if door is None:
            return self.get_response(request)
        if request.method not in {"GET", "HEAD"}:
            response = HttpResponse(status=405)
        elif door in (self.health, self.metrics) and not health.may_ask(request.headers.get("Authorization", "")):
            response = HttpResponse(status=404)
        else:
            response = door(request)
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
        response.headers["X-Frame-Options"] = "DENY"
        return response

    def live(self, request: HttpRequest) -> HttpResponse:
        return JsonResponse({"live": True})

    def ready(self, request: HttpRequest) -> HttpResponse:
        found = health.ready()
        return JsonResponse(found, status=200 if all(found.values()) else 503)

    def health(self, request: HttpRequest) -> HttpResponse:
        with translation.override("it"):
            found = health.as_json(health.checks(timezone.now()))
        return JsonResponse(found, status=503 if found["state"] == health.BAD else 200, json_dumps_params={"ensure_ascii": False})

    def metrics(self, request: HttpRequest) -> HttpResponse:
        now = timezone.now()
        text = "".join(f"{line}\n" for line in health.metrics(health.checks(now), now))
        return HttpResponse(text, content_type="text/plain; version=0.0.4; charset=utf-8")


class AccessLogMiddleware:
    """A number for each request, ours or the proxy's, in every line that is logged meanwhile and in the answer; one line at its end.

    The page's name and never its address: addresses hold the keys of personal links.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        number = _number(request.headers.get("X-Request-Id", ""))
        begun, queries = time.monotonic(), _Counter()
        with logs.bound(request=number), connection.execute_wrapper(queries):
            response = self.get_response(request)
            if settings.ACCESS_LOG:
                match, access = request.resolver_match, getattr(request, "access", None)
                logs.ACCESS.info(
                    "request",
                    extra={"fields": {
                        "method": request.method if request.method in _METHODS else "other", "page": match.view_name if match else "",
                        "status": response.status_code, "ms": round((time.monotonic() - begun) * 1000, 1), "queries": queries.count,
                        "user": str(getattr(getattr(access, "actor", None), "public_id", "") or ""),
                        "ambito": getattr(access, "ambito_id", None),
                    }},
                )  # fmt: skip
        response.headers["X-Request-Id"] = number
        return response


_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


def _number(given: str) -> str:
    """The proxy's, when it is one (hexadecimal, as nginx's, or a UUID); else a new one: what a visitor writes reaches no log."""
    try:
        return uuid.UUID(given).hex
    except ValueError:
        return uuid.uuid4().hex


class _Counter:
    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        self.count += 1
        return execute(sql, params, many, context)
