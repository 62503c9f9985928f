"""One typed form field for each value of the rule book, made from its type; what is typed becomes the JSON value `Rules` takes."""

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from types import UnionType
from typing import Any, Literal, get_args, get_origin

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.core.forms import Checks, MoneyField

from .rules import RANGES, Rules, value_types
from .words import CHOICES, LABELS, LEVELS, PAPERS, UNIT_NAMES, month_day


class ShareField(forms.DecimalField):
    """A percentage with decimals, with a comma or a point."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_digits": 5, "decimal_places": 2, "min_value": 0, "max_value": 100, "widget": forms.TextInput, **kwargs})

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        return super().to_python(value.replace(",", ".") if isinstance(value, str) else value)

    def prepare_value(self, value: Any) -> Any:
        return str(value).replace(".", ",") if isinstance(value, Decimal) else value


class PairsField(forms.CharField):
    """A short table, one line a row: two things with a sign between them. Cleans to a list of lists, as JSON."""

    widget = forms.Textarea

    def __init__(self, *, shape: str, read: Callable[[str, str], list[Any]], tell: Callable[[Any, Any], str], **kwargs: Any) -> None:
        self.shape, self.read, self.tell = re.compile(shape), read, tell
        super().__init__(**kwargs)
        self.widget.attrs["rows"] = "3"

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) or value is None else "\n".join(self.tell(*pair) for pair in value)

    def clean(self, value: Any) -> list[list[Any]]:
        rows = []
        for line in filter(None, map(str.strip, super().clean(value).splitlines())):
            match = self.shape.fullmatch(line)
            try:
                rows.append(self.read(*match.groups()) if match else None)
            except (ValueError, InvalidOperation):
                rows.append(None)
            if rows[-1] is None:
                raise ValidationError(_("Non capisco la riga «%(line)s». Guarda l'esempio qui sopra.") % {"line": line[:60]})
        return rows  # type: ignore[return-value]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (data or "").split() != self.prepare_value(initial).split()


def _window(first_day: str, first_month: str, last_day: str, last_month: str) -> list[str]:
    return [f"{int(first_month):02d}-{int(first_day):02d}", f"{int(last_month):02d}-{int(last_day):02d}"]


_PAIRS: dict[str, dict[str, Any]] = {
    "host_size_limits": {
        "shape": r"(\d{1,6})\s*:\s*(\d{1,4})",
        "read": lambda staff, people: [int(staff), int(people)],
        "tell": lambda staff, people: f"{staff}: {people}",
        "help_text": gettext_lazy("Una riga per misura: addetti fino a, due punti, persone. Per esempio 5: 1"),
    },
    "allowance_bands": {
        "shape": r"(\d{1,4})\s*:\s*(\d{1,6}(?:[.,]\d{1,2})?)",
        "read": lambda hours, euro: [int(hours), str(Decimal(euro.replace(",", ".")))],
        "tell": lambda hours, euro: f"{hours}: {str(euro).replace('.', ',')}",
        "help_text": gettext_lazy("Una riga per fascia: oltre quante ore al mese, due punti, euro. Per esempio 50: 200,00"),
    },
    "certification_windows": {
        "shape": r"(\d{1,2})/(\d{1,2})\s*[-–]\s*(\d{1,2})/(\d{1,2})",
        "read": _window,
        "tell": lambda first, last: f"{month_day(first)} - {month_day(last)}",
        "help_text": gettext_lazy("Una riga per periodo: giorno/mese, trattino, giorno/mese. Per esempio 1/5 - 31/5"),
    },
}


def field_names(name: str) -> list[str]:
    """The form fields of a value: one, but for the least signature, which has one a paper."""
    return [f"{name}.{paper}" for paper in PAPERS] if name == "paper_levels" else [name]


def fields_for(name: str) -> dict[str, forms.Field]:
    """The form fields of one value, typed and named."""
    label, unit = LABELS[name]
    kind = value_types()[name]
    common: dict[str, Any] = {"label": f"{label} ({UNIT_NAMES[unit]})" if unit else label}
    if name == "paper_levels":
        return {
            f"{name}.{paper}": forms.ChoiceField(label=_("Firma minima: %(paper)s") % {"paper": words}, choices=list(LEVELS.items()))
            for paper, words in PAPERS.items()
        }
    if name in _PAIRS:
        return {name: PairsField(**common, **_PAIRS[name])}
    if name in CHOICES:
        many = get_origin(kind) is not Literal
        choices = list(CHOICES[name].items())
        if many:
            return {name: forms.MultipleChoiceField(widget=Checks, choices=choices, required=bool(getattr(Rules(), name)), **common)}
        return {name: forms.ChoiceField(choices=choices, **common)}
    if kind is str:
        hint_text = _("Vuoto: la firma sul tablet vale come firma elettronica semplice.")
        return {name: forms.CharField(required=False, max_length=120, help_text=hint_text, **common)}
    if kind is bool:
        return {name: forms.TypedChoiceField(choices=[("yes", _("sì")), ("no", _("no"))], coerce=lambda text: text == "yes", **common)}
    if kind is int:
        least, most = RANGES.get(name, (0, 100 if unit == "percent" else 10_000))
        return {name: forms.IntegerField(min_value=least, max_value=most, **common)}
    if kind is Decimal and unit == "percent":
        return {name: ShareField(**common)}
    optional = get_origin(kind) is UnionType and type(None) in get_args(kind)
    hint = {"help_text": gettext_lazy("Vuoto: nessun limite.")} if optional else {}
    return {name: MoneyField(min_value=0, required=not optional, **common, **hint)}


def initial_of(name: str, value: Any) -> dict[str, Any]:
    """The value as its fields take it to begin with."""
    if name == "paper_levels":
        return {f"{name}.{paper}": level for paper, level in value}
    if isinstance(value, bool):
        return {name: "yes" if value else "no"}
    return {name: list(value) if isinstance(value, tuple) and name in CHOICES else value}


def json_of(name: str, cleaned: dict[str, Any]) -> Any:
    """What was typed, as the JSON value `Rules.changed` takes."""
    if name == "paper_levels":
        return [[paper, cleaned[f"{name}.{paper}"]] for paper in PAPERS]
    value = cleaned[name]
    if isinstance(value, list) and name in CHOICES:
        return [code for code in CHOICES[name] if code in value]
    return str(value) if isinstance(value, Decimal) else value
