"""The list of what was let pass: in force and ended, for the coordinator of the Ambito alone."""

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from impresasolidale.accounts.access import Access, access_for
from impresasolidale.accounts.models import User
from impresasolidale.accounts.permissions import Role
from impresasolidale.territory.models import Ambito
from placements.agreements import readiness
from placements.agreements.enums import ItemKind, PlacementState
from placements.agreements.models import Placement
from tests.agreements.test_pages import inside, own_queries
from tests.factories.agreements import make_placement
from tests.factories.fixtures import make_user

pytestmark = pytest.mark.django_db
S = PlacementState


@pytest.fixture
def access(worker: User) -> Access:
    return access_for(worker)


def test_the_list_of_waivers(worker: User, coordinator: User, access: Access, signed_in: Any, tirano: Ambito) -> None:
    def waive(number: int, until: date | None) -> Placement:
        placement = make_placement(access, S.SIGNED, number=number)
        readiness.waive_item(
            placement=placement,
            kind=ItemKind.TRAINED_TUTOR,
            reason=f"Motivo {number}",
            by=access_for(coordinator),
            today=date(2026, 1, 1),
            until=until,
        )
        return placement

    url, chief = reverse("agreements:waivers"), signed_in(coordinator)
    assert "Nessuna deroga in vigore" in chief.get(url).content.decode()
    first = inside(access, lambda: waive(1, None))
    one = own_queries(chief, url)
    ended = inside(access, lambda: waive(2, date(2026, 11, 1)))
    page = chief.get(url).content.decode()
    assert str(first.public_id) in page and "Motivo 1" in page and "Motivo 2" in page and "01/11/2026" in page
    assert own_queries(chief, url) == one <= 8
    inside(access, lambda: readiness.refresh_readiness(placement=ended, by=access, today=date(2026, 11, 2)))
    page = chief.get(url).content.decode()
    assert "Motivo 1" in page and "Motivo 2" not in page
    page = chief.get(url, {"stato": "ended"}).content.decode()
    assert "Motivo 2" in page and str(ended.public_id) in page and "Motivo 1" not in page
    assert own_queries(chief, f"{url}?stato=ended") <= 8
    assert signed_in(worker).get(url).status_code == 403
    elsewhere = signed_in(make_user(Role.COORDINATOR, tirano)).get(url).content.decode()
    assert "Motivo 1" not in elsewhere and str(first.public_id) not in elsewhere
    assert url in chief.get(reverse("reports:dashboard")).content.decode()
