"""A project and what it is made of: who takes part, its chart of costs, its sources, its pieces of work; its life."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.accounts.permissions import Role
from impresasolidale.core import todos
from impresasolidale.core.errors import DomainError
from impresasolidale.core.transitions import perform
from impresasolidale.territory.enums import Severity
from impresasolidale.territory.selectors import common_rules

from .. import rules
from ..enums import PlanState, ProjectRole, SourceKind
from ..models import BudgetPlan, CostItem, Expense, Participation, Partner, Project, ProjectSource, StaffSheet, WorkPackage
from ..transitions import PROJECT
from ..words import project_url
from ._common import add_row, allow, change_row

DUE = "projects.report_due"


@transaction.atomic
def create_project(*, values: Mapping[str, Any], lead: Partner, by: Access, today: date) -> Project:
    """A project with its lead, the default chart of costs (to be confirmed with the funder), a grant and a co-financing source, and the
    first plan, empty. The deadline of the final report becomes a to-do in time."""
    allow(by, P.KEEP_PROJECTS)
    row = add_row(Project, "project", _clean(values), by=by)
    _check_dates(row)
    add_row(Participation, "participation", {"partner": lead, "role": ProjectRole.LEAD, "since": row.starts_on}, by=by, project=row)
    CostItem.objects.bulk_create(
        CostItem(network_id=row.network_id, project=row, code=code, name=name, created_by_id=by.actor_id)
        for code, name in rules.DEFAULT_ITEMS
    )
    for kind, name in ((SourceKind.GRANT, row.funder), (SourceKind.COFINANCING, _("Cofinanziamento dei partner"))):
        ProjectSource.objects.create(network_id=row.network_id, project=row, kind=kind, name=name, created_by_id=by.actor_id)
    BudgetPlan.objects.create(network_id=row.network_id, project=row, version=1, created_by_id=by.actor_id)
    _remind(row, by)
    return row


@transaction.atomic
def edit_project(*, project: Project, values: Mapping[str, Any], seen: int, by: Access) -> Project:
    """Correct what the letter says. Days never leave a recorded expense outside. Raises Conflict, DomainError on a date."""
    allow(by, P.KEEP_PROJECTS)
    row = change_row(project, "project", _clean(values), seen=seen, by=by)
    _check_dates(row)
    outside = Expense.objects.filter(project=row).exclude(document_on__range=(row.starts_on, row.ends_on)).exclude(state="withdrawn")
    if outside.exists():
        raise DomainError(_("Con queste date alcune spese già registrate resterebbero fuori dal progetto."), field="ends_on")
    _remind(row, by)
    return row


def _clean(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.strip() if isinstance(value, str) else value for name, value in values.items()} | {
        name: str(values.get(name, "")).replace(" ", "").upper() for name in ("cup", "cig")
    }


def _check_dates(row: Project) -> None:
    if row.ends_on < row.starts_on:
        raise DomainError(_("La fine viene prima dell'inizio."), field="ends_on")
    if row.report_due_on < row.ends_on:
        raise DomainError(_("Il termine del rendiconto viene dopo la fine del progetto."), field="report_due_on")


def _remind(row: Project, by: Access) -> None:
    todos.set_deadline(
        kind=DUE,
        subject=row,
        title=_("Rendiconto finale di «%(title)s» entro il termine del finanziatore") % {"title": row.title},
        url=project_url(row),
        role=Role.COORDINATOR,
        due_on=row.report_due_on,
        by=by,
        remind_days=60,
    )


@transaction.atomic
def add_partner_to(*, project: Project, partner: Partner, role: str, since: date, by: Access) -> Participation:
    """Raises DomainError for a partner that may only support, and on a day outside the project."""
    allow(by, P.KEEP_PROJECTS)
    if role != ProjectRole.SUPPORTER and not rules.may_receive(partner.kind):
        book = common_rules(project.network_id, since)
        if book.severity(75) == Severity.BLOCK:
            raise DomainError(_("Questo partner può essere solo sostenitore: il finanziatore non gli versa niente."), field="role")
    if not project.starts_on <= since <= project.ends_on:
        raise DomainError(_("Il giorno è fuori dal progetto."), field="since")
    if Participation.objects.filter(project=project, partner=partner).exists():
        raise DomainError(_("Questo partner è già nel progetto."), field="partner")
    if role == ProjectRole.LEAD and Participation.objects.filter(project=project, role=role).exists():
        raise DomainError(_("Il progetto ha già un capofila."), field="role")
    return add_row(Participation, "participation", {"partner": partner, "role": role, "since": since}, by=by, project=project)


@transaction.atomic
def keep_item(*, project: Project, code: str, name: str, is_confirmed: bool, by: Access, item: CostItem | None = None) -> CostItem:
    """Add a cost item, or change one: its code too, as the funder's own guide has it."""
    allow(by, P.KEEP_PROJECTS)
    values = {"code": code.strip().upper(), "name": name.strip(), "is_confirmed": is_confirmed}
    others = CostItem.objects.filter(project=project, code=values["code"]).exclude(pk=item.pk if item else 0)
    if others.exists():
        raise DomainError(_("C'è già una voce con questo codice."), field="code")
    if item is None:
        return add_row(CostItem, "item", values, by=by, project=project)
    return change_row(item, "item", values, seen=None, by=by)


