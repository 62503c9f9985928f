"""What a company's contact does for the own company: places, colleagues, corrections, expenses."""

from functools import cached_property
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.forms import Form
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.models import User
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import forms as core
from impresasolidale.core.views import Action, Guarded, ServiceForm

from .. import selectors, services
from ..forms.portal import ColleagueForm, RestForm
from ..models import Company
from . import expenses, places

OWN_FORM = "hosts/ours_form.html"


class OwnCompany(Guarded):
    """`self.company` is the own company of the URL: 404 for any other, and for who is only a tutor there."""

    permission = Permission.USE_COMPANY_PORTAL

    @cached_property
    def company(self) -> Company:
        return selectors.own_company(self.access, self.kwargs["public_id"])

    def back(self) -> str:
        return reverse("desk:our_company")


class OfOurCompany(OwnCompany):
    """A page of the own company, which names it."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"company": self.company, "back_url": self.back(), **kwargs})  # type: ignore[misc]


class NewPlaces(OwnCompany, places.NewPlaces):
    """How many people a site of ours welcomes."""

    permission = Permission.USE_COMPANY_PORTAL
    template_name = OWN_FORM


class EditPlaces(OwnCompany, places.EditPlaces):
    """Other places, or other days."""

    permission = Permission.USE_COMPANY_PORTAL
    template_name = OWN_FORM


class Rest(OfOurCompany, ServiceForm):
    """How long we rest after a placement, before we are asked whether we are ready again."""

    template_name = OWN_FORM
    form_class = RestForm

    def get_initial(self) -> dict[str, Any]:
        return {"rest_months": self.company.rest_months}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lead = _("Vi chiediamo per posta, una volta, se siete di nuovo pronti: rispondere è facile, e ogni risposta va bene.")
        return super().get_context_data(title=_("La pausa che ci serve"), lead=lead, save=_("Salva"), **kwargs)

    def act(self, form: Any) -> str:
        services.choose_rest(company=self.company, by=self.access, **form.cleaned_data)
        messages.success(self.request, _("La pausa è scritta."))
        return self.back()


class Invite(OfOurCompany, ServiceForm):
    template_name = OWN_FORM
    form_class = ColleagueForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lead = _("Riceve un messaggio con un link personale, e sceglie la sua password.")
        return super().get_context_data(title=_("Invita un collega"), lead=lead, save=_("Manda l'invito"), **kwargs)

    def act(self, form: Any) -> str:
        user = services.invite_colleague(
            company=self.company, by=self.access, today=timezone.localdate(), base_url=settings.BASE_URL, **form.cleaned_data
        )
        messages.success(self.request, _("L'invito per %(user)s è in partenza.") % {"user": user})
        return self.back()


class Remove(OfOurCompany, ServiceForm):
    """A contact goes."""

    template_name = "confirm.html"
    form_class = core.Form

    @cached_property
    def colleague(self) -> User:
        return selectors.portal_user_for(self.access, self.company, self.kwargs["user_id"], timezone.localdate())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("%(user)s non è più referente") % {"user": self.colleague},
            text=str(self.company),
            consequences=[
                _("Da domani non entra più come referente di questa impresa."),
                _("Quello che ha firmato e scritto resta."),
                _("Se è anche tutor, lo resta: quella fine si registra a parte."),
            ],
            action=_("Togli"),
            danger=True,
            **kwargs,
        )

    def act(self, form: Form) -> str:
        services.remove_contact(company=self.company, user=self.colleague, by=self.access, today=timezone.localdate())
        messages.success(self.request, _("Fatto: da domani %(user)s non è più referente.") % {"user": self.colleague})
        return self.back()


class WithdrawCorrection(OfOurCompany, Action):
    def act(self) -> str:
        proposal = selectors.proposal_for(self.access, self.company, self.kwargs["proposal_id"])
        services.withdraw_proposal(proposal=proposal, by=self.access)
        messages.success(self.request, _("La richiesta è ritirata."))
        return self.back()


class NewExpense(OfOurCompany, expenses.WritesExpense):
    template_name = OWN_FORM
    lead = gettext_lazy("Ospitare una persona non deve costare niente all'impresa. Scrivi che cosa è servito, e chi l'ha pagato.")


class RemoveExpense(OfOurCompany, expenses.RemovesExpense):
    """What the own company had written."""
