"""What is left of a person's records when they are discarded: `discard.toml` decides of every column, one function of the database does it.

The function is drawn from the table of decisions after every migration. It runs with its owner's rights, for papers, facts and frozen
months are never changed by the application; it does so for a person of an approved list alone, and checks the list by its digest
(docs/adr/0049).
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connection, models

from impresasolidale.core.decisions import by_column
from impresasolidale.core.fields import EncryptedTextField

from . import kin, retention
from .enums import RetentionKind

DECISIONS = Path(__file__).parent / "discard.toml"
GONE = "—"  # where there were words
NOBODY = {"last_name": "Nome", "first_name": "scartato", "search_key": "nome scartato", "person_key": "nome scartato"}
# What points by type and id at any row of the person: table → (its column of the type, its column of the id). Each is then among what
# the next may be about.
ABOUT: Mapping[str, tuple[str, str]] = {
    "treasury_liquidationitem": ("source_type", "source_id"),
    "core_document": ("subject_type", "subject_id"),
    "core_upload": ("subject_type", "subject_id"),
    "core_message": ("about_type", "about_id"),
    "core_todo": ("subject_type", "subject_id"),
    "core_deadline": ("subject_type", "subject_id"),
    "core_mute": ("subject_type", "subject_id"),
}
# What hangs on those, and what the person's copy leaves to somebody else (kin.NOT_HERS): table → keys towards tables that are in.
BESIDE: Mapping[str, Mapping[str, str]] = {
    "beneficiaries_distinctpair": {"first_id": "beneficiaries_beneficiary", "second_id": "beneficiaries_beneficiary"},
    "agreements_frameworkagreement": {"only_for_id": "agreements_placement"},
    "agreements_signaturerequest": {"document_id": "core_document"},
    "agreements_signature": {"document_id": "core_document"},
    "agreements_evidence": {"signature_id": "agreements_signature"},
    "treasury_itemcheck": {"item_id": "treasury_liquidationitem"},
    "treasury_itemshare": {"item_id": "treasury_liquidationitem"},
    "treasury_recovery": {"item_id": "treasury_liquidationitem"},
    "treasury_recoverystep": {"recovery_id": "treasury_recovery"},
    "treasury_sampleditem": {"item_id": "treasury_liquidationitem"},
}
# Of which kind those are that stand alone; the others are of the kind of what they hang on.
ALONE = {"beneficiaries_distinctpair", "agreements_frameworkagreement"}
# The trails of every row that went through here.
TRAILS = ("core_fact", "core_look", "core_rowchange", "core_mergelog")


@dataclass(frozen=True)
class Step:
    """One table of a kind: which of its columns change, and how, in SQL; none: its rows are deleted."""

    table: str
    columns: Mapping[str, str]
    files: tuple[str, ...]
    is_dropped: bool


@cache
def decisions() -> tuple[dict[str, dict[str, str]], frozenset[str], dict[str, str]]:
    """(table → column → how, the tables whose rows go, what stays with its reason). Raises ValueError when a column is decided twice."""
    told = tomllib.loads(DECISIONS.read_text(encoding="utf-8"))
    tables = dict(told["decisions"])
    dropped = frozenset(tables.pop("drop"))
    return by_column(tables, dropped=dropped, hows=HOWS), dropped, told["stays"]


def tables() -> list[str]:
    """Every table that an execution reaches: the person's own (kin.closure), what points at them, and their trails."""
    return [*(model._meta.db_table for model, _keys in kin.closure()), *ABOUT, *BESIDE, *TRAILS]


def model_of(table: str) -> type[models.Model]:
    return next(m for m in apps.get_models() if m._meta.db_table == table)


def columns_of(table: str) -> dict[str, "models.Field[Any, Any]"]:
    fields = model_of(table)._meta.local_concrete_fields
    return {f.column: f for f in fields if f.column and not isinstance(f, models.GeneratedField)}


# --- What each word does, as SQL


