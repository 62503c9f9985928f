"""Forms of covers, communications, evidence of safety, places outside and copies."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from companies.hosts.enums import RiskClass
from companies.hosts.models import Company
from companies.hosts.selectors import companies_for_choice
from impresasolidale.accounts.access import Access
from impresasolidale.core.forms import Form, Radios, ReasonForm, VersionedForm

from .compliance_selectors import ALL
from .enums import CommunicationKind, CommunicationState, CoverKind, OutsideKind, Sender
from .forms import RowChoice

SCAN = _("PDF, oppure foto JPEG o PNG, fino a 10 MB.")


class CoverForm(Form):
    kind = forms.ChoiceField(label=_("Copertura"), choices=CoverKind, widget=Radios)
    company = RowChoice(
        Company._base_manager.none(),
        label=_("Chi assicura"),
        required=False,
        empty_label=_("L'ente promotore, per tutti i suoi tirocini"),
        help_text=_("Scegli un'impresa solo se assicura lei chi accoglie."),
    )
    number = forms.CharField(label=_("Numero di posizione o di polizza"), max_length=60)
    insurer = forms.CharField(label=_("Assicuratore"), max_length=120, help_text=_("Per la posizione INAIL scrivi INAIL e la sede."))
    valid_from = forms.DateField(label=_("Vale dal"))
    valid_to = forms.DateField(label=_("Vale fino al"))

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["company"].queryset = companies_for_choice(access)  # type: ignore[attr-defined]


class ShortenForm(ReasonForm):
    last_day = forms.DateField(label=_("Ultimo giorno coperto"))
    field_order = ("last_day", "reason")


class RegisterFilters(Form):
    """The register's filters; without a state it shows what has still to go."""

    stato = forms.ChoiceField(
        label=_("Stato"),
        required=False,
        choices=[("", _("Ancora da inviare")), (ALL, _("Tutte")), *((s, capfirst(str(s.label))) for s in CommunicationState if s != "due")],
    )
    tipo = forms.ChoiceField(label=_("Che cosa comunica"), required=False, choices=[("", _("Tutto")), *CommunicationKind.choices])
    q = forms.CharField(label=_("Persona"), required=False, max_length=80)

    def wanted(self) -> dict[str, Any]:
        d = self.cleaned_data if self.is_valid() else {}
        return {"state": d.get("stato", ""), "kind": d.get("tipo", ""), "person": d.get("q", "")}


class SentForm(Form):
    """Two fields are enough; who sent it and the protocol stay folded."""

    sent_on = forms.DateField(label=_("Inviata il"))
    code = forms.CharField(label=_("Codice della ricevuta"), max_length=40)
    sender = forms.ChoiceField(
        label=_("Chi l'ha inviata"), required=False, choices=[(s.value, s.label) for s in Sender if s != Sender.EXEMPT], widget=Radios
    )
    protocol = forms.CharField(label=_("Protocollo"), max_length=60, required=False)
    fieldsets = [("", ["sent_on", "code"]), ("", ["sender", "protocol"])]


class MotiveForm(Form):
    motive = forms.CharField(label=_("Perché non è dovuta"), widget=forms.Textarea, max_length=300)


class TrainingForm(Form):
    """What the person did; hours of general training are asked once in a life."""

    done_on = forms.DateField(label=_("Conclusa il"))
    general_hours = forms.IntegerField(label=_("Ore di formazione generale"), min_value=1, max_value=40, required=False)
    specific_hours = forms.IntegerField(label=_("Ore di formazione specifica"), min_value=1, max_value=80, required=False)
    risk_class = forms.ChoiceField(
        label=_("Per la classe di rischio"), required=False, choices=[("", _("Scegli…")), *RiskClass.choices], widget=forms.Select
    )
    provider = forms.CharField(label=_("Chi l'ha rilasciata"), max_length=120, required=False)
    certificate = forms.FileField(label=_("Attestato"), required=False, help_text=SCAN)

    def __init__(self, *args: Any, knows_general: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if knows_general:
            del self.fields["general_hours"]


class FitnessForm(VersionedForm):
    needed = forms.BooleanField(label=_("Per queste attività serve la visita medica"), required=False)
    done_on = forms.DateField(label=_("Idoneità del"), required=False, help_text=_("Solo le date: nessuna notizia sulla salute."))
    valid_to = forms.DateField(label=_("Vale fino al"), required=False, help_text=_("Se il certificato lo dice. Ti avvisiamo prima."))
    provider = forms.CharField(label=_("Medico o struttura"), max_length=120, required=False)
    certificate = forms.FileField(label=_("Certificato"), required=False, help_text=SCAN)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not data.get("done_on") and "done_on" not in self.errors and (data.get("valid_to") or data.get("certificate")):
            self.add_error("done_on", _("Scrivi anche di che giorno è l'idoneità."))
        return data


class OutsideForm(Form):
    kind = forms.ChoiceField(label=_("Perché fuori sede"), choices=[("", _("Scegli…")), *OutsideKind.choices])
    address = forms.CharField(label=_("Dove"), max_length=160, help_text=_("Indirizzo, oppure la zona: «clienti in paese»."))
    description = forms.CharField(label=_("Che cosa fa lì"), max_length=200, required=False)
    told_on = forms.DateField(label=_("Assicuratore avvisato il"), required=False)


class ToldForm(Form):
    told_on = forms.DateField(label=_("Assicuratore avvisato il"))


class CopiesForm(Form):
    """One day for each of the three who keep a copy; the names are CopyHolder's."""

    host = forms.DateField(label=_("Copia all'impresa, il"), required=False)
    promoter = forms.DateField(label=_("Copia all'ente promotore, il"), required=False)
    trainee = forms.DateField(label=_("Copia alla persona in tirocinio, il"), required=False)


class BenefitsForm(Form):
    told_on = forms.DateField(label=_("Persona informata il"), help_text=_("Lei, o chi la rappresenta."))
    noted_on = forms.DateField(
        label=_("Tirocinio scritto in GePI il"), required=False, help_text=_("È la piattaforma dell'assegno di inclusione.")
    )

    def __init__(self, *args: Any, with_platform: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not with_platform:
            del self.fields["noted_on"]


class OutcomeForm(Form):
    outcome = forms.CharField(label=_("Che cosa si è chiarito"), widget=forms.Textarea, max_length=500)


class FlagForm(ReasonForm):
    reason = forms.CharField(label=_("Che cosa hai visto"), widget=forms.Textarea, max_length=500)
