"""Writes of attendance. Every one locks the placement first, so a tap, a week and the closing of a month never cross."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, connection, transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission, Role
from impresasolidale.accounts.services import OutsideAct, require_second_key
from impresasolidale.core import todos
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import Conflict, DomainError
from impresasolidale.core.templatetags.ui import written
from impresasolidale.core.transitions import perform
from impresasolidale.core.uploads import store_upload
from placements.agreements.enums import PlacementState
from placements.agreements.models import Placement, Suspension
from placements.agreements.schedule import plan_between, spans

from .enums import Channel, MonthState, Outcome
from .models import AttendanceEvent, PlannedSession, Timesheet
from .rules import ABSENT, CREDITED, OUTCOMES, PRESENT, day_minutes, first_of_month, months_of, next_month
from .selectors import RECORDABLE, days_between, reachable
from .transitions import TIMESHEET

ABSENCE_TODO = "attendance.absence"
CONFIRM_TODO = "attendance.confirm"
ONE_DAY = timedelta(days=1)
NEVER_BEGAN = (PlacementState.CANCELLED, PlacementState.WITHDRAWN)


def _locking(rows: QuerySet[Placement] | None = None) -> QuerySet[Placement]:
    """Placements, locked in one order when read. Foreign keys to them stay free: only writers of attendance wait."""
    return (
        (Placement.objects.all() if rows is None else rows)
        .select_for_update(of=("self",), no_key=True)
        .select_related("beneficiary")
        .only(
            *("public_id", "ambito_id", "state", "starts_on", "entered_on", "ends_on", "ended_on", "site_id"),
            *("beneficiary__first_name", "beneficiary__last_name"),
        )
        .order_by("pk")
    )


# --- A day


@transaction.atomic(savepoint=False)  # a tap is often repeated and must be quick: what fails takes the caller's savepoint back
def record_attendance(
    *,
    public_id: UUID,
    day: date,
    outcome: str,
    minutes: int | None = None,
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
    locked = _locking(reachable(by)).select_related(None).get(public_id=public_id)  # the name is read for an alert alone
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
    event = AttendanceEvent(
        ambito_id=locked.ambito_id,
        placement=locked,
        day=day,
        outcome=outcome,
        minutes=day_minutes(outcome, minutes, planned),
        channel=channel,
        recorded_by_id=by.actor_id,
        recorded_at=timezone.now(),
        submission=submission,
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
    locked = {p.pk: p for p in _locking().filter(pk__in=[p.pk for p in placements]) if p.state in RECORDABLE}
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
        )
        for pk, rows in days.items()
        for row in rows
        if row.planned
        and not row.is_said
        and row.is_open
        and locked[pk].starts_on <= row.day <= locked[pk].last_day
        and (pk, row.day) not in paused
    ]
    if events:
        AttendanceEvent.objects.bulk_create(events)
        recompute_totals({e.placement_id for e in events}, {first_of_month(e.day) for e in events})
    return len(events)


def _days_in(pause: Suspension, first: date, last: date) -> list[date]:
    return [day for n in range((last - first).days + 1) if pause.holds(day := first + timedelta(days=n))]


# --- A month

_TOTALS = """
INSERT INTO attendance_timesheet AS t (public_id, created_at, ambito_id, placement_id, month, state,
                                       planned_minutes, done_minutes, credited_minutes, days_present, days_absent)
SELECT gen_random_uuid(), %(now)s, p.ambito_id, p.id, m.month, 'open',
       s.planned, d.done, least(s.planned, d.credited), d.present, d.absent
FROM agreements_placement p
CROSS JOIN unnest(%(months)s::date[]) AS m(month)
CROSS JOIN LATERAL (
  SELECT coalesce(sum(minutes), 0) AS planned FROM attendance_plannedsession
  WHERE placement_id = p.id AND day >= m.month AND day < m.month + interval '1 month') s
CROSS JOIN LATERAL (
  SELECT coalesce(sum(minutes) FILTER (WHERE outcome = ANY (%(present)s)), 0) AS done,
         coalesce(sum(minutes) FILTER (WHERE outcome = ANY (%(credited)s)), 0) AS credited,
         count(*) FILTER (WHERE outcome = ANY (%(present)s) AND minutes >= 1) AS present,
         count(*) FILTER (WHERE outcome = ANY (%(absent)s)) AS absent
  FROM (SELECT DISTINCT ON (day) outcome, minutes FROM attendance_attendanceevent
        WHERE placement_id = p.id AND day >= m.month AND day < m.month + interval '1 month'
        ORDER BY day, id DESC) AS last) d
