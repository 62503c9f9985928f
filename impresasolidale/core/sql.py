"""Migration helpers: an app's tables at once; row-level security, owner pins, append-only, change history and transition guards.

Each but the first returns migration operations; an app lists them in its guards migration. `tests/contracts` checks that no owned table
goes without.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import takewhile
from typing import TYPE_CHECKING

from django.db import migrations

if TYPE_CHECKING:
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor
    from django.db.migrations.state import ProjectState

    from .transitions import Machine

FUNCTIONS = """
CREATE OR REPLACE FUNCTION app_ids(name text) RETURNS bigint[] LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT coalesce(nullif(current_setting('app.' || name, true), ''), '{}')::bigint[] $$;

-- The ids that the scope narrows this key to; NULL when it does not narrow it.
CREATE OR REPLACE FUNCTION app_only(name text) RETURNS bigint[] LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT nullif(current_setting('app.only_' || name, true), '')::bigint[] $$;

-- Whether privacy_discard is at work: its owner's function says so, and nobody else can (docs/adr/0049).
CREATE OR REPLACE FUNCTION app_discarding() RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN current_setting('app.discarding', true) = 'yes'
         THEN current_user = (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'core_fact'::regclass) ELSE false END $$;

CREATE OR REPLACE FUNCTION core_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF app_discarding() THEN RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END; END IF;
  RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;

-- Third audit stream: which columns changed, with values unless they are named in the trigger's arguments.
CREATE OR REPLACE FUNCTION core_record_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  before jsonb := CASE WHEN TG_OP = 'INSERT' THEN '{}' ELSE to_jsonb(OLD) END;
  after jsonb := CASE WHEN TG_OP = 'DELETE' THEN '{}' ELSE to_jsonb(NEW) END;
  whole jsonb := CASE WHEN TG_OP = 'DELETE' THEN before ELSE after END;
  diff jsonb;
BEGIN
  IF app_discarding() THEN RETURN NULL; END IF;  -- what was there must not be written down again
  SELECT coalesce(jsonb_object_agg(
           k, CASE WHEN k = ANY (TG_ARGV) THEN '"•"'::jsonb ELSE jsonb_build_array(before -> k, after -> k) END), '{}')
    INTO diff FROM jsonb_object_keys(before || after) AS k WHERE before -> k IS DISTINCT FROM after -> k;
  IF diff = '{}' THEN RETURN NULL; END IF;
  IF TG_OP = 'INSERT' THEN diff := '{}'; END IF;  -- the row itself is the value; only the fact is kept
  INSERT INTO core_rowchange (at, table_name, row_id, operation, changes, actor_id, ambito_id, network_id)
  VALUES (clock_timestamp(), TG_TABLE_NAME, (whole ->> 'id')::bigint, lower(TG_OP), diff,
          nullif(current_setting('app.actor', true), '')::bigint, (whole ->> 'ambito_id')::bigint, (whole ->> 'network_id')::bigint);
  RETURN NULL;
