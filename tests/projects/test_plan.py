"""Projects and their plan: founding figures, versions, tolerance, dates."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from impresasolidale.core.errors import Conflict, DomainError, ReasonRequired, TransitionNotAllowed
from impresasolidale.core.models import Deadline, Fact
from impresasolidale.projects import rules, selectors
from impresasolidale.projects.models import BudgetPlan, CostItem, PlanLine
from impresasolidale.projects.selectors import plan as reads
from impresasolidale.projects.services import plan, projects
from impresasolidale.projects.services.plan import PlanAct
from impresasolidale.territory.selectors import common_rules
from tests.factories.fixtures import TODAY
from tests.factories.projects import (
    PROJECT,
    check,
    cofinancing,
    enter,
    grant,
    item,
    join,
    lead_of,
    line,
    make_expense,
    make_partner,
    make_project,
    make_running,
)

pytestmark = pytest.mark.django_db
D = Decimal


def test_the_founding_figures_are_sums_of_lines(access):
    """60,000 of the grant and 92,400 of partners and supporters: 152,400 (founding document)."""
    project = make_project(access, grant_amount=D(60000))
    consortium = join(access, project, make_partner(access, "Consorzio di prova", "cooperative"))
    for code, source, amount, who in (
        ("A05", grant(project), 24000, None),
        ("A05", cofinancing(project), 52400, None),
        ("A07", grant(project), 36000, consortium),
        ("A07", cofinancing(project), 40000, consortium),
    ):
        line(access, project, code, source, amount, who)
    enter(access, project)
    matrix = selectors.matrix_of(project)
    assert [cell.planned for cell in matrix.by_source().values()] == [92400, 60000]  # by name: Cofinanziamento, Fondazione
    assert {name: cell.planned for name, cell in matrix.by_item().items()} == {
        "A05 Personale strutturato": 76400,
        "A07 Prestazioni professionali di terzi": 76000,
    }
    assert matrix.total.planned == 152400 and matrix.granted.planned == 60000
    assert {name: cell.planned for name, cell in matrix.by_partner().items()} == {
        "Consorzio di prova": 76000,
        "Ente capofila di prova": 76400,
    }


def test_the_chart_of_costs_is_proposed_unconfirmed_and_may_be_changed(access):
    project = make_project(access)
    rows = list(selectors.projects.items(project))
    assert [row.code for row in rows] == [f"A{n:02}" for n in range(1, 11)] and not any(row.is_confirmed for row in rows)
    projects.keep_item(project=project, item=rows[0], code="b7", name="Altro", is_confirmed=True, by=access)
    with pytest.raises(DomainError) as refused:
        projects.keep_item(project=project, code="B7", name="Doppia", is_confirmed=False, by=access)
    assert refused.value.field == "code"
    assert CostItem.objects.get(project=project, code="B7").is_confirmed


def test_a_plan_takes_from_the_grant_exactly_what_was_granted(access):
    project = make_project(access)
    line(access, project, "A07", grant(project), "599.99")
    with pytest.raises(DomainError, match="599,99") as refused:
        enter(access, project)
    assert "600,00" in str(refused.value)
    line(access, project, "A07", grant(project), 600)  # written again, not beside
    enter(access, project)
    assert PlanLine.objects.filter(plan__project=project).count() == 1


def test_a_plan_in_force_never_changes(access, project):
    now = selectors.plan_in_force(project)
    with pytest.raises(DomainError, match="ridefinizione"):
        plan.set_line(
            plan=now, item=item(project, "A07"), participation=lead_of(project), source=grant(project), amount=D(1), by=access
        )  # fmt: skip
    for change in ("UPDATE projects_planline SET amount = 1", "DELETE FROM projects_planline"):
        with pytest.raises(IntegrityError, match="do not change"), transaction.atomic():
            connection.cursor().execute(change)


def test_a_redefinition_begins_as_the_plan_in_force_and_replaces_it(access, project):
    draft = plan.open_redefinition(project=project, by=access)
    assert draft.version == 2 and len(reads.lines_of(draft)) == 4
    with pytest.raises(DomainError):
        plan.open_redefinition(project=project, by=access)
    line(access, project, "A07", cofinancing(project), 550)  # 700 → 750, within 10 %: 70
    with pytest.raises(ReasonRequired):
        enter(access, project, act=PlanAct("77", date(2026, 6, 1)))
    enter(access, project, reason="Un corso in più", act=PlanAct("77", date(2026, 6, 1)))
    states = dict(BudgetPlan.objects.filter(project=project).values_list("version", "state"))
    assert states == {1: "superseded", 2: "in_force"}
    assert selectors.matrix_of(project).total.planned == 1650


def test_rule_77_a_shift_over_the_tolerance_wants_the_funder_s_agreement(access, project):
    """A07 from 700 to 771 is 71 more, over 10 % (70); the rule warns, so it passes when somebody says that the funder agreed."""
    plan.open_redefinition(project=project, by=access)
    line(access, project, "A07", cofinancing(project), 571)
    act = PlanAct("78", date(2026, 6, 2))
    with pytest.raises(DomainError, match="A07") as refused:
        enter(access, project, reason="x", act=act)
    assert refused.value.field == "accepts_shift"
    enter(access, project, reason="x", act=act, accepts_shift=True)
    assert selectors.plan_in_force(project).act_number == "78"


def test_rule_77_blocks_where_the_rule_book_does(access, project, monkeypatch):
    plan.open_redefinition(project=project, by=access)
    line(access, project, "A07", cofinancing(project), 900)
    book = common_rules(project.network_id, TODAY).changed({"severity": {"77": "block"}})
    monkeypatch.setattr("impresasolidale.projects.services.plan.common_rules", lambda *_: book)
    with pytest.raises(DomainError) as refused:
        enter(access, project, reason="x", act=PlanAct("78", date(2026, 6, 2)), accepts_shift=True)
    assert refused.value.field == "accepts_shift"


def test_an_act_has_a_number_and_was_taken(access):
    project = make_project(access)
    line(access, project, "A07", grant(project), 600)
    for act, field in ((PlanAct(" ", TODAY), "act_number"), (PlanAct("1", date(2027, 1, 1)), "act_on")):
        with pytest.raises(DomainError) as refused:
            enter(access, project, act=act)
        assert refused.value.field == field


def test_over_the_plan_is_said_not_refused(access, other, project):
    """A07 is planned 700; 771 spent are 71 over, more than 10 %: the home warns (rule 77) and names the item."""
    check(make_expense(access, project, 771, granted=200), other)
    matrix = selectors.matrix_of(project)
    book = common_rules(project.network_id, TODAY)
    found = {f.rule: f for f in rules.project_findings(matrix.total.spent, matrix.granted.spent, matrix.by_item(), book)}
    assert not found[77].passed and "A07" in str(found[77].words) and found[77].warns
    assert found[76].passed  # 571 of 771 are 74.06 %


def test_a_project_starts_with_a_plan_and_closes_when_everything_has_its_answer(access, other):
    project = make_project(access)
    with pytest.raises(DomainError, match="piano"):
        projects.start_project(project=project, by=access)
    running = make_running(access, code="P2", lead=lead_of(project).partner)
    make_expense(access, running)
    projects.end_project(project=running, by=access)
    with pytest.raises(DomainError, match="senza la risposta"):
        projects.close_project(project=running, by=access)
    with pytest.raises(TransitionNotAllowed):
        projects.end_project(project=running, by=access)
    with pytest.raises(ReasonRequired):
        projects.reopen_project(project=running, reason=" ", by=access)


def test_the_final_report_is_a_deadline(access):
    project = make_project(access)
    row = Deadline.objects.get(kind="projects.report_due", subject_id=project.pk)
    assert row.due_on == PROJECT["report_due_on"] and row.remind_days == 60
    values = {**PROJECT, "report_due_on": date(2027, 6, 30)}
    projects.edit_project(project=project, values=values, seen=1, by=access)
    row.refresh_from_db()
    assert row.due_on == date(2027, 6, 30)
    with pytest.raises(Conflict):
        projects.edit_project(project=project, values=values, seen=1, by=access)


@pytest.mark.parametrize(("name", "day"), [("ends_on", date(2025, 12, 31)), ("report_due_on", date(2026, 12, 30))])
def test_dates_in_order(access, name, day):
    with transaction.atomic(), pytest.raises((DomainError, IntegrityError)):
        make_project(access, **{name: day})


def test_dates_never_leave_an_expense_outside(access, project):
    make_expense(access, project)
    with pytest.raises(DomainError) as refused:
        projects.edit_project(project=project, values={**PROJECT, "starts_on": date(2026, 6, 1)}, seen=project.row_version, by=access)
    assert refused.value.field == "ends_on"


def test_other_roles_write_nothing(access, other, worker, within, project):
    with pytest.raises(PermissionDenied):
        make_project(other, code="X", lead=lead_of(project).partner)
    with pytest.raises(PermissionDenied):
        plan.open_redefinition(project=project, by=within(worker))


def test_what_happens_is_a_fact(access, project):
    codes = set(Fact.objects.filter(code__startswith="projects.").values_list("code", flat=True))
    assert {"projects.project.added", "projects.plan.line_set", "projects.plan.entered", "projects.project.started"} <= codes
