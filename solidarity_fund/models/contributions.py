"""What was given in money, and what it asks for."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import NetworkOwned, Record

from .donors import Donor
from .requests import BenefitRequest


class Contribution(Record, NetworkOwned):
    """Money given, in one pot; its entry stands in the ledger (source "solidarity_fund.contribution")."""

    class Way(models.TextChoices):
        TRANSFER = "transfer", _("bonifico")
        PAGOPA = "pagopa", _("pagoPA")
        TREASURER = "treasurer", _("versamento al tesoriere")
        OTHER = "other", _("altro")

    donor = models.ForeignKey(Donor, models.PROTECT, related_name="contributions", verbose_name=_("donatore"))
    pot = models.ForeignKey("treasury.Pot", models.PROTECT, related_name="+", verbose_name=_("salvadanaio"))
    amount = models.DecimalField(_("importo in euro"), max_digits=12, decimal_places=2, validators=[MinValueValidator(0)])
    received_on = models.DateField(_("ricevuto il"))
    reference = models.CharField(_("riferimento (bonifico, quietanza)"), max_length=120, blank=True)
    way = models.CharField(_("come è arrivato"), max_length=10, choices=Way, default=Way.TRANSFER)
    pledge = models.ForeignKey(
        "solidarity_fund.Pledge", models.PROTECT, null=True, blank=True, related_name="contributions", verbose_name=_("promessa")
    )
    # What the donor asks for, in words and in what can be counted; nothing here ever names who receives.
    restriction = models.CharField(_("che cosa chiede chi dona"), max_length=200, blank=True)
    for_kind = models.CharField(_("solo per questo tipo di aiuto"), max_length=20, choices=BenefitRequest.Kind, blank=True)
    for_comune = models.ForeignKey(
        "territory.Comune", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("solo per questo comune")
    )
    # The act with which a public body gives, or with which the holder accepts.
    act_number = models.CharField(_("numero dell'atto"), max_length=60, blank=True)
    act_on = models.DateField(_("data dell'atto"), null=True, blank=True)

    class Meta:
        verbose_name = _("contributo")
        verbose_name_plural = _("contributi")
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="solidarity_fund_contribution_positive",
                violation_error_message=_("L'importo deve essere maggiore di zero."),
            ),
            models.CheckConstraint(
                condition=Q(act_number="", act_on=None) | (~Q(act_number="") & Q(act_on__isnull=False)),
                name="solidarity_fund_contribution_act",
                violation_error_message=_("Dell'atto servono il numero e la data."),
            ),
        ]
        indexes = [models.Index(fields=["network", "-received_on", "-id"], name="fund_contribution_newest")]

    @property
    def meant_for(self) -> str:
        """What it serves and nothing else, by name; empty when it is free. Never so narrow that it would say who receives (rule 88)."""
        if self.for_kind:
            return str(self.get_for_kind_display())
        return gettext("le persone di %(comune)s") % {"comune": self.for_comune.name} if self.for_comune else ""
