"""A closure."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from impresasolidale.core.forms import Form


class ClosureForm(Form):
    starts_on = forms.DateField(label=gettext_lazy("Primo giorno di chiusura"))
    ends_on = forms.DateField(label=gettext_lazy("Ultimo giorno di chiusura"))
    site: Any = forms.ModelChoiceField(label=gettext_lazy("Sede"), queryset=None, required=False, empty_label=gettext_lazy("tutte le sedi"))
    words = forms.CharField(
        label=gettext_lazy("Motivo"),
        max_length=60,
        help_text=gettext_lazy("Poche parole, per esempio: chiusura estiva, ponte, inventario."),
    )

    def __init__(self, *args: Any, sites: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = sites  # type: ignore[attr-defined]
