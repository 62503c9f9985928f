"""Scope: managers fail closed, row-level security is the second wall, the outer scope returns."""

import pytest
from django.db import connection

from impresasolidale.core.errors import ScopeMissing
from impresasolidale.core.models import Upload
from impresasolidale.core.scope import Scope, scope

pytestmark = pytest.mark.django_db


def make_upload(ambito_id: int) -> Upload:
    return Upload.objects.create(
        ambito_id=ambito_id,
        kind="test",
        subject_type="x",
        subject_id=1,
        original_name="a.pdf",
        content_type="application/pdf",
        file_name="a",
        file_hash="0" * 64,
        size=1,
    )


def raw_count() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM core_upload")
        return cursor.fetchone()[0]


def test_without_a_scope_managers_raise_and_sql_shows_nothing(sondrio):
    with scope(Scope(ambiti=frozenset({sondrio.pk}))):
        make_upload(sondrio.pk)
        assert raw_count() == 1
    with pytest.raises(ScopeMissing):
        Upload.objects.count()
    assert raw_count() == 0


def test_raw_sql_in_the_wrong_scope_gives_no_rows(sondrio, tirano):
    with scope(Scope(ambiti=frozenset({sondrio.pk}))):
        make_upload(sondrio.pk)
        with scope(Scope(ambiti=frozenset({tirano.pk}))):
            assert raw_count() == 0
            assert Upload._base_manager.count() == 0
        assert raw_count() == 1


def test_a_narrowed_scope_sees_only_its_rows(sondrio):
    with scope(Scope(ambiti=frozenset({sondrio.pk}))):
        mine, other = make_upload(sondrio.pk), make_upload(sondrio.pk)
        with scope(Scope(ambiti=frozenset({sondrio.pk}), only={"document": frozenset({mine.pk})})):
            assert list(Upload._base_manager.values_list("pk", flat=True)) == [mine.pk]
        with scope(Scope(ambiti=frozenset({sondrio.pk}), only={"document": frozenset()})):
            assert raw_count() == 0
        assert {mine.pk, other.pk} == set(Upload.objects.values_list("pk", flat=True))


def test_a_row_of_another_owner_cannot_be_written(sondrio, tirano):
    from django.db import ProgrammingError, transaction

    with scope(Scope(ambiti=frozenset({sondrio.pk}))), pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        make_upload(tirano.pk)


def test_the_application_role_sees_no_row_past_its_policies():
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False, False)
