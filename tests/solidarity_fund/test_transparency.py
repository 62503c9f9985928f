"""The yearly list over the threshold (rules 70 and 71): who is in it, what counts, and that it tells nobody."""

import io
import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from impresasolidale.accounts.access import Access, access_for
from impresasolidale.accounts.models import User
from impresasolidale.accounts.permissions import Role
from impresasolidale.accounts.services import OutsideAct
from impresasolidale.core.errors import Conflict, DomainError, FourEyesRequired, ReasonRequired, TransitionNotAllowed
from impresasolidale.core.models import Look, Todo
from impresasolidale.core.scope import scope
from impresasolidale.territory.models import Ambito, Body
from impresasolidale.territory.selectors import lead_body
from impresasolidale.treasury import services as ledger
from impresasolidale.treasury.enums import ItemState, RecoveryWay
from impresasolidale.treasury.models import Entry, LiquidationItem, Pot
from impresasolidale.treasury.services import recoveries
from placements.agreements.models import Placement
from placements.attendance.liquidation_selectors import SOURCE, publication_code
from solidarity_fund.models import Publication
from solidarity_fund.selectors import transparency as selectors
from solidarity_fund.services import publications as services
from tests.factories import liquidations as made
from tests.factories.fixtures import TODAY, make_user
from tests.factories.fund import ask, give, grant, make_helped, make_pot, pay

pytestmark = pytest.mark.django_db
D = Decimal
THRESHOLD = D(1000)
YEAR = TODAY.year


@pytest.fixture
def body(sondrio: Ambito) -> Body:
    found = lead_body(sondrio)
    assert found
    return found


@pytest.fixture
def second(sondrio: Ambito) -> User:
    return make_user(Role.COORDINATOR, sondrio, number=2)


@pytest.fixture
def accounting(sondrio: Ambito) -> User:
    return make_user(Role.ACCOUNTING, sondrio)


@pytest.fixture
def help_one(within: Callable[[User], Access], worker: User, coordinator: User) -> Callable[..., Placement]:
    """help_one(amounts…) → a person to whom the fund granted these aids."""
    people: list[Placement] = []
    chief = within(coordinator)
    pot = make_pot(chief)
    give(chief, pot, "100000")

    def granted(*amounts: str, to: Placement | None = None) -> Placement:
        placement = to or make_helped(within(worker), number=len(people) + 1)
        people.append(placement)
        for amount in amounts:
            row = ask(within(worker), placement, amount, kind="transport")
            grant(within(coordinator), row, pot)
        within(coordinator)
        return placement

    return granted


def code(placement: Placement, year: int = YEAR) -> str:
    return publication_code(placement.beneficiary.public_id, year)


def over(user: User, body: Body, *, year: int = YEAR, threshold: Decimal = THRESHOLD) -> list[tuple[str, Decimal]]:
    access = access_for(user)
    with scope(access.scope):
        return [(line.code, line.amount) for line in selectors.lines_over(access, body=body, year=year, threshold=threshold)]


# --- What counts


def test_exactly_the_threshold_is_not_over_it(help_one, coordinator, body):
    """1,000.00 in one aid or in several is not over; one cent more is."""
    at, over_it, several = help_one("1000.00"), help_one("1000.01"), help_one("400", "600.01")
    help_one("500", "500.00")
    assert over(coordinator, body) == sorted([(code(over_it), D("1000.01")), (code(several), D("1000.01"))])
    assert code(at) not in dict(over(coordinator, body))


def test_allowances_and_the_fund_count_together_for_the_lead_body(help_one, coordinator, sondrio, body):
    """700.00 of allowances and 300.01 of the fund are one sum under one code; another body's list has its own allowances alone."""
    clerk = make_user(Role.CLERK, sondrio)
    (placement,) = made.make_placements(sondrio, 1, first=50)
    made.make_month(placement, made.make_source(sondrio), amount="700")
    made.approve(coordinator, made.prepare(clerk, body))
    assert over(coordinator, body) == []
    help_one("300.01", to=placement)
    assert over(coordinator, body) == [(code(placement), D("1000.01"))]
    other = Body.objects.exclude(pk=body.pk).filter(ambito=sondrio).first() or Body.objects.exclude(pk=body.pk).first()
    assert other and over(coordinator, other) == []


