"""How the comuni of an Ambito share what they spend together: to the cent, in the order of their names, by the key of the day."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impresasolidale.accounts.permissions import Role
from impresasolidale.core.scope import scope
from impresasolidale.reports.models import SplitKey
from impresasolidale.reports.queries.comuni import key_on, parts
from impresasolidale.territory.models import Ambito
from tests.factories.attendance import system

CENT = Decimal("0.01")
ADD = "/rapporti/riparto/nuovo/"


@given(st.integers(0, 10**9), st.lists(st.integers(0, 50_000), min_size=1, max_size=25))
def test_parts_are_the_whole_to_the_cent_and_fair(cents: int, weights: list[int]) -> None:
    amount = cents * CENT
    found = parts(amount, [(n, f"Comune {n:02d}", weight) for n, weight in enumerate(weights)])
    assert [part.comune_id for part in found] == list(range(len(weights)))
    if not any(weights):
        assert all(part.amount == 0 for part in found)
        return
    assert sum((part.amount for part in found), Decimal(0)) == amount
    for part in found:
        exact = Fraction(cents * part.weight, sum(weights))
        assert abs(Fraction(part.amount / CENT) - exact) < 1
        assert part.amount == 0 or part.weight > 0
    for one, other in pairwise(found):  # of two equal ones the first by name never has less
        if one.weight == other.weight:
            assert one.amount >= other.amount


def test_the_cent_that_is_left_goes_to_the_largest_remainder() -> None:
    # 10.00 among 1 : 1 : 1 is 3.33 each and a cent, which goes to the first; 0.05 among 2 : 1 is 0.0333… and 0.0166…
    assert [p.amount for p in parts(Decimal("10.00"), [(1, "A", 1), (2, "B", 1), (3, "C", 1)])] == [
        Decimal("3.34"),
        Decimal("3.33"),
        Decimal("3.33"),
    ]
    assert [p.amount for p in parts(Decimal("0.05"), [(1, "A", 2), (2, "B", 1)])] == [Decimal("0.03"), Decimal("0.02")]


@pytest.mark.django_db
def test_a_key_is_written_with_its_act_and_holds_from_its_day(
    signed_in: Any, coordinator: Any, worker: Any, user_of: Any, sondrio: Ambito
) -> None:
    first = {"valid_from": "2025-01-01", "basis": "inhabitants", "act": "Verbale 3/2024"}
    assert signed_in(worker).post(ADD, first).status_code == 403
    client = signed_in(user_of(Role.ACCOUNTING, sondrio))
    assert client.post(ADD, {**first, "act": ""}).status_code == 422
    assert client.post(ADD, first).status_code == 303
    answer = client.post(ADD, {**first, "basis": "hours"})
    assert answer.status_code == 422 and "già una chiave" in answer.content.decode()
    assert client.post(ADD, {"valid_from": "2026-07-01", "basis": "people", "act": "Verbale 9/2026"}).status_code == 303
    access = system(sondrio)
    with scope(access.scope):
        assert key_on(access, date(2024, 12, 31)) is None
        assert [key_on(access, day).basis for day in (date(2026, 6, 30), date(2026, 7, 1))] == ["inhabitants", "people"]  # type: ignore[union-attr]
        assert SplitKey.objects.count() == 2
    assert "Verbale 9/2026" in signed_in(coordinator).get("/rapporti/calendario/").content.decode()
