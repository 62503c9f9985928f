"""Who asks for a placement, who has the person in charge, who follows them: references, no second social record."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import AmbitoOwned, ManyAmbitoOwned, Record

from ..enums import CareRole, ExpectedGoal, Level, ReferralOutcome, ReferralReason, ReferringService
from .base import WithFile
from .person import Beneficiary


class Referral(WithFile, Record, AmbitoOwned):
    """A service asks for a placement: a reference to its paper (date, author, protocol) with coded reasons, no narrative.

    `outcome` is what became of it; empty while it is open.
    """

    beneficiary = models.ForeignKey(Beneficiary, models.CASCADE, related_name="referrals", verbose_name=_("persona"))
    service = models.CharField(_("servizio che segnala"), max_length=20, choices=ReferringService)
    operator = models.CharField(_("operatore"), max_length=120)
    received_on = models.DateField(_("ricevuta il"))
    protocol = models.CharField(_("protocollo"), max_length=60, blank=True)
    reason = models.CharField(_("perché"), max_length=20, choices=ReferralReason, blank=True)
    goals = ArrayField(
        models.CharField(max_length=20, choices=ExpectedGoal), default=list, blank=True, verbose_name=_("che cosa ci si aspetta")
    )
    outcome = models.CharField(_("esito"), max_length=20, choices=ReferralOutcome, blank=True, editable=False)
    outcome_on = models.DateField(_("data dell’esito"), null=True, editable=False)
    outcome_reason = models.CharField(_("motivo dell’esito"), max_length=200, blank=True, editable=False)

    class Meta:
        verbose_name = _("segnalazione")
        verbose_name_plural = _("segnalazioni")
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="", outcome_on=None)
                | Q(outcome_on__isnull=False, outcome_on__gte=F("received_on"))
                & ~Q(outcome="")
                & (Q(outcome="accepted") | ~Q(outcome_reason="")),
                name="beneficiaries_referral_outcome",
                violation_error_message=_("Un esito ha il suo giorno e, se non è accolta, il suo motivo."),
            )
        ]

    @property
    def goal_labels(self) -> list[str]:
        return [str(ExpectedGoal(code).label) for code in self.goals]


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


# The seven areas that recur in the offices' sheets (domain.md §2.4), by column.
AREAS = ("basic_autonomy", "work_rules", "task_skills", "relations", "self_knowledge", "context", "social_role")


class Assessment(WithFile, Record, AmbitoOwned):
    """A reference to the assessment of the professional social service (rule 3): date, author, protocol.

    It may say until when it holds: the decision that a placement suits the person is then taken again.
    Beside it a level per area, as far as a placement needs it; an empty one was not looked at.
    """

    beneficiary = models.ForeignKey(Beneficiary, models.CASCADE, related_name="assessments", verbose_name=_("persona"))
    made_on = models.DateField(_("data"))
    author = models.CharField(_("chi l'ha fatta"), max_length=120)
    protocol = models.CharField(_("protocollo"), max_length=60, blank=True)
    valid_to = models.DateField(_("vale fino al"), null=True, blank=True)
    basic_autonomy = models.CharField(_("autonomia di base"), max_length=10, choices=Level, blank=True)
    work_rules = models.CharField(_("regole del luogo"), max_length=10, choices=Level, blank=True)
    task_skills = models.CharField(_("abilità nei compiti"), max_length=10, choices=Level, blank=True)
    relations = models.CharField(_("relazioni"), max_length=10, choices=Level, blank=True)
    self_knowledge = models.CharField(_("conoscenza di sé"), max_length=10, choices=Level, blank=True)
    context = models.CharField(_("famiglia e contesto"), max_length=10, choices=Level, blank=True)
    social_role = models.CharField(_("ruolo sociale"), max_length=10, choices=Level, blank=True)

    class Meta:
        verbose_name = _("valutazione")
        verbose_name_plural = _("valutazioni")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("made_on")),
                name="beneficiaries_assessment_dates",
                violation_error_message=_("La data di fine viene prima di quella di inizio."),
            )
        ]


class CareMember(ManyAmbitoOwned):
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
