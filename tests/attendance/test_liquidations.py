"""A liquidation from confirmed months to the ledger and back: checks, two keys, supplementary runs, answers, what came back."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.accounts.services import OutsideAct
from impresasolidale.core.errors import Conflict, DomainError, FourEyesRequired, ReasonRequired, TransitionNotAllowed
from impresasolidale.core.models import Document, Fact, Job, Todo
from impresasolidale.core.scope import scope
from impresasolidale.territory.models import Body
from impresasolidale.treasury.enums import CheckKind, ItemState, Payment, RunState
from impresasolidale.treasury.models import Account, LiquidationItem, LiquidationRun, Pot
from impresasolidale.treasury.selectors import commitment_figures
from impresasolidale.treasury.selectors import liquidations as selectors
from impresasolidale.treasury.services import answers
from impresasolidale.treasury.services import liquidations as treasury
from placements.agreements.models import FrameworkAgreement
from placements.attendance.enums import MonthState
from placements.attendance.models import Adjustment, AllowanceShare, MonthAllowance, Timesheet
from placements.attendance.services import liquidations
from placements.beneficiaries.models import PaymentWay
from tests.factories import liquidations as made
from tests.factories.agreements import scan
from tests.factories.attendance import system
from tests.factories.fixtures import TODAY, make_user
from tests.factories.liquidations import checks, free, item_of, items, sheet_states, state_of
from tests.support.ledger import posted_total

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(sondrio, pot):
    """Two people with a confirmed October of 400 and 250 euro."""
    placements = made.make_placements(sondrio, 2)
    return [made.make_month(placements[0], pot), made.make_month(placements[1], pot, amount="250")]


def answer(user, run, text, today=TODAY):
    by = access_for(user)
    with scope(by.scope):
        return answers.record_answers(run=run, text=text, by=by, today=today)


def test_from_confirmed_months_to_paid_rows(sondrio, body, pot, two, clerk, coordinator, accounting):
    run = made.prepare(clerk, body)
    assert (run.number, run.supplement, state_of(sondrio, run)) == ("2026/1".replace("1", "000001"), 0, RunState.PREPARED)
    assert [(i.amount, i.state, i.payment, i.words) for i in items(sondrio, run)] == [
        (Decimal("400.00"), ItemState.READY, Payment.TRANSFER, "Contributo 10/2026"),
        (Decimal("250.00"), ItemState.READY, Payment.TRANSFER, "Contributo 10/2026"),
    ]
    assert free(sondrio, pot) == Decimal("10000.00")  # nothing moves before the second key
    made.approve(coordinator, run)
    assert state_of(sondrio, run) == RunState.APPROVED
    assert free(sondrio, pot) == Decimal("9350.00")  # 10,000 − 400 − 250
    assert sheet_states(sondrio) == [MonthState.FROZEN, MonthState.FROZEN]
    with scope(system(sondrio).scope):
        assert posted_total(run) == Decimal("650.00")
        assert {d.kind for d in Document.objects.filter(subject_type="treasury.liquidationrun")} == {
            "treasury.liquidation_act", "treasury.liquidation_public", "treasury.liquidation_slip",
        }  # fmt: skip
        assert Todo.objects.filter(kind=treasury.PAY_TODO, done_at=None).count() == 1
        assert not Todo.objects.filter(kind=treasury.APPROVE_TODO, done_at=None).exists()
    text = f"riferimento;esito;mandato;data;quietanza\n{run.number}/1;pagato;881;12/11/2026;Q1\n{run.number}/2;pagato;882;12/11/2026;\n"
    taken = answer(accounting, run, text)
    assert (taken.paid, taken.refused, taken.unread) == (2, 0, [])
    assert [(i.state, i.order_number, i.order_on, i.receipt) for i in items(sondrio, run)] == [
        (ItemState.PAID, "881", date(2026, 11, 12), "Q1"), (ItemState.PAID, "882", date(2026, 11, 12), ""),
    ]  # fmt: skip
    assert state_of(sondrio, run) == RunState.SETTLED
    with scope(system(sondrio).scope):
        assert not Todo.objects.filter(kind=treasury.PAY_TODO, done_at=None).exists()


def test_whoever_prepared_needs_an_act_to_approve(sondrio, body, two, coordinator):
    run = made.prepare(coordinator, body)
    with pytest.raises(FourEyesRequired):
        made.approve(coordinator, run)
    with pytest.raises(DomainError, match="copia"):
        made.approve(coordinator, run, act=OutsideAct("12", TODAY))
    with pytest.raises(DomainError, match="futuro"):
        made.approve(coordinator, run, act=OutsideAct("12", TODAY + timedelta(days=1)), act_file=scan())
    assert state_of(sondrio, run) == RunState.PREPARED
    assert sheet_states(sondrio) == [MonthState.CONFIRMED, MonthState.CONFIRMED]  # all or nothing
    made.approve(coordinator, run, act=OutsideAct("12", TODAY), act_file=scan())
    with scope(system(sondrio).scope):
        assert Fact.objects.filter(code="treasury.liquidation_run.outside_act").count() == 1
        assert LiquidationRun.objects.get(pk=run.pk).act_number == "12"


def test_whoever_wrote_a_conguaglio_does_not_approve_it_alone(sondrio, body, two, clerk, coordinator, accounting, signed_in):
    run = made.prepare(clerk, body)
    with scope(system(sondrio).scope):
        month = MonthAllowance.objects.order_by("pk")[0]
        common = {"ambito": sondrio, "placement_id": month.placement_id, "about_month": date(2026, 9, 1), "reason": "Biglietti"}
        Adjustment.objects.create(**common, amount="10", words="Conguaglio", created_by=coordinator, taken_in=month)
    with pytest.raises(FourEyesRequired, match="conguaglio che hai scritto tu"):
        made.approve(coordinator, run)
    page = signed_in(coordinator).get(reverse("composing:approve", args=[run.public_id])).content.decode()
    assert "Un conguaglio l’hai scritto tu" in page and 'name="file"' in page
    page = signed_in(accounting).get(reverse("composing:approve", args=[run.public_id])).content.decode()
    assert 'name="file"' not in page
    made.approve(accounting, run)
    assert state_of(sondrio, run) == RunState.APPROVED


def test_the_database_refuses_one_person_with_both_keys(sondrio, body, two, coordinator):
    run = made.prepare(coordinator, body)
    from django.db import IntegrityError, transaction

    with scope(system(sondrio).scope), pytest.raises(IntegrityError, match="two_keys"), transaction.atomic():
        LiquidationRun.objects.filter(pk=run.pk).update(state="approved", approved_by=coordinator, approved_at=timezone.now())


@pytest.mark.parametrize("role", [Role.SOCIAL_WORKER, Role.AUDITOR, Role.COMUNE_OFFICER, Role.CLERK])
def test_approving_is_for_who_may(sondrio, body, two, coordinator, role):
    run = made.prepare(coordinator, body)
    with pytest.raises(PermissionDenied):
        made.approve(make_user(role, sondrio, number=5), run)


@pytest.mark.parametrize("role", [Role.SOCIAL_WORKER, Role.AUDITOR, Role.COMMISSION_MEMBER])
def test_preparing_is_for_who_may(sondrio, body, two, role):
    with pytest.raises(PermissionDenied):
        made.prepare(make_user(role, sondrio, number=5), body)


def test_a_membership_of_one_comune_does_not_pay_for_all(sondrio, body, two):
    from impresasolidale.territory.models import Comune

    limited = make_user(Role.COORDINATOR, sondrio, number=6, comune=Comune.objects.filter(ambito=sondrio).first())
    with pytest.raises(PermissionDenied, match="comuni"):
        made.prepare(limited, body)
    with scope(access_for(limited).scope):
        assert not selectors.runs(access_for(limited)).exists()


def test_the_second_who_prepares_is_told_of_the_first(sondrio, body, two, clerk, coordinator):
    run = made.prepare(clerk, body)
    with pytest.raises(treasury.RunExists) as told:
        made.prepare(coordinator, body)
    assert told.value.run == run and "clerk 1" in str(told.value)


def test_nothing_to_pay_is_said(sondrio, body, clerk):
    with pytest.raises(DomainError, match="non c'è niente da versare"):
        made.prepare(clerk, body)


# --- Checks


def broken(sondrio, name, months, placement, body):
    """Make one thing of the first month wrong."""
    with scope(system(sondrio).scope):
        if name == "no way":
            PaymentWay.objects.filter(beneficiary=placement.beneficiary).update(valid_to=TODAY - timedelta(days=1))
        elif name == "withdrawn way":
            PaymentWay.objects.filter(beneficiary=placement.beneficiary).update(withdrawn_at=timezone.now(), withdrawn_reason="errore")
        elif name == "wrong iban":
            way = PaymentWay.objects.get(beneficiary=placement.beneficiary)
            way.iban = "IT60X0542811101000000123457"
            way.save()
        elif name == "reopened":
            Timesheet.objects.filter(pk=months[0].timesheet_id).update(state=MonthState.OPEN, closed_at=None, confirmed_at=None)
        elif name == "changed":
            rows = [{"code": "flat", "words": "x", "amount": "300.00"}]
            MonthAllowance.objects.filter(pk=months[0].pk).update(amount=Decimal(300), rows=rows)
            AllowanceShare.objects.filter(allowance=months[0]).update(amount=Decimal(300))
        elif name == "agreement":
            FrameworkAgreement.objects.filter(pk=placement.agreement_id).update(valid_to=date(2026, 9, 30))
        elif name == "private payer":
            Body.objects.filter(pk=body.pk).update(is_public=False)


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("no way", CheckKind.WAY, "Non si sa come riceve i soldi: manca l'IBAN."),
        ("withdrawn way", CheckKind.WAY, "Non si sa come riceve i soldi: manca l'IBAN."),
        ("wrong iban", CheckKind.WAY, "L'IBAN non è valido."),
        ("agreement", CheckKind.AGREEMENT, "La convenzione non copre il mese."),
        ("private payer", CheckKind.PAYER, "L'ente che versa non è pubblico: il contributo non può essere esente (regola 42)."),
    ],
)
def test_a_failed_check_stops_its_row_with_words(sondrio, body, pot, two, clerk, coordinator, name, kind, words):
    broken(sondrio, name, two, two[0].placement, body)
    run = made.prepare(clerk, body)
    row = item_of(sondrio, run, two[0])
    assert checks(sondrio, row)[kind] == (False, words)
    if name == "private payer":  # stops both
        with pytest.raises(DomainError, match="Nessuna riga supera"):
            made.approve(coordinator, run)
        return
    if name == "agreement":  # one company: stops both; the other is let pass
        return
    made.approve(coordinator, run)
    assert item_of(sondrio, run, two[0]).state == ItemState.LEFT
    assert item_of(sondrio, run, two[1]).state == ItemState.SENT
    assert free(sondrio, pot) == Decimal("9750.00")
    assert sheet_states(sondrio) == [MonthState.CONFIRMED, MonthState.FROZEN]


@pytest.mark.parametrize(("name", "kind"), [("reopened", CheckKind.SHEET), ("changed", CheckKind.SHEET), ("no way", CheckKind.WAY)])
def test_what_changed_since_it_was_looked_at_is_not_approved(sondrio, body, pot, two, clerk, coordinator, name, kind):
    run = made.prepare(clerk, body)
    broken(sondrio, name, two, two[0].placement, body)
    with pytest.raises(Conflict):
        made.approve(coordinator, run)
    assert free(sondrio, pot) == Decimal("10000.00")
    by = access_for(clerk)
    with scope(by.scope):
        liquidations.refresh_run(run=run, by=by, today=TODAY, now=timezone.now())
    states = [(i.amount, i.state) for i in items(sondrio, run)]
    if name == "reopened":
        assert states == [(Decimal(400), ItemState.LEFT), (Decimal(250), ItemState.READY)]
    elif name == "changed":  # out with the old sum, in with the new
        assert states == [(Decimal(400), ItemState.LEFT), (Decimal(250), ItemState.READY), (Decimal(300), ItemState.READY)]
    made.approve(coordinator, run)
    assert free(sondrio, pot) == Decimal("10000.00") - (Decimal(550) if name == "changed" else Decimal(250))


def test_what_somebody_held_after_the_page_was_opened_is_not_approved_unseen(sondrio, body, two, clerk, coordinator):
    run = made.prepare(clerk, body)
    with scope(access_for(coordinator).scope):
        seen = LiquidationRun.objects.get(pk=run.pk).row_version
    with scope(access_for(clerk).scope):
        treasury.hold_item(item=items(sondrio, run)[0], reason="Chiarire la presenza del 12", by=access_for(clerk))
    with pytest.raises(Conflict):
        made.approve(coordinator, run, seen=seen)


def test_money_is_enough_for_the_first_rows_only(sondrio, body, clerk, coordinator):
    """500 euro in the pot: 400 fit, then 250 do not."""
    pot = made.make_source(sondrio, amount="500")
    placements = made.make_placements(sondrio, 2)
    months = [made.make_month(placements[0], pot), made.make_month(placements[1], pot, amount="250")]
    run = made.prepare(clerk, body)
    rows = items(sondrio, run)
    assert checks(sondrio, rows[0])[CheckKind.MONEY] == (True, "Nella fonte i soldi ci sono.")
    assert checks(sondrio, rows[1])[CheckKind.MONEY] == (False, f"Non ci sono abbastanza soldi in «{pot.name}».")
    made.approve(coordinator, run)
    assert free(sondrio, pot) == Decimal(500) - rows[0].amount
    assert {m.pk for m in months} == {r.source_id for r in rows}


def test_a_row_is_paid_from_its_commitment(sondrio, body, clerk, coordinator):
    pot = made.make_source(sondrio, use=Pot.Use.BUDGET)
    (placement,) = made.make_placements(sondrio, 1)
    commitment = made.make_commitment(sondrio, pot, amount="1000", placement=placement)
    made.make_month(placement, pot)
    run = made.prepare(clerk, body)
    assert checks(sondrio, items(sondrio, run)[0])[CheckKind.COMMITMENT] == (True, "Impegno 1204/2026.")
    made.approve(coordinator, run)
    with scope(system(sondrio).scope):
        figures = commitment_figures([commitment.pk])[commitment.pk]
        rows = selectors.list_rows(run, office="Sondrio")
    assert (figures.paid, figures.left, free(sondrio, pot)) == (Decimal(400), Decimal(600), Decimal(9000))
    assert [(r.commitment, r.chapter, r.cup, r.amount) for r in rows] == [("1204", "110400", "E81H26000120006", Decimal("400.00"))]


@pytest.mark.parametrize(("year", "words"), [(None, "Manca l'impegno del 2026."), (2025, "Manca l'impegno del 2026.")])
def test_a_budget_pays_from_the_commitment_of_its_year(sondrio, body, clerk, coordinator, year, words):
    pot = made.make_source(sondrio, use=Pot.Use.BUDGET)
    (placement,) = made.make_placements(sondrio, 1)
    if year:
        made.make_commitment(sondrio, pot, year=year, placement=placement)
    made.make_month(placement, pot)
    run = made.prepare(clerk, body)
    (row,) = items(sondrio, run)
    assert checks(sondrio, row)[CheckKind.COMMITMENT] == (False, words)
    by = access_for(coordinator)
    with scope(by.scope):
        treasury.waive_check(item=row, kind=CheckKind.COMMITMENT, reason="L'atto arriva domani", until=TODAY, by=by, today=TODAY)
    made.approve(coordinator, run)
    assert state_of(sondrio, row) == ItemState.SENT


def test_a_commitment_with_too_little_left_stops_the_row(sondrio, body, clerk, coordinator):
    pot = made.make_source(sondrio, use=Pot.Use.BUDGET)
    (placement,) = made.make_placements(sondrio, 1)
    made.make_commitment(sondrio, pot, amount="399.99", placement=placement)
    made.make_month(placement, pot)
    run = made.prepare(clerk, body)
    (row,) = items(sondrio, run)
    assert checks(sondrio, row)[CheckKind.MONEY] == (False, "Non ci sono abbastanza soldi in «1204/2026».")
    with scope(access_for(coordinator).scope), pytest.raises(DomainError, match="non si può lasciar passare"):
        treasury.waive_check(item=row, kind=CheckKind.MONEY, reason="Ci sono", until=TODAY, by=access_for(coordinator), today=TODAY)


def test_a_waiver_ends(sondrio, body, clerk, coordinator):
    pot = made.make_source(sondrio, use=Pot.Use.BUDGET)
    (placement,) = made.make_placements(sondrio, 1)
    made.make_month(placement, pot)
    run = made.prepare(clerk, body)
    (row,) = items(sondrio, run)
    by = access_for(coordinator)
    with scope(by.scope):
        with pytest.raises(ReasonRequired):
            treasury.waive_check(item=row, kind=CheckKind.COMMITMENT, reason=" ", until=TODAY, by=by, today=TODAY)
        for until in (TODAY - timedelta(days=1), TODAY + timedelta(days=91)):
            with pytest.raises(DomainError):
                treasury.waive_check(item=row, kind=CheckKind.COMMITMENT, reason="x", until=until, by=by, today=TODAY)
        treasury.waive_check(item=row, kind=CheckKind.COMMITMENT, reason="Arriva", until=TODAY, by=by, today=TODAY)
        assert [i.pk for i in selectors.rows_of(run, today=TODAY).paying] == [row.pk]
        assert [i.pk for i in selectors.rows_of(run, today=TODAY + timedelta(days=1)).stopped] == [row.pk]
    with pytest.raises(DomainError, match="Nessuna riga"):
        made.approve(coordinator, run, today=TODAY + timedelta(days=1))
    with pytest.raises(PermissionDenied), scope(access_for(clerk).scope):
        treasury.waive_check(item=row, kind=CheckKind.COMMITMENT, reason="x", until=TODAY, by=access_for(clerk), today=TODAY)


def test_over_the_threshold_a_row_waits_until_it_is_published(sondrio, body, pot, clerk, coordinator, accounting):
    """400 + 400 + 250 = 1,050 in 2026: the third waits (rule 70)."""
    (placement,) = made.make_placements(sondrio, 1)
    for month in (date(2026, 9, 1), date(2026, 10, 1)):
        made.make_month(placement, pot, month=month)
        run = made.prepare(clerk, body, month)
        made.approve(coordinator, run)
    made.make_month(placement, pot, month=date(2026, 11, 1), amount="250")
    run = made.prepare(clerk, body, date(2026, 11, 1))
    (row,) = items(sondrio, run)
    passed, words = checks(sondrio, row)[CheckKind.PUBLICATION]
    assert not passed and "1.050,00" in words and "1.000,00" in words
    by = access_for(clerk)
    with scope(by.scope):
        with pytest.raises(DomainError, match="futuro"):
            treasury.record_publication(run=run, on=TODAY + timedelta(days=1), by=by, today=TODAY)
        assert treasury.record_publication(run=run, on=TODAY, by=by, today=TODAY) == 1
        liquidations.refresh_run(run=run, by=by, today=TODAY, now=timezone.now())
        with pytest.raises(DomainError, match="Nessuna riga aspetta"):
            treasury.record_publication(run=run, on=TODAY, by=by, today=TODAY)
    made.approve(coordinator, run)
    assert state_of(sondrio, row) == ItemState.SENT


def test_the_next_year_begins_from_zero(sondrio, body, pot, clerk, coordinator):
    (placement,) = made.make_placements(sondrio, 1)
    for month, amount in ((date(2026, 11, 1), "600"), (date(2026, 12, 1), "400"), (date(2027, 1, 1), "400")):
        made.make_month(placement, pot, month=month, amount=amount)
        made.approve(coordinator, made.prepare(clerk, body, month))
    codes = {}
    with scope(system(sondrio).scope):
        for item in LiquidationItem.objects.order_by("pk"):
            codes.setdefault(item.year, set()).add(item.code)
    assert [len(c) for c in codes.values()] == [1, 1] and codes[2026] != codes[2027]


# --- Hold, supplementary, cancel


def test_held_and_late_rows_go_into_the_numbered_supplementary(sondrio, body, pot, two, clerk, coordinator):
    run = made.prepare(clerk, body)
    by = access_for(clerk)
    held = items(sondrio, run)[0]
    with scope(by.scope):
        with pytest.raises(ReasonRequired):
            treasury.hold_item(item=held, reason=" ", by=by)
        treasury.hold_item(item=held, reason="Chiarire la presenza del 12", by=by)
        treasury.resume_item(item=held, reason="Chiarito", by=by)
        treasury.hold_item(item=held, reason="Manca ancora il foglio", by=by)
    made.approve(coordinator, run)
    assert [i.state for i in items(sondrio, run)] == [ItemState.LEFT, ItemState.SENT]
    (late,) = made.make_placements(sondrio, 1, first=3)
    made.make_month(late, pot, amount="100")
    second = made.prepare(clerk, body)
    assert (second.supplement, second.number) == (1, "2026/000002")
    assert sorted(i.amount for i in items(sondrio, second)) == [Decimal(100), held.amount]
    made.approve(coordinator, second)
    assert free(sondrio, pot) == Decimal(10000) - 400 - 250 - 100
    with pytest.raises(DomainError):
        made.prepare(clerk, body)


def test_cancelled_rows_may_enter_another(sondrio, body, pot, two, clerk, coordinator):
    run = made.prepare(clerk, body)
    by = access_for(clerk)
    with scope(by.scope):
        with pytest.raises(ReasonRequired):
            treasury.cancel_run(run=run, reason="", by=by)
        treasury.cancel_run(run=run, reason="Aspettiamo il bilancio", by=by)
    assert {i.state for i in items(sondrio, run)} == {ItemState.LEFT}
    again = made.prepare(clerk, body)
    assert (again.supplement, again.number) == (0, "2026/000002")
    with pytest.raises(TransitionNotAllowed):
        made.approve(coordinator, run)


def test_approved_is_approved_once(sondrio, body, pot, two, clerk, coordinator, accounting):
    run = made.prepare(clerk, body)
    made.approve(coordinator, run)
    with pytest.raises(TransitionNotAllowed):
        made.approve(accounting, run)
    by = access_for(coordinator)
    with scope(by.scope):
        treasury.post_items(run=run, by=by, today=TODAY)  # a replay posts nothing
    assert free(sondrio, pot) == Decimal(9350)


# --- What the database holds by itself


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE treasury_liquidationitem SET amount = amount + 1",
        "UPDATE treasury_liquidationitem SET source_id = source_id + 1",
        "DELETE FROM treasury_itemshare",
        "DELETE FROM treasury_liquidationitem",
        "UPDATE treasury_itemshare SET amount = amount + 1",
    ],
)
def test_what_a_row_pays_never_changes(sondrio, body, two, clerk, statement):
    from django.db import IntegrityError, transaction

    made.prepare(clerk, body)
    with scope(system(sondrio).scope), pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_after_the_approval_the_payee_stands_still(sondrio, body, two, clerk, coordinator):
    from django.db import IntegrityError, transaction

    run = made.prepare(clerk, body)
    made.approve(coordinator, run)
    with scope(system(sondrio).scope):
        for values in ({"payee": "Un altro"}, {"iban": made.IBANS[1]}, {"payment": "cash"}):
            with pytest.raises(IntegrityError), transaction.atomic():
                LiquidationItem.objects.filter(run=run).update(**values)
        with pytest.raises(IntegrityError), transaction.atomic():
            row = LiquidationItem.objects.filter(run=run).first()
            row.pk, row.position, row.source_id, row.public_id = None, 9, 999999, __import__("uuid").uuid4()
            row.save(force_insert=True)


# --- What is due is paid (rule 34)


def test_confirmed_and_unpaid_months_are_the_coordinator_s_to_do_until_paid(sondrio, body, pot, two, clerk, coordinator):
    by = system(sondrio)
    with scope(by.scope):
        assert liquidations.remind_unpaid(by=by, today=TODAY) == 1
        todo = Todo.objects.get(kind=treasury.UNPAID_TODO, done_at=None)
    assert "ottobre 2026" in todo.title and "650,00" in todo.title and todo.due_on == date(2026, 12, 1)
    run = made.prepare(clerk, body)
    made.approve(coordinator, run)
    with scope(by.scope):
        assert liquidations.remind_unpaid(by=by, today=TODAY) == 0
        assert not Todo.objects.filter(kind=treasury.UNPAID_TODO, done_at=None).exists()


def test_another_ambito_sees_nothing(sondrio, tirano, body, two, clerk):
    run = made.prepare(clerk, body)
    foreign = access_for(make_user(Role.COORDINATOR, tirano))
    with scope(foreign.scope):
        assert not LiquidationRun.objects.filter(pk=run.pk).exists()
        assert not selectors.runs(foreign).exists()
    with scope(system(tirano).scope):
        assert not Account.objects.filter(pot__isnull=False, balance__gt=0).exists()
        assert Job.objects.filter(name="treasury.write_sepa").count() == 0


def test_an_agreement_that_nobody_signed_stops_its_rows(sondrio, body, pot, clerk):
    (placement,) = made.make_placements(sondrio, 1)
    month = made.make_month(placement, pot)
    with scope(system(sondrio).scope):
        other = FrameworkAgreement.objects.create(
            ambito=sondrio, company=placement.company, valid_from=date(2026, 1, 1), valid_to=date(2027, 12, 31)
        )
        type(placement).objects.filter(pk=placement.pk).update(agreement=other)
    run = made.prepare(clerk, body)
    assert checks(sondrio, item_of(sondrio, run, month))[CheckKind.AGREEMENT] == (False, "La convenzione non è firmata.")
