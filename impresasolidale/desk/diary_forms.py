"""Forms of the diary."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from impresasolidale.core.forms import Form, Radios
from placements.beneficiaries.enums import DiaryKind

from .timeline import KINDS


class TimelineFilters(Form):
    cosa = forms.ChoiceField(label=gettext_lazy("Che cosa"), choices=KINDS, required=False)


class PlacementChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.company}, {obj.starts_on:%d/%m/%Y}"


class EntryForm(Form):
    """One entry of the diary, or its correction."""

    kind = forms.ChoiceField(label=gettext_lazy("Che cosa"), choices=DiaryKind.choices, widget=Radios)
    happened_at = forms.DateTimeField(label=gettext_lazy("Quando"))
    text = forms.CharField(
        label=gettext_lazy("Che cosa è successo"),
        max_length=4000,
        widget=forms.Textarea({"rows": 5}),
        help_text=gettext_lazy(
            "Solo i fatti del tirocinio: chi hai sentito, che cosa avete deciso."
            " Salute, famiglia e altre notizie stanno nella cartella sociale."
        ),
    )
    about = PlacementChoice(
        None, label=gettext_lazy("Di quale tirocinio"), required=False, empty_label=gettext_lazy("Di nessuno in particolare")
    )

    def __init__(self, *args: Any, placements: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["about"].queryset = placements  # type: ignore[attr-defined]
        self.fields["about"].to_field_name = "public_id"  # type: ignore[attr-defined]
        if not placements:
            del self.fields["about"]
