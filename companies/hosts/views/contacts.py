"""Whom to ask at a company, and who enters for it."""

from functools import cached_property
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.views import ServiceForm

from .. import forms, selectors, services
from ..models import Contact
from ..rules import uuid_or_none
from ._base import OfCompany, VersionedEdit


class OfContact(OfCompany):
    @cached_property
    def contact(self) -> Contact:
        return selectors.contact_for(self.access, self.company, self.kwargs["contact_id"])


class NewContact(OfCompany, ServiceForm):
    """Begins with a tutor (`?tutor=<id>`), or with who signs (`?firma=1`): nobody is typed twice."""

    permission = Permission.EDIT_COMPANIES
    template_name = "hosts/form.html"
    form_class = forms.ContactForm

    def get_initial(self) -> dict[str, Any]:
        initial: dict[str, Any] = {"valid_from": timezone.localdate()}
        if public_id := uuid_or_none(self.request.GET.get("tutor", "")):
            tutor = selectors.tutor_for(self.access, public_id)
            names = ("first_name", "last_name", "email", "phone")
            return {**initial, **{name: getattr(tutor, name) for name in names}}
        if "firma" in self.request.GET:
            first, _space, last = self.company.representative.partition(" ")
            return {**initial, "first_name": first, "last_name": last, "signs": True}
        return initial

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lead = _("Con chi parla l'ufficio, e per che cosa. Non dà accesso a niente: per quello c'è l'invito.")
        return super().get_context_data(title=_("Chi sentire"), lead=lead, save=_("Aggiungi"), **kwargs)

    def act(self, form: Any) -> str:
        contact = services.add_contact(company=self.company, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        messages.success(self.request, _("%(contact)s è fra le persone da sentire.") % {"contact": contact})
        return self.back()


class EditContact(OfContact, VersionedEdit):
    template_name = "hosts/form.html"
    form_class = forms.EditContactForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "current_version": self.contact.row_version}

    def get_initial(self) -> dict[str, Any]:
        known = {name: getattr(self.contact, name) for name in forms.ContactFields.base_fields if name != "signs"}
        return {**known, "signs": selectors.is_signatory(self.contact)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=str(self.contact), lead=capfirst(self.contact.role_words), save=_("Salva le modifiche"), **kwargs
        )

    def act(self, form: Any) -> str:
        services.edit_contact(contact=self.contact, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        messages.success(self.request, _("Le modifiche sono salvate."))
        return self.back()


class EndContact(OfContact, ServiceForm):
    permission = Permission.EDIT_COMPANIES
    template_name = "confirm.html"
    form_class = forms.EndContactForm

    def get_initial(self) -> dict[str, Any]:
        return {"on": timezone.localdate()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        consequences = [
            _("Dal giorno dopo non è più fra le persone da sentire."),
            _("Se può entrare per l'impresa, chiudi anche il suo accesso."),
        ]
        if selectors.is_signatory(self.contact):
            consequences.append(_("È il legale rappresentante: se non lo è più, scrivi chi firma al suo posto."))
        return super().get_context_data(
            title=_("%(contact)s non è più da sentire") % {"contact": self.contact},
            text=str(self.company),
            consequences=consequences,
            action=_("Registra la fine"),
            **kwargs,
        )

    def act(self, form: Any) -> str:
        services.end_contact(contact=self.contact, by=self.access, on=form.cleaned_data["on"])
        messages.success(self.request, _("La fine è registrata."))
        return self.back()


class Invite(OfCompany, ServiceForm):
    """Open the portal to somebody; who is a contact already (`?recapito=<id>`) is not typed again."""

    permission = Permission.INVITE_TUTORS
    template_name = "hosts/contact_invite.html"
    form_class = forms.InviteForm

    def get_initial(self) -> dict[str, Any]:
        public_id = uuid_or_none(self.request.GET.get("recapito", ""))
        if not public_id:
            return {}
        contact = selectors.contact_for(self.access, self.company, public_id)
        return {name: getattr(contact, name) for name in ("first_name", "last_name", "email")}

    def act(self, form: Any) -> str:
        user = services.invite_contact(
            company=self.company, by=self.access, today=timezone.localdate(), base_url=settings.BASE_URL, **form.cleaned_data
        )
        messages.success(self.request, _("L'invito per %(user)s è in partenza.") % {"user": user})
        return self.back()
