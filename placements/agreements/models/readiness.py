"""The start light."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import ManyAmbitoOwned

from ..enums import ItemKind
from .placements import Placement


class ReadinessItem(ManyAmbitoOwned):
    """One light of the start light. Open: neither satisfied nor waived. Only the readiness service writes it."""

    class Severity(models.TextChoices):
        BLOCK = "block", _("blocca l'inizio")
        WARN = "warn", _("avviso")

    placement = models.ForeignKey(Placement, models.CASCADE, related_name="readiness", verbose_name=_("tirocinio"))
    kind = models.CharField(max_length=20, choices=ItemKind)
    rule = models.PositiveSmallIntegerField(_("regola"))
    severity = models.CharField(max_length=5, choices=Severity)
    why = models.CharField(_("perché"), max_length=240, blank=True)
    satisfied_at = models.DateTimeField(null=True)
    expires_on = models.DateField(_("vale fino al"), null=True)
    waived_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("deroga di"))
    reason = models.TextField(_("motivo della deroga"), blank=True)
    waived_at = models.DateTimeField(_("deroga concessa il"), null=True)
    waived_until = models.DateField(_("deroga fino al"), null=True)

    class Meta:
        verbose_name = _("voce del semaforo")
        verbose_name_plural = _("semaforo")
        constraints = [
            models.UniqueConstraint(fields=["placement", "kind"], name="agreements_readiness_once"),
            models.CheckConstraint(
                condition=Q(waived_by=None, reason="") | (Q(waived_by__isnull=False) & ~Q(reason="")), name="agreements_readiness_waiver"
            ),
            models.CheckConstraint(condition=Q(waived_until=None) | Q(waived_by__isnull=False), name="agreements_readiness_waived_until"),
        ]
        indexes = [
            models.Index(fields=["placement", "severity"], condition=Q(satisfied_at=None, waived_by=None), name="agreements_open_items"),
            models.Index(fields=["ambito", "kind"], condition=Q(satisfied_at=None, waived_by=None), name="agreements_open_kinds"),
            # With the placement, so that those in force are counted from the index alone.
            models.Index(
                fields=["ambito", "-id"], include=["placement"], condition=Q(waived_by__isnull=False), name="agreements_waived_items"
            ),
        ]

    @property
    def is_open(self) -> bool:
        return self.satisfied_at is None and self.waived_by_id is None

    @property
    def words(self) -> str:
        """`why` in the reader's language: stored in Italian, it has an English of its own unless figures or names are in it."""
        return gettext(self.why) if self.why else ""

    @property
    def light(self) -> str:
        """ "green", "amber" (an open warning) or "red" (an open block)."""
        return "green" if not self.is_open else "red" if self.severity == self.Severity.BLOCK else "amber"
