"""Who waits for a placement, since when and why they should not wait long."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import AmbitoOwned, Record, Versioned

from ..enums import LeavingReason, Priority, WaitingState
from .person import Beneficiary

OPEN = ("waiting", "proposed")


class WaitingEntry(Record, Versioned, AmbitoOwned):
    """One wait of one person. At most one is open; who comes back later waits again in a new row."""

    beneficiary = models.ForeignKey(Beneficiary, models.CASCADE, related_name="waits", verbose_name=_("persona"))
    state = models.CharField(_("stato"), max_length=10, choices=WaitingState, default=WaitingState.WAITING, editable=False)
    since = models.DateField(_("aspetta dal"))
    priorities = ArrayField(models.CharField(max_length=20, choices=Priority), default=list, blank=True, verbose_name=_("perché è urgente"))
    priorities_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("priorità indicate da")
    )
    priorities_on = models.DateField(_("priorità indicate il"), null=True, editable=False)
    left_on = models.DateField(_("uscita il"), null=True, editable=False)
    left_why = models.CharField(_("perché è uscita"), max_length=20, choices=LeavingReason, blank=True, editable=False)

    class Meta:
        verbose_name = _("attesa")
        verbose_name_plural = _("lista d’attesa")
        constraints = [
            models.UniqueConstraint(
                fields=["beneficiary"],
                condition=Q(state__in=OPEN),
                name="beneficiaries_waiting_once",
                violation_error_message=_("È già in lista d’attesa."),
            ),
            models.CheckConstraint(
                condition=Q(priorities=[]) | Q(priorities_by__isnull=False, priorities_on__isnull=False),
                name="beneficiaries_waiting_priorities",
                violation_error_message=_("Le priorità hanno sempre chi le ha indicate e quando."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=OPEN, left_on=None, left_why="")
                | Q(state="placed", left_on__isnull=False, left_on__gte=F("since"), left_why="")
                | Q(state="removed", left_on__isnull=False, left_on__gte=F("since")) & ~Q(left_why=""),
                name="beneficiaries_waiting_left",
                violation_error_message=_("Chi esce dalla lista ha un giorno e un motivo."),
            ),
        ]
        indexes = [models.Index(fields=["ambito", "since", "id"], condition=Q(state__in=OPEN), name="beneficiaries_waiting_open")]

    @property
    def priority_labels(self) -> list[str]:
        return [str(Priority(code).label) for code in self.priorities]
