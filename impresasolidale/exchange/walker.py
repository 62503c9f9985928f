"""Which tables an Ambito owns rows in, and how their rows read. From the models themselves."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models

from impresasolidale.core.inventory import house_tables, plain_value

# Owned tables that are not taken out, each with its reason.
EXEMPT = {
    "core.job": "lavori del programma: numeri di righe, nessun dato",
    "core.verification": "i codici di verifica: ogni documento porta il suo",
    "accounts.apitoken": "chiavi di accesso: non escono mai",
    "exchange.importrow": "righe di file importati, che si cancellano dopo un mese",
    "exchange.importedday": "righe di file importati, che si cancellano dopo un mese",
    "exchange.hooknotice": "avvisi mandati ad altri programmi, che si cancellano dopo un mese",
    "exchange.takeout": "le uscite stesse",
    "core.rowchange": "la storia tecnica delle righe, che ripete quello che le righe dicono",
}
# Columns that open something: never taken out, wherever they stand.
SECRETS = frozenset({"token_hash", "secret_hash", "secret", "old_secret", "code_hash", "password", "search_key", "person_key"})


def owned() -> list[type[models.Model]]:
    """The tables an Ambito has rows in, but those that stay; by their name."""
    rows = [m for m in house_tables() if m._meta.label_lower not in EXEMPT and "ambito_id" in {f.attname for f in m._meta.concrete_fields}]
    return sorted(rows, key=lambda m: m._meta.label_lower)


def shown_fields(model: type[models.Model]) -> list[Any]:
    """The columns that are told."""
    return [f for f in model._meta.concrete_fields if f.name not in SECRETS]


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
