"""What came of it: indicators with their baseline, milestones, and what the network did and told together."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import NetworkOwned, Record, Versioned

from ..enums import ActionKind, Measure
from .files import ProjectFile
from .partners import Partner
from .projects import Project, WorkPackage


class ProjectIndicator(Record, Versioned, NetworkOwned):
    """A promised figure. `measure` says where its value comes from; `less_baseline`: what was there before is taken off it.

    "About 30 additional TRR in a year": starts of the project year, less those of the year before it (the baseline, with its source).
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="indicators", verbose_name=_("progetto"))
    name = models.CharField(_("nome"), max_length=120)
    definition = models.CharField(_("che cosa dice"), max_length=300)
    measure = models.CharField(_("da dove viene il valore"), max_length=30, choices=Measure)
    less_baseline = models.BooleanField(_("si toglie il valore di partenza"), default=False)
    baseline = models.PositiveIntegerField(_("valore di partenza"), default=0)
    baseline_source = models.CharField(_("fonte del valore di partenza"), max_length=200, blank=True)
    target = models.PositiveIntegerField(_("obiettivo"))
    recorded_value = models.PositiveIntegerField(_("valore scritto a mano"), null=True, blank=True)
    recorded_on = models.DateField(_("valore del"), null=True, blank=True)
    evidence = models.CharField(_("dove si vede"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("indicatore del progetto")
        verbose_name_plural = _("indicatori del progetto")
        constraints = [
            models.UniqueConstraint(
                fields=["project", "name"],
                name="projects_indicator_name",
                violation_error_message=_("C'è già un indicatore con questo nome."),
            ),
            models.CheckConstraint(
                condition=Q(target__gt=0), name="projects_indicator_target", violation_error_message=_("L'obiettivo è più di zero.")
            ),
            models.CheckConstraint(
                condition=Q(less_baseline=False) | ~Q(baseline_source=""),
                name="projects_indicator_baseline",
                violation_error_message=_("Scrivi da dove viene il valore di partenza."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Milestone(Record, Versioned, NetworkOwned):
    """Something that is to be there by a day, and the day it was."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="milestones", verbose_name=_("progetto"))
    work_package = models.ForeignKey(
        WorkPackage, models.PROTECT, null=True, blank=True, related_name="milestones", verbose_name=_("azione del progetto")
    )
    name = models.CharField(_("tappa"), max_length=160)
    due_on = models.DateField(_("entro il"))
    done_on = models.DateField(_("raggiunta il"), null=True, blank=True)
    evidence = models.CharField(_("dove si vede"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("tappa del progetto")
        verbose_name_plural = _("tappe del progetto")

    def __str__(self) -> str:
        return self.name


class NetworkAction(Record, Versioned, NetworkOwned):
    """A network or communication action. That the funder's logo is on it is looked at by somebody, who stands beside it (rule 78).

    `consent`: why the people in the photo may be shown.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="actions", verbose_name=_("progetto"))
    kind = models.CharField(_("tipo"), max_length=10, choices=ActionKind)
    on = models.DateField(_("il"))
    title = models.CharField(_("che cosa"), max_length=160)
    place = models.CharField(_("dove"), max_length=120, blank=True)
    people_reached = models.PositiveIntegerField(_("persone raggiunte"), null=True, blank=True)
    link = models.URLField(_("collegamento"), max_length=300, blank=True)
    photo = models.ForeignKey(ProjectFile, models.PROTECT, null=True, related_name="+", verbose_name=_("fotografia"))
    consent = models.CharField(_("consenso alle immagini"), max_length=200, blank=True)
    logo_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("logo del finanziatore visto da")
    )
    logo_at = models.DateTimeField(_("logo visto il"), null=True)

    class Meta:
        verbose_name = _("azione di rete")
        verbose_name_plural = _("azioni di rete")
        constraints = [
            models.CheckConstraint(
                condition=Q(photo=None) | ~Q(consent=""),
                name="projects_action_consent",
                violation_error_message=_("Con una fotografia serve il consenso di chi si vede, oppure che non si riconosce nessuno."),
            ),
            models.CheckConstraint(
                condition=Q(logo_by=None, logo_at=None) | Q(logo_by__isnull=False, logo_at__isnull=False), name="projects_action_logo"
            ),
        ]
        indexes = [models.Index(fields=["project", "-on", "-id"], name="projects_action_newest")]

    def __str__(self) -> str:
        return self.title


class ActionPartner(NetworkOwned):
    """A partner that took part in an action."""

    action = models.ForeignKey(NetworkAction, models.CASCADE, related_name="partners", verbose_name=_("azione di rete"))
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", verbose_name=_("partner"))

    class Meta:
        verbose_name = _("partner di un'azione")
        verbose_name_plural = _("partner delle azioni")
        constraints = [models.UniqueConstraint(fields=["action", "partner"], name="projects_actionpartner_once")]
