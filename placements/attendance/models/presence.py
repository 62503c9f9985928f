"""Attendance: append-only events, planned sessions, and the month of a placement with its exact totals."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.fields import EncryptedJSONField
from impresasolidale.core.models import AmbitoOwned, ManyAmbitoOwned, Record

from ..enums import CallResult, Channel, MonthState, Note, Outcome


class PlannedSession(ManyAmbitoOwned):
    """A day on which the person is expected, generated from the weekly pattern, holidays left out."""

    placement = models.ForeignKey(
        "agreements.Placement", models.CASCADE, related_name="planned", db_index=False, verbose_name=_("tirocinio")
    )
    day = models.DateField(_("giorno"))
    starts_at = models.TimeField(_("dalle"))
    minutes = models.PositiveSmallIntegerField(_("minuti previsti"))

    class Meta:
        verbose_name = _("giornata prevista")
        verbose_name_plural = _("giornate previste")
        constraints = [models.UniqueConstraint(fields=["placement", "day"], name="attendance_planned_once")]
        indexes = [models.Index(fields=["day", "placement"], include=["minutes"], name="attendance_planned_day")]


class AttendanceEvent(ManyAmbitoOwned):
    """What somebody said of one day. Append-only: the last event of a day is its value; corrections keep both.

    Of a month of thousands the keys are the dearest part: placement and link are held by their pins, which hold the Ambito too (adr/0043).
    """

    ambito = models.ForeignKey(
        "territory.Ambito", models.PROTECT, related_name="+", editable=False, db_index=False, db_constraint=False, verbose_name=_("Ambito")
    )
    placement = models.ForeignKey(
        "agreements.Placement", models.PROTECT, related_name="events", db_index=False, db_constraint=False, verbose_name=_("tirocinio")
    )
    day = models.DateField(_("giorno"))
    outcome = models.CharField(_("esito"), max_length=12, choices=Outcome)
    minutes = models.PositiveSmallIntegerField(_("minuti"))
    travel_minutes = models.PositiveSmallIntegerField(_("minuti di viaggio"), default=0, db_default=0)  # credited as the rule book says
    note = models.CharField(_("nota"), max_length=10, choices=Note, blank=True, default="", db_default="")
    channel = models.CharField(_("canale"), max_length=10, choices=Channel)
    # Users and links are never deleted, so no index is kept for that.
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("registrato da")
    )
    recorded_at = models.DateTimeField(_("registrato il"))
    submission = models.UUIDField(null=True, unique=True)  # the tap: repeated, it is the same row
    # Who has no user: the tutor's personal link.
    link = models.ForeignKey(
        "attendance.PortalLink", models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False,
        verbose_name=_("dal collegamento"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("presenza")
        verbose_name_plural = _("presenze")
        constraints = [
            models.CheckConstraint(condition=Q(minutes__lte=720), name="attendance_event_minutes"),
            models.CheckConstraint(
                condition=Q(outcome="present", minutes__gt=0) | (~Q(outcome="present") & Q(minutes=0)), name="attendance_event_outcome"
            ),
            models.CheckConstraint(
                condition=Q(travel_minutes=0) | Q(outcome="present", travel_minutes__lte=240), name="attendance_event_travel"
            ),
        ]
        indexes = [
            models.Index(fields=["placement", "day", "-id"], name="attendance_event_last"),
            models.Index(fields=["ambito", "day"], name="attendance_event_day"),
        ]


class Timesheet(Record, ManyAmbitoOwned):
    """A placement's month: its state, and its exact totals, kept in the transaction of every event (performance.md §5)."""

    placement = models.ForeignKey(
        "agreements.Placement", models.PROTECT, related_name="timesheets", db_index=False, verbose_name=_("tirocinio")
    )
    month = models.DateField(_("mese"))  # its first day
    state = models.CharField(_("stato"), max_length=10, choices=MonthState, default=MonthState.OPEN)
    planned_minutes = models.PositiveIntegerField(_("minuti previsti"), default=0)
    done_minutes = models.PositiveIntegerField(_("minuti fatti"), default=0)
    credited_minutes = models.PositiveIntegerField(_("minuti riconosciuti"), default=0)  # done and travelled, up to plan
    days_present = models.PositiveSmallIntegerField(_("giorni di presenza"), default=0)  # ≥ 1 minute: an INAIL day (rule 45)
    days_absent = models.PositiveSmallIntegerField(_("giorni di assenza"), default=0)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("chiuso da"))
    closed_at = models.DateTimeField(null=True)
    closed_link = models.ForeignKey(
        "attendance.PortalLink", models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("chiuso dal collegamento")
    )
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("confermato da"))
    confirmed_at = models.DateTimeField(null=True)
    # Who closed the month and also confirms it does so on an act of the body: the second key in an office of three.
    act_number = models.CharField(_("numero dell'atto"), max_length=40, null=True)
    act_on = models.DateField(_("data dell'atto"), null=True)
    act_file = models.ForeignKey("core.Upload", models.PROTECT, null=True, related_name="+", verbose_name=_("copia dell'atto"))
    frozen_at = models.DateTimeField(_("definitivo dal"), null=True)
    snapshot_hash = models.CharField(
        _("impronta"), max_length=64, blank=True, default="", db_default=""
    )  # SHA-256 of SheetSnapshot.content

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
            models.CheckConstraint(
                condition=Q(snapshot_hash="") | Q(snapshot_hash__regex="^[0-9a-f]{64}$", state="frozen", frozen_at__isnull=False),
                name="attendance_timesheet_snapshot",
            ),
        ]
        indexes = [
            # Sums of months and counts of what waits, from the index alone: the placement is what row-level security looks at.
            models.Index(
                fields=["ambito", "month", "state"],
                include=["placement", "planned_minutes", "done_minutes"],
                name="attendance_timesheet_month",
            ),
            models.Index(
                fields=["ambito", "month", "closed_at", "id"],
                include=["placement"],
                condition=Q(state=MonthState.CLOSED),
                name="attendance_timesheet_waiting",
            ),
        ]


