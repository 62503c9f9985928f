"""Pages about hosts."""

from functools import cached_property
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.views import Action, Page, ServiceForm

from . import forms, selectors, services
from .models import Closure, Company, CompanyTutor


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


class OfCompany:
    """What the pages under one company share."""

    access: Any
    kwargs: dict[str, Any]

    @cached_property
    def company(self) -> Company:
        return selectors.company_for(self.access, self.kwargs["public_id"])

    @cached_property
    def tutor(self) -> CompanyTutor:
        return selectors.tutor_for(self.access, self.kwargs["tutor_id"])

    def back(self) -> str:
        return reverse("hosts:detail", args=[self.company.public_id])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(company=self.company, back_url=self.back(), **kwargs)  # type: ignore[misc]


class Detail(OfCompany, Page):
    permission = Permission.SEE_COMPANIES
    template_name = "hosts/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        return super().get_context_data(
            sites=selectors.sites_of(self.access, self.company),
            engagements=selectors.engagements_of(self.access, self.company, today),
            closures=selectors.closures_of(self.access, self.company, today),
            contacts=selectors.contacts_of(self.access, self.company, today),
            may_edit=self.access.may(Permission.EDIT_COMPANIES),
            may_invite=self.access.may(Permission.INVITE_TUTORS),
            today=today,
            **kwargs,
        )


class VersionedEdit(OfCompany, ServiceForm):
    """An edit page: a form opened on an older version is a conflict."""

    permission = Permission.EDIT_COMPANIES

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.refused(form, 409 if form.is_stale else 422)


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


class NewClosure(OfCompany, ServiceForm):
    """The company is closed: whoever is placed there is not expected."""

    permission = Permission.EDIT_COMPANIES
    template_name = "hosts/new_closure.html"
    form_class = forms.ClosureForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "sites": selectors.sites_of(self.access, self.company)}

    def act(self, form: Form) -> str:
        closure = services.add_closure(company=self.company, by=self.access, **form.cleaned_data)
        messages.success(self.request, _("La chiusura è scritta: le giornate previste si aggiornano tra poco."))
        if closure.days >= (longest := selectors.suspending_days(self.access, timezone.localdate())):
            words = _("Dura %(n)d giorni o più: guarda se i tirocini di questa impresa vanno sospesi.")
            messages.warning(self.request, words % {"n": longest})
        return self.back()


class RemoveClosure(OfCompany, ServiceForm):
    permission = Permission.EDIT_COMPANIES
    template_name = "confirm.html"
    form_class = forms.Form

    @cached_property
    def closure(self) -> Closure:
        return selectors.closure_for(self.access, self.company, self.kwargs["closure_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        span = {"first": f"{self.closure.starts_on:%d/%m/%Y}", "last": f"{self.closure.ends_on:%d/%m/%Y}"}
        return super().get_context_data(
            title=_("Togli la chiusura dal %(first)s al %(last)s") % span,
            text=str(self.company),
            consequences=[_("Quelle giornate tornano previste."), _("I mesi già chiusi restano come sono.")],
            action=_("Togli la chiusura"),
            **kwargs,
        )

    def act(self, form: Form) -> str:
        services.remove_closure(closure=self.closure, by=self.access)
        messages.success(self.request, _("La chiusura è tolta: le giornate previste si aggiornano tra poco."))
        return self.back()


class NewTutor(OfCompany, ServiceForm):
    permission = Permission.EDIT_COMPANIES
    template_name = "hosts/new_tutor.html"
    form_class = forms.TutorForm

    def get_initial(self) -> dict[str, Any]:
        return {"valid_from": timezone.localdate()}

    def act(self, form: Form) -> str:
        engagement = services.engage_tutor(company=self.company, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        messages.success(self.request, _("%(tutor)s è tutor di questa impresa. Ora puoi mandare l'invito.") % {"tutor": engagement.tutor})
        return self.back()


class EditTutor(VersionedEdit):
    template_name = "hosts/edit_tutor.html"
    form_class = forms.EditTutorForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "current_version": self.tutor.row_version}

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.tutor, name) for name in forms.TutorFields.base_fields}

    def act(self, form: Form) -> str:
        services.edit_tutor(tutor=self.tutor, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        messages.success(self.request, _("Le modifiche sono salvate."))
        return self.back()


class EndEngagement(OfCompany, ServiceForm):
    permission = Permission.EDIT_COMPANIES
    template_name = "confirm.html"
    form_class = forms.EndForm

    def get_initial(self) -> dict[str, Any]:
        return {"on": timezone.localdate()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("%(tutor)s lascia l'impresa") % {"tutor": self.tutor},
            text=str(self.company),
            consequences=[
                _("Dal giorno dopo non entra più per conto di questa impresa."),
                _("La sua scheda e la sua formazione restano: la seguono anche altrove."),
                _("Se segue qualcuno in tirocinio, ricordati di indicare chi prende il suo posto."),
            ],
            action=_("Registra la fine"),
            **kwargs,
        )

    def act(self, form: Form) -> str:
        services.end_engagement(
            company=self.company, tutor=self.tutor, on=form.cleaned_data["on"], by=self.access, today=timezone.localdate()
        )
        messages.success(self.request, _("La fine dell'incarico è registrata."))
        return self.back()


class TutorInvite(OfCompany, Action):
    permission = Permission.INVITE_TUTORS

    def act(self) -> str:
        services.invite_tutor(
            company=self.company, tutor=self.tutor, by=self.access, today=timezone.localdate(), base_url=settings.BASE_URL
        )
        messages.success(self.request, _("L'invito per %(tutor)s è in partenza.") % {"tutor": self.tutor})
        return self.back()


class ContactInvite(OfCompany, ServiceForm):
    permission = Permission.INVITE_TUTORS
    template_name = "hosts/contact_invite.html"
    form_class = forms.ContactForm

    def act(self, form: Form) -> str:
        user = services.invite_contact(
            company=self.company, by=self.access, today=timezone.localdate(), base_url=settings.BASE_URL, **form.cleaned_data
        )
        messages.success(self.request, _("L'invito per %(user)s è in partenza.") % {"user": user})
        return self.back()
