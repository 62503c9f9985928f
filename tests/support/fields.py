"""Which of a person's fields each role really reads: a mark is put in every one, and looked for in what the pages answer."""

import re
import uuid
from collections.abc import Iterator
from functools import cache
from typing import Any

import psycopg
from django.contrib.postgres.fields import ArrayField
from django.db import models

from impresasolidale.core.fields import EncryptedTextField, encrypt
from impresasolidale.privacy import discard, kin

from . import database

ONE = uuid.UUID(int=3, version=4)  # the public id of all that is hers
PROTECTED = "zqprotz"  # her address, which is protected
PROTECTED_ADDRESS = "beneficiaries_beneficiary.protected_address"  # the address of who has it protected: a field of its own
MARK = re.compile(r"zq(\d{3})z", re.IGNORECASE)
BORN = re.compile(r"09/03/1987|9 marzo 1987|1987-03-09")
ISEE = re.compile(r"7\.?313,13|7313\.13")
SPECIAL = {"beneficiaries_beneficiary.birth_date": BORN, "solidarity_fund_benefitrequest.isee_value": ISEE}


@cache
def fields() -> list[str]:
    """`table.column` of what is written of a person: what a discarding takes away (privacy/discard.toml), in its order."""
    found, dropped, _stays = discard.decisions()
    wanted = []
    for table in dict.fromkeys(discard.tables()):
        if table in discard.TRAILS:
            continue
        for column, field in discard.columns_of(table).items():
            if (table in dropped or found[table][column] in {"word", "apart", "empty", "nobody"}) and _is_words(field):
                wanted.append(f"{table}.{column}")
    return [place for place in wanted if place not in SPECIAL and not place.endswith(("_key", "_type", ".url", ".kind"))]


def _is_words(field: Any) -> bool:
    return (
        isinstance(field, models.CharField | models.TextField)
        and not isinstance(field, ArrayField | models.JSONField)
        and not field.flatchoices
    )


def mark_of(place: str) -> str:
    return f"zq{fields().index(place):03d}z"


def read_in(text: str) -> set[str]:
    """The fields that this answer tells."""
    told = {fields()[int(number)] for number in MARK.findall(text)}
    if PROTECTED in text.lower():
        told.add(PROTECTED_ADDRESS)
    return told | {place for place, pattern in SPECIAL.items() if pattern.search(text)}


def plant(name: str, person: int) -> set[str]:
    """Put each mark in its column, in every row where the database takes it; all that is hers takes one public id. Returns the marked."""
    done = set()
    with database.owner(name) as db:
        for table in dict.fromkeys(place.partition(".")[0] for place in [*fields(), *SPECIAL]):
            db.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for place in fields():
            if _write(db, place):
                done.add(place)
        born = "UPDATE beneficiaries_beneficiary SET birth_date = '1987-03-09'"
        db.execute(f"{born}, is_address_protected = is_address_protected OR id = %s", [person])
        db.execute("UPDATE beneficiaries_beneficiary SET address = %s WHERE id = %s", [PROTECTED, person])
        db.execute(
            "UPDATE solidarity_fund_benefitrequest SET isee_value = %s",
            [encrypt("7313.13", place="solidarity_fund_benefitrequest.isee_value")],
        )
        share(db, person)
        for table in dict.fromkeys(place.partition(".")[0] for place in [*fields(), *SPECIAL]):
            db.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    return done | {*SPECIAL}


def _write(db: psycopg.Connection[Any], place: str) -> bool:
    table, _, column = place.partition(".")
    field, mark = discard.columns_of(table)[column], mark_of(place)
    value = encrypt(mark, place=place) if isinstance(field, EncryptedTextField) else mark
    if isinstance(field, models.EmailField) or (table, column) == ("core_message", "address"):
        value = f"{mark}@example.org"
    set_to = f"left(\"{column}\" || ' ' || %s, {field.max_length})" if column in {"first_name", "last_name"} else "%s"
    for where in ("true", f'"{column}" IS NOT NULL AND "{column}" <> \'\''):  # a check may want it empty beside something else
        try:
            return bool(db.execute(f'UPDATE {table} SET "{column}" = {set_to} WHERE {where}', [value]).rowcount)
        except psycopg.IntegrityError:
            continue
    return False


def share(db: psycopg.Connection[Any], person: int) -> None:
    """One row of each kind that is about her takes the public id ONE: each address is then asked once."""
    ids: dict[str, list[int]] = {}
    for model, keys in kin.closure():
        table = model._meta.db_table
        if not keys:
            ids[table] = [person]
        else:
            about = " OR ".join(f"{model._meta.get_field(key).column} = ANY (%s)" for key, _parent in keys)
            rows = db.execute(f"SELECT id FROM {table} WHERE {about} ORDER BY id", [ids[parent._meta.db_table] for _key, parent in keys])
            ids[table] = [pk for (pk,) in rows.fetchall()]
        if ids[table] and any(field.name == "public_id" for field in model._meta.local_fields):
            db.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            db.execute(f"UPDATE {table} SET public_id = %s WHERE id = %s", [ONE, ids[table][-1]])
            db.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def words(place: str) -> Iterator[str]:
    """(table, column) as the glossary calls them."""
    table, _, column = place.partition(".")
    model = discard.model_of(table)
    yield str(model._meta.verbose_name)
    yield "indirizzo protetto" if place == PROTECTED_ADDRESS else str(discard.columns_of(table)[column].verbose_name)
