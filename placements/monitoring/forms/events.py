"""Forms about what happens and is no accident."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.forms import Checks, Form, Radios, VersionedForm

from ..visit_enums import EventKind, Severity, Told


class TellEventForm(Form):
    """The phone's: three things."""

    kind = forms.ChoiceField(label=_("Che cosa è successo"), choices=EventKind, widget=Radios)
    happened_on = forms.DateField(label=_("Quando"))
    text = forms.CharField(label=_("Raccontalo in breve"), widget=forms.Textarea, max_length=2000)


class EventForm(VersionedForm):
    """The office's: all that is known. Nobody is hurt: else it is an accident."""

    kind = forms.ChoiceField(label=_("Che cosa"), choices=EventKind, widget=Radios)
    severity = forms.ChoiceField(label=_("Quanto pesa"), choices=Severity, widget=Radios)
    happened_on = forms.DateField(label=_("Giorno"))
    text = forms.CharField(label=_("Che cosa è successo"), widget=forms.Textarea, max_length=3000)
    informed = forms.MultipleChoiceField(label=_("Chi è stato avvisato"), choices=Told, widget=Checks, required=False)
    decided = forms.CharField(label=_("Che cosa si è deciso"), widget=forms.Textarea, max_length=2000, required=False)
    follow_up_on = forms.DateField(label=_("Da rivedere il"), required=False)
    fieldsets = (
        (_("Che cosa è successo"), ("kind", "severity", "happened_on", "text")),
        (_("Che cosa si è fatto"), ("informed", "decided", "follow_up_on")),
    )


class EventFilters(Form):
    tipo = forms.ChoiceField(label=_("Che cosa"), required=False, choices=[("", _("Tutto")), *EventKind.choices])
    peso = forms.ChoiceField(label=_("Quanto pesa"), required=False, choices=[("", _("Tutto")), *Severity.choices])
    dal = forms.DateField(label=_("Dal giorno"), required=False)
    aperti = forms.BooleanField(label=_("Solo quelli aperti"), required=False)

    def wanted(self) -> dict[str, Any]:
        d = self.cleaned_data if self.is_valid() else {}
        return {"kind": d.get("tipo", ""), "severity": d.get("peso", ""), "since": d.get("dal"), "is_open": d.get("aperti", False)}
