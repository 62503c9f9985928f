"""Pages of gifts in kind."""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.views import Page, ServiceForm

from ..forms import contributions as forms
from ..forms.common import donor_labels
from ..models import GiftInKind
from ..selectors import donors
from ..selectors import goods as selectors
from ..selectors import requests as request_selectors
from ..services import goods as services


class Goods(Page):
    template_name = "solidarity_fund/goods.html"
    permission = Permission.SEE_FUND

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        query = self.request.GET
        form = forms.GoodsFilter(query or None)
        wanted = form.cleaned_data if form.is_valid() else {}
        kind, only = wanted.get("aiuto", ""), bool(wanted.get("disponibili"))
        page = selectors.goods_page(self.access, query, kind=kind, only_available=only)
        return super().get_context_data(
            goods=page.rows,
            filter=form,
            is_filtered=bool(kind or only),
            pager=page.urls(query),
            may_record=self.access.may(Permission.RECORD_CONTRIBUTIONS),
            **kwargs,
        )


class NewGoods(ServiceForm):
    template_name = "solidarity_fund/new_goods.html"
    form_class = forms.GoodsForm
    permission = Permission.RECORD_CONTRIBUTIONS

    def get_initial(self) -> dict[str, Any]:
        return {"donor": self.request.GET.get("donatore", ""), "received_on": timezone.localdate(), "quantity": 1}

    def get_form_kwargs(self) -> dict[str, Any]:
        self.donors = donors.donor_choices(self.access)
        return {**super().get_form_kwargs(), "donors": donor_labels(self.donors)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "has_donors": bool(self.donors)}

    def act(self, form: Any) -> str:
        values = dict(form.cleaned_data)
        donor = next(d for d in self.donors if str(d.public_id) == values.pop("donor"))
        gift = services.record_goods(donor=donor, values=values, by=self.access, today=timezone.localdate())
        messages.success(self.request, _("Il dono è a disposizione degli uffici."))
        return reverse("solidarity_fund:gift", args=[gift.public_id])


class OfGift:
    kwargs: dict[str, Any]
    access: Any

    @cached_property
    def gift(self) -> GiftInKind:
        return selectors.gift_for(self.access, self.kwargs["public_id"])

    def back(self) -> str:
        return reverse("solidarity_fund:gift", args=[self.gift.public_id])


class GiftPage(OfGift, Page):
    """For who records gifts, the giver; for who follows people, the needs of the office. Never both to one who is only one of them."""

    template_name = "solidarity_fund/gift.html"
    permission = Permission.SEE_FUND

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        follows = self.access.may(Permission.ASK_BENEFITS)
        return super().get_context_data(
            gift=self.gift,
            giver=selectors.giver_of(self.access, self.gift),
            follows=follows,
            needs=selectors.needs(self.access, self.gift) if follows else [],
            held=selectors.held_for(self.access, self.gift) if follows else [],
            **kwargs,
        )


class MovePieces(OfGift, ServiceForm):
    template_name = "confirm.html"
    form_class = forms.PiecesForm
    permission = Permission.ASK_BENEFITS
    what: Any = ""
    done: Any = ""
    service: Any = None

    def requests(self) -> list[Any]:
        return [request for request, aside, _handed in selectors.held_for(self.access, self.gift) if aside]

    def get_form_kwargs(self) -> dict[str, Any]:
        words = [(str(r.public_id), f"{r.beneficiary}, {r.asked_on:%d/%m/%Y}") for r in self.requests()]
        return {**super().get_form_kwargs(), "requests": words}

    def get_initial(self) -> dict[str, Any]:
        return {"request": self.request.GET.get("richiesta", ""), "quantity": 1}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(title=self.what, text=self.gift.description, action=self.what, back_url=self.back(), **kwargs)

    def act(self, form: Any) -> str:
        request = request_selectors.request_for(self.access, form.cleaned_data["request"])
        quantity, today = form.cleaned_data["quantity"], timezone.localdate()
        type(self).service(gift=self.gift, request=request, quantity=quantity, by=self.access, today=today)
        messages.success(self.request, str(self.done))
        return self.back()


class Assign(MovePieces):
    service = staticmethod(services.assign)

    @property
    def what(self) -> str:
        return _("Metti da parte per una richiesta")

    @property
    def done(self) -> str:
        return _("Messo da parte.")

    def requests(self) -> list[Any]:
        return selectors.needs(self.access, self.gift)


class HandOver(MovePieces):
    service = staticmethod(services.hand_over)

    @property
    def what(self) -> str:
        return _("Segna la consegna")

    @property
    def done(self) -> str:
        return _("Consegnato: è nelle mani di chi ne aveva bisogno.")


class PutBack(MovePieces):
    service = staticmethod(services.put_back)

    @property
    def what(self) -> str:
        return _("Rimetti a disposizione")

    @property
    def done(self) -> str:
        return _("È di nuovo a disposizione di tutti gli uffici.")
