"""Fixtures everybody uses: the territory, one user per role, the scope of an access."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest

from impresasolidale.accounts.access import Access, access_for
from impresasolidale.accounts.models import Membership, User
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.scope import scope
from impresasolidale.territory.models import Ambito, Network
from tests.support import clock

TODAY = date.fromisoformat(clock.DAY)


@pytest.fixture
def today() -> date:
    return TODAY


@pytest.fixture
def network(db: None) -> Network:
    return Network.objects.get()


@pytest.fixture
def sondrio(db: None) -> Ambito:
    return Ambito.objects.get(name="Sondrio")


@pytest.fixture
def tirano(db: None) -> Ambito:
    return Ambito.objects.get(name="Tirano")


def make_user(role: Role, ambito: Ambito | None, *, number: int = 1, **membership: Any) -> User:
    """An invented user with one membership from 2020 on."""
    place = ambito.name.lower() if ambito else "rete"
    user = User.objects.create_user(
        f"{role}.{place}.{number}@example.org", "cavallo batteria graffetta", first_name="Prova", last_name=f"{role} {number}"
    )
    network = ambito.network if ambito else Network.objects.get()
    Membership.objects.create(user=user, role=role, network=network, ambito=ambito, valid_from=date(2020, 1, 1), **membership)
    return user


@pytest.fixture
def user_of(db: None) -> Callable[..., User]:
    return make_user


@pytest.fixture
def worker(sondrio: Ambito) -> User:
    return make_user(Role.SOCIAL_WORKER, sondrio)


@pytest.fixture
def coordinator(sondrio: Ambito) -> User:
    return make_user(Role.COORDINATOR, sondrio)


@pytest.fixture
def stranger(tirano: Ambito) -> User:
    """A social worker of another Ambito."""
    return make_user(Role.SOCIAL_WORKER, tirano)


@pytest.fixture
def within() -> Iterator[Callable[[User], Access]]:
    """within(user) → that user's Access, with its scope open to the end of the test (the last call wins)."""
    open_scopes = []

    def enter(user: User) -> Access:
        access = access_for(user)
        manager = scope(access.scope)
        manager.__enter__()
        open_scopes.append(manager)
        return access

    yield enter
    for manager in reversed(open_scopes):
        manager.__exit__(None, None, None)
