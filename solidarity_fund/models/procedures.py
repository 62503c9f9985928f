"""The procedure (L. 241/1990): who is responsible, how long it may take, what was told to whom it concerns and when it arrived.

The abstract ones are every room's that says no to somebody; the others belong to the fund's requests.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.fields import EncryptedTextField
from impresasolidale.core.models import AmbitoOwned, Record, Versioned

from ..enums import DeliveryWay, Paper
from .requests import BenefitRequest


class AnyProcedure(Record, Versioned):
    """Reasons announced, what was answered and how it was weighed are encrypted."""

    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("responsabile del procedimento")
    )
    started_on = models.DateField(_("avviato il"))
    term_days = models.PositiveSmallIntegerField(_("giorni per decidere"))
    appeal = models.TextField(_("come si fa ricorso"), blank=True)
    grounds = EncryptedTextField(_("motivi del preavviso"), blank=True)
    observed_on = models.DateField(_("osservazioni arrivate il"), null=True)
    observations = EncryptedTextField(_("osservazioni"), blank=True)
    observations_file = models.ForeignKey("core.Upload", models.PROTECT, null=True, related_name="+", verbose_name=_("osservazioni (file)"))
    answer = EncryptedTextField(_("risposta alle osservazioni"), blank=True)

    class Meta:
        abstract = True


class AnyPaper(Record):
    """One paper of a procedure, and the proof that it arrived: the day, the way and a file, all or none."""

    kind = models.CharField(_("carta"), max_length=10, choices=Paper)
    document = models.OneToOneField("core.Document", models.PROTECT, related_name="+", verbose_name=_("documento"))
    delivered_on = models.DateField(_("consegnata il"), null=True)
    way = models.CharField(_("come"), max_length=12, choices=DeliveryWay, blank=True)
    proof = models.ForeignKey("core.Upload", models.PROTECT, null=True, related_name="+", verbose_name=_("prova della consegna"))

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(delivered_on=None, way="", proof=None) | (Q(delivered_on__isnull=False, proof__isnull=False) & ~Q(way="")),
                name="%(app_label)s_paper_delivered",
                violation_error_message=_("Della consegna servono il giorno, il modo e la prova."),
            ),
        ]


class Procedure(AnyProcedure, AmbitoOwned):
    """One request's procedure: what it says of a person is her story."""

    request = models.OneToOneField(BenefitRequest, models.PROTECT, related_name="procedure", verbose_name=_("richiesta di aiuto"))
    observations = EncryptedTextField(_("osservazioni della persona"), blank=True)

    class Meta:
        verbose_name = _("procedimento")
        verbose_name_plural = _("procedimenti")


class ProcedurePaper(AnyPaper, AmbitoOwned):
    """One paper of a request's procedure."""

    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="papers", verbose_name=_("procedimento"))

    class Meta:
        verbose_name = _("carta del procedimento")
        verbose_name_plural = _("carte del procedimento")
        constraints = [
            models.UniqueConstraint(fields=["procedure", "kind"], name="solidarity_fund_paper_once"),
            *AnyPaper.Meta.constraints,
        ]
