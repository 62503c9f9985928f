"""How long things are kept: the terms, who is due, holds, the list that one prepares and another approves."""

from datetime import date, timedelta
from html import unescape

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import DomainError, FourEyesRequired
from impresasolidale.core.models import Fact, Look, Todo
from impresasolidale.core.scope import Scope, scope
from impresasolidale.privacy import kin, retention, rules
from impresasolidale.privacy.enums import RetentionKind
from impresasolidale.privacy.models import DiscardItem, DiscardList, LegalHold, RetentionTerm
from impresasolidale.privacy.selectors import retention as selectors
from impresasolidale.privacy.services import retention as services
from placements.agreements.models import Placement
from solidarity_fund.services.requests import withdraw_benefit
from tests.factories.fixtures import TODAY, make_user
from tests.factories.fund import ask, make_helped
from tests.factories.jobs import in_every_ambito
from tests.support.queries import OwnQueries

HOME = "/protezione-dei-dati/conservazione/"
KIND, HOLDS = f"{HOME}classi/attendance/", f"{HOME}blocchi/"
ACT = "Piano di conservazione, delibera 12 del 2026"
DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))
MONTHS = st.integers(12, 600)


# --- The rule


@pytest.mark.parametrize(
    ("last", "months", "today", "due"),
    [
        (date(2016, 11, 15), 120, date(2026, 11, 15), False),  # ten years end on that day, and the day is kept whole
        (date(2016, 11, 15), 120, date(2026, 11, 16), True),
        (date(2024, 2, 29), 12, date(2025, 2, 28), False),  # a year from 29 February ends on the 28th
        (date(2024, 2, 29), 12, date(2025, 3, 1), True),
        (date(1950, 1, 1), None, date(2026, 11, 16), False),  # for ever
        (None, 120, date(2026, 11, 16), False),  # nothing is known to have happened
    ],
)
def test_a_term_is_over_after_its_last_day(last, months, today, due):
    assert rules.is_due(last, months, is_open=False, is_held=False, today=today) is due
    assert not rules.is_due(last, months, is_open=True, is_held=False, today=today)
    assert not rules.is_due(last, months, is_open=False, is_held=True, today=today)


def _nobody_is_too_young(examples):
    @settings(max_examples=examples)
    @given(st.lists(DAYS, max_size=6), MONTHS, DAYS, st.booleans(), st.booleans())
    def check(events, months, today, is_open, is_held):
        last = max(events, default=None)
        due = rules.is_due(last, months, is_open=is_open, is_held=is_held, today=today)
        if due:
            assert not is_open
            assert not is_held
            assert all(rules.months_after(day, months) < today for day in events)
        # what the database is asked says the same
        assert due == (bool(events) and not is_open and not is_held and last <= rules.last_day_over(months, today))

    check()


@pytest.mark.parametrize("examples", [200, pytest.param(10_000, marks=pytest.mark.deep)])
def test_nobody_younger_than_the_term_is_due(examples):
    _nobody_is_too_young(examples)


def test_every_table_of_a_person_is_of_a_kind_or_is_kept_for_a_reason():
    for model, _keys in kin.closure():
        assert (retention.kind_of(model) is None) == (model._meta.app_label in retention.KEPT), model._meta.label
    named = [model for kind in RetentionKind for model, _way in retention.tables_of(kind)]
    assert len(named) == len(set(named))


# --- A small world


@pytest.fixture
def world(within, coordinator):
    """Three people: one placement that ended eleven years ago, one nine, one that goes on."""
    access = within(coordinator)
    ends = [TODAY.replace(year=TODAY.year - years) for years in (11, 9)]
    old, young = (make_helped(access, number=n, state="ended", ended_on=on) for n, on in enumerate(ends, 1))
    running = make_helped(access, number=3)
    return [row.beneficiary for row in (old, young, running)]


@pytest.fixture
def term(within, coordinator):
    return services.set_term(kind="attendance", months=120, act=ACT, by=within(coordinator))


@pytest.fixture
def prepared(within, coordinator, world, term):
    return services.prepare_list(kind="attendance", by=within(coordinator), today=TODAY)


