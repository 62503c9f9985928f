"""What a donor opens: the own page by a personal link, or by the portal of the company one speaks for."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View

from companies.hosts.views.ours import OfOurCompany
from impresasolidale.accounts.access import Access, hash_token
from impresasolidale.core import audit, guesses
from impresasolidale.core.scope import scope
from impresasolidale.core.views import Guarded, Page, SeeOther, serve_document

from ..selectors import giving, holder, receipts

PLACE = "donor links"  # whose wrong guesses are counted together
LINK = "donor_link"  # key of the session


# --- By a personal link


def gone(request: HttpRequest, stage: str, status: int) -> HttpResponse:
    return _quiet(render(request, "solidarity_fund/own/gone.html", {"stage": stage}, status=status))


def _quiet(response: Any) -> Any:
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


@method_decorator(login_not_required, name="dispatch")
class Door(View):
    """The address in the message. An unknown one says nothing of anybody; ten unknown ones in an hour, and it asks to wait."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        now = timezone.now()
        guess: Any = {"place": PLACE, "address": request.META.get("REMOTE_ADDR", ""), "code": "", "now": now}
        request.access = None  # type: ignore[attr-defined]
        if guesses.is_throttled(**guess):
            return gone(request, "slow_down", 429)
        found = giving.door_of(hash_token(token))
        if found is None:
            guesses.record_miss(**guess)
            return gone(request, "unknown", 404)
        if found.expires_at <= now:
            return gone(request, "expired", 404)
        request.session[LINK] = hash_token(token)
        return _quiet(SeeOther(reverse("my_gifts:page")))


@method_decorator(login_not_required, name="dispatch")
class Behind(Guarded):
    """A page behind a donor's link: `self.holder` is the Access to the own gifts, looked up anew; read in its scope alone."""

    leads_on = False  # to the fund's own page, who comes without a link

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.leads_on and LINK not in request.session:
            return SeeOther(reverse("website:fund"))
        found = giving.door_of(request.session.get(LINK, "-"))
        request.access = None  # type: ignore[attr-defined]
        if found is None:
            return gone(request, "unknown", 404)
        if found.expires_at <= timezone.now():
            return gone(request, "expired", 404)
        self.holder = found.access
        with audit.scoped(found.access.scope):
            response: Any = super().dispatch(request, *args, **kwargs)
            if hasattr(response, "render"):
                response.render()
        return _quiet(response)


def shown_to(access: Access, place: str) -> dict[str, Any]:
    """Own gifts, and of the fund what everybody may read."""
    given = giving.given_by(access, place=place)
    everybody = Access.public(networks=frozenset({access.network_id}))
    with scope(everybody.scope):
        return {
            "given": given,
            "how": holder.how_to_give(everybody, timezone.localdate()),
        }


class MyGifts(Behind, Page):
    template_name = "solidarity_fund/own/page.html"

    leads_on = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**shown_to(self.holder, "my_gifts:page"), **kwargs)


class MyReceipt(Behind):
    def get(self, request: HttpRequest, public_id: Any) -> FileResponse:
        return serve_document(receipts.own_paper(self.holder, public_id), by=self.holder)


# --- In the portal of a company


class OurGifts(OfOurCompany, Page):
    template_name = "solidarity_fund/own/ours.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        mine = giving.access_of_company(self.access, self.company)
        shown: dict[str, Any] = {"given": None, "how": holder.how_to_give(self.access, timezone.localdate())}
        if mine:
            with scope(mine.scope):
                shown = shown_to(mine, "our_gifts:page")
        return super().get_context_data(**shown, **kwargs)


class OurReceipt(OfOurCompany):
    def get(self, request: HttpRequest, public_id: Any, paper_id: Any) -> FileResponse:
        mine = giving.access_of_company(self.access, self.company)
        if mine is None:
            raise Http404
        with scope(mine.scope):
            return serve_document(receipts.own_paper(mine, paper_id), by=mine)
