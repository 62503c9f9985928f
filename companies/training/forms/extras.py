"""Files, costs, the questionnaire, what was learnt elsewhere."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.core.forms import Form, HoursField, MoneyField, Radios

from ..enums import Answer, CourseKind, Question


class MaterialForm(Form):
    title = forms.CharField(label=gettext_lazy("Titolo"), max_length=120)
    file = forms.FileField(label=gettext_lazy("File"), help_text=gettext_lazy("PDF, oppure foto JPEG o PNG, fino a 10 MB."))
    for_course = forms.BooleanField(label=gettext_lazy("Vale per tutte le edizioni di questo corso"), required=False)


class CostForm(Form):
    words = forms.CharField(
        label=gettext_lazy("Per che cosa"), max_length=120, help_text=gettext_lazy("Per esempio: compenso di chi tiene il corso, sala.")
    )
    amount = MoneyField(label=gettext_lazy("Importo in euro"))
    pot: Any = forms.ModelChoiceField(None, label=gettext_lazy("Da dove vengono i soldi"))
    act_number = forms.CharField(label=gettext_lazy("Numero dell'atto"), max_length=40)
    act_on = forms.DateField(label=gettext_lazy("Data dell'atto"))

    def __init__(self, *args: Any, pots: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pot"].queryset = pots  # type: ignore[attr-defined]

    def clean_amount(self) -> Any:
        amount = self.cleaned_data["amount"]
        if amount <= 0:
            raise ValidationError(_("L'importo deve essere più di zero."))
        return amount


class QuestionsForm(Form):
    """The same few questions for everybody, four answers each."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in Question:
            self.fields[question.value] = forms.TypedChoiceField(
                label=question.label,
                choices=Answer.choices,
                coerce=int,
                widget=Radios,
                error_messages={"required": _("Scegli una risposta.")},
            )


class RecognitionForm(Form):
    kind = forms.ChoiceField(label=gettext_lazy("Vale come"), choices=CourseKind.choices, initial=CourseKind.INITIAL)
    title = forms.CharField(label=gettext_lazy("Corso seguito"), max_length=160)
    issuer = forms.CharField(label=gettext_lazy("Chi lo ha tenuto"), max_length=160)
    minutes = HoursField(label=gettext_lazy("Durata in ore"), help_text=gettext_lazy("Per esempio 8 oppure 3:30."))
    completed_on = forms.DateField(label=gettext_lazy("Concluso il"))

    def clean_minutes(self) -> int:
        minutes: int | None = self.cleaned_data["minutes"]
        if not minutes:
            raise ValidationError(_("Scrivi quante ore è durato."))
        return minutes


class TutorsFilter(Form):
    stato = forms.ChoiceField(
        label=gettext_lazy("Mostra"),
        required=False,
        choices=[
            ("", gettext_lazy("Tutti")),
            ("to_train", gettext_lazy("Da formare")),
            ("to_refresh", gettext_lazy("Da aggiornare entro un anno")),
        ],
    )
