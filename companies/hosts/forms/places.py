"""Places, and what a company says when it is asked."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from impresasolidale.core.forms import Form, Radios, VersionedForm
from impresasolidale.territory.forms import ComuneField

from ..enums import HostingAnswer, HostingReason


class PlacesFields(forms.Form):
    places = forms.IntegerField(
        label=gettext_lazy("Quante persone insieme"), min_value=1, max_value=200, help_text=gettext_lazy("Quelle di oggi comprese.")
    )
    starts_on = forms.DateField(label=gettext_lazy("Dal"))
    ends_on = forms.DateField(label=gettext_lazy("Al"), required=False, help_text=gettext_lazy("Vuoto: finché l'impresa non dice altro."))
    words = forms.CharField(
        label=gettext_lazy("Per che cosa"),
        required=False,
        max_length=160,
        help_text=gettext_lazy("Per esempio: magazzino, solo al mattino."),
    )


class NewPlacesForm(PlacesFields, Form):
    site: Any = forms.ModelChoiceField(label=gettext_lazy("Sede"), queryset=None)
    field_order = ("site", "places", "starts_on", "ends_on", "words")

    def __init__(self, *args: Any, sites: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = sites  # type: ignore[attr-defined]
        if len(sites) == 1:
            self.fields["site"].initial = sites[0].pk


class EditPlacesForm(PlacesFields, VersionedForm):
    pass


class PlacesFilter(Form):
    ambito: Any = forms.ModelChoiceField(None, label=gettext_lazy("Ambito"), required=False, empty_label=gettext_lazy("Tutti"))
    comune = ComuneField(required=False)
    free = forms.BooleanField(label=gettext_lazy("Solo con un posto libero oggi"), required=False)

    def __init__(self, *args: Any, ambiti: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ambito"].queryset = ambiti  # type: ignore[attr-defined]


class InterestForm(Form):
    answer = forms.ChoiceField(
        label=gettext_lazy("Accoglierebbe qualcuno?"),
        choices=HostingAnswer.choices,
        widget=Radios,
        error_messages={"required": gettext_lazy("Scegli che cosa ha risposto.")},
    )
    reason = forms.ChoiceField(
        label=gettext_lazy("Motivo"),
        choices=[("", "—"), *HostingReason.choices],
        required=False,
        help_text=gettext_lazy("Per «non adesso» e per «no»."),
    )
    call_on = forms.DateField(
        label=gettext_lazy("Risentirla il"),
        required=False,
        help_text=gettext_lazy("Per «non adesso»: te lo ricordiamo qualche giorno prima."),
    )
    said_on = forms.DateField(label=gettext_lazy("Ha risposto il"))
    said_by = forms.CharField(label=gettext_lazy("Con chi hai parlato"), required=False, max_length=120)
    words = forms.CharField(
        label=gettext_lazy("Con parole sue"), required=False, max_length=300, widget=forms.Textarea({"rows": "3"}),
        help_text=gettext_lazy("Niente notizie sulle persone."),
    )  # fmt: skip
