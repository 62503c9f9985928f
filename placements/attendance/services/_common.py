"""What every write of attendance stands on: the lock of the placement, the words and the address of a month."""

from datetime import date, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse

from impresasolidale.accounts.access import Access
from impresasolidale.core.words import written
from placements.agreements.models import Placement

from ..enums import Channel

ONE_DAY = timedelta(days=1)


def locking(rows: QuerySet[Placement] | None = None) -> QuerySet[Placement]:
    """Placements, locked in one order when read. Foreign keys to them stay free: only writers of attendance wait."""
    return (
        (Placement.objects.all() if rows is None else rows)
        .select_for_update(of=("self",), no_key=True)
        .select_related("beneficiary")
        .only(
            *("public_id", "ambito_id", "state", "starts_on", "entered_on", "ends_on", "ended_on", "site_id"),
            *("beneficiary__first_name", "beneficiary__last_name"),
        )
        .order_by("pk")
    )


def month_words(day: date) -> str:
    return written(day, "F Y")


def month_url(placement: Placement, day: date) -> str:
    return month_address(placement.public_id, day)


def month_address(placement_id: UUID, day: date) -> str:
    return f"{reverse('attendance:month', args=[placement_id])}?mese={day:%Y-%m}"


def channel_of(by: Access) -> Channel:
    """Where a record of this access comes from, when nothing else is said."""
    if by.link_id:
        return Channel.LINK
    return Channel.PORTAL if by.placements is not None else Channel.OFFICE
