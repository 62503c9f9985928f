"""The plan in its versions: prepared line by line, put in force with the act it stands on. What was in force stays as it was."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError, ReasonRequired
from impresasolidale.core.transitions import perform
from impresasolidale.core.words import euro
from impresasolidale.territory.enums import Severity
from impresasolidale.territory.selectors import common_rules

from .. import rules, selectors
from ..enums import PlanState, SourceKind
from ..models import BudgetPlan, CostItem, Participation, PlanLine, Project, ProjectSource
from ..transitions import PLAN
from ._common import allow


@dataclass(frozen=True)
class PlanAct:
    """The letter or act that a version stands on."""

    number: str
    on: date


def _draft(plan: BudgetPlan) -> BudgetPlan:
    row: BudgetPlan = BudgetPlan.objects.select_for_update(of=("self",), no_key=True).get(pk=plan.pk)
    if row.state != PlanState.DRAFT:
        raise DomainError(_("Questo piano è in vigore e non cambia: serve una ridefinizione."))
    return row


@transaction.atomic
def set_line(
    *, plan: BudgetPlan, item: CostItem, participation: Participation, source: ProjectSource, amount: Decimal, by: Access
) -> BudgetPlan:
    """What an item costs for a partner from a source; zero takes the line away. Raises DomainError once the plan is in force."""
    allow(by, P.KEEP_PROJECTS)
    row = _draft(plan)
    if amount < 0:
        raise DomainError(_("L'importo non può essere negativo."), field="amount")
    where = {"plan": row, "item": item, "participation": participation, "source": source}
    if amount:
        line = PlanLine(**where, amount=amount, network_id=row.network_id)
        PlanLine.objects.bulk_create([line], update_conflicts=True, unique_fields=[*where], update_fields=["amount"])
    else:
        PlanLine.objects.filter(**where).delete()
    record_fact("projects.plan.line_set", row, by=by, item=item.code, amount=str(amount))
    return row


@transaction.atomic
def open_redefinition(*, project: Project, by: Access) -> BudgetPlan:
    """A draft that begins as the plan in force. Raises DomainError while there is a draft, or nothing to redefine."""
    allow(by, P.KEEP_PROJECTS)
    Project.objects.select_for_update(of=("self",), no_key=True).get(pk=project.pk)
    now = BudgetPlan.objects.filter(project=project, state=PlanState.IN_FORCE).first()
    if now is None or BudgetPlan.objects.filter(project=project, state=PlanState.DRAFT).exists():
        raise DomainError(_("C'è già un piano in preparazione."))
    draft = BudgetPlan.objects.create(
        network_id=project.network_id, project=project, version=now.version + 1, created_by_id=by.actor_id
    )  # fmt: skip
    PlanLine.objects.bulk_create(
        PlanLine(
            network_id=line.network_id,
            plan=draft,
            item_id=line.item_id,
            participation_id=line.participation_id,
            source_id=line.source_id,
            amount=line.amount,
        )
        for line in PlanLine.objects.filter(plan=now).order_by("id")
    )
    record_fact("projects.plan.redefinition_opened", draft, by=by)
    return draft


def granted(plan: BudgetPlan) -> Decimal:
    """Euro that the plan takes from the grant."""
    of_grant = PlanLine.objects.filter(plan=plan, source__kind=SourceKind.GRANT)
    return of_grant.aggregate(sum=Sum("amount", default=rules.ZERO))["sum"]


@transaction.atomic
def enter_plan(*, plan: BudgetPlan, act: PlanAct, reason: str, accepts_shift: bool, by: Access, today: date) -> BudgetPlan:
    """Put a version in force; the one before is superseded.

    Refused: an empty plan, one that does not take from the grant exactly what was granted, an act to come or without number, a
    redefinition without its reason. Rule 77: items moved beyond the tolerance are said, and want `accepts_shift` (the funder agreed); where
    the rule book blocks they are refused. Rule 76: the co-financing share of the plan, refused where the rule book blocks.
    """
    allow(by, P.KEEP_PROJECTS)
    row = _draft(plan)
    project = Project.objects.select_for_update(of=("self",), no_key=True).get(pk=row.project_id)
    if not act.number.strip():
        raise DomainError(_("Scrivi il numero dell'atto o della lettera."), field="act_number")
    if act.on > today:
        raise DomainError(_("La data dell'atto è nel futuro."), field="act_on")
    if row.version > 1 and not reason.strip():
        raise ReasonRequired
    given = granted(row)
    if given != project.grant_amount:
        raise DomainError(
            _("Il piano prende dal contributo %(given)s, il finanziatore ne ha concessi %(granted)s: devono essere uguali.")
            % {"given": euro(given), "granted": euro(project.grant_amount)}
        )
    book = common_rules(project.network_id, today)
    after = selectors.planned_by_item(row)
    finding = rules.cofinancing_finding(
        sum(after.values(), rules.ZERO), given, least=book.cofinancing_percent, severity=book.severity(76)
    )  # fmt: skip
    if finding and finding.stops:
        raise DomainError(finding.words)
    before = BudgetPlan.objects.filter(project=project, state=PlanState.IN_FORCE).first()
    if before is not None:
        moved = rules.shifted(selectors.planned_by_item(before), after, book.budget_shift_percent)
        severity = book.severity(77)
        if moved and severity != Severity.OFF and (severity == Severity.BLOCK or not accepts_shift):
            raise DomainError(
                _("Queste voci cambiano di più del %(percent)s %%: %(items)s. Serve l'accordo del finanziatore sulla ridefinizione.")
                % {"percent": book.budget_shift_percent, "items": ", ".join(moved)},
                field="accepts_shift",
            )
        perform(PLAN, "superseded", before, by=by, as_system=True)
    BudgetPlan.objects.filter(pk=row.pk).update(reason=reason.strip())
    entered: BudgetPlan = perform(PLAN, "entered", row, by=by, act_number=act.number.strip(), act_on=act.on, approved_by_id=by.actor_id)
    return entered
