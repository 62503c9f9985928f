"""Who may not decide on a request: what the records say, and what a member declared (rule 68)."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from django.db.models import Exists, QuerySet, Subquery

from impresasolidale.accounts.models import Membership, User
from impresasolidale.accounts.permissions import COMPANY_ROLES
from impresasolidale.core.audit import type_of
from impresasolidale.core.models import Fact
from impresasolidale.core.periods import in_force
from impresasolidale.territory.selectors import name_key
from placements.agreements.models import Placement
from placements.beneficiaries.models import CareMember

from ..enums import IMPOSED, Conflict
from ..models import Abstention, BenefitPayee, BenefitRequest
from ..transitions import REQUEST


def conflicts_of(requests: Collection[BenefitRequest], users: Iterable[User], *, on: date) -> dict[tuple[int, int], list[Conflict]]:
    """(request, user) → what the records say against their voting. Three statements, however many there are.

    `request.placement` and the care team say who works with the person; the company's own users are the host's; a payee of the same
    name is only a hint, which the member answers.
    """
    people = list(users)
    ids = [user.pk for user in people]
    found: dict[tuple[int, int], list[Conflict]] = defaultdict(list)
    team: dict[int, set[int]] = defaultdict(set)
    rows = CareMember.objects.filter(in_force(on), beneficiary_id__in={r.beneficiary_id for r in requests}, user_id__in=ids)
    for beneficiary_id, user_id in rows.values_list("beneficiary_id", "user_id"):
        team[beneficiary_id].add(user_id)
    hosts: dict[int, set[int]] = defaultdict(set)
    works = Membership.objects.filter(in_force(on), role__in=COMPANY_ROLES, user_id__in=ids)
    for company_id, user_id in works.values_list("company_id", "user_id"):
        hosts[company_id].add(user_id)
    payees = dict(BenefitPayee.objects.filter(request__in=[r.pk for r in requests]).exclude(name="").values_list("request_id", "name"))
    for request in requests:
        payee = name_key(payees.get(request.pk, ""))
        for user in people:
            reasons = found[request.pk, user.pk]
            if user.pk in request.authors:
                reasons.append(Conflict.AUTHOR)
            if user.pk in team[request.beneficiary_id]:
                reasons.append(Conflict.CARE_TEAM)
            if user.pk in hosts[request.placement.company_id]:
                reasons.append(Conflict.COMPANY)
            names = {name_key(f"{user.first_name} {user.last_name}"), name_key(f"{user.last_name} {user.first_name}")}
            if payee and payee in names:
                reasons.append(Conflict.PAYEE)
    return dict(found)


def imposed(reasons: Iterable[Conflict]) -> list[Conflict]:
    return [reason for reason in reasons if reason in IMPOSED]


def aside_of(requests: Collection[BenefitRequest], users: Iterable[User], *, on: date) -> tuple[dict[Any, str], dict[Any, str]]:
    """((request, user) → why they stand aside, (request, user) → what they should look at): declared, or imposed by the records."""
    found = conflicts_of(requests, users, on=on)
    aside = {key: str(imposed(reasons)[0].label) for key, reasons in found.items() if imposed(reasons)}
    hints = {key: str(reasons[0].label) for key, reasons in found.items() if reasons and not imposed(reasons)}
    declared = Abstention.objects.filter(request__in=[r.pk for r in requests])
    for request_id, member_id, reason in declared.values_list("request_id", "member_id", "reason"):
        aside[request_id, member_id] = str(Conflict(reason).label)
    return aside, {key: words for key, words in hints.items() if key not in aside}


def reasons_aside(request: BenefitRequest, user_id: int | None, *, on: date) -> list[Conflict]:
    """Why one person keeps away from one request, declared or imposed. One statement."""
    rows = BenefitRequest.objects.annotate(**aside_columns(request, user_id, on=on))
    return reasons_in(rows.get(pk=request.pk), request, user_id)


def aside_columns(request: BenefitRequest, user_id: int | None, *, on: date) -> dict[str, Any]:
    """What `reasons_in` reads, for whatever row is asked for anyway: a grant has no statement to spare (performance.md §2.3)."""
    who = user_id or 0  # the program itself is nobody
    team = CareMember.objects.filter(in_force(on), beneficiary_id=request.beneficiary_id, user_id=who)
    host = Placement.objects.filter(pk=request.placement_id).values("company_id")
    works = Membership.objects.filter(in_force(on), role__in=COMPANY_ROLES, user_id=who, company_id__in=host)
    declared = Abstention.objects.filter(request_id=request.pk, member_id=who).values("reason")
    return {
        "aside_team": Exists(team),
        "aside_host": Exists(works),
        "aside_said": Subquery(declared),
        "has_completed": Exists(completed_by(request, who)),
    }


def completed_by(request: BenefitRequest, user_id: int | None) -> QuerySet[Fact]:
    """When this user completed it: also before somebody else did, whom alone the request names."""
    code = f"{REQUEST.code}.completed"
    return Fact.objects.filter(subject_type=type_of(request), subject_id=request.pk, code=code, actor_id=user_id or 0)


def reasons_in(row: Any, request: BenefitRequest, user_id: int | None) -> list[Conflict]:
    found = [Conflict(row.aside_said)] if row.aside_said else []
    records = (
        (Conflict.AUTHOR, user_id in request.authors),
        (Conflict.CARE_TEAM, row.aside_team),
        (Conflict.COMPANY, row.aside_host),
    )
    return found + [reason for reason, holds in records if holds]
