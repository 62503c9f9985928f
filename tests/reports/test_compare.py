"""The Ambiti side by side: everybody's figures to everybody, but those of a few people only at home (rule 88)."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from impresasolidale.territory.models import Ambito, Network, RuleBookVersion
from tests.factories import attendance as made

pytestmark = pytest.mark.django_db
DAY = date(2026, 10, 14)  # a Wednesday: planned, and in the month that the dashboard of November compares


@pytest.fixture(autouse=True)
def _november(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args, **kwargs: made.TODAY)


@pytest.fixture
def threshold(network: Network) -> Callable[[int], None]:
    """threshold(n) → the network's common rule book hides what is smaller than n."""

    def publish(value: int) -> None:
        common = RuleBookVersion.objects.filter(network=network, ambito=None).latest("valid_from")
        RuleBookVersion.objects.create(
            network=network,
            valid_from=date(2026, 11, 2),
            values={**common.values, "small_number_threshold": value},
            act="Delibera 9/2026",
            published_by="Ufficio",
        )

    return publish


def run(ambito: Ambito, people: int) -> None:
    """That many running placements with one tutor, four hours done by each."""
    company = made.make_host(ambito, comune=ambito.name)
    tutor, _user = made.make_tutor(ambito, company)
    for number in range(people):
        made.record(made.make_running_placement(ambito, tutor, company, number=number), DAY)


def figures(client: Any) -> dict[str, tuple[int | None, int | None, int | None]]:
    rows = client.get("/rapporti/cruscotto/").context["compared"]
    return {row.ambito: (row.running, row.hosts, row.done_minutes) for row in rows}


def test_the_ambiti_stand_side_by_side(sondrio: Ambito, tirano: Ambito, coordinator: Any, signed_in: Any) -> None:
    run(sondrio, 2)
    run(tirano, 5)
    found = figures(signed_in(coordinator))
    assert found["Sondrio"] == (2, 1, 480)  # one's own, however few
    assert found["Tirano"] == (5, None, 1200)  # fewer than five companies could be told


def test_small_numbers_of_another_ambito_are_hidden(sondrio: Ambito, tirano: Ambito, coordinator: Any, signed_in: Any) -> None:
    run(tirano, 4)
    assert figures(signed_in(coordinator))["Tirano"] == (None, None, None)


def test_how_small_is_small_is_the_networks_rule(sondrio: Ambito, tirano: Ambito, coordinator: Any, signed_in: Any, threshold: Any) -> None:
    threshold(3)
    run(tirano, 3)
    found = figures(signed_in(coordinator))
    assert found["Tirano"] == (3, None, 720)  # one company alone is somebody, too


def test_a_larger_threshold_hides_more(sondrio: Ambito, tirano: Ambito, coordinator: Any, signed_in: Any, threshold: Any) -> None:
    threshold(6)
    run(tirano, 5)
    assert figures(signed_in(coordinator))["Tirano"] == (None, None, None)