def due(access, kind="attendance", today=TODAY):
    return list(selectors.due(access, selectors.term_for(access, kind), today))


@pytest.mark.django_db
def test_the_dry_run_says_who_and_how_much_and_changes_nothing(signed_in, within, coordinator, world):
    client = signed_in(coordinator)
    text = unescape(client.get(HOME).content.decode())
    assert "da confermare" in text
    assert "per sempre" in text
    text = unescape(client.get(KIND).content.decode())
    assert str(world[0]) in text
    assert str(world[1]) not in text
    assert str(world[2]) not in text
    assert "Oggi c'è 1 persona" in text
    assert "Prepara la lista" not in text  # a proposal discards nothing
    files = [client.get(f"{KIND}elenco.{ending}") for ending in ("xlsx", "csv")]
    assert [file.status_code for file in files] == [200, 200]
    assert str(world[0]) in b"".join(files[1].streaming_content).decode()
    access = within(coordinator)
    assert due(access) == [world[0]]
    assert Look.objects.filter(kind=Look.Kind.EXPORT, place="privacy:due_file").count() == 2
    assert client.get(f"{HOME}classi/altro/").status_code == 404
    assert client.post(f"{KIND}lista/").status_code == 303
    within(coordinator)
    assert not DiscardList.objects.exists()


@pytest.mark.django_db
def test_what_there_is_of_the_people_is_counted_by_table(within, coordinator, world):
    access = within(coordinator)
    counted = dict(selectors.touched("case_file", [world[0].pk, world[1].pk]))
    assert counted["persone"] == 2
    assert counted["tirocini"] == 2
    assert selectors.touched("case_file", []) == []
    for kind in RetentionKind:
        with OwnQueries() as own:
            selectors.touched(kind, [world[0].pk])
        assert len(own) == 1
        due(access, kind)


@pytest.mark.django_db
def test_a_term_is_the_office_s_with_its_act(signed_in, within, coordinator, world):
    client = signed_in(coordinator)
    for wrong in ({"act": ACT}, {"years": 10, "is_forever": "on", "act": ACT}, {"years": 0, "act": ACT}, {"years": 8, "act": ""}):
        assert client.post(f"{KIND}durata/", wrong).status_code == 422
    assert client.post(f"{KIND}durata/", {"years": 8, "act": ACT}).status_code == 303
    access = within(coordinator)
    assert set(due(access)) == set(world[:2])  # nine years are over too
    assert client.post(f"{KIND}durata/", {"is_forever": "on", "act": ACT}).status_code == 303
    access = within(coordinator)
    assert due(access) == []
    assert [row.months for row in RetentionTerm.objects.order_by("id")] == [96, None]
    with pytest.raises(DomainError):
        services.set_term(kind="attendance", months=11, act=ACT, by=access)
    with pytest.raises(DomainError):
        services.set_term(kind="altro", months=120, act=ACT, by=access)


@pytest.mark.django_db
def test_who_is_held_is_not_due_until_it_ends(signed_in, within, coordinator, person, world, term):
    client, old = signed_in(coordinator), world[0]
    asked = client.post(f"{HOLDS}nuovo/", {"codice_fiscale": person.codice_fiscale})
    assert asked["Location"] == f"{HOLDS}nuovo/{person.public_id}/"
    new = f"{HOLDS}nuovo/{old.public_id}/"
    assert client.post(new, {"reason": "", "until": ""}).status_code == 422
    assert client.post(new, {"reason": "Ricorso", "until": "2020-01-01"}).status_code == 422
    assert client.post(new, {"reason": "Ricorso", "until": ""}).status_code == 303
    access = within(coordinator)
    assert due(access) == []
    hold = LegalHold.objects.get()
    assert str(old) in client.get(HOLDS).content.decode()
    assert client.post(f"{HOLDS}{hold.public_id}/togli/", {"reason": ""}).status_code == 422
    assert client.post(f"{HOLDS}{hold.public_id}/togli/", {"reason": "Deciso"}).status_code == 303
    assert client.post(f"{HOLDS}{hold.public_id}/togli/", {"reason": "Deciso"}).status_code == 409  # once
    access = within(coordinator)
    assert due(access) == [old]
    services.place_hold(person=old, reason="Controllo", until=TODAY, by=access, today=TODAY)
    assert due(access) == []
    assert due(access, today=TODAY + timedelta(days=1)) == [old]


