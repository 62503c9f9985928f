"""Forms of the rounds of signatures: by link, in the office, powers."""

import base64
import binascii
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from companies.hosts.models import Company
from impresasolidale.core.forms import Form, Radios, VersionedForm
from impresasolidale.core.models import Message

from .enums import IdentityPaper
from .forms import RowChoice
from .models import SigningPower

CHANNELS = [(Message.Channel.EMAIL.value, _("posta elettronica")), (Message.Channel.SMS.value, _("SMS"))]
DRAWING = "data:image/png;base64,"


# --- By link


class CodeForm(Form):
    code = forms.CharField(
        label=_("Codice di sei cifre"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "code-input"}),
    )


class SignForm(Form):
    has_read = forms.BooleanField(label=_("Ho letto il documento e sono d'accordo"), required=False)
    context_hash = forms.CharField(widget=forms.HiddenInput, max_length=64)


class RefuseForm(Form):
    reason = forms.CharField(
        label=_("Perché non firmi"), widget=forms.Textarea, max_length=300, help_text=_("Lo legge solo chi ti segue nell'ufficio.")
    )


# --- In the office


class _Signs(Form):
    """Who signs for the party: a power in force, or a name when the paper has none."""

    power = RowChoice(SigningPower._base_manager.none(), label=_("Chi firma"), required=False)
    name = forms.CharField(label=_("Nome e cognome di chi firma"), max_length=120, required=False)

    def __init__(self, *args: Any, powers: Any, asks_name: bool, who: str, must_have_power: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        if powers is None:
            del fields["power"]
        else:
            fields["power"].queryset = powers
            fields["power"].required = must_have_power
            fields["power"].empty_label = _("Scegli…") if must_have_power else who
            fields["power"].label_from_instance = _power_words
        if not asks_name:
            del fields["name"]

    def signs(self) -> dict[str, Any]:
        return {"power": self.cleaned_data.get("power"), "name": self.cleaned_data.get("name", "")}


def _power_words(power: SigningPower) -> str:
    """As a choice: name and quality."""
    return f"{power.name}, {power.title}"


class AskForm(_Signs):
    channel = forms.ChoiceField(label=_("Come si manda"), choices=CHANNELS, widget=Radios)
    address = forms.CharField(
        label=_("Dove"), max_length=254, help_text=_("L'indirizzo di posta, o il cellulare, di chi firma: non di un altro.")
    )
    field_order = ("power", "name", "channel", "address")

    def __init__(self, *args: Any, has_sms: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_sms:
            self.fields["channel"].choices = CHANNELS[:1]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("channel") == Message.Channel.EMAIL and data.get("address"):
            try:
                forms.EmailField().clean(data["address"])
            except forms.ValidationError as error:
                self.add_error("address", error)
        return data


class TabletForm(_Signs):
    identity = forms.ChoiceField(
        label=_("Come sai chi è"), choices=IdentityPaper, widget=Radios, help_text=_("Il tipo di documento e basta: il numero non serve.")
    )
    has_read = forms.BooleanField(label=_("Ha letto il documento, o gliel'ho letto io"), required=False)
    drawing = forms.CharField(widget=forms.HiddenInput(attrs={"data-drawing": ""}), required=False, max_length=1_500_000)

    def clean_drawing(self) -> bytes:
        text = self.cleaned_data["drawing"]
        try:
            return base64.b64decode(text.removeprefix(DRAWING), validate=True) if text.startswith(DRAWING) else b""
        except binascii.Error:
            return b""


class DigitalForm(_Signs):
    file = forms.FileField(label=_("File firmato"), help_text=_("Il PDF firmato, oppure il file .p7m, fino a 10 MB."))


# --- Lists and powers


class WaitingFilters(Form):
    q = forms.CharField(label=_("Persona o impresa"), required=False, max_length=80)
    stato = forms.ChoiceField(
        label=_("A che punto è"),
        required=False,
        choices=[
            ("", _("Tutte")),
            ("da_chiedere", _("nessuno è stato ancora chiamato")),
            ("in_attesa", _("aspetta una risposta")),
            ("ferme", _("ferma: scaduta, o qualcuno non firma")),
        ],
    )


class PowerFilters(Form):
    q = forms.CharField(label=_("Nome, ente o impresa"), required=False, max_length=80)
    anche_scaduti = forms.BooleanField(label=_("Anche quelli scaduti"), required=False)


class PowerForm(Form):
    company = RowChoice(Company._base_manager.none(), label=_("Per chi firma"), required=False)
    name = forms.CharField(label=_("Nome e cognome"), max_length=120)
    title = forms.CharField(
        label=_("In qualità di"), max_length=120, help_text=_("Per esempio: direttrice dell'Ufficio di Piano, legale rappresentante.")
    )
    act = forms.CharField(label=_("Atto di nomina o delega"), max_length=160, required=False, help_text=_("Numero e tipo dell'atto."))
    act_on = forms.DateField(label=_("Data dell'atto"), required=False)
    deputy_of = RowChoice(
        SigningPower._base_manager.none(), label=_("Firma al posto di"), required=False, empty_label=_("Nessuno: firma per sé")
    )
    valid_from = forms.DateField(label=_("Dal"))
    valid_to = forms.DateField(label=_("Al"), required=False, help_text=_("Vuoto: finché non lo scrivi."))
    email = forms.EmailField(label=_("Posta elettronica"), required=False)
    phone = forms.CharField(label=_("Cellulare"), max_length=30, required=False)
    fieldsets = [
        (_("Chi firma"), ["company", "name", "title", "deputy_of"]),
        (_("Con quale atto, da quando a quando"), ["act", "act_on", "valid_from", "valid_to"]),
        (_("Dove si manda il documento da firmare"), ["email", "phone"]),
    ]

    def __init__(self, *args: Any, companies: Any, body_name: str, deputies: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["deputy_of"].queryset = deputies
        if companies is None:
            del fields["company"]
        else:
            fields["company"].queryset = companies
            fields["company"].empty_label = body_name

    @staticmethod
    def chosen(data: Any, companies: Any) -> Company | None:
        """The company the page is about, if it names one."""
        try:
            return forms.ModelChoiceField(companies, to_field_name="public_id", required=False).clean(data.get("company", ""))
        except forms.ValidationError:
            return None

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name not in ("company", "row_version")}


class EditPowerForm(VersionedForm, PowerForm):
    """The same page for a power that is there."""


def written(power: SigningPower) -> dict[str, Any]:
    """A power as the form's initial values."""
    names = ("name", "title", "act", "act_on", "valid_from", "valid_to", "email", "phone")
    values: dict[str, str | date | None] = {name: getattr(power, name) for name in names}
    return {**values, "deputy_of": power.deputy_of.public_id if power.deputy_of else None}
