"""How placements went: visits, events, and the values that changed from the first evaluation to the last. Aggregates without a name."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, F, Q

from impresasolidale.accounts.access import Access
from placements.monitoring.models import PlacementEvent, Visit
from placements.monitoring.visit_enums import COUNTED, VisitState

from ..study import queries as study


@dataclass(frozen=True)
class Counted:
    """How many of a kind, and the people behind them."""

    kind: str
    people: int
    count: int


@dataclass(frozen=True)
class Punctual:
    """Visits to a place whose day lies in the period and is over: a put off one counts from its new day (rules 47, 48)."""

    in_time: int
    late: int  # held after its day
    missing: int  # not held yet


def _of(access: Access, source: str) -> Q:
    """Rows of the active Ambito, or of all those of the access; of one funder's placements."""
    found = Q(ambito_id__in=[access.ambito_id] if access.ambito_id else access.ambiti)
    return found & Q(placement__funding_source=source) if source else found


def held(access: Access, first: date, last: date, *, source: str = "") -> list[Counted]:
    """Visits, calls and talks held in the period, by kind. One query."""
    rows = Visit.objects.filter(_of(access, source), state=VisitState.DONE, held_on__range=(first, last)).order_by("kind").values("kind")
    counted = rows.annotate(people=Count("placement__beneficiary", distinct=True), n=Count("pk"))
    return [Counted(*row) for row in counted.values_list("kind", "people", "n")]


def punctual(access: Access, first: date, last: date, *, today: date, source: str = "") -> Punctual:
    """One query."""
    over = (first, min(last, today - timedelta(days=1)))
    rows = Visit.objects.filter(_of(access, source), kind__in=COUNTED, due_on__range=over).exclude(state=VisitState.CALLED_OFF)
    is_done = Q(state=VisitState.DONE)
    return Punctual(
        **rows.aggregate(
            in_time=Count("pk", filter=is_done & Q(held_on__lte=F("due_on"))),
            late=Count("pk", filter=is_done & Q(held_on__gt=F("due_on"))),
            missing=Count("pk", filter=~is_done),
        )
    )


def events(access: Access, first: date, last: date) -> list[Counted]:
    """What happened in the period and is no accident, by kind. One query."""
    rows = PlacementEvent.objects.filter(_of(access, ""), happened_on__range=(first, last)).order_by("kind").values("kind")
    counted = rows.annotate(people=Count("placement__beneficiary", distinct=True), n=Count("pk"))
    return [Counted(*row) for row in counted.values_list("kind", "people", "n")]


@dataclass(frozen=True)
class Moved:
    """Of one voice on one subject: placements whose last value is higher than the first, the same, or lower."""

    subject: str
    voice: str
    up: int
    same: int
    down: int


def moved(access: Access, first: date, last: date, *, today: date, source: str = "") -> list[Moved]:
    """Placements that ended in the period, evaluated at least twice: the arithmetic is the study's. One query in an Ambito."""
    with study.reach(access, first=first, last=last, wide=False) as frame:
        found = study.paired_at_end(frame, today=today, source=source)
    made = []
    for row in found:
        steps = [after - before for before, after in row.pairs]
        made.append(
            Moved(row.subject, row.voice, sum(s > 0 for s in steps), sum(s == 0 for s in steps), sum(s < 0 for s in steps)),
        )
    return made
