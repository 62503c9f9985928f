"""What every change needs: the placement under its lock, its to-dos, its days laid out again."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import TransitionNotAllowed
from impresasolidale.core.jobs import enqueue
from impresasolidale.core.todos import ask
from impresasolidale.core.views import check_version

from ...enums import LIVE
from ...models import Placement


def lock(placement: Placement, *, by: Access, row_version: int | None = None, states: tuple[str, ...] = LIVE) -> Placement:
    """The placement for who prepares, locked, on the version that was seen, in a state that may change; else a conflict."""
    by.require(Permission.PREPARE_PLACEMENTS)
    return lock_row(placement, row_version=row_version, states=states)


def lock_row(placement: Placement, *, row_version: int | None = None, states: tuple[str, ...] = LIVE) -> Placement:
    rows = Placement.objects.select_for_update(of=("self",), no_key=True)
    row = rows.select_related("beneficiary", "rulebook", "site__comune", "company").get(pk=placement.pk)
    if row_version is not None:
        check_version(row, row_version)
    if row.state not in states:
        words = _("Questo tirocinio ora è «%(state)s»: questo cambiamento non si può fare.")
        raise TransitionNotAllowed(words % {"state": row.get_state_display()})
    return row


def touch(row: Placement, *columns: str) -> None:
    """Whoever had the page open sees that something moved."""
    row.row_version += 1
    row.save(update_fields=[*columns, "row_version"])


def note(code: str, row: Placement, *, by: Access, reason: str = "", **data: Any) -> None:
    """A fact of the placement's own history."""
    record_fact(f"agreements.{code}", row, by=by, reason=reason, **data)


def ask_about(kind: str, row: Placement, title: Any, role: str, *, by: Access, due_on: date | None = None, url: str = "") -> None:
    """A to-do about the placement; `title` has its %(person)s."""
    ask(
        kind=kind,
        subject=row,
        title=str(title) % {"person": row.beneficiary},
        url=url or reverse("agreements:detail", args=[row.public_id]),
        role=role,
        by=by,
        due_on=due_on,
    )


def lay_out_days(row: Placement, *, by: Access, since: date | None = None) -> None:
    """Attendance plans the days again, from `since` (today when not said), and monitoring the next visit: rooms above, asked by name."""
    enqueue("attendance.resync", by=by, placement_id=row.pk, **({"since": since.isoformat()} if since else {}))
    enqueue("monitoring.plan_visit", by=by, placement_id=row.pk)
