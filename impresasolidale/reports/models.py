"""Reports that were ordered, frozen with the hashes of their files; the calendar of those that come by themselves; keys of cost sharing."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.accounts.permissions import Role
from impresasolidale.core.fields import EncryptedJSONField
from impresasolidale.core.models import AmbitoOwned, Job, NetworkOwned, Record, Versioned
from impresasolidale.core.scope import current

from .enums import Basis
from .units import Unit, name_of


class ReportManager(models.Manager):
    """Reports of the reachable owners; raises outside a scope."""

    def get_queryset(self) -> models.QuerySet:
        now = current()
        rows = super().get_queryset()
        return rows if now.everything else rows.filter(Q(ambito_id__in=now.ambiti) | Q(network_id__in=now.networks))


class ReportRun(Record):
    """One report of one period: of an Ambito, of one of its comuni or funders, or of the whole network (which is aggregates alone).

    `tables` is what page, PDF, spreadsheet and CSV show, as `tables.as_values` keeps it. Once made nothing of it changes, whatever
    happens to the data: ordered again it is another run.
    """

    stored_files = ("xlsx_name",)

    ambito = models.ForeignKey("territory.Ambito", models.PROTECT, null=True, related_name="+", editable=False, verbose_name=_("Ambito"))
    network = models.ForeignKey("territory.Network", models.PROTECT, null=True, related_name="+", editable=False, verbose_name=_("rete"))
    kind = models.CharField(_("rapporto"), max_length=40)
    definition = models.PositiveSmallIntegerField(_("versione della definizione"))
    unit = models.CharField(max_length=8, choices=Unit, default=Unit.MONTH)
    period_from = models.DateField(_("dal"))
    period_to = models.DateField(_("al"))
    comune = models.ForeignKey("territory.Comune", models.PROTECT, null=True, related_name="+", verbose_name=_("comune"))
    source = models.CharField(_("chi finanzia"), max_length=40, blank=True, default="")
    is_scheduled = models.BooleanField(_("dal calendario"), default=False)
    data_until = models.DateTimeField(_("dati fino al"), null=True)
    tables: Any = EncryptedJSONField(default=dict)
    rows_hash = models.CharField(max_length=64, blank=True)
    xlsx_name = models.CharField(max_length=200, blank=True)
    xlsx_hash = models.CharField(max_length=64, blank=True)
    csv_hashes = models.JSONField(default=dict)  # {code of the table: SHA-256}
    document = models.OneToOneField("core.Document", models.PROTECT, null=True, related_name="+", verbose_name=_("documento"))
    job = models.OneToOneField("core.Job", models.SET_NULL, null=True, related_name="+")

    objects = ReportManager()

    class Meta:
        verbose_name = _("rapporto")
        verbose_name_plural = _("rapporti")
        constraints = [
            models.CheckConstraint(
                condition=Q(ambito=None, network__isnull=False, comune=None) | Q(ambito__isnull=False, network=None),
                name="reports_run_one_owner",
            ),
            models.CheckConstraint(condition=Q(period_to__gte=models.F("period_from")), name="reports_run_dates"),
            # The calendar orders once, however often it is asked.
            models.UniqueConstraint(
                fields=["kind", "ambito", "network", "comune", "source", "period_from", "period_to"],
                condition=Q(is_scheduled=True),
                nulls_distinct=False,
                name="reports_run_scheduled_once",
            ),
        ]
        indexes = [
            models.Index(fields=["ambito", "-id"], name="reports_run_newest"),
            models.Index(fields=["network", "-id"], condition=Q(ambito=None), name="reports_run_network"),
        ]

    @property
    def is_ready(self) -> bool:
        return self.document_id is not None

    @property
    def is_going(self) -> bool:
        """A worker makes it, or will."""
        return not self.is_ready and self.job is not None and not self.job.is_over

    @property
    def state(self) -> str:
        """Its job's; a run whose job is gone has failed unless it is ready."""
        return str(Job.State.DONE if self.is_ready else self.job.state if self.job else Job.State.FAILED)

    @property
    def period(self) -> str:
        return name_of(self.period_from, self.period_to)


