"""Forms about how a person gets her money."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.access import Access
from impresasolidale.core.forms import CHOOSE, Form, Radios
from impresasolidale.territory.models import Body
from impresasolidale.territory.selectors import bodies_around

from .. import selectors
from ..enums import PaymentKind
from ..models import Beneficiary, Representative


class PaymentWayForm(Form):
    fieldsets = (
        (gettext_lazy("Come"), ("kind", "valid_from")),
        (gettext_lazy("Il conto"), ("iban", "holder", "holder_code")),
        (gettext_lazy("Chi tiene il conto, o anticipa"), ("representative", "body")),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Come riceve i soldi"), choices=PaymentKind.choices, widget=Radios)
    valid_from = forms.DateField(
        label=gettext_lazy("Dal"), help_text=gettext_lazy("Da questo giorno si usa il modo nuovo; quello di prima finisce il giorno prima.")
    )
    iban = forms.CharField(
        label=gettext_lazy("IBAN"), max_length=42, required=False,
        help_text=gettext_lazy("Per i contanti non serve. Gli spazi non contano."),
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    holder = forms.CharField(
        label=gettext_lazy("Intestato a, oppure chi riceve"), max_length=120, required=False,
        help_text=gettext_lazy("Se il conto è della persona, lascia vuoto: mettiamo il suo nome."),
    )  # fmt: skip
    holder_code = forms.CharField(
        label=gettext_lazy("Codice fiscale o partita IVA di chi riceve"), max_length=20, required=False,
        help_text=gettext_lazy("Serve per i contanti e per un fornitore."),
    )  # fmt: skip
    representative = forms.ModelChoiceField(
        label=gettext_lazy("Rappresentante"), queryset=Representative._base_manager.none(), required=False, empty_label=CHOOSE,
        help_text=gettext_lazy("Solo chi, per decreto, può ricevere il denaro."),
    )  # fmt: skip
    body = forms.ModelChoiceField(
        label=gettext_lazy("Chi anticipa i soldi"), queryset=Body.objects.none(), required=False, empty_label=CHOOSE,
        help_text=gettext_lazy("La cooperativa li dà alla persona e l’ente la rimborsa."),
    )  # fmt: skip

    def __init__(self, *args: Any, access: Access, on: date, beneficiary: Beneficiary, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["representative"].queryset = selectors.representatives_of(beneficiary)
        fields["body"].queryset = bodies_around(access.network_id, access.ambito_id)


class WithdrawWayForm(Form):
    reason = forms.CharField(
        label=gettext_lazy("Perché"), max_length=200, required=False, help_text=gettext_lazy("Per esempio: «IBAN di un’altra persona».")
    )
