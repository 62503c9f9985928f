"""What is said of a day, and of a week at once."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission, Role
from impresasolidale.core import todos
from impresasolidale.core.errors import Conflict, DomainError
from placements.agreements.enums import PlacementState
from placements.agreements.models import Placement, Suspension

from ..enums import MonthState, Outcome
from ..models import AttendanceEvent
from ..rules import OUTCOMES, check_note, check_travel, day_minutes, first_of_month
from ..selectors import RECORDABLE, days_between, reachable, travel_credit
from ._common import locking, month_url, month_words
from .totals import recompute_totals

ABSENCE_TODO = "attendance.absence"


@transaction.atomic(savepoint=False)  # a tap is often repeated and must be quick: what fails takes the caller's savepoint back
def record_attendance(
    *,
    public_id: UUID,
    day: date,
    outcome: str,
    minutes: int | None = None,
    travel_minutes: int = 0,
    note: str = "",
    submission: UUID | None,
    channel: str,
    by: Access,
    today: date,
) -> AttendanceEvent:
    """Append what is said of one day of the placement with this public id. Four queries, seven with an alert.

    A repeated `submission` is the same row, also under concurrency. A correction is a further event; Outcome.WITHDRAWN
    takes the last one back. `minutes` None means as planned. Raises Placement.DoesNotExist when it is out of reach,
    DomainError (rules 32 and 33; on `day`, `outcome` or `minutes`), Conflict when the submission was used for another day.
    """
    by.require(Permission.RECORD_ATTENDANCE)
    locked = locking(reachable(by)).select_related(None).get(public_id=public_id)  # the name is read for an alert alone
    month_state, planned, last_outcome, twin, is_paused = _situation(locked, day, submission)
    if twin:
        event = AttendanceEvent.objects.get(pk=twin)
        if (event.placement_id, event.day, event.outcome) != (locked.pk, day, outcome):
            raise Conflict
        return event
    if outcome not in OUTCOMES or not (by.system_reason or OUTCOMES[outcome].roles & by.roles):
        raise DomainError(_("Questo esito lo può indicare solo l’ufficio."), field="outcome")
    check_day(locked, day, month_state, today, is_paused=is_paused)
    if outcome == Outcome.WITHDRAWN and last_outcome in ("", Outcome.WITHDRAWN):
        raise DomainError(_("Non c’è nessuna registrazione da annullare in questo giorno."), field="outcome")
    check_note(note, outcome)
    if travel_minutes:
        check_travel(travel_minutes, outcome, travel_credit(locked.pk))
    event = AttendanceEvent(
        ambito_id=locked.ambito_id,
        placement=locked,
        day=day,
        outcome=outcome,
        minutes=day_minutes(outcome, minutes, planned),
        travel_minutes=travel_minutes,
        note=note,
        channel=channel,
        recorded_by_id=by.actor_id,
        recorded_at=timezone.now(),
        submission=submission,
        link_id=by.link_id,
    )
    try:
        event.save(force_insert=True)
    except IntegrityError as error:  # the uuid belongs to a row out of reach
        raise Conflict from error
    recompute_totals([locked.pk], [first_of_month(day)])
    _tell_referent(locked, event, last_outcome, by)
    return event


def check_day(placement: Placement, day: date, month_state: str, today: date, *, is_paused: bool = False) -> None:
    """Refuse a day that cannot be recorded, with words (rule 32; house.md §3, Money and Months)."""
    if is_paused:
        raise DomainError(_("Il tirocinio è sospeso: in questo periodo non si registrano presenze."), field="day")
    if placement.state not in (*RECORDABLE, PlacementState.SUSPENDED):
        raise DomainError(_("Questo tirocinio non è in corso: non si registrano presenze."), field="day")
    if not placement.kept_from <= day <= placement.last_day:
        words = _("Il tirocinio va dal %(first)s al %(last)s: questo giorno è fuori.")
        raise DomainError(words % {"first": f"{placement.kept_from:%d/%m/%Y}", "last": f"{placement.last_day:%d/%m/%Y}"}, field="day")
    if day > today:
        raise DomainError(_("Questo giorno deve ancora venire: si registra quando arriva."), field="day")
    if month_state != MonthState.OPEN:
        words = _("Il mese di %(month)s è già chiuso. Per correggerlo chiedi all’ufficio di riaprirlo.")
        raise DomainError(words % {"month": month_words(day)}, field="day")


_SITUATION = """
SELECT coalesce((SELECT state FROM attendance_timesheet WHERE placement_id = %(placement)s AND month = %(month)s), 'open'),
       (SELECT minutes FROM attendance_plannedsession WHERE placement_id = %(placement)s AND day = %(day)s),
       coalesce((SELECT outcome FROM attendance_attendanceevent
                 WHERE placement_id = %(placement)s AND day = %(day)s ORDER BY id DESC LIMIT 1), ''),
       (SELECT id FROM attendance_attendanceevent WHERE submission = %(submission)s),
       EXISTS (SELECT 1 FROM agreements_suspension WHERE placement_id = %(placement)s AND starts_on <= %(day)s
               AND (ends_on IS NULL OR ends_on >= %(day)s OR %(suspended)s))
         OR %(suspended)s AND NOT EXISTS (SELECT 1 FROM agreements_suspension WHERE placement_id = %(placement)s)
