"""Forms of the proofs of spending, for a phone."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.forms import Form, MoneyField

from .common import over_zero
from .requests import FILE_HELP, clean_file


class ProofForm(Form):
    amount = MoneyField(label=_("Quanto dice lo scontrino, in euro"), max_digits=10)
    spent_on = forms.DateField(label=_("Speso il"))
    file = forms.FileField(label=_("Foto o PDF dello scontrino"), help_text=FILE_HELP)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].widget.attrs["accept"] = "image/jpeg,image/png,application/pdf"

    def clean_amount(self) -> Any:
        return over_zero(self.cleaned_data["amount"])

    def clean_file(self) -> Any:
        return clean_file(self.cleaned_data["file"])


class BackForm(Form):
    amount = MoneyField(label=_("Quanto è tornato, in euro"), max_digits=10)
    received_on = forms.DateField(label=_("Tornati il"))
    receipt = forms.CharField(label=_("Numero della quietanza"), max_length=60)

    def clean_amount(self) -> Any:
        return over_zero(self.cleaned_data["amount"])


class VoucherForm(Form):
    code = forms.CharField(label=_("Codice del buono"), max_length=14)
    used_on = forms.DateField(label=_("Usato il"))
