"""What every kind of import says: its fields, how one row is tried, and what "it is there already" means.

A row goes through the form and the service of the page that people use: what they refuse, an import refuses in the same words.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar

from django import forms
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.errors import DomainError
from impresasolidale.core.fields import lookup_hash
from impresasolidale.core.views import constraint_words
from impresasolidale.territory.selectors import name_key

from ..enums import RowOutcome

YES = frozenset("si yes true vero x 1 on".split())
NO = frozenset("no false falso 0 off".split())
DAYS = ("%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y", "%Y/%m/%d", "%d.%m.%y")


@dataclass(frozen=True)
class Column:
    """A field of ours that a column may fill: its name in the form, and what files call it besides its own label."""

    name: str
    words: tuple[str, ...] = ()
    needed: bool | None = None  # None: as the form says
    same: bool = False  # often the same in every row: offered as a value for all of them


class Known(Exception):
    """What the row says is there already: `subject` is it."""

    def __init__(self, subject: models.Model) -> None:
        self.subject = subject


@dataclass
class Tried:
    """How a row went."""

    outcome: str
    problems: dict[str, str] = field(default_factory=dict)
    subject: models.Model | None = None
    subject_id: int | None = None  # where there is no row at hand
    roots: list[models.Model] = field(default_factory=list)


class _Rollback(Exception):
    pass


class RowKind:
    """One kind whose rows are tried one by one. Subclasses say the form and the service."""

    code: ClassVar[str]
    label: ClassVar[Any]
    lead: ClassVar[Any] = ""
    permission: ClassVar[str] = Permission.IMPORT_DATA
    columns: ClassVar[tuple[Column, ...]]
    ticks: ClassVar[Mapping[str, Any]] = {}  # what a refusal asks to say yes to: field → words of the tick
    defaults: ClassVar[Mapping[str, Any]] = {}
    key_fields: ClassVar[tuple[str, ...]] = ()  # what tells that two rows are about the same
    undo_words: ClassVar[Any] = gettext_lazy("Togliamo quello che nessuno ha ancora toccato.")
    exempt: ClassVar[frozenset[str]] = frozenset()  # models whose rows come by themselves, and go with the record
    versions: ClassVar[Mapping[str, int]] = {}  # the version a row of a model has when the service is done, where it is not the first

    def form(self, data: Mapping[str, Any] | None, *, by: Access, today: date) -> forms.Form:
        raise NotImplementedError

    def write(self, form: Any, *, by: Access, today: date) -> list[models.Model]:
        """The service; returns what was written, the subject first. Raises Known, DomainError."""
        raise NotImplementedError

    def address(self, subject_id: int) -> str | None:
        """The page of a subject."""
        raise NotImplementedError

    # --- Fields

    def fields(self, *, by: Access, today: date) -> dict[str, "FieldWords"]:
        """What can be filled, in the order of `columns`."""
        blank = self.form(None, by=by, today=today)
        found = {}
        for column in self.columns:
            one = blank.fields[column.name]
            needed = one.required if column.needed is None else column.needed
            found[column.name] = FieldWords(column, one, needed and one.initial in (None, ""))
        return found

    def key(self, values: Mapping[str, str]) -> str:
        """The keyed hash of what the row is about; "" when it does not say."""
        parts = [re.sub(r"\s+", "", values.get(name, "")).upper() for name in self.key_fields]
        return lookup_hash(f"{self.code} {' '.join(parts)}") if parts and all(parts[:1]) else ""

    # --- One row

    def try_row(self, values: Mapping[str, str], *, by: Access, today: date, writes: bool) -> Tried:
        """One row through its form and its service; with `writes` false everything is rolled back."""
        tried = Tried(RowOutcome.WRONG)
        try:
            with transaction.atomic():
                self._try(tried, values, by=by, today=today)
                if not writes or tried.outcome != RowOutcome.GOOD:
                    raise _Rollback
        except _Rollback:
            pass
        except Known as known:
            tried.outcome, tried.subject = RowOutcome.KNOWN, known.subject
        except DomainError as error:
            asks = error.field in self.ticks
            tried.outcome = RowOutcome.PERHAPS if asks else RowOutcome.WRONG
            tried.problems = {error.field or "": str(error)}
        except IntegrityError as error:
            tried.outcome, tried.problems = RowOutcome.WRONG, {"": constraint_words(error)}
        return tried

    def _try(self, tried: Tried, values: Mapping[str, str], *, by: Access, today: date) -> None:
        blank = self.form(None, by=by, today=today)
        form = self.form(self.data(blank, values), by=by, today=today)
        if not form.is_valid():
            tried.problems = {"" if name == "__all__" else name: " ".join(map(str, errors)) for name, errors in form.errors.items()}
            return
        tried.roots = self.write(form, by=by, today=today)
        tried.outcome, tried.subject = RowOutcome.GOOD, tried.roots[0]

    def data(self, blank: forms.Form, values: Mapping[str, str]) -> dict[str, Any]:
        """The post of the form: what is not said has the form's own beginning."""
        data: dict[str, Any] = {}
        for name, one in blank.fields.items():
            begin = self.defaults.get(name, one.initial)
            data[name] = "" if begin is None or begin is False else "on" if begin is True else begin
        for name, text in values.items():
            if name in blank.fields and text:
                data[name] = as_typed(blank.fields[name], text)
        return {name: value for name, value in data.items() if value != ""}


