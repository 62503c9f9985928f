"""Agreements and placements: the framework agreement with a host, the TRR and its personal project, covers, signatures, start light."""

from datetime import date

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import AmbitoOwned, Record, Versioned

from .enums import (
    LIVE,
    WATCHED,
    AgreementState,
    AllowanceModel,
    CoverKind,
    ItemKind,
    PlacementState,
    Sender,
    SignatureMethod,
    SignerRole,
    TaxTreatment,
)


class FrameworkAgreement(Record, Versioned, AmbitoOwned):
    """Convenzione between the promoter (the Ambito's body) and a host; may cover several placements (DGR X/5451; rule 1)."""

    company = models.ForeignKey("hosts.Company", models.PROTECT, related_name="agreements", verbose_name=_("impresa"))
    state = models.CharField(_("stato"), max_length=20, choices=AgreementState, default=AgreementState.DRAFT)
    valid_from = models.DateField(_("vale dal"))
    valid_to = models.DateField(_("vale fino al"))
    document = models.OneToOneField("core.Document", models.PROTECT, null=True, related_name="+", verbose_name=_("documento"))
    signed_on = models.DateField(_("firmata il"), null=True)

    class Meta:
        verbose_name = _("convenzione")
        verbose_name_plural = _("convenzioni")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__gte=F("valid_from")),
                name="agreements_framework_dates",
                violation_error_message=_("La data di fine viene prima di quella di inizio."),
            ),
            models.CheckConstraint(condition=~Q(state="signed") | Q(signed_on__isnull=False), name="agreements_framework_signed"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "withdrawn"]) | Q(document__isnull=False), name="agreements_framework_paper"
            ),
        ]
        indexes = [models.Index(fields=["ambito", "company", "-valid_to"], name="agreements_framework_company")]


class Cover(Record, AmbitoOwned):
    """An insurance cover of the promoter over all its placements of a period (rules 19 and 20)."""

    kind = models.CharField(_("copertura"), max_length=10, choices=CoverKind)
    number = models.CharField(_("posizione o polizza"), max_length=60)
    insurer = models.CharField(_("assicuratore"), max_length=120)
    valid_from = models.DateField(_("dal"))
    valid_to = models.DateField(_("al"))

    class Meta:
        verbose_name = _("copertura assicurativa")
        verbose_name_plural = _("coperture assicurative")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__gte=F("valid_from")),
                name="agreements_cover_dates",
                violation_error_message=_("La data di fine viene prima di quella di inizio."),
            )
        ]


