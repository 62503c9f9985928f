"""The yearly list of who got more than the threshold of an administration (D.Lgs. 33/2013, articles 26 and 27; rules 70 and 71).

What counts of a person: the allowances that the body paid and, in the list of the Ambito's lead body, what the fund granted, less what
went back into its pots. Nobody's name: the code of liquidations (attendance), one for a person and year. One line a person, one
title for all: of two lines, or of two titles, who knows what somebody earns would read that the fund helped too.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, Sum
from django.http import Http404

from impresasolidale.accounts.access import Access
from impresasolidale.core import audit
from impresasolidale.core.models import Look
from impresasolidale.territory.models import Ambito, Body
from impresasolidale.territory.selectors import lead_body, rules_for
from impresasolidale.treasury.models import Account, Leg
from placements.attendance.liquidation_selectors import paid_in_year, publication_code

from ..models import BenefitRequest, Publication
from .requests import REQUEST_TYPE

ZERO = Decimal("0.00")
DECIDED = (BenefitRequest.State.GRANTED, BenefitRequest.State.PAID)


@dataclass(frozen=True)
class Line:
    """One person of the list: a code and euro."""

    code: str
    amount: Decimal


def threshold_of(ambito: Ambito, year: int) -> Decimal:
    """Euro a year, of the rule book in force at the end of the year."""
    return rules_for(ambito, date(year, 12, 31))[1].publication_threshold


def granted_in_year(access: Access, year: int) -> dict[UUID, Decimal]:
    """What the fund granted to each person of the Ambito in a year, by legs: what left the free money of its pots for a request that was
    decided in the year, less what went back there, whenever. A payment that bounced took nothing back: the aid stands."""
    requests = dict(
        BenefitRequest.objects.filter(ambito_id=access.ambito_id, decided_at__year=year, state__in=DECIDED).values_list(
            "pk", "beneficiary__public_id"
        )
    )
    legs = Leg.objects.filter(account__kind=Account.Kind.FREE, entry__source_type=REQUEST_TYPE, entry__source_id__in=requests)
    found: defaultdict[UUID, Decimal] = defaultdict(Decimal)
    for source, amount in legs.values_list("entry__source_id").annotate(sum=Sum("amount")).order_by("entry__source_id"):
        found[requests[source]] += amount
    return dict(found)


def lines_over(access: Access, *, body: Body, year: int, threshold: Decimal) -> list[Line]:
    """Who got more than the threshold of the body in the year, by code; nobody for a membership limited to some comuni."""
    if access.comuni is not None:
        return []
    sums = defaultdict(Decimal, {of: paid.total for of, paid in paid_in_year(access, body=body, year=year).items()})
    if body == lead_body(access.ambito):
        for of, granted in granted_in_year(access, year).items():
            sums[of] += granted
    return sorted((Line(publication_code(of, year), sum_) for of, sum_ in sums.items() if sum_ > threshold), key=lambda line: line.code)


# --- What was published


def lists(access: Access) -> QuerySet[Publication]:
    """The lists of the active Ambito in whatever state, the newest year first."""
    rows = Publication.objects.filter(kind=Publication.Kind.GRANTS, ambito_id=access.ambito_id)
    return rows.select_related("body", "ambito", "created_by", "published_by").order_by("-year", "body__name", "-id")


def published_lists(access: Access) -> list[Publication]:
    """The lists that everybody may read, of every Ambito of the network; without their rows."""
    rows = Publication.objects.filter(kind=Publication.Kind.GRANTS, network_id=access.network_id, state=Publication.State.PUBLISHED)
    return list(rows.select_related("body", "ambito").order_by("-year", "ambito__name", "body__name").defer("values"))


def publication_for(access: Access, public_id: UUID) -> Publication:
    """One publication of the office or of its network, in whatever state; it logs the look. Raises Http404."""
    rows = Publication.objects.filter(
        Q(kind=Publication.Kind.GRANTS, ambito_id=access.ambito_id) | Q(kind=Publication.Kind.ACCOUNT, network_id=access.network_id)
    )
    row = rows.select_related("body", "ambito", "network", "created_by", "published_by", "document").filter(public_id=public_id).first()
    if row is None:
        raise Http404
    audit.look(Look.Kind.DETAIL, row, by=access, place="solidarity_fund:publication")
    return row


def published(access: Access, public_id: UUID) -> Publication:
    """One that everybody may read. Raises Http404."""
    rows = Publication.objects.filter(network_id=access.network_id, state=Publication.State.PUBLISHED, public_id=public_id)
    row = rows.select_related("body", "ambito", "document").first()
    if row is None:
        raise Http404
    return row


@dataclass(frozen=True)
class Listed:
    """A list as it is read: what holds of every line, and the lines."""

    facts: dict[str, str]
    lines: list[Line]

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines), ZERO)


def listed(row: Publication) -> Listed:
    """The frozen values of a list."""
    values: Any = row.values
    return Listed(values["facts"], [Line(code, Decimal(amount)) for code, amount in values["rows"]])
