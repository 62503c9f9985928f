"""Forms of the desk check."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.forms import Form, Radios

from ..enums import InterviewKind, Level, Verdict
from ..scheme import LevelRule
from ..selectors.assessment import Asked
from .ours import ProofForm

POINTS, NOTE = "gradino-", "nota-"


class ReviewForm(Form):
    """The answers of one area, each with its verdict; what is not looked at yet is left alone."""

    def __init__(self, *args: Any, asked: Sequence[Asked], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = asked
        for one in asked:
            c, answer = one.criterion, one.answer
            self.fields[c.code] = forms.ChoiceField(
                label=_("Esito"),
                choices=[("", _("Ancora da guardare")), *Verdict.choices],
                required=False,
                initial=answer.verdict if answer else "",
            )
            steps = [(str(step.points), f"{step.words} ({step.points})") for step in c.steps if step.points]
            self.fields[POINTS + c.code] = forms.ChoiceField(
                label=_("Gradino giusto, se lo correggi"),
                choices=[("", "—"), ("0", _("nessuno")), *steps],
                required=False,
                initial=str(answer.points_given) if answer and answer.verdict == Verdict.CHANGED else "",
            )
            self.fields[NOTE + c.code] = forms.CharField(
                label=_("Nota"), max_length=300, required=False, initial=answer.note if answer else ""
            )

    @property
    def rows(self) -> list[dict[str, Any]]:
        found = []
        for one in self.asked:
            code = one.criterion.code
            verdict, points, note = self[code], self[POINTS + code], self[NOTE + code]
            is_told = bool(points.value() or note.value() or points.errors or note.errors or (one.is_computed and verdict.value()))
            found.append({"one": one, "verdict": verdict, "points": points, "note": note, "is_told": is_told})
        return found

    @property
    def verdicts(self) -> list[dict[str, Any]]:
        data = self.cleaned_data
        said = []
        for one in self.asked:
            code = one.criterion.code
            if data[code]:
                points = data[POINTS + code]
                said.append(
                    {"criterion": code, "verdict": data[code], "points": int(points) if points else None, "note": data[NOTE + code]}
                )
        return said


class ReturnForm(Form):
    reason = forms.CharField(
        label=_("Che cosa manca"), widget=forms.Textarea, help_text=_("L'impresa lo legge così come lo scrivi: parole semplici.")
    )


class FinishForm(Form):
    level = forms.ChoiceField(label=_("Livello"), widget=Radios)

    def __init__(self, *args: Any, levels: Sequence[LevelRule], asked: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = {rule.level: Level(rule.level).label for rule in levels}
        choices.setdefault(asked, Level(asked).label)
        self.fields["level"].choices = list(choices.items())  # type: ignore[attr-defined]
        self.initial.setdefault("level", asked)


class InterviewForm(Form):
    kind = forms.ChoiceField(label=_("Che cosa"), choices=InterviewKind.choices, widget=Radios)
    planned_on = forms.DateField(label=_("Giorno"))
    place = forms.CharField(label=_("Dove"), max_length=120, required=False)


class HeldForm(Form):
    held_on = forms.DateField(label=_("Giorno"))
    minutes = forms.CharField(
        label=_("Che cosa si è visto"), widget=forms.Textarea, help_text=_("In breve. Niente nomi delle persone accolte.")
    )


class AskValidatorForm(Form):
    person = forms.CharField(label=_("Chi"), max_length=120)
    body = forms.CharField(label=_("Di quale ente o impresa"), max_length=160)
    partita_iva = forms.CharField(label=_("Partita IVA dell'ente"), max_length=13, help_text=_("Diversa da quella di chi chiede."))
    email = forms.EmailField(label=_("Posta elettronica"), help_text=_("Il collegamento arriva qui. Non un indirizzo dell'impresa."))


class ValidationForm(AskValidatorForm):
    """What somebody from outside said by another way, written down by the office."""

    email = forms.EmailField(label=_("Posta elettronica"), help_text=_("Non un indirizzo dell'impresa."))
    is_favourable = forms.TypedChoiceField(
        label=_("Che cosa ne pensa"),
        choices=[("1", _("favorevole")), ("0", _("contrario"))],
        coerce=lambda value: value == "1",
        widget=Radios,
    )
    words = forms.CharField(label=_("In parole"), widget=forms.Textarea)
    given_on = forms.DateField(label=_("Data"))
    file = forms.FileField(label=_("Il suo foglio"), required=False)

    def clean_file(self) -> Any:
        return ProofForm.clean_file(self) if self.cleaned_data["file"] else None  # type: ignore[arg-type]


class LateForm(Form):
    late_reason = forms.CharField(
        label=_("Perché dopo la chiusura"), max_length=300, required=False, help_text=_("Serve se le domande sono chiuse.")
    )


class LookForm(Form):
    note = forms.CharField(label=_("Nota"), max_length=300, required=False)
