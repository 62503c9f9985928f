"""Forms of evaluations: the rows of a set with one tap each, what arrived on paper, the office's steps, the person's word in the end."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.core.forms import Form
from impresasolidale.core.models import Message

from ..evaluation_enums import EvaluationState, Moment, Voice
from ..evaluation_questions import DONT_KNOW, GOAL_STEPS, Item, Questions, Step
from ..models.evaluations import GoalRating

NONE = "none"  # the post of «non so»


class Row(NamedTuple):
    """One question as it is drawn: the item or goal, its field, and each choice with its face and whether it is chosen."""

    text: str
    picture: str
    field: forms.BoundField
    choices: list[tuple[str, str, str, bool]]  # value, words, face, chosen
    area: str = ""


def choices_of(steps: Sequence[Step]) -> list[tuple[str, Any]]:
    return [*((str(step.value), step.words) for step in steps), (NONE, DONT_KNOW)]


def value_of(text: str) -> int | None:
    return None if text == NONE else int(text)


class AnswersForm(Form):
    """The questions of one set and the goals, in one voice's words. Nothing is required here: a draft may be half done."""

    comment = forms.CharField(
        label=gettext_lazy("Vuoi aggiungere qualcosa?"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": "4"})
    )

    def __init__(
        self,
        *args: Any,
        questions: Questions,
        voice: str,
        ratings: Sequence[GoalRating] = (),
        answers: Mapping[str, int | None] | None = None,
        comment: str = "",
        **kwargs: Any,
    ) -> None:
        self.questions, self.voice, self.ratings = questions, voice, ratings
        initial = {f"q-{item}": NONE if value is None else str(value) for item, value in (answers or {}).items()}
        initial |= {f"g-{r.position}": str(r.value) for r in ratings if r.value is not None}
        super().__init__(*args, initial={"comment": comment, **initial, **(kwargs.pop("initial", None) or {})}, **kwargs)
        for item in questions.items:
            self.fields[f"q-{item.code}"] = self._choice(item.wording(voice), questions.scale)
        for rating in ratings:
            self.fields[f"g-{rating.position}"] = self._choice(rating.text, GOAL_STEPS)

    @staticmethod
    def _choice(label: Any, steps: Sequence[Step]) -> forms.ChoiceField:
        wrong = {"invalid_choice": _("Questa risposta non è fra quelle proposte.")}
        return forms.ChoiceField(label=label, choices=choices_of(steps), widget=forms.RadioSelect, required=False, error_messages=wrong)

    @property
    def answers(self) -> dict[str, int | None]:
        """What was tapped, by item; rows without a tap are left out."""
        given = ((item.code, self.cleaned_data.get(f"q-{item.code}")) for item in self.questions.items)
        return {code: value_of(text) for code, text in given if text}

    @property
    def goals(self) -> dict[int, int | None]:
        given = ((rating.position, self.cleaned_data.get(f"g-{rating.position}")) for rating in self.ratings)
        return {position: value_of(text) for position, text in given if text}

    def rows(self) -> list[Row]:
        return [self._row(self[f"q-{item.code}"], self.questions.scale, item) for item in self.questions.items]

    def goal_rows(self) -> list[Row]:
        return [self._row(self[f"g-{rating.position}"], GOAL_STEPS) for rating in self.ratings]

    def _row(self, field: forms.BoundField, steps: Sequence[Step], item: Item | None = None) -> Row:
        faces = {str(step.value): step.face for step in steps}
        said = field.value()
        choices = [(value, str(words), faces.get(value, "dont-know"), value == said) for value, words in choices_of(steps)]
        return Row(str(field.label), item.picture if item else "goal", field, choices, item.area if item else "")

    def rest(self) -> list[forms.BoundField]:
        """The fields that are no question, in the order they were declared."""
        return [self[name] for name in self.fields if not name.startswith(("q-", "g-"))]


class PaperForm(AnswersForm):
    """What came on paper: the day it was filled in, the scan, and the answers if somebody types them in."""

    given_on = forms.DateField(label=gettext_lazy("Compilata il"))
    who = forms.CharField(label=gettext_lazy("Chi ha risposto"), max_length=160, required=False)
    file = forms.FileField(
        label=gettext_lazy("Scansione o foto del foglio"),
        required=False,
        help_text=gettext_lazy("Basta la scansione; le risposte si possono scrivere qui sotto, se si leggono bene."),
    )
    field_order = ("given_on", "who", "file", "comment")


class CorrectionForm(AnswersForm):
    reason = forms.CharField(
        label=gettext_lazy("Perché la correggi"),
        max_length=300,
        help_text=gettext_lazy("Quella di prima resta scritta, con questo motivo."),
    )
    field_order = ("reason", "comment")


class OneForm(Form):
    """One question on its own page: the button that was pressed says the answer."""

    value = forms.ChoiceField(label=gettext_lazy("Risposta"), error_messages={"required": gettext_lazy("Tocca una faccia.")})

    def __init__(self, *args: Any, steps: Sequence[Step], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"].choices = choices_of(steps)  # type: ignore[attr-defined]

    @property
    def answer(self) -> int | None:
        return value_of(self.cleaned_data["value"])


class OwnWordsForm(Form):
    comment = forms.CharField(
        label=gettext_lazy("Vuoi dire qualcosa?"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": "4"})
    )


class OpinionForm(Form):
    agrees = forms.ChoiceField(
        label=gettext_lazy("Sono d’accordo?"),
        choices=[("yes", gettext_lazy("Sì, sono d’accordo")), ("no", gettext_lazy("No, non sono d’accordo"))],
        error_messages={"required": gettext_lazy("Tocca «sì» oppure «no».")},
    )
    comment = forms.CharField(
        label=gettext_lazy("Vuoi dire qualcosa?"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": "4"})
    )


class WhyForm(Form):
    reason = forms.CharField(label=gettext_lazy("Perché non si fa"), max_length=300)


class AskForm(Form):
    moment = forms.ChoiceField(label=gettext_lazy("Quale"), choices=Moment)
    voice = forms.ChoiceField(label=gettext_lazy("A chi si chiede"), choices=Voice)


class LinkForm(Form):
    channel = forms.ChoiceField(label=gettext_lazy("Come si manda"))
    address = forms.CharField(label=gettext_lazy("Dove"), max_length=254, required=False)

    def __init__(self, *args: Any, has_sms: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ways = [Message.Channel.EMAIL, Message.Channel.SMS] if has_sms else [Message.Channel.EMAIL]
        self.fields["channel"].choices = [(way.value, way.label) for way in ways]  # type: ignore[attr-defined]


class ScanForm(Form):
    file = forms.FileField(label=gettext_lazy("Scansione o foto del foglio"))


class EvaluationFilters(Form):
    """What of the list is shown."""

    stato = forms.ChoiceField(
        label=gettext_lazy("Stato"), required=False, choices=[("", gettext_lazy("da fare")), *EvaluationState.choices[1:]]
    )
    momento = forms.ChoiceField(label=gettext_lazy("Quale"), required=False, choices=[("", gettext_lazy("Tutte")), *Moment.choices])
    voce = forms.ChoiceField(label=gettext_lazy("Voce"), required=False, choices=[("", gettext_lazy("Tutte")), *Voice.choices])
    in_ritardo = forms.BooleanField(label=gettext_lazy("Solo in ritardo"), required=False)

    def wanted(self) -> dict[str, Any]:
        data = self.cleaned_data if self.is_bound and self.is_valid() else {}
        return {
            "state": data.get("stato", ""),
            "moment": data.get("momento", ""),
            "voice": data.get("voce", ""),
            "late": data.get("in_ritardo", False),
        }
