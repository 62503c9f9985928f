"""What the public page says to who wants to give."""

from dataclasses import dataclass

from impresasolidale.accounts.access import Access

from ..models import Donor
from .donors import standing


@dataclass(frozen=True)
class HowToGive:
    """How money reaches the fund: whose fund it is, (label, value) lines to copy, and what else there is to know."""

    holder: str
    lines: tuple[tuple[str, str], ...]
    note: str = ""


def how_to_give(access: Access) -> HowToGive | None:
    """How to give, as the holder of the fund set it; None while nobody did: then the page says whom to ask."""
    return None


def named_donors(access: Access) -> list[str]:
    """Who gave and agreed to be named, by name: never how much (rule 73)."""
    givers = Donor.objects.filter(network_id=access.network_id, shows_name=True, pk__in=standing(access).values("donor_id"))
    names = givers.exclude(kind=Donor.Kind.ANONYMOUS).order_by("name").values_list("name", flat=True)
    return list(dict.fromkeys(names))
