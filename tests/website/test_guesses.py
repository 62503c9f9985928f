"""Codes of papers cannot be tried out: ten answers an hour to one address, none of them a hit, whatever else is gone."""

import random
import string
import time
from itertools import count
from typing import Any

import pytest
from django.core.cache.backends.base import BaseCache
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from certification.models import Certificate
from impresasolidale.accounts import rules
from impresasolidale.accounts.models import Factor
from impresasolidale.core import guesses
from impresasolidale.core.models import Verification
from tests.accounts.test_factors import SECRET
from tests.accounts.test_sign_in import PASSWORD, sign_in
from tests.api.conftest import make_key
from tests.website.test_website import by, certificate, code_of, decider  # noqa: F401  (fixtures)

pytestmark = pytest.mark.django_db
BASE32 = string.ascii_uppercase + "234567"
DOORS = ("/verifica/{}", "/verifica/{}/distintivo.json", "/verifica/{}/credenziale.json", "/verifica/{}/credenziale.jwt")


def tries(code: str, seed: int) -> Any:
    """Codes that are not it: first all that differ by one character, then any."""
    for place, letter in ((place, letter) for place in range(len(code)) for letter in BASE32 if letter != code[place]):
        yield code[:place] + letter + code[place + 1 :]
    rng = random.Random(seed)
    while True:
        yield "".join(rng.choice(BASE32) for _ in code)


@pytest.mark.parametrize("guessed", [240, pytest.param(10_000, marks=pytest.mark.deep)])
def test_guesses_of_a_code_from_one_address_and_from_many_find_nothing(certificate: Certificate, guessed: int) -> None:  # noqa: F811
    code, client = code_of(certificate.document), Client()
    began, found, asked = time.monotonic(), [], tries(code, guessed)
    for n in range(guessed):
        found.append(client.get(DOORS[n % len(DOORS)].format(next(asked)), REMOTE_ADDR="192.0.2.1").status_code)
    took = time.monotonic() - began
    answered = len(found) - found.count(429)
    assert set(found) == {404, 429} and answered == guesses.MISSES_AN_HOUR
    many = []
    for n in range(guessed):  # ten of each address, and one more that is refused
        many.append(client.get(DOORS[n % len(DOORS)].format(next(asked)), REMOTE_ADDR=f"10.{n // 11 // 250}.{n // 11 % 250}.1").status_code)
    assert set(many) == {404, 429} and abs(many.count(429) - guessed / 11) <= 1
    assert client.get(f"/verifica/{code}", REMOTE_ADDR="192.0.2.7").status_code == 200
    assert Verification.objects.filter(code=code).exists()
    print(f"{2 * guessed} guesses: {answered} answered to one address in {took:.0f} s, {many.count(404)} to many addresses, 0 hits")


class Gone(BaseCache):
    """A cache whose server is not there."""

    def __init__(self, *args: Any) -> None:
        super().__init__({})

    def _gone(self, *args: Any, **kwargs: Any) -> Any:
        raise ConnectionError("nobody answers")

    add = get = set = touch = delete = incr = has_key = get_many = set_many = _gone


@pytest.fixture
def nothing_beside(settings: Any) -> None:
    """Neither a cache nor a broker: PostgreSQL alone."""
    settings.CACHES = {"default": {"BACKEND": f"{__name__}.Gone"}}
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:9/0"
    settings.API_RATE = settings.API_RATE_WITHOUT_KEY = 5


def test_limits_hold_without_cache_and_broker_and_reading_stays_open(nothing_beside: None, certificate: Certificate, worker: Any) -> None:  # noqa: F811
    client = Client()
    assert [sign_in(client, worker.email, "sbagliata").status_code for _ in range(7)][-1] == 429
    assert sign_in(client, worker.email).status_code == 429
    codes = tries(code_of(certificate.document), 1)
    assert [client.get(f"/verifica/{next(codes)}").status_code for _ in range(11)] == [404] * 10 + [429]
    assert client.get(f"/verifica/{code_of(certificate.document)}", REMOTE_ADDR="192.0.2.7").status_code == 200
    assert client.get("/").status_code == client.get(reverse("website:register")).status_code == 200
    ask = {"Authorization": f"Bearer {make_key(worker)}"}
    assert [Client().get("/api/v1/companies/", headers=ask).status_code for _ in range(7)] == [200] * 7


def test_a_counter_that_breaks_lets_nobody_in(client: Any, worker: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Right password, right code: but who cannot count the guesses looks at none."""
    settings.SECOND_FACTOR = "required"
    Factor.objects.create(user=worker, kind="app", name="telefono", secret=SECRET)
    client = Client(raise_request_exception=False)
    assert sign_in(client, worker.email)["Location"] == "/accesso/conferma/"
    steps = count()
    now = rules.step_of(timezone.now())

    def broken(**guess: Any) -> None:
        next(steps)
        raise OperationalError("the table of guesses is gone")

    monkeypatch.setattr(guesses, "record_miss", broken)
    assert client.post("/accesso/conferma/", {"code": rules.code_of(SECRET, now)}).status_code == 503
    assert next(steps) == 1 and client.get("/da-fare/").status_code != 200
    monkeypatch.undo()
    assert client.post("/accesso/conferma/", {"code": rules.code_of(SECRET, now)}).status_code == 303
    assert client.get("/da-fare/").status_code == 200


def test_a_sign_in_that_cannot_be_counted_is_refused(worker: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from axes.handlers.database import AxesDatabaseHandler

    def broken(*args: Any, **kwargs: Any) -> Any:
        raise OperationalError("the table of attempts is gone")

    client = Client(raise_request_exception=False)
    monkeypatch.setattr(AxesDatabaseHandler, "is_locked", broken)
    assert sign_in(client, worker.email, PASSWORD).status_code == 503
    assert client.get("/da-fare/").status_code != 200
