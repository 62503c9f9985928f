"""Forms: label above, hint, errors beside the field and wired to it, a summary on top. The markup is in `templates/forms/`."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, time
from decimal import Decimal
from typing import Any, ClassVar, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.db.models.fields import BLANK_CHOICE_DASH
from django.forms.renderers import TemplatesSetting
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .errors import Conflict, DomainError
from .four_eyes import OutsideAct
from .merge import Difference
from .uploads import check_upload

CHOOSE = _("Scegli…")
OVERTAKEN = _("Nel frattempo qualcun altro ha salvato. Qui sotto resta quello che hai scritto tu: controlla, poi salva di nuovo.")
INPUT_CLASSES = {
    forms.CheckboxInput: "choice-input",
    forms.RadioSelect: "choice-input",
    forms.CheckboxSelectMultiple: "choice-input",
    forms.FileInput: "input input-file",
    forms.Select: "input input-select",
    forms.Textarea: "input input-area",
    forms.Widget: "input",
}


class Field(forms.BoundField):
    """A bound field whose widget carries its class."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        widget = widget or self.field.widget
        attrs = super().build_widget_attrs(attrs, widget)
        if not widget.is_hidden:
            own = next(css for kind, css in INPUT_CLASSES.items() if isinstance(widget, kind))
            attrs["class"] = " ".join(filter(None, [own, widget.attrs.get("class", ""), "is-wrong" if self.errors else ""]))
        return attrs

    @property
    def size(self) -> str:
        """`short` for dates, numbers, codes of a known length: the box says how much to write."""
        short = isinstance(self.field, forms.DateField | forms.TimeField | forms.DecimalField | forms.IntegerField | HoursField)
        length = getattr(self.field, "max_length", None)
        return "short" if short or (length and length <= 20) else ""


class Renderer(TemplatesSetting):
    """FORM_RENDERER: the project's templates for every form."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
    formset_template_name = "forms/formset.html"
    bound_field_class = Field


class Folded(tuple):
    """A group of `fieldsets`, `Folded((legend, names))`, that stays closed until a field of it holds something or is wrong."""


class Group(NamedTuple):
    """Fields drawn together. `fold`: empty, "open" or "closed"."""

    legend: Any
    fields: list[forms.BoundField]
    fold: str = ""


def check_year(day: date) -> None:
    """Refuse a year that is a slip of the finger: no date of ours is older than the oldest people, or further off than a generation."""
    if not 1920 <= day.year <= timezone.localdate().year + 30:
        raise ValidationError(_("Controlla l'anno."))


class FormMixin:
    """`fieldsets` groups the fields: `[(legend, [names]), …]`; fields left out follow without a legend."""

    fieldsets: Sequence[tuple[Any, Sequence[str]]] = ()
    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            _use_native_picker(field.widget)
            _invite_to_choose(field)
            if isinstance(field.widget, forms.Textarea) and field.widget.attrs.get("rows") == "10":
                field.widget.attrs["rows"] = "4"

    def full_clean(self) -> None:
        for field in self.fields.values():  # here, because a form may add fields after us
            if isinstance(field, forms.DateField) and check_year not in field.validators:
                field.validators.append(check_year)
        super().full_clean()  # type: ignore[misc]

    @property
    def groups(self) -> list[Group]:
        placed = {name for _legend, names in self.fieldsets for name in names}
        rest = [name for name, field in self.fields.items() if name not in placed and not field.widget.is_hidden]
        groups = []
        for group in self.fieldsets:
            legend, names = group
            fields = [self[name] for name in names if name in self.fields]  # type: ignore[index]
            fold = ("open" if any(map(_is_told, fields)) else "closed") if isinstance(group, Folded) else ""
            groups.append(Group(legend, fields, fold))
        return groups + ([Group("", [self[name] for name in rest])] if rest else [])  # type: ignore[index]

    def add_domain_error(self, exc: DomainError | ValidationError) -> None:
        """Show a service's refusal beside its field, or at the top when it belongs to none."""
        if isinstance(exc, ValidationError):
            known = not hasattr(exc, "error_dict") or set(exc.error_dict) <= {*self.fields, "__all__"}
            self.add_error(None, exc if known else exc.messages)  # type: ignore[attr-defined]
        else:
            self.add_error(exc.field if exc.field in self.fields else None, str(exc))  # type: ignore[attr-defined]


class Form(FormMixin, forms.Form):
    pass


