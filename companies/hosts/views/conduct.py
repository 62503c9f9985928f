"""The rules of welcoming: read and accepted by the company's contact, or noted by the office."""

from typing import Any

from django.contrib import messages
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.views import ServiceForm

from .. import selectors, services
from ..conduct import CURRENT, EDITIONS
from ..forms.conduct import NoteYesForm, YesForm
from ._base import OfCompany
from .ours import OfOurCompany


class _Conduct(ServiceForm):
    company: Any
    template_name = "hosts/conduct.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = list(selectors.acceptances_of(self.access, self.company))
        is_accepted = bool(rows) and rows[0].edition == CURRENT
        return super().get_context_data(promises=EDITIONS[CURRENT], acceptances=rows, is_accepted=is_accepted, **kwargs)


class OurConduct(OfOurCompany, _Conduct):
    form_class = YesForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(is_ours=True, may_accept=True, **kwargs)

    def act(self, form: Any) -> str:
        today = timezone.localdate()
        services.accept_conduct(company=self.company, said_by=str(self.access.actor), on=today, by=self.access, today=today)
        messages.success(self.request, _("Grazie. Adesso potete scrivere quanti posti avete."))
        return self.back()


class CompanyConduct(OfCompany, _Conduct):
    permission = Permission.SEE_COMPANIES
    form_class = NoteYesForm

    def get_initial(self) -> dict[str, Any]:
        return {"said_by": self.company.representative, "accepted_on": timezone.localdate()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(is_ours=False, may_accept=self.access.may(Permission.EDIT_COMPANIES), **kwargs)

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        services.accept_conduct(
            company=self.company, said_by=data["said_by"], on=data["accepted_on"], by=self.access, today=timezone.localdate()
        )
        messages.success(self.request, _("Scritto: l’impresa ha accettato le regole dell’accoglienza."))
        return reverse("hosts:conduct", args=[self.company.public_id])
