"""A placement while it is prepared: its plan."""

from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from companies.hosts.models import Company, CompanyTutor, Site
from impresasolidale.accounts.access import Access
from impresasolidale.accounts.models import User
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import Conflict, DomainError
from impresasolidale.core.views import check_version
from impresasolidale.territory.models import Ambito, Body, RuleBookVersion
from impresasolidale.territory.rules import Severity
from impresasolidale.territory.selectors import rules_for
from placements.beneficiaries.models import Beneficiary
from placements.beneficiaries.services import note_draft

from .. import readiness, rules
from ..enums import AllowanceModel, PlacementState, TaxTreatment
from ..models import Goal, PersonalProject, Placement, WeekDay
from .agreements import agreement_for

GOALS = (3, 5)  # at least and at most


@dataclass(frozen=True, kw_only=True)
class Day:
    """One day of the weekly pattern; 0 is Monday."""

    weekday: int
    starts_at: time
    minutes: int


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What the office writes of a placement: who with, where, when, what for."""

    company: Company
    site: Site
    company_tutor: CompanyTutor | None
    promoter_tutor: User | None
    starts_on: date
    ends_on: date
    week: tuple[Day, ...]
    tasks: str
    goals: tuple[str, ...]
    payer: Body
    adaptations: str = ""
    outside_activities: str = ""
    allowance_model: str = AllowanceModel.NONE
    allowance_amount: Decimal = Decimal(0)
    tax_treatment: str = TaxTreatment.EXEMPT
    tax_motive: str = ""
    is_additional: bool = False
    day_centre_alternative: bool = False
    needs_fitness: bool = False
    inail_by: str = ""  # who insures (enums.Insurer); empty: as the rule book says
    liability_by: str = ""
    hours_confirmed: bool = False  # the tick under the warning of rule 13

    @property
    def weekly_minutes(self) -> int:
        return rules.weekly_minutes((day.weekday, day.minutes) for day in self.week)


@transaction.atomic
def create_placement(*, beneficiary: Beneficiary, plan: Plan, by: Access, today: date) -> Placement:
    """A draft TRR with the first version of its project, under the rule book in force on its first day (rule 90)."""
    by.require(Permission.PREPARE_PLACEMENTS)
    if plan.starts_on < today:
        raise DomainError(_("L'inizio è già passato: scegli da oggi in poi."), field="starts_on")
    placement = Placement(ambito_id=by.ambito_id, beneficiary=beneficiary, created_by_id=by.actor_id, prepared_by_id=by.actor_id)
    lay_out(placement, plan, by=by)
    project = PersonalProject(ambito_id=by.ambito_id, placement=placement, created_by_id=by.actor_id)
    write_project(project, plan)
    record_fact("agreements.placement.created", placement, by=by)
    note_draft(beneficiary=beneficiary, by=by)
    readiness.refresh_readiness(placement=placement, by=by, today=today)
    return placement


@transaction.atomic
def edit_placement(*, placement: Placement, plan: Plan, row_version: int, by: Access, today: date) -> Placement:
    """Write the draft again. Whoever edits last has prepared it, and will not be the one who validates it."""
    by.require(Permission.PREPARE_PLACEMENTS)
    row = locked(placement)
    check_version(row, row_version)
    if row.state != PlacementState.DRAFT:
        raise Conflict(_("Solo una bozza si può modificare: prima riportala in bozza."))
    if plan.starts_on < today and plan.starts_on != row.starts_on:
        raise DomainError(_("L'inizio è già passato: scegli da oggi in poi."), field="starts_on")
    row.prepared_by_id, row.row_version = by.actor_id, row.row_version + 1
    lay_out(row, plan, by=by)
    write_project(row.projects.order_by("-version")[0], plan)
    record_fact("agreements.placement.edited", row, by=by)
    readiness.refresh_readiness(placement=row, by=by, today=today)
    return row


def locked(placement: Placement) -> Placement:
    """The placement's row, locked."""
    return Placement.objects.select_for_update(of=("self",), no_key=True).get(pk=placement.pk)


