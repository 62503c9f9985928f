"""Pages of the campaigns: when one may ask, who was invited."""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.views import Page

from ..forms import campaigns as forms
from ..models import Campaign
from ..selectors import campaigns as selectors
from ..services import campaigns as services
from .common import PlainForm

FIELDS = services.FIELDS


class Campaigns(Page):
    permission = Permission.SEE_CERTIFICATES
    template_name = "certification/campaigns.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            rows=selectors.campaigns(self.access),
            door=selectors.door(self.access, timezone.localdate()),
            may_open=self.access.may(Permission.DECIDE_CERTIFICATES),
            **kwargs,
        )


class New(PlainForm):
    permission = Permission.DECIDE_CERTIFICATES
    form_class = forms.NewCampaign
    title = gettext_lazy("Apri una campagna")
    lead = gettext_lazy("I giorni in cui le imprese possono chiedere il riconoscimento, e lo schema con cui si decide.")
    button = gettext_lazy("Apri la campagna")

    def get_form_kwargs(self) -> dict[str, Any]:
        self.schemes = {str(row.public_id): row for row in selectors.published_schemes(self.access)}
        return {**super().get_form_kwargs(), "schemes": self.schemes.values()}

    def back(self) -> str:
        return reverse("certification:campaigns")

    def crumb(self) -> Any:
        return _("Campagne")

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        made = services.open_campaign(values=data, scheme=self.schemes[data["scheme"]], by=self.access)
        messages.success(self.request, _("Campagna pronta. Ora puoi invitare le imprese."))
        return reverse("certification:campaign", args=[made.public_id])


class OfCampaign(PlainForm):
    @cached_property
    def campaign(self) -> Campaign:
        return selectors.campaign_for(self.access, self.kwargs["public_id"])

    def back(self) -> str:
        return reverse("certification:campaign", args=[self.campaign.public_id])

    def crumb(self) -> Any:
        return self.campaign.name


class Edit(OfCampaign):
    permission = Permission.DECIDE_CERTIFICATES
    form_class = forms.EditCampaign
    title = gettext_lazy("Cambia la campagna")
    lead = gettext_lazy("Lo schema resta quello: chi ha già cominciato conserva il suo.")
    button = gettext_lazy("Salva")

    def get_form_kwargs(self) -> dict[str, Any]:
        initial = {name: getattr(self.campaign, name) for name in FIELDS}
        return {**super().get_form_kwargs(), "initial": initial, "current_version": self.campaign.row_version}

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        services.change_campaign(campaign=self.campaign, values=data, seen=data["row_version"], by=self.access)
        return self.back()

    def form_invalid(self, form: Any) -> Any:
        return self.refused(form, 409 if form.is_stale else 422)


class CampaignPage(OfCampaign):
    """One campaign: who was invited, and the form to invite others."""

    permission = Permission.SEE_CERTIFICATES
    template_name = "certification/campaign.html"
    form_class = forms.Invite
    button = gettext_lazy("Manda gli inviti")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        is_over = bool(self.campaign.closes_on and self.campaign.closes_on < today)
        may = self.access.may(Permission.DECIDE_CERTIFICATES)
        return super().get_context_data(
            campaign=self.campaign,
            invitations=selectors.invitations(self.access, self.campaign),
            may_invite=may and not is_over,
            may_edit=may,
            **kwargs,
        )

    def act(self, form: Any) -> str:
        count = services.invite(campaign=self.campaign, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        messages.success(self.request, _("Inviti mandati: %(count)s.") % {"count": count})
        return self.back()
