"""What the dashboard shows of one Ambito, and of the Ambiti side by side."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, Sum, Value
from django.utils.translation import gettext as _

from certification.models import Certificate
from companies.hosts.enums import ExpensePayer
from companies.hosts.selectors import euro_of, expenses
from impresasolidale.accounts.access import Access
from impresasolidale.core.scope import scope
from impresasolidale.core.small_numbers import Bundle, hide_bundles
from impresasolidale.territory.models import Ambito
from impresasolidale.territory.selectors import common_rules
from placements.agreements.enums import LIVE, PREPARED, WATCHED, PlacementState
from placements.agreements.models import Cover
from placements.agreements.selectors import placements_found, waivers_in_force
from placements.attendance.selectors import minutes_done

EXPIRY_DAYS = 60


@dataclass(frozen=True)
class Counts:
    """Placements of the Ambito that are prepared or run today."""

    by_state: dict[str, int]
    at_risk: int  # start within two weeks with a red light
    ending: int  # run, and are over within two months
    waivers: int  # of items of the start light, in force
    borne: int  # cents that companies paid on their own this year, for hosting: should be nothing (domain.md §1.6)

    @property
    def costs(self) -> Decimal:
        return euro_of(self.borne)

    @property
    def running(self) -> int:
        return self.by_state.get(PlacementState.ACTIVE, 0)

    @property
    def preparing(self) -> int:
        return sum(self.by_state.get(s, 0) for s in PREPARED)

    @property
    def to_validate(self) -> int:
        return self.by_state.get(PlacementState.SIGNED, 0)

    @property
    def states(self) -> list[tuple[str, int]]:
        """Those that are prepared, wait for their day, run or rest: words and how many."""
        parts = [(str(_("in preparazione")), self.preparing)]
        parts += [(str(PlacementState(state).label), self.by_state.get(state, 0)) for state in LIVE]
        return [(label, number) for label, number in parts if number]


@dataclass(frozen=True)
class Placed:
    """Placements of an Ambito that are prepared or run today, by state, and the companies where they run."""

    by_state: dict[str, int] = field(default_factory=dict)
    hosts: int = 0


# Companies are counted as groups: a count of distinct ones would sort every placement.
_PLACED = """
SELECT ambito_id, state, sum(n)::int, count(DISTINCT company_id) FILTER (WHERE state = ANY (%(live)s)) FROM (
  SELECT ambito_id, state, company_id, count(*) AS n FROM agreements_placement
  WHERE ambito_id = ANY (%(ambiti)s) AND state = ANY (%(watched)s) GROUP BY ambito_id, state, company_id) AS hosted
GROUP BY GROUPING SETS ((ambito_id, state), (ambito_id))
"""


def placed(ambiti: Collection[int]) -> dict[int, Placed]:
    """By Ambito, of those in scope. One statement, one pass."""
    found = {ambito: Placed() for ambito in ambiti}
    with connection.cursor() as cursor:
        cursor.execute(_PLACED, {"ambiti": list(ambiti), "live": list(LIVE), "watched": list(WATCHED)})
        for ambito, state, number, hosts in cursor.fetchall():
            if state is None:
                found[ambito] = replace(found[ambito], hosts=hosts)
            else:
                found[ambito].by_state[state] = number
    return found


def _counts(access: Access, today: date, by_state: dict[str, int]) -> Counts:
    """The states, and what wants the coordinator's eye: one statement."""
    eyed = {
        "at_risk": placements_found(access, today=today, at_risk=True),
        "ending": placements_found(access, today=today, ending=True),
        "waivers": waivers_in_force(access),
    }
    counted: list[Any] = [
        rows.order_by().annotate(what=Value(what)).values_list("what").annotate(n=Count("pk")) for what, rows in eyed.items()
    ]
    paid = expenses(access, filters={"ambito": access.ambito_id, "year": today.year, "payer": ExpensePayer.COMPANY})
    counted.append(paid.order_by().annotate(what=Value("borne")).values_list("what").annotate(n=Sum("cents")))
    found: dict[str, int] = dict(counted[0].union(*counted[1:], all=True))
    return Counts(by_state=by_state, **{what: found.get(what) or 0 for what in (*eyed, "borne")})


@dataclass(frozen=True)
class Expiring:
    """What ends within two months."""

    covers: list[Cover]
    certificates: int


def expiring(access: Access, today: date) -> Expiring:
    soon = today + timedelta(days=EXPIRY_DAYS)
    covers = Cover.objects.filter(ambito_id=access.ambito_id, withdrawn_at=None, valid_to__range=(today, soon)).order_by("valid_to", "pk")
    certificates = Certificate.objects.filter(network_id=access.network_id, state="granted", valid_to__range=(today, soon))
    return Expiring(list(covers), certificates.count())


@dataclass(frozen=True)
class AmbitoFigures:
    """One Ambito beside the others; None where few people or companies stand behind it, or would be told by it, and they are not one's own
    (rule 88)."""

    ambito: str
    running: int | None
    hosts: int | None
    done_minutes: int | None


# Each count hides what is made of it; `sheets` are the people behind the hours.
COMPARED = (Bundle(("running",)), Bundle(("hosts",)), Bundle(("sheets",), with_them=("done_minutes",)))


def counts_and_beside(access: Access, month: date, today: date) -> tuple[Counts, list[AmbitoFigures]]:
    """The active Ambito's counts, and the Ambiti of the network side by side: running placements, hosts, minutes done in the month.

    Placements of all of them are counted in one pass. What is small is said by the network's common rules of today.
    """
    least = common_rules(access.own_network, today).small_number_threshold
    ambiti = list(Ambito.objects.filter(network_id=access.network_id).order_by("name"))
    with scope(replace(access.scope, ambiti=frozenset(a.pk for a in ambiti))):  # for aggregates alone
        places, timed = placed([a.pk for a in ambiti]), minutes_done(month)
    found: dict[int | None, dict[str, Any]] = {}
    for pk, place in places.items():
        sheets, done = timed.get(pk, (0, 0))
        running = place.by_state.get(PlacementState.ACTIVE, 0)
        found[pk] = {"running": running, "hosts": place.hosts, "sheets": sheets, "done_minutes": done}
    found[None] = {code: sum(figures[code] for figures in found.values()) for code in ("running", "hosts", "sheets", "done_minutes")}
    hidden = hide_bundles(found, COMPARED, least, own=access.ambito_id)
    beside = [
        AmbitoFigures(str(a), *(None if (a.pk, code) in hidden else found[a.pk][code] for code in ("running", "hosts", "done_minutes")))
        for a in ambiti
    ]
    own = places[access.ambito_id].by_state if access.ambito_id else {}
    return _counts(access, today, own), beside
