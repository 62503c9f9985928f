"""Forms of requests."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.forms import Form, MoneyField, Radios, VersionedForm, WithAct

from ..models import BenefitRequest
from .common import NOTHING_CHOSEN, Choices, over_zero


class RequestFilter(forms.Form):
    stato = forms.ChoiceField(label=_("Stato"), required=False, choices=[("", _("Tutti")), *BenefitRequest.State.choices])


class RequestForm(Form):
    placement = forms.ChoiceField(label=_("Persona e tirocinio"), help_text=_("Ci sono i tirocini in corso e quelli finiti da poco."))
    kind = forms.ChoiceField(label=_("Che aiuto serve"), choices=BenefitRequest.Kind.choices, widget=Radios)
    amount = MoneyField(label=_("Importo in euro"), max_digits=10)
    quote = forms.CharField(
        label=_("Preventivo o scontrino"),
        max_length=160,
        required=False,
        help_text=_("Solo il riferimento, per esempio «Abbonamento STPS, preventivo 12». Niente notizie sulla salute."),
    )

    def __init__(self, *args: Any, placements: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["placement"].choices = [NOTHING_CHOSEN, *placements]  # type: ignore[attr-defined]

    def clean_amount(self) -> Any:
        return over_zero(self.cleaned_data["amount"])


class DecisionForm(WithAct, VersionedForm):
    decision = forms.ChoiceField(
        label=_("Decisione"), choices=[("grant", _("Concedo l'aiuto")), ("refuse", _("Non lo concedo"))], widget=Radios
    )
    pot = forms.ChoiceField(label=_("Da quale salvadanaio"), required=False, help_text=_("Serve solo se concedi l'aiuto."))
    reason = forms.CharField(
        label=_("Motivo"), required=False, widget=forms.Textarea, help_text=_("Serve se non lo concedi: la persona ha diritto di saperlo.")
    )
    fieldsets = (
        (_("La tua decisione"), ("decision", "pot", "reason")),
        (_("Se ha già deciso la commissione, con un suo atto"), ("act_number", "act_on", "act_file")),
    )

    def __init__(self, *args: Any, pots: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pot"].choices = [NOTHING_CHOSEN, *pots]  # type: ignore[attr-defined]

    def clean(self) -> Any:
        cleaned = super().clean()
        data = self.cleaned_data
        if data.get("decision") == "grant" and not data.get("pot") and "pot" not in self.errors:
            self.add_error("pot", _("Scegli da quale salvadanaio vengono i soldi."))
        return cleaned


class PaymentForm(Form):
    paid_on = forms.DateField(label=_("Versato il"), help_text=_("Il giorno in cui i soldi sono usciti."))
