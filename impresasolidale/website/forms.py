"""Forms of the public site."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.forms import Form
from impresasolidale.territory.models import Ambito

from .rules import code_in


class RegisterSearch(Form):
    q = forms.CharField(label=_("Nome o comune"), required=False, max_length=80)
    ambito = forms.ChoiceField(label=_("Zona"), required=False)

    def __init__(self, *args: Any, ambiti: list[Ambito], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ambito"].choices = [("", _("Tutta la provincia")), *((a.code, a.name) for a in ambiti)]  # type: ignore[attr-defined]


class Code(Form):
    codice = forms.CharField(
        label=_("Codice del documento"),
        max_length=200,
        help_text=_("Sono 26 lettere e numeri, vicino al codice QR. Va bene anche tutto l'indirizzo."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def clean_codice(self) -> str:
        code = code_in(self.cleaned_data["codice"])
        if not code:
            raise ValidationError(_("Questo codice non è completo: sono 26 lettere e numeri da 2 a 7. Controlla e riprova."))
        return code


class Surname(Form):
    surname = forms.CharField(label=_("Cognome"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "off"}))


class Paper(Form):
    file = forms.FileField(label=_("Il file PDF che hai ricevuto"), widget=forms.FileInput(attrs={"accept": "application/pdf"}))

    def clean_file(self) -> Any:
        file, limit = self.cleaned_data["file"], settings.UPLOAD_LIMIT
        if file.size > limit:
            raise ValidationError(_("Il file è troppo grande: al massimo %(limit)s MB."), params={"limit": limit // (1024 * 1024)})
        return file
