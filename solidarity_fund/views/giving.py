"""What a donor opens: the own page by a personal link, or by the portal of the company one speaks for."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator

from companies.hosts.views.ours import OfOurCompany
from impresasolidale.accounts import doors
from impresasolidale.accounts.access import Access
from impresasolidale.core.scope import scope
from impresasolidale.core.views import Page, SeeOther, serve_document

from ..selectors import giving, holder, receipts

# --- By a personal link


class Door(doors.Door):
    place, links, is_single = "donor links", "donor_link", True
    page, gone_template = "my_gifts:page", "solidarity_fund/own/gone.html"
    find = staticmethod(giving.door_of)


class Behind(doors.Behind):
    door = Door


def shown_to(access: Access, place: str) -> dict[str, Any]:
    """Own gifts, and of the fund what everybody may read."""
    given = giving.given_by(access, place=place)
    everybody = Access.public(networks=frozenset({access.network_id}))
    with scope(everybody.scope):
        return {
            "given": given,
            "how": holder.how_to_give(everybody, timezone.localdate()),
        }


@method_decorator(login_not_required, name="dispatch")
class MyGifts(Behind, Page):
    template_name = "solidarity_fund/own/page.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Who comes without a link reads the fund's own page."""
        return super().dispatch(request, *args, **kwargs) if Door.links in request.session else SeeOther(reverse("website:fund"))

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
