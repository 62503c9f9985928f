"""Closing the books: two people, the latest alone goes back, nothing slips in while it is confirmed."""

import threading
import time
import uuid
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.urls import reverse

from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import DomainError, FourEyesRequired, ReasonRequired
from impresasolidale.core.four_eyes import OutsideAct
from impresasolidale.core.models import Todo
from impresasolidale.core.scope import scope
from impresasolidale.territory.models import Network
from impresasolidale.treasury import selectors, services
from impresasolidale.treasury.models import ClosedPeriod, LiquidationRun
from tests.factories.fixtures import TODAY, make_user
from tests.factories.fund import make_pot
from tests.factories.treasury import lead, make_budget

DAY = date(2026, 10, 31)


@pytest.fixture
def access(coordinator, within):
    return within(coordinator)


def ask(access, day=DAY):
    return services.ask_closing(closed_to=day, by=access, today=TODAY)


def receive(access, pot, key, on):
    return services.receive(pot=pot, amount=Decimal(1), key=key, posted_on=on, words="x", source=pot, by=access)


@pytest.mark.django_db
def test_who_asks_does_not_confirm(access, sondrio, within):
    pot = make_pot(access)
    row = ask(access)
    assert Todo.objects.filter(kind="treasury.closing", done_at=None, role=Role.ACCOUNTING).exists()
    receive(access, pot, "k1", DAY)  # asked for is not closed
    with pytest.raises(FourEyesRequired):
        services.confirm_closing(closing=row, by=access)
    other = within(make_user(Role.ACCOUNTING, sondrio))
    services.confirm_closing(closing=row, by=other)
    assert not Todo.objects.filter(kind="treasury.closing", done_at=None).exists()
    with pytest.raises(services.PeriodClosed):
        receive(other, pot, "k2", DAY)
    receive(other, pot, "k3", date(2026, 11, 1))


@pytest.mark.django_db
def test_an_outside_act_is_the_second_key(access):
    row = services.confirm_closing(closing=ask(access), by=access, act=OutsideAct("45", date(2026, 11, 3)))
    assert (row.state, row.act_number, row.act_on) == ("closed", "45", date(2026, 11, 3))


@pytest.mark.django_db
def test_days_that_cannot_be_closed(access):
    act = OutsideAct("45", date(2026, 11, 3))
    with pytest.raises(DomainError, match="già passato"):
        ask(access, TODAY)
    first = ask(access)
    with pytest.raises(DomainError, match="da confermare"):
        ask(access, date(2026, 11, 1))
    services.confirm_closing(closing=first, by=access, act=act)
    with pytest.raises(DomainError, match="già chiuso"):
        ask(access, date(2026, 9, 30))


@pytest.mark.django_db
def test_only_the_latest_is_reopened_and_with_a_reason(access):
    act = OutsideAct("45", date(2026, 11, 3))
    first = services.confirm_closing(closing=ask(access, date(2026, 9, 30)), by=access, act=act)
    second = services.confirm_closing(closing=ask(access), by=access, act=act)
    with pytest.raises(DomainError, match="ultima"):
        services.reopen_period(closing=first, reason="Errore", by=access)
    with pytest.raises(ReasonRequired):
        services.reopen_period(closing=second, reason=" ", by=access)
    services.reopen_period(closing=second, reason="Manca un mandato", by=access)
    services.reopen_period(closing=first, reason="Manca un mandato", by=access)
    receive(access, make_pot(access), "k", date(2026, 9, 1))
    services.withdraw_closing(closing=ask(access), reason="Non ancora", by=access)
    assert [row.state for row in ClosedPeriod.objects.order_by("id")] == ["reopened", "reopened", "withdrawn"]


@pytest.mark.django_db
def test_what_does_not_add_up_is_not_closed(access, monkeypatch):
    make_budget(access)
    wrong = type("Row", (), {"agrees": False})
    monkeypatch.setattr("impresasolidale.treasury.selectors.recount", lambda by: [wrong])
    with pytest.raises(DomainError, match="non torna"):
        ask(access)


@pytest.mark.django_db
def test_a_liquidation_that_waits_is_not_closed_over(access):
    common = {"ambito_id": access.ambito_id, "body": lead(access), "checked_at": "2026-11-18T10:00Z"}
    run = LiquidationRun.objects.create(number="2026/000001", month=date(2026, 10, 1), **common)
    with pytest.raises(DomainError, match="2026/000001"):
        ask(access)
    row = ask(access, date(2026, 9, 30))  # before that month
    services.withdraw_closing(closing=row, reason="x", by=access)
    LiquidationRun.objects.filter(pk=run.pk).update(state="cancelled")
    assert ask(access).closed_to == DAY