def lay_out(placement: Placement, plan: Plan, *, by: Access) -> None:
    """The placement's own columns. Refuses what no project may say."""
    version, _book = rules_for(Ambito.objects.get(pk=placement.ambito_id), plan.starts_on)
    _check(plan, version)
    placement.company, placement.site = plan.company, plan.site
    placement.company_tutor, placement.promoter_tutor = plan.company_tutor, plan.promoter_tutor
    placement.starts_on, placement.ends_on = plan.starts_on, plan.ends_on
    placement.rulebook = version
    placement.inail_by, placement.liability_by = plan.inail_by, plan.liability_by
    placement.is_additional = plan.is_additional
    if plan.day_centre_alternative != placement.day_centre_alternative:
        placement.day_centre_alternative = plan.day_centre_alternative
        placement.day_centre_by_id = by.actor_id if plan.day_centre_alternative else None
    placement.needs_fitness = plan.needs_fitness
    placement.agreement = agreement_for(placement)
    placement.save()


def _check(plan: Plan, version: RuleBookVersion) -> None:
    book = version.rules
    if plan.ends_on < plan.starts_on:
        raise DomainError(_("La data di fine viene prima di quella di inizio."), field="ends_on")
    if plan.site.company_id != plan.company.pk:
        raise DomainError(_("Questa sede non è di quell'impresa."), field="site")
    if not GOALS[0] <= len(plan.goals) <= GOALS[1]:
        raise DomainError(_("Servono da tre a cinque obiettivi."), field="goal_1")
    if not plan.week:
        raise DomainError(_("Scrivi l'orario di almeno un giorno."), field="from_0")
    if rules.is_over_weekly_cap(plan.weekly_minutes, book):
        words = _("Sono più di %(cap)d ore alla settimana (regola 13).") % {"cap": book.weekly_hours_cap}
        if book.severity(13) == Severity.BLOCK:
            raise DomainError(words, field="from_0")
        if not plan.hours_confirmed:
            raise DomainError(_("%(words)s Se va bene così, metti la spunta.") % {"words": words}, field="hours_confirmed")
    if plan.allowance_model != AllowanceModel.NONE:
        if plan.allowance_amount <= 0:
            raise DomainError(_("Scrivi l'importo del contributo, oppure scegli «nessun contributo»."), field="allowance_amount")
        if not plan.tax_motive.strip():
            raise DomainError(_("Scrivi il motivo della scelta (regola 41)."), field="tax_motive")
        if plan.tax_treatment == TaxTreatment.EXEMPT and not plan.payer.is_public and book.severity(42) == Severity.BLOCK:
            raise DomainError(_("Il contributo è esente solo se lo versa un ente pubblico (regola 42)."), field="tax_treatment")


def write_project(project: PersonalProject, plan: Plan) -> None:
    """The version's own columns, goals and week."""
    project.tasks, project.adaptations, project.outside_activities = plan.tasks, plan.adaptations, plan.outside_activities
    project.effective_from, project.ends_on = plan.starts_on, plan.ends_on
    project.weekly_minutes = plan.weekly_minutes
    project.allowance_model = plan.allowance_model
    project.allowance_amount = plan.allowance_amount if plan.allowance_model != AllowanceModel.NONE else Decimal(0)
    project.payer, project.tax_treatment, project.tax_motive = plan.payer, plan.tax_treatment, plan.tax_motive
    if project.pk:
        project.row_version += 1
    project.save()
    project.goals.all().delete()
    project.week.all().delete()
    owner = {"ambito_id": project.ambito_id, "project": project}
    Goal.objects.bulk_create(Goal(position=n, text=text, **owner) for n, text in enumerate(plan.goals, 1))
    WeekDay.objects.bulk_create(WeekDay(weekday=d.weekday, starts_at=d.starts_at, minutes=d.minutes, **owner) for d in plan.week)
