"""The rows of ./impresa bench about row-level security: the same page and the same count by the owner of the tables, whom no policy asks.

Both keep the filters of the managers, so what differs is the second wall alone. Each side has its own connection, in a transaction that is
rolled back.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management import CommandError
from django.db import DatabaseError, connection, connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from environ import Env

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.models import Session
from impresasolidale.core.scope import scope
from placements.agreements.models import Placement

MOST = 1.1  # times the same without policies


def policy_rows(access: Access, rounds: int) -> Iterator[Any]:
    """A list, and a count of many rows, with the policies beside without."""
    from .bench import _getting, _rolled_back, _signed_in, compare, timed

    address = reverse("agreements:list")
    with_policies = _signed_in(Client(), access.actor)
    session = with_policies.session
    assert session["_auth_user_id"]  # read now, on this connection
    beside = _owner()

    def apart(call: Callable[[], float]) -> Callable[[], float]:
        def as_owner() -> float:
            with _using(beside):
                return call()

        return as_owner

    try:
        with _using(beside), _rolled_back(), scope(access.scope):
            without = _same_session(session)
            with _using(beside.before):
                yield compare(
                    "policies, a list", timed(_getting(with_policies, address)), apart(timed(_getting(without, address))),
                    target=MOST, rounds=rounds,
                )  # fmt: skip
                count = timed(Placement.objects.count)
                yield compare("policies, a count", count, apart(count), target=MOST, rounds=rounds)
    finally:
        beside.close()


def _same_session(session: Any) -> Client:
    """Another browser with a copy of a session, under a name of its own: to sign in would wait for the user's row, which the other side
    has locked."""
    now = timezone.now()
    data = session.encode(dict(session.items()))
    row = Session(session_key=session.session_key[::-1], user_id=session["_auth_user_id"], session_data=data, started_at=now, seen_at=now)
    row.expire_date = session.get_expiry_date()
    row.save(force_insert=True)
    copied = Client()
    copied.cookies[settings.SESSION_COOKIE_NAME] = row.session_key
    return copied


def _owner() -> Any:
    """A connection as the owner of the tables; `before` is the one it takes the place of."""
    beside: Any = connections["default"].copy()
    said = Env.db_url_config(settings.OWNER_DATABASE_URL)
    beside.settings_dict |= {name: said[name] for name in ("USER", "PASSWORD", "HOST", "PORT")}
    beside.settings_dict["OPTIONS"] |= said.get("OPTIONS", {})
    beside.before = connections["default"]
    try:
        with beside.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_class WHERE relname = 'agreements_placement' AND pg_has_role(relowner, 'USAGE')")
            if cursor.fetchone() == (0,):
                raise CommandError("Il proprietario delle tabelle non è questo: il confronto senza regole di riga non si può fare.")
    except DatabaseError as error:
        raise CommandError("Il proprietario delle tabelle non risponde: serve OWNER_DATABASE_URL.") from error
    return beside


@contextmanager
def _using(one: Any) -> Iterator[None]:
    """Whatever asks the database within asks it through this connection."""
    before = connections["default"]
    connections["default"] = one
    try:
        yield
    finally:
        connections["default"] = before
    assert connection.alias == "default"
