"""Row-level security table by table, in raw SQL as the application role, in the wrong scope: nothing is read, changed, deleted, added."""

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from tests.contracts.test_database import OPEN, OWNERS, TABLES, columns
from tests.support import database
from tests.support.seeded import seeded_database

OWNED = sorted(table for table, model in TABLES.items() if columns(model) & {*OWNERS} and table not in OPEN)
TRAILS = {"core_fact", "core_look", "core_rowchange"}  # whoever does something leaves a trace, wherever: written by all, read by few
APART = {"core_look", "core_message"}  # of a row with both owners the network alone opens nothing
ONE_OWNER = {"core_document", "core_upload"}  # a row has one owner, the Ambito or the network
INBOXES = {"core_todo", "core_deadline"}  # a row with both owners waits in an Ambito about what its network owns
SCOPE = "SELECT set_config('app.networks', %s, true), set_config('app.ambiti', %s, true), set_config('app.actor', '', true)"
NOBODY = "{-1}"


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker, tmp_path_factory):
    """(a connection as the application role, another as the owner) on a copy of the demo."""
    with django_db_blocker.unblock(), seeded_database(tmp_path_factory.mktemp("demo")) as name, database.owner(name) as owner:
        here = connection.settings_dict
        role = psycopg.connect(
            dbname=name, user=here["USER"], password=here["PASSWORD"], host=here["HOST"] or here["OPTIONS"].get("host"),
            port=here["PORT"] or None,
        )  # fmt: skip
        assert role.execute("SELECT current_user").fetchone() == (settings.APPLICATION_ROLE,)
        role.rollback()
        yield role, owner
        role.close()


def trial(role, networks, ambiti, statement, *values):
    """What a statement does in a scope: the rows it touched, or the name of the refusal. Nothing stays."""
    try:
        role.execute(SCOPE, [networks, ambiti])
        return role.execute(statement, values or None).rowcount
    except psycopg.Error as error:
        return type(error).__name__
    finally:
        role.rollback()


def foreign(owner, table):
    """(ids of one Ambito's scope, a row of another) where the demo has one."""
    if "ambito_id" not in columns(TABLES[table]):
        return None
    alone = " AND network_id IS NULL" if table in ONE_OWNER | INBOXES else ""
    return owner.execute(f"SELECT id, ambito_id FROM {table} WHERE ambito_id IS NOT NULL{alone} ORDER BY id LIMIT 1").fetchone()


@pytest.mark.parametrize("table", OWNED)
def test_in_the_wrong_scope_a_table_is_empty_and_takes_nothing(demo, table):
    role, owner = demo
    networks = "{" + ",".join(str(n) for (n,) in owner.execute("SELECT id FROM territory_network").fetchall()) + "}"
    ambiti = [a for (a,) in owner.execute("SELECT id FROM territory_ambito ORDER BY id").fetchall()]
    column = next(iter(columns(TABLES[table]) - {"id", *OWNERS}))
    trials = [(NOBODY, NOBODY, "")]  # nobody's scope: the whole table
    if row := foreign(owner, table):
        other = next(a for a in ambiti if a != row[1])
        by_network = table in APART | ONE_OWNER | INBOXES or "network_id" not in columns(TABLES[table])
        trials.append((networks if by_network else NOBODY, f"{{{other}}}", f" WHERE id = {row[0]}"))
    for own_networks, own_ambiti, which in trials:
        if which and "to_ambito_id" in columns(TABLES[table]):
            which += f" AND to_ambito_id <> {own_ambiti.strip('{}')}"
        scope = (role, own_networks, own_ambiti)
        assert trial(*scope, f"SELECT 1 FROM {table}{which}") == 0
        assert trial(*scope, f'UPDATE {table} SET "{column}" = "{column}"{which}') in {0, "InsufficientPrivilege"}
        assert trial(*scope, f"DELETE FROM {table}{which}") in {0, "InsufficientPrivilege"}
    added = 0
    for name, value in (("ambito_id", ambiti[0]), ("network_id", int(networks.strip("{}").split(",")[0]))):
        if name in columns(TABLES[table]) and table not in TRAILS:
            # The policy speaks before any constraint of the row; a trigger before it may refuse as well.
            assert trial(role, NOBODY, NOBODY, f"INSERT INTO {table} ({name}) VALUES (%s)", value) in {
                "InsufficientPrivilege", "RestrictViolation", "CheckViolation", "RaiseException",
            }, name  # fmt: skip
            added += 1
    assert added or table in TRAILS


@pytest.mark.parametrize("table", sorted(INBOXES))
def test_what_waits_about_what_an_ambito_owns_is_its_alone(demo, table):
    _role, owner = demo
    models = {model._meta.label_lower: model for model in TABLES.values()}
    kinds = f"SELECT DISTINCT subject_type FROM {table} WHERE ambito_id IS NOT NULL AND network_id IS"
    assert owner.execute(f"{kinds} NULL").fetchall()
    assert [kind for (kind,) in owner.execute(f"{kinds} NOT NULL") if "ambito_id" in columns(models[kind])] == []


def test_the_same_statements_find_rows_in_the_right_scope(demo):
    """Else the test above would be content with a table that nobody can read."""
    role, owner = demo
    networks = "{" + ",".join(str(n) for (n,) in owner.execute("SELECT id FROM territory_network").fetchall()) + "}"
    ambiti = "{" + ",".join(str(a) for (a,) in owner.execute("SELECT id FROM territory_ambito").fetchall()) + "}"
    full = [table for table in OWNED if owner.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone()]
    assert len(full) > 60
    assert [table for table in full if trial(role, networks, ambiti, f"SELECT 1 FROM {table}") in {0, "InsufficientPrivilege"}] == []


def test_a_table_that_lost_its_policy_would_be_found(demo):
    role, owner = demo
    owner.execute("ALTER TABLE hosts_company DISABLE ROW LEVEL SECURITY")
    try:
        assert trial(role, NOBODY, NOBODY, "SELECT 1 FROM hosts_company") > 0
    finally:
        owner.execute("ALTER TABLE hosts_company ENABLE ROW LEVEL SECURITY")