END $$;
"""


class Tables(migrations.Migration):
    """An app's first migration: the models it begins with come into being together.

    Django draws all models again with each one that comes, for nearly all are tied to each other: table by table, an empty database took
    a minute. Here they are drawn once, when the first table is made.
    """

    def apply(self, project_state: "ProjectState", schema_editor: "BaseDatabaseSchemaEditor", collect_sql: bool = False) -> "ProjectState":
        tables = list(takewhile(lambda operation: isinstance(operation, migrations.CreateModel), self.operations))
        before = project_state.clone()
        project_state.__dict__.pop("apps", None)  # a cached property: made again from all the models when it is next asked
        for table in tables:
            table.state_forwards(self.app_label, project_state)
        for table in tables:
            table.database_forwards(self.app_label, schema_editor, before, project_state)
        for operation in self.operations[len(tables) :]:
            before = project_state.clone()
            operation.state_forwards(self.app_label, project_state)
            operation.database_forwards(self.app_label, schema_editor, before, project_state)
        return project_state


def _run(sql: str) -> migrations.RunSQL:
    return migrations.RunSQL(sql, migrations.RunSQL.noop)


def functions() -> list[migrations.RunSQL]:
    return [_run(FUNCTIONS)]


def protect(
    table: str,
    *,
    owner: Sequence[str] = ("ambito_id",),
    only: Mapping[str, str] | None = None,
    pins: Mapping[str, str] | None = None,
    trail: bool = False,
    through: str = "",
    office_only: bool = False,
    apart: bool = False,
) -> list[migrations.RunSQL]:
    """Row-level security for one owned table.

    `owner`: its owner column(s), `ambito_id` and/or `network_id` (a row with either in scope is reachable), `to_ambito_id` for a row
    that two Ambiti share.
    `only`: scope key → column, the narrowing of company users. `pins`: foreign key column → parent table that carries the
    same owner column (a composite foreign key keeps parent and child with one owner). `trail`: audit rows, which anybody
    writes and whoever caused them reaches. `through`: a condition in SQL that a company user's rows must meet where no column of the
    table is a key of the scope: mostly that a row of another table, with a policy of its own, is in reach. `office_only`: no company
    user, no holder of a link, nobody in the own area reaches a row, whatever it is about. `apart`: a row that carries both owners is its
    Ambito's alone; the network reaches what no Ambito owns.
    """
    reach, narrow = _reach(owner, only, apart=apart)
    if through:
        narrow += f" AND (CASE WHEN (SELECT app_only('company')) IS NULL OR {through} THEN true END) IS NOT NULL"
    if office_only:
        narrow += " AND (SELECT app_only('company')) IS NULL AND (SELECT app_only('placement')) IS NULL"
    if trail:
        reach += " OR actor_id = nullif(current_setting('app.actor', true), '')::bigint"
    check = "true" if trail else f"({reach}){narrow}"
    sql = [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"DROP POLICY IF EXISTS reach ON {table}",
        f"CREATE POLICY reach ON {table} FOR ALL USING (({reach}){narrow}) WITH CHECK ({check})",
    ]
    for column, parent in (pins or {}).items():
        key = owner[0]
        sql += [
            f"CREATE UNIQUE INDEX IF NOT EXISTS {parent}_id_{key} ON {parent} (id, {key})",
            f"ALTER TABLE {table} ADD CONSTRAINT {table}_{column}_owner FOREIGN KEY ({column}, {key}) REFERENCES {parent} (id, {key})"
            " DEFERRABLE INITIALLY IMMEDIATE",
        ]
    return [_run(";\n".join(sql) + ";")]


# Asked of the settings once in a statement, not once in a row. Said as "is not null" because the planner takes that for nearly always
# true: of a bare comparison it believes one row in two hundred, and reads tables where an index has the page.
_NARROW = (
    "(CASE WHEN (SELECT app_only('{key}')) IS NULL OR {column} = ANY ((SELECT app_only('{key}'))::bigint[]) THEN true END) IS NOT NULL"
)


_SETTINGS = {"ambito_id": "ambiti", "to_ambito_id": "ambiti", "network_id": "networks"}  # owner's column → the scope's setting


def _reach(owner: Sequence[str], only: Mapping[str, str] | None, *, apart: bool = False) -> tuple[str, str]:
    """SQL that is true of the rows of the scope's owners, and what narrows it to a company user's."""
    either = " OR ambito_id IS NULL AND " if apart else " OR "
    reach = either.join(f"coalesce({column} = ANY ((SELECT app_ids('{_SETTINGS[column]}'))::bigint[]), false)" for column in owner)
    if len(owner) == 1:
        reach = f"{owner[0]} = ANY ((SELECT app_ids('{_SETTINGS[owner[0]]}'))::bigint[])"
    return reach, "".join(f" AND {_NARROW.format(key=key, column=column)}" for key, column in (only or {}).items())


def fill(table: str, *, assign: str, where: str, batch: int = 5000) -> migrations.RunPython:
    """Write a column of many rows without holding them: in the order of their ids, each batch a transaction of its own, in a migration with
    `atomic = False`. `where` is true of the rows that are not yet done, and of them alone: cut short, it goes over what is done quickly."""

    def forwards(apps: object, schema_editor: "BaseDatabaseSchemaEditor") -> None:
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(f"SELECT min(id), max(id) FROM {table} WHERE {where}")
            first, last = cursor.fetchone()
            for low in range(first or 0, (last or -1) + 1, batch):
                cursor.execute(f"UPDATE {table} SET {assign} WHERE id >= %s AND id < %s AND ({where})", [low, low + batch])

    return migrations.RunPython(forwards, migrations.RunPython.noop)


ENOUGH = 25  # rows that hold what was typed: a page of them, and no mistake has to be forgiven


def name_search(
    table: str, *, column: str = "search_key", owner: Sequence[str] = ("ambito_id",), only: Mapping[str, str] | None = None
) -> list[migrations.RunSQL]:
    """`<table>_named(key)`: the ids of the rows in reach whose name contains `key` or nearly does (core.names asks it).

    LIKE and its kin may not be asked before a row-level policy, so under one they cannot use the trigram index; as the owner's
    function they do, and it repeats the policy's condition. It is planned each time, for this key and this scope: planned for any, it
    would ask the likeness, which costs ten times the rest, of every row of the owner, as it would on an index that has the name without
    the table. The trigram index begins with the owner, so what others have is not read. What nearly holds the key is asked for only
    when fewer than a page of the rows in reach hold it.
    """
    reach = " OR ".join(f"{column_} = ANY (${2 + number})" for number, column_ in enumerate(owner))
    using = ["key", *(f"app_ids('{_SETTINGS[column_]}')::bigint[]" for column_ in owner)]
    for key, column_ in (only or {}).items():
        using.append(f"app_only('{key}')::bigint[]")
        reach = f"({reach}) AND (${len(using)} IS NULL OR {column_} = ANY (${len(using)}))"
    holds = f"{column} LIKE '%' || $1 || '%'"
    create = f"""