def _word(column: str, field: "models.Field[Any, Any]") -> str:
    if isinstance(field, EncryptedTextField):
        return _empty(column, field)
    return f"CASE WHEN {column} IS NULL OR {column} = '' THEN {column} ELSE '{GONE}' END"


def _apart(column: str, _field: "models.Field[Any, Any]") -> str:
    """By a salt that is drawn for each call and kept nowhere."""
    return f"CASE WHEN {column} IS NULL OR {column} = '' THEN {column} ELSE '{GONE} ' || left(md5(v_salt || {column}), 8) END"


def _empty(column: str, _field: "models.Field[Any, Any]") -> str:
    return f"CASE WHEN {column} IS NULL THEN NULL ELSE '' END"


def _json(column: str, field: "models.Field[Any, Any]") -> str:
    if isinstance(field, EncryptedTextField):
        return _empty(column, field)
    return f"CASE WHEN {column} IS NULL THEN NULL WHEN jsonb_typeof({column}) = 'array' THEN '[]'::jsonb ELSE '{{}}'::jsonb END"


def _token(column: str, _field: "models.Field[Any, Any]") -> str:
    drawn = "encode(sha256(convert_to(gen_random_uuid()::text, 'UTF8')), 'hex')"
    return f"CASE WHEN {column} IS NULL OR {column} = '' THEN {column} ELSE {drawn} END"


HOWS: Mapping[str, Any] = {
    "keep": None,
    "word": _word,
    "apart": _apart,
    "empty": _empty,
    "null": lambda column, field: "NULL",
    "json": _json,
    "list": lambda column, field: "'{}'",
    "month": lambda column, field: f"date_trunc('month', {column})::date",
    "nobody": lambda column, field: f"'{NOBODY[field.name]}'",
    "token": _token,
    "file": lambda column, field: "''",
    "scrapped": lambda column, field: "'discarded'",
    "today": lambda column, field: "p_today",
}


def step_of(table: str) -> Step:
    found, dropped, _stays = decisions()
    if table in dropped:
        files = tuple(getattr(model_of(table), "stored_files", ()))
        return Step(table, {}, files, is_dropped=True)
    fields = columns_of(table)
    changed = {column: HOWS[how](f'"{column}"', fields[column]) for column, how in found[table].items() if how != "keep"}
    return Step(table, changed, tuple(c for c, how in found[table].items() if how == "file"), is_dropped=False)


# --- The function


def _ids() -> Iterator[str]:
    """Statements that find the rows of the person, table by table, parents first."""
    for model, keys in kin.closure():
        table = model._meta.db_table
        if not keys:
            yield f"ids_{table} := ARRAY(SELECT id FROM {table} WHERE id = v_person OR merged_into_id = v_person);"
            continue
        columns = {field.name: field.column for field in model._meta.local_fields}
        about = " OR ".join(f"{columns[name]} = ANY (ids_{parent._meta.db_table})" for name, parent in keys)
        yield f"ids_{table} := ARRAY(SELECT id FROM {table} WHERE {about});"
    for table in sorted(ALONE):
        yield _beside(table)


def _beside(table: str) -> str:
    about = " OR ".join(f"{column} = ANY (ids_{parent})" for column, parent in BESIDE[table].items())
    return f"ids_{table} := ARRAY(SELECT id FROM {table} WHERE {about});"


def _told(table: str) -> list[str]:
    """These rows are among those that papers, files, messages, facts and the change history may be about."""
    label = model_of(table)._meta.label_lower
    size = f"ARRAY[cardinality(ids_{table})]"
    return [
        f"v_types := v_types || array_fill('{label}'::text, {size});",
        f"v_tables := v_tables || array_fill('{table}'::text, {size});",
        f"v_ids := v_ids || ids_{table};",
    ]


