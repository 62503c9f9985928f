"""The list, a company, its sites."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.views import Page, ServiceForm

from .. import forms, selectors, services
from ..models import Company
from ._base import OfCompany, VersionedEdit

INTERESTS = 5  # answers that a company's page shows: the last one holds


class List(Page):
    permission = Permission.SEE_COMPANIES
    template_name = "hosts/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        query = self.request.GET
        form = forms.FilterForm(query, ambiti=selectors.ambiti_of(self.access))
        form.is_valid()  # a filter that cannot be read is shown with its error and left out
        page, total = selectors.companies_page(self.access, query, on=timezone.localdate(), filters=form.cleaned_data)
        filtered = any(form.cleaned_data.values())
        return super().get_context_data(
            form=form,
            rows=page.rows,
            total=total,
            filtered=filtered,
            may_edit=self.access.may(Permission.EDIT_COMPANIES),
            **page.urls(query),
            **kwargs,
        )


class Detail(OfCompany, Page):
    permission = Permission.SEE_COMPANIES
    template_name = "hosts/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        return super().get_context_data(
            sites=selectors.sites_of(self.access, self.company),
            engagements=selectors.engagements_of(self.access, self.company, today),
            openings=selectors.openings_of(self.access, self.company, today),
            interests=list(selectors.interests_of(self.access, self.company)[:INTERESTS]),
            closures=selectors.closures_of(self.access, self.company, today),
            contacts=selectors.contacts_of(self.access, self.company, today),
            may_edit=self.access.may(Permission.EDIT_COMPANIES),
            may_invite=self.access.may(Permission.INVITE_TUTORS),
            today=today,
            **kwargs,
        )


class New(ServiceForm):
    permission = Permission.EDIT_COMPANIES
    template_name = "hosts/new.html"
    form_class = forms.NewCompanyForm
    known: list[Company] = []

    def act(self, form: Any) -> str:
        try:
            company = services.register_host(
                company=form.company,
                site=form.site,
                tutor=form.tutor,
                by=self.access,
                today=timezone.localdate(),
                is_another=form.cleaned_data["is_another"],
            )
        except services.CompanyKnown as error:
            self.known = [error.company]
            raise
        except services.CompanyResembles as error:
            self.known = error.companies
            form.ask_if_another()
            raise
        messages.success(self.request, _("%(company)s è registrata.") % {"company": company})
        return reverse("hosts:detail", args=[company.public_id])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(known=self.known, **kwargs)


class Edit(VersionedEdit):
    template_name = "hosts/edit.html"
    form_class = forms.EditCompanyForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "current_version": self.company.row_version}

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.company, name) for name in forms.COMPANY}

    def act(self, form: Any) -> str:
        services.edit_company(company=self.company, row_version=form.cleaned_data["row_version"], by=self.access, **form.company)
        messages.success(self.request, _("Le modifiche sono salvate."))
        return self.back()


class NewSite(OfCompany, ServiceForm):
    permission = Permission.EDIT_COMPANIES
    template_name = "hosts/new_site.html"
    form_class = forms.SiteForm

    def act(self, form: Form) -> str:
        services.add_site(company=self.company, by=self.access, **form.cleaned_data)
        messages.success(self.request, _("La sede è aggiunta."))
        return self.back()
