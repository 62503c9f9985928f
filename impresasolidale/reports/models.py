"""Reports that were ordered: definition, parameters, cut-off and results, frozen with the hashes of their files."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.fields import EncryptedJSONField
from impresasolidale.core.models import AmbitoOwned, Record


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
