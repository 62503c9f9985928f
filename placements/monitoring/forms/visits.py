"""Forms about visits."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.forms import Checks, Folded, Form, Radios, VersionedForm

from ..models.visits import VisitDecision
from ..services.visits import WRITTEN, Decided
from ..visit_enums import DecisionFor, Present, Topic, VisitKind, VisitState

DECISIONS = 3  # lines on the page: more in one visit nobody keeps


def _what() -> forms.CharField:
    return forms.CharField(label=_("Che cosa si è deciso"), max_length=300, required=False)


def _whose() -> forms.ChoiceField:
    return forms.ChoiceField(label=_("Tocca a"), choices=DecisionFor.choices, required=False)


def _until() -> forms.DateField:
    return forms.DateField(label=_("Entro il"), required=False)


class VisitFilters(Form):
    chi = forms.ChoiceField(label=_("Di chi"), required=False, choices=[("mie", _("Le mie")), ("tutte", _("Tutto l'ufficio"))])
    stato = forms.ChoiceField(label=_("Stato"), required=False, choices=[("", _("Da fare")), (VisitState.DONE, _("Fatte"))])
    tipo = forms.ChoiceField(label=_("Tipo"), required=False, choices=[("", _("Tutti")), *VisitKind.choices])
    comune = forms.ChoiceField(label=_("Comune"), required=False)
    tardi = forms.BooleanField(label=_("Solo in ritardo"), required=False)

    def __init__(self, *args: Any, comuni: list[tuple[int, str]], mine: bool, **kwargs: Any) -> None:
        self.mine = mine
        super().__init__(*args, **kwargs)
        self.fields["comune"].choices = [("", _("Tutti")), *comuni]  # type: ignore[attr-defined]
        self.initial.setdefault("chi", "mie" if mine else "tutte")

    def wanted(self) -> dict[str, Any]:
        d = self.cleaned_data if self.is_valid() else {}
        return {
            "mine": d["chi"] == "mie" if d.get("chi") else self.mine,
            "state": d.get("stato") or VisitState.PLANNED,
            "kind": d.get("tipo", ""),
            "comune": int(d["comune"]) if d.get("comune") else None,
            "late": d.get("tardi", False),
        }


class OpenVisitForm(Form):
    kind = forms.ChoiceField(
        label=_("Che cosa"), choices=[c for c in VisitKind.choices if c[0] != VisitKind.PLANNED], widget=Radios, initial=VisitKind.PHONE
    )


class PutOffForm(Form):
    to = forms.DateField(label=_("Nuovo giorno"))
    reason = forms.CharField(label=_("Perché non oggi"), max_length=300, widget=forms.Textarea)


class NoteForm(Form):
    text = forms.CharField(label=_("La correzione"), max_length=2000, widget=forms.Textarea)


class MinutesForm(VersionedForm):
    """The minutes: saved as they are with "draft", asked for what they need when they are closed."""

    held_on = forms.DateField(label=_("Giorno"), required=False)
    place = forms.CharField(label=_("Dove"), max_length=160, required=False)
    present = forms.MultipleChoiceField(label=_("Chi c'era"), choices=Present.choices, widget=Checks, required=False)
    others = forms.CharField(label=_("Altri presenti"), max_length=200, required=False)
    topics = forms.MultipleChoiceField(label=_("Di che cosa si è parlato"), choices=Topic.choices, widget=Checks, required=False)
    notes = forms.CharField(label=_("Com'è andata"), max_length=4000, widget=forms.Textarea, required=False)
    difficulties = forms.CharField(label=_("Difficoltà"), max_length=2000, widget=forms.Textarea, required=False)
    next_on = forms.DateField(label=_("Prossima visita entro il"), required=False)
    decision_0_text, decision_0_role, decision_0_due_on = _what(), _whose(), _until()
    decision_1_text, decision_1_role, decision_1_due_on = _what(), _whose(), _until()
    decision_2_text, decision_2_role, decision_2_due_on = _what(), _whose(), _until()
    fieldsets = (
        (_("Quando e chi"), ("held_on", "place", "present", "others")),
        (_("Di che cosa"), ("topics", "notes", "difficulties")),
        (_("Che cosa si è deciso"), ("decision_0_text", "decision_0_role", "decision_0_due_on")),
        Folded((_("Un'altra decisione"), ("decision_1_text", "decision_1_due_on", "decision_1_role"))),
        Folded((_("Una terza decisione"), ("decision_2_text", "decision_2_due_on", "decision_2_role"))),
        (_("Poi"), ("next_on",)),
    )

    def __init__(self, *args: Any, decisions: list[VisitDecision], proposed: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["held_on"].required = not (self.is_bound and "draft" in self.data)
        self.fields["next_on"].help_text = proposed
        for n, known in enumerate(decisions[:DECISIONS]):
            self.initial.update({f"decision_{n}_{name}": getattr(known, name) for name in ("text", "role", "due_on")})

    def values(self) -> dict[str, Any]:
        """What the services take."""
        d = self.cleaned_data
        decisions = [
            Decided(
                d.get(f"decision_{n}_text", ""), d.get(f"decision_{n}_role") or DecisionFor.PROMOTER_TUTOR, d.get(f"decision_{n}_due_on")
            )
            for n in range(DECISIONS)
        ]
        return {**{name: d.get(name) for name in WRITTEN}, "decisions": decisions, "row_version": d["row_version"]}