class Placement(Record, Versioned, AmbitoOwned):
    """One TRR: not employment, not aimed at hiring. Keeps the rule book of its start, through extensions (rule 90)."""

    class Kind(models.TextChoices):
        TRR = "trr", _("tirocinio riabilitativo risocializzante")

    kind = models.CharField(max_length=10, choices=Kind, default=Kind.TRR)
    beneficiary = models.ForeignKey("beneficiaries.Beneficiary", models.PROTECT, related_name="placements", verbose_name=_("persona"))
    company = models.ForeignKey("hosts.Company", models.PROTECT, related_name="placements", verbose_name=_("impresa"))
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
    exclusive = models.BooleanField(default=True, editable=False)  # copied from rule 12 at validation
    # The study's questions (domain.md §8.3): author of the judgement kept beside it.
    is_additional = models.BooleanField(_("in più rispetto a quelli già previsti"), default=False)
    day_centre_alternative = models.BooleanField(_("l'alternativa era un posto al centro diurno"), default=False)
    day_centre_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+")
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+")
    validated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+")
    validated_at = models.DateTimeField(null=True, editable=False)
    # Compulsory communication (rules 22, 23)
    communication_sender = models.CharField(_("chi invia la comunicazione obbligatoria"), max_length=10, choices=Sender, blank=True)
    communication_on = models.DateField(_("comunicazione inviata il"), null=True, blank=True)
    communication_number = models.CharField(_("codice della comunicazione"), max_length=40, blank=True)
    # Safety (rules 25, 26)
    safety_training_on = models.DateField(_("formazione sulla sicurezza fatta il"), null=True, blank=True)
    safety_training_hours = models.PositiveSmallIntegerField(_("ore di formazione sulla sicurezza"), null=True, blank=True)
    needs_fitness = models.BooleanField(_("serve la visita medica di idoneità"), default=False)
    fitness_on = models.DateField(_("idoneità medica del"), null=True, blank=True)

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
                condition=Q(state__in=["ended", "ended_early", "closed"], ended_on__isnull=False)
                | (~Q(state__in=["ended", "ended_early", "closed"]) & Q(ended_on=None)),
                name="agreements_placement_ended",
            ),
            models.CheckConstraint(
                condition=Q(validated_at=None, validated_by=None) | Q(validated_at__isnull=False, validated_by__isnull=False),
                name="agreements_placement_validated",
            ),
            models.CheckConstraint(
                condition=Q(validated_by=None) | ~Q(validated_by=F("prepared_by")),
                name="agreements_placement_four_eyes",
                violation_error_message=_("Serve una seconda persona: chi ha preparato non può anche approvare."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=LIVE) | Q(agreement__isnull=False, company_tutor__isnull=False, promoter_tutor__isnull=False),
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
            models.Index(fields=["company", "state"], name="agreements_by_company"),
            models.Index(fields=["company_tutor", "state"], name="agreements_by_tutor"),
            models.Index(fields=["beneficiary", "-starts_on"], name="agreements_by_person"),
        ]

    @property
    def last_day(self) -> date:
        """The day after which nothing of this placement can happen."""
        return self.ended_on or self.ends_on

    @property
    def is_watched(self) -> bool:
        """Whether the start light still matters."""
        return self.state in WATCHED


class PersonalProject(Record, Versioned, AmbitoOwned):
    """Progetto personalizzato: one version of what was agreed. Once somebody signed it never changes."""

    placement = models.ForeignKey(Placement, models.CASCADE, related_name="projects", verbose_name=_("tirocinio"))
    version = models.PositiveSmallIntegerField(_("versione"), default=1)
    tasks = models.TextField(_("attività"))
    adaptations = models.TextField(_("adattamenti e attenzioni"), blank=True)
    outside_activities = models.CharField(_("attività fuori sede"), max_length=300, blank=True)  # rule 21
    weekly_minutes = models.PositiveIntegerField(_("minuti alla settimana"))
    allowance_model = models.CharField(_("contributo motivazionale"), max_length=20, choices=AllowanceModel)
    allowance_amount = models.DecimalField(
        _("importo in euro"), max_digits=8, decimal_places=2, default=0, validators=[MinValueValidator(0), MaxValueValidator(2000)]
    )
    payer = models.ForeignKey("territory.Body", models.PROTECT, related_name="+", verbose_name=_("ente che versa il contributo"))
    tax_treatment = models.CharField(_("trattamento fiscale"), max_length=10, choices=TaxTreatment, default=TaxTreatment.EXEMPT)
    tax_motive = models.CharField(_("motivo"), max_length=200, blank=True)
    document = models.OneToOneField("core.Document", models.PROTECT, null=True, related_name="+", verbose_name=_("documento"))

    class Meta:
        verbose_name = _("progetto personalizzato")
        verbose_name_plural = _("progetti personalizzati")
        constraints = [
            models.UniqueConstraint(fields=["placement", "version"], name="agreements_project_version_once"),
            models.CheckConstraint(
                condition=Q(weekly_minutes__gt=0, weekly_minutes__lte=2400),
                name="agreements_project_weekly_minutes",
                violation_error_message=_("Le ore alla settimana devono essere tra 1 e 40."),
            ),
            models.CheckConstraint(
                condition=Q(allowance_model="none", allowance_amount=0) | (~Q(allowance_model="none") & Q(allowance_amount__gt=0)),
                name="agreements_project_allowance",
                violation_error_message=_("Indica l'importo del contributo, oppure scegli «nessun contributo»."),
            ),
        ]


