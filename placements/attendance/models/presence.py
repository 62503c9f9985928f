"""Attendance: append-only events, planned sessions, and the month of a placement with its exact totals."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import AmbitoOwned, Record

from ..enums import Channel, MonthState, Outcome


class PlannedSession(AmbitoOwned):
    """A day on which the person is expected, generated from the weekly pattern, holidays left out."""

    placement = models.ForeignKey("agreements.Placement", models.CASCADE, related_name="planned", verbose_name=_("tirocinio"))
    day = models.DateField(_("giorno"))
    starts_at = models.TimeField(_("dalle"))
    minutes = models.PositiveSmallIntegerField(_("minuti previsti"))

    class Meta:
        verbose_name = _("giornata prevista")
        verbose_name_plural = _("giornate previste")
        constraints = [models.UniqueConstraint(fields=["placement", "day"], name="attendance_planned_once")]
        indexes = [models.Index(fields=["day", "placement"], include=["minutes"], name="attendance_planned_day")]


class AttendanceEvent(AmbitoOwned):
    """What somebody said of one day. Append-only: the last event of a day is its value; corrections keep both."""

    placement = models.ForeignKey("agreements.Placement", models.PROTECT, related_name="events", verbose_name=_("tirocinio"))
    day = models.DateField(_("giorno"))
    outcome = models.CharField(_("esito"), max_length=12, choices=Outcome)
    minutes = models.PositiveSmallIntegerField(_("minuti"))
    channel = models.CharField(_("canale"), max_length=10, choices=Channel)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("registrato da"))
    recorded_at = models.DateTimeField(_("registrato il"))
    submission = models.UUIDField(null=True, unique=True)  # the tap: repeated, it is the same row

    class Meta:
        verbose_name = _("presenza")
        verbose_name_plural = _("presenze")
        constraints = [
            models.CheckConstraint(condition=Q(minutes__lte=720), name="attendance_event_minutes"),
            models.CheckConstraint(
                condition=Q(outcome="present", minutes__gt=0) | (~Q(outcome="present") & Q(minutes=0)), name="attendance_event_outcome"
            ),
        ]
        indexes = [
            models.Index(fields=["placement", "day", "-id"], name="attendance_event_last"),
            models.Index(fields=["ambito", "day"], name="attendance_event_day"),
        ]


class Timesheet(Record, AmbitoOwned):
    """A placement's month: its state, and its exact totals, kept in the transaction of every event (performance.md §5)."""

    placement = models.ForeignKey("agreements.Placement", models.PROTECT, related_name="timesheets", verbose_name=_("tirocinio"))
    month = models.DateField(_("mese"))  # its first day
    state = models.CharField(_("stato"), max_length=10, choices=MonthState, default=MonthState.OPEN)
    planned_minutes = models.PositiveIntegerField(_("minuti previsti"), default=0)
    done_minutes = models.PositiveIntegerField(_("minuti fatti"), default=0)
    credited_minutes = models.PositiveIntegerField(_("minuti riconosciuti"), default=0)  # done, up to plan
    days_present = models.PositiveSmallIntegerField(_("giorni di presenza"), default=0)  # ≥ 1 minute: an INAIL day (rule 45)
    days_absent = models.PositiveSmallIntegerField(_("giorni di assenza"), default=0)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("chiuso da"))
    closed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("confermato da"))
    confirmed_at = models.DateTimeField(null=True)
    # Who closed the month and also confirms it does so on an act of the body: the second key in an office of three.
    act_number = models.CharField(_("numero dell'atto"), max_length=40, null=True)
    act_on = models.DateField(_("data dell'atto"), null=True)
    act_file = models.ForeignKey("core.Upload", models.PROTECT, null=True, related_name="+", verbose_name=_("copia dell'atto"))

    class Meta:
        verbose_name = _("foglio presenze")
        verbose_name_plural = _("fogli presenze")
        constraints = [
            models.UniqueConstraint(fields=["placement", "month"], name="attendance_timesheet_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="attendance_timesheet_first_day"),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None) | Q(closed_at__isnull=False), name="attendance_timesheet_closed"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=models.F("closed_by")) | Q(act_number__isnull=False),
                name="attendance_timesheet_two_keys",
                violation_error_message=_("Chi ha chiuso il mese non può anche confermarlo, se non con un atto."),
            ),
            models.CheckConstraint(
                condition=Q(act_number=None, act_on=None, act_file=None)
                | (Q(act_number__isnull=False, act_on__isnull=False, act_file__isnull=False) & ~Q(act_number="")),
                name="attendance_timesheet_act",
                violation_error_message=_("Dell'atto servono il numero, la data e la copia."),
            ),
        ]
        indexes = [models.Index(fields=["ambito", "month", "state"], name="attendance_timesheet_month")]
