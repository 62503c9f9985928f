"""A request's way: the office's look, what is missing, who is paid, an amount lower than asked, an urgent advance."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import DomainError, FourEyesRequired
from impresasolidale.core.models import Deadline, Todo
from impresasolidale.territory.models import RuleBookVersion
from impresasolidale.treasury import selectors as treasury
from impresasolidale.treasury.models import Pot
from solidarity_fund.models import BenefitPayee, BenefitRequest, MissingPapers, Procedure
from solidarity_fund.selectors import requests as selectors
from solidarity_fund.services import payees, requests
from tests.factories.agreements import PDF, scan
from tests.factories.fixtures import make_user
from tests.factories.fund import ask, give, grant, make_helped, make_pot, publish

pytestmark = pytest.mark.django_db
D = Decimal
IBAN = "IT60X0542811101000000123456"


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
def row(within, worker, now):
    return ask(within(worker), make_helped(within(worker)), today=now)


def page(name, row, *more):
    return reverse(f"solidarity_fund:{name}", args=[row.public_id, *more])


def rulebook(sondrio, **values):
    return RuleBookVersion.objects.create(
        network=sondrio.network, ambito=sondrio, valid_from="2026-11-01", values=values, act="Atto di prova", published_by="Prova"
    )


# --- Asking, with all that belongs to it


def test_a_request_with_quote_need_and_supplier(signed_in, within, worker, coordinator, now):
    publish(within(coordinator))
    placement = make_helped(within(worker))
    client = signed_in(worker)
    data = {
        "placement": placement.public_id, "kind": "clothing", "amount": "80", "need": "work_things", "is_urgent": "on",
        "quote": "Preventivo 3", "quote_file": scan(), "isee": "9.500", "isee_on": now,
        "way": "supplier", "payee_name": "Calzature Prova", "iban": IBAN.lower(),
    }  # fmt: skip
    wrong = client.post(reverse("solidarity_fund:new_request"), {**data, "iban": "IT60X0542811101000000123457", "quote_file": scan()})
    assert wrong.status_code == 422 and "iban" in wrong.context["form"].errors
    text = client.post(reverse("solidarity_fund:new_request"), {**data, "quote_file": scan(content=b"testo")})
    assert text.status_code == 422 and "quote_file" in text.context["form"].errors
    missing = client.post(reverse("solidarity_fund:new_request"), {**data, "iban": "", "quote_file": scan()})
    assert missing.status_code == 422 and "Serve l'IBAN" in missing.context["form"].errors["iban"][0]
    within(worker)
    assert not BenefitRequest.objects.exists()
    assert client.post(reverse("solidarity_fund:new_request"), {**data, "quote_file": scan()}).status_code == 303
    within(worker)
    found = BenefitRequest.objects.get()
    assert (found.need, found.is_urgent, found.isee, found.payee.iban) == ("work_things", True, D(9500), IBAN)
    with connection.cursor() as cursor:
        cursor.execute("SELECT isee_value, (SELECT iban FROM solidarity_fund_benefitpayee) FROM solidarity_fund_benefitrequest")
        assert all(value.startswith("v1:") for value in cursor.fetchone())
    assert b"".join(client.get(page("quote", found)).streaming_content) == PDF
    text = client.get(page("request", found)).content.decode()
    assert "IT60 … 3456" in text and IBAN not in text


@pytest.mark.parametrize("severity", ["block", "warn"])
def test_the_isee_ceiling(within, worker, coordinator, signed_in, sondrio, now, severity):
    """Rule 65: 15,000; 15,000.01 is over, and so is none at all."""
    rulebook(sondrio, fund_isee_ceiling="15000", severity={"65": severity})
    access = within(worker)
    placement = make_helped(access)
    ask(access, placement, isee=D(15000), today=now)
    for isee in (D("15000.01"), None):
        if severity == "block":
            with pytest.raises(DomainError, match="15\\.000,00"):
                ask(access, placement, isee=isee, today=now)
        else:
            found = ask(access, placement, isee=isee, today=now)
            text = signed_in(coordinator).get(page("screen", found)).content.decode()
            assert ("Manca l&#x27;ISEE" if isee is None else "ISEE è sopra") in text
            within(worker)


# --- The office looks


def test_screening_by_another_person(signed_in, worker, coordinator, within, row, sondrio, now):
    own = signed_in(worker).post(page("screen", row), {"result": "whole", "responsible": worker.pk})
    assert own.status_code == 422 and "la guarda un&#x27;altra persona" in str(own.context["form"].non_field_errors())
    client = signed_in(coordinator)
    text = client.get(page("screen", row)).content.decode()
    assert "Il tirocinio è in corso" in text and "criteri prevedono" in text
    assert client.post(page("screen", row), {"result": "whole", "responsible": coordinator.pk}).status_code == 303
    within(coordinator)
    row.refresh_from_db()
    procedure = Procedure.objects.get()
    assert (row.state, row.screened_by, procedure.responsible, procedure.term_days) == ("ready", coordinator, coordinator, 30)
    assert Deadline.objects.get(kind="solidarity_fund.term").due_on == now + timedelta(days=30)
    assert client.get(page("screen", row)).status_code == 303


def test_something_is_missing_and_comes(signed_in, worker, coordinator, within, row, now):
    client = signed_in(coordinator)
    empty = client.post(page("screen", row), {"result": "missing"})
    assert empty.status_code == 422 and "what" in empty.context["form"].errors
    past = client.post(page("screen", row), {"result": "missing", "what": ["quote"], "due_on": now - timedelta(days=1)})
    assert past.status_code == 422 and "due_on" in past.context["form"].errors
    assert client.post(page("screen", row), {"result": "missing", "what": ["quote", "isee"]}).status_code == 303
    within(worker)
    missing = MissingPapers.objects.get()
    assert missing.due_on == now + timedelta(days=15)  # the days of the criteria
    assert Todo.objects.get(kind="solidarity_fund.complete", done_at=None).due_on == missing.due_on
    assert not Todo.objects.filter(kind__startswith="solidarity_fund.decide", done_at=None).exists()
    office = signed_in(worker)
    assert "Manda quello che manca" in office.get(page("request", row)).content.decode()
    assert office.post(page("complete", row), {"amount": "70", "quote": "Preventivo 99", "isee": "8000"}).status_code == 303
    within(worker)
    row.refresh_from_db()
    assert (row.state, row.amount, row.asked_amount, row.quote, row.isee) == ("submitted", 70, 70, "Preventivo 99", 8000)
    assert MissingPapers.objects.get().answered_on == now
    assert Todo.objects.get(kind="solidarity_fund.screen", done_at=None)


def test_going_on_without_what_was_missing(signed_in, coordinator, within, row, now):
    requests.return_request(request=row, what=["isee"], by=within(coordinator), today=now)
    client = signed_in(coordinator)
    assert client.post(page("resume", row), {"reason": ""}).status_code == 422
    assert client.post(page("resume", row), {"reason": "L'ISEE è già agli atti"}).status_code == 303
    row.refresh_from_db()
    assert row.state == "submitted"


# --- Decision


def test_a_grant_costs_twelve_statements_and_the_pot_comes_last(within, worker, coordinator, pot, row, now):
    """Locks of the person and of the request, year, criteria, change, fact, to-dos, deadline, then the pot (performance.md §2.3)."""
    access = within(coordinator)
    found = selectors.request_for(access, row.public_id)
    with CaptureQueriesContext(connection) as queries:
        requests.grant_benefit(request=found, pot=pot, seen=1, by=access, today=now)
    own = [q["sql"] for q in queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "ROLLBACK"))]
    assert len(own) <= 12, own
    assert "treasury_post_entry" in own[-1] and sum("treasury_" in sql for sql in own[:-2]) == 0


def test_less_than_what_was_asked(signed_in, within, coordinator, pot, row):
    client, data = signed_in(coordinator), {"decision": "grant", "pot": pot.public_id, "row_version": 1}
    for amount in ("80,01", "0"):
        answer = client.post(page("decide", row), {**data, "amount": amount})
        assert answer.status_code == 422 and "80,00" in answer.context["form"].errors["amount"][0]
    assert client.post(page("decide", row), {**data, "amount": "50"}).status_code == 303
    within(coordinator)
    row.refresh_from_db()
    assert (row.amount, row.asked_amount) == (50, 80)
    assert next(b.committed for b in treasury.balances(within(coordinator), use=Pot.Use.FUND)) == 50
    assert "chiesti 80,00" in client.get(page("request", row)).content.decode()
    with pytest.raises(IntegrityError, match="not_over"), transaction.atomic():
        BenefitRequest.objects.filter(pk=row.pk).update(amount=81)


def test_only_the_commission_where_the_rules_say_so(signed_in, within, worker, coordinator, sondrio, pot, now):
    """Rule 68 as a block: neither a second person nor an outside act is enough."""
    rulebook(sondrio, severity={"68": "block"})
    row = ask(within(worker), make_helped(within(worker)), today=now)
    assert not Todo.objects.filter(kind__startswith="solidarity_fund.decide").exists()
    data = {"decision": "grant", "pot": pot.public_id, "row_version": 1, "act_number": "3", "act_on": now, "act_file": scan()}
    answer = signed_in(coordinator).post(page("decide", row), data)
    assert answer.status_code == 422 and "solo la commissione" in answer.content.decode()


def test_a_grant_that_is_no_longer_needed(signed_in, within, coordinator, sondrio, pot, row, now):
    granted = grant(within(coordinator), row, pot, today=now)
    own = signed_in(coordinator).post(page("revoke", granted), {"reason": "Ci ripenso"})
    assert own.status_code == 422 and "deciso tu" in own.content.decode()
    client = signed_in(make_user(Role.COORDINATOR, sondrio, number=2))
    assert client.post(page("revoke", granted), {"reason": ""}).status_code == 422
    assert client.post(page("revoke", granted), {"reason": "Ha trovato un passaggio"}).status_code == 303
    access = within(coordinator)
    granted.refresh_from_db()
    assert granted.state == "revoked"
    assert next((b.committed, b.free) for b in treasury.balances(access, use=Pot.Use.FUND)) == (0, 1000)
    assert not Todo.objects.filter(kind="solidarity_fund.pay", done_at=None).exists()


# --- Payment, by its ways


@pytest.mark.parametrize(
    ("payee", "words"),
    [
        (payees.Payee("supplier", "Negozio", "", IBAN), "fattura"),
        (payees.Payee("goods"), "fattura"),
        (payees.Payee("refund", "Chi ha anticipato", "", IBAN), ""),
        (payees.Payee("voucher"), ""),
    ],
)
def test_what_each_way_of_paying_needs(within, signed_in, worker, coordinator, accounting, pot, row, now, payee, words):
    payees.set_payee(request=row, payee=payee, by=within(worker), today=now)
    grant(within(coordinator), row, pot, today=now)
    client = signed_in(accounting)
    answer = client.post(page("pay", row), {"paid_on": now, "row_version": 2})
    if words:
        assert answer.status_code == 422 and words in answer.content.decode()
        fields = {"way": payee.way, "payee_name": payee.name, "iban": payee.iban, "invoice_number": "7/A"}
        late = client.post(page("payee", row), {**fields, "invoice_on": now + timedelta(days=1)})
        assert late.status_code == 422 and "futuro" in late.context["form"].errors["invoice_on"][0]
        assert client.post(page("payee", row), {**fields, "invoice_on": now}).status_code == 303
        assert client.post(page("pay", row), {"paid_on": now, "order_number": "88", "row_version": 3}).status_code == 303
    else:
        assert answer.status_code == 303
    within(accounting)
    row.refresh_from_db()
    assert row.state == "paid" and row.payee.paid_on == now
    with pytest.raises(IntegrityError, match="it was made"), transaction.atomic():
        BenefitPayee.objects.filter(request=row).update(name="Un altro")
    with pytest.raises(DomainError, match="già chiuso"):
        payees.set_payee(request=row, payee=payees.Payee(), by=within(worker), today=now)


def test_a_person_without_a_way_is_not_paid(within, signed_in, coordinator, accounting, pot, row, now):
    grant(within(coordinator), row, pot, today=now)
    row.beneficiary.payment_ways.update(valid_to=now - timedelta(days=1))
    answer = signed_in(accounting).post(page("pay", row), {"paid_on": now, "row_version": 1})
    assert answer.status_code == 422 and "modi di pagamento" in answer.content.decode()


@pytest.mark.parametrize(("form", "way"), [("goods", "person"), ("goods", "refund"), ("money", "voucher"), ("money", "goods")])
def test_what_the_criteria_give_in_one_form_alone(form, way):
    payees.refuse_form("either", way)
    with pytest.raises(DomainError, match="solo in"):
        payees.refuse_form(form, way)


@pytest.mark.parametrize(("form", "first", "then"), [("goods", "voucher", "person"), ("money", "person", "voucher")])
def test_the_form_of_the_criteria_holds_when_the_payee_changes(within, signed_in, worker, now, form, first, then):
    publish(within(worker), form=form)
    row = ask(within(worker), make_helped(within(worker)), today=now, payee=payees.Payee(first))
    answer = signed_in(worker).post(page("payee", row), {"way": then})
    assert answer.status_code == 422 and "solo in" in answer.context["form"].errors["way"][0]
    within(worker)
    assert BenefitPayee.objects.get(request=row).way == first


ASSOCIATION = "90000000001"  # a tax code of a body, and no VAT number


@pytest.mark.parametrize(
    ("code", "words"), [(ASSOCIATION, ""), ("90000000002", "non è valido"), ("123", "11 cifre"), ("ABC", "16 caratteri")]
)
def test_the_code_of_who_is_paid_is_that_of_a_body_or_of_a_person(within, signed_in, worker, row, code, words):
    data = {"way": "supplier", "payee_name": "Associazione Prova", "iban": IBAN, "payee_code": code}
    answer = signed_in(worker).post(page("payee", row), data)
    within(worker)
    if words:
        assert answer.status_code == 422 and words in answer.context["form"].errors["payee_code"][0]
    else:
        assert answer.status_code == 303 and BenefitPayee.objects.get(request=row).tax_code == ASSOCIATION


# --- Urgent advance


@pytest.fixture
def urgent(within, worker, coordinator, now):
    publish(within(coordinator), valid_from=now, advance_limit=D(150), ratify_days=20)
    return ask(within(worker), make_helped(within(worker), number=5), "200", kind="emergency", is_urgent=True, today=now)


def test_an_advance_up_to_the_limit(signed_in, within, coordinator, accounting, pot, urgent, now):
    client, data = signed_in(coordinator), {"pot": pot.public_id, "row_version": 1}
    over = client.post(page("advance", urgent), data)
    assert over.status_code == 422 and "150,00" in over.context["form"].errors["amount"][0]
    assert client.post(page("advance", urgent), {**data, "amount": "150"}).status_code == 303
    within(coordinator)
    urgent.refresh_from_db()
    assert (urgent.state, urgent.advance, urgent.amount, urgent.ratify_by) == ("granted", "open", 150, now + timedelta(days=20))
    assert Todo.objects.get(kind="solidarity_fund.ratify", done_at=None).due_on == urgent.ratify_by
    assert signed_in(accounting).post(page("pay", urgent), {"paid_on": now, "row_version": 1}).status_code == 303


def test_an_advance_that_may_not_be(within, signed_in, worker, coordinator, sondrio, pot, row, now):
    answer = signed_in(coordinator).post(page("advance", row), {"pot": pot.public_id, "row_version": 1})
    assert answer.status_code == 422 and "urgente" in answer.content.decode()
    assert signed_in(make_user(Role.COMMISSION_MEMBER, sondrio)).get(page("advance", row)).status_code == 403
    publish(within(coordinator), valid_from=now, advance_limit=None)
    urgent = ask(within(worker), make_helped(within(worker), number=2), is_urgent=True, today=now)
    with pytest.raises(DomainError, match="non prevedono anticipi"):
        requests.grant_advance(request=urgent, pot=pot, seen=1, by=within(coordinator), today=now)


def test_who_gave_the_advance_does_not_pay_it(within, coordinator, pot, urgent, sondrio, now):
    from impresasolidale.accounts.models import Membership

    Membership.objects.create(user=coordinator, role=Role.ACCOUNTING, network=sondrio.network, ambito=sondrio, valid_from="2020-01-01")
    access = within(coordinator)
    row = requests.grant_advance(request=urgent, pot=pot, seen=1, amount=D(100), by=access, today=now)
    with pytest.raises(FourEyesRequired):
        requests.pay_benefit(request=row, paid_on=now, by=access, today=now)


# --- Filters


def test_requests_are_filtered_by_kind_and_urgency(signed_in, worker, within, row, urgent):
    client, address = signed_in(worker), reverse("solidarity_fund:requests")
    codes = lambda query: {r.pk for r in client.get(address, query).context["requests"]}  # noqa: E731
    assert codes({"tipo": "emergency"}) == {urgent.pk} == codes({"solo": "urgent"})
    assert codes({"tipo": "transport"}) == {row.pk} and codes({"solo": "proof"}) == set() == codes({"solo": "ratify"})
    assert codes({"solo": "rubbish"}) == {row.pk, urgent.pk}
