"""Forms of a person's procedure."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.forms import Form, Radios, VersionedForm

from ..enums import DeliveryWay
from .common import Choices
from .requests import FILE_HELP, clean_file


class GroundsForm(Form):
    grounds = forms.CharField(
        label=_("Perché pensiamo di dire di no"),
        widget=forms.Textarea,
        help_text=_("Parole semplici, rivolte alla persona: le legge così come le scrivi."),
    )


class ResponsibleForm(VersionedForm):
    responsible = forms.ChoiceField(label=_("Responsabile del procedimento"))

    def __init__(self, *args: Any, people: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["responsible"].choices = list(people)  # type: ignore[attr-defined]


class DeliveryForm(Form):
    on = forms.DateField(label=_("Ricevuta dalla persona il"))
    way = forms.ChoiceField(label=_("Come"), choices=DeliveryWay.choices, widget=Radios)
    file = forms.FileField(label=_("Prova della consegna"), help_text=_("La firma per ricevuta, la cartolina, la ricevuta della PEC."))

    def clean_file(self) -> Any:
        return clean_file(self.cleaned_data["file"])


class ObservationsForm(Form):
    on = forms.DateField(label=_("Arrivate il"))
    text = forms.CharField(label=_("Che cosa dice la persona"), widget=forms.Textarea, required=False)
    file = forms.FileField(label=_("Il suo foglio"), required=False, help_text=FILE_HELP)

    def clean_file(self) -> Any:
        return clean_file(self.cleaned_data["file"])
