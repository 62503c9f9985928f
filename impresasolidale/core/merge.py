"""Two records of one thing become one: every foreign key is moved, what moved is logged, and it can be undone for a while."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, models, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from .actor import Actor
from .audit import record_fact, type_of
from .errors import DomainError
from .fields import EncryptedTextField
from .models import Deadline, Document, MergeLog, Mute, Todo, Upload

UNDO_DAYS = 30  # after that both offices have worked on the one record
# What points by type and id. Of what waits, the second names the column that says it is over: one may be open per kind and subject.
SUBJECTS: tuple[type[models.Model], ...] = (Document, Upload, Mute)
WAITING: tuple[tuple[type[models.Model], str], ...] = ((Todo, "done_at"), (Deadline, "closed_at"))


@dataclass(frozen=True)
class Difference:
    """A part (rules.MERGED_PARTS) that two records tell differently, in words."""

    part: str
    label: Any
    kept: str
    dropped: str


class MergedAway(Exception):
    """The record of an address was merged: `kept` is the one that stays, `home` its page. core.views leads there."""

    def __init__(self, *, dropped: UUID, kept: UUID, home: str) -> None:
        self.dropped, self.kept, self.home = dropped, kept, home
        super().__init__(f"{dropped} → {kept}")

    def address(self, asked: str) -> str:
        """The same address with the record that stays."""
        return asked.replace(str(self.dropped), str(self.kept))


def pointing_at(model: type[models.Model]) -> list[models.ForeignKey]:
    """Every foreign key to `model`, those without a reverse name too (related_name="+")."""
    return [r.field for r in model._meta.get_fields(include_hidden=True) if isinstance(r, models.ManyToOneRel)]


def references(model: type[models.Model]) -> list[models.ForeignKey]:
    """Those that a merge moves. A model declares `merge_exempt = {"app.Model.field", …}` for those that stay."""
    exempt: frozenset[str] = getattr(model, "merge_exempt", frozenset())
    return [f for f in pointing_at(model) if f"{f.model._meta.label}.{f.name}" not in exempt]


def preview(keep: models.Model, drop: models.Model) -> list[tuple[str, int]]:
    """(what, how many) would move from `drop` to `keep`."""
    rows = [
        (str(f.model._meta.verbose_name_plural), f.model._base_manager.filter(**{f.name: drop}).count()) for f in references(type(keep))
    ]
    return [(name, count) for name, count in rows if count]


def undo_until(log: MergeLog) -> date:
    """The last day on which a merge can be undone."""
    return timezone.localdate(log.created_at) + timedelta(days=UNDO_DAYS)


@transaction.atomic
def merge(
    *,
    keep: Any,
    drop: Any,
    by: Actor,
    take: Iterable[Iterable[str]] = (),
    settle: Iterable[tuple[models.Model, Mapping[str, Any]]] = (),
) -> MergeLog:
    """Move all that points to `drop` over to `keep` and mark `drop` as merged (`merged_into`). Both must have one owner.

    `take`: groups of fields that `keep` takes from `drop`; a group is given back whole. `settle`: (row, values) changed first, so
    that what moves does not collide.
    """
    model = type(keep)
    rows = {r.pk: r for r in model._default_manager.select_for_update(of=("self",)).filter(pk__in=[keep.pk, drop.pk]).order_by("pk")}
    if len(rows) != 2 or rows[drop.pk].merged_into_id or rows[keep.pk].merged_into_id:
        raise DomainError(_("Queste due schede non si possono unire: una è già stata unita."))
    changed = [_change(row, values) for row, values in settle]
    moved = []
    for field in references(model):
        with connection.cursor() as cursor:
            cursor.execute(
                f'UPDATE "{field.model._meta.db_table}" SET "{field.column}" = %s WHERE "{field.column}" = %s RETURNING id',
                [keep.pk, drop.pk],
            )
            if ids := [row[0] for row in cursor.fetchall()]:
                moved.append([field.model._meta.db_table, field.column, ids])
    changed += _close_repeated(keep, drop)
    # Papers, files, mutes, to-dos and deadlines point by type and id.
    for holder in (*SUBJECTS, *(waiting for waiting, _over in WAITING)):
        ids = list(holder._base_manager.filter(subject_type=type_of(keep), subject_id=drop.pk).values_list("pk", flat=True))
        if ids:
            holder._base_manager.filter(pk__in=ids).update(subject_id=keep.pk)
            moved.append([holder._meta.db_table, "subject_id", ids])
    model._default_manager.filter(pk=drop.pk).update(merged_into=keep)
    changed += [_change(keep, {name: getattr(rows[drop.pk], name) for name in names}) for names in take]
    _touch(keep)
    log = MergeLog.objects.create(
        ambito_id=getattr(keep, "ambito_id", None),
        network_id=getattr(keep, "network_id", None),
        model=type_of(keep),
        kept_id=keep.pk,
        dropped_id=drop.pk,
        moved=moved,
        changed=changed,
        created_by_id=by.actor_id,
    )
    record_fact("core.record.merged", keep, by=by, dropped=drop.pk)
    return log


@transaction.atomic
def undo_merge(*, log: MergeLog, by: Actor, today: date) -> None:
    """Give back to the dropped record what the merge had moved, and the values it had changed, where they still stand as it left them.

    Raises DomainError when it is undone already, or too late.
    """
    from django.apps import apps

    row = MergeLog.objects.select_for_update().get(pk=log.pk)
    if row.undone_at:
        raise DomainError(_("Questa unione è già stata annullata."))
    if today > undo_until(row):
        raise DomainError(_("Sono passati più di %(days)s giorni: l’unione non si annulla più.") % {"days": UNDO_DAYS})
    model = apps.get_model(row.model)
    own = (model._meta.db_table, row.kept_id)
    for table, pk, before, after in row.changed:
        if (table, pk) == own:
            _restore(table, pk, before, after)
    model._default_manager.filter(pk=row.dropped_id).update(merged_into=None)
    holders = (*SUBJECTS, *(waiting for waiting, _over in WAITING))
    known = {(f.model._meta.db_table, f.column) for f in references(model)} | {(h._meta.db_table, "subject_id") for h in holders}
    for table, column, ids in row.moved:
        assert (table, column) in known, (table, column)
        with connection.cursor() as cursor:
            cursor.execute(
                f'UPDATE "{table}" SET "{column}" = %s WHERE id = ANY(%s) AND "{column}" = %s', [row.dropped_id, ids, row.kept_id]
            )
    for table, pk, before, after in row.changed:
        if (table, pk) != own:
            _restore(table, pk, before, after)
    kept = model._default_manager.get(pk=row.kept_id)
    _touch(kept)
    row.undone_at = timezone.now()
    row.save(update_fields=["undone_at"])
    record_fact("core.record.merge_undone", kept, by=by, dropped=row.dropped_id)


def _close_repeated(keep: models.Model, drop: models.Model) -> list[list[Any]]:
    """End what waits on both records: it would wait twice on one."""
    changed = []
    for holder, over in WAITING:
        open_rows = holder._base_manager.filter(subject_type=type_of(keep), **{over: None})
        kinds = set(open_rows.filter(subject_id=keep.pk).values_list("kind", flat=True))
        repeated = open_rows.filter(subject_id=drop.pk, kind__in=kinds)
        changed += [_change(row, {over: timezone.now()}) for row in repeated]
    return changed


def _change(row: models.Model, values: Mapping[str, Any]) -> list[Any]:
    """Write `values`; returns what undoing needs. A value encrypted anew differs although it is the same: it is not compared."""
    fields: list[Any] = [row._meta.get_field(name) for name in values]
    columns = [f.column for f in fields]
    before = _stored(row, columns)
    type(row)._base_manager.filter(pk=row.pk).update(**values)
    compared = [f.column for f in fields if not isinstance(f, EncryptedTextField)]
    return [row._meta.db_table, row.pk, before, _stored(row, compared)]


def _stored(row: models.Model, columns: list[str]) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT to_jsonb(t)::text FROM "{row._meta.db_table}" t WHERE id = %s', [row.pk])
        whole = json.loads(cursor.fetchone()[0])
    return {column: whole[column] for column in columns}


def _restore(table: str, pk: int, before: dict[str, Any], after: dict[str, Any]) -> None:
    columns = ", ".join(f'"{column}"' for column in before)
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{table}" t SET ({columns}) = (SELECT {columns} FROM jsonb_populate_record(NULL::"{table}", %s::jsonb))'
            " WHERE id = %s AND to_jsonb(t) @> %s::jsonb",
            [json.dumps(before), pk, json.dumps(after)],
        )


def _touch(row: Any) -> None:
    """An edit opened before must not write over what the merge has just decided."""
    if hasattr(row, "row_version"):
        type(row)._default_manager.filter(pk=row.pk).update(row_version=F("row_version") + 1)
