"""The body's own sign-in (OpenID Connect): there, back, and the way out."""

from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import View
from django.views.decorators.cache import never_cache

from impresasolidale.core.errors import DomainError
from impresasolidale.core.fields import encrypt
from impresasolidale.core.views import SeeOther

from . import oidc, signing_in
from .identity import CITIZEN, CITIZEN_PLACE

ASKED = "oidc"  # what we asked the provider, in the session


@method_decorator([login_not_required, never_cache], name="dispatch")
class Outside(View):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not oidc.is_connected():
            raise Http404
        try:
            return super().dispatch(request, *args, **kwargs)
        except DomainError as error:
            return refused(request, str(error.words))

    @property
    def back(self) -> str:
        return settings.BASE_URL + reverse("accounts:outside_back")


def refused(request: HttpRequest, words: str) -> HttpResponse:
    return render(request, "accounts/outside_refused.html", {"words": words}, status=403)


class OutsideStart(Outside):
    """To the provider. It changes nothing of ours: a link, so that no form of ours leads to another site."""

    purpose = "office"

    def get(self, request: HttpRequest) -> HttpResponse:
        wanted = request.GET.get("next", "")
        safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
        asked = oidc.ask(purpose=self.purpose, wanted=wanted if safe else "", now=timezone.now())
        address = oidc.address_of(asked, back=self.back)
        request.session[ASKED] = asdict(asked)
        return SeeOther(address)


class CitizenStart(OutsideStart):
    """As above, for the area of the person."""

    purpose = "area"

    def get(self, request: HttpRequest) -> HttpResponse:
        if settings.IDENTITY_DOOR != "impresasolidale.accounts.identity.OpenId":
            raise Http404
        return super().get(request)


class OutsideBack(Outside):
    """From the provider. What was asked is forgotten before anything is believed: an address that is opened again opens nothing."""

    def get(self, request: HttpRequest) -> HttpResponse:
        now, held = timezone.now(), request.session.pop(ASKED, None)
        if held is None:
            raise oidc.not_believed()
        asked = oidc.Asked(**held)
        claims = oidc.claims_of(asked, request.GET.dict(), back=self.back, now=now)
        if asked.purpose == "area":
            code = encrypt(oidc.fiscal_code_of(claims), place=CITIZEN_PLACE)
            request.session[CITIZEN] = {"code": code, "at": now.isoformat()}
            return SeeOther(reverse("area:enter"))
        user = oidc.user_for(claims, today=timezone.localdate(now))
        strong = oidc.is_strong(claims)
        return SeeOther(signing_in.arrive(request, user, wanted=asked.wanted, is_strong=strong, outside=claims["iss"]))


class SignedOut(Outside):
    """Out of here; the way out over there is a link, so that who shares a computer takes it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        address = oidc.way_out(back=settings.BASE_URL + reverse("website:home"))
        return render(request, "accounts/signed_out.html", {"address": address})
