"""A place of work: what is written of it, and its end."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.core.forms import Checks, Folded, Form, VersionedForm
from impresasolidale.territory.forms import ComuneField

from ..enums import Facility
from ..models import Site
from ..rules import point_of

SITE = ("name", "address", "comune", "directions", "bus_line", "bus_stop", "bus_hours", "facilities", "point")


class SiteFields(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Nome della sede"), max_length=120, help_text=gettext_lazy("Per esempio: laboratorio, magazzino, negozio.")
    )
    address = forms.CharField(label=gettext_lazy("Indirizzo"), max_length=160)
    comune = ComuneField()
    directions = forms.CharField(
        label=gettext_lazy("Come ci si arriva"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Dalla stazione, a piedi, da che parte si entra…"),
    )
    bus_line = forms.CharField(label=gettext_lazy("Linea"), required=False, max_length=60)
    bus_stop = forms.CharField(label=gettext_lazy("Fermata"), required=False, max_length=80)
    bus_hours = forms.CharField(
        label=gettext_lazy("Orari utili"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("Per esempio: arriva 7.48, riparte 12.35."),
    )
    facilities = forms.MultipleChoiceField(label=gettext_lazy("Che cosa c’è"), required=False, choices=Facility.choices, widget=Checks)
    point = forms.CharField(
        label=gettext_lazy("Punto sulla mappa"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("Latitudine e longitudine, come le dà il telefono: 46.16989, 9.87134."),
    )
    fieldsets: Any = (
        (gettext_lazy("Dove si lavora"), ("name", "address", "comune", "directions")),
        (gettext_lazy("Con l’autobus o il treno"), ("bus_line", "bus_stop", "bus_hours")),
        (gettext_lazy("Per entrare e per stare bene"), ("facilities",)),
        Folded((gettext_lazy("Punto sulla mappa"), ("point",))),
    )

    def clean_point(self) -> tuple[Decimal, Decimal] | None:
        text = self.cleaned_data["point"].strip()
        if text and point_of(text) is None:
            raise ValidationError(_("Scrivi due numeri, latitudine e longitudine di un posto in Italia: 46.16989, 9.87134."))
        return point_of(text) if text else None

    @property
    def site(self) -> dict[str, Any]:
        """The columns, for the service."""
        values = {name: self.cleaned_data[name] for name in SITE if name != "point"}
        latitude, longitude = self.cleaned_data["point"] or (None, None)
        return {**values, "latitude": latitude, "longitude": longitude}


class NewSiteForm(SiteFields, Form):
    pass


class EditSiteForm(SiteFields, VersionedForm):
    pass


class CloseSiteForm(Form):
    on = forms.DateField(label=gettext_lazy("Ultimo giorno in cui ci si lavora"))
    reason = forms.CharField(label=gettext_lazy("Perché chiude"), max_length=160)


def site_initial(site: Site) -> dict[str, Any]:
    return {name: getattr(site, name) for name in SITE}
