"""The TRR itself."""

from datetime import date

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Case, F, Func, Q, When
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import ManyAmbitoOwned, Record, Versioned

from ..enums import LIFE, LIVE, OVER, TO_START, WATCHED, Insurer, PlacementState
from .agreements import FrameworkAgreement


class Placement(Record, Versioned, ManyAmbitoOwned):
    """One TRR: not employment, not aimed at hiring. Keeps the rule book of its start, through extensions (rule 90)."""

    class Kind(models.TextChoices):
        TRR = "trr", _("tirocinio riabilitativo risocializzante")

    kind = models.CharField(max_length=10, choices=Kind, default=Kind.TRR)
    beneficiary = models.ForeignKey("beneficiaries.Beneficiary", models.PROTECT, related_name="placements", verbose_name=_("persona"))
    company = models.ForeignKey("hosts.Company", models.PROTECT, related_name="placements", db_index=False, verbose_name=_("impresa"))
    site = models.ForeignKey("hosts.Site", models.PROTECT, related_name="+", verbose_name=_("sede"))
    company_tutor = models.ForeignKey(
        "hosts.CompanyTutor", models.PROTECT, null=True, blank=True, related_name="placements", verbose_name=_("tutor aziendale")
    )
    promoter_tutor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("tutor dell'ente promotore")
    )
    agreement = models.ForeignKey(
        FrameworkAgreement, models.PROTECT, null=True, blank=True, related_name="placements", verbose_name=_("convenzione")
    )
    rulebook = models.ForeignKey(
        "territory.RuleBookVersion", models.PROTECT, related_name="+", verbose_name=_("regole in vigore all'inizio")
    )
    state = models.CharField(_("stato"), max_length=20, choices=PlacementState, default=PlacementState.DRAFT)
    starts_on = models.DateField(_("inizio"))
    ends_on = models.DateField(_("fine"))
    ended_on = models.DateField(_("ultimo giorno"), null=True, blank=True)
    entered_on = models.DateField(_("ereditato: qui dal"), null=True, editable=False)  # ran on paper before; its days are kept from then on
    exclusive = models.BooleanField(default=True, editable=False)  # copied from rule 12 at validation
    # What lists sort by, kept by a trigger (0003_rules): the person's search key, the moment of the last change, the place in a life.
    person_key = models.CharField(max_length=170, editable=False, default="")
    changed_at = models.DateTimeField(_("ultima modifica"), editable=False, db_default=Now())
    life_order = models.GeneratedField(
        expression=Case(*(When(state=state, then=n) for n, state in enumerate(LIFE)), default=len(LIFE)),
        output_field=models.PositiveSmallIntegerField(),
        db_persist=True,
    )
    funding_source = models.SlugField(_("chi finanzia"), max_length=40, blank=True, default="", db_default="", db_index=False)  # rule 78
    # The study's questions (domain.md §8.3): author of the judgement kept beside it.
    is_additional = models.BooleanField(_("in più rispetto a quelli già previsti"), default=False)
    day_centre_alternative = models.BooleanField(_("l'alternativa era un posto al centro diurno"), default=False)
    day_centre_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+")
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+")
    validated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+")
    validated_at = models.DateTimeField(null=True, editable=False)
    # The act that was the second key, when one person alone prepared and validated (house.md, Four eyes)
    validation_act = models.CharField(_("atto della convalida"), max_length=60, blank=True, editable=False)
    validation_act_on = models.DateField(_("data dell'atto"), null=True, editable=False)
    validation_act_file = models.ForeignKey("core.Upload", models.PROTECT, null=True, editable=False, related_name="+")
    # Who insures, where it is not as the rule book says (rules 19, 20)
    inail_by = models.CharField(_("chi assicura all'INAIL"), max_length=10, choices=Insurer, blank=True)
    liability_by = models.CharField(_("chi assicura la responsabilità civile"), max_length=10, choices=Insurer, blank=True)
    needs_fitness = models.BooleanField(_("serve la visita medica di idoneità"), default=False)
    # Renewal (rule 11): the placement it goes on from, why, and the opinion wanted when the project is the same at the same host
    parent = models.ForeignKey("self", models.PROTECT, null=True, editable=False, related_name="renewals", verbose_name=_("rinnovo di"))
    renewal_reason = models.CharField(_("perché si rinnova"), max_length=500, blank=True, editable=False)
    opinion = models.CharField(_("parere sul rinnovo"), max_length=500, blank=True, editable=False)
    opinion_by = models.CharField(_("di chi è il parere"), max_length=120, blank=True, editable=False)

    class Meta:
        verbose_name = _("tirocinio")
        verbose_name_plural = _("tirocini")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="agreements_placement_dates",
                violation_error_message=_("La data di fine viene prima di quella di inizio."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=OVER, ended_on__isnull=False) | (~Q(state__in=OVER) & Q(ended_on=None)),
                name="agreements_placement_ended",
            ),
            models.CheckConstraint(
                condition=Q(validated_at=None, validated_by=None) | Q(validated_at__isnull=False, validated_by__isnull=False),
                name="agreements_placement_validated",
            ),
            models.CheckConstraint(
                condition=Q(validated_by=None)
                | ~Q(validated_by=F("prepared_by"))
                | (~Q(validation_act="") & Q(validation_act_on__isnull=False)),
                name="agreements_placement_four_eyes",
                violation_error_message=_("Serve una seconda persona: chi ha preparato non può anche approvare."),
            ),
            models.CheckConstraint(condition=Q(parent=None) | ~Q(renewal_reason=""), name="agreements_placement_renewal"),
            models.CheckConstraint(
                condition=~Q(state__in=LIVE)
                | Q(entered_on__isnull=False)
                | Q(agreement__isnull=False, company_tutor__isnull=False, promoter_tutor__isnull=False),
                name="agreements_placement_live_complete",
            ),
            # Rule 12: one placement at a time per person, where the rule book says so.
            ExclusionConstraint(
                name="agreements_placement_one_at_a_time",
                expressions=[
                    ("beneficiary", RangeOperators.EQUAL),
                    (
                        Func(
                            "starts_on", "ends_on", RangeBoundary(inclusive_upper=True), function="daterange", output_field=DateRangeField()
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(exclusive=True, state__in=LIVE),
                violation_error_message=_("Questa persona ha già un tirocinio nello stesso periodo."),
            ),
        ]
        indexes = [
            models.Index(fields=["ambito", "-starts_on", "-id"], name="agreements_by_start"),
            models.Index(fields=["ambito", "state", "-starts_on", "-id"], name="agreements_by_state"),
            models.Index(fields=["ambito", "state", "-changed_at", "-id"], name="agreements_state_change"),
            models.Index(fields=["ambito", "state", "person_key", "id"], name="agreements_state_name"),
            models.Index(fields=["ambito", "-changed_at", "-id"], name="agreements_by_change"),
            models.Index(fields=["ambito", "person_key", "id"], name="agreements_by_name"),
            models.Index(fields=["ambito", "life_order", "-starts_on", "-id"], name="agreements_by_life"),
            models.Index(
                fields=["ambito", "-starts_on", "-id"], include=["state"], condition=Q(state__in=TO_START), name="agreements_to_start"
            ),
            models.Index(fields=["ambito", "ends_on", "id"], include=["state"], condition=Q(ended_on=None), name="agreements_by_end"),
            # Counts of what is prepared or runs, from the index alone: the id is what row-level security looks at.
            models.Index(fields=["ambito", "state", "company"], include=["id"], condition=Q(state__in=WATCHED), name="agreements_watched"),
            GinIndex(F("ambito"), OpClass(F("person_key"), name="gin_trgm_ops"), name="agreements_search"),
            models.Index(fields=["company", "ambito", "-starts_on", "-id"], name="agreements_by_host"),
            models.Index(fields=["company_tutor", "state"], name="agreements_by_tutor"),
            models.Index(fields=["beneficiary", "-starts_on"], name="agreements_by_person"),
        ]

    @property
    def state_label(self) -> str:
        """As get_state_display, without going through every choice: lists ask it of each row."""
        return str(PlacementState(self.state).label)

    @property
    def last_day(self) -> date:
        """The day after which nothing of this placement can happen."""
        return self.ended_on or self.ends_on

    @property
    def kept_from(self) -> date:
        """The first day whose presence is kept here: of an inherited placement the day it came in."""
        return self.entered_on or self.starts_on

    @property
    def is_watched(self) -> bool:
        """Whether the start light still matters."""
        return self.state in WATCHED
