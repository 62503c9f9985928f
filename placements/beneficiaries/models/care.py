"""Who asks for a placement, who has the person in charge, who follows them: references, no second social record."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import AmbitoOwned, Record

from ..enums import CareRole, ReferringService
from .person import Beneficiary


class Referral(Record, AmbitoOwned):
    """A service asks for a placement: a reference to its paper (date, author, protocol), no narrative."""

    beneficiary = models.ForeignKey(Beneficiary, models.CASCADE, related_name="referrals", verbose_name=_("persona"))
    service = models.CharField(_("servizio che segnala"), max_length=20, choices=ReferringService)
    operator = models.CharField(_("operatore"), max_length=120)
    received_on = models.DateField(_("ricevuta il"))
    protocol = models.CharField(_("protocollo"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("segnalazione")
        verbose_name_plural = _("segnalazioni")


class TakingInCharge(Record, AmbitoOwned):
    """A social or health service has the person in charge, from a day to a day (rule 4: over the whole placement)."""

    beneficiary = models.ForeignKey(Beneficiary, models.CASCADE, related_name="charges", verbose_name=_("persona"))
    service = models.CharField(_("servizio"), max_length=20, choices=ReferringService)
    case_manager = models.CharField(_("operatore di riferimento"), max_length=120)
    valid_from = models.DateField(_("dal"))
    valid_to = models.DateField(_("al"), null=True, blank=True)

    class Meta:
        verbose_name = _("presa in carico")
        verbose_name_plural = _("prese in carico")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="beneficiaries_charge_dates",
                violation_error_message=_("La data di fine viene prima di quella di inizio."),
            )
        ]


class Assessment(Record, AmbitoOwned):
    """A reference to the assessment of the professional social service (rule 3): date, author, protocol."""

    beneficiary = models.ForeignKey(Beneficiary, models.CASCADE, related_name="assessments", verbose_name=_("persona"))
    made_on = models.DateField(_("data"))
    author = models.CharField(_("chi l'ha fatta"), max_length=120)
    protocol = models.CharField(_("protocollo"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("valutazione")
        verbose_name_plural = _("valutazioni")


class CareMember(AmbitoOwned):
    """Who follows the person, with a role and dates. At most one current referent."""

    beneficiary = models.ForeignKey(Beneficiary, models.CASCADE, related_name="care_team", verbose_name=_("persona"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("operatore"))
    role = models.CharField(_("ruolo"), max_length=10, choices=CareRole)
    valid_from = models.DateField(_("dal"))
    valid_to = models.DateField(_("al"), null=True, blank=True)

    class Meta:
        verbose_name = _("componente dell'équipe")
        verbose_name_plural = _("équipe")
        constraints = [
            models.UniqueConstraint(
                fields=["beneficiary"], condition=Q(role="referent", valid_to=None), name="beneficiaries_caremember_one_referent"
            )
        ]
        indexes = [models.Index(fields=["user", "beneficiary"], name="beneficiaries_caremember_user")]
