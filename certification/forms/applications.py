"""Forms of the applications."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.forms import Form, Radios, WithAct
from impresasolidale.core.transitions import Transition

from ..enums import ApplicationState


class Search(Form):
    q = forms.CharField(label=_("Impresa"), required=False, max_length=80)
    state = forms.ChoiceField(label=_("Stato"), required=False, choices=[("", _("Tutti")), *ApplicationState.choices])


class Propose(Form):
    company = forms.UUIDField(widget=forms.HiddenInput)


class Decide(WithAct):
    """`steps`: what may be decided now. The outside act is asked only of who checked: somebody else is the second key otherwise."""

    decision = forms.ChoiceField(label=_("Decisione"), widget=Radios)
    reason = forms.CharField(
        label=_("Motivo"),
        required=False,
        widget=forms.Textarea(attrs={"rows": "3"}),
        help_text=_("Serve quando la decisione non è favorevole."),
    )
    act_number = forms.CharField(
        label=_("Numero dell'atto"),
        required=False,
        max_length=60,
        help_text=_("La verifica l'hai fatta tu: per decidere da solo serve un atto, per esempio il verbale della commissione."),
    )
    answer = forms.CharField(label=_("Risposta alle osservazioni"), required=False, widget=forms.Textarea(attrs={"rows": "3"}))
    field_order = ("decision", "reason", "answer", "act_number", "act_on", "act_file")

    def __init__(self, *args: Any, steps: list[Transition], own: bool, observed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decision"].choices = [(s.name, s.label) for s in steps]  # type: ignore[attr-defined]
        if len(steps) == 1:
            self.initial["decision"] = steps[0].name
        if not observed:
            del self.fields["answer"]
        if not own:
            del self.fields["act_number"], self.fields["act_on"], self.fields["act_file"]
