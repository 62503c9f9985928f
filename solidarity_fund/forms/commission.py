"""Forms of the commission."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.forms import Checks, Form, MoneyField, Radios

from ..enums import IMPOSED, Conflict, Verdict
from .common import NOTHING_CHOSEN, OTHER_POT, Choices


class SittingForm(Form):
    held_on = forms.DateField(label=_("Giorno"))
    starts_at = forms.TimeField(label=_("Ora"), required=False)
    place = forms.CharField(label=_("Dove"), max_length=120)
    president = forms.ChoiceField(label=_("Chi presiede"), help_text=_("Approva il verbale: lo scrive un'altra persona."))

    def __init__(self, *args: Any, people: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["president"].choices = [NOTHING_CHOSEN, *people]  # type: ignore[attr-defined]


class PresentForm(Form):
    present = forms.MultipleChoiceField(label=_("Chi è presente"), widget=Checks, required=False)

    def __init__(self, *args: Any, people: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["present"].choices = list(people)  # type: ignore[attr-defined]


class AgendaForm(Form):
    requests = forms.MultipleChoiceField(label=_("Richieste da aggiungere"), widget=Checks)

    def __init__(self, *args: Any, choices: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["requests"].choices = list(choices)  # type: ignore[attr-defined]


class OpinionForm(Form):
    verdict = forms.ChoiceField(label=_("Il tuo parere"), choices=Verdict.choices, widget=Radios)
    amount = MoneyField(label=_("Importo che proponi"), required=False, help_text=_("Solo se è un altro."))
    reason = forms.CharField(
        label=_("Perché"), max_length=300, widget=forms.Textarea, help_text=_("Due righe. Niente notizie sulla salute.")
    )


class AsideForm(Form):
    reason = forms.ChoiceField(
        label=_("Perché ti astieni"),
        choices=[(code, label) for code, label in Conflict.choices if code not in IMPOSED],
        widget=Radios,
    )


class VotesForm(Form):
    """The votes of those who are there and may vote, in one go; whoever has voted already is not asked."""

    def __init__(self, *args: Any, people: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, name in people:
            self.fields[f"vote_{code}"] = forms.ChoiceField(
                label=name, choices=[("yes", _("a favore")), ("no", _("contro"))], widget=Radios, required=False
            )

    @property
    def votes(self) -> dict[int, bool]:
        return {int(name.removeprefix("vote_")): value == "yes" for name, value in self.cleaned_data.items() if value}


class CaseForm(Form):
    pot = forms.ChoiceField(
        label=_("Da quale salvadanaio"), required=False, help_text=_("Serve solo se l'aiuto è concesso."), error_messages=OTHER_POT
    )
    amount = MoneyField(label=_("Importo deciso"), required=False, help_text=_("Vuoto: tutto quello che è stato chiesto."))
    reason = forms.CharField(label=_("Motivazione"), required=False, widget=forms.Textarea, help_text=_("Serve per un no. Va nel verbale."))
    answer = forms.CharField(label=_("Risposta alle osservazioni"), required=False, widget=forms.Textarea)

    def __init__(self, *args: Any, pots: Choices, observed: bool, is_ratify: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pot"].choices = [NOTHING_CHOSEN, *pots]  # type: ignore[attr-defined]
        if not observed:
            del self.fields["answer"]
        if is_ratify:
            del self.fields["pot"]
            del self.fields["amount"]
