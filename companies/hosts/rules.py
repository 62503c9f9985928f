"""Pure functions about hosts."""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from .enums import SizeClass

Span = tuple[date, date]  # first and last day of somebody's stay


def size_of(staff: int | None) -> str:
    """The size class by number of staff (EU Recommendation 2003/361); "" when the number is not known."""
    if staff is None:
        return ""
    limits = ((10, SizeClass.MICRO), (50, SizeClass.SMALL), (250, SizeClass.MEDIUM))
    return next((size for limit, size in limits if staff < limit), SizeClass.LARGE)


def most_at_once(spans: Iterable[Span], first: date, last: date | None) -> tuple[int, date]:
    """The largest number of stays that hold on one day between `first` and `last` (None: for ever), and the first day on which they do."""
    end = last or date.max
    held = [(max(begin, first), min(over, end)) for begin, over in spans if begin <= end and over >= first]
    return max(
        ((sum(b <= day <= e for b, e in held), day) for day in {first, *(b for b, _e in held)}), key=lambda x: (x[0], -x[1].toordinal())
    )


def next_free_day(places: int, spans: Iterable[Span], first: date, last: date | None) -> date | None:
    """The first day between `first` and `last` (None: for ever) with fewer stays than places; None when no day is free."""
    held = list(spans)
    days = sorted({first, *(over + timedelta(days=1) for _begin, over in held if over >= first)})
    return next((day for day in days if (last is None or day <= last) and sum(b <= day <= e for b, e in held) < places), None)


def point_of(text: str) -> tuple[Decimal, Decimal] | None:
    """Latitude and longitude in degrees (WGS 84) out of "46.16989, 9.87134", also with decimal commas; None when no point of Italy."""
    numbers = re.findall(r"\d+(?:[.,]\d+)?", text.replace(", ", " ").replace(";", " "))
    if len(numbers) != 2:
        return None
    latitude, longitude = (Decimal(n.replace(",", ".")).quantize(Decimal("0.00001")) for n in numbers)
    return (latitude, longitude) if 35 <= latitude <= 48 and 6 <= longitude <= 19 else None


def same_name(one: str, other: str) -> bool:
    """Whether two names, already as `name_key` makes them, have the same words in whatever order."""
    return sorted(one.split()) == sorted(other.split())


def uuid_or_none(text: str) -> UUID | None:
    """An id out of an address that somebody may have cut."""
    try:
        return UUID(text)
    except ValueError:
        return None


# Words that say what kind of company it is, and nothing of which: two names are not alike for these (a POSIX pattern, for PostgreSQL).
COMMON_WORDS = (
    r"\m(cooperativa|coop|sociale|societa|soc|agricola|azienda|ditta|impresa|comune|tipo|di|in|[ab]"
    r"|srl|srls|snc|sas|spa|onlus|ets|aps|odv)\M"
)

# What a merge decides at once, part by part: a part is taken whole, because half of it would be wrong.
MERGED_PARTS: dict[str, tuple[str, ...]] = {
    "name": ("name", "search_key"),
    "codes": ("partita_iva", "tax_code"),
    "kind": ("kind", "legal_form"),
    "representative": ("representative",),
    "activity": ("sector", "ateco"),
    "staff": ("staff_count", "size_class"),
    "risk_class": ("risk_class",),
    "address": ("address", "comune"),
    "email": ("email",),
    "phone": ("phone",),
    "invoices": ("pec", "sdi_code"),
    "associations": ("associations",),
    "welcomes_disability": ("welcomes_disability",),
    "safety": ("safety_declared_on",),
    "law68": ("law68_position", "law68_declared_on"),
    "on_register": ("on_register",),
}
