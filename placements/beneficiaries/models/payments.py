"""Where a person's money goes."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.fields import EncryptedTextField
from impresasolidale.core.models import AmbitoOwned, Record, Versioned

from ..enums import PaymentKind
from ..rules import masked_iban
from .person import Beneficiary, Representative


class PaymentWay(Record, Versioned, AmbitoOwned):
    """How a person receives money, from a day: one way at a time. The IBAN and the receiver's code are encrypted.

    A way recorded by mistake, or double after a merge, is withdrawn: it stays in the history and counts on no day.
    """

    beneficiary = models.ForeignKey(Beneficiary, models.PROTECT, related_name="payment_ways", verbose_name=_("persona"))
    kind = models.CharField(_("come riceve i soldi"), max_length=10, choices=PaymentKind)
    iban = EncryptedTextField(_("IBAN"), null=True, blank=True)
    holder = models.CharField(_("intestato a, oppure chi riceve"), max_length=120)
    holder_code = EncryptedTextField(_("codice fiscale di chi riceve"), blank=True)
    representative = models.ForeignKey(
        Representative, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("rappresentante")
    )
    body = models.ForeignKey("territory.Body", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("chi anticipa"))
    valid_from = models.DateField(_("dal"))
    valid_to = models.DateField(_("al"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("tolto il"), null=True, editable=False)
    withdrawn_reason = models.CharField(_("perché è tolto"), max_length=200, blank=True, editable=False)

    class Meta:
        verbose_name = _("modo di pagamento")
        verbose_name_plural = _("modi di pagamento")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="beneficiaries_paymentway_dates",
                violation_error_message=_("La data di fine viene prima di quella di inizio."),
            ),
            models.CheckConstraint(
                condition=Q(kind=PaymentKind.CASH, iban__isnull=True) | (~Q(kind=PaymentKind.CASH) & Q(iban__isnull=False)),
                name="beneficiaries_paymentway_iban",
                violation_error_message=_("Serve l'IBAN; in contanti non serve."),
            ),
            models.CheckConstraint(
                condition=Q(kind=PaymentKind.REPRESENTATIVE_IBAN, representative__isnull=False)
                | (~Q(kind=PaymentKind.REPRESENTATIVE_IBAN) & Q(representative=None)),
                name="beneficiaries_paymentway_representative",
            ),
            models.CheckConstraint(
                condition=Q(kind=PaymentKind.BODY, body__isnull=False) | (~Q(kind=PaymentKind.BODY) & Q(body=None)),
                name="beneficiaries_paymentway_body",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_reason="") | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_reason="")),
                name="beneficiaries_paymentway_withdrawn",
            ),
            ExclusionConstraint(
                name="beneficiaries_paymentway_one_a_day",
                expressions=[
                    ("beneficiary", RangeOperators.EQUAL),
                    (
                        Func(
                            "valid_from",
                            "valid_to",
                            RangeBoundary(inclusive_upper=True),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(withdrawn_at=None),
                violation_error_message=_("In questi giorni c'è già un altro modo di pagamento."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    @property
    def short_iban(self) -> str:
        """`IT60 … 3456`: all that lists and records show of an account."""
        return masked_iban(self.iban or "")

    def shares_a_day(self, other: "PaymentWay") -> bool:
        return (self.valid_to is None or self.valid_to >= other.valid_from) and (
            other.valid_to is None or other.valid_to >= self.valid_from
        )
