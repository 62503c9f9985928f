"""The diary of contacts."""

from django import forms
from django.utils.translation import gettext_lazy

from impresasolidale.core.forms import Form, Radios

from ..enums import NoteKind


class NoteForm(Form):
    kind = forms.ChoiceField(label=gettext_lazy("Che cosa"), choices=NoteKind.choices, widget=Radios)
    happened_on = forms.DateField(label=gettext_lazy("Quando"))
    with_whom = forms.CharField(label=gettext_lazy("Con chi"), required=False, max_length=120)
    text = forms.CharField(
        label=gettext_lazy("Che cosa vi siete detti"),
        max_length=2000,
        widget=forms.Textarea({"rows": "5"}),
        help_text=gettext_lazy("Dell'impresa, non delle persone: quelle hanno il loro diario."),
    )
    next_step = forms.CharField(
        label=gettext_lazy("Prossimo passo"), required=False, max_length=120, help_text=gettext_lazy("Per esempio: portare la convenzione.")
    )
    next_on = forms.DateField(
        label=gettext_lazy("Entro il"), required=False, help_text=gettext_lazy("Te lo ricordiamo qualche giorno prima.")
    )
