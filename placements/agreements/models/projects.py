"""What was agreed: the versions of the personal project, with their goals and week."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import AmbitoOwned, ManyAmbitoOwned, Record, Versioned

from ..change_enums import PastCause
from ..enums import IN_WORK, AllowanceModel, ProjectKind, ProjectState, TaxTreatment
from .placements import Placement

DETAILS = ("not_to_do", "protective_equipment", "facilities", "travel")


class PersonalProject(Record, Versioned, ManyAmbitoOwned):
    """Progetto personalizzato: one version of what was agreed. Once somebody signed it never changes but in how it is spelt.

    The placement carries the dates and tutors in force; a version that becomes effective writes its own there.
    """

    placement = models.ForeignKey(Placement, models.CASCADE, related_name="projects", verbose_name=_("tirocinio"))
    version = models.PositiveSmallIntegerField(_("versione"), default=1)
    kind = models.CharField(_("tipo"), max_length=10, choices=ProjectKind, default=ProjectKind.INITIAL)
    state = models.CharField(_("stato"), max_length=10, choices=ProjectState, default=ProjectState.DRAFTED)
    effective_from = models.DateField(_("vale dal"))
    ends_on = models.DateField(_("fine"))
    reason = models.CharField(_("perché cambia"), max_length=300, blank=True)
    past_cause = models.CharField(_("perché vale da prima"), max_length=10, choices=PastCause, blank=True)
    tasks = models.TextField(_("attività"))
    adaptations = models.TextField(_("adattamenti e attenzioni"), blank=True)
    outside_activities = models.CharField(_("attività fuori sede"), max_length=300, blank=True)  # rule 21
    # Details of domain.md §2.2 that the host must know; DETAILS names them
    not_to_do = models.CharField(_("che cosa non deve fare"), max_length=300, blank=True, default="", db_default="")
    protective_equipment = models.CharField(_("dispositivi di protezione"), max_length=200, blank=True, default="", db_default="")
    facilities = models.CharField(_("altre agevolazioni"), max_length=200, blank=True, default="", db_default="")
    travel = models.CharField(_("come arriva"), max_length=200, blank=True, default="", db_default="")
    weekly_minutes = models.PositiveIntegerField(_("minuti alla settimana"))
    allowance_model = models.CharField(_("contributo motivazionale"), max_length=20, choices=AllowanceModel)
    allowance_amount = models.DecimalField(
        _("importo in euro"), max_digits=8, decimal_places=2, default=0, validators=[MinValueValidator(0), MaxValueValidator(2000)]
    )
    allowance_cap = models.DecimalField(  # of an hourly allowance; none: the rule book's ceiling
        _("tetto al mese in euro"), max_digits=8, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    meals_provided = models.BooleanField(_("l'impresa offre i pasti"), default=False)
    transport_provided = models.BooleanField(_("il trasporto è offerto"), default=False)
    payer = models.ForeignKey("territory.Body", models.PROTECT, related_name="+", verbose_name=_("ente che versa il contributo"))
    tax_treatment = models.CharField(_("trattamento fiscale"), max_length=10, choices=TaxTreatment, default=TaxTreatment.EXEMPT)
    tax_motive = models.CharField(_("motivo"), max_length=200, blank=True)
    document = models.OneToOneField("core.Document", models.PROTECT, null=True, related_name="+", verbose_name=_("documento"))
    # Of an inherited placement that came from a file: it runs on papers nobody has scanned yet.
    awaits_papers = models.BooleanField(_("aspetta le carte firmate"), default=False, editable=False)

    class Meta:
        verbose_name = _("progetto personalizzato")
        verbose_name_plural = _("progetti personalizzati")
        constraints = [
            models.UniqueConstraint(fields=["placement", "version"], name="agreements_project_version_once"),
            models.UniqueConstraint(
                fields=["placement"],
                condition=Q(state__in=IN_WORK),
                name="agreements_project_one_in_work",
                violation_error_message=_("C'è già una modifica in preparazione per questo tirocinio."),
            ),
            models.CheckConstraint(condition=Q(ends_on__gte=F("effective_from")), name="agreements_project_dates"),
            models.CheckConstraint(condition=Q(kind=ProjectKind.INITIAL) | ~Q(reason=""), name="agreements_project_reason"),
            models.CheckConstraint(
                condition=Q(state__in=[ProjectState.DRAFTED, ProjectState.WITHDRAWN]) | Q(document__isnull=False) ^ Q(awaits_papers=True),
                name="agreements_project_paper",
            ),
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
        indexes = [models.Index(fields=["ambito", "document"], condition=Q(state=ProjectState.TO_SIGN), name="agreements_project_to_sign")]


class Goal(AmbitoOwned):
    """One of the three to five goals of a project."""

    project = models.ForeignKey(PersonalProject, models.CASCADE, related_name="goals", verbose_name=_("progetto"))
    position = models.PositiveSmallIntegerField()
    text = models.CharField(_("obiettivo"), max_length=240)

    class Meta:
        verbose_name = _("obiettivo")
        verbose_name_plural = _("obiettivi")
        constraints = [models.UniqueConstraint(fields=["project", "position"], name="agreements_goal_once")]


class FundingShare(AmbitoOwned):
    """A pot that pays the allowance of a project, with its weight among the others. Never the solidarity fund's (house.md, Money)."""

    project = models.ForeignKey(PersonalProject, models.CASCADE, related_name="shares", verbose_name=_("progetto"))
    position = models.PositiveSmallIntegerField()
    pot = models.ForeignKey("treasury.Pot", models.PROTECT, related_name="+", verbose_name=_("salvadanaio"))
    weight = models.PositiveSmallIntegerField(_("parti"), default=100, validators=[MinValueValidator(1)])

    class Meta:
        verbose_name = _("fonte del contributo")
        verbose_name_plural = _("fonti del contributo")
        constraints = [
            models.UniqueConstraint(fields=["project", "position"], name="agreements_share_position"),
            models.UniqueConstraint(fields=["project", "pot"], name="agreements_share_once"),
            models.CheckConstraint(condition=Q(weight__gte=1), name="agreements_share_weight"),
        ]


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
