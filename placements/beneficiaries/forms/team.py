"""Forms about who follows the person and about double records."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.models import User
from impresasolidale.core.forms import CHOOSE, Form, Radios

from .. import selectors
from ..enums import CareRole


class CareMemberForm(Form):
    user = forms.ModelChoiceField(User.objects.none(), label=gettext_lazy("Collega"), empty_label=CHOOSE)
    role = forms.ChoiceField(label=gettext_lazy("Ruolo"), choices=CareRole.choices, widget=Radios)

    def __init__(self, *args: Any, access: Access, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = selectors.possible_members(access, on=on)  # type: ignore[attr-defined]


class DoubleChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj}, {obj.birth_date:%d/%m/%Y}, {obj.residence}"


class DoubleForm(Form):
    """Which record is the same person's; the one the page stands on is kept."""

    drop = DoubleChoice(None, label=gettext_lazy("Quale scheda è un doppione?"), to_field_name="public_id", empty_label=None, widget=Radios)

    def __init__(self, *args: Any, doubles: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["drop"].queryset = doubles.select_related("residence")  # type: ignore[attr-defined]