def _change(step: Step) -> list[str]:
    lines = [
        f"v_files := v_files || ARRAY(SELECT {c} FROM {step.table} WHERE id = ANY (ids_{step.table}) AND {c} <> '');" for c in step.files
    ]
    if step.is_dropped:
        lines.append(f"DELETE FROM {step.table} WHERE id = ANY (ids_{step.table});")
    elif step.columns:
        values = ", ".join(f'"{column}" = {value}' for column, value in step.columns.items())
        lines.append(f"UPDATE {step.table} SET {values} WHERE id = ANY (ids_{step.table});")
    else:
        return lines
    return [*lines, "GET DIAGNOSTICS n = ROW_COUNT; v_rows := v_rows + n;"]


def _of_kind(kind: RetentionKind) -> list[str]:
    """The tables of a kind, and what is about them; the case file, which goes last, takes along what no other list had."""
    whole = kind == RetentionKind.CASE_FILE
    own = [model._meta.db_table for model, _keys in kin.closure() if whole or retention.kind_of(model) == kind]
    own += sorted(ALONE) if whole else []
    lines = [line for table in own for line in _told(table)]
    beside: list[str] = []
    for table, (type_column, id_column) in ABOUT.items():
        lines.append(
            f"ids_{table} := ARRAY(SELECT x.id FROM {table} x JOIN unnest(v_types, v_ids) AS s(kind, id)"
            f" ON x.{type_column} = s.kind AND x.{id_column} = s.id);"
        )
        beside.append(table)
        hanging = [child for child in BESIDE if child not in ALONE and _root(child) == table]
        lines += [_beside(child) for child in hanging]
        beside += hanging
        lines += [line for each in (table, *hanging) for line in _told(each)]
    # Children first, for rows that are deleted.
    for table in (*reversed(beside), *reversed(own)):
        lines += _change(step_of(table))
    return lines


def _root(table: str) -> str:
    """The table of ABOUT that one of BESIDE hangs on in the end."""
    parent = next(iter(BESIDE[table].values()))
    return parent if parent in ABOUT else _root(parent)


def _trails() -> list[str]:
    """Who did, looked at or changed what stays written; what it said of the person does not."""
    by_type = "JOIN unnest(v_types, v_ids) AS s(kind, id) ON x.subject_type = s.kind AND x.subject_id = s.id"
    # Of a look only its reason is words, and it is given where a record or a placement is opened.
    opened = " OR ".join(
        f"l.subject_type = '{label}' AND l.subject_ids && ids_{label.replace('.', '_')}"
        for label in ("beneficiaries.beneficiary", "agreements.placement")
    )
    found = {
        "core_fact": f"SELECT x.id FROM core_fact x {by_type}",
        "core_look": f"SELECT l.id FROM core_look l WHERE l.reason <> '' AND v_kind = 'case_file' AND ({opened})",
        "core_rowchange": "SELECT x.id FROM core_rowchange x JOIN unnest(v_tables, v_ids) AS s(name, id)"
        " ON x.table_name = s.name AND x.row_id = s.id",
        "core_mergelog": "SELECT x.id FROM core_mergelog x JOIN unnest(v_types, v_ids) AS s(kind, id)"
        " ON x.model = s.kind AND (x.kept_id = s.id OR x.dropped_id = s.id)",
    }
    lines: list[str] = []
    for table, query in found.items():
        lines += [f"ids_{table} := ARRAY({query});", *_change(step_of(table))]
    return lines


