"""Short forms of the changes after the first signature: each asks one thing."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from companies.hosts.selectors import tutors_of
from impresasolidale.accounts.access import Access
from impresasolidale.accounts.models import User
from impresasolidale.core.forms import Form, Radios, VersionedForm

from . import selectors
from .change_enums import Asker, EndCause, EndPlan, NextStep, PastCause, SuspensionCause, TutorKind
from .forms import PlanForm, RowChoice
from .models import Placement
from .timetable_forms import TimetableForm

NO_HEALTH = _("Niente notizie sulla salute.")


class AmendmentForm(VersionedForm, TimetableForm):
    """What changes in the project, and from when."""

    on = forms.DateField(label=_("Vale dal"))
    past_cause = forms.ChoiceField(
        label=_("Se vale da un giorno passato, perché"),
        choices=[("", _("Vale da oggi in poi")), *PastCause.choices],
        required=False,
        help_text=_("Solo per infortunio o malattia, e mai in un mese già confermato."),
    )
    reason = forms.CharField(label=_("Perché cambia"), max_length=300, help_text=NO_HEALTH)


class ReasonForm(VersionedForm):
    reason = forms.CharField(label=_("Motivo"), widget=forms.Textarea, max_length=300, required=False)


class SuspensionForm(VersionedForm):
    cause = forms.ChoiceField(label=_("Causa"), choices=SuspensionCause, widget=Radios)
    starts_on = forms.DateField(label=_("Dal"))
    ends_on = forms.DateField(label=_("Fino al"), required=False, help_text=_("Se non si sa ancora, lascia vuoto."))
    note = forms.CharField(label=_("In due parole"), max_length=300, required=False, help_text=NO_HEALTH)
    moves_end = forms.BooleanField(
        label=_("I giorni persi si possono recuperare alla fine"),
        required=False,
        help_text=_("Alla ripresa il programma propone una proroga, da firmare."),
    )
    confirmed = forms.BooleanField(label=_("I giorni sono molti, ma va bene così"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            del self.fields["confirmed"]  # the tick is on the page only under its warning


class ResumeForm(VersionedForm):
    on = forms.DateField(label=_("Riprende il"))


class ExtensionForm(VersionedForm):
    asked_by = forms.ChoiceField(label=_("Chi la chiede"), choices=Asker, widget=Radios)
    asked_on = forms.DateField(label=_("Chiesta il"))
    until = forms.DateField(label=_("Nuovo ultimo giorno"))
    motive = forms.CharField(label=_("Perché"), max_length=300, help_text=NO_HEALTH)


class DecisionForm(Form):
    """Yes or no; a no says why and what is proposed instead."""

    GRANT, DENY = "granted", "denied"
    decision = forms.ChoiceField(label=_("La proroga"), choices=[(GRANT, _("si concede")), (DENY, _("non si concede"))], widget=Radios)
    reason = forms.CharField(
        label=_("Perché"), widget=forms.Textarea, max_length=500, required=False, help_text=_("Se non si concede, il motivo serve.")
    )
    alternative = forms.CharField(
        label=_("Che cosa si propone invece"),
        widget=forms.Textarea,
        max_length=500,
        required=False,
        help_text=_("Solo se non si concede: un altro percorso, un'altra impresa, un colloquio."),
    )


class AttestationForm(Form):
    made_on = forms.DateField(label=_("Data"))
    service = forms.CharField(label=_("Servizio"), max_length=120)
    author = forms.CharField(label=_("Chi la firma"), max_length=120)
    protocol = forms.CharField(label=_("Protocollo"), max_length=60)
    until = forms.DateField(label=_("Vale fino al"), help_text=_("Almeno fino all'ultimo giorno del tirocinio."))
    file = forms.FileField(label=_("Copia"), help_text=_("PDF, oppure foto JPEG o PNG, fino a 10 MB."))


class EarlyEndForm(VersionedForm):
    last_day = forms.DateField(label=_("Ultimo giorno"), help_text=_("Anche un giorno che deve venire: fino ad allora si continua."))
    cause = forms.ChoiceField(label=_("Causa"), choices=EndCause, widget=Radios)
    asked_by = forms.ChoiceField(label=_("Chi la chiede"), choices=Asker, widget=Radios)
    next_step = forms.ChoiceField(label=_("Che cosa succede dopo"), choices=NextStep, widget=Radios)
    note = forms.CharField(label=_("Com'è andata, in breve"), widget=forms.Textarea, max_length=500, required=False, help_text=NO_HEALTH)


class TutorForm(VersionedForm):
    """Who follows the person from a day on. The choice is the company's tutors, or the Ambito's people."""

    to = RowChoice(User.objects.none(), label=_("Nuovo tutor"))
    on = forms.DateField(label=_("Da quando"))
    reason = forms.CharField(label=_("Perché"), max_length=300, required=False)

    def __init__(self, *args: Any, access: Access, placement: Placement, kind: str, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        is_company = kind == TutorKind.COMPANY
        rows: Any = tutors_of(access, placement.company, today) if is_company else selectors.promoter_tutors(access, today)
        held = placement.company_tutor_id if is_company else placement.promoter_tutor_id
        self.fields["to"] = RowChoice(rows.exclude(pk=held) if held else rows, label=_("Nuovo tutor"))
        self.order_fields(["to", "on", "reason"])


class RenewalForm(PlanForm):
    """A plan that goes on from an earlier placement."""

    renewal_reason = forms.CharField(label=_("Perché si rinnova"), widget=forms.Textarea, max_length=500)
    opinion = forms.CharField(
        label=_("Parere favorevole"),
        widget=forms.Textarea,
        max_length=500,
        required=False,
        help_text=_("Serve se il progetto è lo stesso e l'impresa anche (regola 11)."),
    )
    opinion_by = forms.CharField(label=_("Di chi è il parere"), max_length=120, required=False)


class EndPlanForm(Form):
    plan = forms.ChoiceField(label=_("Che cosa facciamo"), choices=EndPlan)
