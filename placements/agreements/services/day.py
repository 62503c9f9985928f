"""Just after midnight: what the calendar does by itself to placements."""

from collections.abc import Collection
from datetime import date

from django.db.models import Q

from impresasolidale.accounts.access import Access

from .. import readiness
from ..enums import RUNNING, PlacementState
from ..models import Placement
from .changes.endings import turn_endings
from .changes.pauses import turn_pauses
from .changes.tutors import turn_tutors
from .expiry import turn_expiry
from .flow import end_placement, start_or_ask
from .soon import turn_soon

S = PlacementState


def turn_day(*, ids: Collection[int], by: Access, today: date) -> dict[str, int]:
    """Of these placements of one Ambito: new tutors take over, the lights are judged again, what ends early or is over ends, what starts
    starts, pauses begin and end, what nobody signed expires, what is near is asked about. Safe to repeat."""
    counts = dict.fromkeys(("started", "red", "ended", "ended_early", "suspended", "resumed", "tutors", "expired"), 0)
    counts["tutors"] = turn_tutors(ids=ids, by=by, today=today)
    readiness.refresh_many(ids=ids, by=by, today=today)
    counts["ended_early"] = turn_endings(ids=ids, by=by, today=today)
    due = Placement.objects.filter(Q(state=S.VALIDATED, starts_on__lte=today) | Q(state__in=RUNNING, ends_on__lt=today), pk__in=ids)
    for placement in due.select_related("beneficiary").order_by("pk"):
        if placement.state != S.VALIDATED:
            end_placement(placement=placement, by=by, today=today)
            counts["ended"] += 1
        else:
            started = start_or_ask(placement, by=by, today=today).state == S.ACTIVE
            counts["started" if started else "red"] += 1
    counts |= turn_pauses(ids=ids, by=by, today=today)
    counts["expired"] = turn_expiry(ids=ids, by=by, today=today)
    turn_soon(ids=ids, by=by, today=today)
    return counts
