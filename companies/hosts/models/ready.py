"""The question "Ready again?" that a company gets by mail."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import NetworkOwned, Record

from .companies import Company
from .places import HostingInterest


class ReadyAsk(Record, NetworkOwned):
    """A company was asked whether it would welcome somebody again, by a personal link that answers without a sign-in.

    The company is the network's and is asked once, whatever Ambito placed people there; `office` is the one that reads the answer.
    Open until it is answered, by the link or otherwise, or its time is over (`closed_at`). Without an address the office calls.
    """

    company = models.ForeignKey(Company, models.PROTECT, related_name="asks", verbose_name=_("impresa"))
    office = models.ForeignKey("territory.Ambito", models.PROTECT, related_name="+", verbose_name=_("ufficio che chiede"))
    address = models.EmailField(_("mandata a"), blank=True)
    token_hash = models.CharField(max_length=64, unique=True)
    ended_on = models.DateField(_("ultimo tirocinio finito il"), null=True, blank=True)
    sent_at = models.DateTimeField(_("chiesto il"))
    expires_at = models.DateTimeField(_("vale fino al"))
    closed_at = models.DateTimeField(null=True, blank=True)
    interest = models.ForeignKey(HostingInterest, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("risposta"))

    class Meta:
        verbose_name = _("domanda «di nuovo pronti?»")
        verbose_name_plural = _("domande «di nuovo pronti?»")
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("sent_at")), name="hosts_readyask_term"),
            models.CheckConstraint(condition=Q(interest=None) | Q(closed_at__isnull=False), name="hosts_readyask_answered"),
        ]
        indexes = [models.Index(fields=["company", "-sent_at"], name="hosts_readyask_last")]