@dataclass(frozen=True)
class FieldWords:
    """A field as the page of columns shows it."""

    column: Column
    field: forms.Field
    needed: bool

    @property
    def label(self) -> str:
        return str(self.field.label)

    @property
    def choices(self) -> list[tuple[str, str]]:
        return [(str(value), str(label)) for value, label in getattr(self.field, "choices", ()) if str(value)]

    @property
    def names(self) -> set[str]:
        """All that the column may be called, as keys."""
        return {plain(text) for text in (self.column.name, self.label, *self.column.words)}


def plain(text: str) -> str:
    """Lower case without accents, signs and little words: "Data di nascita" and "data nascita" are the same."""
    words = re.findall(r"[a-z0-9]+", name_key(text.replace("’", " ").replace("'", " ")))
    return " ".join(word for word in words if word not in {"di", "del", "della", "dell", "il", "la", "lo", "l", "d", "da", "in", "e"})


def as_typed(field: forms.Field, text: str) -> Any:
    """The text of a cell as somebody would type it in this field: days in the form's way, choices by their word, yes and no."""
    text = text.strip()
    if isinstance(field, forms.DateField):
        found = day_of(text)
        return found.isoformat() if found else text
    if isinstance(field, forms.BooleanField):
        word = name_key(text)
        return "on" if word in YES else "" if word in NO else "on" if word else ""
    if isinstance(field, forms.ChoiceField):
        choices: Any = field.choices
        return choice_of(((str(v), str(label)) for v, label in choices), text)
    if isinstance(field, forms.IntegerField) and re.fullmatch(r"\d+[.,]0+", text):
        return re.split(r"[.,]", text)[0]
    return text


def choice_of(choices: Iterable[tuple[str, str]], text: str) -> str:
    """The code of a choice that is said by its code or by its words; the text itself when it is none."""
    wanted = plain(text)
    for value, label in choices:
        if value and wanted in (plain(value), plain(label)):
            return value
    return text


def day_of(text: str) -> date | None:
    """A day in one of the ways people write it; None when it is none of them."""
    text = text.partition(" ")[0] if re.fullmatch(r"\S+ \d{1,2}:\d{2}(:\d{2})?", text) else text
    for form in DAYS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 a day without a clock
        except ValueError:
            continue
    return None


def guess(columns: Iterable[str], fields: Mapping[str, FieldWords]) -> dict[str, int]:
    """Field → place of the column that is probably meant, each column once: the same words first, then what contains them."""
    keys = [plain(name) for name in columns]
    found: dict[str, int] = {}

    def free(place: int) -> bool:
        return place not in found.values()

    for name, words in fields.items():
        place = next((n for n, key in enumerate(keys) if key in words.names and free(n)), None)
        if place is not None:
            found[name] = place
    for name, words in fields.items():
        if name not in found:
            place = next((n for n, key in enumerate(keys) if free(n) and any(len(w) > 5 and w in key for w in words.names)), None)
            if place is not None:
                found[name] = place
    return found
