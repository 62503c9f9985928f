"""Which copies are kept: pure."""

from collections.abc import Callable, Hashable, Iterable
from datetime import UTC, datetime, timedelta

DAYS, WEEKS, MONTHS = 7, 4, 12
_NAME = "impresasolidale-%Y%m%dT%H%M%SZ.age"


def name_of(at: datetime) -> str:
    return at.astimezone(UTC).strftime(_NAME)


def instant_of(name: str) -> datetime | None:
    """When the copy of that name was begun; None when the name is not one of ours: such a file is never touched."""
    try:
        found = datetime.strptime(name, _NAME).replace(tzinfo=UTC)
    except ValueError:
        return None
    return found if name_of(found) == name else None


def to_drop(names: Iterable[str]) -> list[str]:
    """All but those of the last 24 hours (one may be the way back from an update) and the newest of each of the last 7 days, 4 weeks and
    12 months that have one, by UTC; oldest first. The newest always stays."""
    dated = sorted(((at, name) for name in names if (at := instant_of(name))), reverse=True)
    kept = {name for at, name in dated if dated[0][0] - at < timedelta(days=1)}
    spans: list[tuple[int, Callable[[datetime], Hashable]]] = [
        (DAYS, lambda at: at.date()),
        (WEEKS, lambda at: at.isocalendar()[:2]),
        (MONTHS, lambda at: (at.year, at.month)),
    ]
    for count, span in spans:
        newest: dict[Hashable, str] = {}
        for at, name in dated:
            newest.setdefault(span(at), name)
        kept.update(list(newest.values())[:count])
    return [name for _at, name in reversed(dated) if name not in kept]
