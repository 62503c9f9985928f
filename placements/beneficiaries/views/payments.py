"""How a person gets her money: the way of today, those before, a new one from a day."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.views import Page

from .. import selectors, services
from ..forms.payments import PaymentWayForm, WithdrawWayForm
from ._base import AboutRow, AddToPerson, OfPerson


class PaymentWays(OfPerson, Page):
    """The account is shown whole only to who asks for it, and the look says so."""

    template_name = "beneficiaries/payment_ways.html"
    permission = Permission.EDIT_PAYMENT_WAYS

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person, today = self.beneficiary, timezone.localdate()
        is_whole = self.request.GET.get("intero") == "1"
        selectors.note_look(self.access, person, place="beneficiaries:payment_ways" + (":whole" if is_whole else ""))
        ways: list[Any] = list(selectors.ways_of(self.access, person))
        for way in ways:
            way.is_current = way.withdrawn_at is None and way.valid_from <= today and (way.valid_to is None or way.valid_to >= today)
            way.shown_iban = (way.iban or "") if is_whole else way.short_iban
        has_one = any(way.is_current for way in ways)
        return super().get_context_data(person=person, ways=ways, is_whole=is_whole, has_one=has_one, back_url=self.detail_url, **kwargs)


class _Money:
    """Goes back to the page of the ways, not to the record."""

    beneficiary: Any

    @property
    def detail_url(self) -> str:
        return reverse("beneficiaries:payment_ways", args=[self.beneficiary.public_id])


class SetPaymentWay(_Money, AddToPerson):
    form_class = PaymentWayForm
    permission = Permission.EDIT_PAYMENT_WAYS
    title = gettext_lazy("Come riceve i soldi")
    lead = gettext_lazy("Controlliamo l’IBAN mentre salvi. Quello che c’era prima resta nella storia.")
    done = gettext_lazy("Salvato: dal giorno indicato si usa questo modo.")
    service = staticmethod(services.set_payment_way)
    wants = ("access", "on")
    today_in = "valid_from"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "beneficiary": self.beneficiary}


class WithdrawPaymentWay(_Money, AboutRow):
    form_class = WithdrawWayForm
    permission = Permission.EDIT_PAYMENT_WAYS
    title = gettext_lazy("Togli il modo di pagamento")
    lead = gettext_lazy("Solo se è stato registrato per errore. Non si usa più in nessun giorno, e resta scritto chi l’ha tolto e perché.")
    done = gettext_lazy("Modo di pagamento tolto.")
    service = staticmethod(services.withdraw_payment_way)
    row_name = "way"

    def rows(self) -> Any:
        return selectors.ways_of(self.access, self.beneficiary)
