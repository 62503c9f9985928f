"""Form fields over reference data."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.core.forms import Suggest

from .models import Comune
from .selectors import comuni_named, search_comuni


class ComuneField(forms.CharField):
    """A present comune of Italy, typed by name ("Sondrio", "sondrio (SO)") with suggestions; cleans to a Comune."""

    default_error_messages = {"required": gettext_lazy("Scrivi il comune.")}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", gettext_lazy("Comune"))
        super().__init__(**{"max_length": 120, "widget": Suggest(reverse_lazy("territory:comuni")), **kwargs})

    def prepare_value(self, value: Any) -> Any:
        return str(value) if isinstance(value, Comune) else value

    def clean(self, value: Any) -> Comune | None:
        text = super().clean(value)
        if not text:
            return None
        name, province = re.fullmatch(r"(.*?)\s*(?:\(([A-Za-z]{2})\))?", " ".join(text.split())).groups()  # type: ignore[union-attr]
        found = comuni_named(name, province or "")
        if len(found) == 1:
            return found[0]
        near = ", ".join(map(str, found or search_comuni(name, 3)))
        if found:
            raise ValidationError(_("Ci sono più comuni con questo nome: %(near)s. Scrivi anche la provincia.") % {"near": near})
        if near:
            raise ValidationError(_("Non trovo questo comune. Forse intendevi: %(near)s?") % {"near": near})
        raise ValidationError(_("Non trovo questo comune. Controlla come si scrive."))
