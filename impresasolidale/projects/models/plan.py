"""What was promised: cost items, sources, and the plan in its versions. Sums are never kept: they are those of the lines."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import NetworkOwned, Record, Versioned

from ..enums import PlanState, SourceKind
from .projects import Participation, Project


class CostItem(Record, NetworkOwned):
    """A voce di costo of one project. `is_confirmed` False: its code was recalled, not read in the funder's guide ([U], domain.md §6)."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="items", verbose_name=_("progetto"))
    code = models.CharField(_("codice"), max_length=10)
    name = models.CharField(_("nome"), max_length=120)
    is_confirmed = models.BooleanField(_("confermata con il finanziatore"), default=False)

    class Meta:
        verbose_name = _("voce di costo")
        verbose_name_plural = _("voci di costo")
        constraints = [
            models.UniqueConstraint(
                fields=["project", "code"], name="projects_costitem_code", violation_error_message=_("C'è già una voce con questo codice.")
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class ProjectSource(Record, NetworkOwned):
    """Where a part of the money comes from."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="sources", verbose_name=_("progetto"))
    kind = models.CharField(_("tipo"), max_length=12, choices=SourceKind)
    name = models.CharField(_("nome"), max_length=120)

    class Meta:
        verbose_name = _("fonte del progetto")
        verbose_name_plural = _("fonti del progetto")
        constraints = [
            models.UniqueConstraint(
                fields=["project", "name"], name="projects_source_name", violation_error_message=_("C'è già una fonte con questo nome.")
            )
        ]

    def __str__(self) -> str:
        return self.name


class BudgetPlan(Record, Versioned, NetworkOwned):
    """One version of the plan. Version 1 stands on the grant letter, each later one is a ridefinizione with its act, day and reason."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="plans", verbose_name=_("progetto"))
    version = models.PositiveSmallIntegerField(_("versione"))
    state = models.CharField(_("stato"), max_length=12, choices=PlanState, default=PlanState.DRAFT)
    act_number = models.CharField(_("numero dell'atto"), max_length=40, blank=True)
    act_on = models.DateField(_("data dell'atto"), null=True)
    reason = models.CharField(_("perché cambia"), max_length=300, blank=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("in vigore per"))

    class Meta:
        verbose_name = _("piano economico")
        verbose_name_plural = _("piani economici")
        constraints = [
            models.UniqueConstraint(fields=["project", "version"], name="projects_plan_version"),
            models.UniqueConstraint(fields=["project"], condition=Q(state="in_force"), name="projects_plan_one_in_force"),
            models.UniqueConstraint(
                fields=["project"],
                condition=Q(state="draft"),
                name="projects_plan_one_draft",
                violation_error_message=_("C'è già una ridefinizione in preparazione."),
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | (~Q(act_number="") & Q(act_on__isnull=False)), name="projects_plan_has_act"
            ),
            models.CheckConstraint(condition=Q(state="draft") | Q(version=1) | ~Q(reason=""), name="projects_plan_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.project}, {self.version}"


class PlanLine(NetworkOwned):
    """Euro of one item, for one partner, from one source."""

    plan = models.ForeignKey(BudgetPlan, models.CASCADE, related_name="lines", verbose_name=_("piano economico"))
    item = models.ForeignKey(CostItem, models.PROTECT, related_name="+", verbose_name=_("voce di costo"))
    participation = models.ForeignKey(Participation, models.PROTECT, related_name="+", verbose_name=_("partner"))
    source = models.ForeignKey(ProjectSource, models.PROTECT, related_name="+", verbose_name=_("fonte"))
    amount = models.DecimalField(_("importo in euro"), max_digits=12, decimal_places=2)

    class Meta:
        verbose_name = _("riga del piano economico")
        verbose_name_plural = _("righe del piano economico")
        constraints = [
            models.UniqueConstraint(fields=["plan", "item", "participation", "source"], name="projects_planline_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="projects_planline_positive"),
        ]
