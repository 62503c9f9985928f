"""The fund's account of one year: every figure is a turnover of the ledger's legs, never of the names of movements.

What came into a pot from the bank is a gift, or, when its movement is about a request for help, money that came back; what was committed
and left by the bank was paid. Reversals count where they were posted. So, pot by pot and to the cent:
opening + received + returned − paid = closing, and closing = committed + free.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import ExtractYear
from django.http import QueryDict

from impresasolidale.accounts.access import Access
from impresasolidale.core.keyset import Slice
from impresasolidale.treasury import selectors as treasury
from impresasolidale.treasury.models import Account, Entry, Leg, Pot

from ..models import BenefitRequest, Donor, Publication
from ..rules import Figures, PotYear
from .contributions import CONTRIBUTION_TYPE
from .requests import REQUEST_TYPE

ZERO = Decimal("0.00")
RETURNS = (REQUEST_TYPE,)  # what a movement into a pot is about when the money had been given to somebody and comes back


@dataclass(frozen=True)
class Open:
    """What a pot has promised and not paid at the end of the year: how many aids, since when, how much."""

    pot: str
    aids: int
    since: date
    amount: Decimal


@dataclass(frozen=True)
class YearAccount:
    """One year of the whole fund, in euro. `donors` and `kinds` are groups with how many gave and how many were helped."""

    year: int
    pots: list[PotYear]
    donors: list[Figures]
    kinds: list[Figures]

    @property
    def total(self) -> PotYear:
        return PotYear.sum_of("", self.pots)


# One range of one index a pot: the legs since the first day of the year. What stood before is the balance of today less those.
_POTS = """
SELECT p.id, p.public_id, p.name,
       -f.balance - c.balance + coalesce(t.since, 0), coalesce(t.came, 0), coalesce(t.paid, 0), coalesce(t.aside, 0),
       -f.balance - c.balance + coalesce(t.after, 0), -c.balance + coalesce(t.aside_after, 0)
