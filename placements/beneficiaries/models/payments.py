"""Where a person's money goes."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.fields import EncryptedTextField
from impresasolidale.core.models import AmbitoOwned, Record, Versioned

from ..enums import PaymentKind
from .person import Beneficiary, Representative


class PaymentWay(Record, Versioned, AmbitoOwned):
    """How a person receives money, from a day: one way at a time. The IBAN and the receiver's code are encrypted."""

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
                violation_error_message=_("In questi giorni c'è già un altro modo di pagamento."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())
