"""The second key of a validation, in an office of one: an act of the body."""

import uuid
from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.models import User
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.models import Look
from impresasolidale.core.scope import scope
from impresasolidale.core.uploads import store_upload
from impresasolidale.territory.models import Ambito
from placements.agreements.enums import PlacementState
from placements.agreements.models import Placement
from tests.factories.agreements import make_placement, scan
from tests.factories.fixtures import TODAY, make_user

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
    detail, copy = (reverse(f"agreements:{name}", args=[placement.public_id]) for name in ("detail", "validation_act"))
    page = client.get(detail).content.decode()
    assert "n. 12/2026 del 2 novembre 2026" in page and copy in page
    kept = client.get(copy)
    assert b"".join(kept.streaming_content) == scan("atto.pdf").read() and kept["Content-Disposition"].startswith("attachment")
    with scope(access.scope):
        assert Look.objects.filter(kind=Look.Kind.DOCUMENT, place="agreements.validation_act", actor_id=coordinator.pk).count() == 1


def test_the_copy_of_the_act_opens_as_the_placement_does(
    worker: User, coordinator: User, stranger: User, sondrio: Ambito, signed_in: Any
) -> None:
    access = access_for(worker)
    with scope(access.scope):
        placement = make_placement(access, S.VALIDATED, starts_on=TODAY)
    copy = reverse("agreements:validation_act", args=[placement.public_id])
    assert signed_in(worker).get(copy).status_code == 404, "another person was the second key"
    assert copy not in signed_in(worker).get(reverse("agreements:detail", args=[placement.public_id])).content.decode()
    with scope(access.scope):
        act = store_upload(file=scan("atto.pdf"), kind="agreements.validation_act", subject=placement, by=access)
        Placement.objects.filter(pk=placement.pk).update(validation_act="12/2026", validation_act_on=TODAY, validation_act_file=act)
    colleague, accounting = make_user(Role.SOCIAL_WORKER, sondrio, number=2), make_user(Role.ACCOUNTING, sondrio)
    mine = signed_in(worker).get(copy)
    assert mine.status_code == 200 and b"".join(mine.streaming_content)
    why = reverse("beneficiaries:reason", args=[placement.beneficiary.public_id])
    asked = signed_in(colleague).get(copy)
    assert asked.status_code == 303 and asked["Location"].startswith(why)
    assert [signed_in(user).get(copy).status_code for user in (stranger, accounting)] == [404, 403]
