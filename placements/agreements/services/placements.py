"""A placement while it is prepared: its plan."""

from dataclasses import dataclass
from datetime import date, time
from typing import Any, Protocol

from django.db import transaction
from django.utils.translation import gettext as _

from companies.hosts.models import Company, CompanyTutor, Site
from companies.hosts.services import refuse_blocked, refuse_closed
from impresasolidale.accounts.access import Access
from impresasolidale.accounts.models import User
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import Conflict, DomainError
from impresasolidale.core.views import check_version
from impresasolidale.territory.models import Ambito, Body, RuleBookVersion
from impresasolidale.territory.rules import Rules, Severity
from impresasolidale.territory.selectors import rules_for
from placements.beneficiaries.models import Beneficiary
from placements.beneficiaries.services import note_proposed

from .. import readiness, rules
from ..change_rules import Slot, Span, hours_of, is_identical, is_near, over_caps
from ..enums import HOSTED, LIVE, PREPARED, PlacementState, TaxTreatment
from ..models import DETAILS, Goal, IrregularDay, PersonalProject, Placement, WeekDay
from .agreements import agreement_for
from .money import Allowance, Source, check_allowance, write_allowance, write_sources

GOALS = (3, 5)  # at least and at most


@dataclass(frozen=True, kw_only=True)
class Day:
    """One day of the weekly pattern; 0 is Monday."""

    weekday: int
    starts_at: time
    minutes: int


@dataclass(frozen=True, kw_only=True)
class DatedDay:
    """One day of an irregular timetable (rule 14)."""

    day: date
    starts_at: time
    minutes: int


class Timetable(Protocol):
    """What the rows of a version are written from."""

    @property
    def week(self) -> tuple[Day, ...]: ...
    @property
    def dates(self) -> tuple[DatedDay, ...]: ...
    @property
    def goals(self) -> tuple[str, ...]: ...
    @property
    def sources(self) -> tuple[Source, ...]: ...


@dataclass(frozen=True, kw_only=True)
class Plan(Allowance):
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
    dates: tuple[DatedDay, ...] = ()  # an irregular timetable, in place of the week
    adaptations: str = ""
    outside_activities: str = ""
    not_to_do: str = ""
    protective_equipment: str = ""
    facilities: str = ""
    travel: str = ""
    tax_treatment: str = TaxTreatment.EXEMPT
    tax_motive: str = ""
    funding_source: str | None = None  # rule 78; None: as it is
    is_additional: bool = False
    day_centre_alternative: bool = False
    needs_fitness: bool = False
    inail_by: str = ""  # who insures (enums.Insurer); empty: as the rule book says
    liability_by: str = ""
    hours_confirmed: bool = False  # the tick under the warning of rules 13 and 14
    double_confirmed: bool = False  # the tick under the warning of a nearly equal placement

    @property
    def weekly_minutes(self) -> int:
        """Of the week; of dated days those of the busiest week."""
        if self.dates:
            return hours_of(Slot(d.day, d.starts_at, d.minutes) for d in self.dates).busiest_week
        return rules.weekly_minutes((day.weekday, day.minutes) for day in self.week)


@dataclass(frozen=True, kw_only=True)
class Renewal:
    """What a placement that goes on from another says besides its plan (rule 11)."""

    parent: Placement
    reason: str
    opinion: str = ""
    opinion_by: str = ""


@transaction.atomic
def create_placement(*, beneficiary: Beneficiary, plan: Plan, by: Access, today: date, renewal: Renewal | None = None) -> Placement:
    """A draft TRR with the first version of its project, under the rule book in force on its first day (rule 90). Another placement of the
    same person and company near in time wants a tick; a renewal is tied to its parent instead."""
    by.require(Permission.PREPARE_PLACEMENTS)
    if plan.starts_on < today:
        raise DomainError(_("L'inizio è già passato: scegli da oggi in poi."), field="starts_on")
    refuse_blocked(company=plan.company, starts_on=plan.starts_on, by=by, field="company")
    placement = Placement(ambito_id=by.ambito_id, beneficiary=beneficiary, created_by_id=by.actor_id, prepared_by_id=by.actor_id)
    _refuse_double(placement, plan, renewal)
    if renewal:
        _renew(placement, plan, renewal)
    lay_out(placement, plan, by=by)
    project = PersonalProject(ambito_id=by.ambito_id, placement=placement, created_by_id=by.actor_id)
    write_project(project, plan)
    record_fact("agreements.placement.created", placement, by=by)
    note_proposed(beneficiary=beneficiary, by=by)
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
    refuse_blocked(company=plan.company, starts_on=plan.starts_on, by=by, field="company")
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
    if plan.funding_source is not None:
        placement.funding_source = plan.funding_source
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
    refuse_closed(plan.site, until=plan.ends_on, field="site")
    if not GOALS[0] <= len(plan.goals) <= GOALS[1]:
        raise DomainError(_("Servono da tre a cinque obiettivi."), field="goal_1")
    if not (plan.week or plan.dates):
        raise DomainError(_("Scrivi l'orario di almeno un giorno."), field="from_0")
    if wrong := next((d.day for d in plan.dates if not plan.starts_on <= d.day <= plan.ends_on), None):
        raise DomainError(_("Il %(day)s è fuori dal periodo.") % {"day": f"{wrong:%d/%m/%Y}"}, field="dates")
    refuse_over_caps(
        plan.weekly_minutes,
        longest_day(plan),
        book,
        confirmed=plan.hours_confirmed,
        field="dates" if plan.dates else "from_0",
    )
    check_allowance(plan, book, longest_day=longest_day(plan))
    if plan.is_paid:
        if not plan.tax_motive.strip():
            raise DomainError(_("Scrivi il motivo della scelta (regola 41)."), field="tax_motive")
        if plan.tax_treatment == TaxTreatment.EXEMPT and not plan.payer.is_public and book.severity(42) == Severity.BLOCK:
            raise DomainError(_("Il contributo è esente solo se lo versa un ente pubblico (regola 42)."), field="tax_treatment")


