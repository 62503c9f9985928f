"""What programs check: a certificate as a credential, its issuer's keys, the lists of those that hold no more."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.decorators import method_decorator
from django.views import View

from certification.credential import PURPOSES
from impresasolidale.core import credentials, guesses

from . import selectors
from .rules import code_in

PLACE = "verification"  # whose wrong guesses are counted together
KINDS = {"json": "application/vc", "jwt": "application/vc+jwt"}
FRESH = timedelta(days=2)  # a status list says so long that it holds
KEPT = 300  # seconds a list may be kept


def address_of(name: str, *args: object) -> str:
    return settings.BASE_URL + reverse(f"website:{name}", args=args)


def as_json(code: str, found: selectors.Verified) -> dict[str, Any]:
    """The verification page for programs: the same facts, under Italian names as in the open data."""
    said: dict[str, Any] = {
        "documento": found.kind_label,
        "numero": found.number,
        "data": found.issued_on.isoformat(),
        "stato": found.state,
        "stato_in_parole": found.state_label,
    }
    if found.is_recognition:
        said |= {
            "impresa": found.company,
            "livello": found.level,
            "valido_dal": found.valid_from.isoformat() if found.valid_from else None,
            "valido_al": found.valid_to.isoformat() if found.valid_to else None,
            "motivo": found.reason or None,
            "sostituito_da": address_of("verified", found.newer) if found.newer else None,
            "credenziale": address_of("credential", code, "json"),
        }
    return said


@method_decorator(login_not_required, name="dispatch")
class _ForPrograms(View):
    """A document that programs of others read, also from a page of theirs: in Italian whatever a browser asks for, with no key none."""

    http_method_names = ("get", "head", "options")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not credentials.is_able():
            raise Http404
        with translation.override(settings.LANGUAGE_CODE):
            response = super().dispatch(request, *args, **kwargs)
        response["Access-Control-Allow-Origin"] = "*"
        response["X-Robots-Tag"] = "noindex"
        return response


def _signed(statement: dict[str, Any], *, did: str, kind: str, created: str) -> HttpResponse:
    if kind == "jwt":
        return HttpResponse(credentials.as_jwt(statement, did=did), content_type=KINDS["jwt"])
    return JsonResponse(
        credentials.with_proof(statement, did=did, created=created), content_type=KINDS["json"], json_dumps_params={"ensure_ascii": False}
    )


class Credential(_ForPrograms):
    """A certificate as an Open Badge 3.0, "json" or "jwt"; wrong codes are counted as on the page of verification."""

    def get(self, request: HttpRequest, code: str, kind: str) -> HttpResponse:
        now, code = timezone.now(), code_in(code)
        guess: Any = {"place": PLACE, "address": request.META.get("REMOTE_ADDR", ""), "code": "", "now": now}
        if guesses.is_throttled(**guess):
            return HttpResponse(status=429)
        found = selectors.credential(code, address=address_of, site=settings.BASE_URL) if code and kind in KINDS else None
        if found is None:
            guesses.record_miss(**{**guess, "code": code})
            return HttpResponse(status=404)
        statement, did, day = found
        return _signed(statement, did=did, kind=kind, created=credentials.moment(day))


class DidDocument(_ForPrograms):
    """The keys of an issuer."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        network = selectors.network_named(code)
        if network is None:
            raise Http404
        return JsonResponse(credentials.did_document(selectors.did_of(network, settings.BASE_URL)), content_type="application/did+json")


class StatusList(_ForPrograms):
    """Which certificates of a year were taken back, or are suspended: a signed list, as a JWT unless JSON is asked for."""

    def get(self, request: HttpRequest, code: str, year: int, purpose: str) -> HttpResponse:
        network, today = selectors.network_named(code), timezone.localdate()
        if network is None or purpose not in PURPOSES or not 2000 <= year <= today.year:
            raise Http404
        did = selectors.did_of(network, settings.BASE_URL)
        made = credentials.status_list(
            address_of("status_list", code, year, purpose),
            did=did,
            purpose=purpose,
            indices=selectors.status_of(network, year=year, purpose=purpose),
            first=today,
            last=today + FRESH,
        )
        asked = request.get_preferred_type(["application/vc+jwt", "application/vc", "application/json"])
        kind = "json" if asked in ("application/vc", "application/json") else "jwt"
        response = _signed(made, did=did, kind=kind, created=credentials.moment(today))
        response["Cache-Control"] = f"public, max-age={KEPT}"
        response["Vary"] = "Accept"
        return response