"""


def _situation(placement: Placement, day: date, submission: UUID | None) -> tuple[str, int | None, str, int | None, bool]:
    """State of the month, planned minutes, last outcome of the day, the event this submission already made, and whether the day is in a
    suspension (while one runs, every day since it began is); read under the lock."""
    suspended = placement.state == PlacementState.SUSPENDED
    values: dict[str, Any] = {
        "placement": placement.pk,
        "month": first_of_month(day),
        "day": day,
        "submission": submission,
        "suspended": suspended,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SITUATION, values)
        return cursor.fetchone()


def _tell_referent(placement: Placement, event: AttendanceEvent, before: str, by: Access) -> None:
    """An absence without a word is somebody's to-do; taken back at once, it is nobody's (features row 70)."""
    alerts = OUTCOMES[event.outcome].alerts_referent
    if alerts:
        with translation.override("it"):  # what is stored reads the same whoever caused it
            title = _("%(person)s: assenza senza avviso il %(day)s") % {"person": placement.beneficiary, "day": f"{event.day:%d/%m/%Y}"}
        todos.ask(
            kind=ABSENCE_TODO,
            subject=placement,
            title=title,
            url=month_url(placement, event.day),
            role=Role.SOCIAL_WORKER,
            by=by,
            due_on=event.day,
        )
    elif before and OUTCOMES[before].alerts_referent:
        todos.done(kind=ABSENCE_TODO, subject=placement, by=by)


# --- A week


@transaction.atomic
def record_week(*, placements: Collection[Placement], monday: date, channel: str, by: Access, today: date) -> int:
    """Confirm a whole week: planned days up to today without a word become present with their planned minutes.

    All or nothing, and safe to repeat: a second time finds nothing to do. Suspended placements and closed months are left alone.
    Returns how many days were written.
    """
    by.require(Permission.RECORD_ATTENDANCE)
    sunday = monday + timedelta(days=6)
    locked = {p.pk: p for p in locking().filter(pk__in=[p.pk for p in placements]) if p.state in RECORDABLE}
    days = days_between(list(locked), monday, min(sunday, today)) if monday <= today else {}
    paused = {(p.placement_id, day) for p in Suspension.objects.filter(placement__in=locked) for day in _days_in(p, monday, sunday)}
    now = timezone.now()
    events = [
        AttendanceEvent(
            ambito_id=locked[pk].ambito_id,
            placement_id=pk,
            day=row.day,
            outcome=Outcome.PRESENT,
            minutes=row.planned,
            channel=channel,
            recorded_by_id=by.actor_id,
            recorded_at=now,
            link_id=by.link_id,
        )
        for pk, rows in days.items()
        for row in rows
        if row.planned
        and not row.is_said
        and row.is_open
        and locked[pk].kept_from <= row.day <= locked[pk].last_day
        and (pk, row.day) not in paused
    ]
    if events:
        AttendanceEvent.objects.bulk_create(events)
        recompute_totals({e.placement_id for e in events}, {first_of_month(e.day) for e in events})
    return len(events)


def _days_in(pause: Suspension, first: date, last: date) -> list[date]:
    return [day for n in range((last - first).days + 1) if pause.holds(day := first + timedelta(days=n))]
