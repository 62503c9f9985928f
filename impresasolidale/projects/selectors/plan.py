"""The plan and what became of it: item × partner × source, planned, spent, proved, and what is left."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.shortcuts import get_object_or_404

from impresasolidale.territory.selectors import common_rules

from ..enums import NO_PROOF, SPENT, FileKind, PlanState, SourceKind
from ..models import BudgetPlan, ExpenseShare, PlanLine, Project, ProjectFile
from ..rules import over_tolerance

ZERO = Decimal("0.00")
Key = tuple[str, str, str, str]  # code of the item, its name, partner, source


@dataclass
class Cell:
    """Euro of one item, partner and source. Spent: checked by a second person, not refused by the funder; proved: an accepted proof."""

    planned: Decimal = ZERO
    spent: Decimal = ZERO
    proved: Decimal = ZERO

    @property
    def variance(self) -> Decimal:
        """What is left of the plan; below zero, what was spent over it."""
        return self.planned - self.spent

    def add(self, other: "Cell") -> None:
        self.planned, self.spent, self.proved = self.planned + other.planned, self.spent + other.spent, self.proved + other.proved


@dataclass
class Matrix:
    """All the cells, in order; sums are made of them and kept nowhere."""

    cells: dict[Key, Cell] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)  # source → its kind

    def by_item(self) -> dict[str, Cell]:
        """Under code and name."""
        return self._by(lambda key: f"{key[0]} {key[1]}")

    def by_partner(self) -> dict[str, Cell]:
        return self._by(lambda key: key[2])

    def by_source(self) -> dict[str, Cell]:
        return self._by(lambda key: key[3])

    def _by(self, of: Callable[[Key], str]) -> dict[str, Cell]:
        found: dict[str, Cell] = defaultdict(Cell)
        for key, cell in self.cells.items():
            found[of(key)].add(cell)
        return dict(sorted(found.items()))

    @property
    def total(self) -> Cell:
        whole = Cell()
        for cell in self.cells.values():
            whole.add(cell)
        return whole

    @property
    def granted(self) -> Cell:
        """What the grant bears of it."""
        whole = Cell()
        for (_code, _name, _partner, source), cell in self.cells.items():
            if self.kinds[source] == SourceKind.GRANT:
                whole.add(cell)
        return whole


def plans(project: Project) -> QuerySet[BudgetPlan]:
    """Newest first, each with the sum of its lines as `total`."""
    rows = BudgetPlan.objects.filter(project=project).select_related("approved_by", "created_by")
    return rows.annotate(total=Sum("lines__amount", default=ZERO)).order_by("-version")


def plan_in_force(project: Project) -> BudgetPlan | None:
    return BudgetPlan.objects.filter(project=project, state=PlanState.IN_FORCE).first()


def version_for(project: Project, version: int) -> BudgetPlan:
    row: BudgetPlan = get_object_or_404(plans(project), version=version)
    return row


def draft_for(project: Project) -> BudgetPlan:
    """The version being prepared; 404 when there is none."""
    row: BudgetPlan = get_object_or_404(plans(project), state=PlanState.DRAFT)
    return row


def shifts_of(project: Project, draft: BudgetPlan, today: date) -> list[dict[str, Any]]:
    """Item by item what a draft would move, and whether that is over the tolerance (rule 77); nothing for a first plan."""
    before = plan_in_force(project)
    if before is None:
        return []
    percent = common_rules(project.network_id, today).budget_shift_percent
    old, new = planned_by_item(before), planned_by_item(draft)
    return [
        {
            "code": code,
            "before": old.get(code, ZERO),
            "after": new.get(code, ZERO),
            "is_over": over_tolerance(old.get(code, ZERO), new.get(code, ZERO), percent),
        }
        for code in sorted({*old, *new})
        if old.get(code) != new.get(code)
    ]


def lines_of(plan: BudgetPlan) -> list[PlanLine]:
    rows = PlanLine.objects.filter(plan=plan).select_related("item", "participation__partner", "source")
    return list(rows.order_by("item__code", "participation__partner__name", "source__pk"))


def planned_by_item(plan: BudgetPlan) -> dict[str, Decimal]:
    """Code of the item → euro."""
    rows = PlanLine.objects.filter(plan=plan).values("item__code").order_by("item__code").annotate(sum=Sum("amount"))
    return dict(rows.values_list("item__code", "sum"))


def spent_by_item(project: Project) -> dict[str, Decimal]:
    """Code of the item → euro, of what counts as spent."""
    rows = ExpenseShare.objects.filter(expense__project=project, expense__state__in=SPENT)
    found = rows.values("expense__item__code").order_by("expense__item__code").annotate(sum=Sum("amount"))
    return dict(found.values_list("expense__item__code", "sum"))


def matrix_of(project: Project, *, until: date | None = None) -> Matrix:
    """The plan in force and what was spent on documents dated up to a day. Two queries, whatever there is."""
    found = Matrix()
    planned = PlanLine.objects.filter(plan__project=project, plan__state=PlanState.IN_FORCE)
    names = ("item__code", "item__name", "participation__partner__name", "source__name")
    cells: dict[Key, Cell] = {}
    for code, item, partner, source, kind, amount in planned.order_by("id").values_list(*names, "source__kind", "amount"):
        cells.setdefault((code, item, partner, source), Cell()).planned += amount
        found.kinds[source] = kind
    proof = ProjectFile.objects.filter(
        subject_type="projects.expense", subject_id=OuterRef("expense_id"), kind=FileKind.PROOF, network_id=project.network_id
    )
    spent = ExpenseShare.objects.filter(expense__project=project, expense__state__in=SPENT).annotate(has_proof=Exists(proof))
    if until:
        spent = spent.filter(expense__document_on__lte=until)
    fields = [f"expense__{name}" for name in names[:3]]
    is_proved = ~Q(expense__proof_kind__in=("", *NO_PROOF)) & Q(expense__paid_on__isnull=False, has_proof=True)
    sums = (
        spent.values(*fields, "source__name", "source__kind")
        .order_by(*fields, "source__name", "source__kind")
        .annotate(sum=Sum("amount"), proved=Sum("amount", filter=is_proved, default=ZERO))
    )
    for code, item, partner, source, kind, amount, proved in sums.values_list(
        *fields, "source__name", "source__kind", "sum", "proved"
    ):  # fmt: skip
        cell = cells.setdefault((code, item, partner, source), Cell())
        cell.spent, cell.proved = cell.spent + amount, cell.proved + proved
        found.kinds[source] = kind
    found.cells = dict(sorted(cells.items()))
    return found
