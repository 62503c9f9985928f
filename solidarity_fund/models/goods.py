"""Gifts in kind: a small stock, and where its pieces went. The giver stands on the gift, who receives on the movement of an Ambito."""

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import AmbitoOwned, NetworkOwned, Record, Versioned

from .donors import Donor
from .requests import BenefitRequest


class GiftInKind(Record, Versioned, NetworkOwned):
    """Goods that were given, with what they are worth and who says so. The counts are kept by the services alone."""

    class Valued(models.TextChoices):
        INVOICE = "invoice", _("fattura o scontrino")
        PRICE_LIST = "price_list", _("prezzo di listino")
        ESTIMATE = "estimate", _("stima dell'ufficio")
        DECLARED = "declared", _("lo dice chi dona")

    donor = models.ForeignKey(Donor, models.PROTECT, related_name="goods", verbose_name=_("donatore"))
    kind = models.CharField(_("per quale aiuto"), max_length=20, choices=BenefitRequest.Kind)
    description = models.CharField(_("che cosa"), max_length=160)
    quantity = models.PositiveIntegerField(_("quanti pezzi"))
    unit_value = models.DecimalField(_("valore di un pezzo in euro"), max_digits=10, decimal_places=2, validators=[MinValueValidator(0)])
    valued_by = models.CharField(_("come è stato valutato"), max_length=12, choices=Valued)
    valued_note = models.CharField(_("riferimento della valutazione"), max_length=160, blank=True)
    received_on = models.DateField(_("ricevuto il"))
    available = models.PositiveIntegerField(_("disponibili"), editable=False)
    assigned = models.PositiveIntegerField(_("assegnati"), default=0, editable=False)
    handed_over = models.PositiveIntegerField(_("consegnati"), default=0, editable=False)

    class Meta:
        verbose_name = _("dono in natura")
        verbose_name_plural = _("doni in natura")
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="solidarity_fund_goods_some"),
            models.CheckConstraint(condition=Q(unit_value__gt=0), name="solidarity_fund_goods_valued"),
            models.CheckConstraint(
                condition=Q(quantity=F("available") + F("assigned") + F("handed_over")), name="solidarity_fund_goods_add_up"
            ),
        ]
        indexes = [models.Index(fields=["network", "-received_on", "-id"], name="fund_goods_newest")]

    def __str__(self) -> str:
        return self.description

    @property
    def value(self) -> Decimal:
        """Euro of all the pieces."""
        return self.unit_value * self.quantity


class GoodsMove(Record, AmbitoOwned):
    """Pieces of a gift put aside for a request of an Ambito, handed over, or put back. Append-only."""

    class Move(models.TextChoices):
        ASSIGNED = "assigned", _("messi da parte")
        HANDED_OVER = "handed_over", _("consegnati")
        PUT_BACK = "put_back", _("rimessi a disposizione")

    gift = models.ForeignKey(GiftInKind, models.PROTECT, related_name="moves", verbose_name=_("dono in natura"))
    request = models.ForeignKey(BenefitRequest, models.PROTECT, related_name="+", verbose_name=_("richiesta di aiuto"))
    move = models.CharField(_("movimento"), max_length=12, choices=Move)
    quantity = models.PositiveIntegerField(_("quanti pezzi"))
    moved_on = models.DateField(_("il"))

    class Meta:
        verbose_name = _("movimento di doni in natura")
        verbose_name_plural = _("movimenti di doni in natura")
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="solidarity_fund_goodsmove_some")]
