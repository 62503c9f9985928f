"""What the API says when it refuses: problem details (RFC 9457)."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.exceptions import ValidationError as ModelRefusal
from django.db import IntegrityError
from django.http import Http404, JsonResponse
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.response import Response

from .api_doors import FormRefused, Refused, TooLarge, TooMany
from .errors import DomainError
from .merge import MergedAway

PROBLEM_TYPE = "application/problem+json"


def problem(code: int, detail: str, errors: Any = None) -> dict[str, Any]:
    """RFC 9457. `errors`: field → what is wrong with it."""
    titles = {400: _("La richiesta non si capisce"), 401: _("Serve una chiave valida"), 403: _("Non è permesso"), 404: _("Non c'è")}
    titles |= {405: _("Metodo non previsto"), 406: _("Formato non previsto"), 409: _("Nel frattempo è cambiato")}
    titles |= {413: _("Troppo grande"), 415: _("Contenuto non previsto"), 422: _("Non è possibile"), 429: _("Troppe richieste")}
    titles |= {503: _("Adesso non risponde")}
    made = {"type": "about:blank", "title": titles.get(code, _("Qualcosa non ha funzionato")), "status": code, "detail": detail}
    return {**made, "errors": errors} if errors else made


def problem_page(code: int, detail: str = "", *, retry_after: int = 0) -> JsonResponse:
    """What the pages of errors say to a program; after how many seconds it may try again."""
    headers = {"Retry-After": str(retry_after)} if retry_after else None
    return JsonResponse(problem(code, detail), status=code, content_type=PROBLEM_TYPE, headers=headers)


def _lists(found: Any) -> Any:
    if isinstance(found, Mapping):
        return {str(name): _lists(part) for name, part in found.items()}
    return [_lists(part) if isinstance(part, Mapping) else str(part) for part in (found if isinstance(found, list | tuple) else [found])]


def problem_details(error: Exception, context: dict[str, Any]) -> Response | None:
    """Every refusal as application/problem+json; None for what is no refusal but an error of ours (500)."""
    from rest_framework.views import exception_handler  # it reads settings that name this module

    errors: Any = None
    if isinstance(error, MergedAway):
        request = context["request"]
        return Response(None, status=303, headers={"Location": error.address(request.get_full_path())})
    if isinstance(error, DomainError) or (hasattr(error, "words") and hasattr(error, "status")):
        error = Refused(error.words, error.status, getattr(error, "field", None) or "")
    elif isinstance(error, ModelRefusal):
        named = error.message_dict if hasattr(error, "error_dict") else {"body": error.messages}
        error = ValidationError(named)
    elif isinstance(error, IntegrityError):
        from .views import constraint_words

        error = Refused(constraint_words(error), 422)
    elif isinstance(error, RequestDataTooBig):
        error = TooLarge(_("Si mandano al massimo 2 MB."))
    response = exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, TooMany):
        response["Retry-After"] = str(error.wait)
    if isinstance(error, ValidationError):
        detail, errors = _("Controlla i dati: in «errors» c'è che cosa non va."), _lists(response.data)
        errors = errors if isinstance(errors, dict) else {"body": errors}
    elif isinstance(error, FormRefused):
        detail, errors = str(error.detail), error.errors
    elif isinstance(error, Refused):
        detail, errors = str(error.detail), {error.field: [str(error.detail)]} if error.field else None
    else:
        detail = str(error.detail) if isinstance(error, APIException) else str(error) if isinstance(error, Http404 | Exception) else ""
        if isinstance(error, Http404):
            detail = _("Non c'è, o non è del tuo ufficio.")
    response.data = problem(response.status_code, detail, errors)
    response.content_type = PROBLEM_TYPE
    return response
