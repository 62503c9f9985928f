"""Forms of what was given, and of what was promised."""

from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.forms import CHOOSE, Folded, Form, MoneyField, Radios
from impresasolidale.core.four_eyes import OutsideAct
from impresasolidale.territory.models import Comune

from ..models import BenefitRequest, Contribution, GiftInKind, Pledge
from .common import NOTHING_CHOSEN, Choices, over_zero

SCOPES = (
    ("", _("niente: si usa dove serve")),
    ("kind", _("un tipo di aiuto")),
    ("comune", _("le persone di un comune")),
    ("person", _("una persona precisa")),
)


class AcceptedByAct(Form):
    """The act by which a holder accepts a gift: its number and its day, both or neither. `act` is the act in the data."""

    act_fieldset: ClassVar[tuple[Any, ...]] = Folded((_("L'atto, quando serve"), ("act_number", "act_on")))
    act_number = forms.CharField(label=_("Numero dell'atto"), max_length=60, required=False)
    act_on = forms.DateField(label=_("Data dell'atto"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        number, on = data.get("act_number"), data.get("act_on")
        if bool(number) != bool(on) and "act_on" not in self.errors:
            self.add_error("act_on" if number else "act_number", _("Dell'atto servono il numero e la data."))
        elif on and on > timezone.localdate():
            self.add_error("act_on", _("La data dell'atto è nel futuro."))
        return {**data, "act": OutsideAct(number, on) if number and on else None}


class ContributionForm(AcceptedByAct):
    fieldsets = (
        (_("Il dono"), ("donor", "pot", "amount", "received_on", "way", "reference")),
        Folded((_("La promessa che mantiene"), ("pledge",))),
        Folded((_("Che cosa chiede chi dona"), ("scope", "for_kind", "for_comune", "restriction"))),
        AcceptedByAct.act_fieldset,
    )
    donor = forms.ChoiceField(label=_("Chi ha donato"))
    pot = forms.ChoiceField(label=_("Salvadanaio"))
    amount = MoneyField(label=_("Importo in euro"))
    received_on = forms.DateField(label=_("Ricevuto il"), help_text=_("Il giorno in cui i soldi sono arrivati al tesoriere."))
    way = forms.ChoiceField(label=_("Come è arrivato"), choices=Contribution.Way.choices, required=False)
    reference = forms.CharField(
        label=_("Riferimento"), max_length=120, required=False, help_text=_("Numero del bonifico o della quietanza.")
    )
    pledge = forms.ChoiceField(label=_("Promessa"), required=False)
    scope = forms.ChoiceField(label=_("Ha chiesto che serva a"), choices=SCOPES, required=False)
    for_kind = forms.ChoiceField(
        label=_("Quale aiuto"),
        choices=[("", CHOOSE), *BenefitRequest.Kind.choices],
        required=False,
        help_text=_("Va in un salvadanaio che dà solo questo aiuto."),
    )
    for_comune = forms.ModelChoiceField(
        label=_("Quale comune"),
        queryset=Comune.objects.none(),
        required=False,
        help_text=_("Metti i soldi di un comune in un salvadanaio suo: il programma tiene le parole, a rispettarle è chi tiene il fondo."),
    )
    restriction = forms.CharField(
        label=_("Le sue parole"), max_length=200, required=False, help_text=_("Mai il nome di una persona. Si leggono sulla ricevuta.")
    )

    def __init__(self, *args: Any, donors: Choices, pots: Choices, pledges: Choices = (), comuni: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["donor"].choices = [NOTHING_CHOSEN, *donors]  # type: ignore[attr-defined]
        self.fields["pot"].choices = [NOTHING_CHOSEN, *pots]  # type: ignore[attr-defined]
        self.fields["pledge"].choices = [("", _("nessuna")), *pledges]  # type: ignore[attr-defined]
        if comuni is not None:
            self.fields["for_comune"].queryset = comuni  # type: ignore[attr-defined]

    def clean_amount(self) -> Any:
        return over_zero(self.cleaned_data["amount"])

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        scope = data.get("scope")
        if scope == "kind" and not data.get("for_kind"):
            self.add_error("for_kind", _("Scegli quale aiuto."))
        if scope == "comune" and not data.get("for_comune"):
            self.add_error("for_comune", _("Scegli quale comune."))
        return data


class PledgeFilter(forms.Form):
    stato = forms.ChoiceField(label=_("Stato"), required=False, choices=[("", _("Tutte")), *Pledge.State.choices])


class PledgeForm(Form):
    donor = forms.ChoiceField(label=_("Chi promette"))
    pot = forms.ChoiceField(label=_("Salvadanaio"))
    amount = MoneyField(label=_("Importo promesso in euro"), help_text=_("In tutto, anche quando arriva a rate."))
    first_on = forms.DateField(label=_("Entro il"), help_text=_("Il giorno della prima rata, o dell'unica."))
    parts = forms.IntegerField(label=_("In quante rate"), min_value=1, max_value=60, initial=1)
    every_months = forms.TypedChoiceField(
        label=_("Una rata ogni"),
        coerce=int,
        initial=1,
        choices=[(1, _("mese")), (3, _("tre mesi")), (6, _("sei mesi")), (12, _("anno"))],
    )
    purpose = forms.CharField(label=_("Per che cosa"), max_length=200, required=False)

    def __init__(self, *args: Any, donors: Choices, pots: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["donor"].choices = [NOTHING_CHOSEN, *donors]  # type: ignore[attr-defined]
        self.fields["pot"].choices = [NOTHING_CHOSEN, *pots]  # type: ignore[attr-defined]

    def clean_amount(self) -> Any:
        return over_zero(self.cleaned_data["amount"])


# --- Goods


class GoodsFilter(forms.Form):
    aiuto = forms.ChoiceField(label=_("Per quale aiuto"), required=False, choices=[("", _("Tutti")), *BenefitRequest.Kind.choices])
    disponibili = forms.BooleanField(label=_("Solo quelli disponibili"), required=False)


class GoodsForm(Form):
    fieldsets = (
        (_("Che cosa"), ("donor", "description", "kind", "quantity", "received_on")),
        (_("Quanto vale"), ("unit_value", "valued_by", "valued_note")),
    )
    donor = forms.ChoiceField(label=_("Chi ha donato"))
    description = forms.CharField(label=_("Che cosa"), max_length=160, help_text=_("Per esempio: «Scarpe antinfortunistiche, numero 42»."))
    kind = forms.ChoiceField(label=_("Per quale aiuto"), choices=[("", CHOOSE), *BenefitRequest.Kind.choices])
    quantity = forms.IntegerField(label=_("Quanti pezzi"), min_value=1, max_value=100_000)
    received_on = forms.DateField(label=_("Ricevuto il"))
    unit_value = MoneyField(label=_("Valore di un pezzo in euro"))
    valued_by = forms.ChoiceField(label=_("Come è stato valutato"), choices=GiftInKind.Valued.choices, widget=Radios)
    valued_note = forms.CharField(
        label=_("Riferimento"), max_length=160, required=False, help_text=_("Numero della fattura, listino, o come si è stimato.")
    )

    def __init__(self, *args: Any, donors: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["donor"].choices = [NOTHING_CHOSEN, *donors]  # type: ignore[attr-defined]


class PiecesForm(Form):
    request = forms.ChoiceField(label=_("Per quale richiesta"))
    quantity = forms.IntegerField(label=_("Quanti pezzi"), min_value=1, initial=1)

    def __init__(self, *args: Any, requests: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["request"].choices = [NOTHING_CHOSEN, *requests]  # type: ignore[attr-defined]
