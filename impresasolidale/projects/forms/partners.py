"""The register of partners."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.forms import CHOOSE, Form, VersionedForm

from ..enums import PartnerKind, RegisterRole
from ._common import ANY, Choices, day_field, file_field, offer

PARTNER_FIELDS = ("name", "kind", "tax_code", "contact", "email", "phone", "site", "note", "left_on")


class _PartnerFields(Form):
    name = forms.CharField(label=_("Nome"), max_length=160, required=False)
    kind = forms.ChoiceField(label=_("Che cos'è"), choices=[("", CHOOSE), *PartnerKind.choices])
    tax_code = forms.CharField(label=_("Codice fiscale o partita IVA"), max_length=16, required=False)
    contact = forms.CharField(label=_("Persona da chiamare"), max_length=120, required=False)
    email = forms.EmailField(label=_("Posta elettronica"), required=False)
    phone = forms.CharField(label=_("Telefono"), max_length=30, required=False)
    site = forms.URLField(label=_("Sito"), required=False, assume_scheme="https")
    note = forms.CharField(label=_("Nota"), max_length=300, required=False)


class PartnerForm(_PartnerFields):
    body = forms.ChoiceField(
        label=_("Ente che il programma conosce già"), required=False, help_text=_("Se c'è, nome e codice si prendono da lì.")
    )
    fieldsets = (
        (_("Chi è"), ("body", "name", "kind", "tax_code")),
        (_("Come si raggiunge"), ("contact", "email", "phone", "site", "note")),
    )

    def __init__(self, *args: Any, bodies: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "body", bodies, empty=_("Nessuno di questi"))


class PartnerEdit(VersionedForm, _PartnerFields):
    left_on = day_field(_("Uscito dalla rete il"), required=False)
    fieldsets = (
        (_("Chi è"), ("name", "kind", "tax_code", "left_on")),
        (_("Come si raggiunge"), ("contact", "email", "phone", "site", "note")),
    )


class ComuniForm(Form):
    since = day_field(_("Aderiscono dal"))
    act = forms.CharField(label=_("Con quale accordo"), max_length=160)


class RoleForm(Form):
    role = forms.ChoiceField(label=_("Ruolo"), choices=[("", CHOOSE), *RegisterRole.choices])
    since = day_field(_("Dal"))
    until = day_field(_("Al"), required=False)
    act = forms.CharField(label=_("Atto o accordo"), max_length=160, required=False)


class EndRoleForm(Form):
    until = day_field(_("Ultimo giorno"))


class PartnerDocumentForm(Form):
    words = forms.CharField(label=_("Che cos'è"), max_length=200)
    file = file_field()
    is_logo = forms.BooleanField(label=_("È il logo del partner"), required=False)


class PartnerFilter(forms.Form):
    cerca = forms.CharField(label=_("Nome o codice"), required=False)
    tipo = forms.ChoiceField(label=_("Tipo"), required=False, choices=[ANY, *PartnerKind.choices])
    ruolo = forms.ChoiceField(label=_("Ruolo"), required=False, choices=[ANY, *RegisterRole.choices])
