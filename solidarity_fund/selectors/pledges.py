"""Promises, their parts and what came of each: for who records contributions."""

from decimal import Decimal
from typing import Any

from django.db.models import DecimalField, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.shortcuts import get_object_or_404

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import audit
from impresasolidale.core.keyset import Slice, page_of
from impresasolidale.core.models import Look

from ..giving_rules import covered
from ..models import Contribution, Donor, Instalment, Pledge
from .contributions import taken_back

OPEN = (Pledge.State.OPEN, Pledge.State.PARTLY)
ZERO = Value(Decimal(0), output_field=DecimalField(max_digits=12, decimal_places=2))


def _pledges(access: Access) -> QuerySet[Pledge]:
    """Each with `given`: euro that came for it."""
    access.require(Permission.RECORD_CONTRIBUTIONS)
    came = Contribution.objects.filter(~taken_back("pk"), pledge=OuterRef("pk")).order_by().values("pledge").annotate(n=Sum("amount"))
    rows = Pledge.objects.filter(network_id=access.network_id).select_related("donor", "pot")
    return rows.annotate(given=Coalesce(Subquery(came.values("n")), ZERO))


MOST_ROWS = 5000  # of a file


def _in_state(access: Access, state: str) -> QuerySet[Pledge]:
    return _pledges(access).filter(state=state) if state else _pledges(access)


def pledges_file(access: Access, *, state: str = "") -> list[Any]:
    """The whole list for a file, as it is filtered. The look is an export."""
    rows: list[Any] = list(_in_state(access, state).order_by("-id")[:MOST_ROWS])
    audit.look(Look.Kind.EXPORT, rows, by=access, place="solidarity_fund:pledges", subject_type=audit.type_of(Pledge))  # type: ignore[arg-type]
    return rows


def pledges_page(access: Access, query: QueryDict, *, state: str = "") -> Slice:
    page = page_of(_in_state(access, state), query, order=("-id",))
    audit.look(Look.Kind.LIST, page.rows, by=access, place="solidarity_fund:pledges", subject_type=audit.type_of(Pledge))  # type: ignore[arg-type]
    return page


def pledge_for(access: Access, public_id: object) -> Any:
    row: Any = get_object_or_404(_pledges(access), public_id=public_id)
    audit.look(Look.Kind.DETAIL, row, by=access, place="solidarity_fund:pledge")
    return row


def pledges_of(access: Access, donor: Donor) -> list[Any]:
    return list(_pledges(access).filter(donor=donor).order_by("-id"))


def open_pledges(access: Access, donors: list[Donor] | None = None) -> list[Any]:
    rows = _pledges(access).filter(state__in=OPEN)
    return list((rows.filter(donor__in=donors) if donors is not None else rows).order_by("donor__name", "id")[:500])


def parts_of(pledge: Any) -> list[Any]:
    """Its parts in order, each with `came`: how much of it is there."""
    parts: list[Any] = list(pledge.instalments.order_by("position"))
    for part, came in zip(parts, covered([p.amount for p in parts], pledge.given), strict=True):
        part.came = came
    return parts


def waiting_parts(access: Access) -> list[tuple[Instalment, Decimal]]:
    """Every part that is still waited for, with what is left of it, the earliest first. Two queries."""
    pledges = {row.pk: row for row in open_pledges(access)}
    rows = Instalment.objects.filter(pledge_id__in=pledges).order_by("pledge_id", "position")
    by_pledge: dict[int, list[Instalment]] = {}
    for row in rows:
        row.pledge = pledges[row.pledge_id]
        by_pledge.setdefault(row.pledge_id, []).append(row)
    found = []
    for pk, parts in by_pledge.items():
        came = covered([p.amount for p in parts], pledges[pk].given)
        found += [(part, part.amount - c) for part, c in zip(parts, came, strict=True) if c < part.amount]
    return sorted(found, key=lambda pair: (pair[0].due_on, pair[0].pk))
