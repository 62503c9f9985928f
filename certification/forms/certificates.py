"""Forms of the recognitions that were given."""

from django import forms
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.forms import Form

from ..enums import CertificateState


class Search(Form):
    q = forms.CharField(label=_("Impresa"), required=False, max_length=80)
    state = forms.ChoiceField(label=_("Stato"), required=False, choices=[("", _("Tutti")), *CertificateState.choices])
