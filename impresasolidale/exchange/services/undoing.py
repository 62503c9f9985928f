"""Taking back a row: what it wrote goes, unless somebody touched it since."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.apps import apps
from django.db import DatabaseError, connection, models, transaction
from django.db.models import Max, Q
from django.db.models.deletion import ProtectedError, RestrictedError
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.core.audit import record_fact
from impresasolidale.core.merge import pointing_at
from impresasolidale.core.models import Deadline, RowChange, Todo

from ..kinds import RowKind
from ..models import ImportBatch, ImportRow

SEEN = RowChange._meta.label_lower  # beside what a row wrote: the last change in the history of it, when it was written


def closure(roots: Iterable[models.Model]) -> dict[str, list[int]]:
    """What a row has just written, as it is kept beside it: there was nothing before, so all that hangs on it is its own."""
    made = _trees(roots)
    last = RowChange.objects.filter(_changes_of(made)).aggregate(last=Max("pk"))["last"] or 0
    return {**{label: sorted(ids) for label, ids in made.items()}, SEEN: [last]}


def _changes_of(made: Mapping[str, set[int]]) -> Q:
    changed = Q(pk=None)
    for label, ids in made.items():
        changed |= Q(table_name=apps.get_model(label)._meta.db_table, row_id__in=ids)
    return changed


def _trees(roots: Iterable[models.Model]) -> dict[str, set[int]]:
    """These rows and all that hang on them, table by table: from parents to children and never back."""
    found: dict[str, set[int]] = defaultdict(set)
    waiting: list[tuple[type[models.Model], set[int]]] = [(type(root), {root.pk}) for root in roots]
    while waiting:
        parent, ids = waiting.pop()
        if new := ids - found[parent._meta.label_lower]:
            found[parent._meta.label_lower] |= new
            for key in pointing_at(parent):
                children = key.model._default_manager.filter(**{f"{key.name}__in": new}).values_list("pk", flat=True)
                waiting.append((key.model, set(children)))
    return {label: ids for label, ids in found.items() if ids}


def take_away(row: ImportRow, batch: ImportBatch, kind: RowKind, *, by: Access) -> str:
    """Delete what a row wrote; returns why it stays, "" when it is gone. The facts of before stay, and a new one is added."""
    made = {label: set(ids) for label, ids in (row.made or {}).items()}
    seen = max(made.pop(SEEN, {0}))
    roots = [r for label, ids in made.items() for r in apps.get_model(label)._default_manager.filter(pk__in=ids)]
    if not roots:
        return _("Non c'è più: qualcuno l'ha già tolta.")
    now = _trees(roots)
    extra = sorted({label for label, ids in now.items() if ids - made.get(label, set()) and label not in kind.exempt})
    if extra:
        names = ", ".join(str(apps.get_model(label)._meta.verbose_name) for label in extra)
        return _("Nel frattempo è in uso: %(what)s.") % {"what": names}
    touched = RowChange.objects.filter(_changes_of(made), operation="update", pk__gt=seen).exists()
    if touched or any(getattr(r, "row_version", 1) not in (1, kind.versions.get(r._meta.label_lower)) for r in roots):
        return _("Nel frattempo qualcuno l'ha modificata.")
    try:
        with transaction.atomic():
            for label, ids in now.items():
                for asked in (Todo, Deadline):
                    asked.objects.filter(subject_type=label, subject_id__in=ids).delete()
            _delete(roots, now, kind)
            record_fact("exchange.row.undone", row, by=by, batch=batch.pk, subject=row.subject_type, id=row.subject_id)
    except (ProtectedError, RestrictedError, DatabaseError):
        return _("Nel frattempo è in uso da un'altra parte del programma.")
    return ""


def _delete(roots: list[models.Model], now: dict[str, set[int]], kind: RowKind) -> None:
    """All of them together: first what came by itself, then what the row wrote, as often as it takes for children to go before parents."""
    for label in kind.exempt & now.keys():
        apps.get_model(label)._default_manager.filter(pk__in=now[label]).delete()
    left = roots
    while left:
        stuck: list[models.Model] = []
        for row in left:
            try:
                type(row)._default_manager.filter(pk=row.pk).delete()
            except (ProtectedError, RestrictedError):
                stuck.append(row)
        if len(stuck) == len(left):
            raise ProtectedError("stuck", set(stuck))
        left = stuck
    connection.check_constraints()
