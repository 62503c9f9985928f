"""Short forms that add or change one record of the person."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.access import Access
from impresasolidale.core.forms import CHOOSE, Checks, Folded, Form, Radios, VersionedForm

from ..enums import ExpectedGoal, Power, ReferralOutcome, ReferringService
from ..models import AREAS, Assessment, Referral, Representative, TakingInCharge
from ._fields import allowed, field, paper


class RepresentativeForm(Form):
    kind = field(Representative, "kind")
    last_name = field(Representative, "last_name")
    first_name = field(Representative, "first_name")
    codice_fiscale = forms.CharField(
        label=gettext_lazy("Codice fiscale"), required=False, max_length=20,
        help_text=gettext_lazy("Serve per entrare con SPID o CIE. Se non lo sai, lascia vuoto."),
    )  # fmt: skip
    phone = field(Representative, "phone")
    email = field(Representative, "email")
    decree = field(Representative, "decree", help_text=gettext_lazy("Per chi è nominato dal tribunale."))
    decree_on = field(Representative, "decree_on")
    powers = forms.MultipleChoiceField(
        label=gettext_lazy("Che cosa può fare"), choices=Power.choices, widget=Checks, required=False,
        help_text=gettext_lazy("Come scritto nel decreto. Un genitore può tutto: lascia vuoto."),
    )  # fmt: skip
    powers_note = field(Representative, "powers_note")
    signs_alone = field(Representative, "signs_alone", help_text=gettext_lazy("Se non è spuntato, firmano insieme."))
    valid_from = field(Representative, "valid_from")
    valid_to = field(Representative, "valid_to", help_text=gettext_lazy("Se il decreto ha una scadenza: te lo ricordiamo per tempo."))
    file = paper(gettext_lazy("Copia del decreto"))


class EditRepresentativeForm(VersionedForm, RepresentativeForm):
    def __init__(self, *args: Any, row: Representative, **kwargs: Any) -> None:
        initial = {name: getattr(row, name) for name in self.base_fields if name != "file" and hasattr(row, name)}
        super().__init__(*args, current_version=row.row_version, **{**kwargs, "initial": initial})


class ReferralForm(Form):
    service = forms.ChoiceField(label=gettext_lazy("Servizio che segnala"))
    operator = field(Referral, "operator")
    received_on = field(Referral, "received_on")
    protocol = field(Referral, "protocol")
    reason = field(Referral, "reason")
    goals = forms.MultipleChoiceField(
        label=gettext_lazy("Che cosa ci si aspetta"), choices=ExpectedGoal.choices, widget=Checks, required=False
    )
    file = paper(gettext_lazy("La segnalazione"))

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["service"].choices = allowed(access, ReferringService.choices, CHOOSE)  # type: ignore[attr-defined]


class ReferralOutcomeForm(Form):
    outcome = forms.ChoiceField(label=gettext_lazy("Esito"), choices=ReferralOutcome.choices, widget=Radios)
    outcome_on = forms.DateField(label=gettext_lazy("Data dell’esito"))
    outcome_reason = forms.CharField(
        label=gettext_lazy("Motivo"), max_length=200, required=False,
        help_text=gettext_lazy("Serve se non è accolta. Non scrivere notizie sulla salute."),
    )  # fmt: skip


class ChargeForm(Form):
    service = forms.ChoiceField(label=gettext_lazy("Servizio"))
    case_manager = field(TakingInCharge, "case_manager")
    valid_from = field(TakingInCharge, "valid_from")
    valid_to = field(TakingInCharge, "valid_to", help_text=gettext_lazy("Lascia vuoto se continua."))

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["service"].choices = allowed(access, ReferringService.choices, CHOOSE)  # type: ignore[attr-defined]


class EndChargeForm(Form):
    valid_to = forms.DateField(label=gettext_lazy("Ultimo giorno"))


class AssessmentForm(Form):
    fieldsets = (
        (gettext_lazy("Il riferimento"), ("made_on", "author", "protocol", "valid_to", "file")),
        Folded((gettext_lazy("Area per area, quello che serve al tirocinio"), AREAS)),
    )
    made_on = field(Assessment, "made_on")
    author = field(Assessment, "author")
    protocol = field(Assessment, "protocol", help_text=gettext_lazy("Solo il riferimento: la valutazione resta nella cartella sociale."))
    valid_to = field(Assessment, "valid_to", help_text=gettext_lazy("Solo se va rifatta entro un giorno: te lo ricordiamo prima."))
    file = paper(gettext_lazy("La valutazione"))
    basic_autonomy = field(Assessment, "basic_autonomy", help_text=gettext_lazy("Cura di sé, spostamenti, denaro, orari, telefono."))
    work_rules = field(Assessment, "work_rules", help_text=gettext_lazy("Puntualità, presenza, avvisi, protezioni, indicazioni."))
    task_skills = field(
        Assessment, "task_skills", help_text=gettext_lazy("Comprensione, memoria, precisione, ritmo, strumenti, iniziativa.")
    )
    relations = field(Assessment, "relations", help_text=gettext_lazy("Con tutor, colleghi, clienti; chiedere aiuto; reggere le critiche."))
    self_knowledge = field(Assessment, "self_knowledge", help_text=gettext_lazy("Motivazione, fiducia, emozioni, i propri limiti."))
    context = field(Assessment, "context", help_text=gettext_lazy("Famiglia, rete, trasporti, stabilità."))
    social_role = field(Assessment, "social_role", help_text=gettext_lazy("Contatti, tempo libero, vita del paese."))
