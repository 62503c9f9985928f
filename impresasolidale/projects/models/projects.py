"""A project that a funder pays for, who takes part in it, the pieces its work is made of."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import NetworkOwned, Record, Versioned

from ..enums import ProjectRole, ProjectState
from .partners import Partner


class Project(Record, Versioned, NetworkOwned):
    """What the grant letter says. `funding_source` is the code that placements and papers carry for this funder (rule 78).

    `pot`: where what the funder pays is kept; opened when the first instalment is recorded. `grant_amount` in euro.
    """

    code = models.CharField(_("codice"), max_length=20)
    title = models.CharField(_("titolo"), max_length=160)
    cup = models.CharField(_("CUP"), max_length=15, blank=True)
    cig = models.CharField(_("CIG"), max_length=10, blank=True)
    funder = models.CharField(_("finanziatore"), max_length=120)
    funding_source = models.SlugField(_("codice del finanziatore"), max_length=40, blank=True, db_index=False)
    letter_number = models.CharField(_("numero della lettera di contributo"), max_length=40)
    letter_on = models.DateField(_("data della lettera"))
    grant_amount = models.DecimalField(_("contributo concesso, in euro"), max_digits=12, decimal_places=2)
    starts_on = models.DateField(_("inizio"))
    ends_on = models.DateField(_("fine"))
    report_due_on = models.DateField(_("termine del rendiconto finale"))
    pot = models.ForeignKey("treasury.Pot", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("salvadanaio"))
    state = models.CharField(_("stato"), max_length=10, choices=ProjectState, default=ProjectState.PLANNED, editable=False)

    class Meta:
        verbose_name = _("progetto finanziato")
        verbose_name_plural = _("progetti finanziati")
        constraints = [
            models.UniqueConstraint(
                fields=["network", "code"],
                name="projects_project_code",
                violation_error_message=_("C'è già un progetto con questo codice."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")) & Q(report_due_on__gte=F("ends_on")),
                name="projects_project_dates",
                violation_error_message=_("Le date vanno in quest'ordine: inizio, fine, termine del rendiconto."),
            ),
            models.CheckConstraint(
                condition=Q(grant_amount__gt=0),
                name="projects_project_grant",
                violation_error_message=_("Il contributo deve essere maggiore di zero."),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Participation(Record, NetworkOwned):
    """A partner in a project. One leads."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="participations", verbose_name=_("progetto"))
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="participations", verbose_name=_("partner"))
    role = models.CharField(_("ruolo"), max_length=10, choices=ProjectRole)
    since = models.DateField(_("dal"))
    until = models.DateField(_("al"), null=True, blank=True)

    class Meta:
        verbose_name = _("partecipazione al progetto")
        verbose_name_plural = _("partecipazioni al progetto")
        constraints = [
            models.UniqueConstraint(
                fields=["project", "partner"],
                name="projects_participation_once",
                violation_error_message=_("Questo partner è già nel progetto."),
            ),
            models.UniqueConstraint(
                fields=["project"],
                condition=Q(role="lead"),
                name="projects_participation_one_lead",
                violation_error_message=_("Il progetto ha già un capofila."),
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")),
                name="projects_participation_dates",
                violation_error_message=_("La data di fine viene prima di quella di inizio."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.partner)


class WorkPackage(Record, NetworkOwned):
    """A piece of the work (azione): hours are written on it, milestones belong to it."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="work_packages", verbose_name=_("progetto"))
    code = models.CharField(_("codice"), max_length=10)
    name = models.CharField(_("nome"), max_length=120)

    class Meta:
        verbose_name = _("azione del progetto")
        verbose_name_plural = _("azioni del progetto")
        constraints = [
            models.UniqueConstraint(
                fields=["project", "code"],
                name="projects_workpackage_code",
                violation_error_message=_("C'è già un'azione con questo codice."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
