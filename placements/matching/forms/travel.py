"""A travel time that somebody knows."""

from django import forms
from django.utils.translation import gettext_lazy

from impresasolidale.core.forms import Form
from impresasolidale.territory.forms import ComuneField

from ..models import MOST_MINUTES


class TravelForm(Form):
    origin = ComuneField(label=gettext_lazy("Da"))
    destination = ComuneField(label=gettext_lazy("A"))
    minutes = forms.IntegerField(label=gettext_lazy("Minuti, sola andata"), min_value=1, max_value=MOST_MINUTES)
    source = forms.CharField(
        label=gettext_lazy("Da dove lo sai"),
        max_length=80,
        help_text=gettext_lazy("Per esempio: «autobus C10, orario invernale» o «provato in auto il 12 novembre»."),
    )