WHERE p.id = ANY (%(placements)s)
ON CONFLICT (placement_id, month) DO UPDATE SET
  planned_minutes = excluded.planned_minutes, done_minutes = excluded.done_minutes, credited_minutes = excluded.credited_minutes,
  days_present = excluded.days_present, days_absent = excluded.days_absent
WHERE t.state = 'open'
"""


def recompute_totals(placements: Iterable[int], months: Iterable[date]) -> None:
    """Bring the sheets of these placements and months (first days) to their exact totals, in one statement; closed sheets stay as they are.

    Placements must be locked. The arithmetic is rules.month_totals, in SQL.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _TOTALS,
            {
                "now": timezone.now(),
                "placements": sorted(placements),
                "months": sorted(months),
                "present": PRESENT,
                "credited": CREDITED,
                "absent": ABSENT,
            },
        )


@transaction.atomic
def close_month(*, sheet: Timesheet, by: Access, today: date) -> Timesheet:
    """The tutor (or the office, for a paper sheet) says the month is whole. DomainError while days are missing or still to come."""
    placement = _locking().get(pk=sheet.placement_id)

    def whole(row: Timesheet) -> None:
        last = next_month(row.month) - ONE_DAY
        open_days = [
            d.day
            for d in days_between([placement.pk], row.month, last).get(placement.pk, [])
            if d.planned and not d.is_said and d.day <= placement.last_day
        ]
        if any(day > today for day in open_days):
            raise DomainError(_("Il mese non è ancora finito: si chiude dopo l’ultima giornata prevista."))
        if open_days:
            words = ngettext("Manca ancora una giornata: il %(days)s.", "Mancano ancora %(n)d giornate: %(days)s.", len(open_days))
            raise DomainError(words % {"n": len(open_days), "days": ", ".join(f"{d:%d/%m}" for d in open_days)})

    closed = perform(TIMESHEET, "closed", sheet, by=by, guard=whole, closed_by_id=by.actor_id, closed_at=timezone.now())
    with translation.override("it"):
        title = _("Presenze di %(month)s da confermare: %(person)s") % {"month": month_words(closed.month), "person": placement.beneficiary}
    todos.ask(
        kind=CONFIRM_TODO,
        subject=closed,
        title=title,
        url=month_url(placement, closed.month),
        role=Role.SOCIAL_WORKER,
        by=by,
        due_on=next_month(closed.month).replace(day=_sheet_day(placement)),
    )
    return closed


def _sheet_day(placement: Placement) -> int:
    """Rule 31: the day of the next month by which the sheet is confirmed, in the rule book the placement began with."""
    book = Placement.objects.select_related("rulebook").only("rulebook").get(pk=placement.pk).rulebook
    return int(book.rules.sheet_day_of_next_month)


@transaction.atomic
def confirm_month(
    *, sheet: Timesheet, by: Access, today: date, act: OutsideAct | None = None, act_file: UploadedFile | None = None
) -> Timesheet:
    """The office confirms a closed month. Whoever closed it needs an outside act, kept with its copy: its number, its date, the file.

    Raises FourEyesRequired without one; DomainError for an act of a day to come, without a number or without its file.
    """
    _locking().get(pk=sheet.placement_id)

    def two_keys(row: Timesheet) -> None:
        words = _("Hai chiuso tu questo mese: lo conferma un’altra persona dell’ufficio, oppure tu con un atto.")
        require_second_key(first_id=row.closed_by_id, by=by, act=act, words=words)

    confirmed = perform(
        TIMESHEET,
        "confirmed",
        sheet,
        by=by,
        guard=two_keys,
        confirmed_by_id=by.actor_id,
        confirmed_at=timezone.now(),
        **_act_of(sheet, act, act_file, by=by, today=today),
    )
    if act:
        record_fact("attendance.timesheet.outside_act", confirmed, by=by, number=confirmed.act_number, on=act.on.isoformat())
    todos.done(kind=CONFIRM_TODO, subject=confirmed, by=by)
    return confirmed


