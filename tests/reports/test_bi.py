"""The schema `bi`, read as its reader does: a role of the database of its own, over its own connection."""

import os
import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from impresasolidale.territory.models import Ambito
from tests.factories import attendance as made
from tests.support import database

pytestmark = pytest.mark.django_db(transaction=True)
ROLE = f"bi_test_{os.getpid()}"
PAGE = Path(__file__).parents[2] / "docs" / "operations" / "bi.md"
VIEWS = ("communication", "company", "month", "placement", "training")


def connect(user: str) -> psycopg.Connection:
    name = connection.settings_dict["NAME"]
    return psycopg.connect(psycopg.conninfo.make_conninfo(settings.OWNER_DATABASE_URL, dbname=name, user=user), autocommit=True)


def as_owner(*args: str) -> str:
    """The command as its own process runs it: on a connection of the tables' owner."""
    usual = dict(connection.settings_dict)
    owner = psycopg.conninfo.conninfo_to_dict(settings.OWNER_DATABASE_URL)["user"]
    out = StringIO()
    connection.close()
    connection.settings_dict["USER"] = owner
    try:
        call_command("grant_bi_reader", *args, stdout=out)
    finally:
        connection.close()
        connection.settings_dict.clear()
        connection.settings_dict.update(usual)
    return out.getvalue()


@pytest.fixture
def role() -> Iterator[str]:
    """A role that the server's administrator made, without any right; gone afterwards."""
    with connect("postgres") as server:
        server.execute(f"CREATE ROLE {ROLE} LOGIN NOINHERIT")
    yield ROLE
    with connect("postgres") as server:
        server.execute(f"DROP OWNED BY {ROLE}")
        server.execute(f"DROP ROLE {ROLE}")


@pytest.fixture
def two_ambiti(db: None) -> dict[str, Any]:
    """A placement with a month in Sondrio and one in Tirano, at the same company, with the same tutor."""
    sondrio, tirano = Ambito.objects.get(name="Sondrio"), Ambito.objects.get(name="Tirano")
    company = made.make_host(sondrio)
    tutor, _user = made.make_tutor(sondrio, company)
    return {a.code: made.make_running_placement(a, tutor, company, number=n) for n, a in enumerate((sondrio, tirano))}


def test_a_reader_sees_its_own_ambito_and_nothing_of_another(two_ambiti: dict[str, Any], role: str) -> None:
    assert "Sondrio" in as_owner(role, "--ambito", "sondrio")
    with connect(role) as db:
        for view in VIEWS:
            assert {code for (code,) in db.execute(f"SELECT DISTINCT ambito FROM bi.{view}").fetchall()} <= {"sondrio"}, view
        assert db.execute("SELECT count(*) FROM bi.placement").fetchone() == (1,)
        assert db.execute("SELECT count(*) FROM bi.company").fetchone() == (1,)
        (months,) = db.execute("SELECT count(*) FROM bi.month m JOIN bi.placement p USING (placement)").fetchone() or (0,)
        assert months > 0
        # neither a setting of the application nor a condition of one's own opens more
        db.execute("SELECT set_config('app.ambiti', '{1,2,3,4,5}', false), set_config('app.networks', '{1,2,3}', false)")
        assert db.execute("SELECT count(*) FROM bi.placement WHERE ambito <> 'sondrio' OR true").fetchone() == (1,)


def test_a_reader_reaches_no_table_and_writes_nothing(two_ambiti: dict[str, Any], role: str) -> None:
    as_owner(role, "--ambito", "sondrio")
    asked = "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname IN ('public', 'bi')"
    with connect("postgres") as server:
        tables = [name for (name,) in server.execute(asked).fetchall()]
    assert "bi.reader" in tables and "bi.secret" in tables and len(tables) > 100
    with connect(role) as db:
        for table in tables:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                db.execute(f"SELECT 1 FROM {table}")
        for statement in (
            "INSERT INTO bi.reader VALUES (session_user, 1)",
            "UPDATE bi.placement SET state = 'ended'",
            "DELETE FROM bi.communication",
            "CREATE TABLE bi.mine (id int)",
            "CREATE TABLE public.mine (id int)",
            "SELECT public.beneficiaries_beneficiary_named('rossi')",
            "SET ROLE impresa_owner",
            "SET SESSION AUTHORIZATION impresa",
        ):
            with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.ObjectNotInPrerequisiteState)):
                db.execute(statement)


