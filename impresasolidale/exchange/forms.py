"""Forms of imports: the file, its columns, one row to correct."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.core.forms import Checks, Folded, Form, Radios

from .hooks import EVENTS
from .kinds import FieldWords, RowKind
from .kinds.base import choice_of
from .tables import letter_of

EXAMPLE = 40  # letters


class FileForm(Form):
    kind = forms.ChoiceField(label=gettext_lazy("Che cosa contiene"), widget=Radios)
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("Excel (.xlsx) o CSV, fino a 25 MB e 100.000 righe. La prima riga dice i nomi delle colonne."),
        widget=forms.ClearableFileInput({"accept": ".xlsx,.csv,.txt"}),
    )

    def __init__(self, *args: Any, kinds: Iterable[RowKind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind.code, kind.label) for kind in kinds]  # type: ignore[attr-defined]


class ColumnsForm(Form):
    """For each field of ours the column it comes from; beside those that are often the same, a value for all the rows."""

    def __init__(
        self,
        *args: Any,
        fields: Mapping[str, FieldWords],
        columns: list[str],
        examples: list[list[str]],
        found: Mapping[str, int],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.ours = fields
        choices = [("", _("non c'è nel file")), *((str(n), _column_words(n, name, examples)) for n, name in enumerate(columns))]
        needed: list[str] = []
        more: list[str] = []
        for name, words in fields.items():
            mine = [f"col_{name}"]
            alone = words.needed and not words.column.same  # where a value for all may do instead, the service asks for one of the two
            begin = str(found.get(name, ""))
            self.fields[mine[0]] = forms.ChoiceField(label=words.label, choices=choices, required=alone, initial=begin)
            if words.column.same:
                mine.append(f"fix_{name}")
                self.fields[mine[1]] = _same_field(words)
            (needed if words.needed or name in found else more).extend(mine)
        self.fieldsets = (
            (_("Le colonne del file"), needed),
            Folded((_("Altre cose che il file può dire"), more)),
        )

    @property
    def mapping(self) -> dict[str, int]:
        return {name: int(value) for name in self.ours if (value := self.cleaned_data.get(f"col_{name}"))}

    @property
    def fixed(self) -> dict[str, str]:
        return {name: value for name in self.ours if (value := self.cleaned_data.get(f"fix_{name}"))}


def _column_words(place: int, name: str, examples: list[list[str]]) -> str:
    example = next((row[place] for row in examples if place < len(row) and row[place]), "")
    words = f"{letter_of(place)} · {name[:EXAMPLE]}"
    return _("%(column)s – per esempio «%(example)s»") % {"column": words, "example": example[:EXAMPLE]} if example else words


def _same_field(words: FieldWords) -> forms.Field:
    label = _("%(field)s: uguale per tutte le righe") % {"field": words.label}
    if isinstance(words.field, forms.BooleanField):
        return forms.ChoiceField(label=label, required=False, choices=[("", "—"), ("si", _("sì")), ("no", _("no"))])
    if words.choices:
        return forms.ChoiceField(label=label, required=False, choices=[("", "—"), *words.choices])
    if isinstance(words.field, forms.DateField):
        return forms.CharField(label=label, required=False, max_length=10, help_text=_("Per esempio 31/01/2026."))
    return forms.CharField(label=label, required=False, max_length=120)


class RowForm(Form):
    """One row, field by field as text: what was typed is tried as the file's own words."""

    def __init__(
        self,
        *args: Any,
        fields: Mapping[str, FieldWords],
        ticks: Mapping[str, Any],
        values: Mapping[str, str],
        problems: Mapping[str, str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        shown = [name for name, words in fields.items() if words.needed or name in values or name in problems]
        for name, words in fields.items():
            self.fields[name] = _text_field(words, values.get(name, ""))
        for name, label in ticks.items():
            if name in problems or values.get(name):
                self.fields[name] = forms.BooleanField(label=label, required=False, initial=bool(values.get(name)))
                shown.append(name)
        self.fieldsets = ((_("La riga"), shown), Folded((_("Il resto"), [n for n in self.fields if n not in shown])))

    def texts(self) -> dict[str, str]:
        return {name: "1" if value is True else value or "" for name, value in self.cleaned_data.items()}


def _text_field(words: FieldWords, value: str) -> forms.Field:
    code = choice_of(words.choices, value)
    if words.choices and (not value or code in dict(words.choices)):
        return forms.ChoiceField(label=words.label, required=False, initial=code, choices=[("", "—"), *words.choices])
    hint = (
        _("Una di queste: %(words)s.") % {"words": ", ".join(label for _code, label in words.choices)}
        if words.choices
        else words.field.help_text
    )
    return forms.CharField(label=words.label, required=False, initial=value, max_length=2000, help_text=hint)


class ReasonForm(Form):
    reason = forms.CharField(label=gettext_lazy("Motivo"), max_length=300, widget=forms.Textarea({"rows": 3}))


class HookForm(Form):
    name = forms.CharField(
        label=gettext_lazy("Quale programma"), max_length=80, help_text=gettext_lazy("Per esempio «Cartella del Comune».")
    )
    url = forms.CharField(
        label=gettext_lazy("Indirizzo"),
        max_length=500,
        help_text=gettext_lazy("Te lo dà chi segue il programma. Comincia con https://"),
        widget=forms.URLInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    events = forms.MultipleChoiceField(
        label=gettext_lazy("Che cosa gli diciamo"),
        choices=[(code, event.label) for code, event in EVENTS.items()],
        widget=Checks,
        error_messages={"required": gettext_lazy("Scegli almeno una cosa da dire.")},
    )
