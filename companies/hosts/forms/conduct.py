"""That a company agrees to the rules of welcoming."""

from django import forms
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.forms import Form


class YesForm(Form):
    agreed = forms.BooleanField(label=_("Le abbiamo lette e siamo d’accordo"))


class NoteYesForm(Form):
    said_by = forms.CharField(label=_("Chi ha detto di sì"), max_length=120)
    accepted_on = forms.DateField(label=_("Quando"))