class ReasonForm(Form):
    """A step that asks why, and nothing else; the reason stays in its fact."""

    reason = forms.CharField(label=_("Motivo"), widget=forms.Textarea, max_length=1000, help_text=_("Una riga basta."))


class ModelForm(FormMixin, forms.ModelForm):
    pass


class _Versioned:
    """A form that knows the version it was opened on; house.md §3 `row_version`.

    `initial` holds what is stored now. When somebody else saved meanwhile the page shows it beside what was typed (`meanwhile`), and
    carries the version of today: who has read it may save again.
    """

    current_version: int
    is_stale = False
    data: Any

    def clean(self) -> Any:
        cleaned = super().clean()  # type: ignore[misc]
        if self.cleaned_data.get("row_version") != self.current_version:  # type: ignore[attr-defined]
            self.is_stale = True
            self.data = self.data.copy()
            self.data["row_version"] = self.current_version
            self.add_domain_error(Conflict(OVERTAKEN))  # type: ignore[attr-defined]
        return cleaned

    @property
    def meanwhile(self) -> list[tuple[str, str]]:
        """(label, what is stored now) of each field that was typed otherwise; empty while the form is not stale."""
        if not self.is_stale:
            return []
        form: Any = self
        shown = [name for name in form.changed_data if name in form.initial and not form.fields[name].widget.is_hidden]
        found = [(form[name], _stored(form, name)) for name in shown]
        return [(str(field.label), words) for field, words in found if words != str(field.value())]


def _stored(form: Any, name: str) -> str:
    """The stored value of a field in words."""
    field = form.fields[name]
    value = form.get_initial_for_field(field, name)
    if isinstance(value, bool):
        return str(_("sì") if value else _("no"))
    if value in (None, "", [], ()):
        return str(_("vuoto"))
    if isinstance(field, forms.ModelChoiceField):
        try:
            return str(field.to_python(value))
        except ValidationError:
            return "–"
    if isinstance(field, forms.ChoiceField):
        choices: Any = field.choices
        chosen = {str(v) for v in (value if isinstance(value, (list, tuple)) else [value])}
        return ", ".join(str(label) for code, label in choices if str(code) in chosen)
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return str(field.prepare_value(value))


def _version_field() -> forms.IntegerField:
    return forms.IntegerField(widget=forms.HiddenInput, required=False)


class VersionedForm(_Versioned, Form):
    """Pass the row's `current_version`; the service checks again under its lock."""

    row_version = _version_field()

    def __init__(self, *args: Any, current_version: int, **kwargs: Any) -> None:
        self.current_version = current_version
        super().__init__(*args, **kwargs)
        self.initial.setdefault("row_version", current_version)


class VersionedModelForm(_Versioned, ModelForm):
    row_version = _version_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.current_version = self.instance.row_version
        self.initial.setdefault("row_version", self.current_version)


# --- Fields and widgets


class MoneyField(forms.DecimalField):
    """Euro with two decimals; reads `1.234,56`, `1234,56`, `1234.56`, with or without €."""

    widget = forms.TextInput
    default_error_messages: ClassVar = {"invalid": _("Scrivi un importo in euro, per esempio 450,00.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_digits": 12, "decimal_places": 2, **kwargs})
        self.widget.attrs.update({"inputmode": "decimal", "autocomplete": "off"})

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        if isinstance(value, str):
            value = re.sub(r"[€\s\u00a0]", "", value)
            if "," in value or re.fullmatch(r"-?\d{1,3}(\.\d{3})+", value):
                value = value.replace(".", "").replace(",", ".")
        return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        return str(value).replace(".", ",") if isinstance(value, Decimal) else value