def test_money_that_came_back_is_taken_off(help_one, coordinator, within, body):
    """Granted 1,200.00; 200.00 unspent go back into the pot: 1,000.00 is not over. Half a cent's worth of doubt: 199.99 leaves it over."""
    exactly, nearly = help_one("1200"), help_one("1200")
    by = within(coordinator)
    for placement, amount in ((exactly, "200"), (nearly, "199.99")):
        entry = Entry.objects.filter(source_type=selectors.REQUEST_TYPE).order_by("pk")[0 if placement is exactly else 1]
        request = selectors.BenefitRequest.objects.get(pk=entry.source_id)
        ledger.pay(pot=request.pot, amount=D(1200), key=f"paid {entry.pk}", posted_on=TODAY, words="x", source=request, by=by)
        ledger.receive(pot=request.pot, amount=D(amount), key=f"back {entry.pk}", posted_on=TODAY, words="x", source=request, by=by)
    assert over(coordinator, body) == [(code(nearly), D("1000.01"))]


def test_a_payment_that_bounced_takes_nothing_back_and_a_grant_undone_does(help_one, coordinator, accounting, within, body):
    placement = help_one("1500")
    request = selectors.BenefitRequest.objects.get()
    pay(within(accounting), request)
    by = within(coordinator)
    ledger.reverse_entry(entry=Entry.objects.get(key=f"solidarity_fund.payment:{request.pk}"), reason="Respinto", posted_on=TODAY, by=by)
    assert over(coordinator, body) == [(code(placement), D(1500))]
    ledger.reverse_entry(entry=Entry.objects.get(key=f"solidarity_fund.grant:{request.pk}"), reason="Errore", posted_on=TODAY, by=by)
    assert over(coordinator, body) == []


def test_an_allowance_paid_back_is_taken_off(help_one, coordinator, accounting, sondrio, body):
    clerk = make_user(Role.CLERK, sondrio)
    (placement,) = made.make_placements(sondrio, 1, first=60)
    made.make_month(placement, made.make_source(sondrio), amount="900")
    run = made.approve(coordinator, made.prepare(clerk, body))
    help_one("200", to=placement)
    by = access_for(accounting)
    with scope(by.scope):
        LiquidationItem.objects.filter(run=run).update(state=ItemState.PAID, order_number="7")
        item = LiquidationItem.objects.get(run=run, source_type=SOURCE)
        recovery = recoveries.open_recovery(
            item=item, way=RecoveryWay.PAY_BACK, amount=D(100), reason="Giorni in meno", by=access_for(clerk)
        )
        assert over(coordinator, body) == [(code(placement), D(1100))]
        recoveries.record_pay_back(recovery=recovery, amount=D(100), on=TODAY, receipt="12", by=by, today=TODAY)
    assert over(coordinator, body) == []


def test_a_code_lasts_a_year_and_says_nothing(help_one, settings):
    one, other = help_one("1"), help_one("2")
    codes = {code(one, 2025), code(one, 2026), code(other, 2025), code(other, 2026)}
    assert len(codes) == 4 and code(one, 2026) == code(one, 2026)
    assert all(re.fullmatch(r"[A-Z2-7]{10}", each) for each in codes)
    before = code(one)
    settings.LOOKUP_KEY = "another key"
    assert code(one) != before


def test_a_membership_of_some_comuni_reads_no_list(help_one, coordinator, body):
    placement = help_one("2000")
    access = replace(access_for(coordinator), comuni=frozenset({placement.beneficiary.residence_id}))
    with scope(access.scope):
        assert selectors.lines_over(access, body=body, year=YEAR, threshold=THRESHOLD) == []


# --- Freezing and publishing


@pytest.fixture
def prepare(coordinator: User, body: Body) -> Callable[..., Publication]:
    def make(*, by: User = coordinator, year: int = YEAR, of: Body = body) -> Publication:
        access = access_for(by)
        with scope(access.scope):
            return services.prepare_list(body=of, year=year, official="Prova Responsabile", act="Delibera 3/2026", by=access, today=TODAY)

    return make


