"""What happens during a placement and is no accident."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.fields import EncryptedTextField
from impresasolidale.core.models import AmbitoOwned, Record, Versioned
from placements.agreements.models import Placement

from ..visit_enums import EventKind, Severity, Told


class PlacementEvent(Record, Versioned, AmbitoOwned):
    """A conflict, a damage, an absence that repeats, a difficulty at home: nobody is hurt (features row 98). Its words are encrypted."""

    placement = models.ForeignKey(Placement, models.PROTECT, related_name="happenings", verbose_name=_("tirocinio"))
    kind = models.CharField(_("che cosa"), max_length=20, choices=EventKind)
    severity = models.CharField(_("quanto pesa"), max_length=10, choices=Severity, default=Severity.LIGHT)
    happened_on = models.DateField(_("giorno"))
    text = EncryptedTextField(_("che cosa è successo"))
    informed = ArrayField(models.CharField(max_length=20, choices=Told), verbose_name=_("chi è stato avvisato"), default=list, blank=True)
    decided = EncryptedTextField(_("che cosa si è deciso"), blank=True)
    follow_up_on = models.DateField(_("da rivedere il"), null=True, blank=True)
    from_host = models.BooleanField(_("segnalato dall'impresa"), default=False, editable=False)
    settled_on = models.DateField(_("concluso il"), null=True, editable=False)
    outcome = EncryptedTextField(_("com'è andata a finire"), null=True, editable=False)

    class Meta:
        verbose_name = _("evento di un tirocinio")
        verbose_name_plural = _("eventi dei tirocini")
        constraints = [
            models.CheckConstraint(condition=models.Q(settled_on=None) | models.Q(outcome__isnull=False), name="monitoring_event_settled")
        ]
        indexes = [
            models.Index(fields=["ambito", "-happened_on", "-id"], name="monitoring_event_latest"),
            models.Index(fields=["placement", "-happened_on"], name="monitoring_event_placement"),
        ]
