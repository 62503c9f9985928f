"""Forms of who holds the fund and of what its receipts say."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.forms import Folded, Form, Radios

from ..giving_rules import AUX_APPLICATION, AUX_SEGREGATED
from ..models import FundHolder
from .common import NOTHING_CHOSEN, Choices


class HolderForm(Form):
    fieldsets = (
        (_("Chi tiene il fondo"), ("body", "valid_from", "act_number", "act_on")),
        (_("Come entrano i soldi"), ("way_in", "iban")),
        Folded((_("Per chi ha un tesoriere: pagoPA e giornale di cassa"), ("pagopa_aux", "pagopa_code", "pagopa_url", "cash_account"))),
        (_("Che cosa serve"), ("receives_by_act",)),
    )
    body = forms.ChoiceField(label=_("Ente"))
    valid_from = forms.DateField(label=_("Dal"))
    act_number = forms.CharField(label=_("Numero dell'atto"), max_length=60, help_text=_("L'atto che affida il fondo all'ente."))
    act_on = forms.DateField(label=_("Data dell'atto"))
    way_in = forms.ChoiceField(label=_("Come entrano i soldi"), choices=FundHolder.Way.choices, widget=Radios)
    iban = forms.CharField(
        label=_("IBAN del conto"), max_length=42, required=False, help_text=_("Solo per il conto in banca. Lo legge chi vuole donare.")
    )
    pagopa_aux = forms.ChoiceField(
        label=_("Aux digit"),
        required=False,
        choices=[(AUX_SEGREGATED, _("3: con codice di segregazione")), (AUX_APPLICATION, _("0: con codice applicativo"))],
    )
    pagopa_code = forms.CharField(
        label=_("Codice di segregazione o applicativo"),
        max_length=2,
        required=False,
        help_text=_("Due cifre, le dà l'ente a chi emette i suoi avvisi. Vuoto: niente avvisi pagoPA."),
    )
    pagopa_url = forms.URLField(label=_("Pagina per pagare l'avviso"), required=False, assume_scheme="https")
    cash_account = forms.CharField(
        label=_("Conto di evidenza del fondo"),
        max_length=30,
        required=False,
        help_text=_(
            "Se il tesoriere ne tiene uno per il fondo. Senza, dal giornale di cassa si leggono solo le righe con un nostro riferimento."
        ),
    )
    receives_by_act = forms.BooleanField(label=_("Per accettare un dono serve un atto"), required=False)

    def __init__(self, *args: Any, bodies: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].choices = [NOTHING_CHOSEN, *bodies]  # type: ignore[attr-defined]

    def clean_pagopa_code(self) -> str:
        code = str(self.cleaned_data["pagopa_code"]).strip()
        if code and not (code.isascii() and code.isdigit() and len(code) == 2):
            raise forms.ValidationError(_("Sono due cifre, per esempio 01."))
        return code


class WordingForm(Form):
    fieldsets = (
        (_("Le parole"), ("valid_from", "text")),
        Folded((_("Agevolazioni fiscali, solo con la fonte"), ("tax_text", "tax_source"))),
    )
    valid_from = forms.DateField(label=_("Dal"))
    text = forms.CharField(label=_("Parole della ricevuta"), max_length=600, widget=forms.Textarea)
    tax_text = forms.CharField(label=_("Parole sulle agevolazioni fiscali"), max_length=600, widget=forms.Textarea, required=False)
    tax_source = forms.CharField(
        label=_("Fonte"),
        max_length=200,
        required=False,
        help_text=_("La norma, e chi l'ha verificata per questo ente. Si legge sulla ricevuta."),
    )
