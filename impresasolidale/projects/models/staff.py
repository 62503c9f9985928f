"""Hours that people of the partners give to a project, what an hour costs, and the month that becomes an expense."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.models import NetworkOwned, Record, Versioned

from ..enums import SheetState, StaffKind
from .expenses import Expense
from .files import ProjectFile
from .partners import Partner
from .projects import Project, WorkPackage


class StaffMember(Record, Versioned, NetworkOwned):
    """Somebody who works for a partner. Outside the office they are their `code`."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="staff", verbose_name=_("partner"))
    code = models.CharField(_("codice"), max_length=10)  # "P-01"
    name = models.CharField(_("nome e cognome"), max_length=120)
    qualification = models.CharField(_("qualifica"), max_length=120)
    kind = models.CharField(_("tipo"), max_length=12, choices=StaffKind)

    class Meta:
        verbose_name = _("persona del personale")
        verbose_name_plural = _("personale dei progetti")
        constraints = [
            models.UniqueConstraint(
                fields=["network", "code"], name="projects_staff_code", violation_error_message=_("C'è già una persona con questo codice.")
            )
        ]

    def __str__(self) -> str:
        return self.name


class HourlyRate(NetworkOwned):
    """What an hour of somebody costs, in euro, from a day to a day, and where the figure comes from."""

    member = models.ForeignKey(StaffMember, models.PROTECT, related_name="rates", verbose_name=_("persona del personale"))
    valid_from = models.DateField(_("dal"))
    valid_to = models.DateField(_("al"), null=True)
    value = models.DecimalField(_("euro all'ora"), max_digits=12, decimal_places=6)
    source = models.CharField(_("da dove viene"), max_length=200)

    class Meta:
        verbose_name = _("costo orario")
        verbose_name_plural = _("costi orari")
        constraints = [
            models.UniqueConstraint(
                fields=["member", "valid_from"],
                name="projects_rate_once",
                violation_error_message=_("C'è già un costo orario da questo giorno."),
            ),
            models.CheckConstraint(
                condition=Q(value__gt=0),
                name="projects_rate_positive",
                violation_error_message=_("Il costo orario deve essere maggiore di zero."),
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="projects_rate_dates",
                violation_error_message=_("La data di fine viene prima di quella di inizio."),
            ),
        ]


class StaffSheet(Record, Versioned, NetworkOwned):
    """One month of one person on one project. `month` is its first day. Signed, its hours stand; charged, it is an expense, once."""

    member = models.ForeignKey(StaffMember, models.PROTECT, related_name="sheets", verbose_name=_("persona del personale"))
    project = models.ForeignKey(Project, models.PROTECT, related_name="sheets", verbose_name=_("progetto"))
    month = models.DateField(_("mese"))
    signed_on = models.DateField(_("firmato il"), null=True)
    scan = models.ForeignKey(ProjectFile, models.PROTECT, null=True, related_name="+", verbose_name=_("foglio firmato"))
    state = models.CharField(_("stato"), max_length=10, choices=SheetState, default=SheetState.OPEN)
    expense = models.OneToOneField(Expense, models.PROTECT, null=True, related_name="sheet", verbose_name=_("spesa del progetto"))

    class Meta:
        verbose_name = _("foglio ore del personale")
        verbose_name_plural = _("fogli ore del personale")
        constraints = [
            models.UniqueConstraint(fields=["member", "project", "month"], name="projects_sheet_once"),
            models.CheckConstraint(
                condition=Q(state="open", signed_on=None, scan=None) | (~Q(state="open") & Q(signed_on__isnull=False, scan__isnull=False)),
                name="projects_sheet_signed",
            ),
            models.CheckConstraint(
                condition=Q(state="charged", expense__isnull=False) | (~Q(state="charged") & Q(expense=None)), name="projects_sheet_charged"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member}, {self.month:%m/%Y}"


class StaffHours(NetworkOwned):
    """Minutes of one day on one piece of the work."""

    sheet = models.ForeignKey(StaffSheet, models.CASCADE, related_name="hours", verbose_name=_("foglio ore del personale"))
    work_package = models.ForeignKey(WorkPackage, models.PROTECT, related_name="+", verbose_name=_("azione del progetto"))
    day = models.DateField(_("giorno"))
    minutes = models.PositiveSmallIntegerField(_("minuti"))

    class Meta:
        verbose_name = _("ore di un giorno")
        verbose_name_plural = _("ore dei giorni")
        constraints = [
            models.UniqueConstraint(fields=["sheet", "day", "work_package"], name="projects_hours_once"),
            models.CheckConstraint(condition=Q(minutes__gt=0, minutes__lte=1440), name="projects_hours_of_a_day"),
        ]
