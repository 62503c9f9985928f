"""What the fund's money refuses, one row each: said in words, nothing posted, nothing half written (issue: money safety)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any, NamedTuple

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.db.utils import DatabaseError

from impresasolidale.accounts.access import Access, access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.accounts.services import OutsideAct
from impresasolidale.core.errors import Conflict, DomainError, FourEyesRequired, ReasonRequired, TransitionNotAllowed
from impresasolidale.core.scope import scope
from impresasolidale.treasury import services as ledger
from impresasolidale.treasury.models import Entry, Leg, Pot
from solidarity_fund.models import BenefitRequest, Contribution
from solidarity_fund.services import contributions, requests
from tests.factories.fixtures import TODAY, make_user
from tests.factories.fund import ask, close_books, give, grant, make_donor, make_helped, make_pot, pay

pytestmark = pytest.mark.django_db
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
D = Decimal


class Office(NamedTuple):
    worker: Access
    chief: Access
    books: Access
    pot: Pot
    project: Pot
    gift: Contribution
    waiting: BenefitRequest  # 30.00, asked by the worker
    granted: BenefitRequest  # 20.00, decided by the chief
    own: BenefitRequest  # asked by who also decides


@pytest.fixture
def office(sondrio: Any, within: Any) -> Office:
    worker, chief, books = (access_for(make_user(r, sondrio)) for r in (Role.SOCIAL_WORKER, Role.COORDINATOR, Role.ACCOUNTING))
    within(chief.actor)
    pot, project = make_pot(chief), make_pot(chief, name="Progetto", use=Pot.Use.PROJECT)
    gift = give(chief, pot, "100")
    waiting, granted, own = (ask(worker, make_helped(worker, number=n), amount) for n, amount in enumerate(("30", "20", "10")))
    BenefitRequest.objects.filter(pk=own.pk).update(created_by=chief.actor)
    own.refresh_from_db()
    return Office(worker, chief, books, pot, project, gift, waiting, grant(chief, granted, pot), own)


def record(o: Office, **changes: Any) -> Any:
    values = {"donor": o.gift.donor, "pot": o.pot, "amount": D(1), "received_on": TODAY, "reference": "", "by": o.chief, "today": TODAY}
    return contributions.record_contribution(**{**values, **changes})


def entry(o: Office, key: str) -> Entry:
    return Entry.objects.get(key=key)


def raw(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def closed(o: Office) -> None:
    close_books(o.chief.network_id, YESTERDAY)


GIFT = "solidarity_fund.contribution"
# What is tried → how it is refused, in which words.
Step, Eyes, Denied, Why = TransitionNotAllowed, FourEyesRequired, PermissionDenied, ReasonRequired
REFUSED: dict[str, tuple[Callable[[Office], Any], type[Exception] | tuple[type[Exception], ...], str]] = {
    # gifts
    "a gift to come": (lambda o: record(o, received_on=TOMORROW), DomainError, "nel futuro"),
    "a gift in a closed period": (lambda o: (closed(o), record(o, received_on=YESTERDAY)), DomainError, "chiuso"),
    "a gift in a pot of a project": (lambda o: record(o, pot=o.project), DomainError, "non è del fondo"),
    "a gift of nothing": (lambda o: record(o, amount=D(0)), (DomainError, IntegrityError), "maggiore di zero|positive"),
    "a gift of a tenth of a cent": (lambda o: record(o, amount=D("1.005")), DomainError, "due decimali"),
    "a gift by who may not": (lambda o: record(o, by=o.worker), Denied, ""),
    # decisions
    "a grant over what is free": (
        lambda o: (
            BenefitRequest.objects.filter(pk=o.waiting.pk).update(amount="80.01", asked_amount="80.01"),
            grant(o.chief, fresh(o.waiting), o.pot),
        ),
        DomainError,
        "non bastano",
    ),
    "a grant from a pot of a project": (lambda o: grant(o.chief, o.waiting, o.project), DomainError, "non è del fondo"),
    "a grant of one's own request": (lambda o: grant(o.chief, o.own, o.pot), Eyes, ""),
    "a grant on an act without a number": (lambda o: grant(o.chief, o.own, o.pot, act=OutsideAct(" ", TODAY)), Eyes, ""),
    "a grant of an older version": (lambda o: requests.grant_benefit(
        request=o.waiting, pot=o.pot, seen=o.waiting.row_version + 1, by=o.chief, today=TODAY), Conflict, ""),
    "a grant twice": (lambda o: grant(o.chief, fresh(o.granted), o.pot), Step, ""),
    "a grant by who may not": (lambda o: grant(o.books, o.waiting, o.pot), Denied, ""),
    "a refusal without a reason": (lambda o: requests.refuse_benefit(
        request=o.waiting, reason=" ", seen=o.waiting.row_version, by=o.chief, today=TODAY), Why, ""),
    "a withdrawal of what is decided": (
        lambda o: requests.withdraw_benefit(request=o.granted, reason="x", by=o.worker, today=TODAY), Step, "",
    ),
    # payments
    "a payment by who decided": (
        lambda o: requests.pay_benefit(request=o.granted, paid_on=TODAY, by=deciding(o), today=TODAY), (Eyes, Denied), "",
    ),
    "a payment of what is not granted": (lambda o: pay(o.books, o.waiting), Step, ""),
    "a payment twice": (lambda o: (pay(o.books, o.granted), pay(o.books, fresh(o.granted))), Step, ""),
    "a payment to come": (lambda o: requests.pay_benefit(request=o.granted, paid_on=TOMORROW, by=o.books, today=TODAY), DomainError, "nel"),
    "a payment before the decision": (
        lambda o: requests.pay_benefit(request=o.granted, paid_on=YESTERDAY, by=o.books, today=TODAY), DomainError, "prima della decisione",
    ),
    "a payment in a closed period": (
        lambda o: (close_books(o.chief.network_id, TODAY), pay(o.books, o.granted)), DomainError, "chiuso",
    ),
    # corrections
    "a gift taken back after it went on": (
        lambda o: (grant(o.chief, o.waiting, o.pot), take_back(o)), DomainError, "già impegnati o versati",
    ),
    "a gift taken back without a reason": (lambda o: take_back(o, reason=" "), Why, ""),
    "a reversal of a reversal": (
        lambda o: ledger.reverse_entry(entry=undone(o), reason="x", posted_on=TODAY, by=o.chief), DomainError, "già uno storno",
    ),
    "a reversal in a closed period": (
        lambda o: (closed(o), ledger.reverse_entry(entry=entry(o, f"{GIFT}:{o.gift.pk}"), reason="x", posted_on=YESTERDAY, by=o.chief)),
        DomainError,
        "chiuso",
    ),
    "a key with another sum": (
        lambda o: ledger.receive(pot=o.pot, amount=D(7), key=f"{GIFT}:{o.gift.pk}", posted_on=TODAY, words="x", source=o.gift, by=o.chief),
        ledger.KeyUsed,
        "già registrato",
    ),
    # past the services
    "a movement changed": (lambda o: raw("UPDATE treasury_entry SET words = 'x'"), DatabaseError, ""),
    "a leg taken away": (lambda o: raw("DELETE FROM treasury_leg"), DatabaseError, ""),
    "a leg moved to another day": (lambda o: raw("UPDATE treasury_leg SET posted_on = posted_on - 1"), DatabaseError, ""),
    "a balance by hand": (lambda o: raw("UPDATE treasury_account SET balance = balance - 1 WHERE kind = 'free'"), ProgrammingError, "only"),
    "a gift changed": (lambda o: raw("UPDATE solidarity_fund_contribution SET amount = 1"), DatabaseError, ""),
    "a step that is none": (lambda o: BenefitRequest.objects.filter(pk=o.waiting.pk).update(state="paid"), IntegrityError, ""),
}  # fmt: skip


def fresh(row: BenefitRequest) -> BenefitRequest:
    return BenefitRequest.objects.get(pk=row.pk)


def deciding(o: Office) -> Access:
    """Who decided, with the accounting's right too."""
    return replace(o.chief, roles=frozenset({Role.COORDINATOR, Role.ACCOUNTING}))


