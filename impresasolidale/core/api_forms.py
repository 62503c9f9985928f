"""A page's form as JSON: its schema, what does not fit it (400), and the same values as the form takes them.

The rules of a form stay in the form: the schema says types, lengths and choices, the form says no in words (422).
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from jsonschema import Draft202012Validator, FormatChecker

from .forms import HoursField

CHECKER = FormatChecker(formats=("date", "uuid", "time"))
MOST_NUMBER = 2_147_483_647
MOST_TEXT = 20_000  # characters
MONEY = r"^-?\d{1,10}(\.\d{1,2})?$"


def schema_of(field: forms.Field) -> dict[str, Any]:
    """What JSON Schema says of one field."""
    said: dict[str, Any] = {"description": " ".join(filter(None, (str(field.label or ""), str(field.help_text or ""))))}
    if (default := default_of(field)) is not None:
        said["default"] = default
    if isinstance(field, forms.BooleanField):
        return {"type": "boolean", **said}
    if isinstance(field, forms.MultipleChoiceField):
        return {"type": "array", "items": _choices(field), "uniqueItems": True, "maxItems": 50, **said}
    if isinstance(field, forms.ModelChoiceField):
        return {"type": "string", "minLength": 1, "maxLength": 80, **said}
    if isinstance(field, forms.ChoiceField):
        return {**_choices(field), **said}
    if isinstance(field, forms.DateField):
        return {"type": "string", "format": "date", **said}
    if isinstance(field, forms.TimeField):
        return {"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d$", "example": "09:00", **said}
    if isinstance(field, forms.DecimalField):
        return {"type": "string", "pattern": MONEY, "example": "12.50", **said}
    if isinstance(field, forms.UUIDField):
        return {"type": "string", "format": "uuid", **said}
    if isinstance(field, HoursField):
        return {"type": "integer", "minimum": 0, "maximum": 599_999, "description": "minutes"}
    if isinstance(field, forms.IntegerField):
        low, high = field.min_value, field.max_value
        limits = {"minimum": -MOST_NUMBER if low is None else low, "maximum": MOST_NUMBER if high is None else high}
        return {"type": "integer", **limits, **said}
    return {"type": "string", "minLength": 1, "maxLength": getattr(field, "max_length", None) or MOST_TEXT, **said}


def _choices(field: forms.ChoiceField) -> dict[str, Any]:
    values: list[str] = []
    for value, label in list(field.choices):  # type: ignore[arg-type]
        inner = label if isinstance(label, list | tuple) else [(value, label)]
        values += [str(v) for v, _words in inner if str(v)]
    return {"type": "string", "enum": values} if values else {"type": "string", "minLength": 1, "maxLength": 80}


def schema_of_form(form: forms.Form, names: Sequence[str]) -> dict[str, Any]:
    """The object that a write sends: these fields, and no other name."""
    fields = {name: form.fields[name] for name in names if not isinstance(form.fields[name], forms.FileField)}
    required = [name for name, field in fields.items() if field.required and default_of(field) is None]
    made = {
        "type": "object",
        "additionalProperties": False,
        "properties": {name: schema_of(field) for name, field in fields.items()},
    }
    return {**made, "required": required} if required else made


def faults(schema: Mapping[str, Any], value: Any) -> list[str]:
    """Why a value does not fit, in words; nothing of the value is repeated."""
    return [_why(error) for error in Draft202012Validator(schema, format_checker=CHECKER).iter_errors(value)]


def body_faults(schema: Mapping[str, Any], sent: Any) -> dict[str, list[str]]:
    """Field → what does not fit."""
    found: dict[str, list[str]] = {}
    if not _is_text(sent):
        return {"body": [_("Il testo non è scritto in UTF-8.")]}
    for error in Draft202012Validator(schema, format_checker=CHECKER).iter_errors(sent):
        if error.validator == "additionalProperties":
            known = schema["properties"]
            found |= {str(name)[:80]: [_("Campo sconosciuto.")] for name in sent if name not in known}
        elif error.validator == "required":
            found |= {name: [_("Questo manca.")] for name in schema["required"] if name not in sent}
        else:
            found.setdefault(str(error.absolute_path[0]) if error.absolute_path else "body", []).append(_why(error))
    return found


def _why(error: Any) -> str:
    words = {
        "type": _("Il tipo non è quello previsto: %(what)s."),
        "enum": _("I valori possibili sono: %(what)s."),
        "format": _("Non è scritto come previsto: %(what)s."),
        "pattern": _("Non è scritto come previsto: %(what)s."),
        "maxLength": _("È troppo lungo: al massimo %(what)s caratteri."),
        "minLength": _("È vuoto."),
        "minimum": _("È troppo piccolo: almeno %(what)s."),
        "maximum": _("È troppo grande: al massimo %(what)s."),
    }
    what = error.validator_value
    said = words.get(error.validator, _("Non è come previsto."))
    return said % {"what": ", ".join(map(str, what)) if isinstance(what, list) else what} if "%(what)s" in said else said


def _is_text(value: Any) -> bool:
    """Whether all text in it can be written in UTF-8: JSON can spell halves of letters."""
    if isinstance(value, str):
        return not any("\ud800" <= letter <= "\udfff" for letter in value)
    if isinstance(value, Mapping):
        return all(_is_text(key) and _is_text(part) for key, part in value.items())
    return all(map(_is_text, value)) if isinstance(value, list) else True


def from_text(schema: Mapping[str, Any], text: str) -> Any:
    """What a word of an address means, as its schema has it; the word itself where it means nothing such."""
    if schema.get("type") == "boolean":
        return {"true": True, "false": False}.get(text, text)
    if schema.get("type") == "integer" and text.removeprefix("-").isascii() and text.removeprefix("-").isdigit() and len(text) < 12:
        return int(text)
    return text


def default_of(field: forms.Field) -> Any:
    """What the page has there before anybody writes, as JSON; None where it is empty."""
    value = field.initial() if callable(field.initial) else field.initial
    if isinstance(field, forms.BooleanField):
        return bool(value)
    return None if value in (None, "") or isinstance(value, list) else value if isinstance(value, int) else str(value)


def to_query(sent: Mapping[str, Any], form: forms.Form, names: Collection[str]) -> QueryDict:
    """The values as a browser would send them; what was left out as the page has it before anybody writes."""
    query = QueryDict(mutable=True)
    defaults = {name: default for name in names if (default := default_of(form.fields[name])) is not None}
    for name, given in {**defaults, **sent}.items():
        value = int(given) if isinstance(given, float) and given.is_integer() else given  # 90.0 is a whole number in JSON
        if isinstance(value, bool):
            if value:
                query[name] = "on"
        elif isinstance(value, list):
            query.setlist(name, [str(part) for part in value])
        elif isinstance(form.fields[name], HoursField):
            query[name] = f"{value // 60}:{value % 60:02d}"
        else:
            query[name] = str(value)
    return query
