"""Early ends: now, or planned for a day ahead that the change of day carries out (rule 51)."""

from collections.abc import Collection
from datetime import date
from typing import cast

from django.db import transaction
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.core.errors import Conflict, DomainError, ReasonRequired
from impresasolidale.core.transitions import perform

from ... import above, change_rules
from ...change_enums import EndCause
from ...enums import RUNNING, CommunicationKind
from ...models import EarlyEnd, Placement
from ...transitions import PLACEMENT
from ..compliance import communication_due, strike_open_communications
from ..flow import settle
from ._common import lay_out_days, lock, note, touch


@transaction.atomic
def end_early(
    *,
    placement: Placement,
    last_day: date,
    cause: str,
    asked_by: str,
    next_step: str,
    note_text: str,
    by: Access,
    today: date,
    row_version: int | None = None,
) -> Placement:
    """Close before the agreed end, with the last day, the cause, who asked and what comes next. A day ahead is kept for then."""
    row = lock(placement, by=by, row_version=row_version, states=RUNNING)
    if not note_text.strip():
        raise DomainError(_("Scrivi com'è andata, in breve: serve a chi leggerà dopo di te."), field="note")
    change_rules.check_last_day(
        last_day,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        settled=above.settled_months(row.pk),
        present=above.days_present(row.pk, last_day + change_rules.ONE_DAY),
    )
    if EarlyEnd.objects.filter(placement=row).exists():
        raise Conflict(_("La chiusura anticipata è già scritta: prima togli quella."))
    early = EarlyEnd.objects.create(
        ambito_id=row.ambito_id,
        placement=row,
        last_day=last_day,
        cause=cause,
        asked_by=asked_by,
        next_step=next_step,
        note=note_text.strip(),
        created_by_id=by.actor_id,
    )
    communication_due(placement=row, kind=CommunicationKind.EARLY_END, on=last_day, by=by)
    if last_day <= today:
        return _close(early, row, by=by, today=today)
    note("early_end.planned", row, by=by, reason=_words(early), last_day=last_day.isoformat())
    touch(row)
    lay_out_days(row, by=by)
    return row


@transaction.atomic
def call_off_early_end(*, placement: Placement, reason: str, by: Access, today: date) -> Placement:
    """The placement goes on after all, as long as its last day has not passed."""
    row = lock(placement, by=by, states=RUNNING)
    if not reason.strip():
        raise ReasonRequired
    gone, _rows = EarlyEnd.objects.filter(placement=row, done_on=None).delete()
    if not gone:
        raise DomainError(_("Non c'è nessuna chiusura anticipata in programma."))
    strike_open_communications(row, _("Il tirocinio va avanti."), by=by, kind=CommunicationKind.EARLY_END)
    note("early_end.called_off", row, by=by, reason=reason.strip())
    touch(row)
    lay_out_days(row, by=by)
    return row


def turn_endings(*, ids: Collection[int], by: Access, today: date) -> int:
    """The change of day, of these placements: close what had its last day. Safe to repeat."""
    due = EarlyEnd.objects.filter(placement__in=ids, done_on=None, last_day__lt=today, placement__state__in=RUNNING)
    rows = list(due.select_related("placement").order_by("pk"))
    for early in rows:
        with transaction.atomic():
            _close(early, early.placement, by=by, today=today)
    return len(rows)


def _close(early: EarlyEnd, row: Placement, *, by: Access, today: date) -> Placement:
    early.done_on = today
    early.save(update_fields=["done_on"])
    closed = cast("Placement", perform(PLACEMENT, "ended_early", row, by=by, reason=_words(early), ended_on=early.last_day))
    settle(closed, by=by)
    lay_out_days(closed, by=by)
    return closed


def _words(early: EarlyEnd) -> str:
    return f"{str(EndCause(early.cause).label).capitalize()}. {early.note}"
