"""Reads of projects and of what they are made of."""

from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum
from django.http import QueryDict

from impresasolidale.accounts.access import Access
from impresasolidale.core.audit import look
from impresasolidale.core.keyset import Slice, page_of
from impresasolidale.core.models import Look
from impresasolidale.territory.selectors import funding_logos
from impresasolidale.treasury.selectors.ledger import FIGURES, PotBalance, balance_of

from ..enums import SPENT, ExpenseState
from ..models import CostItem, Expense, Instalment, Participation, Project, ProjectSource, WorkPackage
from ._common import one, ours

ZERO = Decimal("0.00")


def projects(access: Access) -> QuerySet[Project]:
    return ours(Project, access).order_by("-starts_on", "code")


def projects_page(access: Access, query: QueryDict) -> Slice:
    """One page of them. The look is logged."""
    page = page_of(projects(access), query, order=("-starts_on", "-id"))
    look(Look.Kind.LIST, page.rows, by=access, place="projects:list", subject_type="projects.project")
    return page


def project_for(access: Access, public_id: object) -> Project:
    return one(projects(access).select_related("pot"), public_id)


def of_source(access: Access, source: str) -> QuerySet[Project]:
    """The network's projects that a funding source pays for."""
    return projects(access).filter(funding_source=source) if source else Project.objects.none()


def note_look(access: Access, row: Any, *, place: str, exported: bool = False) -> None:
    look(Look.Kind.EXPORT if exported else Look.Kind.DETAIL, row, by=access, place=place)


def participations(project: Project) -> QuerySet[Participation]:
    """The lead first, then partners, then supporters, by name."""
    return Participation.objects.filter(project=project).select_related("partner").order_by("role", "partner__name")


def items(project: Project) -> QuerySet[CostItem]:
    return CostItem.objects.filter(project=project).order_by("code")


def item_for(project: Project, public_id: object) -> CostItem:
    return one(items(project), public_id)


def participation_for(project: Project, public_id: object) -> Participation:
    return one(participations(project), public_id)


def source_for(project: Project, public_id: object) -> ProjectSource:
    return one(sources(project), public_id)


def work_package_for(project: Project, public_id: object) -> WorkPackage:
    return one(work_packages(project), public_id)


def logos(access: Access) -> list[tuple[str, str]]:
    """(code, words) of the funding sources that the network has logos or words for."""
    found = {row.source: row.words or row.source for row in reversed(funding_logos(access.network_id))}
    return sorted(found.items(), key=lambda pair: pair[1])


def sources(project: Project) -> QuerySet[ProjectSource]:
    return ProjectSource.objects.filter(project=project).order_by("pk")


def work_packages(project: Project) -> QuerySet[WorkPackage]:
    return WorkPackage.objects.filter(project=project).order_by("code")


def instalments(project: Project) -> QuerySet[Instalment]:
    return Instalment.objects.filter(project=project).select_related("recorded_by", "confirmed_by", "project").order_by("position")


def instalment_for(project: Project, public_id: object) -> Instalment:
    return one(instalments(project), public_id)


def counts_of(project: Project) -> dict[str, int]:
    """How many expenses stand in each state. One query."""
    rows = Expense.objects.filter(project=project).values("state").order_by("state").annotate(n=Count("id"))
    return {**dict.fromkeys(ExpenseState.values, 0), **dict(rows.values_list("state", "n"))}


def pot_figures(project: Project) -> PotBalance | None:
    """What the ledger says of the project's pot: received, committed, paid, free; None before the first instalment."""
    if project.pot_id is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(FIGURES + "WHERE p.id = %s AND p.network_id = %s", [project.pot_id, project.network_id])
        return balance_of(cursor.fetchone())


def totals_of(rows: QuerySet[Project]) -> dict[int, dict[str, Decimal]]:
    """Spent and paid-in of each project, for a list. Two queries, however many there are."""
    found: dict[int, dict[str, Decimal]] = {}
    spent = Expense.objects.filter(project__in=rows, state__in=SPENT).values("project").order_by("project")
    for pk, total in spent.annotate(sum=Sum("charged")).values_list("project", "sum"):
        found.setdefault(pk, {})["spent"] = total
    paid = Instalment.objects.filter(Q(state="received"), project__in=rows).values("project").order_by("project")
    for pk, total in paid.annotate(sum=Sum("received_amount")).values_list("project", "sum"):
        found.setdefault(pk, {})["received"] = total
    return found