@pytest.mark.django_db
def test_help_is_counted_from_the_last_thing_done_with_it(within, worker, coordinator, world):
    """A withdrawn request has no day of its own: ten years run from the last fact about it."""
    access = within(worker)
    row = ask(access, world[2].placements.get())
    in_ten = TODAY.replace(year=TODAY.year + 10)
    assert due(within(coordinator), "help", in_ten + timedelta(days=400)) == []  # nobody decided yet
    withdraw_benefit(request=row, reason="Ha risolto", by=within(worker), today=TODAY)
    access = within(coordinator)
    assert due(access, "help", in_ten) == []
    assert due(access, "help", in_ten + timedelta(days=1)) == [world[2]]


@pytest.mark.django_db
def test_who_asked_about_the_own_data_is_not_due(within, coordinator, world):
    from impresasolidale.privacy.services.requests import register_request
    from tests.privacy.conftest import VALUES

    access = within(coordinator)
    register_request(person=world[0], values=VALUES, by=access, today=TODAY)
    assert due(access) == []


# --- The list


@pytest.mark.django_db
def test_a_list_is_prepared_by_one_and_approved_by_another(signed_in, within, coordinator, dpo, world, term):
    client = signed_in(coordinator)
    here = client.post(f"{KIND}lista/")["Location"]
    within(coordinator)
    row = DiscardList.objects.get()
    assert here == f"{HOME}liste/{row.public_id}/"
    assert (row.people, row.months, row.term_act, row.digest) == (1, 120, ACT, "")
    text = unescape(client.get(here).content.decode())
    assert str(world[0]) in text
    assert "la approva un'altra persona" in text
    assert client.get(f"{here}elenco.xlsx").status_code == 200
    form = {"number": "Nulla osta 77", "on": TODAY.isoformat(), "row_version": 1}
    assert client.post(f"{here}approva/", form).status_code == 422  # one's own
    other = signed_in(dpo)
    for wrong in ({"number": " "}, {"on": "2030-01-01"}, {"on": "2020-01-01"}):
        assert other.post(f"{here}approva/", {**form, **wrong}).status_code == 422
    assert other.post(f"{here}approva/", form)["Location"] == here
    within(dpo)
    row.refresh_from_db()
    assert (row.state, row.authority_act, row.approved_by) == ("approved", "Nulla osta 77", dpo)
    assert row.digest == services.digest_of([world[0].pk])
    assert Fact.objects.filter(code="privacy.discard.approved").count() == 1
    assert other.post(f"{here}approva/", {**form, "row_version": 2}).status_code == 409  # once