class ReportCalendar(Record, Versioned, AmbitoOwned):
    """A report that comes by itself: for every `unit` counted on from `first_period`, some days after the period has ended.

    A funder's year begins when the funder says. Who is told is a role, whoever holds it that day.
    """

    kind = models.CharField(_("rapporto"), max_length=40)
    unit = models.CharField(_("quanto spesso"), max_length=8, choices=[(u.value, u.label) for u in Unit if u != Unit.FREE])
    first_period = models.DateField(_("primo periodo, dal"))
    comune = models.ForeignKey("territory.Comune", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("comune"))
    source = models.CharField(_("chi finanzia"), max_length=40, blank=True, default="")
    recipients = ArrayField(models.CharField(max_length=20, choices=Role), verbose_name=_("a chi si dice che è pronto"))
    ended_on = models.DateField(_("non più dal"), null=True, blank=True)

    class Meta:
        verbose_name = _("calendario di un rapporto")
        verbose_name_plural = _("calendari dei rapporti")
        constraints = [
            models.UniqueConstraint(
                fields=["ambito", "kind", "comune", "source", "unit"],
                condition=Q(ended_on=None),
                nulls_distinct=False,
                name="reports_calendar_once",
                violation_error_message=_("Questo rapporto è già nel calendario con la stessa frequenza."),
            ),
            models.CheckConstraint(
                condition=~Q(recipients=[]),
                name="reports_calendar_recipients",
                violation_error_message=_("Scegli almeno un ruolo a cui dirlo."),
            ),
        ]


class SplitKey(Record, AmbitoOwned):
    """How the comuni of an Ambito share what they spend together, from a day on, by an act of theirs. Append-only."""

    valid_from = models.DateField(_("valida dal"))
    basis = models.CharField(_("in proporzione a"), max_length=12, choices=Basis)
    act = models.CharField(_("atto"), max_length=200)

    class Meta:
        verbose_name = _("chiave di riparto")
        verbose_name_plural = _("chiavi di riparto")
        constraints = [
            models.UniqueConstraint(
                fields=["ambito", "valid_from"],
                name="reports_splitkey_day_once",
                violation_error_message=_("C'è già una chiave di riparto valida da questo giorno."),
            ),
            models.CheckConstraint(
                condition=~Q(act=""), name="reports_splitkey_act", violation_error_message=_("Scrivi l'atto che approva la chiave.")
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_basis_display())


class OpenDataRelease(Record, NetworkOwned):
    """What the network published of one month: rows with the small numbers already hidden (rule 88), never changed afterwards.

    `rows` are the datasets of open_data.DATASETS, {code: [[cell, …], …]}; the files are written from them, always the same bytes, whose
    SHA-256 stand in `files`. `figures` are those of the site's pages. Nothing of anybody is in it.
    """

    definition = models.PositiveSmallIntegerField(_("versione della definizione"))
    period_from = models.DateField(_("mese pubblicato"))
    cut_off = models.DateField(_("dati fino al"))
    threshold = models.PositiveSmallIntegerField(_("sotto quale numero si nasconde"))
    rows: Any = models.JSONField(_("righe"))
    figures: Any = models.JSONField(_("numeri del sito"))
    rows_hash = models.CharField(_("impronta"), max_length=64)
    files: Any = models.JSONField(_("file"), default=dict)

    class Meta:
        verbose_name = _("pubblicazione dei dati aperti")
        verbose_name_plural = _("pubblicazioni dei dati aperti")
        constraints = [
            models.UniqueConstraint(fields=["network", "period_from"], name="reports_release_once"),
            models.CheckConstraint(condition=models.Q(period_from__day=1), name="reports_release_first_day"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """ "2026-10": in addresses."""
        return f"{self.period_from:%Y-%m}"
