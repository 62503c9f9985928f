"""Reads of the staff's hours."""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import QuerySet, Sum

from impresasolidale.accounts.access import Access
from impresasolidale.core.audit import type_of
from impresasolidale.core.models import Document

from ..documents import HOUR_SHEET
from ..models import HourlyRate, Participation, Project, StaffHours, StaffMember, StaffSheet
from ..rules import CostRow, Rate, cost_of
from ._common import one, ours


def last_day(month: date) -> date:
    return month.replace(day=monthrange(month.year, month.month)[1])


def members(access: Access, project: Project) -> QuerySet[StaffMember]:
    """The staff of the project's partners, by code."""
    partners = Participation.objects.filter(project=project).values("partner")
    return ours(StaffMember, access).filter(partner__in=partners).select_related("partner").order_by("code")


def member_for(access: Access, project: Project, public_id: object) -> StaffMember:
    return one(members(access, project), public_id)


def rates_of(members: Collection[StaffMember]) -> dict[int, list[Any]]:
    found: dict[int, list[HourlyRate]] = defaultdict(list)
    for rate in HourlyRate.objects.filter(member__in=members).order_by("-valid_from"):
        found[rate.member_id].append(rate)
    return found


def sheets(project: Project) -> QuerySet[StaffSheet]:
    """Newest month first, each with the `minutes` of all its pieces of work."""
    rows = StaffSheet.objects.filter(project=project).select_related("member__partner", "expense", "scan", "project")
    return rows.annotate(minutes=Sum("hours__minutes", default=0)).order_by("-month", "member__code")


def sheet_for(project: Project, public_id: object) -> StaffSheet:
    return one(sheets(project), public_id)


def paper_of(sheet: StaffSheet) -> Document | None:
    """The hour sheet that was printed last."""
    rows = Document.objects.filter(kind=HOUR_SHEET, subject_type=type_of(sheet), subject_id=sheet.pk, network_id=sheet.network_id)
    return rows.order_by("-id").first()


def hours_of(sheet: StaffSheet) -> list[StaffHours]:
    return list(StaffHours.objects.filter(sheet=sheet).select_related("work_package").order_by("day", "work_package__code"))


def cost_of_sheet(sheet: StaffSheet) -> tuple[list[CostRow], list[date]]:
    """A row a rate, and the days without one. Two queries."""
    minutes = StaffHours.objects.filter(sheet=sheet).order_by("day").values_list("day", "minutes")
    rates = [Rate(r.valid_from, r.valid_to, r.value) for r in HourlyRate.objects.filter(member=sheet.member_id).order_by("valid_from")]
    return cost_of(minutes, rates)