@transaction.atomic
def add_source(*, project: Project, kind: str, name: str, by: Access) -> ProjectSource:
    allow(by, P.KEEP_PROJECTS)
    if ProjectSource.objects.filter(project=project, name=name.strip()).exists():
        raise DomainError(_("C'è già una fonte con questo nome."), field="name")
    return add_row(ProjectSource, "source", {"kind": kind, "name": name.strip()}, by=by, project=project)


@transaction.atomic
def add_work_package(*, project: Project, code: str, name: str, by: Access) -> WorkPackage:
    allow(by, P.KEEP_PROJECTS)
    if WorkPackage.objects.filter(project=project, code=code.strip().upper()).exists():
        raise DomainError(_("C'è già un'azione con questo codice."), field="code")
    return add_row(WorkPackage, "work_package", {"code": code.strip().upper(), "name": name.strip()}, by=by, project=project)


def start_project(*, project: Project, by: Access) -> Project:
    """Raises DomainError while no plan is in force."""

    def has_plan(row: Project) -> None:
        if not BudgetPlan.objects.filter(project=row, state=PlanState.IN_FORCE).exists():
            raise DomainError(_("Prima serve il piano economico: mettilo in vigore con la lettera del finanziatore."))

    allow(by, P.KEEP_PROJECTS)
    with transaction.atomic():
        return perform(PROJECT, "started", project, by=by, guard=has_plan)


def end_project(*, project: Project, by: Access) -> Project:
    allow(by, P.KEEP_PROJECTS)
    with transaction.atomic():
        return perform(PROJECT, "ended", project, by=by)


def close_project(*, project: Project, by: Access) -> Project:
    """Raises DomainError while the funder has not answered on every expense, or a month of the staff is left."""

    def is_whole(row: Project) -> None:
        if Expense.objects.filter(project=row, state__in=("draft", "checked", "reported")).exists():
            raise DomainError(_("Ci sono ancora spese senza la risposta del finanziatore: controlla l'elenco delle spese."))
        if StaffSheet.objects.filter(project=row).exclude(state="charged").exists():
            raise DomainError(_("Ci sono ancora fogli ore che non sono diventati una spesa."))

    allow(by, P.KEEP_PROJECTS)
    with transaction.atomic():
        row: Project = perform(PROJECT, "closed", project, by=by, guard=is_whole)
        todos.close_deadline(kind=DUE, subject=row)
        return row


def reopen_project(*, project: Project, reason: str, by: Access) -> Project:
    """Raises ReasonRequired."""
    allow(by, P.KEEP_PROJECTS)
    with transaction.atomic():
        row: Project = perform(PROJECT, "reopened", project, by=by, reason=reason)
        _remind(row, by)
        return row