def test_nothing_that_names_somebody_is_in_the_views(two_ambiti: dict[str, Any], role: str) -> None:
    as_owner(role, "--ambito", "sondrio")
    with connect("postgres") as server:
        person = server.execute(
            "SELECT last_name, codice_fiscale_hash FROM beneficiaries_beneficiary WHERE id = %s", [two_ambiti["sondrio"].beneficiary_id]
        ).fetchone()
        said = [word for row in server.execute("SELECT first_name, last_name, email FROM hosts_companytutor").fetchall() for word in row]
        said += [word for row in server.execute("SELECT name, tax_code FROM hosts_company").fetchall() for word in row]
    assert person
    with connect(role) as db:
        text = " ".join(str(db.execute(f"SELECT * FROM bi.{view}").fetchall()) for view in VIEWS)
    assert "Forno Prova 1" in said and not [word for word in (*person, *said) if word and word in text]


def test_pseudonyms_stay_and_differ_by_ambito(two_ambiti: dict[str, Any], role: str) -> None:
    def company(ambito: str) -> str:
        as_owner(role, "--ambito", ambito)
        with connect(role) as db:
            ((one,),) = db.execute("SELECT company FROM bi.company").fetchall()
            assert [(one,)] == db.execute("SELECT company FROM bi.placement").fetchall()
        as_owner(role, "--revoke")
        return one

    assert company("sondrio") == company("sondrio") != company("tirano")
    assert re.fullmatch("[0-9a-f]{16}", company("tirano"))


def test_who_was_not_granted_or_no_longer_is_sees_nothing(two_ambiti: dict[str, Any], role: str) -> None:
    for _again in range(2):
        with connect(role) as db, pytest.raises(psycopg.errors.InsufficientPrivilege):
            db.execute("SELECT * FROM bi.placement")
        as_owner(role, "--ambito", "sondrio")
        as_owner(role, "--revoke")


def test_the_application_does_not_read_the_views(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_schema_privilege(current_user, 'bi', 'USAGE')")
        assert cursor.fetchone() == (False,)


@pytest.mark.parametrize(
    "args", [("Bi Sondrio", "--ambito", "sondrio"), ("pg_monitor", "--ambito", "sondrio"), ("bi_x", "--ambito", "roma"), ("bi_x",)]
)
def test_odd_names_and_unknown_ambiti_are_refused(args: tuple[str, ...], db: None) -> None:
    with pytest.raises(CommandError):
        as_owner(*args)


@pytest.mark.parametrize("name", ["postgres", "impresa", "impresa_owner"])
def test_a_role_that_may_do_more_is_refused(name: str, db: None) -> None:
    with pytest.raises(CommandError, match="may do more"):
        as_owner(name, "--ambito", "sondrio")


def test_one_role_has_one_ambito(role: str, db: None) -> None:
    as_owner(role, "--ambito", "sondrio")
    as_owner(role, "--ambito", "sondrio")
    with pytest.raises(CommandError, match="another Ambito"):
        as_owner(role, "--ambito", "tirano")


def test_a_missing_role_is_asked_of_the_administrator(db: None) -> None:
    with pytest.raises(CommandError, match="CREATE ROLE bi_nobody LOGIN"):
        as_owner("bi_nobody", "--ambito", "sondrio")


def test_the_page_says_every_column(db: None) -> None:
    with database.owner(connection.settings_dict["NAME"]) as owner:
        rows = owner.execute(
            "SELECT v.table_name, c.column_name, c.data_type FROM information_schema.views v JOIN information_schema.columns c"
            " USING (table_schema, table_name) WHERE v.table_schema = 'bi' ORDER BY 1, c.ordinal_position"
        ).fetchall()
    there: dict[str, list[tuple[str, str]]] = {}
    for view, column, kind in rows:
        there.setdefault(view, []).append((column, kind))
    said = {}
    for part in PAGE.read_text().split("\n## `bi.")[1:]:
        said[part.partition("`")[0]] = re.findall(r"^\| `(\w+)` \| ([a-z ]+) \|", part, re.M)
    assert said == there
    with database.owner(connection.settings_dict["NAME"]) as owner:
        loose = owner.execute(
            "SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE nspname = 'bi' AND relkind = 'v'"
            " AND NOT coalesce(reloptions, '{}') @> '{security_barrier=true}'"
        ).fetchall()
    assert loose == []
