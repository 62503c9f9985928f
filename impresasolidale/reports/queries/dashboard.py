"""What the dashboard shows of one Ambito, and of the Ambiti side by side."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum, Value
from django.utils.translation import gettext as _

from certification.models import Certificate
from certification.selectors import common_rules, network_of
from companies.hosts.enums import ExpensePayer
from companies.hosts.selectors import euro_of, expenses
from impresasolidale.accounts.access import Access
from impresasolidale.core.scope import scope
from impresasolidale.territory.models import Ambito
from placements.agreements.enums import LIVE, PREPARED, WATCHED, PlacementState
from placements.agreements.models import Cover, Placement
from placements.agreements.selectors import placements_list, waivers_in_force
from placements.attendance.models import Timesheet

from ..small_numbers import Bundle, hide_bundles

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


def counts(access: Access, today: date) -> Counts:
    """Two statements: states, and what wants the coordinator's eye."""
    mine = Placement.objects.filter(ambito_id=access.ambito_id, state__in=WATCHED)
    eyed = {
        "at_risk": placements_list(access, today=today, at_risk=True),
        "ending": placements_list(access, today=today, ending=True),
        "waivers": waivers_in_force(access),
    }
    counted: list[Any] = [
        rows.order_by().annotate(what=Value(what)).values_list("what").annotate(n=Count("pk")) for what, rows in eyed.items()
    ]
    paid = expenses(access, filters={"ambito": access.ambito_id, "year": today.year, "payer": ExpensePayer.COMPANY})
    counted.append(paid.order_by().annotate(what=Value("borne")).values_list("what").annotate(n=Sum("cents")))
    found: dict[str, int] = dict(counted[0].union(*counted[1:], all=True))
    by_state = dict(mine.order_by().values_list("state").annotate(n=Count("pk")))
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


def compare(access: Access, month: date, today: date) -> list[AmbitoFigures]:
    """The Ambiti of the network side by side: running placements, hosts, minutes done in the month.

    What is small is said by the network's common rules of today.
    """
    least = common_rules(network_of(access), today).small_number_threshold
    ambiti = list(Ambito.objects.filter(network_id=access.network_id).order_by("name"))
    found: dict[int | None, dict[str, Any]] = {a.pk: dict.fromkeys(("running", "hosts", "sheets", "done_minutes"), 0) for a in ambiti}
    wide = replace(access.scope, ambiti=frozenset(a.pk for a in ambiti))  # for aggregates alone
    with scope(wide):
        placed: Any = (
            Placement.objects.filter(state__in=LIVE)
            .order_by()
            .values("ambito_id")
            .annotate(running=Count("pk", filter=Q(state=PlacementState.ACTIVE)), hosts=Count("company_id", distinct=True))
        )
        timed: Any = (
            Timesheet.objects.filter(month=month)
            .order_by()
            .values("ambito_id")
            .annotate(sheets=Count("pk"), done_minutes=Sum("done_minutes"))
        )
        for row in (*placed, *timed):
            found[row.pop("ambito_id")] |= row
    found[None] = {code: sum(figures[code] for figures in found.values()) for code in ("running", "hosts", "sheets", "done_minutes")}
    hidden = hide_bundles(found, COMPARED, least, own=access.ambito_id)
    return [
        AmbitoFigures(str(a), *(None if (a.pk, code) in hidden else found[a.pk][code] for code in ("running", "hosts", "done_minutes")))
        for a in ambiti
    ]
