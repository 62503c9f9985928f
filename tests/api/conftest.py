"""Keys of users, and a client that asks with one."""

import itertools
import json
from collections.abc import Callable, Collection
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from impresasolidale.accounts.access import hash_token
from impresasolidale.accounts.models import ApiToken, Membership
from impresasolidale.accounts.scopes import SCOPES

_numbers = itertools.count(1)


@pytest.fixture(autouse=True)
def _no_requests_counted():
    cache.clear()


class Program:
    """Another program with a key; every write has an Idempotency-Key of its own unless one is given."""

    def __init__(self, secret: str) -> None:
        self.secret, self.client = secret, Client()

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(f"/api/v1/{path}", query, headers={"Authorization": f"Bearer {self.secret}"})

    def post(self, path: str, body: Any = None, *, key: str = "", **headers: str) -> Any:
        sent = body if isinstance(body, str | bytes) else json.dumps(body if body is not None else {})
        said = {"Authorization": f"Bearer {self.secret}", "Idempotency-Key": key or f"prova-{next(_numbers):06}", **headers}
        kind = said.pop("Content-Type", "application/json")
        return self.client.post(f"/api/v1/{path}", sent, content_type=kind, headers=said)


def make_key(user: Any, scopes: Collection[str] = tuple(SCOPES), *, ambito: Any = None) -> str:
    """A key straight in the table, for the user's own Ambito."""
    secret = f"chiave-{next(_numbers)}"
    place = ambito or Membership.objects.filter(user=user).exclude(ambito=None).first().ambito
    ApiToken.objects.create(
        user=user,
        name="prova",
        token_hash=hash_token(secret),
        ambito=place,
        scopes=[*scopes],
        expires_at=timezone.now() + timedelta(days=1),
    )
    return secret


@pytest.fixture
def program() -> Callable[..., Program]:
    """program(user, scopes) → another program that came with a key of the user."""
    return lambda user, scopes=tuple(SCOPES): Program(make_key(user, scopes))