def publish(user: User, row: Publication, **changes: Any) -> Publication:
    access = access_for(user)
    with scope(access.scope):
        return services.publish(publication=row, **{"seen": row.row_version, **changes}, by=access)


def test_what_was_prepared_does_not_change_and_a_second_person_publishes(help_one, prepare, coordinator, second):
    placement = help_one("1000.01")
    row = prepare()
    help_one("5000")
    assert row.values["rows"] == [[code(placement), "1000.01"]]
    assert Todo.objects.get(kind=services.TODO, done_at=None).role == Role.ACCOUNTING
    with pytest.raises(FourEyesRequired):
        publish(coordinator, row)
    with pytest.raises(Conflict):
        publish(second, row, seen=row.row_version + 1)
    public = publish(second, row)
    assert (public.state, public.published_by, public.network_id) == ("published", second, public.ambito.network_id)
    assert not Todo.objects.filter(kind=services.TODO, done_at=None).exists()
    with pytest.raises(TransitionNotAllowed):
        publish(second, public)
    for harm in ("values = '{}'", "year = year - 1"):
        with pytest.raises(IntegrityError, match="does not change"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE solidarity_fund_publication SET {harm}")


def test_an_act_is_the_second_key_of_one_alone(help_one, prepare, coordinator):
    help_one("1000.01")
    public = publish(coordinator, prepare(), act=OutsideAct("12", TODAY))
    assert (public.act_number, public.act_on, public.published_by) == ("12", TODAY, coordinator)


def test_the_database_wants_two_people_or_an_act(help_one, prepare, coordinator, within):
    help_one("1000.01")
    row = prepare()
    access = within(coordinator)
    with pytest.raises(IntegrityError, match="two_keys"), transaction.atomic():
        Publication.objects.filter(pk=row.pk).update(
            state="published", published_by=coordinator, published_at=row.data_until, network_id=access.network_id
        )


def test_a_corrected_list_takes_the_place_of_the_one_before(help_one, prepare, coordinator, second):
    one = help_one("1000.01")
    first = publish(second, prepare())
    other = help_one("3000")
    with pytest.raises(DomainError, match="già uno da approvare"):
        prepare()
        prepare()
    with scope(access_for(coordinator).scope):
        waiting = Publication.objects.get(state="prepared")
    publish(second, waiting)
    with scope(access_for(coordinator).scope):
        first.refresh_from_db()
        assert first.state == "replaced"
        (public,) = selectors.published_lists(access_for(coordinator))
    assert {line[0] for line in public.values["rows"]} == {code(one), code(other)}


def test_a_list_is_withdrawn_with_a_reason(help_one, prepare, coordinator, second, client):
    help_one("1000.01")
    row = publish(second, prepare())
    address = reverse("website:grants", args=[f"{row.ambito.code}-{YEAR}"])
    assert client.get(address).status_code == 200
    with scope(access_for(second).scope):
        with pytest.raises(ReasonRequired):
            services.withdraw(publication=row, reason=" ", by=access_for(second))
        services.withdraw(publication=row, reason="Una riga sbagliata", by=access_for(second))
    assert client.get(address).status_code == 404


def test_nothing_to_publish_and_a_comune_of_few(help_one, prepare, sondrio, coordinator, body, monkeypatch):
    with pytest.raises(DomainError, match="nessuno supera"):
        prepare()
    with pytest.raises(DomainError, match="non è ancora iniziato"):
        prepare(year=YEAR + 1)
    monkeypatch.setattr(selectors, "threshold_of", lambda ambito, year: D(500))
    comune = Body.objects.create(name="Comune di Prova", ambito=sondrio, network=sondrio.network, tax_code="80000000001")
    (placement,) = made.make_placements(sondrio, 1, first=70)
    made.make_month(placement, made.make_source(sondrio), amount="501", payer=comune)
    made.approve(coordinator, made.prepare(make_user(Role.CLERK, sondrio), comune))
    assert over(coordinator, comune, threshold=D(500)) == [(code(placement), D(501))]
    with pytest.raises(DomainError, match="riconoscerebbe"):
        prepare(of=comune)


def test_a_draft_is_its_ambitos_alone(help_one, prepare, stranger, second, tirano, client):
    help_one("1000.01")
    row = prepare()
    other = make_user(Role.COORDINATOR, tirano)
    with scope(access_for(other).scope):
        assert not Publication.objects.filter(pk=row.pk).exists()
    assert client.get(reverse("website:grants", args=[f"{row.ambito.code}-{YEAR}"])).status_code == 404
    publish(second, row)
    with scope(access_for(other).scope):
        assert Publication.objects.filter(pk=row.pk).exists()


# --- Pages


def test_the_office_prepares_publishes_and_everybody_reads(help_one, signed_in, coordinator, second, worker, body, client):
    placement = help_one("1234.50")
    chief = signed_in(coordinator)
    address = reverse("solidarity_fund:new_list")
    data = {"year": YEAR, "body": body.public_id, "official": "Prova Responsabile", "act": "Delibera 3/2026"}
    assert signed_in(worker).get(address).status_code == 403
    assert chief.get(address).status_code == 200
    assert chief.post(address, {**data, "year": YEAR - 1}).status_code == 422  # nobody
    there = chief.post(address, data)["Location"]
    assert code(placement) in chief.get(there).content.decode()
    row = Publication.objects.get()
    step = reverse("solidarity_fund:publish_list", args=[row.public_id])
    assert "preparato tu" in chief.get(step).content.decode()
    assert chief.post(step, {"row_version": row.row_version}).status_code == 422
    assert signed_in(second).post(step, {"row_version": 0}).status_code == 409
    half = signed_in(second).post(step, {"row_version": row.row_version, "act_number": "5"})
    assert half.status_code == 422 and "numero e la data" in half.content.decode()
    assert signed_in(second).post(step, {"row_version": row.row_version}).status_code == 303
    shown = chief.get(there).content.decode()
    assert reverse("website:grants", args=[f"{row.ambito.code}-{YEAR}"]) in shown
    page = client.get(reverse("website:grants", args=[f"{row.ambito.code}-{YEAR}"])).content.decode()
    for words in (code(placement), "1.234,50", "Prova Responsabile", "Delibera 3/2026", services.TITLE):
        assert words in page.replace("\u00a0", " ").replace("&#x27;", "'")
    name = str(placement.beneficiary)
    for hidden in (name, placement.beneficiary.residence.name + "<", "trasporto", placement.company.name):
        assert hidden not in page
    lists = client.get(reverse("website:grants_lists")).content.decode()
    assert f"{row.ambito.code}-{YEAR}" in lists
    assert client.get(step).status_code == 302  # a visitor signs in
    assert Look.objects.filter(place="solidarity_fund:publication").exists()


def test_the_files_say_what_the_page_says(help_one, prepare, second, client):
    help_one("1000.01")
    help_one("2000")
    row = publish(second, prepare())
    name = f"{row.ambito.code}-{YEAR}"
    answer = client.get(reverse("website:grants_file", args=[name, "csv"]))
    assert answer["Content-Disposition"] == f'attachment; filename="aiuti-{name}.csv"'
    lines = answer.getvalue().decode().lstrip("\ufeff").splitlines()
    assert [line.split(";")[0:2] for line in lines[1:]] == [[c, a.replace(".", ",")] for c, a in row.values["rows"]]
    book = openpyxl.load_workbook(io.BytesIO(client.get(reverse("website:grants_file", args=[name, "xlsx"])).content))
    rows = list(book.active.iter_rows(values_only=True))
    assert [[r[0], f"{r[1]:.2f}"] for r in rows[1:]] == row.values["rows"]
    assert client.get(reverse("website:grants_file", args=[name, "exe"])).status_code == 404


def test_money_of_projects_does_not_count(help_one, coordinator, within, body, worker):
    placement = help_one("900")
    by = within(coordinator)
    project = make_pot(by, name="Progetto", use=Pot.Use.PROJECT)
    ledger.receive(pot=project, amount=D(500), key="p", posted_on=TODAY, words="x", source=project, by=by)
    assert over(coordinator, body, threshold=D(899)) == [(code(placement), D(900))]
    assert over(coordinator, body, year=YEAR - 1, threshold=D(0)) == []
