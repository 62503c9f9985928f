"""Forms of the page of the fund and of its pots."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.forms import Form
from impresasolidale.treasury.selectors import PotBalance


class MovementFilter(forms.Form):
    salvadanaio = forms.ChoiceField(label=_("Salvadanaio"), required=False)
    fino_al = forms.DateField(label=_("Fino al"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *args: Any, pots: Iterable[PotBalance], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["salvadanaio"].choices = [("", _("Tutti")), *((str(p.pot.public_id), p.pot.name) for p in pots)]  # type: ignore[attr-defined]


class PotForm(Form):
    name = forms.CharField(label=_("Nome"), max_length=120, help_text=_("Per esempio: «Trasporti», oppure «Fondo comune»."))
    purpose = forms.CharField(
        label=_("A cosa serve"), max_length=200, required=False, help_text=_("Che cosa ha chiesto chi dona. Compare nella pagina pubblica.")
    )