def take_back(o: Office, *, reason: str = "Errore") -> None:
    contributions.take_back_contribution(contribution=o.gift, reason=reason, by=o.chief, today=TODAY)


def undone(o: Office) -> Entry:
    extra = ledger.receive(pot=o.pot, amount=D(1), key="extra", posted_on=TODAY, words="x", source=o.pot, by=o.chief)
    return ledger.reverse_entry(entry=extra, reason="x", posted_on=TODAY, by=o.chief)


@pytest.mark.parametrize("what", REFUSED)
def test_it_is_refused_and_nothing_is_left(office: Office, what: str) -> None:
    work, error, words = REFUSED[what]
    before = (list(Leg.objects.order_by("pk").values_list("account_id", "amount")), list(BenefitRequest.objects.order_by("pk").values()))
    with pytest.raises(error) as refused, transaction.atomic():
        work(office)
    said = str(getattr(refused.value, "words", refused.value))
    assert any(word in said for word in words.split("|")), said
    with scope(office.chief.scope):
        after = (list(Leg.objects.order_by("pk").values_list("account_id", "amount")), list(BenefitRequest.objects.order_by("pk").values()))
    assert after == before


def test_a_new_gift_is_every_donors(office: Office) -> None:
    """Were everything refused, the table would say nothing."""
    other = make_donor(office.chief, name="Altro donatore", kind="association")
    assert record(office, donor=other).amount == 1
