"""What the funder pays, in instalments. Received money enters the project's pot through the ledger alone."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import NetworkOwned, Record, Versioned

from ..enums import InstalmentKind, InstalmentState
from .projects import Project


class Instalment(Record, Versioned, NetworkOwned):
    """One instalment, in euro: expected, then asked, then arrived (one person), then in the ledger (another).

    What was posted by mistake is reversed; the right one is another instalment.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="instalments", verbose_name=_("progetto"))
    position = models.PositiveSmallIntegerField(_("numero"))
    kind = models.CharField(_("tipo"), max_length=10, choices=InstalmentKind)
    expected_on = models.DateField(_("prevista il"))
    expected_amount = models.DecimalField(_("importo previsto"), max_digits=12, decimal_places=2)
    asked_on = models.DateField(_("chiesta il"), null=True)
    asked_amount = models.DecimalField(_("importo chiesto"), max_digits=12, decimal_places=2, null=True)
    received_on = models.DateField(_("arrivata il"), null=True)
    received_amount = models.DecimalField(_("importo arrivato"), max_digits=12, decimal_places=2, null=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("segnata da"))
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("confermata da"))
    state = models.CharField(_("stato"), max_length=10, choices=InstalmentState, default=InstalmentState.EXPECTED)

    class Meta:
        verbose_name = _("rata del contributo")
        verbose_name_plural = _("rate del contributo")
        constraints = [
            models.UniqueConstraint(fields=["project", "position"], name="projects_instalment_position"),
            models.CheckConstraint(
                condition=Q(expected_amount__gt=0)
                & (Q(asked_amount=None) | Q(asked_amount__gt=0))
                & (Q(received_amount=None) | Q(received_amount__gt=0)),
                name="projects_instalment_positive",
                violation_error_message=_("L'importo deve essere maggiore di zero."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["arrived", "received", "reversed"])
                | Q(received_on__isnull=False, received_amount__isnull=False, recorded_by__isnull=False),
                name="projects_instalment_arrived",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("recorded_by")),
                name="projects_instalment_four_eyes",
                violation_error_message=_("Una rata la conferma chi non l'ha segnata."),
            ),
            models.CheckConstraint(
                condition=(Q(state__in=["received", "reversed"]) & Q(confirmed_by__isnull=False))
                | (~Q(state__in=["received", "reversed"]) & Q(confirmed_by=None)),
                name="projects_instalment_confirmed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.get_kind_display()}"
