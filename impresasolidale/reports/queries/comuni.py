"""What a report says of one comune: its residents in placement, and its part of what the comuni spend together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Sum

from impresasolidale.accounts.access import Access
from impresasolidale.territory.models import Comune
from impresasolidale.treasury.liquidation_rules import split

from ..enums import Basis
from ..models import SplitKey
from .activity import sheets_of

RESIDENCE = "placement__beneficiary__residence"


@dataclass(frozen=True)
class Resident:
    """A placement of the period whose person lives in the comune. `who` and `where` tell people and companies of one name apart."""

    who: int
    where: int
    person: str
    company: str
    starts_on: date
    ends_on: date
    state: str
    planned: int
    done: int
    credited: int


@dataclass(frozen=True)
class Part:
    """One comune's part of a sum, by its weight."""

    comune_id: int
    comune: str
    weight: int
    amount: Decimal


def residents(access: Access, comune_id: int, first: date, last: date) -> list[Resident]:
    """One query."""
    columns = ["beneficiary", "company", "beneficiary__last_name", "beneficiary__first_name", "company__name"]
    columns += ["starts_on", "ended_on", "ends_on", "state"]
    shown = [f"placement__{column}" for column in columns]
    rows = (
        sheets_of(access, first, last)
        .filter(**{RESIDENCE: comune_id})
        .order_by("placement__beneficiary__search_key", "placement__starts_on", "placement")
        .values("placement", *shown)
        .annotate(planned=Sum("planned_minutes"), done=Sum("done_minutes"), credited=Sum("credited_minutes"))
        .values_list(*shown, "planned", "done", "credited")
    )
    return [
        Resident(who, where, f"{surname} {name}", company, starts_on, ended_on or ends_on, state, planned, done, credited)
        for who, where, surname, name, company, starts_on, ended_on, ends_on, state, planned, done, credited in rows
    ]


def key_on(access: Access, on: date) -> SplitKey | None:
    """The key in force on a day. One query."""
    return SplitKey.objects.filter(ambito_id=access.ambito_id, valid_from__lte=on).order_by("-valid_from").first()


def weights(access: Access, basis: str, first: date, last: date) -> list[tuple[int, str, int]]:
    """(comune, its name, its weight) of every comune of the Ambito, by name. At most two queries."""
    comuni = list(Comune.objects.filter(ambito=access.ambito_id, abolished_on=None).order_by("name", "pk"))
    if basis == Basis.INHABITANTS:
        return [(c.pk, c.name, c.population_2011 or 0) for c in comuni]
    of = Count("placement__beneficiary", distinct=True) if basis == Basis.PEOPLE else Sum("done_minutes")
    rows = sheets_of(access, first, last).order_by(RESIDENCE).values(RESIDENCE).annotate(weight=of).values_list(RESIDENCE, "weight")
    found = dict(rows)
    return [(c.pk, c.name, found.get(c.pk, 0)) for c in comuni]


def parts(amount: Decimal, weighed: Sequence[tuple[int, str, int]]) -> list[Part]:
    """`amount` in euro among the comuni by weight, to the cent: largest remainder, ties to the first by name. Where nobody weighs
    anything, nobody is charged."""
    if not any(weight for _pk, _name, weight in weighed):
        return [Part(pk, name, weight, Decimal("0.00")) for pk, name, weight in weighed]
    amounts = split(amount, [Decimal(weight) for _pk, _name, weight in weighed])
    return [Part(pk, name, weight, part) for (pk, name, weight), part in zip(weighed, amounts, strict=True)]
