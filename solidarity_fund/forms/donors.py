"""Forms of donors."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from impresasolidale.core import validators
from impresasolidale.core.forms import ModelForm, VersionedModelForm

from ..models import Donor


class DonorFilter(forms.Form):
    nome = forms.CharField(label=_("Nome"), required=False, max_length=80)


class _DonorFields:
    fieldsets: Sequence[tuple[Any, Sequence[str]]] = (
        (_("Chi dona"), ("kind", "name", "tax_code")),
        (_("Come scrivergli"), ("contact_agreed_on", "email", "address")),
        (_("Nella pagina pubblica"), ("shows_name",)),
    )

    def clean_tax_code(self) -> str:
        code = self.cleaned_data["tax_code"].strip()  # type: ignore[attr-defined]
        if not code:
            return ""
        if code.isdigit():
            return validators.tax_code_of_body(code)
        return validators.partita_iva(code) if len(code) < 16 else validators.codice_fiscale(code).code

    def clean_address(self) -> str:
        return "\n".join(line.strip() for line in self.cleaned_data["address"].splitlines() if line.strip())  # type: ignore[attr-defined]


class _DonorMeta:
    model = Donor
    fields = ["kind", "name", "tax_code", "contact_agreed_on", "email", "address", "shows_name"]
    widgets = {"tax_code": forms.TextInput({"maxlength": "20", "autocomplete": "off"}), "address": forms.Textarea({"rows": "3"})}
    help_texts = {
        "name": _("Per chi non vuole farsi conoscere basta «Anonimo»."),
        "tax_code": _("Serve per la ricevuta, e a non scrivere due volte chi c'è già. Un'impresa che ospita si riconosce da qui."),
        "contact_agreed_on": _("Il giorno in cui ha detto di sì. Senza, la ricevuta si fa lo stesso e si consegna a mano."),
        "address": _("Per chi non ha la posta elettronica: via, CAP e città, una riga ciascuno."),
        "shows_name": _("Solo il nome, mai l'importo. Senza un sì il nome non esce da questo ufficio."),
    }


class DonorForm(_DonorFields, ModelForm):
    class Meta(_DonorMeta):
        pass


class DonorEditForm(_DonorFields, VersionedModelForm):
    class Meta(_DonorMeta):
        pass
