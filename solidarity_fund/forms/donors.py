"""Forms of donors and of what they gave."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from impresasolidale.core import validators
from impresasolidale.core.forms import Form, ModelForm, MoneyField, VersionedModelForm

from ..models import Donor
from .common import NOTHING_CHOSEN, Choices, over_zero


class DonorFilter(forms.Form):
    nome = forms.CharField(label=_("Nome"), required=False, max_length=80)


class _DonorFields:
    fieldsets: Sequence[tuple[Any, Sequence[str]]] = (
        (_("Chi dona"), ("kind", "name", "tax_code", "email")),
        (_("Nella pagina pubblica"), ("shows_name",)),
    )

    def clean_tax_code(self) -> str:
        code = self.cleaned_data["tax_code"].strip()  # type: ignore[attr-defined]
        if not code:
            return ""
        if code.isdigit():
            return validators.tax_code_of_body(code)
        return validators.partita_iva(code) if len(code) < 16 else validators.codice_fiscale(code).code


class _DonorMeta:
    model = Donor
    fields = ["kind", "name", "tax_code", "email", "shows_name"]
    help_texts = {
        "name": _("Per chi non vuole farsi conoscere basta «Anonimo»."),
        "shows_name": _("Solo il nome, mai l'importo. Senza un sì il nome non esce da questo ufficio."),
    }


class DonorForm(_DonorFields, ModelForm):
    class Meta(_DonorMeta):
        pass


class DonorEditForm(_DonorFields, VersionedModelForm):
    class Meta(_DonorMeta):
        pass


class ContributionForm(Form):
    donor = forms.ChoiceField(label=_("Chi ha donato"))
    pot = forms.ChoiceField(label=_("Salvadanaio"))
    amount = MoneyField(label=_("Importo in euro"))
    received_on = forms.DateField(label=_("Ricevuto il"), help_text=_("Il giorno in cui i soldi sono arrivati al tesoriere."))
    reference = forms.CharField(
        label=_("Riferimento"), max_length=120, required=False, help_text=_("Numero del bonifico o della quietanza.")
    )

    def __init__(self, *args: Any, donors: Choices, pots: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["donor"].choices = [NOTHING_CHOSEN, *donors]  # type: ignore[attr-defined]
        self.fields["pot"].choices = [NOTHING_CHOSEN, *pots]  # type: ignore[attr-defined]

    def clean_amount(self) -> Any:
        return over_zero(self.cleaned_data["amount"])
