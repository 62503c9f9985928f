"""Forms of the commission that the fund does not have already."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.forms import Checks, Form, Radios

from ..enums import IMPOSED, Aside


class AgendaForm(Form):
    applications = forms.MultipleChoiceField(label=_("Domande da aggiungere"), widget=Checks)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["applications"].choices = choices  # type: ignore[attr-defined]


class AsideForm(Form):
    reason = forms.ChoiceField(
        label=_("Perché ti astieni"), choices=[(code, label) for code, label in Aside.choices if code not in IMPOSED], widget=Radios
    )


class CaseForm(Form):
    reason = forms.CharField(label=_("Motivazione"), required=False, widget=forms.Textarea, help_text=_("Serve per un no. Va nel verbale."))
    answer = forms.CharField(label=_("Risposta alle osservazioni"), required=False, widget=forms.Textarea)

    def __init__(self, *args: Any, observed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not observed:
            del self.fields["answer"]
