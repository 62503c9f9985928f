"""Just after midnight: what the calendar does by itself to the placements of every Ambito."""

from datetime import date

from django.db.models import Q

from impresasolidale.accounts.access import Access
from impresasolidale.core.scope import scope
from impresasolidale.territory.models import Ambito

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


def turn_day(*, today: date) -> dict[str, int]:
    """In every Ambito: new tutors take over, the lights are judged again, what ends early or is over ends, what starts starts, pauses begin
    and end, what nobody signed expires, what is near is asked about. Safe to repeat."""
    counts = dict.fromkeys(("started", "red", "ended", "ended_early", "suspended", "resumed", "tutors", "expired"), 0)
    for ambito in Ambito.objects.order_by("pk"):
        system = Access.system(network_id=ambito.network_id, ambito_id=ambito.pk, reason="change of day")
        with scope(system.scope):
            counts["tutors"] += turn_tutors(by=system, today=today)
            readiness.refresh_where(by=system, today=today)
            counts["ended_early"] += turn_endings(by=system, today=today)
            due = Placement.objects.filter(
                Q(state=S.VALIDATED, starts_on__lte=today) | Q(state__in=RUNNING, ends_on__lt=today), ambito_id=ambito.pk
            )
            for placement in due.select_related("beneficiary").order_by("pk"):
                if placement.state != S.VALIDATED:
                    end_placement(placement=placement, by=system, today=today)
                    counts["ended"] += 1
                else:
                    started = start_or_ask(placement, by=system, today=today).state == S.ACTIVE
                    counts["started" if started else "red"] += 1
            for name, number in turn_pauses(by=system, today=today).items():
                counts[name] += number
            counts["expired"] += turn_expiry(by=system, today=today)
            turn_soon(by=system, today=today)
    return counts
