"""The demo's world: every row is built in memory as a function of a number and a day, then written in one pass."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import count
from random import Random
from typing import Any, TypeVar
from unittest.mock import patch
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from django.db import connection, models

from impresasolidale.accounts.access import Access, access_for
from impresasolidale.accounts.models import User
from impresasolidale.core.models import Fact, NetworkOwned
from impresasolidale.territory.models import Ambito, Body, Comune, Network, RuleBookVersion
from impresasolidale.territory.rules import Rules
from impresasolidale.territory.selectors import lead_body, rules_for

ROME = ZoneInfo("Europe/Rome")
NAMESPACE = UUID("5d0c1b1e-7d35-5b1c-9a54-6f3d2f1c8a10")
M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True)
class District:
    """One Ambito with what its rows lean on."""

    ambito: Ambito
    body: Body
    rulebook: RuleBookVersion
    rules: Rules
    comuni: list[Comune]
    seat: Comune


def acting_for(user: User, district: District) -> Access:
    """A worker at the desk of an Ambito."""
    return access_for(user, chosen=f"ambito:{district.ambito.pk}")


@dataclass
class World:
    """`new` gives each row its number and a fixed public id; nothing is in the database until `save`."""

    number: int
    today: date
    scale: int = 1
    rng: Random = field(init=False)
    network: Network = field(init=False)
    districts: list[District] = field(init=False)
    pending: dict[type[models.Model], list[Any]] = field(default_factory=lambda: defaultdict(list))
    _next: dict[type[models.Model], int] = field(default_factory=dict)
    _made: Counter[type[models.Model]] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.rng = Random(self.number)
        self.network = Network.objects.get()
        self.districts = [self._district(name) for name in ("Sondrio", "Tirano", "Morbegno")]

    def _district(self, name: str) -> District:
        ambito = Ambito.objects.get(name=name)
        comuni = list(Comune.objects.filter(ambito=ambito).order_by("cadastral_code"))
        body = lead_body(ambito)
        assert body is not None
        version, rules = rules_for(ambito, self.today)
        return District(ambito, body, version, rules, comuni, next(c for c in comuni if c.name == name))

    def new(self, model: type[M], **values: Any) -> M:
        """A row to be written: with its primary key already, so that others can point to it."""
        key = self._next.get(model) or _reserve(model)
        self._next[model] = key + 1
        self._made[model] += 1
        if issubclass(model, NetworkOwned):
            values.setdefault("network", self.network)
        if any(f.name == "public_id" for f in model._meta.fields):
            values.setdefault("public_id", self.uuid(model._meta.label, self._made[model]))
        row = model(pk=key, **values)
        self.pending[model].append(row)
        return row

    def uuid(self, *words: Any) -> UUID:
        return uuid5(NAMESPACE, "/".join(map(str, (self.number, *words))))

    def at(self, day: date, hour: int = 10, minute: int = 0) -> datetime:
        return datetime.combine(day, time(hour, minute), ROME)

    @contextmanager
    def acting(self, *words: Any, on: date, hour: int = 10) -> Iterator[None]:
        """Services called inside draw their ids and codes from the demo's number and write the demo's time: the same rows each time."""
        chance, start, ticks = Random(self.uuid(*words).int), self.at(on, hour), count()
        with (
            patch("os.urandom", chance.randbytes),
            patch("random._urandom", chance.randbytes),
            patch("django.utils.timezone.now", lambda: start + timedelta(milliseconds=next(ticks))),
        ):
            yield

    def ago(self, days: int) -> date:
        return self.today - timedelta(days=days)

    def fact(
        self,
        code: str,
        row: Any,
        *,
        on: date,
        by: Any = None,
        before: str = "",
        after: str = "",
        reason: str = "",
        data: Any = None,
        hour: int = 11,
    ) -> None:
        """What the services would have written in the audit stream."""
        self.new(
            Fact,
            at=self.at(on, hour),
            actor_id=by.pk if by else None,
            network_id=self.network.pk,
            ambito_id=getattr(row, "ambito_id", None),
            code=code,
            subject_type=row._meta.label_lower,
            subject_id=row.pk,
            from_state=before,
            to_state=after,
            reason=reason,
            data=data or {},
        )

    def save(self, order: Iterable[type[models.Model]]) -> None:
        """Write the rows that wait, parents first; `order` names every model that has any."""
        ordered = list(order)
        assert set(self.pending) <= set(ordered), set(self.pending) - set(ordered)
        for model in ordered:
            if rows := self.pending.pop(model, None):
                model._base_manager.bulk_create(rows, batch_size=1000)
                if model not in self._next:  # a row without a number of ours
                    continue
                with connection.cursor() as cursor:
                    cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [model._meta.db_table, self._next[model] - 1])


def _reserve(model: type[models.Model]) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [model._meta.db_table])
        return int(cursor.fetchone()[0])
