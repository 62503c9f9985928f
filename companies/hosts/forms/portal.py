"""Forms of a company's portal: colleagues, corrections, expenses."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.permissions import Role
from impresasolidale.core.forms import Form, MoneyField, Radios
from impresasolidale.territory.forms import ComuneField

from ..enums import ExpenseKind, ExpensePayer
from ..models.companies import LONGEST_REST


class ColleagueForm(Form):
    first_name = forms.CharField(label=gettext_lazy("Nome"), max_length=80)
    last_name = forms.CharField(label=gettext_lazy("Cognome"), max_length=80)
    email = forms.EmailField(
        label=gettext_lazy("Posta elettronica"), help_text=gettext_lazy("Il suo indirizzo di lavoro: lo usa per entrare.")
    )
    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Che cosa fa"),
        choices=[
            (Role.COMPANY_CONTACT.value, gettext_lazy("Referente: vede le carte dell'impresa, i posti, i dati")),
            (Role.COMPANY_TUTOR.value, gettext_lazy("Tutor: segue le persone accolte e segna le presenze")),
        ],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Scegli almeno un ruolo.")},
    )


class DataForm(Form):
    """The data a company may ask to correct."""

    representative = forms.CharField(
        label=gettext_lazy("Legale rappresentante"), required=False, max_length=120, help_text=gettext_lazy("Chi firma per l'impresa.")
    )
    address = forms.CharField(label=gettext_lazy("Indirizzo"), max_length=160, help_text=gettext_lazy("Via e numero."))
    comune = ComuneField()
    email = forms.EmailField(label=gettext_lazy("Posta elettronica"), required=False)
    pec = forms.EmailField(label=gettext_lazy("PEC"), required=False)
    phone = forms.CharField(label=gettext_lazy("Telefono"), required=False, max_length=30)
    note = forms.CharField(
        label=gettext_lazy("Perché cambia"), required=False, max_length=300, help_text=gettext_lazy("Per esempio: nuovo amministratore.")
    )
    fieldsets: Any = (
        (gettext_lazy("Chi firma"), ("representative",)),
        (gettext_lazy("Dove siete e come sentirvi"), ("address", "comune", "email", "pec", "phone")),
    )

    @property
    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "note"}


class ExpenseForm(Form):
    kind = forms.ChoiceField(label=gettext_lazy("Che cosa"), choices=[("", "—"), *ExpenseKind.choices])
    amount = MoneyField(label=gettext_lazy("Quanto, in euro"), min_value=Decimal("0.01"), max_value=Decimal(100_000))
    payer = forms.ChoiceField(
        label=gettext_lazy("Chi ha pagato alla fine"),
        choices=ExpensePayer.choices,
        widget=Radios,
        help_text=gettext_lazy("Se l'ente ha rimborsato l'impresa, ha pagato l'ente."),
        error_messages={"required": gettext_lazy("Scegli chi ha pagato.")},
    )
    spent_on = forms.DateField(label=gettext_lazy("Quando"))
    paper = forms.CharField(
        label=gettext_lazy("Carta"), required=False, max_length=120, help_text=gettext_lazy("Fattura o ricevuta: numero e data.")
    )
    words = forms.CharField(
        label=gettext_lazy("Nota"), required=False, max_length=200, help_text=gettext_lazy("Niente notizie sulle persone.")
    )

    @property
    def values(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        return {"cents": int(data.pop("amount") * 100), **data}


class ExpensesFilter(Form):
    ambito: Any = forms.ModelChoiceField(None, label=gettext_lazy("Ambito"), required=False, empty_label=gettext_lazy("Tutti"))
    payer = forms.ChoiceField(
        label=gettext_lazy("Chi ha pagato"), required=False, choices=[("", gettext_lazy("Tutti")), *ExpensePayer.choices]
    )
    kind = forms.ChoiceField(label=gettext_lazy("Che cosa"), required=False, choices=[("", gettext_lazy("Tutto")), *ExpenseKind.choices])
    year = forms.IntegerField(label=gettext_lazy("Anno"), required=False, min_value=2000, max_value=2100)

    def __init__(self, *args: Any, ambiti: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ambito"].queryset = ambiti  # type: ignore[attr-defined]


class RestForm(Form):
    rest_months = forms.IntegerField(
        label=gettext_lazy("Mesi di pausa"),
        required=False,
        min_value=0,
        max_value=LONGEST_REST,
        help_text=gettext_lazy("Finito un tirocinio, dopo quanti mesi possiamo chiedervi se siete di nuovo pronti. Vuoto: tre."),
    )
