"""The databases that the tests themselves work in: after a transactional test each is what it was."""

import os
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from tests.support import database


@pytest.fixture(scope="module")
def copied(django_db_setup: None) -> Iterator[database.Copy]:
    name = f"impresa_copied_{os.getpid()}"
    yield database.Copy(name)
    database.drop(name)


def content(name: str) -> dict[str, Any]:
    """Each table's rows as one hash, and how its triggers and policies stand."""
    with database.owner(name) as db:
        tables = [table for (table,) in db.execute("SELECT relid::regclass::text FROM pg_stat_user_tables").fetchall()]
        held = {
            table: db.execute(f"SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} t").fetchone()
            for table in tables
        }
        guards = "SELECT array_agg((tgname, tgenabled)::text ORDER BY 1) FROM pg_trigger"
        policies = "SELECT array_agg((polname, polrelid::regclass)::text ORDER BY 1) FROM pg_policy"
        return held | {"triggers": db.execute(guards).fetchone(), "policies": db.execute(policies).fetchone()}


def test_rows_written_changed_and_deleted_are_as_they_were(copied, monkeypatch):
    before = content(copied.name)
    monkeypatch.setattr(database, "copy", lambda name: pytest.fail("rows alone need no new copy"))
    for _again in range(2):
        left = psycopg.connect(database.url_of(copied.name))
        left.execute(
            "INSERT INTO core_submission (uuid, path, body_hash, result_url, answer, at) VALUES (gen_random_uuid(), '', '', '', '', now())"
        )
        left.execute("UPDATE territory_comune SET name = name || ' altrove'")
        left.execute("DELETE FROM territory_tariff WHERE id = (SELECT min(id) FROM territory_tariff)")
        left.execute("INSERT INTO django_content_type (app_label, model) VALUES ('prova', 'prova')")
        left.commit()
        left.execute("SELECT 1")  # and it stays connected, in a transaction
        assert content(copied.name) != before
        copied.restore()
        assert content(copied.name) == before
        with pytest.raises(psycopg.OperationalError):
            left.execute("SELECT 1")
        left.close()


def test_a_policy_or_a_trigger_taken_away_comes_back(copied):
    before = content(copied.name)
    with database.owner(copied.name) as db:
        db.execute("DROP POLICY reach ON agreements_placement")
        db.execute("ALTER TABLE core_fact DISABLE TRIGGER USER")
    assert content(copied.name) != before
    copied.restore()
    assert content(copied.name) == before
