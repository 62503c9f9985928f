"""F7: two people save the same thing at the same moment, round after round. One is kept, the other reads both and saves again.

The journal is theirs: whose words were accepted last must be what is stored, and each acceptance is one version.
"""

import uuid
from collections import Counter
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from impresasolidale.accounts.access import access_for
from impresasolidale.core.scope import scope
from placements.agreements import selectors
from placements.agreements.enums import PlacementState
from tests.agreements.test_pages import form_data
from tests.factories.agreements import make_placement
from tests.factories.fund import make_donor
from tests.support.together import in_threads

from .report import tell
from .test_requests import session_of

pytestmark = [pytest.mark.fault, pytest.mark.deep, pytest.mark.django_db(transaction=True)]
ROUNDS = [8, pytest.param(500, marks=pytest.mark.deep)]


class Pair:
    """Two people with a page open on the same version. `journal`: what each round accepted."""

    def __init__(self, users: list[Any], url: str, fields: dict[str, Any], column: str) -> None:
        self.sessions, self.url, self.fields, self.column = [session_of(user) for user in users], url, fields, column
        self.statuses: Counter[int] = Counter()
        self.accepted = 0

    def post(self, who: int, words: str, version: int) -> Any:
        client = Client()
        client.cookies["sessionid"] = self.sessions[who]
        return client.post(self.url, {**self.fields, self.column: words, "row_version": version, "_submission": str(uuid.uuid4())})

    def round(self, number: int, version: int) -> str:
        """Both at once; who came second reads the first one's words beside the own, and saves again. Returns what must be stored."""
        words = [f"Giro {number}, persona {who}" for who in (0, 1)]
        pages: dict[int, tuple[int, str]] = {}

        def press(who: int) -> int:
            answer = self.post(who, words[who], version)
            pages[who] = answer.status_code, answer.content.decode()
            return answer.status_code

        found = in_threads(2, press)
        self.statuses.update(found)
        assert found == [303, 409], found
        second = next(who for who, (status, _page) in pages.items() if status == 409)
        page = pages[second][1]
        assert words[second] in page and words[1 - second] in page, "the page compares both"
        assert f'name="row_version" value="{version + 1}"' in page
        assert self.post(second, words[second], version + 1).status_code == 303
        self.accepted += 2
        return words[second]


@pytest.mark.parametrize("rounds", ROUNDS)
def test_an_agreement_in_preparation(worker: Any, coordinator: Any, rounds: int) -> None:
    access = access_for(worker)
    with scope(access.scope):
        placement = make_placement(access, PlacementState.DRAFT, starts_on=timezone.localdate())
    pair = Pair([worker, worker], reverse("agreements:edit", args=[placement.public_id]), form_data(access), "tasks")
    first = placement.row_version
    for number in range(rounds):
        words = pair.round(number, first + 2 * number)
        with scope(access.scope):
            assert selectors.current_project(placement).tasks == words
    with scope(access.scope):
        placement.refresh_from_db()
    assert placement.row_version == first + pair.accepted
    tell("F7", load=f"2 people, {rounds} rounds on one agreement", faults=f"{rounds} collisions", lost=2 * rounds - pair.accepted)


@pytest.mark.parametrize("rounds", ROUNDS)
def test_a_donor_of_the_fund(coordinator: Any, rounds: int) -> None:
    access = access_for(coordinator)
    with scope(access.scope):
        donor = make_donor(access)
    fields = {"kind": "company", "tax_code": "", "email": ""}
    pair = Pair([coordinator, coordinator], reverse("solidarity_fund:edit_donor", args=[donor.public_id]), fields, "name")
    for number in range(rounds):
        words = pair.round(number, 1 + 2 * number)
        with scope(access.scope):
            donor.refresh_from_db()
        assert donor.name == words
    assert donor.row_version == 1 + pair.accepted
    tell("F7", load=f"2 people, {rounds} rounds on one donor", faults=f"{rounds} collisions", lost=2 * rounds - pair.accepted)
