"""Checks by sample: paid rows drawn by tickets, and what whoever looked at them found."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import AmbitoOwned, Record, Versioned

from ..enums import Risk, SampleOutcome, SampleState
from .liquidations import LiquidationItem


class Sample(Record, Versioned, AmbitoOwned):
    """One draw among the rows paid in a period that no sample had before.

    `seed` and `pool` (public id of each row → its tickets) are all that the draw was made of: from them anybody draws the same rows again.
    """

    number = models.CharField(_("numero"), max_length=20)  # "2026/000003", a series of the Ambito
    since = models.DateField(_("dal"))
    until = models.DateField(_("al"))
    share = models.PositiveSmallIntegerField(_("righe su cento"))
    minimum = models.PositiveSmallIntegerField(_("almeno"))
    seed = models.CharField(_("seme"), max_length=64)
    pool: Any = models.JSONField(_("biglietti"))
    rows = models.PositiveIntegerField(_("righe del periodo"))
    amount = models.DecimalField(_("euro del periodo"), max_digits=12, decimal_places=2)
    state = models.CharField(_("stato"), max_length=10, choices=SampleState, default=SampleState.OPEN)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("chiuso da"))
    closed_at = models.DateTimeField(_("chiuso il"), null=True)

    class Meta:
        verbose_name = _("controllo a campione")
        verbose_name_plural = _("controlli a campione")
        constraints = [
            models.UniqueConstraint(fields=["ambito", "number"], name="treasury_sample_number_once"),
            models.CheckConstraint(
                condition=Q(since__lte=F("until")),
                name="treasury_sample_period",
                violation_error_message=_("Il periodo finisce prima di cominciare."),
            ),
            models.CheckConstraint(condition=Q(share__gte=1, share__lte=100, minimum__gte=1, rows__gte=1), name="treasury_sample_size"),
            models.CheckConstraint(
                condition=Q(state=SampleState.OPEN, closed_by=None, closed_at=None)
                | Q(state=SampleState.CLOSED, closed_by__isnull=False, closed_at__isnull=False),
                name="treasury_sample_closed",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class SampledItem(Record, Versioned, AmbitoOwned):
    """A drawn row: why it was likelier, and what was found. A row is drawn once for ever."""

    sample = models.ForeignKey(Sample, models.PROTECT, related_name="items", verbose_name=_("controllo a campione"))
    item = models.OneToOneField(LiquidationItem, models.PROTECT, related_name="sampled", verbose_name=_("riga di liquidazione"))
    reasons = ArrayField(models.CharField(max_length=12, choices=Risk), default=list, blank=True, verbose_name=_("perché"))
    outcome = models.CharField(_("esito"), max_length=10, choices=SampleOutcome, default=SampleOutcome.PENDING)
    words = models.CharField(_("che cosa risulta"), max_length=300, blank=True)
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("guardata da"))
    checked_at = models.DateTimeField(_("guardata il"), null=True)

    class Meta:
        verbose_name = _("riga estratta")
        verbose_name_plural = _("righe estratte")
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome=SampleOutcome.PENDING, checked_by=None, checked_at=None, words="")
                | (~Q(outcome=SampleOutcome.PENDING) & Q(checked_by__isnull=False, checked_at__isnull=False)),
                name="treasury_sampleditem_checked",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=[SampleOutcome.PENDING, SampleOutcome.IN_ORDER]) | ~Q(words=""),
                name="treasury_sampleditem_words",
                violation_error_message=_("Scrivi che cosa non va."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.item)

    @property
    def reasons_words(self) -> list[str]:
        return [str(Risk(reason).label) for reason in self.reasons]
