"""The update in one command: a copy first, busy tables waited for and given way to, the way back said."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from impresasolidale.operations import upgrade
from impresasolidale.runner.servers import OWNER
from tests.support import database

from .conftest import manage

pytestmark = pytest.mark.django_db(transaction=True)


def forget(settings) -> None:
    """The database is of the version before: a room, with all its tables, was not yet there."""
    with database.owner(database._name(settings.OWNER_DATABASE_URL)) as db:
        for (table,) in db.execute(r"SELECT tablename FROM pg_tables WHERE tablename LIKE 'exchange\_%'").fetchall():
            db.execute(f"DROP TABLE {table} CASCADE")
        assert db.execute("DELETE FROM django_migrations WHERE app = 'exchange'").rowcount == 2


def test_an_update_makes_a_copy_first_and_says_the_way_back(copies, stored, settings):
    same = manage(settings, "upgrade", "--plan")
    assert "lo schema è già aggiornato" in same.stdout
    forget(settings)
    told = manage(settings, "upgrade", "--plan")
    assert "2 passi" in told.stdout
    assert "exchange.0001_initial" in told.stdout
    assert list(copies.iterdir()) == []

    done = manage(settings, "upgrade")
    assert done.returncode == 0, done.stderr
    (copy,) = copies.iterdir()
    assert f"./impresa restore {copy.name}" in done.stdout
    assert "Aggiornamento fatto" in done.stdout
    assert ("exchange", "0001_initial") in MigrationRecorder(connection).applied_migrations()
    again = manage(settings, "upgrade")
    assert again.returncode == 0
    assert list(copies.iterdir()) == [copy]  # nothing to do, nothing to copy


def test_without_a_place_for_the_copy_nothing_is_touched(copies, stored, settings):
    forget(settings)
    settings.BACKUP_STORAGE = copies / "smontata"
    done = manage(settings, "upgrade")
    assert done.returncode == 1
    assert "controlla che sia montato" in done.stderr
    assert ("exchange", "0001_initial") not in MigrationRecorder(connection).applied_migrations()


@pytest.fixture
def busy(monkeypatch):
    """A visitor reads a table, and what stands for a migration wants it alone; `busy` gives the visitor's connection."""
    monkeypatch.setattr(upgrade, "LOCK", "100ms")
    monkeypatch.setattr(upgrade, "ATTEMPTS", 3)
    monkeypatch.setattr(upgrade, "call_command", lambda *words, **options: alone())
    connection.close()
    role, connection.settings_dict["USER"] = connection.settings_dict["USER"], OWNER
    try:
        with database.owner(connection.settings_dict["NAME"]) as visitor:
            visitor.autocommit = False
            visitor.execute("SELECT * FROM core_heartbeat")
            yield visitor
    finally:
        connection.close()
        connection.settings_dict["USER"] = role


def alone() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE core_heartbeat IN ACCESS EXCLUSIVE MODE")


def test_a_busy_table_is_given_way_to_and_asked_again(busy):
    said: list[str] = []

    def sleep(seconds: float) -> None:
        if len(said) == 2:
            busy.rollback()  # the visitor's page is done

    upgrade.migrate(said.append, sleep=sleep)
    assert [words.rpartition("(")[2] for words in said] == ["1 di 3).", "2 di 3)."]


def test_a_table_that_stays_busy_ends_it_in_words(busy):
    with pytest.raises(upgrade.Refused, match="rilancia quando"):
        upgrade.migrate(lambda words: None, sleep=lambda seconds: None)


def test_what_does_not_answer_after_the_update_is_told_with_the_way_back(copies, monkeypatch, settings):
    def broken():
        raise upgrade.Refused("l'applicazione non risponde")

    monkeypatch.setattr(upgrade, "migrate", lambda say: None)
    monkeypatch.setattr(upgrade, "finish", lambda: None)
    monkeypatch.setattr(upgrade, "smoke", broken)
    with pytest.raises(CommandError, match="rimetti in servizio la versione di prima"):
        call_command("upgrade", "--no-backup")
