"""How the help was spent (rule 69): proofs, what came back, voucher codes."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import AmbitoOwned, Record

from ..enums import BackReason, ProofState
from .requests import BenefitRequest


class SpendingProof(Record, AmbitoOwned):
    """A receipt that somebody handed in; another person accepts it, or says why not."""

    request = models.ForeignKey(BenefitRequest, models.PROTECT, related_name="proofs", verbose_name=_("richiesta di aiuto"))
    amount = models.DecimalField(_("importo in euro"), max_digits=10, decimal_places=2)
    spent_on = models.DateField(_("speso il"))
    file = models.ForeignKey("core.Upload", models.PROTECT, null=True, related_name="+", verbose_name=_("scontrino o fattura"))
    state = models.CharField(_("stato"), max_length=10, choices=ProofState, default=ProofState.RECEIVED)
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("controllata da"))
    why_not = models.CharField(_("perché non va bene"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("prova della spesa")
        verbose_name_plural = _("prove della spesa")
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="solidarity_fund_proof_positive",
                violation_error_message=_("L'importo deve essere maggiore di zero."),
            ),
            models.CheckConstraint(
                condition=Q(state=ProofState.RECEIVED, checked_by=None) | (~Q(state=ProofState.RECEIVED) & Q(checked_by__isnull=False)),
                name="solidarity_fund_proof_checked",
            ),
            models.CheckConstraint(
                condition=Q(checked_by=None) | ~Q(checked_by=models.F("created_by")),
                name="solidarity_fund_proof_two_keys",
                violation_error_message=_("Chi ha portato la prova non la controlla."),
            ),
        ]


class MoneyBack(Record, AmbitoOwned):
    """Euro that came back of what was paid: into the pot they left (the ledger's entries name the request)."""

    request = models.ForeignKey(BenefitRequest, models.PROTECT, related_name="backs", verbose_name=_("richiesta di aiuto"))
    amount = models.DecimalField(_("importo in euro"), max_digits=10, decimal_places=2)
    received_on = models.DateField(_("tornati il"))
    receipt = models.CharField(_("quietanza"), max_length=60)
    reason = models.CharField(_("perché"), max_length=10, choices=BackReason, default=BackReason.UNSPENT)

    class Meta:
        verbose_name = _("soldi tornati al fondo")
        verbose_name_plural = _("soldi tornati al fondo")
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="solidarity_fund_back_positive",
                violation_error_message=_("L'importo deve essere maggiore di zero."),
            ),
            models.UniqueConstraint(
                fields=["request", "receipt"],
                name="solidarity_fund_back_receipt_once",
                violation_error_message=_("Questa quietanza è già registrata."),
            ),
        ]


class Voucher(Record, AmbitoOwned):
    """A code that is worth `amount` in a shop, used once."""

    request = models.ForeignKey(BenefitRequest, models.PROTECT, related_name="vouchers", verbose_name=_("richiesta di aiuto"))
    code = models.CharField(_("codice"), max_length=12, unique=True)
    amount = models.DecimalField(_("importo in euro"), max_digits=10, decimal_places=2)
    used_on = models.DateField(_("usato il"), null=True)
    used_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("segnato da"))

    class Meta:
        verbose_name = _("buono")
        verbose_name_plural = _("buoni")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="solidarity_fund_voucher_positive"),
            models.CheckConstraint(
                condition=Q(used_on=None, used_by=None) | Q(used_on__isnull=False, used_by__isnull=False),
                name="solidarity_fund_voucher_used",
            ),
        ]
