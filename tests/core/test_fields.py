"""Encrypted fields: ciphertext in the column, bound to it; keys rotate; codes are found by their keyed hash."""

import base64

import pytest
from django.core.management import call_command
from django.db import connection

from impresasolidale.core import fields
from impresasolidale.core.models import Document
from impresasolidale.core.scope import Scope, scope

OLD, NEW = (base64.b64encode(bytes([n]) * 32).decode() for n in (1, 2))


def test_a_value_comes_back_and_never_looks_the_same_twice(settings):
    settings.FIELD_KEYS = [OLD]
    one, two = (fields.encrypt("Città", place="a.b") for _ in range(2))
    assert one != two
    assert {fields.decrypt(v, place="a.b") for v in (one, two)} == {"Città"}


def test_a_value_moved_to_another_column_does_not_decrypt(settings):
    settings.FIELD_KEYS = [OLD]
    with pytest.raises(ValueError, match="does not decrypt"):
        fields.decrypt(fields.encrypt("x", place="a.b"), place="a.c")


def test_the_first_key_encrypts_and_all_decrypt(settings):
    settings.FIELD_KEYS = [OLD]
    old = fields.encrypt("x", place="a.b")
    settings.FIELD_KEYS = [NEW, OLD]
    assert fields.decrypt(old, place="a.b") == "x"
    assert fields.encrypt("x", place="a.b").split(":")[1] != old.split(":")[1]
    settings.FIELD_KEYS = [NEW]
    with pytest.raises(ValueError, match="no key"):
        fields.decrypt(old, place="a.b")


def test_the_lookup_hash_depends_on_its_key(settings):
    settings.LOOKUP_KEY = "one"
    first = fields.lookup_hash("RSSMRA80A01H501U")
    settings.LOOKUP_KEY = "two"
    assert len(first) == 64 and fields.lookup_hash("RSSMRA80A01H501U") != first


@pytest.fixture
def document(sondrio):
    with scope(Scope(ambiti=frozenset({sondrio.pk}))):
        yield Document.objects.create(
            ambito=sondrio, kind="test.paper", kind_label="Prova", number="2026/000001", subject_type="x", subject_id=1,
            template="t", context={"name": "Ada"}, context_hash="0" * 64, issued_on="2026-01-01",
        )  # fmt: skip


def raw(pk: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT context FROM core_document WHERE id = %s", [pk])
        return cursor.fetchone()[0]


def test_the_column_holds_ciphertext_only(document):
    assert "Ada" not in raw(document.pk)
    assert Document.objects.get(pk=document.pk).context == {"name": "Ada"}


def test_an_encrypted_field_cannot_be_searched(document):
    from django.core.exceptions import FieldError

    with pytest.raises(FieldError):
        list(Document.objects.filter(context="x"))


def test_rotation_writes_every_value_with_the_new_key(document, settings):
    before = raw(document.pk)
    settings.FIELD_KEYS = [NEW, *settings.FIELD_KEYS]
    call_command("rotate_field_keys")
    assert raw(document.pk).split(":")[1] != before.split(":")[1]
    settings.FIELD_KEYS = [NEW]
    assert Document.objects.get(pk=document.pk).context == {"name": "Ada"}


def test_the_change_history_never_holds_the_context(document):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE core_document SET context = 'other', kind_label = 'Nuova' WHERE id = %s", [document.pk])
        cursor.execute("SELECT changes FROM core_rowchange WHERE table_name = 'core_document' AND operation = 'update'")
        changes = cursor.fetchone()[0]
    assert '"•"' in changes and "other" not in changes and "Nuova" in changes
