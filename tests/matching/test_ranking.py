"""The ranking in SQL says what the pure rule says, in the order of the reasons, and shows no one who may not be seen."""

from datetime import date
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from companies.hosts.models import Site
from impresasolidale.core.scope import scope
from placements.beneficiaries.services import enter_waiting_list
from placements.matching import selectors
from placements.matching.enums import ADAPTABLE, Facility, Item, Way
from tests.factories.beneficiaries import make_beneficiary
from tests.factories.fixtures import TODAY
from tests.factories.hosts import comune, make_company, make_site
from tests.factories.matching import make_person_sheet, make_site_sheet

pytestmark = pytest.mark.django_db
HOWS = st.dictionaries(st.sampled_from(ADAPTABLE), st.just("si può"))
LEVELS = {code: st.integers(0, 2) for code in Item.values}
WAYS = st.lists(st.sampled_from(Way.values), min_size=1, unique=True)
FACILITIES = st.lists(st.sampled_from(Facility.values), unique=True)
PERSONS = st.fixed_dictionaries(
    {**LEVELS, "hours": st.integers(1, 40), "travel_minutes": st.integers(1, 180), "ways": WAYS, "needs": FACILITIES}
)
SITES = st.fixed_dictionaries({**LEVELS, "hours": st.integers(1, 40), "ways": WAYS, "offers": FACILITIES, "adaptations": HOWS})
COMUNI = ("Sondrio", "Tirano", "Livigno", "Lecco")  # of the last nobody knows how far it is


@pytest.fixture
def access(worker: Any, within: Any) -> Any:
    return within(worker)


def site_in(access: Any, name: str) -> Site:
    where = comune(name)
    return make_site(access, make_company(access, comune=where), comune=where)


def test_sql_and_rule_agree(access):
    person, sites = make_beneficiary(access, residence=comune("Sondrio")), [site_in(access, name) for name in COMUNI]
    seen = {"n": 0}

    @given(PERSONS, st.lists(SITES, min_size=4, max_size=4))
    def agree(hers: dict, theirs: list[dict]) -> None:
        seen["n"] += 1
        with transaction.atomic():
            make_person_sheet(access, person, **hers)
            for site, values in zip(sites, theirs, strict=True):
                make_site_sheet(access, site, **values)
            found = selectors.with_reasons(selectors.ranked(access, beneficiaries=[person.pk], on=TODAY))
            transaction.set_rollback(True)
        assert len(found) == 4
        for one in found:
            assert (one.pair.stops, one.pair.adaptations) == (len(one.fit.stops), len(one.fit.adapted)), one
        keys = [(p.pair.stops, p.pair.adaptations, p.pair.minutes if p.pair.minutes is not None else 10_000) for p in found]
        assert keys == sorted(keys)

    agree()
    assert seen["n"] > 50


def test_fewest_stops_then_fewest_adaptations_then_the_shortest_way(access):
    person = make_beneficiary(access, residence=comune("Sondrio"))
    make_person_sheet(access, person, lifting=1, noise=2, travel_minutes=180)
    far, near, adapted, stopped = (site_in(access, name) for name in ("Livigno", "Tirano", "Sondrio", "Sondrio"))
    for site, values in ((far, {}), (near, {}), (adapted, {"lifting": 1}), (stopped, {"noise": 2})):
        make_site_sheet(access, site, **values)
    found = selectors.ranked(access, beneficiaries=[person.pk], on=TODAY)
    assert [pair.site_id for pair in found] == [near.pk, far.pk, adapted.pk, stopped.pk]
    assert [(pair.stops, pair.adaptations) for pair in found] == [(0, 0), (0, 0), (0, 1), (1, 0)]
    assert [pair.site_id for pair in selectors.ranked(access, beneficiaries=[person.pk], on=TODAY, no_stops=True)] == [
        near.pk,
        far.pk,
        adapted.pk,
    ]
    here = selectors.ranked(access, beneficiaries=[person.pk], on=TODAY, comune=comune("Livigno"))
    assert [pair.site_id for pair in here] == [far.pk]
    by_ambito = selectors.ranked(access, beneficiaries=[person.pk], on=TODAY, ambito=near.comune.ambito_id)
    assert [pair.site_id for pair in by_ambito] == [near.pk]


def test_the_last_sheet_counts_on_both_sides(access):
    person, site = make_beneficiary(access), site_in(access, "Sondrio")
    make_person_sheet(access, person, lifting=2)
    make_site_sheet(access, site, lifting=2)
    assert selectors.ranked(access, beneficiaries=[person.pk], on=TODAY)[0].stops == 1
    make_person_sheet(access, person, seen=1, lifting=0)
    assert selectors.ranked(access, beneficiaries=[person.pk], on=TODAY)[0].stops == 0
    make_person_sheet(access, person, seen=2, lifting=1)
    make_site_sheet(access, site, seen=1, lifting=1)
    (pair,) = selectors.ranked(access, beneficiaries=[person.pk], on=TODAY)
    assert (pair.stops, pair.adaptations) == (0, 1)


def test_without_a_sheet_nobody_is_ranked_and_a_merged_company_is_gone(access):
    person, site = make_beneficiary(access), site_in(access, "Sondrio")
    make_site_sheet(access, site)
    assert selectors.ranked(access, beneficiaries=[person.pk], on=TODAY) == []
    make_person_sheet(access, person)
    assert len(selectors.ranked(access, beneficiaries=[person.pk], on=TODAY)) == 1
    company = site.company
    company.merged_into = make_company(access)
    company.save()
    assert selectors.ranked(access, beneficiaries=[person.pk], on=TODAY) == []


def test_people_of_another_ambito_are_never_ranked(access, stranger, within):
    site = site_in(access, "Sondrio")
    make_site_sheet(access, site)
    there = within(stranger)
    foreign = make_beneficiary(there)
    make_person_sheet(there, foreign)
    assert len(selectors.ranked(there, beneficiaries=[foreign.pk], on=TODAY, sites=[site.pk])) == 1
    with scope(access.scope):
        assert selectors.ranked(access, beneficiaries=[foreign.pk], on=TODAY, sites=[site.pk]) == []


def test_of_a_way_outside_the_province_nobody_knows(access):
    person = make_beneficiary(access, residence=comune("Sondrio"))
    make_person_sheet(access, person)
    make_site_sheet(access, site_in(access, "Lecco"))
    (found,) = selectors.with_reasons(selectors.ranked(access, beneficiaries=[person.pk], on=TODAY))
    assert found.pair.minutes is None
    assert [finding.reason for finding in found.fit.adapted] == ["tempo non conosciuto"]


def test_who_waits_and_is_not_followed_is_only_counted(access, user_of, sondrio, within):
    site = site_in(access, "Sondrio")
    make_site_sheet(access, site)
    mine = make_beneficiary(access)
    other = within(user_of("social_worker", sondrio, number=2))
    hers = make_beneficiary(other, number=2)
    for person in (mine, hers):
        make_person_sheet(other if person == hers else access, person)
        enter_waiting_list(beneficiary=person, since=date(2026, 9, 1), by=other, today=TODAY)
    with scope(access.scope):
        assert selectors.candidates(access, on=TODAY) == ([mine.pk], 1)
