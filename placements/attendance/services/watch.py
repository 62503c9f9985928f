"""What the nights look after: sheets nobody closed, people who are missing, and totals against events."""

import logging
from collections.abc import Collection
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies.hosts.models import CompanyTutor
from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import CaseRole, Permission, Role
from impresasolidale.core import messages, mutes, todos
from impresasolidale.core.audit import record_fact, type_of
from impresasolidale.core.errors import DomainError
from impresasolidale.core.models import Todo
from placements.agreements.enums import PlacementState
from placements.agreements.models import Placement

from ..enums import CallResult, MonthState
from ..models import Call, FrozenMonth, Timesheet
from ..rules import ABSENT, CREDITED, PRESENT, first_of_month, next_month
from ..selectors.watching import CallFor, calls_for
from ._common import month_url, month_words
from .months import LATE_TODO, MISSING_TODO, MISSING_TODOS

log = logging.getLogger(__name__)
CALL_TODO = "attendance.call"
RECOUNT_TODO = "attendance.recount"
REMINDER = "attendance.sheet_missing"
A_MONTH = timedelta(days=25)  # one mail a month at most, also when the job of the morning is run again


# --- Sheets nobody closed (rule 31)


@transaction.atomic
@translation.override("it")
def remind_sheets(*, by: Access, today: date) -> dict[str, int]:
    """In the Ambito: a month that is over and still open is the tutor's to-do from the day of the rule book, with one mail to each tutor,
    and the office's some days later. Safe to repeat; what is muted sends no mail. Returns how many to-dos and mails it made."""
    rows = list(
        Timesheet.objects.filter(ambito_id=by.ambito_id, state=MonthState.OPEN, month__lt=first_of_month(today))
        .filter(Q(planned_minutes__gt=0) | Q(done_minutes__gt=0))
        .exclude(placement__state__in=(PlacementState.CANCELLED, PlacementState.WITHDRAWN))
        .select_related("placement__beneficiary", "placement__company_tutor", "placement__rulebook")
        .defer("placement__beneficiary__codice_fiscale")
        .order_by("month", "pk")
    )
    late: list[Timesheet] = []
    later: list[Timesheet] = []
    for row in rows:
        rules = row.placement.rulebook.rules
        due = next_month(row.month).replace(day=rules.sheet_day_of_next_month)
        if today >= due:
            late.append(row)
            if today >= due + timedelta(days=rules.sheet_office_days):
                later.append(row)
    _forget(MISSING_TODOS, {row.pk for row in rows}, by)
    told = _ask(MISSING_TODO, late, _("Chiudi le presenze di %(month)s: %(person)s"), Role.SOCIAL_WORKER, CaseRole.COMPANY_TUTOR, by=by)
    asked = _ask(LATE_TODO, later, _("Manca il foglio presenze di %(month)s: %(person)s"), Role.SOCIAL_WORKER, CaseRole.REFERENT, by=by)
    return {"tutors": len(told), "office": len(asked), "mails": _write_tutors(told, by=by, today=today)}


def _forget(kinds: Collection[str], still: Collection[int], by: Access) -> None:
    """To-dos of sheets that are no longer missing are done, whoever closed them."""
    Todo.objects.filter(kind__in=kinds, ambito_id=by.ambito_id, done_at=None).exclude(subject_id__in=still).update(done_at=timezone.now())


def _ask(kind: str, rows: Collection[Timesheet], title: str, role: str, case_role: str, *, by: Access) -> list[Timesheet]:
    """A to-do for each of these sheets that has none open; returns those it asked now. Two queries, however many."""
    label = Timesheet._meta.label_lower
    known = set(
        Todo.objects.filter(kind=kind, subject_type=label, subject_id__in=[r.pk for r in rows], done_at=None).values_list(
            "subject_id", flat=True
        )
    )
    fresh = [row for row in rows if row.pk not in known]
    Todo.objects.bulk_create(
        Todo(
            kind=kind,
            subject_type=label,
            subject_id=row.pk,
            title=title % {"month": month_words(row.month), "person": row.placement.beneficiary},
            url=month_url(row.placement, row.month),
            role=role,
            case_role=case_role,
            due_on=next_month(row.month).replace(day=row.placement.rulebook.rules.sheet_day_of_next_month),
            ambito_id=row.ambito_id,
        )
        for row in fresh
    )
    return fresh


