"""Tutors and contacts."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.forms import Form
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.views import Action, ServiceForm

from .. import forms, services
from ._base import OfCompany, VersionedEdit


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
