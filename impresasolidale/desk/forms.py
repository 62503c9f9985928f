"""Forms of the desk."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.forms import Form, Radios
from impresasolidale.core.messages import next_states
from impresasolidale.core.models import Message


class MuteForm(Form):
    until = forms.DateField(label=_("Fino al"), help_text=_("Dal giorno dopo i promemoria arrivano di nuovo, da soli."))
    reason = forms.CharField(
        label=_("Motivo"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("In breve, senza dati sulla salute: per esempio «fuori casa fino a settembre»."),
    )


class DeliveryForm(Form):
    """Only what may follow from the message's state is offered."""

    state = forms.ChoiceField(label=_("Che cosa è successo"), widget=Radios)
    words = forms.CharField(label=_("Perché è tornato indietro"), max_length=200, required=False)

    def __init__(self, *args: Any, message: Message, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [(s.value, s.label.capitalize()) for s in next_states(message)]  # type: ignore[attr-defined]
