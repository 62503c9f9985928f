"""Reports that were ordered, and figures that were published: definition, parameters, cut-off and results, frozen with their hashes."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.fields import EncryptedJSONField
from impresasolidale.core.models import AmbitoOwned, NetworkOwned, Record


class ReportRun(Record, AmbitoOwned):
    """One monthly monitoring report of one Ambito. `rows` are what page, PDF and XLSX show."""

    stored_files = ("xlsx_name",)

    kind = models.CharField(_("rapporto"), max_length=40)
    definition = models.PositiveSmallIntegerField(_("versione della definizione"))
    period_from = models.DateField(_("dal"))
    period_to = models.DateField(_("al"))
    data_until = models.DateTimeField(_("dati fino al"), null=True)
    rows: Any = EncryptedJSONField(default=list)
    totals = models.JSONField(default=dict)
    rows_hash = models.CharField(max_length=64, blank=True)
    xlsx_name = models.CharField(max_length=200, blank=True)
    xlsx_hash = models.CharField(max_length=64, blank=True)
    document = models.OneToOneField("core.Document", models.PROTECT, null=True, related_name="+", verbose_name=_("documento"))
    job = models.OneToOneField("core.Job", models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("rapporto")
        verbose_name_plural = _("rapporti")
        indexes = [models.Index(fields=["ambito", "-id"], name="reports_run_newest")]


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
