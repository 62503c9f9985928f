"""What was promised, part by part, and the references each part is paid with."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import NetworkOwned, Record, Versioned

from ..giving_rules import in_fours
from .donors import Donor


class Pledge(Record, Versioned, NetworkOwned):
    """A promise, in one or more parts. Contributions that name it fulfil it; its state is what they sum to."""

    class State(models.TextChoices):
        OPEN = "open", _("da mantenere")
        PARTLY = "partly", _("mantenuta in parte")
        KEPT = "kept", _("mantenuta")
        WITHDRAWN = "withdrawn", _("ritirata")

    donor = models.ForeignKey(Donor, models.PROTECT, related_name="pledges", verbose_name=_("donatore"))
    pot = models.ForeignKey("treasury.Pot", models.PROTECT, related_name="+", verbose_name=_("salvadanaio"))
    amount = models.DecimalField(_("importo promesso in euro"), max_digits=12, decimal_places=2, validators=[MinValueValidator(0)])
    promised_on = models.DateField(_("promesso il"))
    purpose = models.CharField(_("per che cosa"), max_length=200, blank=True)
    state = models.CharField(_("stato"), max_length=10, choices=State, default=State.OPEN)

    class Meta:
        verbose_name = _("promessa")
        verbose_name_plural = _("promesse")
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="solidarity_fund_pledge_positive")]
        indexes = [models.Index(fields=["network", "state", "-id"], name="fund_pledge_newest")]


class Instalment(NetworkOwned):
    """One part of a promise: a day, euro, and what the payer writes to be recognised (RF reference; pagoPA notice, where one pays so)."""

    pledge = models.ForeignKey(Pledge, models.PROTECT, related_name="instalments", verbose_name=_("promessa"))
    position = models.PositiveSmallIntegerField(_("posto"))
    due_on = models.DateField(_("entro il"))
    amount = models.DecimalField(_("importo in euro"), max_digits=12, decimal_places=2)
    reference = models.CharField(_("riferimento del creditore (ISO 11649)"), max_length=25)
    notice = models.CharField(_("codice avviso pagoPA"), max_length=18, blank=True)

    class Meta:
        verbose_name = _("rata di una promessa")
        verbose_name_plural = _("rate delle promesse")
        constraints = [
            models.UniqueConstraint(fields=["pledge", "position"], name="solidarity_fund_instalment_position"),
            models.UniqueConstraint(fields=["network", "reference"], name="solidarity_fund_instalment_reference"),
            models.UniqueConstraint(fields=["network", "notice"], condition=~Q(notice=""), name="solidarity_fund_instalment_notice"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="solidarity_fund_instalment_positive"),
        ]

    @property
    def reference_words(self) -> str:
        return in_fours(self.reference)

    @property
    def notice_words(self) -> str:
        return in_fours(self.notice)
