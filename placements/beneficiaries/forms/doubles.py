"""Forms about records that may be one person's."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from impresasolidale.core.forms import Form, Radios

from ..models import DistinctPair
from ._fields import field


class DoubleChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj}, {obj.birth_date:%d/%m/%Y}, {obj.residence}"


class DoubleForm(Form):
    """Which record is the same person's; the one the page stands on is kept."""

    drop = DoubleChoice(None, label=gettext_lazy("Quale scheda è un doppione?"), to_field_name="public_id", empty_label=None, widget=Radios)

    def __init__(self, *args: Any, doubles: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["drop"].queryset = doubles.select_related("residence")  # type: ignore[attr-defined]


class TellApartForm(Form):
    reason = field(
        DistinctPair,
        "reason",
        label=gettext_lazy("Come lo sai?"),
        help_text=gettext_lazy("Per esempio: sono fratelli gemelli, ho controllato i documenti."),
    )


class PairFilters(Form):
    mie = forms.BooleanField(label=gettext_lazy("Solo le mie persone"), required=False)
