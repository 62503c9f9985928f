"""Forms about accidents."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.forms import Form, Radios, VersionedForm

from ..enums import AccidentState, Harm


class ReportForm(Form):
    """The phone's: three things, in the order one tells them."""

    happened_at = forms.DateTimeField(label=_("Quando"))
    dynamics = forms.CharField(label=_("Che cosa è successo"), widget=forms.Textarea, max_length=3000)
    harm = forms.ChoiceField(label=_("Come sta la persona"), choices=Harm, widget=Radios)


class AccidentForm(VersionedForm):
    """The office's: all that is known."""

    happened_at = forms.DateTimeField(label=_("Quando"))
    place = forms.CharField(label=_("Dove"), max_length=160, required=False)
    is_commute = forms.BooleanField(label=_("Nel tragitto fra casa e tirocinio"), required=False)
    dynamics = forms.CharField(label=_("Che cosa è successo"), widget=forms.Textarea, max_length=3000)
    harm = forms.ChoiceField(
        label=_("Come sta la persona"), choices=Harm, widget=Radios, help_text=_("Solo quello che si vede: nessuna diagnosi.")
    )
    third_party_damage = forms.BooleanField(label=_("Ci sono danni ad altre persone o cose"), required=False)
    witnesses = forms.CharField(label=_("Chi era presente"), widget=forms.Textarea, max_length=1000, required=False)
    first_aid = forms.CharField(label=_("Primo soccorso"), widget=forms.Textarea, max_length=1000, required=False)
    certificate_on = forms.DateField(label=_("Certificato medico del"), required=False, help_text=_("Da qui parte il termine per l'INAIL."))
    prognosis_days = forms.IntegerField(label=_("Giorni di prognosi"), required=False, min_value=0, max_value=3650)
    fieldsets = (
        (_("Che cosa è successo"), ("happened_at", "place", "is_commute", "dynamics")),
        (_("Le persone"), ("harm", "third_party_damage", "witnesses", "first_aid")),
        (_("Il certificato, quando c'è"), ("certificate_on", "prognosis_days")),
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("prognosis_days") is not None and not data.get("certificate_on") and "certificate_on" not in self.errors:
            self.add_error("certificate_on", _("I giorni di prognosi vengono dal certificato: scrivi anche di che giorno è."))
        return data


class AccidentFilters(Form):
    stato = forms.ChoiceField(label=_("Stato"), required=False, choices=[("", _("Tutti")), *AccidentState.choices])
    tardi = forms.BooleanField(label=_("Con avvisi in ritardo"), required=False)

    def wanted(self) -> dict[str, Any]:
        d = self.cleaned_data if self.is_valid() else {}
        return {"state": d.get("stato", ""), "late": d.get("tardi", False)}


class NoticeForm(Form):
    sent_on = forms.DateField(label=_("Avvisato il"))
    protocol = forms.CharField(label=_("Protocollo o ricevuta"), max_length=60, required=False)
    file = forms.FileField(label=_("File"), required=False, help_text=_("PDF, oppure foto JPEG o PNG, fino a 10 MB."))


class ReasonForm(Form):
    reason = forms.CharField(label=_("Motivo"), widget=forms.Textarea, max_length=300)


class OutcomeForm(Form):
    outcome = forms.CharField(label=_("Com'è andata a finire"), widget=forms.Textarea, max_length=2000)
