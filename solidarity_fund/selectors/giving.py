"""What a donor reads: the own gifts, receipts and promises. Three doors, one room: a personal link, the portal of a
company, an own sign-in.

Everything is read in the scope of those donors alone: the database opens no other row, whatever a query forgets (rule 73).
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.http import Http404

from companies.hosts.models import Company
from impresasolidale.accounts.access import Access
from impresasolidale.core import audit
from impresasolidale.core.models import Look

from ..models import Contribution, Donor, GiftInKind, Pledge
from .contributions import taken_back
from .pledges import OPEN, parts_of
from .receipts import with_receipts

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Door:
    access: Access
    expires_at: datetime


def door_of(token_hash: str) -> Door | None:
    """Found before any scope exists, by the hash of the secret; None when there is none. One query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT network_id, donor_id, expires_at, papers FROM solidarity_fund_donor_door(%s)", [token_hash])
        found = cursor.fetchone()
    if found is None:
        return None
    network_id, donor_id, expires_at, papers = found
    return Door(Access.of_donors(network_id=network_id, donors=frozenset({donor_id}), papers=frozenset(papers)), expires_at)


def access_of_company(access: Access, company: Company) -> Access | None:
    """The Access to what a company gave, for its contact; None when it gave nothing. Raises Http404 for somebody else's company."""
    if company.pk not in access.contact_for:
        raise Http404
    return _access_of(access, [row for row in _own_donors() if row[0] == company.pk])


def access_of_account(access: Access) -> Access | None:
    """The Access to what the donors of a sign-in gave; None for one of no donor, or whose donors have all ended. One query."""
    return _access_of(access, [row for row in _own_donors() if row[1] in access.donors]) if access.donors else None


def _own_donors() -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT company_id, donor_id, papers FROM solidarity_fund_own_donors()")
        return cursor.fetchall()


def _access_of(access: Access, rows: list[tuple[Any, ...]]) -> Access | None:
    if not rows:
        return None
    return Access.of_donors(
        network_id=access.network_id,
        donors=frozenset(donor for _company, donor, _papers in rows),
        papers=frozenset(paper for row in rows for paper in row[2]),
        actor=access.actor,
    )


@dataclass(frozen=True)
class Given:
    """What one donor gave. `total` is euro of money that stands; goods are told with their own value."""

    names: list[str]
    gifts: list[Any]
    goods: list[Any]
    pledges: list[Any]
    total: Decimal
    goods_value: Decimal


def given_by(access: Access, *, place: str) -> Given:
    """In the scope of `access`, which names the donors. The look is logged."""
    assert access.donors
    donors = list(Donor.objects.filter(pk__in=access.donors).order_by("name", "id"))
    rows = Contribution.objects.filter(donor__in=donors).select_related("pot", "for_comune").annotate(is_taken_back=taken_back("pk"))
    gifts = with_receipts(list(rows.order_by("-received_on", "-id")))
    goods = with_receipts(list(GiftInKind.objects.filter(donor__in=donors).order_by("-received_on", "-id")))
    pledges: list[Any] = list(Pledge.objects.filter(donor__in=donors, state__in=OPEN).select_related("pot").order_by("-id"))
    for pledge in pledges:
        pledge.given = sum((gift.amount for gift in gifts if gift.pledge_id == pledge.pk and not gift.is_taken_back), ZERO)
        pledge.parts = parts_of(pledge)
    audit.look(Look.Kind.DETAIL, donors, by=access, place=place)
    return Given(
        names=[donor.name for donor in donors],
        gifts=gifts,
        goods=goods,
        pledges=pledges,
        total=sum((gift.amount for gift in gifts if not gift.is_taken_back), ZERO),
        goods_value=sum((gift.value for gift in goods), ZERO),
    )