CREATE OR REPLACE FUNCTION {table}_named(key text) RETURNS SETOF bigint LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 100
SET search_path = public, pg_temp SET enable_indexonlyscan = off AS $$
DECLARE found bigint;
BEGIN
  RETURN QUERY EXECUTE $q$SELECT id FROM {table} WHERE {holds} AND ({reach})$q$ USING {", ".join(using)};
  GET DIAGNOSTICS found = ROW_COUNT;
  IF found < {ENOUGH} THEN
    RETURN QUERY EXECUTE $q$SELECT id FROM {table} WHERE $1 <% {column} AND NOT {holds} AND ({reach})$q$ USING {", ".join(using)};
  END IF;
END $$;
GRANT EXECUTE ON FUNCTION {table}_named(text) TO PUBLIC;"""
    return [migrations.RunSQL(create, f"DROP FUNCTION {table}_named(text);")]


def append_only(table: str, *, deletes_too: bool = True) -> list[migrations.RunSQL]:
    """Rows are never changed nor deleted; a correction is a new row."""
    return [
        _run(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE{' OR DELETE' if deletes_too else ''} ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION core_refuse_change();"
        )
    ]


def history(table: str, *, hidden: Iterable[str] = ()) -> list[migrations.RunSQL]:
    """Record every change of a row in core_rowchange; the values of `hidden` columns are left out."""
    arguments = ", ".join(f"'{column}'" for column in sorted({*hidden, "search_key"}))
    return [
        _run(
            f"CREATE TRIGGER {table}_history AFTER INSERT OR UPDATE OR DELETE ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION core_record_change({arguments});"
        )
    ]


def transition_guard(table: str, machine: "Machine") -> list[migrations.RunSQL]:
    """The state table as a trigger: an UPDATE outside it is refused. A contract test compares it with the code."""
    return [_run(guard_sql(table, machine))]


def reasons_kept(machine: "Machine") -> list[migrations.RunSQL]:
    """A step of the state table that asks for a reason cannot be stored without one, whoever writes it. A contract test compares them."""
    return [_run(reasons_sql(machine))]


def reasons_sql(machine: "Machine") -> str:
    name = f"core_fact_why_{machine.code.replace('.', '_')}"
    codes = ", ".join(f"'{machine.code}.{step.name}'" for step in machine.transitions if step.needs_reason)
    return f"""
ALTER TABLE core_fact DROP CONSTRAINT IF EXISTS {name};
ALTER TABLE core_fact ADD CONSTRAINT {name} CHECK (code NOT IN ({codes}) OR btrim(reason) <> '');
"""


def guard_sql(table: str, machine: "Machine") -> str:
    pairs = ", ".join(f"('{a}','{b}')" for a, b in sorted(machine.pairs()))
    return f"""
CREATE OR REPLACE FUNCTION {table}_guard_state() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state IS DISTINCT FROM OLD.state AND (OLD.state, NEW.state) NOT IN ({pairs}) THEN
    RAISE EXCEPTION '{table}: % -> % is not a transition', OLD.state, NEW.state USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS {table}_guard_state ON {table};
CREATE TRIGGER {table}_guard_state BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_guard_state();
"""