class HoursField(forms.Field):
    """Whole minutes; reads `3:30`, `3,5`, `3 h 30`, `45 min`. The quantity is 0 or more and under 10,000 hours."""

    widget = forms.TextInput
    default_error_messages: ClassVar = {"invalid": _("Scrivi le ore, per esempio 3:30 oppure 3,5.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.attrs.update({"autocomplete": "off"})

    def to_python(self, value: Any) -> int | None:
        text = str(value if value is not None else "").strip().lower()
        if not text:
            return None
        if match := re.fullmatch(r"(\d{1,4})(?:[.,](\d{1,2}))?(?:\s*(?:h|ore|ora))?", text):
            return round(Decimal(f"{match[1]}.{match[2] or 0}") * 60)
        match = re.fullmatch(r"(?:(\d{1,4})\s*(?::|h|ore|ora)\s*)?([0-5]?\d)\s*(min|minuti|m)?", text)
        if match and (match[1] or match[3]):
            return int(match[1] or 0) * 60 + int(match[2])
        raise ValidationError(self.error_messages["invalid"], code="invalid")

    def prepare_value(self, value: Any) -> Any:
        return f"{value // 60}:{value % 60:02d}" if isinstance(value, int) else value


class Radios(forms.RadioSelect):
    """One choice among few, as large buttons."""


class Checks(forms.CheckboxSelectMultiple):
    """Several choices among few, as large buttons."""


class Suggest(forms.TextInput):
    """Text with suggestions from `url`: `GET ?q=…` answers lines of `<option value="…">`. Works without JavaScript."""

    template_name = "forms/widgets/suggest.html"

    def __init__(self, url: Any, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"autocomplete": "off", **(attrs or {})})
        self.url = url

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        list_id = f"{context['widget']['attrs'].get('id', f'id_{name}')}_list"
        context["widget"]["attrs"] |= {
            "list": list_id,
            "data-suggest": "q",
            "hx-get": str(self.url),
            "hx-trigger": "input changed delay:200ms",
            "hx-target": f"#{list_id}",
            "hx-swap": "innerHTML",
            "hx-sync": "this:replace",
        }
        context["list_id"] = list_id
        return context


def _is_told(bound: forms.BoundField) -> bool:
    """Whether a field holds something, or something is wrong with it."""
    return bool(bound.errors or bound.value())


def _invite_to_choose(field: forms.Field) -> None:
    """Django's dashes become an invitation; a field that says itself what empty means keeps its words."""
    dashes = BLANK_CHOICE_DASH[0][1]
    if isinstance(field, forms.ModelChoiceField):
        if field.empty_label == dashes:
            field.empty_label = CHOOSE
    elif isinstance(field, forms.ChoiceField) and isinstance(field.widget, forms.Select):
        field.choices = [(value, CHOOSE if label == dashes else label) for value, label in field.widget.choices]


def _use_native_picker(widget: forms.Widget) -> None:
    """The browser's own date and time pickers: known to the user, usable by keyboard and screen reader."""
    pickers: dict[type[forms.Widget], tuple[str, str]] = {
        forms.DateInput: ("date", "%Y-%m-%d"),
        forms.DateTimeInput: ("datetime-local", "%Y-%m-%dT%H:%M"),
        forms.TimeInput: ("time", "%H:%M"),
    }
    if native := pickers.get(type(widget)):
        widget.input_type, widget.format = native  # type: ignore[attr-defined]


class WithAct(Form):
    """An act taken outside that stands for the second key: its number, its day and its copy, all or none. `act` is the act in the data."""

    act_number = forms.CharField(label=_("Numero dell'atto"), max_length=60, required=False)
    act_on = forms.DateField(label=_("Data dell'atto"), required=False)
    act_file = forms.FileField(label=_("Copia dell'atto"), required=False, help_text=_("PDF, oppure foto JPEG o PNG, fino a 10 MB."))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        number, on, copy = (data.get(name) for name in ("act_number", "act_on", "act_file"))
        if (number or on or copy) and not (number and on) and "act_on" not in self.errors:
            self.add_error("act_on" if number else "act_number", _("Dell'atto servono il numero e la data."))
        elif number and on and not copy and "act_file" not in self.errors:
            self.add_error("act_file", _("Serve la copia dell'atto."))
        if on and on > timezone.localdate():
            self.add_error("act_on", _("La data dell'atto è nel futuro."))
        if copy:
            try:
                check_upload(copy)
            except DomainError as error:
                self.add_error("act_file", str(error.words))
        return {**data, "act": OutsideAct(number, on) if number and on else None}


class MergeForm(Form):
    """One choice for each part that two records tell differently (core.merge.Difference). What only the other record says is proposed."""

    KEPT, DROPPED = "kept", "dropped"

    def __init__(self, *args: Any, differences: Iterable[Difference], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for each in differences:
            words = {self.KEPT: each.kept, self.DROPPED: each.dropped}
            self.fields[each.part] = forms.ChoiceField(
                label=each.label,
                choices=[(value, text or _("(vuoto)")) for value, text in words.items()],
                initial=self.KEPT if each.kept else self.DROPPED,
                widget=Radios,
            )

    def taken(self) -> list[str]:
        """The parts whose value comes from the record that goes."""
        return [part for part, choice in self.cleaned_data.items() if choice == self.DROPPED]
