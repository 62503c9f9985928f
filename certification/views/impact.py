"""Pages of what was done together: the office's, and the company contact's own."""

from functools import cached_property
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import FileResponse, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies.hosts.models import Company
from companies.hosts.views.ours import OfOurCompany
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import forms as core
from impresasolidale.core.views import Action, FormPage, Guarded, Page, ServiceForm, say_done, serve_document

from ..models import Thanks
from ..selectors import certificates, impact
from ..services import impact as services
from ..transitions import THANKS


class ThanksForm(core.Form):
    words = django_forms.CharField(
        label=gettext_lazy("Le parole"), max_length=240, widget=django_forms.Textarea({"rows": "3"}),
        help_text=gettext_lazy("Senza nomi, e senza niente da cui si capisca chi è."),
    )  # fmt: skip
    voice = django_forms.ChoiceField(label=gettext_lazy("Chi le dice"), choices=Thanks.Voice.choices, widget=core.Radios)


class YearForm(core.Form):
    year = django_forms.IntegerField(label=gettext_lazy("Anno"), min_value=2000, max_value=2100)


class AgreeForm(core.Form):
    agreed_by = django_forms.CharField(label=gettext_lazy("Chi è d'accordo, per l'impresa"), max_length=120)


class OfCompany(Guarded):
    permission = Permission.SEE_CERTIFICATES

    @cached_property
    def company(self) -> Company:
        return certificates.company_for(self.access, self.kwargs["public_id"])

    def back(self) -> str:
        return reverse("certification:impact", args=[self.company.public_id])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"company": self.company, "back_url": self.back(), **kwargs})  # type: ignore[misc]


def _told(access: Any, company: Company) -> dict[str, Any]:
    today = timezone.localdate()
    return {
        "impact": impact.impact_of(access, company, until=today, today=today),
        "card": impact.card_of(company),
        "papers": impact.papers_of(access, company),
    }


class ImpactPage(OfCompany, Page):
    template_name = "certification/impact.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        impact.looked(self.access, self.company)
        rows = list(impact.thanks_of(self.access, self.company))
        for row in rows:
            row.steps = [step.name for step in THANKS.available(row.state, self.access)]  # type: ignore[attr-defined]
        may_edit = self.access.may(Permission.EDIT_COMPANIES)
        return super().get_context_data(thanks=rows, may_edit=may_edit, **_told(self.access, self.company), **kwargs)


class OfImpact(OfCompany, FormPage):
    permission = Permission.EDIT_COMPANIES
    template_name = "certification/impact_form.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(kicker=self.company.name, **kwargs)


class NewThanks(OfImpact):
    form_class = ThanksForm
    title = gettext_lazy("Parole di ringraziamento")
    lead = gettext_lazy("Un'altra persona le approva, poi compaiono sulla pagina dell'impresa.")
    button = gettext_lazy("Scrivi")

    def act(self, form: Any) -> str:
        services.write_thanks(company=self.company, by=self.access, **form.cleaned_data)
        messages.success(self.request, _("Le parole sono scritte: aspettano l'approvazione."))
        return self.back()


class MakePaper(OfImpact):
    form_class = YearForm
    title = gettext_lazy("La pagina dell'anno")
    lead = gettext_lazy("Una pagina da stampare o da mandare all'impresa: anni insieme, tutor formati, ringraziamenti.")
    button = gettext_lazy("Prepara il PDF")

    def get_initial(self) -> dict[str, Any]:
        return {"year": timezone.localdate().year}

    def act(self, form: Any) -> str:
        services.issue_impact(company=self.company, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        messages.success(self.request, _("Il PDF è in preparazione: tra poco lo trovi qui."))
        return self.back()


class OpenCard(OfImpact):
    form_class = AgreeForm
    title = gettext_lazy("La pagina pubblica")
    lead = gettext_lazy("Solo se l'impresa è d'accordo. L'indirizzo non si indovina, e si chiude quando vuole.")
    button = gettext_lazy("Apri la pagina")

    def act(self, form: Any) -> str:
        services.open_card(company=self.company, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        messages.success(self.request, _("La pagina pubblica è aperta."))
        return self.back()


class CloseCard(OfCompany, Action):
    permission = Permission.EDIT_COMPANIES

    def act(self) -> str:
        services.close_card(company=self.company, by=self.access, today=timezone.localdate())
        messages.success(self.request, _("La pagina pubblica è chiusa."))
        return self.back()


class PaperFile(OfCompany):
    def get(self, request: HttpRequest, public_id: Any, paper_id: Any) -> FileResponse:
        return serve_document(impact.paper_for(self.access, self.company, paper_id), by=self.access)


class OfThanks(Guarded):
    permission = Permission.SEE_CERTIFICATES

    @cached_property
    def thanks(self) -> Thanks:
        return impact.thanks_for(self.access, self.kwargs["public_id"])

    def back(self) -> str:
        return reverse("certification:impact", args=[self.thanks.company.public_id])


class Approve(OfThanks, Action):
    permission = Permission.DECIDE_CERTIFICATES

    def act(self) -> str:
        services.approve_thanks(thanks=self.thanks, by=self.access)
        say_done(self.request, _("Approvato: adesso si legge."))
        return self.back()


class Withdraw(OfThanks, Action):
    permission = Permission.EDIT_COMPANIES

    def act(self) -> str:
        services.withdraw_thanks(thanks=self.thanks, by=self.access)
        messages.success(self.request, _("Il ringraziamento è ritirato."))
        return self.back()


class RefuseForm(core.Form):
    reason = django_forms.CharField(label=gettext_lazy("Perché no"), max_length=300)


class Refuse(OfThanks, ServiceForm):
    permission = Permission.DECIDE_CERTIFICATES
    template_name = "confirm.html"
    form_class = RefuseForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Non approvare"), text=self.thanks.words, action=_("Non approvare"), back_url=self.back(), **kwargs
        )

    def act(self, form: Any) -> str:
        services.refuse_thanks(thanks=self.thanks, reason=form.cleaned_data["reason"], by=self.access)
        say_done(self.request, _("Fatto: resta scritto perché."))
        return self.back()


# --- The company's own


class OurImpact(OfOurCompany, Page):
    template_name = "certification/our_impact.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**_told(self.access, self.company), **kwargs)


class OurPage(OfOurCompany, Action):
    """To this company's own page of what was done together."""

    def back(self) -> str:
        return reverse("our_impact:page", args=[self.company.public_id])


class OurCard(OurPage):
    """The contact opens the public page: the company agrees."""

    def act(self) -> str:
        services.open_card(company=self.company, agreed_by="", by=self.access, today=timezone.localdate())
        messages.success(self.request, _("La vostra pagina pubblica è aperta."))
        return self.back()


class OurCardClosed(OurPage):
    def act(self) -> str:
        services.close_card(company=self.company, by=self.access, today=timezone.localdate())
        messages.success(self.request, _("La vostra pagina pubblica è chiusa."))
        return self.back()


class OurPaper(OfOurCompany):
    def get(self, request: HttpRequest, public_id: Any, paper_id: Any) -> FileResponse:
        return serve_document(impact.paper_for(self.access, self.company, paper_id), by=self.access)
