"""Requests of the active Ambito, and of the comuni a limited membership opens."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404

from impresasolidale.accounts.access import Access
from impresasolidale.core import audit
from impresasolidale.core.keyset import Slice, page_of
from impresasolidale.core.models import Look, Upload
from impresasolidale.territory.models import RuleBookVersion
from impresasolidale.territory.rules import Severity
from impresasolidale.territory.selectors import NoRuleBook, rules_for
from impresasolidale.treasury.models import Entry
from placements.agreements.enums import HOSTED, PlacementState
from placements.agreements.models import Placement
from placements.beneficiaries.models import Beneficiary

from ..models import BenefitRequest
from ..rules import in_window, is_over_ceiling

RUNNING = (PlacementState.ACTIVE, PlacementState.SUSPENDED)
ACT = "solidarity_fund.outside_act"  # the copy of the act that was the second key
REQUEST_TYPE = audit.type_of(BenefitRequest)  # type: ignore[arg-type]


def _requests(access: Access) -> QuerySet[BenefitRequest]:
    rows = BenefitRequest.objects.filter(ambito_id=access.ambito_id).select_related("beneficiary", "ambito", "pot")
    return rows if access.comuni is None else rows.filter(beneficiary__residence_id__in=access.comuni)


def request_for(access: Access, public_id: object) -> BenefitRequest:
    row: BenefitRequest = get_object_or_404(
        _requests(access).select_related("placement__company", "placement__rulebook", "created_by", "decided_by"), public_id=public_id
    )
    audit.look(Look.Kind.DETAIL, row, by=access, place="solidarity_fund:request")
    return row


def act_of(request: BenefitRequest) -> Upload | None:
    """The copy of the outside act with which one person asked and decided; None when two did."""
    return Upload.objects.filter(kind=ACT, subject_type=REQUEST_TYPE, subject_id=request.pk).order_by("-id").first()


def act_for(access: Access, public_id: object) -> Upload:
    """The same, for who reaches the request. Raises Http404."""
    found = act_of(request_for(access, public_id))
    if found is None:
        raise Http404
    return found


def requests_page(access: Access, query: QueryDict, *, state: str = "") -> Slice:
    """Requests, newest first; `state` narrows."""
    rows = _requests(access).filter(**({"state": state} if state else {}))
    page = page_of(rows, query, order=("-id",))
    audit.look(Look.Kind.LIST, page.rows, by=access, place="solidarity_fund:requests", subject_type=REQUEST_TYPE)
    return page


def requests_waiting(access: Access, *, limit: int = 5) -> list[BenefitRequest]:
    """The requests that wait longest for a decision."""
    rows = list(_requests(access).filter(state=BenefitRequest.State.SUBMITTED).order_by("id")[:limit])
    audit.look(Look.Kind.LIST, rows, by=access, place="solidarity_fund:home", subject_type=REQUEST_TYPE)
    return rows


def requests_of(access: Access, beneficiary: Beneficiary) -> list[BenefitRequest]:
    """A person's requests, newest first; the caller logs the look."""
    return list(_requests(access).filter(beneficiary=beneficiary).order_by("-id")[:50])


def requests_behind(access: Access, entries: list[Entry]) -> dict[int, BenefitRequest]:
    """Entry id → its request, for the entries whose request this access reaches."""
    wanted: dict[int, list[int]] = defaultdict(list)
    for entry in entries:
        if entry.source_type == REQUEST_TYPE:
            wanted[entry.source_id].append(entry.pk)
    found = _requests(access).filter(pk__in=wanted).select_related(None)
    return {entry_id: row for row in found for entry_id in wanted[row.pk]}


def granted_in_year(request: BenefitRequest, year: int) -> Decimal:
    """Euro granted to the person in the calendar year, this request apart (rule 66)."""
    states = (BenefitRequest.State.GRANTED, BenefitRequest.State.PAID)
    rows = BenefitRequest.objects.filter(beneficiary_id=request.beneficiary_id, state__in=states, decided_at__year=year).exclude(
        pk=request.pk
    )
    return rows.aggregate(total=Sum("amount", default=Decimal(0)))["total"]


@dataclass(frozen=True)
class Ceiling:
    """Where a request stands against the yearly ceiling of its placement's rule book (rule 66). `ceiling` None: not set."""

    ceiling: Decimal | None
    granted: Decimal
    is_over: bool
    blocks: bool


def ceiling_of(request: BenefitRequest, *, today: date) -> Ceiling:
    rules = request.placement.rulebook.rules
    granted = granted_in_year(request, today.year)
    over = is_over_ceiling(granted=granted, amount=request.amount, ceiling=rules.fund_yearly_ceiling)
    severity = rules.severity(66)
    return Ceiling(rules.fund_yearly_ceiling, granted, over and severity != Severity.OFF, severity == Severity.BLOCK)


def criteria_act(request: BenefitRequest, *, today: date) -> RuleBookVersion | None:
    """The act whose criteria hold today in the Ambito (rule 64), if there is one."""
    try:
        return rules_for(request.ambito, today)[0]
    except NoRuleBook:
        return None


def placements_for_benefit(access: Access, *, today: date) -> list[Placement]:
    """Placements whose person may be helped: running, or ended within the months of their rule book (rule 67). By name."""
    rows = (
        Placement.objects.filter(Q(state__in=RUNNING) | Q(ended_on__isnull=False), ambito_id=access.ambito_id, state__in=HOSTED)
        .select_related("beneficiary", "company")
        .order_by("beneficiary__search_key", "-starts_on", "id")
    )
    if access.comuni is not None:
        rows = rows.filter(beneficiary__residence_id__in=access.comuni)
    books = {book.pk: book.rules for book in RuleBookVersion.objects.filter(network_id=access.network_id)}
    found = [row for row in rows if may_be_helped(row, books[row.rulebook_id], today=today)]
    audit.look(Look.Kind.LIST, found, by=access, place="solidarity_fund:new_request", subject_type=audit.type_of(Placement))  # type: ignore[arg-type]
    return found


def may_be_helped(placement: Placement, rules: Any, *, today: date) -> bool:
    if rules.severity(67) != Severity.BLOCK:
        return placement.state in HOSTED
    running = placement.state in RUNNING
    return in_window(running=running, ended_on=placement.ended_on, months=rules.fund_window_months, today=today)
