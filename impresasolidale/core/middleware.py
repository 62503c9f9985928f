"""The visitor's address; the one transaction of a request: scope, submission, view and rendering together; looks and denials after it."""

from collections.abc import Callable
from contextlib import suppress
from ipaddress import ip_address

from django.conf import settings
from django.core.exceptions import BadRequest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.module_loading import import_string

from . import audit, kept, submissions
from .api_doors import is_api
from .models import Look
from .scope import Scope, scope


class VisitorAddressMiddleware:
    """Behind `PROXY_COUNT` proxies REMOTE_ADDR becomes the address that the outermost of them saw.

    Each proxy adds one address on the right of X-Forwarded-For; whatever stands further left the visitor may have written.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        addresses = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        if 0 < settings.PROXY_COUNT <= len(addresses):
            with suppress(ValueError):  # not an address: the proxy's own stays
                request.META["REMOTE_ADDR"] = str(ip_address(addresses[-settings.PROXY_COUNT].strip()))
        return self.get_response(request)


class ScopeMiddleware:
    """Stands inside authentication. Rolls back when view or rendering raised; if the looks cannot be written, nothing is sent."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.resolve = import_string(settings.ACCESS_RESOLVER)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # No text of ours holds a NUL, and PostgreSQL refuses it; what the API takes is typed and refused there.
        if "\0" in request.path or ("%00" in request.META.get("QUERY_STRING", "") and not is_api(request)):
            raise BadRequest
        access = request.access = self.resolve(request)  # type: ignore[attr-defined]
        reach = access.scope if access else Scope()
        token = audit.start_buffer()
        try:
            with scope(reach), kept.tidy():
                posted = request.method == "POST" and not is_api(request)  # a call of the API has its own key (core.api)
                response = (submissions.begin(request) if posted else None) or self.get_response(request)
                if getattr(request, "failed", False) or response.status_code >= 500:
                    transaction.set_rollback(True)
                else:
                    submissions.finish(request, response)
        finally:
            looks = audit.take_buffer(token)
        match = request.resolver_match
        if access and access.actor_id and match and response.status_code in {403, 404}:
            looks.append(
                Look(
                    kind=Look.Kind.DENIED,
                    place=match.view_name,
                    at=timezone.now(),
                    actor_id=access.actor_id,
                    network_id=access.network_id,
                    ambito_id=access.ambito_id,
                    reason=str(response.status_code),
                )
            )
        if looks:
            with scope(reach):
                audit.write_looks(audit.first_looks(looks) if request.method == "GET" and "HX-Request" in request.headers else looks)
        if access:  # on a shared computer nothing of ours stays behind in the browser
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        request.failed = True  # type: ignore[attr-defined]
