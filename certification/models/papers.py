"""Papers in numbers: a run that awards many, and the attestati of before there were levels."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import NetworkOwned, Record

from .applications import Application, Campaign
from .certificates import Certificate
from .commission import Sitting


class AwardRun(Record, NetworkOwned):
    """Many applications granted together, some at a time (docs/adr/0033): what is done stays done, whoever falls over. Of a sitting: those
    for which its votes say yes.

    When all are over it has two files: the sealed papers in a ZIP, and all of them in one PDF to print.
    """

    stored_files = ("zip_name", "print_name")

    campaign = models.ForeignKey(Campaign, models.PROTECT, null=True, related_name="award_runs", verbose_name=_("campagna"))
    sitting = models.ForeignKey(Sitting, models.PROTECT, null=True, related_name="award_runs", verbose_name=_("seduta della commissione"))
    on = models.DateField(_("con la data del"))
    total = models.PositiveIntegerField(_("domande"))
    done = models.PositiveIntegerField(_("fatte"), default=0)
    cancelled_at = models.DateTimeField(_("fermata il"), null=True)
    finished_at = models.DateTimeField(_("finita il"), null=True)
    zip_name = models.CharField(max_length=200, blank=True)
    zip_hash = models.CharField(max_length=64, blank=True)
    print_name = models.CharField(max_length=200, blank=True)
    print_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("rilascio di attestati")
        verbose_name_plural = _("rilasci di attestati")
        constraints = [
            models.CheckConstraint(condition=Q(done__lte=F("total")), name="certification_awardrun_done"),
            models.CheckConstraint(condition=Q(zip_name="") | Q(finished_at__isnull=False), name="certification_awardrun_files"),
        ]

    def __str__(self) -> str:
        return f"{self.total}"

    @property
    def is_going(self) -> bool:
        return self.finished_at is None and self.cancelled_at is None


class AwardItem(NetworkOwned):
    """One application of a run: its certificate, or the words why it could not be given. Neither: it waits."""

    run = models.ForeignKey(AwardRun, models.CASCADE, related_name="items", verbose_name=_("rilascio di attestati"))
    application = models.ForeignKey(Application, models.PROTECT, related_name="award_items", verbose_name=_("domanda di riconoscimento"))
    certificate = models.OneToOneField(Certificate, models.PROTECT, null=True, related_name="award_item", verbose_name=_("riconoscimento"))
    refused = models.CharField(_("perché no"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("attestato da rilasciare")
        verbose_name_plural = _("attestati da rilasciare")
        constraints = [
            models.UniqueConstraint(fields=["run", "application"], name="certification_awarditem_once"),
            models.CheckConstraint(condition=Q(certificate=None) | Q(refused=""), name="certification_awarditem_one_end"),
        ]


class HistoricalAward(Record, NetworkOwned):
    """How many hosts of an area got the attestato of a year, by name or not (rule 86): what is known is a number."""

    year = models.PositiveSmallIntegerField(_("anno"))
    area = models.CharField(_("zona"), max_length=80)
    companies = models.PositiveIntegerField(_("imprese"))

    class Meta:
        verbose_name = _("attestati di un anno")
        verbose_name_plural = _("attestati di un anno")
        constraints = [models.UniqueConstraint(fields=["network", "year", "area"], name="certification_historicalaward_once")]

    def __str__(self) -> str:
        return f"{self.area} {self.year}"
