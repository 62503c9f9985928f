"""What came after the end, then and months later."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.fields import EncryptedTextField
from impresasolidale.core.models import AmbitoOwned, Record, Versioned
from placements.agreements.models import Placement

from ..visit_enums import FollowState, FollowWay, OutcomeKind


class PlacementOutcome(Record, AmbitoOwned):
    """Where the person goes after the end (features row 100). Written once."""

    placement = models.OneToOneField(Placement, models.PROTECT, related_name="outcome", verbose_name=_("tirocinio"))
    kind = models.CharField(_("che cosa viene dopo"), max_length=20, choices=OutcomeKind)
    note = EncryptedTextField(_("in parole"), blank=True)

    class Meta:
        verbose_name = _("esito di un tirocinio")
        verbose_name_plural = _("esiti dei tirocini")


class FollowUp(Record, Versioned, AmbitoOwned):
    """A word with the person six and twelve months after. She may say no, and is then never asked again."""

    placement = models.ForeignKey(Placement, models.PROTECT, related_name="follow_ups", verbose_name=_("tirocinio"))
    months = models.PositiveSmallIntegerField(_("dopo quanti mesi"))
    due_on = models.DateField(_("da sentire il"))
    state = models.CharField(_("stato"), max_length=10, choices=FollowState, default=FollowState.WAITING)
    tries = models.PositiveSmallIntegerField(_("volte che si è provato"), default=0, editable=False)
    heard_on = models.DateField(_("sentita il"), null=True, editable=False)
    way = models.CharField(_("come"), max_length=10, choices=FollowWay, blank=True)
    kind = models.CharField(_("che cosa fa adesso"), max_length=20, choices=OutcomeKind, blank=True)
    note = EncryptedTextField(_("in parole"), blank=True)

    class Meta:
        verbose_name = _("contatto dopo la fine")
        verbose_name_plural = _("contatti dopo la fine")
        constraints = [
            models.UniqueConstraint(fields=["placement", "months"], name="monitoring_followup_once"),
            models.CheckConstraint(
                condition=~Q(state=FollowState.ANSWERED) | (Q(heard_on__isnull=False) & ~Q(kind="") & ~Q(way="")),
                name="monitoring_followup_answered",
            ),
        ]
        indexes = [models.Index(fields=["ambito", "state", "due_on", "id"], name="monitoring_followup_due")]
