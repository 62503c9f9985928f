"""What load_reference_data brings in, and the look-ups over it."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.db.models import Count, Sum

from impresasolidale.territory.calendar import working_days
from impresasolidale.territory.enums import TariffKind
from impresasolidale.territory.forms import ComuneField
from impresasolidale.territory.models import Ambito, Body, Comune, Network, RuleBookVersion, Tariff
from impresasolidale.territory.selectors import (
    NoTariff,
    ambito_of,
    comune_by_cadastral,
    lead_body,
    name_key,
    search_comuni,
    tariff,
)
from impresasolidale.territory.services import load_reference_data

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def reference_data(django_db_setup, django_db_blocker):
    """Eight thousand places, loaded once: each test's own transaction is a savepoint of this one."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_reference_data()
        yield
        transaction.set_rollback(True)


def test_the_province_and_the_three_ambiti():
    assert Comune.objects.filter(istat_code__startswith="014").count() == 77
    counts = Ambito.objects.values_list("name").annotate(Count("comuni"), Sum("comuni__population_2011")).order_by("name")
    assert list(counts) == [("Morbegno", 25, 46_364), ("Sondrio", 22, 56_489), ("Tirano", 12, 28_820)]
    assert Comune.objects.exclude(ambito=None).aggregate(Sum("population_2011")) == {"population_2011__sum": 131_673}
    assert ambito_of(comune_by_cadastral("i829")).name == "Sondrio"
    assert ambito_of(comune_by_cadastral("E621")) is None  # Livigno: in the province, outside the project


def test_the_rest_of_the_world():
    assert Comune.objects.filter(is_foreign=False, abolished_on=None).count() > 7_800
    assert comune_by_cadastral("Z129").is_foreign
    menarola = comune_by_cadastral("F121")
    assert (menarola.name, menarola.abolished_on) == ("Menarola", date(2015, 11, 24))
    assert str(comune_by_cadastral("C839")) == "Colico (LC)"
    assert comune_by_cadastral("X000") is None


def test_loading_again_changes_nothing_and_keeps_what_offices_wrote():
    Body.objects.filter(ambito__name="Sondrio").update(pec="protocollo@example.org")
    before = [model.objects.count() for model in (Comune, Body, Tariff, RuleBookVersion, Network)]
    call_command("load_reference_data", verbosity=0)
    assert [model.objects.count() for model in (Comune, Body, Tariff, RuleBookVersion, Network)] == before
    assert Body.objects.get(ambito__name="Sondrio").pec == "protocollo@example.org"


def test_each_ambito_has_one_lead_body():
    assert str(lead_body(Ambito.objects.get(code="sondrio"))) == "Comune di Sondrio"
    assert lead_body(Ambito.objects.get(code="tirano")).note == "Ente capofila da confermare."
    tirano = Ambito.objects.get(code="tirano")
    with pytest.raises(IntegrityError, match="body_one_lead_per_ambito"), transaction.atomic():
        Body.objects.create(name="Un altro ente", kind="other", network=tirano.network, ambito=tirano, is_lead=True)


def test_a_body_belongs_to_the_network_of_its_ambito():
    other = Network.objects.create(name="Altra rete", code="altra")
    with pytest.raises(IntegrityError, match="territory_body_ambito_network"), transaction.atomic():
        Body.objects.create(name="Ente", kind="other", network=other, ambito=Ambito.objects.get(code="tirano"))


def test_patron_saints_are_loaded():
    for feast, home in ((date(2026, 6, 19), "I829"), (date(2026, 11, 11), "L175")):
        assert working_days(feast, feast, range(7)) == [feast]
        assert working_days(feast, feast, range(7), comune_by_cadastral(home)) == []


def test_tariff_by_date_of_event():
    Tariff.objects.create(kind=TariffKind.INAIL_DAILY_BASE, valid_from=date(2026, 7, 1), value=Decimal("60.123456"), source="prova")
    assert tariff(TariffKind.INAIL_DAILY_BASE, date(2026, 6, 30)) == Decimal("53.98")
    assert tariff("inail_daily_base", date(2026, 7, 1)) == Decimal("60.123456")
    with pytest.raises(NoTariff, match="Manca il valore di «INAIL, base al giorno \\(euro\\)» per il 31/12/2013"):
        tariff(TariffKind.INAIL_DAILY_BASE, date(2013, 12, 31))


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("sond", "Sondrio"),
        ("TIRANNO", "Tirano"),
        ("tovo di sant agata", "Tovo di Sant'Agata"),
        ("morbeno", "Morbegno"),
        ("forli", "Forlì"),
    ],
)
def test_search_forgives_accents_and_small_mistakes(typed, first, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert search_comuni(typed)[0].name == first


def test_search_bounds():
    assert search_comuni("  ' ") == []
    assert len(search_comuni("san", limit=3)) == 3
    assert "Menarola" not in {c.name for c in search_comuni("menarola")}
    assert search_comuni("menarola", birthplaces=True)[0].name == "Menarola"
    assert search_comuni("romania", birthplaces=True)[0].is_foreign


@pytest.mark.parametrize("typed", ["Sondrio", " sondrio  (so)", "Sondrio\r\n(SO)", "Sondrio\u2028"])
def test_a_comune_is_understood_however_its_spaces_are(typed):
    assert ComuneField().clean(typed).name == "Sondrio"


def test_name_key():
    assert name_key("  Tovo di Sant’Agata ") == "tovo di sant agata"
    assert name_key("Forlì-Cesena") == "forli cesena"


@pytest.mark.parametrize(
    ("values", "rule"), [({"tax_code": "1234"}, "body_tax_code_digits"), ({"ipa_code": "C-I829"}, "body_ipa_code_shape")]
)
def test_codes_of_bodies_have_their_shape(values, rule):
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        Body.objects.create(name="Ente", kind="other", **values)
