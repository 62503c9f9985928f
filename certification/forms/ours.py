"""Forms of the company's own pages."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.errors import DomainError
from impresasolidale.core.forms import Form, Radios
from impresasolidale.core.uploads import check_upload

from ..enums import Level, StillHost
from ..scheme import LevelRule
from ..selectors.assessment import Asked

WORDS = "in-parole-"
DECLARATIONS = {
    "law68": _("Siamo in regola con la legge 68/1999 sul collocamento mirato, oppure non siamo tenuti."),
    "safety": _("Siamo in regola con le norme sulla sicurezza sul lavoro, e non abbiamo condanne o sanzioni gravi per questo."),
}


class AreaForm(Form):
    """The questions of one area: a step for each, and words if one likes. Nothing is compulsory: what is left is answered later."""

    def __init__(self, *args: Any, asked: Sequence[Asked], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = asked
        for one in asked:
            c = one.criterion
            steps = [(str(step.points), step.words) for step in c.steps if step.points]
            self.fields[c.code] = forms.ChoiceField(
                label=c.question,
                choices=[("0", _("Non ancora")), *steps],
                widget=Radios,
                required=False,
                initial=str(one.answer.points) if one.answer else None,
            )
            self.fields[WORDS + c.code] = forms.CharField(
                label=_("In due parole, se vuoi"),
                required=False,
                max_length=2000,
                widget=forms.Textarea({"rows": "2"}),
                initial=one.answer.words if one.answer else "",
            )

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [{"one": one, "points": self[one.criterion.code], "words": self[WORDS + one.criterion.code]} for one in self.asked]

    @property
    def said(self) -> dict[str, tuple[int, str]]:
        data = self.cleaned_data
        codes = [one.criterion.code for one in self.asked]
        return {code: (int(data[code] or 0), data[WORDS + code]) for code in codes if data[code] or data[WORDS + code]}


class ProofForm(Form):
    file = forms.FileField(label=_("Il file"), help_text=_("PDF, oppure una foto JPEG o PNG, fino a 10 MB."))
    words = forms.CharField(label=_("Che cos'è"), max_length=200, required=False)

    def clean_file(self) -> Any:
        try:
            check_upload(self.cleaned_data["file"])
        except DomainError as error:
            raise forms.ValidationError(str(error.words)) from error
        return self.cleaned_data["file"]


class Declares(Form):
    """`wanted`: the declarations of rule 85 that are missing or older than a year."""

    signed_by = forms.CharField(label=_("Chi dichiara, per l'impresa"), max_length=120, help_text=_("Nome e cognome."))

    def __init__(self, *args: Any, wanted: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in wanted:
            self.fields[name] = forms.BooleanField(label=DECLARATIONS[name], required=False)

    @property
    def declared(self) -> dict[str, bool]:
        return {name: bool(self.cleaned_data.get(name)) for name in DECLARATIONS}


class SignForm(Declares):
    level = forms.ChoiceField(label=_("Che livello chiedete"), widget=Radios)
    field_order = ("level", "law68", "safety", "signed_by")

    def __init__(self, *args: Any, levels: Sequence[LevelRule], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["level"].choices = [(rule.level, f"{Level(rule.level).label}. {rule.words}") for rule in levels]  # type: ignore[attr-defined]
        if levels and "level" not in self.initial:
            self.initial["level"] = levels[-1].level
        self.order_fields(self.field_order)


class CheckForm(Declares):
    still = forms.ChoiceField(label=_("Accogliete ancora persone in tirocinio?"), choices=StillHost.choices, widget=Radios)
    field_order = ("still", "law68", "safety", "signed_by")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(self.field_order)
