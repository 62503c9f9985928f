"""The second key of a validation, in an office of one: an act of the body."""

import uuid
from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.models import User
from impresasolidale.core.scope import scope
from placements.agreements.enums import PlacementState
from placements.agreements.models import Placement
from tests.factories.agreements import make_placement, scan

pytestmark = pytest.mark.django_db
S = PlacementState


def test_an_outside_act_is_the_second_key(worker: User, coordinator: User, signed_in: Any) -> None:
    """In an office of one, whoever prepared may validate with the number, date and copy of an act; never without."""
    access = access_for(worker)
    with scope(access.scope):
        placement = make_placement(access, S.SIGNED)
        Placement.objects.filter(pk=placement.pk).update(prepared_by=coordinator)
    client, url = signed_in(coordinator), reverse("agreements:step", args=[placement.public_id, "validated"])

    def post(**data: Any) -> Any:
        return client.post(url, {"_submission": uuid.uuid4(), **data})

    alone = post()
    assert alone.status_code in (403, 409, 422) and "seconda persona" in alone.content.decode()
    half = post(act_number="12/2026")
    assert half.status_code == 422 and "servono il numero e la data" in half.content.decode()
    ahead = post(act_number="12/2026", act_on="2050-01-01")
    assert ahead.status_code == 422 and "nel futuro" in ahead.content.decode()
    text = post(act_number="12/2026", act_on="2026-11-02", act_file=scan("atto.pdf", b"testo"))
    assert text.status_code == 422
    with scope(access.scope):
        assert Placement.objects.get(pk=placement.pk).state == S.SIGNED
    assert post(act_number="12/2026", act_on="2026-11-02", act_file=scan("atto.pdf")).status_code == 303
    with scope(access.scope):
        row = Placement.objects.get(pk=placement.pk)
    assert (row.state, row.validation_act, row.validation_act_on) == (S.VALIDATED, "12/2026", date(2026, 11, 2))
    assert row.validation_act_file_id