@pytest.mark.django_db
def test_a_liquidation_that_waits_in_another_office_is_not_closed_over_nor_told(sondrio, tirano, coordinator):
    """The closing holds for the whole network: the other office is told as a number, at the asking and at the confirming."""
    access, theirs = access_for(coordinator), access_for(make_user(Role.COORDINATOR, tirano))
    with scope(theirs.scope):
        for n, day in enumerate((date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)), start=1):
            LiquidationRun.objects.create(
                ambito=tirano, number=f"2026/00000{n}", month=day, body=lead(theirs), checked_at="2026-11-18T10:00Z"
            )
    with scope(access.scope), pytest.raises(DomainError) as told:
        ask(access)
    assert str(told.value.words) == (
        "Negli altri uffici della rete 2 liquidazioni di questo periodo aspettano l'approvazione. La chiusura vale anche per loro."
    )
    assert told.value.field == "closed_to"
    with scope(access.scope), pytest.raises(DomainError, match=" 1 liquidazione "):
        ask(access, date(2026, 9, 30))
    with scope(access.scope):
        assert selectors.waiting_elsewhere(access, DAY) == 2
        row = ask(access, date(2026, 8, 31))  # before those months
        ClosedPeriod.objects.filter(pk=row.pk).update(closed_to=DAY)  # as if they had come after the asking
        with pytest.raises(DomainError, match=" 2 liquidazioni "):
            services.confirm_closing(closing=ClosedPeriod.objects.get(), by=access, act=OutsideAct("45", date(2026, 11, 3)))
    with scope(theirs.scope):
        assert selectors.waiting_elsewhere(theirs, DAY) == 0  # their own are named to them
        LiquidationRun.objects.filter(month__lte=DAY).update(state="cancelled")
    with scope(access.scope):
        services.confirm_closing(closing=ClosedPeriod.objects.get(), by=access, act=OutsideAct("45", date(2026, 11, 3)))
    nowhere = Network.objects.create(name="Altra rete", code="altra")
    with scope(replace(access.scope, networks=frozenset({nowhere.pk}))):
        assert selectors.waiting_elsewhere(access, date(2026, 12, 31)) == 0  # a network out of reach says nothing


@pytest.mark.django_db
def test_the_pages(access, coordinator, sondrio, signed_in, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *a, **k: TODAY)
    mine, theirs = signed_in(coordinator), signed_in(make_user(Role.ACCOUNTING, sondrio))
    url = reverse("treasury:closing")
    assert mine.post(url, {"_submission": uuid.uuid4(), "closed_to": "2026-10-31"}).status_code == 303
    confirm = reverse("treasury:confirm_closing", args=[ClosedPeriod.objects.get().public_id])
    assert mine.post(confirm, {"_submission": uuid.uuid4()}).status_code in (403, 422)
    assert mine.post(confirm, {"_submission": uuid.uuid4(), "act_number": "3"}).status_code == 422
    assert theirs.post(confirm, {"_submission": uuid.uuid4()}).status_code == 303
    assert "chiuso fino al 31 ottobre 2026" in mine.get(url).content.decode()
    reopen = reverse("treasury:reopen_period", args=[ClosedPeriod.objects.get().public_id])
    assert mine.post(reopen, {"_submission": uuid.uuid4(), "reason": "Un mandato"}).status_code == 303
    assert "tutto aperto" in mine.get(url).content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_closing_waits_for_the_posting_under_way(sondrio):
    """A posting that has passed the check commits first; one that comes after is refused."""
    access = access_for(make_user(Role.COORDINATOR, sondrio))
    with scope(access.scope):
        pot = make_pot(access)
        row = ask(access)
    posted, order = threading.Event(), []

    def close():
        posted.wait()
        try:
            with scope(access.scope):
                services.confirm_closing(closing=row, by=access, act=OutsideAct("45", date(2026, 11, 3)))
            order.append("closed")
        finally:
            connection.close()

    thread = threading.Thread(target=close)
    thread.start()
    with scope(access.scope):
        receive(access, pot, "k1", DAY)
        posted.set()
        time.sleep(0.3)
        order.append("posted")
    thread.join()
    assert order == ["posted", "closed"]
    with scope(access.scope), pytest.raises(services.PeriodClosed):
        receive(access, pot, "k2", DAY)
