"""How the help was spent (rule 69): proofs and their second pair of eyes, money that comes back to its pot, vouchers."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.models import Membership
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import Conflict, DomainError, FourEyesRequired
from impresasolidale.core.models import Deadline, Message, Todo
from impresasolidale.core.mutes import mute
from impresasolidale.territory.models import RuleBookVersion
from impresasolidale.treasury import selectors as treasury
from impresasolidale.treasury.models import ClosedPeriod, Pot
from placements.beneficiaries.enums import RepresentativeKind
from placements.beneficiaries.models import Beneficiary, Representative
from solidarity_fund.models import MoneyBack, SpendingProof, Voucher
from solidarity_fund.selectors import proofs as selectors
from solidarity_fund.services import payees, requests
from solidarity_fund.services import proofs as services
from tests.factories.agreements import PDF, scan
from tests.factories.fund import ask, give, grant, make_helped, make_pot

pytestmark = pytest.mark.django_db
D = Decimal


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
def paid(within, worker, coordinator, accounting, pot, now):
    """80 euro, paid today."""

    def pay(number=1, payee=None, amount="80"):
        row = ask(within(worker), make_helped(within(worker), number=number), amount, today=now)
        if payee:
            payees.set_payee(request=row, payee=payee, by=within(worker), today=now)
        row = grant(within(coordinator), row, pot, today=now)
        return requests.pay_benefit(request=row, paid_on=now, by=within(accounting), today=now)

    return pay


def page(name, row, *more):
    return reverse(f"solidarity_fund:{name}", args=[row.public_id, *more])


def figures(access):
    return next((b.received, b.committed, b.paid, b.free) for b in treasury.balances(access, use=Pot.Use.FUND))


def bring(access, row, amount, now):
    return services.add_proof(request=row, amount=D(amount), spent_on=now, file=scan(), by=access, today=now)


def test_a_receipt_from_the_phone_to_the_end(signed_in, within, worker, accounting, paid, now):
    row = paid()
    assert row.proof_due_on == now + timedelta(days=60)
    assert Deadline.objects.get(kind="solidarity_fund.proof_due").due_on == row.proof_due_on
    office, money = signed_in(worker), signed_in(accounting)
    data = {"amount": "80", "spent_on": now}
    for change, field in (
        ({"amount": "80,01"}, "amount"),
        ({"amount": "0"}, "amount"),
        ({"spent_on": now + timedelta(days=1)}, "spent_on"),
        ({"file": scan(content=b"testo")}, "file"),
    ):
        answer = office.post(page("proofs", row), {**data, "file": scan(), **change})
        assert answer.status_code == 422 and field in answer.context["form"].errors, change
    assert "restano da provare 80,00" in office.post(page("proofs", row), {**data, "amount": "99", "file": scan()}).content.decode()
    assert office.post(page("proofs", row), {**data, "amount": "50", "file": scan()}).status_code == 303
    over = office.post(page("proofs", row), {**data, "amount": "31", "file": scan()})  # what waits to be looked at counts
    assert over.status_code == 422 and "30,00" in over.context["form"].errors["amount"][0]
    within(accounting)
    first = SpendingProof.objects.get()
    assert Todo.objects.get(kind="solidarity_fund.proof_check", done_at=None).role == Role.ACCOUNTING
    assert b"".join(money.get(page("proof_file", row, first.public_id)).streaming_content) == PDF
    assert money.post(page("reject_proof", row, first.public_id), {"reason": ""}).status_code == 422
    assert money.post(page("reject_proof", row, first.public_id), {"reason": "Non si legge"}).status_code == 303
    assert "Non si legge" in office.get(page("proofs", row)).content.decode()
    assert office.post(page("proofs", row), {**data, "file": scan()}).status_code == 303
    within(accounting)
    second = SpendingProof.objects.get(state="received")
    assert office.post(page("accept_proof", row, second.public_id)).status_code == 403
    assert money.post(page("accept_proof", row, second.public_id)).status_code == 303
    within(accounting)
    row.refresh_from_db()
    assert row.closed_on == now and row.state == "paid"
    assert not Todo.objects.filter(kind__startswith="solidarity_fund.proof", done_at=None).exists()
    assert not Deadline.objects.filter(kind="solidarity_fund.proof_due", closed_at=None).exists()
    assert "Ogni euro è spiegato" in office.get(page("proofs", row)).content.decode()
    with pytest.raises(Conflict):
        bring(within(worker), row, "1", now)


def test_who_brought_the_proof_does_not_check_it(within, worker, sondrio, paid, now):
    row = paid()
    Membership.objects.create(user=worker, role=Role.ACCOUNTING, network=sondrio.network, ambito=sondrio, valid_from="2020-01-01")
    access = within(worker)
    proof = bring(access, row, "80", now)
    for act in (
        lambda: services.accept_proof(proof=proof, by=access, today=now),
        lambda: services.reject_proof(proof=proof, reason="x", by=access, today=now),
    ):
        with pytest.raises(FourEyesRequired):
            act()
    with pytest.raises(IntegrityError, match="two_keys"), transaction.atomic():
        SpendingProof.objects.filter(pk=proof.pk).update(state="accepted", checked_by=worker)


def test_what_was_not_spent_comes_back_to_its_pot(signed_in, within, worker, accounting, paid, now):
    row = paid()
    assert figures(within(accounting)) == (1000, 0, 80, 920)
    services.accept_proof(proof=bring(within(worker), row, "62", now), by=within(accounting), today=now)
    money = signed_in(accounting)
    data = {"amount": "18", "received_on": now, "receipt": "Q-7"}
    for change, field in (
        ({"amount": "18,01"}, "amount"),
        ({"received_on": now + timedelta(days=1)}, "received_on"),
        ({"received_on": now - timedelta(days=1)}, "received_on"),
        ({"receipt": ""}, "receipt"),
    ):
        answer = money.post(page("back", row), {**data, **change})
        assert answer.status_code == 422 and field in answer.context["form"].errors, change
    assert money.post(page("back", row), {**data, "amount": "8"}).status_code == 303
    again = money.post(page("back", row), {**data, "amount": "8"})
    assert again.status_code == 422 and "già registrata" in again.context["form"].errors["receipt"][0]
    assert money.post(page("back", row), {**data, "amount": "10", "receipt": "Q-8"}).status_code == 303
    access = within(accounting)
    assert figures(access) == (1018, 0, 80, 938)  # what came in: the gift, and what came back; what was paid stays paid
    row.refresh_from_db()
    assert row.closed_on == now and all(a.agrees for a in treasury.recount(access))
    with pytest.raises(Exception, match="append-only|permission denied"), transaction.atomic():
        MoneyBack.objects.filter(request=row).update(amount=1)


def test_nothing_comes_back_into_a_closed_period(within, accounting, paid, now):
    row = paid()
    ClosedPeriod.objects.create(network_id=within(accounting).network_id, closed_to=now, state="closed")
    with pytest.raises(DomainError, match="chiuso"), transaction.atomic():
        services.record_back(request=row, amount=D(5), received_on=now, receipt="Q", by=within(accounting), today=now)
    assert not MoneyBack.objects.exists()


def test_a_voucher_is_used_once(signed_in, within, worker, accounting, paid, now):
    row = paid(payee=payees.Payee("voucher"))
    access = within(accounting)
    found = selectors.vouchers_of(row)
    assert [v.amount for v in found] == [25, 25, 25, 5] and len({v.code for v in found}) == 4
    money, code = signed_in(accounting), found[0].code
    assert signed_in(worker).get(page("use_voucher", row)).status_code == 403
    assert money.post(page("use_voucher", row), {"code": f"{code[:4].lower()} {code[4:]}", "used_on": now}).status_code == 303
    twice = money.post(page("use_voucher", row), {"code": code, "used_on": now})
    assert twice.status_code == 422 and "già stato usato" in twice.context["form"].errors["code"][0]
    unknown = money.post(page("use_voucher", row), {"code": "NESSUNO", "used_on": now})
    assert unknown.status_code == 422 and "code" in unknown.context["form"].errors
    late = money.post(page("use_voucher", row), {"code": found[1].code, "used_on": now + timedelta(days=1)})
    assert late.status_code == 422
    access = within(accounting)
    with pytest.raises(IntegrityError, match="it was made"), transaction.atomic():
        Voucher.objects.filter(pk=found[0].pk).update(used_on=None, used_by=None)
    for voucher in found[1:]:
        services.use_voucher(request=row, code=voucher.code, used_on=now, by=access, today=now)
    row.refresh_from_db()
    assert row.closed_on == now


def test_closing_without_a_proof(signed_in, within, worker, coordinator, accounting, sondrio, paid, now):
    row, blocked = paid(), paid(number=2)
    client = signed_in(coordinator)
    assert client.post(page("close", row), {"reason": ""}).status_code == 422
    proof = bring(within(worker), row, "5", now)
    waiting = client.post(page("close", row), {"reason": "Ha perso lo scontrino"})
    assert waiting.status_code == 422 and "da controllare" in waiting.content.decode()
    services.reject_proof(proof=proof, reason="Non è suo", by=within(accounting), today=now)
    assert client.post(page("close", row), {"reason": "Ha perso lo scontrino"}).status_code == 303
    strict = RuleBookVersion.objects.create(
        network=sondrio.network, ambito=sondrio, valid_from="2026-11-01", values={"severity": {"69": "block"}}, act="A", published_by="P"
    )
    blocked.rulebook = strict
    blocked.save(update_fields=["rulebook"])
    answer = client.post(page("close", blocked), {"reason": "Ha perso lo scontrino"})
    assert answer.status_code == 422 and "vuole la prova" in answer.content.decode()


def test_who_asked_is_reminded_every_week(within, worker, paid, now):
    row = paid()
    due = row.proof_due_on
    ambito = row.ambito
    system = Access.system(network_id=ambito.network_id, ambito_id=ambito.pk, reason="test")
    sent = [services.remind_proofs(by=system, today=due + timedelta(days=n)) for n in (-8, -7, -6, 0, 1)]
    assert sent == [0, 1, 0, 0, 0]  # in one hour of the test the second is held back
    assert Message.objects.get(kind="solidarity_fund.proof_due").address == worker.email
    bring(within(worker), row, "80", now)
    within(worker)
    assert services.remind_proofs(by=system, today=due + timedelta(days=7)) == 0


def remind(row, *, on):
    ambito = row.ambito
    system = Access.system(network_id=ambito.network_id, ambito_id=ambito.pk, reason="test")
    return services.remind_proofs(by=system, today=on)


def to_person():
    return Message.objects.filter(kind=services.DUE_PERSON)


def test_the_person_is_reminded_too_where_the_office_has_an_address(within, worker, paid):
    with_mail, without = paid(), paid(number=2)
    Beneficiary.objects.filter(pk=with_mail.beneficiary_id).update(email="prova@example.org")
    within(worker)
    assert remind(with_mail, on=with_mail.proof_due_on) == 3  # who asked for the two, and one person
    message = to_person().get()
    assert (message.address, message.about_id) == ("prova@example.org", with_mail.pk)
    assert message.subject == "Un foglio che ci serve"
    assert "80" not in message.subject + message.body.partition("entro")[0] and "Ciao Prova" in message.body
    for told in (with_mail.get_kind_display(), with_mail.quote, "80,00", without.beneficiary.last_name):
        assert told not in message.body
    assert "hai perso" in message.body and "l'aspettavamo" not in message.body


def test_who_signs_for_the_person_is_reminded_in_her_stead(within, worker, paid):
    row = paid()
    Beneficiary.objects.filter(pk=row.beneficiary_id).update(email="prova@example.org")
    guardian = {"first_name": "Tutrice", "last_name": "Prova", "email": "tutrice@example.org", "valid_from": "2020-01-01"}
    Representative.objects.create(ambito=row.ambito, beneficiary=row.beneficiary, kind=RepresentativeKind.GUARDIAN, **guardian)
    within(worker)
    remind(row, on=row.proof_due_on + timedelta(days=7))
    message = to_person().get()
    assert message.address == "tutrice@example.org" and "l'aspettavamo" in message.body
    assert "Buongiorno Tutrice" in message.body and row.beneficiary.last_name not in message.body


@pytest.mark.parametrize("subject", ["beneficiary", "placement"])
def test_a_muted_person_is_not_reminded_and_the_office_is(within, worker, paid, now, subject):
    row = paid()
    Beneficiary.objects.filter(pk=row.beneficiary_id).update(email="prova@example.org")
    mute(subject=getattr(row, subject), reason="È in ospedale", until=now + timedelta(days=90), by=within(worker), today=now)
    assert remind(row, on=row.proof_due_on) == 1
    assert not to_person().exists()


def test_the_proof_page_of_others(signed_in, within, worker, paid, tirano, sondrio, user_of, now):
    row = paid()
    proof = bring(within(worker), row, "80", now)
    other = signed_in(user_of(Role.ACCOUNTING, tirano))
    for name, more in (("proofs", ()), ("proof_file", (proof.public_id,)), ("back", ()), ("reject_proof", (proof.public_id,))):
        assert other.get(page(name, row, *more)).status_code == 404, name
    assert other.post(page("accept_proof", row, proof.public_id)).status_code == 404


def test_pages_cost_the_same_with_more_rows(signed_in, within, worker, accounting, paid, now):
    row = paid()

    def cost():
        client = signed_in(accounting)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(page("proofs", row)).status_code == 200
            assert client.get(page("request", row)).status_code == 200
        return len(queries)

    bring(within(worker), row, "1", now)
    before = cost()
    for _n in range(5):
        bring(within(worker), row, "1", now)
    assert cost() == before
