"""What a public act certifies about the person, and the consents given apart from the privacy notice."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import AmbitoOwned, Record

from ..enums import ActKind, ConsentKind, StatusCategory
from ..rules import PERCENT_CATEGORIES
from .base import WithFile
from .person import Beneficiary, Representative

_WITH_PERCENT = sorted(PERCENT_CATEGORIES)


class StatusEvidence(WithFile, Record, AmbitoOwned):
    """A certified status as a coded category, the act that proves it and the days it holds (rules 54, 55). Never a diagnosis.

    Some categories are read only with a permission of their own: `rules.RESERVED`.
    """

    beneficiary = models.ForeignKey(Beneficiary, models.CASCADE, related_name="evidence", verbose_name=_("persona"))
    category = models.CharField(_("categoria"), max_length=30, choices=StatusCategory)
    percent = models.PositiveSmallIntegerField(
        _("percentuale"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    act_kind = models.CharField(_("atto che lo prova"), max_length=30, choices=ActKind)
    act_number = models.CharField(_("numero dell’atto"), max_length=60, blank=True)
    act_on = models.DateField(_("data dell’atto"))
    issued_by = models.CharField(_("chi l’ha rilasciato"), max_length=120)
    protocol = models.CharField(_("protocollo"), max_length=60, blank=True)
    valid_from = models.DateField(_("dal"))
    valid_to = models.DateField(_("al"), null=True, blank=True)
    withdrawn_on = models.DateField(_("tolta il"), null=True, blank=True, editable=False)
    withdrawal_reason = models.CharField(_("perché è stata tolta"), max_length=200, blank=True, editable=False)

    class Meta:
        verbose_name = _("condizione certificata")
        verbose_name_plural = _("condizioni certificate")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="beneficiaries_evidence_dates",
                violation_error_message=_("La data di fine viene prima di quella di inizio."),
            ),
            models.CheckConstraint(
                condition=Q(category__in=_WITH_PERCENT, percent__isnull=False, percent__range=(1, 100))
                | ~Q(category__in=_WITH_PERCENT) & Q(percent=None),
                name="beneficiaries_evidence_percent",
                violation_error_message=_("La percentuale va da 1 a 100, e serve solo dove la categoria la prevede."),
            ),
            models.CheckConstraint(
                condition=~Q(issued_by="") & (~Q(act_number="") | ~Q(protocol="")),
                name="beneficiaries_evidence_act",
                violation_error_message=_("Serve l’atto: chi l’ha rilasciato, e il numero o il protocollo."),
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on=None) | ~Q(withdrawal_reason=""),
                name="beneficiaries_evidence_withdrawal",
                violation_error_message=_("Scrivi perché la togli."),
            ),
        ]
        indexes = [models.Index(fields=["beneficiary", "-valid_from"], name="beneficiaries_evidence_person")]


class Consent(WithFile, Record, AmbitoOwned):
    """A consent to images or testimony, given by the person or who represents them; it can be revoked on any day (rule 57)."""

    beneficiary = models.ForeignKey(Beneficiary, models.CASCADE, related_name="consents", verbose_name=_("persona"))
    kind = models.CharField(_("consenso per"), max_length=20, choices=ConsentKind)
    given_on = models.DateField(_("dato il"))
    representative = models.ForeignKey(
        Representative, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("dato da")
    )  # none: by the person
    revoked_on = models.DateField(_("revocato il"), null=True, blank=True)

    class Meta:
        verbose_name = _("consenso")
        verbose_name_plural = _("consensi")
        constraints = [
            models.UniqueConstraint(
                fields=["beneficiary", "kind"],
                condition=Q(revoked_on=None),
                name="beneficiaries_consent_once",
                violation_error_message=_("Questo consenso c’è già."),
            ),
            models.CheckConstraint(
                condition=Q(revoked_on=None) | Q(revoked_on__gte=F("given_on")),
                name="beneficiaries_consent_dates",
                violation_error_message=_("Non si può revocare prima di averlo dato."),
            ),
        ]
