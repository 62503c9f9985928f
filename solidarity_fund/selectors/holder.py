"""Who holds the fund on a day, what its receipts say, and how one gives: the first and the last everybody may read."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from impresasolidale.accounts.access import Access
from impresasolidale.territory.models import Body
from impresasolidale.treasury import selectors as treasury
from impresasolidale.treasury.models import Pot

from ..giving_rules import creditor_reference, in_fours
from ..models import FundHolder, ReceiptWording


def holders(access: Access) -> QuerySet[FundHolder]:
    """All of them, the latest first."""
    return FundHolder.objects.filter(network_id=access.network_id).select_related("body__comune", "created_by").order_by("-valid_from")


def holder_on(access: Access, day: date) -> FundHolder | None:
    """The holder of that day, if anybody holds the fund."""
    return holders(access).filter(valid_from__lte=day).first()


def holder_by_act(access: Access, day: date) -> FundHolder | None:
    """The holder of that day, when it accepts gifts by an act."""
    holder = holder_on(access, day)
    return holder if holder and holder.receives_by_act else None


def wordings(access: Access) -> QuerySet[ReceiptWording]:
    return ReceiptWording.objects.filter(network_id=access.network_id).select_related("body", "created_by").order_by("-valid_from", "-id")


def wording_on(access: Access, body: Body, day: date) -> ReceiptWording | None:
    """What the receipts of a body say on that day; None: it has written nothing of its own."""
    return wordings(access).filter(body=body, valid_from__lte=day).first()


def possible_holders(access: Access) -> list[Body]:
    return list(Body.objects.filter(network_id=access.network_id).order_by("name", "id"))


def pot_reference(pot: Pot) -> str:
    """What one writes in a transfer to give to this pot, without a promise: recognised when the statement comes."""
    return creditor_reference(f"FP{pot.pk:06d}")


@dataclass(frozen=True)
class HowToGive:
    """`iban` empty where one pays through pagoPA. `pots`: name, what it is for, the reference to write."""

    holder: FundHolder
    iban: str
    pots: list[tuple[str, str, str]]


def how_to_give(access: Access, today: date) -> HowToGive | None:
    """For everybody: whom the money goes to and how. None while nobody holds the fund."""
    holder: Any = holder_on(access, today)
    if holder is None:
        return None
    pots = [(pot.name, pot.purpose, in_fours(pot_reference(pot))) for pot in treasury.pots(access, use=Pot.Use.FUND)]
    return HowToGive(holder, in_fours(holder.iban), pots)
