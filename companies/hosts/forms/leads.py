"""Companies that came forward by themselves."""

from django import forms
from django.utils.translation import gettext_lazy

from impresasolidale.core.forms import Form

from ..enums import LeadState


class LeadFilter(Form):
    state = forms.ChoiceField(
        label=gettext_lazy("A che punto"),
        required=False,
        choices=[("", gettext_lazy("Quelle aperte")), *LeadState.choices, ("all", gettext_lazy("Tutte"))],
    )


class PostponeForm(Form):
    call_on = forms.DateField(label=gettext_lazy("Risentirla il"), help_text=gettext_lazy("Te lo ricordiamo qualche giorno prima."))


class DeclineForm(Form):
    reason = forms.CharField(
        label=gettext_lazy("Motivo"),
        required=False,  # the service asks for it, in its own words
        max_length=300,
        widget=forms.Textarea({"rows": "3"}),
        help_text=gettext_lazy("Due parole, senza notizie sulle persone: per esempio «non ha nessuno che possa fare da tutor»."),
    )
