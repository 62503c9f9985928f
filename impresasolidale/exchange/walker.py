"""The machine that walks the tables: which rows an Ambito owns, which hang on a person, and how a row reads. From the models themselves."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models

from impresasolidale.core.models import Document, Fact, Message, Todo, Upload

# Owned tables that are not taken out, each with its reason.
EXEMPT = {
    "core.job": "lavori del programma: numeri di righe, nessun dato",
    "core.verification": "i codici di verifica: ogni documento porta il suo",
    "accounts.apitoken": "chiavi di accesso: non escono mai",
    "exchange.importrow": "righe di file importati, che si cancellano dopo un mese",
    "exchange.importedday": "righe di file importati, che si cancellano dopo un mese",
    "exchange.takeout": "le uscite stesse",
    "core.rowchange": "la storia tecnica delle righe, che ripete quello che le righe dicono",
}
# Columns that open something: never taken out, wherever they stand.
SECRETS = frozenset({"token_hash", "secret_hash", "code_hash", "password", "search_key", "person_key"})
# Rows about others by type and number: model → (type, id).
BY_SUBJECT: dict[type[models.Model], tuple[str, str]] = {
    Document: ("subject_type", "subject_id"),
    Upload: ("subject_type", "subject_id"),
    Fact: ("subject_type", "subject_id"),
    Todo: ("subject_type", "subject_id"),
    Message: ("about_type", "about_id"),
}


def ours() -> list[type[models.Model]]:
    """Every table of the house, by its name."""
    found = [m for m in apps.get_models() if m._meta.managed and m.__module__.partition(".")[0] in settings.WINGS]
    return sorted(found, key=lambda m: m._meta.label_lower)


def owner_column(model: type[models.Model]) -> str:
    """The column that says whose a row is; "" when it is nobody's in particular."""
    names = {f.attname for f in model._meta.concrete_fields}
    return next((name for name in ("ambito_id", "network_id") if name in names), "")


def owned() -> list[type[models.Model]]:
    """The tables an Ambito has rows in, but those that stay."""
    return [m for m in ours() if owner_column(m) == "ambito_id" and m._meta.label_lower not in EXEMPT]


def shown_fields(model: type[models.Model]) -> list[Any]:
    """The columns that are told."""
    return [f for f in model._meta.concrete_fields if f.name not in SECRETS]


def tree_of(model: type[models.Model], ids: Collection[int]) -> dict[type[models.Model], set[int]]:
    """These rows and all that hang on them, followed from parents to children and never back: what a person's record is made of.

    A row that only names the record as one of two (what was told apart, what was merged) hangs on it too.
    """
    found: dict[type[models.Model], set[int]] = defaultdict(set)
    waiting: list[tuple[type[models.Model], set[int]]] = [(model, set(ids))]
    while waiting:
        parent, new = waiting.pop()
        new = new - found[parent]
        if not new:
            continue
        found[parent] |= new
        for relation in parent._meta.get_fields(include_hidden=True):
            if relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one):
                child: Any = relation.related_model
                if child._meta.managed:
                    link = relation.field.name  # type: ignore[union-attr]
                    waiting.append((child, set(child._default_manager.filter(**{f"{link}__in": new}).values_list("pk", flat=True))))
    return {each: pks for each, pks in found.items() if pks}


def about(found: dict[type[models.Model], set[int]]) -> dict[type[models.Model], set[int]]:
    """The papers, files, facts, to-dos and messages about these rows."""
    more: dict[type[models.Model], set[int]] = defaultdict(set)
    for model, (kind, number) in BY_SUBJECT.items():
        for each, ids in found.items():
            rows = model._default_manager.filter(**{kind: each._meta.label_lower, f"{number}__in": ids})
            more[model] |= set(rows.values_list("pk", flat=True))
    return {model: ids for model, ids in more.items() if ids}


@dataclass(frozen=True)
class TableRows:
    """A table with its columns in words, and its rows as values that JSON and CSV take."""

    model: type[models.Model]
    columns: list[tuple[str, str]]  # (column, in words)
    rows: Iterator[list[Any]]

    @property
    def name(self) -> str:
        return self.model._meta.db_table

    @property
    def words(self) -> str:
        return str(self.model._meta.verbose_name_plural)


def read(rows: models.QuerySet[Any]) -> TableRows:
    """The rows of a table, one by one, encrypted columns in the clear."""
    fields = shown_fields(rows.model)
    names = [f.attname for f in fields]
    columns = [(f.attname, words_of(f)) for f in fields]
    found = rows.order_by("pk").values_list(*names).iterator(chunk_size=2_000)
    return TableRows(rows.model, columns, ([plain_value(value) for value in row] for row in found))


def words_of(field: Any) -> str:
    """The column in words; codes with what they mean."""
    words = str(field.verbose_name).replace("_", " ")
    choices = getattr(field, "choices", None) or getattr(getattr(field, "base_field", None), "choices", None)
    if choices:
        return f"{words} ({'; '.join(f'{code}: {label}' for code, label in choices if code)})"
    return f"{words} (numero di una riga di {field.related_model._meta.db_table})" if field.is_relation else words


def plain_value(value: Any) -> Any:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if value is None or isinstance(value, bool | int | float | str | list | dict):
        return [plain_value(each) for each in value] if isinstance(value, list) else value
    return str(value)