def function_sql() -> str:
    """`privacy_discard(item, today)`: what discard.toml says, for the one person of an item of a list that is being carried out."""
    names = dict.fromkeys(tables())
    kinds: list[str] = []
    for kind in RetentionKind:
        kinds += [f"{'ELSIF' if kinds else 'IF'} v_kind = '{kind}' THEN", *("  " + line for line in _of_kind(kind))]
    body = "\n  ".join([*_ids(), "PERFORM set_config('app.discarding', 'yes', true);", *kinds, "END IF;", *_trails()])
    return f"""
CREATE OR REPLACE FUNCTION privacy_discard(p_item bigint, p_today date) RETURNS TABLE (rows_changed bigint, files_gone text[])
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_list bigint; v_person bigint; v_kind text; v_digest text; v_salt text := gen_random_uuid()::text;
  v_types text[] := '{{}}'; v_tables text[] := '{{}}'; v_ids bigint[] := '{{}}'; v_files text[] := '{{}}'; v_rows bigint := 0; n bigint;
  {" ".join(f"ids_{table} bigint[] := '{{}}';" for table in names)}
BEGIN
  SELECT l.id, i.beneficiary_id, l.kind, l.digest INTO v_list, v_person, v_kind, v_digest
  FROM privacy_discarditem i JOIN privacy_discardlist l ON l.id = i.discard_id
  WHERE i.id = p_item AND l.state = 'running' AND i.ambito_id = ANY (app_ids('ambiti'))
    AND app_only('company') IS NULL AND app_only('placement') IS NULL AND app_only('beneficiary') IS NULL
    AND NOT EXISTS (SELECT FROM privacy_discardoutcome o WHERE o.item_id = i.id);
  IF NOT FOUND THEN
    RAISE EXCEPTION 'item %: no list that is being carried out has it still to do', p_item USING ERRCODE = 'restrict_violation';
  END IF;
  IF v_digest IS DISTINCT FROM (
    SELECT encode(sha256(convert_to(string_agg(i.beneficiary_id::text, ',' ORDER BY i.beneficiary_id), 'UTF8')), 'hex')
    FROM privacy_discarditem i WHERE i.discard_id = v_list) THEN
    RAISE EXCEPTION 'list %: its people are not those that were approved', v_list USING ERRCODE = 'restrict_violation';
  END IF;
  IF EXISTS (SELECT FROM privacy_legalhold h
             WHERE h.beneficiary_id = v_person AND h.lifted_on IS NULL AND (h.until IS NULL OR h.until >= p_today)) THEN
    RAISE EXCEPTION 'item %: the person is held', p_item USING ERRCODE = 'restrict_violation';
  END IF;
  {body}
  PERFORM set_config('app.discarding', '', true);
  RETURN QUERY SELECT v_rows, v_files;
END $$;
GRANT EXECUTE ON FUNCTION privacy_discard(bigint, date) TO PUBLIC;
"""


# What refuses a change stands aside while the function is at work. The two functions of core.sql say so themselves, a guard of states
# has nothing to refuse; of all the others it is said here, so that none has to remember.
GUARDS = """
DO $do$ DECLARE t record; BEGIN
  FOR t IN
    SELECT g.tgname AS name, g.tgrelid::regclass AS place, pg_get_triggerdef(g.oid) AS words
    FROM pg_trigger g JOIN pg_proc p ON p.oid = g.tgfoid
    WHERE NOT g.tgisinternal AND (g.tgtype::int & 24) <> 0 AND g.tgrelid::regclass::text = ANY ('{{{tables}}}')
      AND p.proname NOT IN ('core_refuse_change', 'core_record_change') AND p.proname NOT LIKE '%\\_guard\\_state'
      AND pg_get_triggerdef(g.oid) NOT LIKE '%app_discarding()%'
  LOOP
    EXECUTE format('DROP TRIGGER %I ON %s', t.name, t.place);
    EXECUTE CASE WHEN t.words LIKE '% WHEN (%'
      THEN regexp_replace(t.words, ' WHEN \\((.*)\\) EXECUTE FUNCTION ', ' WHEN (NOT app_discarding() AND (\\1)) EXECUTE FUNCTION ')
      ELSE replace(t.words, ' EXECUTE FUNCTION ', ' WHEN (NOT app_discarding()) EXECUTE FUNCTION ') END;
  END LOOP;
END $do$;
"""


def draw(**kwargs: Any) -> None:
    """Draw the function again, and let the guards of the tables it changes know it. After every migration; safe to repeat."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT bool_and(to_regclass(name) IS NOT NULL) FROM unnest(%s::text[]) AS t(name)", [[*tables(), "privacy_discardoutcome"]]
        )
        if cursor.fetchone()[0]:
            cursor.execute(function_sql())
            cursor.execute(GUARDS.format(tables=",".join(dict.fromkeys(tables()))))
