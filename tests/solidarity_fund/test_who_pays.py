"""Who says where the money goes never records that it went there."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from impresasolidale.accounts.models import Membership
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import Conflict, DomainError, FourEyesRequired
from impresasolidale.territory.models import RuleBookVersion
from solidarity_fund.models import AgendaItem, BenefitPayee
from solidarity_fund.services import commission, payees, proofs, requests
from solidarity_fund.services.payees import Payee
from tests.factories.fixtures import make_user
from tests.factories.fund import ask, give, grant, make_helped, make_pot, make_ready, sit

pytestmark = pytest.mark.django_db
IBAN, OTHER = "IT60X0542811101000000123456", "IT24D0542811101000000654321"


@pytest.fixture
def now():
    return timezone.localdate()


@pytest.fixture
def accounting(user_of, sondrio):
    return user_of(Role.ACCOUNTING, sondrio)


@pytest.fixture
def pot(within, coordinator):
    pot = make_pot(within(coordinator))
    give(within(coordinator), pot, "1000")
    return pot


@pytest.fixture
def granted(within, worker, coordinator, pot, now):
    """80 euro to a shop, decided."""
    row = ask(within(worker), make_helped(within(worker)), today=now, payee=Payee("supplier", "Negozio", "", IBAN))
    return grant(within(coordinator), row, pot, today=now)


def page(name, row):
    return reverse(f"solidarity_fund:{name}", args=[row.public_id])


def payee(row):
    return BenefitPayee.objects.get(request=row)


def pay(row, access, now, **more):
    return requests.pay_benefit(request=row, paid_on=now, by=access, today=now, **more)


def test_after_the_decision_who_pays_writes_the_invoice_alone(signed_in, within, worker, coordinator, accounting, granted, now):
    money = signed_in(accounting)
    form = money.get(page("payee", granted)).context["form"]
    assert list(form.fields) == ["invoice_number", "invoice_on"]
    forged = {"way": "supplier", "payee_name": "Un altro", "iban": OTHER, "invoice_number": "7/A", "invoice_on": now}
    assert money.post(page("payee", granted), forged).status_code == 303
    within(worker)
    there = payee(granted)
    assert (there.name, there.iban, there.invoice_number, there.set_by, there.row_version) == ("Negozio", IBAN, "7/A", worker, 2)
    for change in (Payee("supplier", "Un altro", "", IBAN), Payee("supplier", "Negozio", "", OTHER), Payee("person")):
        with pytest.raises(DomainError, match="solo la fattura"):
            payees.set_payee(request=granted, payee=change, by=within(accounting), today=now)
    office = signed_in(coordinator)  # who looks at requests may
    assert office.post(page("payee", granted), {**forged, "iban": OTHER}).status_code == 303
    within(coordinator)
    assert (payee(granted).iban, payee(granted).set_by) == (OTHER, coordinator)


def test_who_said_where_the_money_goes_does_not_pay(within, worker, accounting, coordinator, pot, sondrio, now):
    """Before the decision the accounting office may correct it; then another one of them pays. The same words again change no hand."""
    row = ask(within(worker), make_helped(within(worker)), today=now)
    assert payee(row).set_by == worker
    payees.set_payee(request=row, payee=Payee("refund", "Chi ha anticipato", "", IBAN), by=within(accounting), today=now)
    row = grant(within(coordinator), row, pot, today=now)
    second = make_user(Role.ACCOUNTING, sondrio, number=2)
    payees.set_payee(request=row, payee=Payee("refund", "Chi ha anticipato", "", IBAN, "9"), by=within(second), today=now)
    assert payee(row).set_by == accounting
    with pytest.raises(FourEyesRequired, match="scritto tu"):
        pay(row, within(accounting), now)
    assert pay(row, within(second), now).state == "paid"


def test_two_hats_do_not_choose_and_pay(within, worker, accounting, sondrio, granted, now):
    Membership.objects.create(user=accounting, role=Role.SOCIAL_WORKER, network=sondrio.network, ambito=sondrio, valid_from="2020-01-01")
    payees.set_payee(request=granted, payee=Payee("supplier", "Negozio", "", OTHER, "7/A", now), by=within(accounting), today=now)
    with pytest.raises(FourEyesRequired):
        pay(granted, within(accounting), now)


def test_a_payee_that_changed_meanwhile_is_a_conflict(signed_in, within, worker, accounting, granted, now):
    money = signed_in(accounting)
    data = {"paid_on": now, "row_version": money.get(page("pay", granted)).context["form"]["row_version"].value()}
    payees.set_payee(request=granted, payee=Payee("refund", "Chi ha anticipato", "", OTHER), by=within(worker), today=now)
    stale = money.post(page("pay", granted), data)
    assert stale.status_code == 409 and "Chi ha anticipato" in stale.content.decode()
    assert money.post(page("pay", granted), {"paid_on": now}).status_code == 409  # nothing says what was read
    with pytest.raises(Conflict, match="a chi si versa"):
        pay(granted, within(accounting), now, seen=1)
    assert money.post(page("pay", granted), {**data, "row_version": 2}).status_code == 303


def test_who_sent_the_money_does_not_say_that_it_came_back(within, worker, accounting, sondrio, granted, now):
    payees.set_payee(request=granted, payee=Payee("supplier", "Negozio", "", IBAN, "7/A", now), by=within(accounting), today=now)
    row = pay(granted, within(accounting), now)
    Membership.objects.create(user=worker, role=Role.ACCOUNTING, network=sondrio.network, ambito=sondrio, valid_from="2020-01-01")
    back = {"request": row, "amount": Decimal(5), "received_on": now, "receipt": "Q 1", "today": now}
    with pytest.raises(FourEyesRequired, match="scritto tu"):
        proofs.record_back(by=within(worker), **back)
    assert proofs.record_back(by=within(accounting), **back).amount == 5


def test_where_the_commission_alone_decides_its_minutes_come_first(signed_in, within, worker, coordinator, accounting, sondrio, pot, now):
    RuleBookVersion.objects.create(
        network=sondrio.network, ambito=sondrio, valid_from="2026-11-01", values={"severity": {"68": "block"}}, act="Atto", published_by="x"
    )
    row = ask(within(worker), make_helped(within(worker)), today=now)
    members = [make_user(Role.COMMISSION_MEMBER, sondrio, number=n) for n in (1, 2)]
    access = within(coordinator)
    sitting = sit(access, members, [make_ready(access, row, today=now)], today=now)
    item = AgendaItem.objects.select_related("sitting").get()
    for member in members:
        commission.cast_vote(item=item, member=member, in_favour=True, by=access, today=now)
    commission.decide_case(item=item, pot=pot, reason="", by=access, today=now)
    money, data = signed_in(accounting), {"paid_on": now, "row_version": 1}
    early = money.post(page("pay", row), data)
    assert early.status_code == 422 and "verbale" in early.content.decode()
    now_line = "Manca il verbale: i soldi si versano quando è approvato (regola 68)."
    assert money.get(page("request", row)).context["next"].words == now_line
    own = signed_in(members[0]).get(page("request", row))
    assert own.context["next"].url == reverse("solidarity_fund:sitting", args=[sitting.public_id]) and now_line in own.content.decode()
    sitting = commission.close_sitting(sitting=sitting, by=within(coordinator))
    assert money.post(page("pay", row), data).status_code == 422
    commission.approve_minutes(sitting=sitting, by=within(members[0]), today=now)
    assert "vanno versati" in money.get(page("request", row)).context["next"].words
    assert money.post(page("pay", row), data).status_code == 303