@pytest.mark.django_db
def test_the_database_keeps_the_four_eyes_and_the_frozen_people(within, coordinator, prepared):
    with pytest.raises(FourEyesRequired):
        services.approve_list(discard=prepared, number="7", on=TODAY, seen=1, by=within(coordinator), today=TODAY)
    mine = {"authority_act": "7", "authority_on": TODAY, "approved_by": coordinator, "approved_at": prepared.created_at, "digest": "x"}
    for changes in ({"state": "approved"}, {"state": "approved", **mine}):
        with pytest.raises(IntegrityError), transaction.atomic():
            DiscardList.objects.filter(pk=prepared.pk).update(**changes)
    for act in (lambda: DiscardItem.objects.update(last_on=TODAY), lambda: DiscardItem.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


@pytest.mark.django_db
def test_who_is_in_a_list_is_not_listed_again_until_something_happens(within, coordinator, world, prepared):
    access = within(coordinator)
    assert due(access) == []
    with pytest.raises(DomainError):
        services.prepare_list(kind="attendance", by=access, today=TODAY)
    Placement.objects.filter(beneficiary=world[0]).update(ended_on=TODAY.replace(year=TODAY.year - 10) - timedelta(days=2))
    assert due(access) == [world[0]]


@pytest.mark.django_db
def test_who_is_no_longer_due_is_said(signed_in, within, coordinator, dpo, world, prepared):
    access = within(coordinator)
    assert selectors.no_longer_due(access, prepared, TODAY) == set()
    services.place_hold(person=world[0], reason="Ricorso", until=None, by=access, today=TODAY)
    assert selectors.no_longer_due(access, prepared, TODAY) == {world[0].pk}
    assert "da non scartare" in signed_in(dpo).get(f"{HOME}liste/{prepared.public_id}/").content.decode()


@pytest.mark.django_db
def test_another_term_asks_for_another_list(signed_in, within, coordinator, dpo, prepared):
    services.set_term(kind="attendance", months=96, act=ACT, by=within(coordinator))
    with pytest.raises(DomainError):
        services.approve_list(discard=prepared, number="7", on=TODAY, seen=1, by=within(dpo), today=TODAY)
    here = f"{HOME}liste/{prepared.public_id}/"
    client = signed_in(coordinator)
    assert client.post(f"{here}ritira/", {"reason": ""}).status_code == 422
    assert client.post(f"{here}ritira/", {"reason": "Durata cambiata"})["Location"] == here
    assert client.get(here).status_code == 200
    access = within(coordinator)
    assert len(due(access)) == 2


# --- Walls


@pytest.mark.django_db
def test_the_pages_are_for_who_keeps_the_registers(signed_in, within, coordinator, worker, stranger, tirano, prepared):
    here = f"{HOME}liste/{prepared.public_id}/"
    hold = services.place_hold(person=prepared.items.get().beneficiary, reason="Ricorso", until=None, by=within(coordinator), today=TODAY)
    paths = [HOME, KIND, f"{KIND}durata/", HOLDS, here, f"{here}approva/", f"{here}ritira/", f"{HOLDS}{hold.public_id}/togli/"]
    client = signed_in(worker)
    assert {client.get(path).status_code for path in paths} == {403}
    other = signed_in(make_user(Role.COORDINATOR, tirano, number=7))
    assert {other.get(path).status_code for path in paths[4:]} == {404}
    assert "Ricorso" not in other.get(HOLDS).content.decode()


@pytest.mark.django_db
def test_no_company_reaches_them_in_the_database(within, coordinator, sondrio, prepared):
    services.place_hold(person=prepared.items.get().beneficiary, reason="Ricorso", until=None, by=within(coordinator), today=TODAY)
    with scope(Scope(ambiti=frozenset({sondrio.pk}), only={"company": frozenset(), "placement": frozenset()})):
        assert not any(model.objects.exists() for model in (RetentionTerm, LegalHold, DiscardList, DiscardItem))


@pytest.mark.django_db
def test_pages_cost_the_same_for_one_and_many(signed_in, within, coordinator, world, term):
    client = signed_in(coordinator)
    for path, most in ((HOME, 8), (KIND, 10)):
        with OwnQueries() as own:
            client.get(path)
        assert len(own) <= most, (path, str(own))
    access = within(coordinator)
    row = services.prepare_list(kind="attendance", by=access, today=TODAY)
    for path, most in ((f"{HOME}liste/{row.public_id}/", 10), (HOLDS, 8)):
        with OwnQueries() as own:
            client.get(path)
        assert len(own) <= most, (path, str(own))


@pytest.mark.django_db
def test_in_january_it_is_said_once_a_year(within, coordinator, world, term):
    january = date(TODAY.year + 1, 1, 3)
    assert in_every_ambito(services.tell_due, today=TODAY) == 0
    assert in_every_ambito(services.tell_due, today=january) == 1
    assert in_every_ambito(services.tell_due, today=january) <= 1
    access = within(coordinator)
    assert Todo.objects.filter(kind=services.DUE, done_at=None).count() == 1
    services.prepare_list(kind="attendance", by=access, today=TODAY)
    assert not Todo.objects.filter(kind=services.DUE, done_at=None).exists()
