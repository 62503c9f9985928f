"""The sites of a company."""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.views import Action, ServiceForm

from .. import forms, selectors, services
from ..models import Site
from ._base import OfCompany, VersionedEdit


class OfSite(OfCompany):
    @cached_property
    def site(self) -> Site:
        return selectors.site_for(self.access, self.company, self.kwargs["site_id"])


class NewSite(OfCompany, ServiceForm):
    permission = Permission.EDIT_COMPANIES
    template_name = "hosts/form.html"
    form_class = forms.NewSiteForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lead = _("Dove si lavora, come ci si arriva, che cosa c’è per chi ne ha bisogno.")
        return super().get_context_data(title=_("Nuova sede"), lead=lead, save=_("Aggiungi la sede"), **kwargs)

    def act(self, form: Any) -> str:
        services.add_site(company=self.company, by=self.access, **form.site)
        messages.success(self.request, _("La sede è aggiunta."))
        return self.back()


class EditSite(OfSite, VersionedEdit):
    template_name = "hosts/form.html"
    form_class = forms.EditSiteForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "current_version": self.site.row_version}

    def get_initial(self) -> dict[str, Any]:
        return forms.site_initial(self.site)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lead = _("I tirocini che sono qui non cambiano: le carte già firmate dicono l'indirizzo di prima.")
        return super().get_context_data(title=_("Modifica la sede"), lead=lead, save=_("Salva le modifiche"), **kwargs)

    def act(self, form: Any) -> str:
        services.edit_site(site=self.site, row_version=form.cleaned_data["row_version"], by=self.access, **form.site)
        messages.success(self.request, _("Le modifiche sono salvate."))
        return self.back()


class CloseSite(OfSite, ServiceForm):
    permission = Permission.EDIT_COMPANIES
    template_name = "confirm.html"
    form_class = forms.CloseSiteForm

    def get_initial(self) -> dict[str, Any]:
        return {"on": timezone.localdate()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Chiudi la sede: %(site)s") % {"site": self.site.name},
            text=str(self.company),
            consequences=[
                _("Dal giorno dopo nessuno può cominciare un tirocinio qui, e i posti offerti finiscono."),
                _("Quello che è già successo qui resta com'è."),
                _("Se era un errore, la sede si può riaprire."),
            ],
            action=_("Chiudi la sede"),
            **kwargs,
        )

    def act(self, form: Any) -> str:
        services.close_site(site=self.site, by=self.access, **form.cleaned_data)
        messages.success(self.request, _("La chiusura della sede è scritta."))
        return self.back()


class ReopenSite(OfSite, Action):
    permission = Permission.EDIT_COMPANIES

    def act(self) -> str:
        services.reopen_site(site=self.site, by=self.access)
        messages.success(self.request, _("La sede è di nuovo aperta. Se accoglie qualcuno, scrivi quanti posti ha."))
        return self.back()
