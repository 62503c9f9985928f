"""The proposal, its visits, its decision."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies.hosts.models import CompanyTutor
from impresasolidale.core.forms import Form, Radios
from placements.agreements.forms import RowChoice
from placements.agreements.forms_papers import WithMinutes

from ..enums import Impression, Outcome, ProposalState
from ..rules import Fit, Grade

LONG = 1000
AREA = forms.Textarea({"rows": 3})


class ProposeForm(Form):
    """What the person would do there, and how each thing that does not simply fit is adapted. `fit`: what was compared today."""

    tasks = forms.CharField(
        label=gettext_lazy("Che cosa farebbe"),
        max_length=LONG,
        widget=AREA,
        help_text=gettext_lazy("Con parole semplici: si leggono anche a lei."),
    )
    company_tutor = RowChoice(
        CompanyTutor._base_manager.none(),
        label=gettext_lazy("Chi la affiancherebbe"),
        required=False,
        empty_label=gettext_lazy("Da decidere"),
    )
    agreed_on = forms.DateField(label=gettext_lazy("La persona vuole provare: quando l’ha detto"))

    def __init__(self, *args: Any, fit: Fit, tutors: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["company_tutor"].queryset = tutors  # type: ignore[attr-defined]
        names = []
        for finding in (*fit.stops, *fit.adapted):
            is_stop = finding.grade == Grade.STOP
            name = f"adapt_{finding.code}"
            self.fields[name] = forms.CharField(
                label=capfirst(finding.label),
                max_length=160,
                widget=forms.Textarea({"rows": 2}),
                required=not is_stop,
                initial=finding.adaptation,
                help_text=finding.reason,
                error_messages={"required": gettext_lazy("Scrivi come si fa: senza adattamento non va bene.")},
            )
            names.append(name)
        self.fieldsets = [(_("La proposta"), ["tasks", "company_tutor", "agreed_on"])]
        if names:
            self.fieldsets.append((_("Che cosa si adatta, come d’accordo con l’impresa"), names))
        if fit.stops:
            self.fields["despite"] = forms.CharField(label=_("Perché si prova lo stesso"), max_length=LONG, widget=AREA)
            self.fieldsets.append((_("C’è un ostacolo"), ["despite"]))

    @property
    def values(self) -> dict[str, Any]:
        """For the service."""
        told = {name.removeprefix("adapt_"): how for name, how in self.cleaned_data.items() if name.startswith("adapt_")}
        plain = {name: value for name, value in self.cleaned_data.items() if not name.startswith("adapt_")}
        return {**plain, "adaptations": told}


class VisitForm(Form):
    on = forms.DateField(label=gettext_lazy("Giorno"))
    starts_at = forms.TimeField(label=gettext_lazy("Ora"))
    companions = forms.CharField(
        label=gettext_lazy("Chi accompagna"), max_length=160, help_text=gettext_lazy("Per esempio: l’educatrice e la sorella.")
    )


class TellVisitForm(Form):
    impression = forms.ChoiceField(label=gettext_lazy("Com’è andata"), choices=Impression, widget=Radios)
    person_words = forms.CharField(
        label=gettext_lazy("Che cosa ne dice la persona"), max_length=LONG, widget=AREA, help_text=gettext_lazy("Con le sue parole.")
    )
    company_words = forms.CharField(label=gettext_lazy("Che cosa ne dice l’impresa"), max_length=LONG, widget=AREA, required=False)


class WhyForm(Form):
    reason = forms.CharField(label=gettext_lazy("Perché"), max_length=LONG, widget=AREA)


class DecisionForm(WithMinutes):
    outcome = forms.ChoiceField(label=gettext_lazy("Che cosa si è deciso"), choices=Outcome, widget=Radios)
    person_words = forms.CharField(
        label=gettext_lazy("Che cosa ne dice la persona"),
        max_length=LONG,
        widget=AREA,
        help_text=gettext_lazy("Con le sue parole: la scelta è prima di tutto sua."),
    )
    reasons = forms.CharField(label=gettext_lazy("Perché si è deciso così"), max_length=4000, widget=forms.Textarea({"rows": 5}))


class ProposalFilters(Form):
    stato = forms.ChoiceField(
        label=gettext_lazy("Stato"),
        required=False,
        choices=[("", gettext_lazy("In corso e decise di sì")), *ProposalState.choices],
    )
    mie = forms.BooleanField(label=gettext_lazy("Solo le persone che seguo"), required=False)

    def wanted(self) -> dict[str, Any]:
        """The arguments of selectors.proposals_listed."""
        found = self.cleaned_data if self.is_valid() else {}
        return {"state": found.get("stato", ""), "mine": found.get("mie", False)}
