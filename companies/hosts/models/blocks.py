"""When an Ambito places nobody at a company, and companies that only look alike."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import AmbitoOwned, NetworkOwned, Record

from .companies import Company


class Block(Record, AmbitoOwned):
    """An Ambito places nobody new at a company, from a day to a day, for a reason: it ends by itself, or is lifted before with another."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="+", verbose_name=_("impresa"))
    starts_on = models.DateField(_("dal"))
    ends_on = models.DateField(_("al"))
    reason = models.CharField(_("motivo"), max_length=300)
    lifted_on = models.DateField(_("tolto il"), null=True, blank=True)
    lifted_reason = models.CharField(_("perché è stato tolto"), max_length=300, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("tolto da")
    )

    class Meta:
        verbose_name = _("blocco dell'impresa")
        verbose_name_plural = _("blocchi dell'impresa")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="hosts_block_dates",
                violation_error_message=_("L'ultimo giorno viene prima del primo."),
            ),
            models.CheckConstraint(
                condition=~Q(reason=""), name="hosts_block_reason", violation_error_message=_("Scrivi il motivo del blocco.")
            ),
            models.CheckConstraint(
                condition=Q(lifted_on=None, lifted_reason="") | (Q(lifted_on__isnull=False) & ~Q(lifted_reason="")),
                name="hosts_block_lifted",
                violation_error_message=_("Scrivi perché il blocco si toglie."),
            ),
        ]
        indexes = [models.Index(fields=["ambito", "company", "ends_on"], name="hosts_block_of")]

    @staticmethod
    def holding(on: date) -> Q:
        """Those that hold on a day."""
        return Q(lifted_on=None, starts_on__lte=on, ends_on__gte=on)

    def holds(self, on: date) -> bool:
        return self.lifted_on is None and self.starts_on <= on <= self.ends_on


class DistinctCompanies(Record, NetworkOwned):
    """Two companies with a similar name that are two: somebody checked, and said how. `first` is the older record."""

    first = models.ForeignKey(Company, models.PROTECT, related_name="+", verbose_name=_("prima impresa"))
    second = models.ForeignKey(Company, models.PROTECT, related_name="+", verbose_name=_("seconda impresa"))
    reason = models.CharField(_("motivo"), max_length=200)

    class Meta:
        verbose_name = _("coppia di imprese diverse")
        verbose_name_plural = _("coppie di imprese diverse")
        constraints = [
            models.UniqueConstraint(
                fields=["first", "second"],
                name="hosts_distinct_once",
                violation_error_message=_("Questa coppia è già stata messa da parte."),
            ),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="hosts_distinct_order"),
            models.CheckConstraint(condition=~Q(reason=""), name="hosts_distinct_reason"),
        ]
