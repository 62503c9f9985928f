"""A stored file shares the fate of the rows that name it; of a lost connection nobody knows, and nothing is deleted."""

import uuid
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import OperationalError, connection, transaction

from impresasolidale.core import kept

pytestmark = pytest.mark.django_db(transaction=True)


def store() -> str:
    return kept.store(f"test/{uuid.uuid4()}.txt", ContentFile(b"prova"))


def stays(name: str) -> bool:
    return bool(default_storage.exists(name))


def test_what_is_committed_stays():
    with transaction.atomic(), kept.tidy():
        name = store()
    assert stays(name)


def test_what_an_error_undoes_goes():
    names = []
    with pytest.raises(RuntimeError), transaction.atomic(), kept.tidy():
        names.append(store())
        raise RuntimeError
    assert not stays(names[0])


def test_what_is_rolled_back_without_an_error_goes():
    with transaction.atomic(), kept.tidy():
        name = store()
        transaction.set_rollback(True)
    assert not stays(name)


def test_of_two_parts_the_one_that_is_undone_goes():
    with transaction.atomic(), kept.tidy():
        before = store()
        try:
            with transaction.atomic():
                refused = store()
                raise ValueError
        except ValueError:
            pass
        after = store()
    assert [stays(name) for name in (before, refused, after)] == [True, False, True]


def test_a_commit_that_may_have_happened_deletes_nothing(monkeypatch: pytest.MonkeyPatch):
    """The connection is lost while it commits: perhaps the row is there."""

    def lost() -> None:
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(connection, "commit", lost)
    names = []
    with pytest.raises(OperationalError), transaction.atomic(), kept.tidy():
        names.append(store())
    assert stays(names[0])


def test_after_a_lost_connection_nothing_is_deleted():
    """Its locks are gone with it: another attempt may have stored the same name meanwhile."""
    names = []
    with pytest.raises(RuntimeError), transaction.atomic(), kept.tidy():
        names.append(store())
        connection.connection.close()
        raise RuntimeError
    connection.close()
    assert stays(names[0])


def test_a_name_that_an_attempt_left_is_taken_over_and_a_piece_is_not_kept(monkeypatch: pytest.MonkeyPatch):
    name = store()
    assert kept.store(name, ContentFile(b"altro")) == name
    with default_storage.open(name) as file:
        assert file.read() == b"altro"

    whole = default_storage._save  # type: ignore[attr-defined]

    def half(name: str, content: Any) -> str:
        whole(name, ContentFile(content.read()[:2]))
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(default_storage, "_save", half)
    with pytest.raises(OSError, match="No space"):
        kept.store(name, ContentFile(b"altro ancora"))
    assert not stays(name)


def test_an_upload_whose_row_is_refused_leaves_no_file(signed_in: Any, coordinator: Any, monkeypatch: pytest.MonkeyPatch):
    """Through the page: the row cannot be written, the file was."""
    from impresasolidale.exchange.models import ImportBatch
    from tests.exchange.files import csv, upload

    def full(row: Any, *args: Any, **words: Any) -> None:
        assert stays(row.file_name)
        names.append(row.file_name)
        raise OperationalError("could not extend file: No space left on device")

    names: list[str] = []
    monkeypatch.setattr(ImportBatch, "save", full)
    client = signed_in(coordinator)
    client.raise_request_exception = False
    page = {"kind": "people", "file": upload(csv([["Cognome"], ["Prova"]]))}
    assert client.post("/scambi/importa/", page).status_code == 503
    assert names and not stays(names[0])
