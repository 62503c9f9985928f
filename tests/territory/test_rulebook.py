"""Publishing: whole effective sets per Ambito, in order of date, never changed."""

from dataclasses import dataclass
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from impresasolidale.core.models import Fact
from impresasolidale.core.scope import Scope, scope
from impresasolidale.territory.enums import Severity
from impresasolidale.territory.models import Ambito, Network, RuleBookVersion
from impresasolidale.territory.rules import Rules
from impresasolidale.territory.selectors import NoRuleBook, rules_for
from impresasolidale.territory.services import publish_rulebook

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Coordinator:
    """The least an actor of the audit needs."""

    actor_id: int | None = 7
    network_id: int | None = None
    ambito_id: int | None = None

    def __str__(self) -> str:
        return "Carla Prova"


BY = Coordinator()


@pytest.fixture
def network():
    return Network.objects.create(name="Rete di prova", code="prova")


@pytest.fixture
def valley(network):
    return Ambito.objects.create(network=network, name="Valle", code="valle")


@pytest.fixture
def plain(network):
    return Ambito.objects.create(network=network, name="Piana", code="piana")


@pytest.fixture(autouse=True)
def in_scope(network):
    """Facts are kept within the owner's reach."""
    with scope(Scope(networks=frozenset({network.pk}), actor_id=BY.actor_id)):
        yield


def publish(network, day, changes, ambito=None):
    return publish_rulebook(network=network, valid_from=day, changes=changes, act="Delibera 1", by=BY, ambito=ambito)


def test_running_placements_keep_the_version_of_their_start(network, valley, plain):
    publish(network, date(2025, 1, 1), {"weekly_hours_cap": 25})
    publish(network, date(2026, 1, 1), {"max_months": 36, "severity": {"12": "block"}})
    version, rules = rules_for(valley, date(2025, 12, 31))
    assert (version.ambito, rules.weekly_hours_cap, rules.max_months) == (valley, 25, 24)
    _version, rules = rules_for(valley, date(2026, 1, 1))
    assert (rules.weekly_hours_cap, rules.max_months, rules.severity(12)) == (25, 36, Severity.BLOCK)


def test_an_ambito_may_have_its_own_rule_and_the_network_goes_on(network, valley, plain):
    publish(network, date(2025, 1, 1), {})
    publish(network, date(2025, 6, 1), {"weekly_hours_cap": 20}, ambito=valley)
    publish(network, date(2026, 1, 1), {"first_visit_days": 15})
    assert [rules_for(a, date(2026, 2, 1))[1].weekly_hours_cap for a in (valley, plain)] == [20, 30]
    assert {rules_for(a, date(2026, 2, 1))[1].first_visit_days for a in (valley, plain)} == {15}


def test_a_new_ambito_follows_the_network(network):
    publish(network, date(2025, 1, 1), {"weekly_hours_cap": 18})
    newcomer = Ambito.objects.create(network=network, name="Nuova", code="nuova")
    assert rules_for(newcomer, date(2025, 1, 1))[1].weekly_hours_cap == 18


def test_every_version_is_whole_and_a_fact(network, valley):
    versions = publish(network, date(2025, 1, 1), {"weekly_hours_cap": 18})
    assert [v.ambito for v in versions] == [None, valley]
    assert versions[0].values == Rules.from_values({"weekly_hours_cap": 18}).to_values()
    assert {v.published_by for v in versions} == {"Carla Prova"}
    assert Fact.objects.filter(code="territory.rulebook.published", subject_id__in=[v.pk for v in versions], actor_id=7).count() == 2


def test_refusals(network, valley):
    publish(network, date(2025, 1, 1), {})
    with pytest.raises(ValidationError, match="C’è già un regolamento valido dal 01/01/2025: scegli un giorno successivo."):
        publish(network, date(2025, 1, 1), {})
    with pytest.raises(ValidationError, match="Serve un numero intero."):
        publish(network, date(2026, 1, 1), {"max_months": "tanti"})
    with pytest.raises(ValidationError, match="Scrivi l’atto che approva le regole."):
        publish_rulebook(network=network, valid_from=date(2026, 1, 1), changes={}, act=" ", by=BY)
    other = Network.objects.create(name="Altra", code="altra")
    with pytest.raises(ValidationError, match="Questo Ambito non è nella rete."):
        publish(other, date(2026, 1, 1), {}, ambito=valley)
    with pytest.raises(NoRuleBook, match="Nell’Ambito Valle non c’è un regolamento valido il 31/12/2024."):
        rules_for(valley, date(2024, 12, 31))
    assert RuleBookVersion.objects.filter(network=network).count() == 2


@pytest.mark.parametrize("change", [lambda row: row.update(act="altro"), lambda row: row.delete()])
def test_a_published_version_never_changes(network, valley, change):
    (version, *_others) = publish(network, date(2025, 1, 1), {})
    with pytest.raises(DatabaseError, match="append-only|permission denied"), transaction.atomic():
        change(RuleBookVersion.objects.filter(pk=version.pk))
