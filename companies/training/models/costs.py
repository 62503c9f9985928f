"""What an edition costs, and which line pays for it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import NetworkOwned, Record

from .courses import Edition


class EditionCost(Record, NetworkOwned):
    """One expense of an edition, in euro. Confirmed by a second person, it is a movement of the ledger and never changes."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="costs", verbose_name=_("edizione"))
    pot = models.ForeignKey("treasury.Pot", models.PROTECT, related_name="+", verbose_name=_("da dove vengono i soldi"))
    words = models.CharField(_("per che cosa"), max_length=120)
    amount = models.DecimalField(_("importo"), max_digits=12, decimal_places=2)
    act_number = models.CharField(_("numero dell'atto"), max_length=40)
    act_on = models.DateField(_("data dell'atto"))
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("confermato da"))
    confirmed_on = models.DateField(_("confermato il"), null=True)
    withdrawn_at = models.DateTimeField(_("ritirato il"), null=True)

    class Meta:
        verbose_name = _("costo di un'edizione")
        verbose_name_plural = _("costi delle edizioni")
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0), name="training_cost_amount", violation_error_message=_("L'importo deve essere più di zero.")
            ),
            models.CheckConstraint(
                condition=Q(confirmed_on=None, confirmed_by=None) | Q(confirmed_on__isnull=False, withdrawn_at=None),
                name="training_cost_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("created_by")),
                name="training_cost_four_eyes",
                violation_error_message=_("Serve una seconda persona: chi ha preparato non può anche approvare."),
            ),
        ]
