"""One invented row in every table that hangs on a person, whatever its shape: made by their owner, without their constraints."""

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.models import ForeignKey

from impresasolidale.core.fields import EncryptedJSONField, EncryptedTextField, encrypt
from impresasolidale.privacy.kin import closure
from placements.beneficiaries.models import Beneficiary
from tests.support import database

DAY, MOMENT = date(2019, 4, 23), datetime.fromisoformat("2019-04-23T10:11:12+00:00")


def value_of(field: models.Field, number: int) -> Any:
    """A value of the column's type that is known again: words carry the number of the table."""
    if field.choices and field.flatchoices:
        return field.flatchoices[0][0]
    if isinstance(field, models.UUIDField):
        return uuid4()
    if isinstance(field, ArrayField):
        return [value_of(field.base_field, number)]
    if isinstance(field, models.JSONField):
        return f'[{{"seme": "{number}"}}]'
    if isinstance(field, models.BooleanField):
        return True
    if isinstance(field, models.DateTimeField):
        return MOMENT
    if isinstance(field, models.DateField):
        return DAY
    if isinstance(field, models.TimeField):
        return time(9, 7)
    if isinstance(field, models.DecimalField):
        return Decimal("1.5")
    if isinstance(field, models.IntegerField):
        return 7
    assert isinstance(field, models.CharField | models.TextField), field
    word = f"seme{number}"
    if isinstance(field, EncryptedJSONField):
        return encrypt(f'"{word}"', place=field.place)
    if isinstance(field, EncryptedTextField):
        return encrypt(word, place=field.place)
    return word[: field.max_length or 99]


def plant_everywhere(person: Beneficiary) -> dict[str, dict[str, Any]]:
    """Model → the values of its row about the person, by field."""
    planted: dict[str, dict[str, Any]] = {}
    ids: dict[type[models.Model], int] = {Beneficiary: person.pk}
    with database.owner(connection.settings_dict["NAME"]) as db:
        for number, (model, keys) in enumerate(closure()):
            if model is Beneficiary:
                continue
            table, ids[model] = model._meta.db_table, 900_000 + number
            for (name,) in db.execute(
                "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('c', 'x', 'f')", [table]
            ).fetchall():
                db.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
            db.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            row = _row(model, dict(keys), ids, person, number)
            columns = ", ".join(f'"{column}"' for column in row)
            db.execute(f"INSERT INTO {table} ({columns}) VALUES ({', '.join(['%s'] * len(row))})", list(row.values()))
            planted[model._meta.label] = row
        db.execute("COMMIT")
    return planted


def _row(
    model: type[models.Model], keys: Mapping[str, Any], ids: Mapping[type[models.Model], int], person: Beneficiary, number: int
) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for field in model._meta.local_fields:
        if isinstance(field, models.GeneratedField):
            continue
        if field.primary_key:
            value: Any = ids[model]
        elif field.name == "ambito":
            value = person.ambito_id
        elif isinstance(field, ForeignKey):
            value = ids.get(keys[field.name]) if field.name in keys else None
            value = value or (None if field.null else 1)
        else:
            value = value_of(field, number)
        row[field.column] = value
    return row
