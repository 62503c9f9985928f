"""Forms of the end of a placement."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.forms import Form, Radios, VersionedForm
from placements.agreements.models import Goal

from ..visit_enums import AttestationKind, FollowState, FollowWay, GoalWord, OutcomeKind


class EvaluatedForm(Form):
    note = forms.CharField(
        label=_("La valutazione"),
        widget=forms.Textarea,
        max_length=1000,
        help_text=_("Dove si trova, di che giorno è, chi l'ha fatta. Se non si è potuta avere, scrivi perché."),
    )


class FinalReportForm(VersionedForm):
    """The office's words, and one for each goal."""

    host_words = forms.CharField(label=_("Il giudizio dell'impresa"), widget=forms.Textarea, max_length=3000, required=False)
    person_words = forms.CharField(
        label=_("Il giudizio della persona"), widget=forms.Textarea, max_length=3000, required=False, help_text=_("Con le sue parole.")
    )
    helped = forms.CharField(label=_("Che cosa ha aiutato"), widget=forms.Textarea, max_length=2000, required=False)
    hard = forms.CharField(label=_("Che cosa è stato difficile"), widget=forms.Textarea, max_length=2000, required=False)
    proposals = forms.CharField(label=_("Che cosa si propone"), widget=forms.Textarea, max_length=2000, required=False)

    def __init__(self, *args: Any, goals: Sequence[Goal], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.goals = goals
        for name in ("host_words", "person_words"):  # the paper asks for them, a draft does not
            self.fields[name].required = not (self.is_bound and "draft" in self.data)
        for goal in goals:
            self.fields[f"goal_{goal.pk}"] = forms.ChoiceField(label=goal.text, choices=GoalWord.choices, widget=Radios)
            self.initial.setdefault(f"goal_{goal.pk}", GoalWord.NOT_ASSESSED)
        self.fieldsets = (
            (_("Gli obiettivi"), [f"goal_{goal.pk}" for goal in goals]),
            (_("I giudizi"), ("host_words", "person_words")),
            (_("Il percorso"), ("helped", "hard", "proposals")),
        )

    def values(self) -> dict[str, Any]:
        d = self.cleaned_data
        words = {name: d[name] for name in ("host_words", "person_words", "helped", "hard", "proposals", "row_version")}
        return {**words, "goals": {goal.pk: d[f"goal_{goal.pk}"] for goal in self.goals}}


class AttestationForm(Form):
    kind = forms.ChoiceField(
        label=_("Che cosa attesta"),
        choices=AttestationKind,
        widget=Radios,
        help_text=_("Se il progetto aveva solo obiettivi di relazione, non si parla di capacità."),
    )
    activities = forms.CharField(label=_("Che cosa ha fatto"), widget=forms.Textarea, max_length=2000)
    shown = forms.CharField(
        label=_("Le relazioni"),
        widget=forms.Textarea,
        max_length=2000,
        help_text=_("Con chi è stata bene, come ha collaborato. Niente sulla salute, niente sulla categoria: è una carta per lei."),
    )
    skills = forms.CharField(label=_("Che cosa ha imparato a fare"), widget=forms.Textarea, max_length=2000, required=False)


class OutcomeForm(Form):
    kind = forms.ChoiceField(label=_("Che cosa viene dopo"), choices=OutcomeKind, widget=Radios)
    note = forms.CharField(label=_("In parole"), widget=forms.Textarea, max_length=2000, required=False)


class FollowUpForm(Form):
    ANSWERED, TRIED, REFUSED = "answered", "tried", "refused"
    result = forms.ChoiceField(
        label=_("Com'è andata"),
        choices=[(ANSWERED, _("L'ho sentita")), (TRIED, _("Non ha risposto")), (REFUSED, _("Non vuole essere più sentita"))],
        widget=Radios,
    )
    way = forms.ChoiceField(label=_("Come"), choices=FollowWay, widget=Radios, required=False)
    kind = forms.ChoiceField(label=_("Che cosa fa adesso"), choices=OutcomeKind, widget=Radios, required=False)
    note = forms.CharField(label=_("In parole"), widget=forms.Textarea, max_length=2000, required=False)


class FollowUpFilters(Form):
    chi = forms.ChoiceField(label=_("Di chi"), required=False, choices=[("tutte", _("Tutto l'ufficio")), ("mie", _("Le mie"))])
    stato = forms.ChoiceField(label=_("Stato"), required=False, choices=FollowState.choices)

    def wanted(self) -> dict[str, Any]:
        d = self.cleaned_data if self.is_valid() else {}
        return {"mine": d.get("chi") == "mie", "state": d.get("stato") or FollowState.WAITING}
