"""Travel times: each pair of the province, the same both ways, and what an office measures stays."""

import pytest

from impresasolidale.territory.models import TravelTime
from impresasolidale.territory.services import ESTIMATE, load_reference_data
from tests.factories.hosts import comune

pytestmark = pytest.mark.django_db


def test_every_pair_of_the_province_has_its_estimate_both_ways():
    go, back = (TravelTime.objects.get(origin=comune(a), destination=comune(b)) for a, b in (("Sondrio", "Tirano"), ("Tirano", "Sondrio")))
    assert go.minutes == back.minutes == 38
    assert {row.source for row in (go, back)} == {ESTIMATE}
    assert TravelTime.objects.count() == 77 * 77
    assert not TravelTime.objects.filter(destination=comune("Lecco")).exists()


def test_what_was_measured_stays_when_the_file_is_loaded_again():
    row = TravelTime.objects.get(origin=comune("Sondrio"), destination=comune("Livigno"))
    row.minutes, row.source = 95, "misurato in auto il 3 novembre 2026"
    row.save()
    load_reference_data()
    row.refresh_from_db()
    assert (row.minutes, TravelTime.objects.count()) == (95, 77 * 77)
