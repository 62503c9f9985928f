"""Two records of one thing become one: every foreign key is moved, what moved is logged, and it can be undone."""

from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from .actor import Actor
from .audit import record_fact, type_of
from .errors import DomainError
from .models import Document, MergeLog, Mute, Upload

SUBJECTS: tuple[type[models.Model], ...] = (Document, Upload, Mute)


def references(model: type[models.Model]) -> list[models.ForeignKey]:
    """Every foreign key to `model`. A model declares `merge_exempt = {"app.Model.field", …}` for those that stay."""
    exempt: frozenset[str] = getattr(model, "merge_exempt", frozenset())
    related = model._meta.get_fields(include_hidden=True)  # those without a reverse name too (related_name="+")
    found = [r.field for r in related if isinstance(r, models.ManyToOneRel)]
    return [f for f in found if f"{f.model._meta.label}.{f.name}" not in exempt]


def preview(keep: models.Model, drop: models.Model) -> list[tuple[str, int]]:
    """(what, how many) would move from `drop` to `keep`."""
    rows = [
        (str(f.model._meta.verbose_name_plural), f.model._base_manager.filter(**{f.name: drop}).count()) for f in references(type(keep))
    ]
    return [(name, count) for name, count in rows if count]


@transaction.atomic
def merge(*, keep: Any, drop: Any, by: Actor) -> MergeLog:
    """Move all that points to `drop` over to `keep` and mark `drop` as merged (`merged_into`). Both must have one owner."""
    model = type(keep)
    rows = {r.pk: r for r in model._default_manager.select_for_update(of=("self",)).filter(pk__in=[keep.pk, drop.pk]).order_by("pk")}
    if len(rows) != 2 or rows[drop.pk].merged_into_id or rows[keep.pk].merged_into_id:
        raise DomainError(_("Queste due schede non si possono unire: una è già stata unita."))
    moved = []
    for field in references(model):
        with connection.cursor() as cursor:
            cursor.execute(
                f'UPDATE "{field.model._meta.db_table}" SET "{field.column}" = %s WHERE "{field.column}" = %s RETURNING id',
                [keep.pk, drop.pk],
            )
            if ids := [row[0] for row in cursor.fetchall()]:
                moved.append([field.model._meta.db_table, field.column, ids])
    # Papers, files and mutes point by type and id.
    for holder in SUBJECTS:
        ids = list(holder._base_manager.filter(subject_type=type_of(keep), subject_id=drop.pk).values_list("pk", flat=True))
        if ids:
            holder._base_manager.filter(pk__in=ids).update(subject_id=keep.pk)
            moved.append([holder._meta.db_table, "subject_id", ids])
    model._default_manager.filter(pk=drop.pk).update(merged_into=keep)
    log = MergeLog.objects.create(
        ambito_id=getattr(keep, "ambito_id", None),
        network_id=getattr(keep, "network_id", None),
        model=type_of(keep),
        kept_id=keep.pk,
        dropped_id=drop.pk,
        moved=moved,
        created_by_id=by.actor_id,
    )
    record_fact("core.record.merged", keep, by=by, dropped=drop.pk)
    return log


@transaction.atomic
def undo_merge(*, log: MergeLog, by: Actor) -> None:
    """Give back to the dropped record what the merge had moved, where it still stands where the merge put it."""
    from django.apps import apps

    row = MergeLog.objects.select_for_update().get(pk=log.pk)
    if row.undone_at:
        raise DomainError(_("Questa unione è già stata annullata."))
    model = apps.get_model(row.model)
    known = {(f.model._meta.db_table, f.column) for f in references(model)} | {(h._meta.db_table, "subject_id") for h in SUBJECTS}
    for table, column, ids in row.moved:
        assert (table, column) in known, (table, column)
        with connection.cursor() as cursor:
            cursor.execute(
                f'UPDATE "{table}" SET "{column}" = %s WHERE id = ANY(%s) AND "{column}" = %s', [row.dropped_id, ids, row.kept_id]
            )
    model._default_manager.filter(pk=row.dropped_id).update(merged_into=None)
    row.undone_at = timezone.now()
    row.save(update_fields=["undone_at"])
    record_fact("core.record.merge_undone", model._default_manager.get(pk=row.kept_id), by=by, dropped=row.dropped_id)