class FrozenMonth(AmbitoOwned):
    """The sums of an Ambito's frozen sheets of one month, minutes as integers. A trigger keeps them as sheets become frozen, which is for
    ever: whoever sums an Ambito's months adds the few that are not (docs/operations/performance.md)."""

    month = models.DateField(_("mese"))  # its first day
    sheets = models.PositiveIntegerField(_("fogli presenze"))
    planned_minutes = models.PositiveBigIntegerField(_("minuti previsti"))
    done_minutes = models.PositiveBigIntegerField(_("minuti fatti"))

    class Meta:
        verbose_name = _("mese definitivo")
        verbose_name_plural = _("mesi definitivi")
        constraints = [models.UniqueConstraint(fields=["ambito", "month"], name="attendance_frozenmonth_once")]


class SheetSnapshot(AmbitoOwned):
    """What a month said when it was frozen, day by day. Append-only; apart from the sheet, so that lists never carry it.

    `content`: {"placement", "month", "planned", "done", "credited", "days_present", "days_absent", "days": [{"day", "planned", "outcome",
    "minutes", "travel", "note", "channel"}, …]}, minutes as integers. The sheet keeps the SHA-256 of its canonical text.
    """

    timesheet = models.OneToOneField(Timesheet, models.PROTECT, related_name="snapshot", verbose_name=_("foglio presenze"))
    content: Any = EncryptedJSONField()
    taken_at = models.DateTimeField(_("presa il"))

    class Meta:
        verbose_name = _("fotografia del mese")
        verbose_name_plural = _("fotografie dei mesi")


class PaperScan(Record, AmbitoOwned):
    """A filled paper sheet as it was photographed or handed in. A second picture of the same month is a second row."""

    timesheet = models.ForeignKey(Timesheet, models.PROTECT, related_name="scans", verbose_name=_("foglio presenze"))
    file = models.ForeignKey("core.Upload", models.PROTECT, related_name="+", verbose_name=_("foto o scansione"))
    document = models.ForeignKey("core.Document", models.PROTECT, null=True, related_name="+", verbose_name=_("foglio stampato"))
    has_tutor = models.BooleanField(_("firma del tutor"), default=False)
    has_person = models.BooleanField(_("firma della persona"), default=False)

    class Meta:
        verbose_name = _("foglio di carta ricevuto")
        verbose_name_plural = _("fogli di carta ricevuti")
        indexes = [models.Index(fields=["timesheet"], name="attendance_paperscan_sheet")]


class Call(Record, AmbitoOwned):
    """Somebody called a person who was missing: who, when, and how it went, in a coded word. Append-only."""

    placement = models.ForeignKey("agreements.Placement", models.PROTECT, related_name="calls", verbose_name=_("tirocinio"))
    called_on = models.DateField(_("giorno"))
    result = models.CharField(_("com'è andata"), max_length=10, choices=CallResult)

    class Meta:
        verbose_name = _("chiamata")
        verbose_name_plural = _("chiamate")
        indexes = [models.Index(fields=["placement", "-called_on"], name="attendance_call_last")]
