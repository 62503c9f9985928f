"""What a company has done and whether it may be recognised (domain.md §9 rules 79–87): pure functions over values, no ORM, no clock."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any, Self

from django.utils.translation import gettext as _

from impresasolidale.territory.rules import Severity, add_months

from .enums import STEPS, Level

WINDOW_MONTHS = 36  # what a score looks back on: as long as a recognition lasts (rule 83)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the data say of one company, over all Ambiti of the network. `minutes`: whole minutes present.

    From `counted` on: placements that count for points (rules 27 and 87). From `recent` on: of the last WINDOW_MONTHS months alone.
    """

    hosted: int = 0  # placements that really began
    running: int = 0  # of those, not yet ended
    people: int = 0
    months: int = 0  # months of a placement with at least one day present
    minutes: int = 0
    tutors_trained: int = 0  # tutors of the company with a basic course (rule 91)
    since: date | None = None  # first day of the first placement
    sites_described: int = 0  # open sites whose sheet says what can be adapted
    paid_by_others: int = 0  # placements to which the company gave nothing of its own (rule 87)
    in_doubt: int = 0  # placements with an open flag of replaced staff (rule 27)
    blocks: int = 0  # Ambiti that place nobody there today
    complaints: int = 0  # that somebody behaved badly there, not settled yet: for the office alone
    counted: int = 0  # placements that count
    recent: int = 0  # of those, that ran in the window
    recent_months: int = 0
    recent_minutes: int = 0
    years: int = 0  # of the three years of the window, those with a month of presence
    returned: int = 0  # placements of somebody who had already been there
    extended: int = 0  # extensions that came into force
    completed: int = 0  # placements that came to their end
    broken_off: int = 0  # placements that the company could not go on with
    paused: int = 0  # suspensions for a need of the company (rule 52)
    adapted: int = 0  # placements for which something was adapted to the person
    visits: int = 0  # visits that were held
    given_cents: int = 0  # money and goods given to the fund, in cents of euro

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "since": self.since.isoformat() if self.since else None}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        since = values.get("since")
        return cls(**{**values, "since": date.fromisoformat(since) if since else None})


def window_start(today: date) -> date:
    """The first day a score looks at: of 30 November 2026, 1 December 2023."""
    return add_months(today + timedelta(days=1), -WINDOW_MONTHS)


def year_starts(today: date) -> tuple[date, ...]:
    """The first days of the years of the window, the oldest first: of 30 November 2026, 1 December 2023, 2024 and 2025."""
    first = window_start(today)
    return tuple(add_months(first, 12 * n) for n in range(WINDOW_MONTHS // 12))


@dataclass(frozen=True)
class Requirement:
    """One thing asked of a company. A requirement that does not block is shown and left to the decider."""

    label: str
    met: bool
    blocks: bool = True


def requirements(lacking: Sequence[str], *, law68_on: date | None, safety_on: date | None, declarations: Severity) -> list[Requirement]:
    """What a level asks for: what the scheme says is `lacking`, and the declarations of rule 85 as the rule book wants them."""
    asked = [Requirement(words, False) for words in lacking]
    if declarations != Severity.OFF:
        blocks = declarations == Severity.BLOCK
        asked += [
            Requirement(_("la dichiarazione sulla legge 68/1999"), law68_on is not None, blocks),
            Requirement(_("la dichiarazione sulla sicurezza"), safety_on is not None, blocks),
        ]
    return asked


def missing(asked: Sequence[Requirement]) -> list[str]:
    """In words, what still prevents the recognition."""
    return [r.label for r in asked if r.blocks and not r.met]


def last_valid_day(first: date, months: int) -> date:
    """The last day of a validity of `months` months (rule 83): from 18 November 2026 for 36 months, to 17 November 2029."""
    return add_months(first, months) - timedelta(days=1)


@dataclass(frozen=True)
class NextLevel:
    """What a company may ask for: a level, or the one it holds once more. None at the top, until `renews_on`."""

    level: Level | None
    is_renewal: bool = False
    renews_on: date | None = None


def next_level(held: Level | None, valid_to: date | None, *, days: int, today: date) -> NextLevel:
    """The first level, or the one above the one held; in the last `days` of a recognition the same again (rule 83)."""
    if held is None or valid_to is None:
        return NextLevel(Level.ADERENTE)
    renews_on = valid_to - timedelta(days=days)
    if today >= renews_on:
        return NextLevel(held, True, renews_on)
    above = STEPS.index(held) + 1
    return NextLevel(STEPS[above] if above < len(STEPS) else None, False, renews_on)


def fit_to_print(facts: Facts, *, threshold: int) -> bool:
    """Figures leave the offices only when they speak of enough people (rule 88): fewer would point at somebody."""
    return facts.people >= threshold


# Domains that give a box to anybody, ordinary mail and certified: they say nothing of whose it is.
SHARED_DOMAINS = frozenset(
    """gmail.com googlemail.com outlook.com outlook.it hotmail.com hotmail.it live.com live.it msn.com yahoo.com yahoo.it icloud.com
    me.com proton.me protonmail.com libero.it iol.it inwind.it blu.it giallo.it virgilio.it alice.it tin.it tim.it tiscali.it
    tiscalinet.it email.it fastwebnet.it aruba.it pec.it arubapec.it legalmail.it pecimprese.it postecert.it poste.it mypec.eu
    pec.libero.it sicurezzapostale.it cert.legalmail.it lamiapec.it pecconfesercenti.it pec.confartigianato.it
    pec.coldiretti.it""".split()
)


def own_domain(email: str) -> str:
    """What comes after the @, where it is somebody's own; "" for a box that anybody may have, or no address."""
    domain = email.rpartition("@")[2].strip().lower() if "@" in email else ""
    return "" if domain in SHARED_DOMAINS else domain


CHAMBER_MONTHS = (5, 11)  # when the Chamber of commerce takes applications for its own mark (domain.md §4.1)
DECLARATION_MONTHS = 12  # rule 85: a declaration older than this is asked again
CHECK_MONTHS = (12, 24)  # of validity, at which the light check is due


def declared(on: date | None, today: date) -> bool:
    """Whether a declaration still holds: made within the last twelve months."""
    return on is not None and add_months(on, DECLARATION_MONTHS) > today


def next_opening(windows: Sequence[tuple[str, str]], today: date) -> date | None:
    """The first day of the next window (rule 84), month-day, today's included; None without windows."""
    days = [date(year, int(first[:2]), int(first[3:])) for year in (today.year, today.year + 1) for first, _last in windows]
    return min((day for day in days if day >= today), default=None)


def checks_due(valid_from: date, valid_to: date) -> list[date]:
    """The days of the light yearly checks of a recognition: none in its last month."""
    days = (add_months(valid_from, months) for months in CHECK_MONTHS)
    return [day for day in days if day < valid_to - timedelta(days=31)]
