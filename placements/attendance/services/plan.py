"""The planned days, written again when what they follow from changes."""

from datetime import date

from django.db import transaction
from django.db.models import Q

from impresasolidale.accounts.access import Access
from impresasolidale.core.scope import scope
from impresasolidale.territory.models import Ambito
from placements.agreements.enums import PlacementState
from placements.agreements.models import Placement, Suspension
from placements.agreements.schedule import plan_between, spans

from ..enums import MonthState
from ..models import AttendanceEvent, PlannedSession, Timesheet
from ..rules import first_of_month, months_of
from ._common import ONE_DAY, locking
from .totals import recompute_totals

PLANNED = (
    *(PlacementState.VALIDATED, PlacementState.ACTIVE, PlacementState.SUSPENDED),
    *(PlacementState.ENDED, PlacementState.ENDED_EARLY),  # their last months may still be open
)
NEVER_BEGAN = (PlacementState.CANCELLED, PlacementState.WITHDRAWN)


@transaction.atomic
def resync_planned(*, placement: Placement, by: Access, today: date, since: date | None = None) -> int:
    """Write the planned days again: each by the version of the project that holds on it, without holidays, patron, closures,
    suspensions.

    Safe to repeat. Days before `since` (today when not said) stay as they were planned, those that a suspension took away go; the
    first time all days are made, also past ones; days of closed months never move. A placement still suspended after its pause has
    no day from today on, a cancelled one has none. Days after the last one go. Returns the days written.
    No permission of its own: it follows from a change that had one.
    """
    locked = locking().get(pk=placement.pk)
    planned = PlannedSession.objects.filter(placement=locked)
    settled = set(Timesheet.objects.filter(placement=locked).exclude(state=MonthState.OPEN).values_list("month", flat=True))
    since = max(locked.kept_from, since or today) if planned.exists() else locked.kept_from
    until = locked.last_day
    if locked.state == PlacementState.SUSPENDED and not _pauses(locked, today):
        until = min(until, today - ONE_DAY)
    elif locked.state in NEVER_BEGAN:
        until = locked.starts_on - ONE_DAY
    slots = plan_between(locked, since, until)
    kept = {slot.day for slot in slots}
    pauses = spans(Suspension.objects.filter(placement=locked))
    goes = [
        session.pk
        for session in planned
        if first_of_month(session.day) not in settled
        and (
            (session.day >= since and session.day not in kept)
            or not locked.starts_on <= session.day <= until
            or any(p.start <= session.day <= (p.to or session.day) for p in pauses)
        )
    ]
    planned.filter(pk__in=goes).delete()
    fresh = [
        PlannedSession(ambito_id=locked.ambito_id, placement=locked, day=slot.day, starts_at=slot.starts_at, minutes=slot.minutes)
        for slot in slots
        if first_of_month(slot.day) not in settled
    ]
    PlannedSession.objects.bulk_create(
        fresh, update_conflicts=True, unique_fields=["placement", "day"], update_fields=["starts_at", "minutes"]
    )
    _resync_sheets(locked)
    return len(fresh)


def resync_company(*, company_id: int, since: date, by: Access, today: date) -> int:
    """A closure of a company was written or taken back: the days from `since` on are planned again for everybody placed there.

    One placement a transaction, so that a tap waits for its own at most. `by` reaches every Ambito of the network.
    """
    count = 0
    for ambito in Ambito.objects.filter(pk__in=by.ambiti).order_by("pk"):
        system = Access.system(network_id=ambito.network_id, ambito_id=ambito.pk, reason="closure of a company")
        with scope(system.scope):
            there = Placement.objects.filter(company_id=company_id, ambito_id=ambito.pk, state__in=PLANNED, ends_on__gte=since)
            for placement in there.order_by("pk"):
                resync_planned(placement=placement, by=system, today=today, since=since)
                count += 1
    return count


def _pauses(placement: Placement, day: date) -> bool:
    """Whether a suspension in writing holds on a day, or is still to come."""
    return Suspension.objects.filter(Q(ends_on=None) | Q(ends_on__gte=day), placement=placement).exists()


def _resync_sheets(placement: Placement) -> None:
    """One sheet a month over the placement; open sheets outside it go, unless somebody wrote on them."""
    months = set() if placement.state in NEVER_BEGAN else set(months_of(placement.kept_from, placement.last_day))
    written = set(AttendanceEvent.objects.filter(placement=placement).dates("day", "month"))
    Timesheet.objects.filter(placement=placement, state=MonthState.OPEN).exclude(month__in=months | written).delete()
    recompute_totals([placement.pk], months | written)