class Goal(AmbitoOwned):
    """One of the three to five goals of a project."""

    project = models.ForeignKey(PersonalProject, models.CASCADE, related_name="goals", verbose_name=_("progetto"))
    position = models.PositiveSmallIntegerField()
    text = models.CharField(_("obiettivo"), max_length=240)

    class Meta:
        verbose_name = _("obiettivo")
        verbose_name_plural = _("obiettivi")
        constraints = [models.UniqueConstraint(fields=["project", "position"], name="agreements_goal_once")]


class WeekDay(AmbitoOwned):
    """The weekly pattern of a project: one row a day, minutes planned (rule 14)."""

    project = models.ForeignKey(PersonalProject, models.CASCADE, related_name="week", verbose_name=_("progetto"))
    weekday = models.PositiveSmallIntegerField(_("giorno"), validators=[MaxValueValidator(6)])  # 0 = Monday
    starts_at = models.TimeField(_("dalle"))
    minutes = models.PositiveSmallIntegerField(_("minuti"))

    class Meta:
        verbose_name = _("giorno della settimana")
        verbose_name_plural = _("settimana")
        constraints = [
            models.UniqueConstraint(fields=["project", "weekday"], name="agreements_weekday_once"),
            models.CheckConstraint(condition=Q(minutes__gt=0, minutes__lte=600), name="agreements_weekday_minutes"),
        ]


class Signature(Record, AmbitoOwned):
    """One party signed one paper. Append-only; bound to the paper's version by its hash."""

    document = models.ForeignKey("core.Document", models.PROTECT, related_name="signatures", verbose_name=_("documento"))
    role = models.CharField(_("chi firma"), max_length=20, choices=SignerRole)
    signer = models.CharField(_("nome e cognome di chi ha firmato"), max_length=120)
    method = models.CharField(_("come"), max_length=10, choices=SignatureMethod)
    signed_on = models.DateField(_("firmato il"))
    scan = models.ForeignKey("core.Upload", models.PROTECT, related_name="+", verbose_name=_("scansione"))
    context_hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("firma")
        verbose_name_plural = _("firme")
        constraints = [
            models.UniqueConstraint(
                fields=["document", "role"], name="agreements_signature_once", violation_error_message=_("Questa firma è già registrata.")
            )
        ]


class ReadinessItem(AmbitoOwned):
    """One light of the start light. Open: neither satisfied nor waived. Only the readiness service writes it."""

    class Severity(models.TextChoices):
        BLOCK = "block", _("blocca l'inizio")
        WARN = "warn", _("avviso")

    placement = models.ForeignKey(Placement, models.CASCADE, related_name="readiness", verbose_name=_("tirocinio"))
    kind = models.CharField(max_length=20, choices=ItemKind)
    rule = models.PositiveSmallIntegerField(_("regola"))
    severity = models.CharField(max_length=5, choices=Severity)
    why = models.CharField(_("perché"), max_length=240, blank=True)
    satisfied_at = models.DateTimeField(null=True)
    expires_on = models.DateField(_("vale fino al"), null=True)
    waived_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("deroga di"))
    reason = models.TextField(_("motivo della deroga"), blank=True)

    class Meta:
        verbose_name = _("voce del semaforo")
        verbose_name_plural = _("semaforo")
        constraints = [
            models.UniqueConstraint(fields=["placement", "kind"], name="agreements_readiness_once"),
            models.CheckConstraint(
                condition=Q(waived_by=None, reason="") | (Q(waived_by__isnull=False) & ~Q(reason="")), name="agreements_readiness_waiver"
            ),
        ]
        indexes = [
            models.Index(fields=["placement", "severity"], condition=Q(satisfied_at=None, waived_by=None), name="agreements_open_items")
        ]

    @property
    def is_open(self) -> bool:
        return self.satisfied_at is None and self.waived_by_id is None

    @property
    def light(self) -> str:
        """ "green", "amber" (an open warning) or "red" (an open block)."""
        return "green" if not self.is_open else "red" if self.severity == self.Severity.BLOCK else "amber"
