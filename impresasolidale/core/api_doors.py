"""Who comes in at the API and how often: what rest_framework's settings name, so it may not import its views."""

import logging
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException, ParseError, PermissionDenied
from rest_framework.parsers import JSONParser
from rest_framework.permissions import BasePermission

logger = logging.getLogger(__name__)
MINUTE = 60  # seconds
ROOT = "/api/"


def is_api(request: HttpRequest) -> bool:
    return request.path_info.startswith(ROOT)


def access_of(request: Any) -> Any:
    """The Access that the middleware made of the token."""
    return request._request.access


class AccessRequired(BasePermission):
    """A token with an access, with the scope of what is asked, whose owner holds the permission that the view names."""

    def has_permission(self, request: Any, view: Any) -> bool:
        access = access_of(request)
        if not (access and access.actor_id and request.user):
            return False
        if view.area and access.granted is not None and view.scope_of(request.method) not in access.granted:
            raise PermissionDenied(_("La chiave non comprende «%(scope)s».") % {"scope": view.scope_of(request.method)})
        needed = view.permission if request.method in {"GET", "HEAD", "OPTIONS"} else view.may_write or view.permission
        return bool(not needed or access.may(needed))


class TooMany(APIException):
    status_code = 429

    def __init__(self, wait: int) -> None:
        self.wait = wait
        super().__init__(_("Troppe richieste: riprova fra %(n)d secondi.") % {"n": wait})


class TooLarge(APIException):
    status_code = 413


class Refused(APIException):
    """A refusal of a service: 422, or 409 when somebody was faster. `field` names what it is about."""

    def __init__(self, words: object, code: int, field: str = "") -> None:
        self.status_code, self.field = code, field
        super().__init__(str(words))


class StrictJSON(JSONParser):
    """UTF-8 and nothing else; whatever cannot be read is 400, never an error of ours."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        try:
            return super().parse(stream, media_type, {**(parser_context or {}), "encoding": "utf-8"})
        except RecursionError as error:
            raise ParseError(_("Il testo è troppo annidato.")) from error


def count_request(request: Any, *, now: float) -> None:
    """Raise TooMany (429) for a key, or an address without one, that asks more than its rate in this minute.

    Counted in each process's own memory, or in the cache of the settings: the ceiling of an installation is the rate times its web
    processes. A cache that does not answer lets everybody in: the counter protects the machine, the token protects the data.
    """
    access = access_of(request)
    token = getattr(access, "token_id", None)
    who = f"token:{token}" if token else f"address:{request.META.get('REMOTE_ADDR', '')}"
    most = settings.API_RATE if token else settings.API_RATE_WITHOUT_KEY
    minute = int(now // MINUTE)
    try:
        place = f"api:{who}:{minute}"
        cache.add(place, 0, 2 * MINUTE)
        count = cache.incr(place)
    except Exception:
        logger.exception("the counter of requests does not answer")
        return
    if count > most:
        raise TooMany(max(1, MINUTE - int(now % MINUTE)))


class FormRefused(APIException):
    """What was sent is well formed, and the page's form says no: 422 with the words of each field."""

    status_code = 422

    def __init__(self, errors: Any) -> None:
        self.errors = {"body" if name == "__all__" else name: [str(words) for words in found] for name, found in errors.items()}
        super().__init__(_("Controlla i dati: in «errors» c'è che cosa non va."))