def _act_of(sheet: Timesheet, act: OutsideAct | None, file: UploadedFile | None, *, by: Access, today: date) -> dict[str, Any]:
    """The columns an outside act fills; none without one."""
    if act is None:
        return {}
    by.require(Permission.CONFIRM_MONTHS)  # before its file is kept
    if not act.number.strip():
        raise DomainError(_("Scrivi il numero dell'atto."), field="act_number")
    if act.on > today:
        raise DomainError(_("La data dell'atto è nel futuro."), field="act_on")
    if file is None:
        raise DomainError(_("Serve la copia dell'atto."), field="file")
    kept = store_upload(file=file, kind="attendance.outside_act", subject=sheet, by=by)
    return {"act_number": act.number.strip(), "act_on": act.on, "act_file": kept}


@transaction.atomic
def reopen_month(*, sheet: Timesheet, reason: str, by: Access) -> Timesheet:
    """Give a closed or confirmed month back for corrections, with the reason; it must be closed and confirmed again."""
    placement = _locking().get(pk=sheet.placement_id)
    reopened = perform(
        TIMESHEET,
        "reopened",
        sheet,
        by=by,
        reason=reason,
        closed_by_id=None,
        closed_at=None,
        confirmed_by_id=None,
        confirmed_at=None,
        act_number=None,
        act_on=None,
        act_file_id=None,
    )
    todos.done(kind=CONFIRM_TODO, subject=reopened, by=by)
    recompute_totals([placement.pk], [reopened.month])
    return reopened


# --- The plan


@transaction.atomic
def resync_planned(*, placement: Placement, by: Access, today: date, since: date | None = None) -> int:
    """Write the planned days again: each by the version of the project that holds on it, without holidays, patron and suspensions.

    Safe to repeat. Days before `since` (today when not said) stay as they were planned, those that a suspension took away go; the
    first time all days are made, also past ones; days of closed months never move. A placement still suspended after its pause has
    no day from today on, a cancelled one has none. Days after the last one go. Returns the days written.
    No permission of its own: it follows from a change that had one.
    """
    locked = _locking().get(pk=placement.pk)
    planned = PlannedSession.objects.filter(placement=locked)
    settled = set(Timesheet.objects.filter(placement=locked).exclude(state=MonthState.OPEN).values_list("month", flat=True))
    since = max(locked.kept_from, since or today) if planned.exists() else locked.kept_from
    until = locked.last_day
    if locked.state == PlacementState.SUSPENDED and not _pauses(locked, today):
        until = min(until, today - ONE_DAY)
    elif locked.state in NEVER_BEGAN:
        until = locked.starts_on - ONE_DAY
    slots = plan_between(locked, since, until)
    kept = {slot.day for slot in slots}
    pauses = spans(Suspension.objects.filter(placement=locked))
    goes = [
        session.pk
        for session in planned
        if first_of_month(session.day) not in settled
        and (
            (session.day >= since and session.day not in kept)
            or not locked.starts_on <= session.day <= until
            or any(p.start <= session.day <= (p.to or session.day) for p in pauses)
        )
    ]
    planned.filter(pk__in=goes).delete()
    fresh = [
        PlannedSession(ambito_id=locked.ambito_id, placement=locked, day=slot.day, starts_at=slot.starts_at, minutes=slot.minutes)
        for slot in slots
        if first_of_month(slot.day) not in settled
    ]
    PlannedSession.objects.bulk_create(
        fresh, update_conflicts=True, unique_fields=["placement", "day"], update_fields=["starts_at", "minutes"]
    )
    _resync_sheets(locked)
    return len(fresh)


def _pauses(placement: Placement, day: date) -> bool:
    """Whether a suspension in writing holds on a day, or is still to come."""
    return Suspension.objects.filter(Q(ends_on=None) | Q(ends_on__gte=day), placement=placement).exists()


def _resync_sheets(placement: Placement) -> None:
    """One sheet a month over the placement; open sheets outside it go, unless somebody wrote on them."""
    months = set() if placement.state in NEVER_BEGAN else set(months_of(placement.kept_from, placement.last_day))
    written = set(AttendanceEvent.objects.filter(placement=placement).dates("day", "month"))
    Timesheet.objects.filter(placement=placement, state=MonthState.OPEN).exclude(month__in=months | written).delete()
    recompute_totals([placement.pk], months | written)


def month_words(day: date) -> str:
    return written(day, "F Y")


def month_url(placement: Placement, day: date) -> str:
    return month_address(placement.public_id, day)


def month_address(placement_id: UUID, day: date) -> str:
    return f"{reverse('attendance:month', args=[placement_id])}?mese={day:%Y-%m}"


def channel_of(by: Access) -> Channel:
    """Where a record of this access comes from, when nothing else is said."""
    return Channel.PORTAL if by.placements is not None else Channel.OFFICE
