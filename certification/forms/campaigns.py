"""Forms of the campaigns."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.forms import Form, Radios, VersionedForm

from ..models import SchemeVersion

WHOM = (
    ("without", _("le imprese che accolgono e non hanno un riconoscimento")),
    ("expiring", _("quelle il cui riconoscimento sta per finire")),
    ("hosts", _("tutte le imprese che hanno accolto qualcuno")),
)


def _name() -> forms.Field:
    return forms.CharField(label=_("Nome"), max_length=120)


class _Days(Form):
    opens_on = forms.DateField(label=_("Si apre il"))
    closes_on = forms.DateField(label=_("Si chiude il"), required=False, help_text=_("Vuoto: resta aperta tutto l'anno."))
    decides_by = forms.DateField(label=_("Decisione entro il"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first, last = data.get("opens_on"), data.get("closes_on")
        if first and last and last < first:
            self.add_error("closes_on", _("La chiusura viene dopo l'apertura."))
        return data


class NewCampaign(_Days):
    name = _name()
    scheme = forms.ChoiceField(label=_("Schema"))
    field_order = ("name", "scheme", "opens_on", "closes_on", "decides_by")

    def __init__(self, *args: Any, schemes: Iterable[SchemeVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scheme"].choices = [(str(s.public_id), f"{s.name} ({s.version})") for s in schemes]  # type: ignore[attr-defined]


class EditCampaign(VersionedForm, _Days):
    name = _name()
    field_order = ("name", "opens_on", "closes_on", "decides_by")


class Invite(Form):
    whom = forms.ChoiceField(label=_("Chi invitare"), choices=WHOM, widget=Radios)