FROM treasury_pot p
JOIN treasury_account f ON f.pot_id = p.id AND f.kind = 'free'
JOIN treasury_account c ON c.pot_id = p.id AND c.kind = 'committed'
LEFT JOIN LATERAL (
  SELECT sum(l.amount) AS since,
         -sum(l.amount) FILTER (WHERE l.at_bank AND l.account_id = f.id AND l.posted_on <= %(last)s) AS came,
         sum(l.amount) FILTER (WHERE l.at_bank AND l.account_id = c.id AND l.posted_on <= %(last)s) AS paid,
         -sum(l.amount) FILTER (WHERE NOT l.at_bank AND l.account_id = c.id AND l.posted_on <= %(last)s) AS aside,
         sum(l.amount) FILTER (WHERE l.posted_on > %(last)s) AS after,
         sum(l.amount) FILTER (WHERE l.account_id = c.id AND l.posted_on > %(last)s) AS aside_after
  FROM treasury_leg l WHERE l.account_id IN (f.id, c.id) AND l.posted_on >= %(first)s
) t ON true
WHERE p.network_id = %(network)s AND p.use = %(use)s {one}
ORDER BY p.name
"""
# What came in by who gave it: once by pot, once by kind of donor. Donors alone: nothing here joins a person (rule 73).
_GIVEN = """
WITH moved AS (
  SELECT a.pot_id, e.source_type = ANY (%(returns)s) AS is_back, d.kind, d.id AS donor, -sum(l.amount) AS amount
  FROM treasury_pot p
  JOIN treasury_account a ON a.pot_id = p.id AND a.kind = 'free'
  JOIN treasury_leg l ON l.account_id = a.id AND l.at_bank AND l.posted_on BETWEEN %(first)s AND %(last)s
  JOIN treasury_entry e ON e.id = l.entry_id
  LEFT JOIN solidarity_fund_contribution g ON g.id = e.source_id AND e.source_type = %(gift)s
  LEFT JOIN solidarity_fund_donor d ON d.id = g.donor_id
  WHERE p.network_id = %(network)s AND p.use = %(use)s
  GROUP BY a.pot_id, 2, d.kind, d.id, e.source_id
)
SELECT pot_id, is_back, kind, count(DISTINCT donor) FILTER (WHERE amount > 0), sum(amount)
FROM moved GROUP BY GROUPING SETS ((pot_id, is_back), (is_back, kind))
"""
_HELPED = "SELECT pot, kind, people, amount FROM solidarity_fund_paid_between(%(network)s, %(first)s, %(last)s)"
_OPEN = """
SELECT name, count(*), min(since), sum(amount) FROM (
  SELECT p.name, min(l.posted_on) AS since, -sum(l.amount) AS amount
  FROM treasury_pot p
  JOIN treasury_account a ON a.pot_id = p.id AND a.kind = 'committed'
  JOIN treasury_leg l ON l.account_id = a.id AND l.posted_on <= %(last)s
  JOIN treasury_entry e ON e.id = l.entry_id
  WHERE p.network_id = %(network)s AND p.use = %(use)s
  GROUP BY p.name, e.source_type, e.source_id HAVING sum(l.amount) <> 0
) one GROUP BY name ORDER BY name
"""


def _asked(access: Access, year: int) -> dict[str, Any]:
    return {
        "network": access.network_id,
        "use": Pot.Use.FUND,
        "first": date(year, 1, 1),
        "last": date(year, 12, 31),
        "gift": CONTRIBUTION_TYPE,
        "returns": list(RETURNS),
    }


def _rows(statement: str, asked: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        return cursor.fetchall()


def pot_turnovers(access: Access, year: int, *, pot: Pot | None = None) -> list[tuple[Any, ...]]:
    """(id, public id, name, opening, in, paid, set aside, closing, committed at the end) of each pot of the fund, or of one. One query."""
    one = "AND p.id = %(pot)s" if pot else ""
    return _rows(_POTS.format(one=one), {**_asked(access, year), "pot": pot.pk if pot else None})


def year_account(access: Access, year: int) -> YearAccount:
    """The whole account of a year, as it stands now: whole numbers of people, nothing folded. For who works with the fund."""
    asked = _asked(access, year)
    back: defaultdict[int, Decimal] = defaultdict(Decimal)
    givers: dict[int, int] = {}
    donors = []
    for pot_id, is_back, kind, people, amount in _rows(_GIVEN, asked):
        if pot_id is None and not is_back:
            donors.append(Figures(kind or "", people, amount))
        elif pot_id is not None and is_back:
            back[pot_id] = amount
        elif pot_id is not None:
            givers[pot_id] = people
    helped: dict[int, int] = {}
    kinds = []
    for pot_id, kind, people, amount in _rows(_HELPED, asked):
        if pot_id is None:
            kinds.append(Figures(kind, people, amount))
        else:
            helped[pot_id] = people
    pots = [
        PotYear(
            name=name,
            opening=opening,
            received=came - back[pk],
            returned=back[pk],
            paid=paid,
            set_aside=aside,
            closing=closing,
            committed=committed,
            people=helped.get(pk, 0),
            givers=givers.get(pk, 0),
            public_id=str(public_id),
        )
        for pk, public_id, name, opening, came, paid, aside, closing, committed in pot_turnovers(access, year)
    ]
    return YearAccount(
        year,
        pots,
        _in_order([d for d in donors if d.amount or d.people], Donor.Kind.values),
        _in_order([k for k in kinds if k.amount or k.people], BenefitRequest.Kind.values),
    )


def _in_order(groups: Iterable[Figures], order: list[str]) -> list[Figures]:
    places = {kind: n for n, kind in enumerate(order)}
    return sorted(groups, key=lambda group: places.get(group.kind, len(places)))


def open_commitments(access: Access, year: int) -> list[Open]:
    """What each pot had promised and not paid on the last day of the year."""
    return [Open(*row) for row in _rows(_OPEN, _asked(access, year))]


def years(access: Access) -> list[int]:
    """The years with movements of the fund, the newest first."""
    legs = Leg.objects.filter(network_id=access.network_id, account__pot__use=Pot.Use.FUND)
    return list(legs.annotate(year=ExtractYear("posted_on")).values_list("year", flat=True).distinct().order_by("-year"))


# Figure of the account → the legs it is made of: kind of account, whether with the bank, whether about a request.
BEHIND: dict[str, tuple[str, bool, bool | None]] = {
    "ricevuto": (Account.Kind.FREE, True, False),
    "rientrato": (Account.Kind.FREE, True, True),
    "versato": (Account.Kind.COMMITTED, True, None),
    "impegnato": (Account.Kind.COMMITTED, False, None),
}


def entries_behind(access: Access, *, year: int, figure: str = "", pot: Pot | None = None) -> QuerySet[Entry]:
    """The movements that a figure of the account is made of; without one, all of the fund in the year."""
    legs = Leg.objects.filter(entry=OuterRef("pk"), account__pot__use=Pot.Use.FUND, posted_on__year=year)
    if pot:
        legs = legs.filter(account__pot=pot)
    rows = Entry.objects.filter(network_id=access.network_id, posted_on__year=year)
    if figure:
        kind, at_bank, is_back = BEHIND[figure]
        legs = legs.filter(account__kind=kind, at_bank=at_bank)
        if is_back is not None:
            rows = rows.filter(source_type__in=RETURNS) if is_back else rows.exclude(source_type__in=RETURNS)
    return rows.filter(Exists(legs))


def movements_behind(access: Access, query: QueryDict, *, year: int, figure: str = "", pot: Pot | None = None) -> Slice:
    """The page of those movements that `query` asks for, newest first."""
    return treasury.movements_page(entries_behind(access, year=year, figure=figure, pot=pot), query)


# --- What was published


def accounts(access: Access) -> QuerySet[Publication]:
    """The network's accounts in whatever state, the newest year first."""
    rows = Publication.objects.filter(kind=Publication.Kind.ACCOUNT, network_id=access.network_id)
    return rows.select_related("created_by", "published_by", "document").order_by("-year", "-id")


def published_accounts(access: Access) -> list[Publication]:
    """Those everybody may read: the closed years."""
    return list(accounts(access).filter(state=Publication.State.PUBLISHED))