def _write_tutors(rows: Collection[Timesheet], *, by: Access, today: date) -> int:
    """One mail to each tutor with something to close: how many months and where, no names."""
    quiet = {(m.subject_type, m.subject_id) for m in mutes.in_force(ambiti=[by.ambito_id], today=today)}
    mine: dict[int, list[Timesheet]] = {}
    for row in rows:
        placement = row.placement
        cases = {(type_of(placement), placement.pk), (type_of(placement.beneficiary), placement.beneficiary_id)}
        if placement.company_tutor_id and not cases & quiet:
            mine.setdefault(placement.company_tutor_id, []).append(row)
    tutors = CompanyTutor.objects.filter(pk__in=mine, user__is_active=True).select_related("user").order_by("pk")
    sent = 0
    for tutor in tutors:
        assert tutor.user
        with suppress(messages.TooSoon):
            messages.send(
                kind=REMINDER,
                address=tutor.email,
                language=tutor.user.language,
                subject=gettext_lazy("Presenze da chiudere"),
                template="attendance/email/sheet_missing.txt",
                context={"tutor": tutor, "count": len(mine[tutor.pk]), "url": f"{settings.BASE_URL}{reverse('attendance:today')}"},
                by=by,
                about=tutor,
                cooldown=A_MONTH,
            )
            sent += 1
    return sent


# --- People who are missing (ideas B13)


@transaction.atomic
@translation.override("it")
def watch_presence(*, by: Access, today: date) -> int:
    """In the Ambito: who missed several planned days in a row, or comes much less than usual, is somebody to call. One to-do a person,
    for the referent; it goes when a call is noted or when she is back. Returns how many were asked now."""
    found: dict[int, CallFor] = {}
    for sign in calls_for(by, today):
        found.setdefault(sign.beneficiary_id, sign)  # of two placements of one person, the first
    signs = {sign.placement_id: sign for sign in found.values()}
    label = Placement._meta.label_lower
    waiting = Todo.objects.filter(kind=CALL_TODO, ambito_id=by.ambito_id, subject_type=label, done_at=None)
    waiting.exclude(subject_id__in=signs).update(done_at=timezone.now())
    known = set(waiting.values_list("subject_id", flat=True))
    rows = Placement.objects.filter(pk__in=signs.keys() - known).select_related("beneficiary").order_by("pk")
    fresh = [
        Todo(
            kind=CALL_TODO,
            subject_type=label,
            subject_id=row.pk,
            title=_("Chiama %(person)s: %(why)s") % {"person": row.beneficiary, "why": signs[row.pk].words},
            url=reverse("attendance:call", args=[row.public_id]),
            role=Role.SOCIAL_WORKER,
            case_role=CaseRole.REFERENT,
            due_on=today,
            ambito_id=row.ambito_id,
        )
        for row in rows
    ]
    Todo.objects.bulk_create(fresh)
    return len(fresh)


@transaction.atomic
def record_call(*, placement: Placement, result: str, by: Access, today: date) -> Call:
    """Note that somebody called, and how it went; the to-do goes, and what was before today asks for no other call."""
    by.require(Permission.RECORD_ATTENDANCE)
    if result not in CallResult.values:
        raise DomainError(_("Scegli com’è andata."), field="result")
    call = Call.objects.create(
        ambito_id=placement.ambito_id, placement=placement, called_on=today, result=result, created_by_id=by.actor_id
    )
    record_fact("attendance.call.noted", placement, by=by, result=result)
    todos.done(kind=CALL_TODO, subject=placement, by=by)
    return call


# --- Totals against events

