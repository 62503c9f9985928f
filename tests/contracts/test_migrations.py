"""After the first release no migration holds a table, and none breaks the version before it (docs/adr/0042)."""

from pathlib import Path

import pytest
from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState, ProjectState
from django.db.models import Q

from impresasolidale.core import sql
from tests.support.migration_rules import complaints
from tests.support.sources import WINGS

# What the last release came with, "app.name" a line; empty before the first (adr/0014).
RELEASED = Path(__file__).with_name("released_migrations.txt")


def released() -> set[str]:
    return {line.strip() for line in RELEASED.read_text().splitlines() if line.strip() and not line.startswith("#")}


def test_each_migration_since_the_release_lets_people_work():
    before = released()
    loader = MigrationLoader(None, ignore_no_migrations=True)
    ours = {key: m for key, m in loader.disk_migrations.items() if is_ours(m)}
    assert len(ours) > 20
    names = {f"{app}.{name}" for app, name in ours}
    assert before <= names, "a released migration is gone"
    new = [key for key, m in ours.items() if before and f"{key[0]}.{key[1]}" not in before]
    assert [what for key in new for what in complaints(ours[key], loader.project_state(key, at_end=False))] == []


def test_an_app_s_tables_are_made_with_their_constraints_and_indexes():
    """Each that is added apart has Django draw all models again (docs/adr/0014)."""
    apart = []
    for (app, _name), migration in MigrationLoader(None, ignore_no_migrations=True).disk_migrations.items():
        if isinstance(migration, sql.Tables):
            made = {operation.name_lower for operation in migration.operations if isinstance(operation, migrations.CreateModel)}
            added = [o for o in migration.operations if isinstance(o, migrations.AddConstraint | migrations.AddIndex)]
            apart += [f"{app}: {operation.describe()}" for operation in added if operation.model_name_lower in made]
    assert apart == []


def is_ours(migration) -> bool:
    return migration.__module__.split(".")[0] in WINGS


def state() -> ProjectState:
    fields = [
        ("id", models.BigAutoField(primary_key=True)),
        ("name", models.CharField(max_length=50)),
        ("note", models.TextField(null=True)),
    ]
    found = ProjectState()
    found.add_model(ModelState("app", "Thing", fields, {"indexes": [], "constraints": []}))
    return found


def judged(*operations, **attributes) -> list[str]:
    migration = type("Migration", (migrations.Migration,), {"operations": list(operations), **attributes})("0002_x", "app")
    return complaints(migration, state())


INDEX = models.Index(fields=["name"], name="app_thing_name")
CHECK = models.CheckConstraint(condition=~Q(name=""), name="app_thing_named")


@pytest.mark.parametrize(
    ("operation", "words"),
    [
        (migrations.AddField("thing", "size", models.IntegerField(default=0)), "without db_default"),
        (migrations.AddField("thing", "of", models.ForeignKey("app.Thing", models.PROTECT, null=True)), "db_constraint"),
        (migrations.AddField("thing", "code", models.CharField(max_length=5, null=True, unique=True)), "index"),
        (migrations.AlterField("thing", "name", models.TextField()), "type"),
        (migrations.AlterField("thing", "name", models.CharField(max_length=20)), "type"),
        (migrations.AlterField("thing", "note", models.TextField(default="")), "NOT NULL"),
        (migrations.AlterField("thing", "name", models.CharField(max_length=50, db_index=True)), "index"),
        (migrations.AddIndex("thing", INDEX), "concurrently"),
        (AddIndexConcurrently("thing", INDEX), "atomic = False"),
        (migrations.AddConstraint("thing", CHECK), "NOT VALID"),
        (migrations.RemoveField("thing", "note"), "unused_since"),
        (migrations.RenameField("thing", "note", "notes"), "old name"),
        (migrations.DeleteModel("Thing"), "unused_since"),
        (migrations.RunSQL("CREATE UNIQUE INDEX a ON app_thing (name)"), "CONCURRENTLY"),
        (migrations.RunSQL("ALTER TABLE app_thing ADD CONSTRAINT c CHECK (name <> '')"), "NOT VALID"),
        (migrations.RunSQL("ALTER TABLE app_thing ALTER COLUMN name TYPE text"), "type"),
        (migrations.RunSQL("ALTER TABLE app_thing ALTER COLUMN note SET NOT NULL"), "NOT NULL"),
        (migrations.RunSQL("UPDATE app_thing SET note = ''"), "fill"),
        (migrations.RunSQL(["SELECT 1", ("LOCK TABLE app_thing", None)]), "holds"),
        (migrations.SeparateDatabaseAndState(database_operations=[migrations.AddIndex("thing", INDEX)]), "concurrently"),
    ],
)
def test_what_would_hold_a_table_or_break_the_version_before_is_found(operation, words):
    assert any(words in what for what in judged(operation))


def test_what_does_not_is_left_alone():
    assert judged(
        migrations.CreateModel("Other", [("id", models.BigAutoField(primary_key=True)), ("name", models.TextField())]),
        migrations.AddIndex("other", models.Index(fields=["name"], name="app_other_name")),  # nobody's yet
        migrations.AddField("thing", "size", models.IntegerField(db_default=0, default=0)),
        migrations.AddField("thing", "more", models.TextField(null=True)),
        migrations.AlterField("thing", "name", models.CharField("nome", max_length=80)),
        AddConstraintNotValid("thing", CHECK),
        ValidateConstraint("thing", "app_thing_named"),
        migrations.RunSQL("CREATE INDEX CONCURRENTLY a ON app_thing (name)"),
        migrations.RunSQL("CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE app_thing SET note = ''; END $$"),
    ) == []  # fmt: skip
    assert judged(AddIndexConcurrently("thing", INDEX), sql.fill("app_thing", assign="note = ''", where="note IS NULL"), atomic=False) == []
    assert judged(migrations.RemoveField("thing", "note"), unused_since="0.2.0") == []
