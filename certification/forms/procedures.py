"""Forms of a procedure and of an appeal."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.forms import Form, Radios
from solidarity_fund.enums import DeliveryWay

from ..enums import AppealOutcome, ProcedureKind, ReasonClass
from ..services.procedures import ASKED
from .ours import ProofForm


def _checked(form: Any) -> Any:
    return ProofForm.clean_file(form) if form.cleaned_data["file"] else None


class GroundsForm(Form):
    grounds = forms.CharField(
        label=_("Perché pensiamo di dire di no"), widget=forms.Textarea, help_text=_("L'impresa lo legge così come lo scrivi.")
    )


class OpenForm(Form):
    kind = forms.ChoiceField(
        label=_("Che cosa proponi"), choices=[c for c in ProcedureKind.choices if c[0] != ProcedureKind.REFUSAL], widget=Radios
    )
    reason_class = forms.ChoiceField(
        label=_("Motivo, in una parola"), choices=[("", "—"), *(c for c in ReasonClass.choices if c[0] not in ASKED)]
    )
    grounds = forms.CharField(
        label=_("I fatti"), widget=forms.Textarea, help_text=_("L'impresa lo legge così come lo scrivi, e ha dieci giorni per rispondere.")
    )


class GiveUpForm(Form):
    reason_class = forms.ChoiceField(
        label=_("Motivo, in una parola"), choices=[c for c in ReasonClass.choices if c[0] in ASKED], widget=Radios
    )
    reason = forms.CharField(label=_("Come l'ha detto l'impresa"), widget=forms.Textarea)


class DeliveryForm(Form):
    on = forms.DateField(label=_("Arrivata il"))
    way = forms.ChoiceField(
        label=_("Come"),
        choices=[c for c in DeliveryWay.choices if c[0] != DeliveryWay.SOCIAL_WORKER],
        widget=Radios,
        initial=DeliveryWay.PEC,
    )
    file = forms.FileField(label=_("Prova della consegna"), help_text=_("La ricevuta della PEC, la cartolina, la firma per ricevuta."))

    clean_file = _checked


class ObservationsForm(Form):
    on = forms.DateField(label=_("Arrivate il"))
    text = forms.CharField(label=_("Che cosa dice l'impresa"), widget=forms.Textarea, required=False)
    file = forms.FileField(label=_("Il suo foglio"), required=False)

    clean_file = _checked


class ConcludeForm(Form):
    reason = forms.CharField(label=_("Perché"), widget=forms.Textarea, help_text=_("Va nella decisione, che l'impresa riceve."))
    answer = forms.CharField(label=_("Risposta alle osservazioni"), required=False, widget=forms.Textarea)

    def __init__(self, *args: Any, observed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not observed:
            del self.fields["answer"]


class AppealForm(Form):
    filed_on = forms.DateField(label=_("Arrivato il"))
    words = forms.CharField(label=_("Che cosa dice l'impresa"), widget=forms.Textarea)
    file = forms.FileField(label=_("Il suo foglio"), required=False)

    clean_file = _checked


class AppealDecisionForm(Form):
    outcome = forms.ChoiceField(
        label=_("Esito"), choices=[c for c in AppealOutcome.choices if c[0] != AppealOutcome.PENDING], widget=Radios
    )
    reason = forms.CharField(label=_("Perché"), widget=forms.Textarea)