# Each sheet of the Ambito with what its rows add up to; those that differ in anything. One pass over each table.
_RECOUNT = """
WITH last AS MATERIALIZED (
  SELECT DISTINCT ON (placement_id, day) placement_id, date_trunc('month', day)::date AS month, outcome, minutes, travel_minutes
  FROM attendance_attendanceevent WHERE ambito_id = %(ambito)s ORDER BY placement_id, day, id DESC
), said AS (
  SELECT placement_id, month,
         coalesce(sum(minutes) FILTER (WHERE outcome = ANY (%(present)s)), 0) AS done,
         coalesce(sum(minutes + travel_minutes) FILTER (WHERE outcome = ANY (%(credited)s)), 0) AS credited,
         count(*) FILTER (WHERE outcome = ANY (%(present)s) AND minutes >= 1) AS present,
         count(*) FILTER (WHERE outcome = ANY (%(absent)s)) AS absent
  FROM last GROUP BY 1, 2
), plan AS (
  SELECT placement_id, date_trunc('month', day)::date AS month, sum(minutes) AS planned
  FROM attendance_plannedsession WHERE ambito_id = %(ambito)s GROUP BY 1, 2
)
SELECT t.id FROM attendance_timesheet t
LEFT JOIN said s ON s.placement_id = t.placement_id AND s.month = t.month
LEFT JOIN plan p ON p.placement_id = t.placement_id AND p.month = t.month
WHERE t.ambito_id = %(ambito)s
  AND (t.planned_minutes, t.done_minutes, t.credited_minutes, t.days_present, t.days_absent) IS DISTINCT FROM
      (coalesce(p.planned, 0), coalesce(s.done, 0), least(coalesce(p.planned, 0), coalesce(s.credited, 0)),
       coalesce(s.present, 0), coalesce(s.absent, 0))
UNION ALL
SELECT NULL FROM said s WHERE NOT EXISTS (SELECT 1 FROM attendance_timesheet t WHERE t.placement_id = s.placement_id AND t.month = s.month)
"""
SHOWN = 50  # to-dos of one night and Ambito: more is one fault, not fifty


@transaction.atomic
@translation.override("it")
def recount_months(*, by: Access) -> int:
    """Every night: the month table of the Ambito against its rows. A sheet that differs is an alarm: a line in the log and a to-do to
    the coordinator, which goes when it agrees again. Nothing is put right by itself. Returns how many differ."""
    ids = _differing(by)
    if ids:
        log.error("month table of Ambito %s: %s sheets differ from their rows", by.ambito_id, len(ids))
    known = [pk for pk in ids if pk is not None]
    _forget([RECOUNT_TODO], known, by)
    rows = Timesheet.objects.filter(pk__in=known[:SHOWN]).select_related("placement__beneficiary", "placement__rulebook")
    _ask(RECOUNT_TODO, list(rows), _("Le ore non tornano, presenze di %(month)s: %(person)s"), Role.COORDINATOR, "", by=by)
    misjudged = _misjudged(by)
    for month in misjudged:
        log.error("kept sums of Ambito %s, %s: they differ from its frozen sheets", by.ambito_id, month)
    return len(ids) + len(misjudged)


def _misjudged(by: Access) -> list[date]:
    """The months of the Ambito whose kept sums differ from its frozen sheets."""
    counted: Any = Timesheet.objects.filter(ambito_id=by.ambito_id, state=MonthState.FROZEN).order_by().values_list("month")
    counted = counted.annotate(n=Count("pk"), planned=Sum("planned_minutes"), done=Sum("done_minutes"))
    kept = FrozenMonth.objects.filter(ambito_id=by.ambito_id).values_list("month", "sheets", "planned_minutes", "done_minutes")
    return sorted({row[0] for row in set(counted) ^ set(kept)})


def _differing(by: Access) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(_RECOUNT, {"ambito": by.ambito_id, "present": PRESENT, "credited": CREDITED, "absent": ABSENT})
        return [pk for (pk,) in cursor.fetchall()]
