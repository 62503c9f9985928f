"""Who must be told of an accident, and by when (rule 53; domain.md §9). Pure functions: no ORM, no clock.

The terms are practice still to be confirmed, so they stand in the rule book.
"""

from dataclasses import dataclass
from datetime import date

from impresasolidale.territory.rules import Rules

from .enums import Harm, NoticeTo


@dataclass(frozen=True, kw_only=True, slots=True)
class Happened:
    """What the notices depend on."""

    on: date
    harm: str
    third_party_damage: bool = False
    certificate_on: date | None = None
    prognosis_days: int | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """`days` after `since`; working ones, or of the calendar and then the first working day. `since` None: not known yet."""

    since: date | None
    days: int = 0
    working: bool = False


def notices(happened: Happened, rules: Rules) -> dict[str, Term]:
    """Who is told, and when. The promoter and the family at once; INAIL once there is a certificate; the authority in grave cases."""
    found = {NoticeTo.PROMOTER: Term(happened.on)}
    if happened.harm != Harm.NONE:
        found[NoticeTo.FAMILY] = Term(happened.on)
        found[NoticeTo.INAIL] = Term(happened.certificate_on, rules.accident_inail_days)
    if happened.harm != Harm.NONE or happened.third_party_damage:
        found[NoticeTo.INSURER] = Term(happened.on, rules.accident_insurer_days, working=True)
    if happened.harm == Harm.DEATH or (happened.prognosis_days or 0) > rules.accident_authority_prognosis:
        found[NoticeTo.AUTHORITY] = Term(happened.certificate_on or happened.on, rules.accident_inail_days)
    return {str(to): term for to, term in found.items()}