def longest_day(content: Timetable) -> int:
    """Minutes of its longest day."""
    return max([*(d.minutes for d in content.week), *(d.minutes for d in content.dates)], default=0)


def _refuse_double(placement: Placement, plan: Plan, renewal: Renewal | None) -> None:
    """Features row 44: perhaps somebody has prepared the same thing already."""
    rows = Placement.objects.filter(beneficiary_id=placement.beneficiary_id, company=plan.company, state__in={*PREPARED, *HOSTED, *LIVE})
    if renewal:
        rows = rows.exclude(pk=renewal.parent.pk)
    period = Span(plan.starts_on, plan.ends_on)
    near = next((p for p in rows.order_by("-starts_on", "-id") if is_near(period, Span(p.starts_on, p.last_day))), None)
    if near and not plan.double_confirmed:
        words = _(
            "C'è già un tirocinio di questa persona con %(company)s: dal %(a)s al %(b)s, %(state)s. Se serve davvero, metti la spunta."
        )
        raise DomainError(
            words
            % {
                "company": plan.company,
                "a": f"{near.starts_on:%d/%m/%Y}",
                "b": f"{near.last_day:%d/%m/%Y}",
                "state": near.get_state_display(),
            },
            field="double_confirmed",
        )


def _renew(placement: Placement, plan: Plan, renewal: Renewal) -> None:
    """Rule 11: the same project at the same company wants a positive opinion; a renewal begins after its parent ends."""
    parent = renewal.parent
    if not renewal.reason.strip():
        raise DomainError(_("Scrivi perché si rinnova."), field="renewal_reason")
    if plan.starts_on <= parent.last_day:
        words = _("Il rinnovo comincia dopo la fine dell'altro tirocinio, il %(day)s. Per andare avanti senza pausa chiedi una proroga.")
        raise DomainError(words % {"day": f"{parent.last_day:%d/%m/%Y}"}, field="starts_on")
    project = parent.projects.order_by("-version")[0]
    before = {"tasks": project.tasks, "goals": list(project.goals.values_list("text", flat=True))}
    same = is_identical(
        same_company=plan.company.pk == parent.company_id, before=before, after={"tasks": plan.tasks, "goals": list(plan.goals)}
    )
    if same and parent.rulebook.rules.severity(11) != Severity.OFF and not (renewal.opinion.strip() and renewal.opinion_by.strip()):
        field = "opinion_by" if renewal.opinion.strip() else "opinion"
        raise DomainError(_("È lo stesso progetto con la stessa impresa: serve un parere favorevole, e di chi è (regola 11)."), field=field)
    placement.parent, placement.renewal_reason = parent, renewal.reason.strip()
    placement.opinion, placement.opinion_by = renewal.opinion.strip(), renewal.opinion_by.strip()


def refuse_over_caps(weekly: int, daily: int, book: Rules, *, confirmed: bool, field: str) -> None:
    """Minutes a week and a day over the caps (rules 13 and 14): one that blocks refuses, one that warns wants the tick."""
    for rule, words in over_caps(weekly, daily, book):
        if book.severity(rule) == Severity.BLOCK:
            raise DomainError(words, field=field)
        if not confirmed:
            raise DomainError(_("%(words)s Se va bene così, metti la spunta.") % {"words": words}, field="hours_confirmed")


def write_project(project: PersonalProject, plan: Plan) -> None:
    """The version's own columns, goals and timetable."""
    project.tasks, project.adaptations, project.outside_activities = plan.tasks, plan.adaptations, plan.outside_activities
    write_details(project, plan)
    project.effective_from, project.ends_on = plan.starts_on, plan.ends_on
    project.weekly_minutes = plan.weekly_minutes
    write_allowance(project, plan)
    project.payer, project.tax_treatment, project.tax_motive = plan.payer, plan.tax_treatment, plan.tax_motive
    if project.pk:
        project.row_version += 1
    project.save()
    write_rows(project, plan)


def write_details(project: PersonalProject, content: Any) -> None:
    """What the host must know besides the tasks (domain.md §2.2)."""
    for name in DETAILS:
        setattr(project, name, getattr(content, name).strip())


def write_rows(project: PersonalProject, content: Timetable) -> None:
    """Goals, week, dated days and sources of a version in preparation, written whole."""
    for rows in (project.goals, project.week, project.dates):
        rows.all().delete()
    owner = {"ambito_id": project.ambito_id, "project": project}
    Goal.objects.bulk_create(Goal(position=n, text=text, **owner) for n, text in enumerate(content.goals, 1))
    WeekDay.objects.bulk_create(WeekDay(weekday=d.weekday, starts_at=d.starts_at, minutes=d.minutes, **owner) for d in content.week)
    IrregularDay.objects.bulk_create(IrregularDay(day=d.day, starts_at=d.starts_at, minutes=d.minutes, **owner) for d in content.dates)
    write_sources(project, content)
