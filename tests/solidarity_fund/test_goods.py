"""Gifts in kind: valued, put aside for a request of an office, handed over; who gave and who receives never stand on one page."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import DomainError
from impresasolidale.core.scope import scope
from solidarity_fund.enums import UNSETTLED
from solidarity_fund.models import BenefitRequest, GiftInKind, GoodsMove
from solidarity_fund.selectors import goods as selectors
from solidarity_fund.services import goods as services
from solidarity_fund.services import requests
from tests.factories.fixtures import make_user
from tests.factories.fund import announce, ask, give, grant, make_donor, make_goods, make_helped, make_holder, make_pot, make_ready
from tests.support.queries import OwnQueries
from tests.treasury.test_ledger import in_threads

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def access(within, coordinator):
    return within(coordinator)


def page(name, row=None):
    return reverse(f"solidarity_fund:{name}", args=[row.public_id] if row else [])


def counts(gift):
    gift.refresh_from_db()
    return gift.available, gift.assigned, gift.handed_over


def test_goods_go_from_the_shelf_to_a_person(signed_in, worker, coordinator, within, access, today):
    gift = make_goods(access, donor=make_donor(access, name="Ferramenta Prova"))
    office = signed_in(worker)
    request = ask(within(worker), make_helped(within(worker)), "80", kind="clothing", today=today)
    name = str(request.beneficiary)
    within(coordinator)
    shown = office.get(page("gift", gift)).content.decode()
    assert "Una richiesta del tuo ufficio" in shown and "Ferramenta" not in shown
    data = {"request": request.public_id, "quantity": 2}
    assert office.post(page("assign_goods", gift), data).status_code == 303
    assert counts(gift) == (1, 2, 0)
    early = office.post(page("hand_over_goods", gift), {**data, "quantity": 1})
    assert early.status_code == 422 and "ancora una decisione" in early.context["form"].errors["request"][0]
    assert "si consegna dopo il sì" in office.get(page("gift", gift)).content.decode() and counts(gift) == (1, 2, 0)
    pot = make_pot(within(coordinator))
    give(access, pot, "100")
    request = grant(within(coordinator), request, pot, today=today)
    assert office.post(page("hand_over_goods", gift), {**data, "quantity": 1}).status_code == 303
    assert office.post(page("put_back_goods", gift), {**data, "quantity": 1}).status_code == 303
    assert counts(gift) == (2, 0, 1)
    assert name in office.get(page("gift", gift)).content.decode()
    for quantity, words in ((3, "Ne restano 2"), (0, "maggiore o uguale")):
        answer = office.post(page("assign_goods", gift), {**data, "quantity": quantity})
        assert answer.status_code == 422 and words in answer.context["form"].errors["quantity"][0]
    with pytest.raises(Exception, match="messi da parte 0"):
        services.hand_over(gift=gift, request=request, quantity=1, by=within(worker), today=today)


def test_who_gave_does_not_stand_beside_who_receives(signed_in, user_of, sondrio, worker, within, coordinator, access, today):
    gift = make_goods(access, donor=make_donor(access, name="Ferramenta Prova"))
    request = ask(within(worker), make_helped(within(worker)), "80", kind="clothing", today=today)
    services.assign(gift=gift, request=request, quantity=1, by=within(worker), today=today)
    within(coordinator)
    money = signed_in(user_of(Role.ACCOUNTING, sondrio)).get(page("gift", gift)).content.decode()
    assert "Ferramenta Prova" in money and str(request.beneficiary) not in money
    assert signed_in(worker).get(page("new_goods")).status_code == 403
    assert signed_in(user_of(Role.ACCOUNTING, sondrio, number=2)).post(page("assign_goods", gift)).status_code == 403


def test_other_kinds_and_closed_requests_take_nothing(within, worker, access, today):
    gift = make_goods(access)
    other = ask(within(worker), make_helped(within(worker)), "80", kind="transport", today=today)
    with pytest.raises(Exception, match="altro tipo"):
        services.assign(gift=gift, request=other, quantity=1, by=within(worker), today=today)


@pytest.mark.parametrize("state", UNSETTLED)
def test_goods_may_wait_in_every_state_that_is_not_settled(within, worker, coordinator, access, today, state):
    gift = make_goods(access)
    request = ask(within(worker), make_helped(within(worker)), "80", kind="clothing", today=today)
    chief = within(coordinator)
    if state == "incomplete":
        requests.return_request(request=request, what=["quote"], by=chief, today=today)
    elif state != "submitted":
        request = make_ready(chief, request, today=today)
        if state == "granted":
            pot = make_pot(chief)
            give(chief, pot, "100")
            grant(chief, request, pot, today=today)
    by = within(worker)
    assert [row.state for row in selectors.needs(by, gift)] == [state]
    services.assign(gift=gift, request=request, quantity=2, by=by, today=today)
    assert counts(gift) == (1, 2, 0)


@pytest.mark.parametrize("end", ["refused", "withdrawn", "revoked"])
def test_a_request_that_came_to_nothing_gives_its_pieces_back(within, worker, coordinator, sondrio, access, today, end):
    gift, shoes = make_goods(access), make_goods(access, description="Scarpe")
    request = ask(within(worker), make_helped(within(worker)), "80", kind="clothing", today=today)
    for row, quantity in ((gift, 2), (shoes, 1)):
        services.assign(gift=row, request=request, quantity=quantity, by=within(worker), today=today)
    chief = within(coordinator)
    if end == "refused":
        announce(chief, request, today=today)
        later = today + timedelta(days=15)
        fresh = BenefitRequest.objects.get(pk=request.pk)
        ended = requests.refuse_benefit(request=fresh, reason="Non serve", seen=fresh.row_version, by=chief, today=later)
    elif end == "withdrawn":
        ended = requests.withdraw_benefit(request=request, reason="Non serve più", by=within(worker), today=today)
    else:
        pot = make_pot(chief)
        give(chief, pot, "100")
        request = grant(chief, request, pot, today=today)
        services.hand_over(gift=gift, request=request, quantity=1, by=within(worker), today=today)
        second = make_user(Role.COORDINATOR, sondrio, number=2)
        ended = requests.revoke_benefit(request=request, reason="Non serve più", by=within(second), today=today)
    assert ended.state == end
    assert counts(gift) == ((2, 0, 1) if end == "revoked" else (3, 0, 0)) and counts(shoes) == (3, 0, 0)
    assert selectors.pieces_of(ended) == ([(gift, 0, 1)] if end == "revoked" else [])
    assert GoodsMove.objects.filter(move="put_back").count() == 2
    by = within(worker)
    with pytest.raises(DomainError, match="chiusa"):
        services.assign(gift=gift, request=request, quantity=1, by=by, today=today)  # as it was read before it ended
    with pytest.raises(DomainError, match="non si consegnano"):
        services.hand_over(gift=gift, request=request, quantity=1, by=by, today=today)


def test_the_request_tells_what_is_put_aside_and_not_who_gave_it(signed_in, user_of, sondrio, within, worker, coordinator, access, today):
    gift = make_goods(access, donor=make_donor(access, name="Ferramenta Prova"))
    request = ask(within(worker), make_helped(within(worker)), "80", kind="clothing", today=today)
    services.assign(gift=gift, request=request, quantity=2, by=within(worker), today=today)
    within(coordinator)
    link = f'href="{page("gift", gift)}"'
    for user, sees in (
        (worker, True),
        (coordinator, True),
        (user_of(Role.ACCOUNTING, sondrio), True),
        (user_of(Role.COMMISSION_MEMBER, sondrio), False),
    ):
        shown = signed_in(user).get(page("request", request)).content.decode()
        assert "2 pezzi messi da parte" in shown and gift.description in shown and "Ferramenta" not in shown
        assert (link in shown) == sees, user


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"unit_value": "0"}, "unit_value", "stimalo"),
        ({"valued_note": ""}, "valued_note", "quale fattura"),
        ({"received_on": "2050-01-01"}, "received_on", "nel futuro"),
        ({"quantity": "0"}, "quantity", "maggiore o uguale"),
    ],
)
def test_goods_that_cannot_be(signed_in, user_of, sondrio, access, today, change, field, words):
    data = {
        "donor": make_donor(access).public_id, "description": "Scarpe", "kind": "clothing", "quantity": "1", "unit_value": "45",
        "valued_by": "invoice", "valued_note": "Fattura 7", "received_on": today, **change,
    }  # fmt: skip
    answer = signed_in(user_of(Role.ACCOUNTING, sondrio)).post(page("new_goods"), data)
    assert answer.status_code == 422 and words in answer.context["form"].errors[field][0]
    assert not GiftInKind.objects.exists()


def test_goods_have_a_receipt_with_their_value(signed_in, user_of, sondrio, access, today):
    make_holder(access)
    gift = make_goods(access)
    client = signed_in(user_of(Role.ACCOUNTING, sondrio))
    assert client.post(page("goods_receipt", gift)).status_code == 303
    from impresasolidale.core.models import Document

    paper = Document.objects.get()
    # 3 × 45.00
    assert ["Valore", "135,00\u00a0€"] in paper.context["gift"] and paper.context["is_goods"]
    assert client.get(page("donor", gift.donor)).status_code == 200


def test_pieces_always_add_up(access):
    gift = make_goods(access)
    with pytest.raises(IntegrityError), transaction.atomic():
        GiftInKind.objects.filter(pk=gift.pk).update(assigned=1)


def test_lists_ask_as_much_for_many_as_for_one(signed_in, worker, access):
    client = signed_in(worker)

    def cost():
        with OwnQueries() as own:
            assert client.get(page("goods")).status_code == 200
        assert len(own) <= 8, own.all
        return len(own)

    make_goods(access)
    before = cost()
    for _n in range(5):
        make_goods(access)
    assert cost() == before


@pytest.mark.django_db(transaction=True)
def test_the_last_piece_is_put_aside_once(sondrio, today):
    chief, office = access_for(make_user(Role.COORDINATOR, sondrio)), access_for(make_user(Role.SOCIAL_WORKER, sondrio))
    with scope(chief.scope):
        gift = make_goods(chief, quantity=1)
    with scope(office.scope):
        request = ask(office, make_helped(office), "80", kind="clothing", today=today)

    def take(_n):
        try:
            with scope(office.scope):
                services.assign(gift=gift, request=request, quantity=1, by=office, today=today)
        except Exception as error:
            return type(error).__name__
        return "won"

    assert in_threads(5, take) == ["DomainError"] * 4 + ["won"]
    with scope(office.scope):
        assert GoodsMove.objects.count() == 1
