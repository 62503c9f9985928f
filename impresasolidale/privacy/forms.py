"""Forms of the pages of data protection."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.forms import Form
from impresasolidale.core.models import Look


class LookFilter(Form):
    persona = forms.CharField(required=False, widget=forms.HiddenInput)
    chi = forms.ChoiceField(label=_("Chi ha guardato"), required=False)
    tipo = forms.ChoiceField(label=_("Che cosa"), required=False, choices=[("", _("Tutto")), *Look.Kind.choices])
    dal = forms.DateField(label=_("Dal"), required=False)
    al = forms.DateField(label=_("Al"), required=False)
    solo = forms.ChoiceField(
        label=_("Solo"),
        required=False,
        choices=[("", _("Tutti gli accessi")), ("motivo", _("Con un motivo scritto")), ("orario", _("Fuori orario"))],
    )

    def __init__(self, *args: Any, readers: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chi"].choices = [("", _("Tutti")), *((str(u.public_id), str(u)) for u in readers)]  # type: ignore[attr-defined]


class FindPersonForm(Form):
    """By the codice fiscale alone, and by POST: no list of people to look through, no code in an address."""

    codice_fiscale = forms.CharField(label=_("Codice fiscale"), max_length=16, widget=forms.TextInput({"autocomplete": "off"}))
