"""Pages of donors and of what they gave."""

from typing import Any

from django.contrib import messages
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.views import Page, ServiceForm
from impresasolidale.treasury import selectors as treasury
from impresasolidale.treasury.models import Pot

from ..forms import donors as forms
from ..forms.common import ReasonForm, pot_choices
from ..selectors import donors as selectors
from ..services import donors as services


class Donors(Page):
    template_name = "solidarity_fund/donors.html"
    permission = Permission.RECORD_CONTRIBUTIONS

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        query = self.request.GET
        form = forms.DonorFilter(query or None)
        text = form.cleaned_data["nome"] if form.is_valid() else ""
        page = selectors.donors_page(self.access, query, text=text)
        return super().get_context_data(donors=page.rows, filter=form, is_filtered=bool(text), pager=page.urls(query), **kwargs)


class DonorPage(Page):
    template_name = "solidarity_fund/donor.html"
    permission = Permission.RECORD_CONTRIBUTIONS

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        donor = selectors.donor_for(self.access, self.kwargs["public_id"])
        gifts = selectors.contributions_of(self.access, donor)
        return super().get_context_data(
            donor=donor, gifts=gifts, total=sum((g.amount for g in gifts if not g.is_taken_back), treasury.ZERO), **kwargs
        )


class NewDonor(ServiceForm):
    template_name = "solidarity_fund/donor_form.html"
    form_class: Any = forms.DonorForm
    permission = Permission.RECORD_CONTRIBUTIONS

    def act(self, form: Any) -> str:
        donor = services.add_donor(values=form.cleaned_data, by=self.access)
        return reverse("solidarity_fund:donor", args=[donor.public_id])


class EditDonor(NewDonor):
    form_class = forms.DonorEditForm

    def get_form_kwargs(self) -> dict[str, Any]:
        self.donor = selectors.donor_for(self.access, self.kwargs["public_id"])
        return {**super().get_form_kwargs(), "instance": self.donor}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {**context, "donor": self.donor}

    def act(self, form: Any) -> str:
        donor = services.edit_donor(donor=self.donor, values=form.cleaned_data, seen=form.cleaned_data["row_version"], by=self.access)
        return reverse("solidarity_fund:donor", args=[donor.public_id])

    def form_invalid(self, form: Any) -> Any:
        return self.refused(form, 409 if form.is_stale else 422)


class NewContribution(ServiceForm):
    template_name = "solidarity_fund/new_contribution.html"
    form_class = forms.ContributionForm
    permission = Permission.RECORD_CONTRIBUTIONS

    def get_initial(self) -> dict[str, Any]:
        return {"donor": self.request.GET.get("donatore", ""), "received_on": timezone.localdate()}

    def get_form_kwargs(self) -> dict[str, Any]:
        self.donors = selectors.donor_choices(self.access)
        self.pots = treasury.balances(self.access, use=Pot.Use.FUND)
        donors = [(str(d.public_id), f"{d.name} ({d.get_kind_display()})") for d in self.donors]
        return {**super().get_form_kwargs(), "donors": donors, "pots": pot_choices(self.pots)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {**context, "has_donors": bool(self.donors), "has_pots": bool(self.pots)}

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        gift = services.record_contribution(
            donor=next(d for d in self.donors if str(d.public_id) == data["donor"]),
            pot=treasury.pot_for(self.access, data["pot"], use=Pot.Use.FUND),
            amount=data["amount"],
            received_on=data["received_on"],
            reference=data["reference"],
            by=self.access,
            today=timezone.localdate(),
        )
        messages.success(self.request, _("Il contributo è nel registro. Adesso si può usare."))
        return reverse("solidarity_fund:donor", args=[gift.donor.public_id])


class TakeBack(ServiceForm):
    template_name = "solidarity_fund/take_back.html"
    form_class = ReasonForm
    permission = Permission.RECORD_CONTRIBUTIONS

    def get_form_kwargs(self) -> dict[str, Any]:
        self.gift = selectors.contribution_for(self.access, self.kwargs["public_id"])
        return super().get_form_kwargs()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {**context, "gift": self.gift}

    def act(self, form: Any) -> str:
        services.take_back_contribution(
            contribution=self.gift, reason=form.cleaned_data["reason"], by=self.access, today=timezone.localdate()
        )
        messages.success(self.request, _("Fatto: nel registro c'è la riga contraria."))
        return reverse("solidarity_fund:donor", args=[self.gift.donor.public_id])
