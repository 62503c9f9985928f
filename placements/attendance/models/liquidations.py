"""What ties a recovery of the treasury to the months it is taken off from."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import AmbitoOwned

from .allowances import Adjustment


class TakeOff(AmbitoOwned):
    """One instalment of a recovery: the conguaglio that takes it off the next month of its placement."""

    recovery = models.ForeignKey("treasury.Recovery", models.PROTECT, related_name="+", verbose_name=_("recupero"))
    adjustment = models.OneToOneField(Adjustment, models.PROTECT, related_name="take_off", verbose_name=_("conguaglio"))

    class Meta:
        verbose_name = _("rata tolta dal mese")
        verbose_name_plural = _("rate tolte dai mesi")
