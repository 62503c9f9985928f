"""Who knows the way better than the estimate writes it: both ways, with its source, for everybody."""

import uuid
from typing import Any

import pytest
from django.urls import reverse

from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.models import Fact
from impresasolidale.core.scope import scope, unscoped
from impresasolidale.territory.models import TravelTime
from impresasolidale.territory.services import ESTIMATE, load_reference_data

pytestmark = pytest.mark.django_db
WAY = {"origin": "Sondrio", "destination": "Tirano", "minutes": "25", "source": "treno delle 7.12"}


def post(client: Any, **changes: Any) -> Any:
    return client.post(reverse("matching:travel"), {**WAY, "_submission": uuid.uuid4(), **changes})


def minutes(origin: str, destination: str) -> int:
    return TravelTime.objects.get(origin__name=origin, destination__name=destination).minutes


def test_it_takes_the_place_of_the_estimate_and_stays(worker, signed_in):
    client = signed_in(worker)
    assert reverse("matching:travel") in client.get(reverse("matching:home")).content.decode()
    assert minutes("Sondrio", "Tirano") != 25
    assert post(client).status_code == 303
    page = client.get(reverse("matching:travel")).content.decode()
    assert "treno delle 7.12" in page and page.count("Tirano (SO)") == 1  # each pair once
    with unscoped("test"):
        load_reference_data()
    assert minutes("Sondrio", "Tirano") == minutes("Tirano", "Sondrio") == 25
    with scope(access_for(worker).scope):
        assert Fact.objects.filter(code="matching.travel_time.corrected").count() == 2


def test_a_way_out_of_the_province_is_written_too(worker, signed_in):
    assert not TravelTime.objects.filter(destination__name="Lecco").exists()
    assert post(signed_in(worker), destination="Lecco", minutes="75").status_code == 303
    assert minutes("Lecco", "Sondrio") == 75


def test_inside_one_comune_there_is_one_row(worker, signed_in):
    assert post(signed_in(worker), destination="Sondrio", minutes="8").status_code == 303
    assert minutes("Sondrio", "Sondrio") == 8


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"minutes": "0"}, "minutes"),
        ({"minutes": "181"}, "minutes"),
        ({"minutes": "mezz'ora"}, "minutes"),
        ({"source": " "}, "source"),
        ({"source": ESTIMATE}, "source"),
        ({"destination": "Tirrano"}, "destination"),
        ({"origin": ""}, "origin"),
    ],
)
def test_a_time_without_its_ground_is_refused(worker, signed_in, changes, field):
    response = post(signed_in(worker), **changes)
    assert response.status_code == 422 and set(response.context["form"].errors) == {field}
    assert minutes("Sondrio", "Tirano") != 25


@pytest.mark.parametrize("role", [Role.CLERK, Role.ACCOUNTING, Role.COMUNE_OFFICER])
def test_it_is_for_who_matches(user_of, sondrio, signed_in, role):
    assert signed_in(user_of(role, sondrio)).get(reverse("matching:travel")).status_code == 403
