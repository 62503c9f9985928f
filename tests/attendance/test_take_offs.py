"""Months that a recovery brings down, to nothing too: visible, explained, made final, and the recovery told as far as it came."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.models import User
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import Conflict, DomainError
from impresasolidale.core.models import Document, Fact, Job, Todo
from impresasolidale.core.scope import scope
from impresasolidale.core.words import euro
from impresasolidale.treasury.enums import CheckKind, ItemState, Payment, RecoveryState, RunState
from impresasolidale.treasury.models import LiquidationItem, LiquidationRun, Payer, Recovery
from impresasolidale.treasury.selectors import liquidations as treasury
from impresasolidale.treasury.services import answers
from impresasolidale.treasury.services import liquidations as runs
from impresasolidale.treasury.services.liquidations import UNPAID_TODO, run_url
from placements.agreements.enums import AllowanceModel
from placements.agreements.models import FundingShare, PersonalProject
from placements.attendance import services as attendance
from placements.attendance.allowance_rules import Debts, share_debts
from placements.attendance.enums import MonthState
from placements.attendance.models import Adjustment, MonthAllowance, Timesheet
from placements.attendance.services import liquidations
from tests.factories import liquidations as made
from tests.factories.attendance import record, settle, system
from tests.factories.fixtures import make_user
from tests.factories.liquidations import checks, free, items, state_of
from tests.support.ledger import posted_total

pytestmark = pytest.mark.django_db
OCTOBER, NOVEMBER, DECEMBER, JANUARY = date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)
LATER = date(2027, 3, 31)
D = Decimal


class Office:
    """One person who gets 10 euro an hour for four Tuesdays of four hours a month: 160 euro, 40 a day. October is paid."""

    def __init__(self, ambito, body, pot, clerk: User, coordinator: User, accounting: User) -> None:
        self.ambito, self.body, self.pot = ambito, body, pot
        self.clerk, self.coordinator, self.accounting = clerk, coordinator, accounting
        self.worker = make_user(Role.SOCIAL_WORKER, ambito, number=7)
        (self.placement,) = made.make_placements(ambito, 1)
        with scope(system(ambito).scope):
            PersonalProject.objects.filter(placement=self.placement).update(
                allowance_model=AllowanceModel.HOURLY, allowance_amount=10, allowance_cap=500
            )
            project = PersonalProject.objects.get(placement=self.placement)
            FundingShare.objects.create(ambito=ambito, project=project, position=1, pot=pot, weight=1)
            made.sign(project)
            attendance.resync_planned(placement=self.placement, by=system(ambito), today=OCTOBER)
        made.sign_agreement(self.placement)
        self.month(OCTOBER)
        (self.first,) = self.paid(OCTOBER)

    def month(self, month: date, there: int = 4) -> MonthAllowance:
        """A month confirmed by the office: present on the first `there` of its days."""
        with scope(system(self.ambito).scope):
            days = self.placement.planned.filter(day__year=month.year, day__month=month.month).order_by("day")
            for n, day in enumerate(days.values_list("day", flat=True)):
                record(self.placement, day, "present" if n < there else "justified", today=LATER)
            sheet = Timesheet.objects.get(placement=self.placement, month=month)
            settle(sheet, MonthState.CONFIRMED, closer=self.coordinator, confirmer=self.worker, today=LATER)
            return MonthAllowance.objects.get(timesheet=sheet)

    def prepare(self, month: date) -> LiquidationRun:
        run = made.prepare(self.clerk, self.body, month, today=LATER)
        with scope(system(self.ambito).scope):  # who is over the year's threshold was published
            LiquidationItem.objects.filter(run=run).update(published_on=LATER)
        with scope(access_for(self.clerk).scope):
            return liquidations.refresh_run(run=run, by=access_for(self.clerk), today=LATER, now=timezone.now())

    def approve(self, run: LiquidationRun) -> LiquidationRun:
        return made.approve(self.coordinator, run, today=LATER)

    def paid(self, month: date) -> list[LiquidationItem]:
        """A month liquidated and paid out; its rows."""
        run = self.approve(self.prepare(month))
        rows = items(self.ambito, run)
        by = access_for(self.accounting)
        text = "\n".join(f"{row.position};pagato;9;{LATER:%d/%m/%Y}" for row in rows if row.state == ItemState.SENT)
        if text:
            with scope(by.scope):
                answers.record_answers(run=run, text=text, by=by, today=LATER)
        return items(self.ambito, run)

    def recover(self, amount: str, instalment: str) -> Recovery:
        by = access_for(self.clerk)
        with scope(by.scope):
            return liquidations.open_recovery(
                item=self.first, way="take_off", amount=D(amount), instalment=D(instalment), reason="Giornate contate due volte", by=by
            )

    def recovery(self) -> tuple[Decimal, Decimal, str, list[tuple[str, Decimal]]]:
        """Recovered, missing, state, and the parts in words."""
        with scope(system(self.ambito).scope):
            (row,) = treasury.with_recovered([Recovery.objects.get()])
            return row.recovered, row.missing, row.state, [(step.words, step.amount) for step in row.parts]

    def waiting(self) -> list[Decimal]:
        with scope(system(self.ambito).scope):
            return list(Adjustment.objects.filter(taken_in=None).order_by("pk").values_list("amount", flat=True))

    def state_of(self, month: MonthAllowance) -> str:
        with scope(system(self.ambito).scope):
            return Timesheet.objects.get(pk=month.timesheet_id).state


@pytest.fixture
def office(sondrio, body, pot, clerk, coordinator, accounting) -> Office:
    return Office(sondrio, body, pot, clerk, coordinator, accounting)


def test_a_month_brought_to_nothing_is_made_final_and_the_recovery_told_as_far_as_it_came(office: Office):
    """150 to get back at once. November gives 3 × 40 = 120: all taken, nothing is paid, 30 are left; December gives 160 − 30 = 130."""
    office.recover("150", "150")
    november = office.month(NOVEMBER, there=3)
    assert (november.amount, november.carried) == (D("0.00"), D("30.00"))
    before = free(office.ambito, office.pot)
    run = office.prepare(NOVEMBER)
    (row,) = items(office.ambito, run)
    assert (row.amount, row.state, row.payment, row.payee, row.iban, row.is_taxed) == (
        D(0),
        ItemState.READY,
        Payment.UNKNOWN,
        "",
        "",
        False,
    )
    found = checks(office.ambito, row)
    given, left = euro(D("120.00")), euro(D("30.00"))
    words = f"Il mese dava {given}: tolti tutti, per quanto versato in più prima. Restano {left} da togliere nei mesi dopo."
    assert found[CheckKind.SHEET] == (True, words)
    assert found.keys() == {CheckKind.SHEET, CheckKind.UNPAID}
    assert office.recovery() == (D(0), D(150), RecoveryState.OPEN, [])  # nothing is told before the second key
    run = office.approve(run)
    assert (state_of(office.ambito, run), state_of(office.ambito, row)) == (RunState.SETTLED, ItemState.OFFSET)
    assert office.state_of(november) == MonthState.FROZEN
    assert office.recovery() == (D(120), D(30), RecoveryState.OPEN, [("Tolto da novembre 2026", D("120.00"))])
    assert office.waiting() == []  # the rest is carried: it is not asked twice
    assert free(office.ambito, office.pot) == before
    with scope(system(office.ambito).scope):
        assert posted_total(run) == 0 and run.act_document is None
        assert not Document.objects.filter(subject_type="treasury.liquidationrun", subject_id=run.pk).exists()
        assert not Todo.objects.filter(subject_type="treasury.liquidationrun", subject_id=run.pk, done_at=None).exists()
        assert Fact.objects.filter(code="treasury.liquidation_item.offset", subject_id=row.pk).count() == 1
    december = office.month(DECEMBER)
    assert (december.amount, december.carried) == (D("130.00"), D(0))
    assert [row.amount for row in office.paid(DECEMBER)] == [D("130.00")]
    parts = [("Tolto da novembre 2026", D("120.00")), ("Tolto da dicembre 2026", D("30.00"))]
    assert office.recovery() == (D(150), D(0), RecoveryState.RECOVERED, parts)
    assert free(office.ambito, office.pot) == before - 130  # 160 + 120 + 160 − 150 = 290 in three months: 160, 0, 130


def test_an_instalment_that_a_month_cannot_give_is_not_asked_beside_the_next(office: Office):
    """150, 100 a month. November gives 40: 40 come, 60 wait; December 160 − 60 = 100; only then the last 50: January 160 − 50."""
    office.recover("150", "100")
    office.month(NOVEMBER, there=1)
    assert [row.state for row in office.paid(NOVEMBER)] == [ItemState.OFFSET]
    assert (office.recovery()[:3], office.waiting()) == ((D(40), D(110), RecoveryState.OPEN), [])
    assert office.month(DECEMBER).amount == D(100)
    office.paid(DECEMBER)
    assert (office.recovery()[:3], office.waiting()) == ((D(100), D(50), RecoveryState.OPEN), [D(-50)])
    assert office.month(JANUARY).amount == D(110)
    office.paid(JANUARY)
    assert (office.recovery()[:3], office.waiting()) == ((D(150), D(0), RecoveryState.RECOVERED), [])


def test_a_month_that_gave_nothing_takes_nothing_off(office: Office):
    """Away all November: nothing to take, the whole 40 wait; December 160 − 40."""
    office.recover("40", "40")
    november = office.month(NOVEMBER, there=0)
    assert (november.amount, november.carried) == (D(0), D(40))
    run = office.prepare(NOVEMBER)
    (row,) = items(office.ambito, run)
    assert (
        checks(office.ambito, row)[CheckKind.SHEET][1] == f"Il mese non dava niente. Restano {euro(D('40.00'))} da togliere nei mesi dopo."
    )
    office.approve(run)
    assert office.recovery()[:3] == (D(0), D(40), RecoveryState.OPEN)
    assert office.month(DECEMBER).amount == D(120)
    office.paid(DECEMBER)
    assert office.recovery() == (D(40), D(0), RecoveryState.RECOVERED, [("Tolto da dicembre 2026", D("40.00"))])


def test_a_month_of_nothing_that_nothing_was_taken_off_enters_no_liquidation(office: Office):
    november = office.month(NOVEMBER, there=0)
    assert november.amount == 0
    with pytest.raises(DomainError, match="non c'è niente da versare"):
        office.prepare(NOVEMBER)


def test_beside_rows_that_are_paid_it_is_in_no_list_and_moves_nothing(office: Office, signed_in):
    """Another person gets 250: act, lists and bank's file know of 250 alone; the page shows and explains the other month."""
    office.recover("150", "150")
    office.month(NOVEMBER, there=3)
    (other,) = made.make_placements(office.ambito, 1, first=2)
    made.make_month(other, office.pot, month=NOVEMBER, amount="250")
    with scope(system(office.ambito).scope):
        Payer.objects.create(ambito=office.ambito, body=office.body, columns=[], iban=made.IBANS[0])
    client, second = signed_in(office.clerk), signed_in(office.coordinator)
    waiting = client.get(reverse("composing:waiting")).content.decode()
    assert "e 1 a zero" in waiting and "250,00" in waiting
    page = client.get(reverse("composing:prepare", args=[office.body.public_id, "2026-11"])).content.decode()
    assert "A zero, da compensare" in page and "il recupero risulta fatto" in page
    run = office.prepare(NOVEMBER)
    assert [row.amount for row in items(office.ambito, run)] == [D(0), D(250)] or [row.amount for row in items(office.ambito, run)] == [
        D(250), D(0),
    ]  # fmt: skip
    page = client.get(run_url(run)).content.decode()
    assert "A zero: compensate, non si versano" in page and f"Restano {euro(D('30.00'))} da togliere nei mesi dopo." in page
    approving = second.get(reverse("composing:approve", args=[run.public_id])).content.decode()
    assert "A zero, compensate" in approving and "I soldi escono dalle fonti" in approving
    office.approve(run)
    with scope(system(office.ambito).scope):
        fresh = treasury.run_for(access_for(office.coordinator), run.public_id)
        (listed,) = treasury.list_rows(fresh, office="Sondrio")
        assert (listed.amount, posted_total(fresh), fresh.state) == (D(250), D(250), RunState.APPROVED)
        (told,) = treasury.with_totals([fresh], today=LATER)
        assert (told.rows_count, told.amount, told.open_count) == (1, D(250), 1)
        facts = dict(fresh.act_document.context["facts"])
        assert (facts["Righe"], facts["Totale"], facts["Mesi compensati, senza versamento"]) == ("1", f"{euro(D('250.00'))}", "1")
        assert "Mesi compensati, senza versamento" not in dict(fresh.public_document.context["facts"])
        assert Job.objects.filter(name="treasury.write_sepa").count() == 1
    page = client.get(run_url(run)).content.decode()
    assert "compensata" in page and f"Restano {euro(D('30.00'))}" in page
    shown = client.get(reverse("liquidations:recoveries")).content.decode()
    assert f"Tolto da novembre 2026: {euro(D('120.00'))}" in shown
    by = access_for(office.accounting)
    with scope(by.scope):
        row = LiquidationItem.objects.get(run=run, amount=0)
        taken = answers.record_answers(run=run, text=f"{row.position};pagato;9;{LATER:%d/%m/%Y}", by=by, today=LATER)
    (told,) = taken.unread
    assert told.words.startswith(f"La riga {row.position} risulta già «compensata»")


def test_the_page_of_nothing_but_nothing_says_that_no_order_comes(office: Office, signed_in):
    office.recover("150", "150")
    office.month(NOVEMBER, there=3)
    run = office.prepare(NOVEMBER)
    second = signed_in(office.coordinator)
    url = reverse("composing:approve", args=[run.public_id])
    assert "Non si versa niente" in second.get(url).content.decode()
    with scope(system(office.ambito).scope):
        seen = LiquidationRun.objects.get(pk=run.pk).row_version
    assert second.post(url, {"row_version": seen})["Location"] == run_url(run)
    assert "conclusa" in second.get(run_url(run)).content.decode()
    assert state_of(office.ambito, run) == RunState.SETTLED


def test_it_may_be_held_and_what_changed_is_not_approved_unseen(office: Office):
    office.recover("150", "150")
    november = office.month(NOVEMBER, there=3)
    run = office.prepare(NOVEMBER)
    (row,) = items(office.ambito, run)
    by = access_for(office.clerk)
    with scope(by.scope):
        runs.hold_item(item=row, reason="Aspettiamo il certificato", by=by)
    with pytest.raises(DomainError, match="niente da approvare"):
        office.approve(run)
    with scope(by.scope):
        runs.resume_item(item=row, reason="Arrivato", by=by)
    worker = access_for(office.worker)
    with scope(worker.scope):
        attendance.reopen_month(sheet=Timesheet.objects.get(pk=november.timesheet_id), reason="Un giorno sbagliato", by=worker)
    with pytest.raises(Conflict):
        office.approve(run)
    assert office.waiting() == [D(-150)]  # given back, it waits again
    assert office.recovery()[:3] == (D(0), D(150), RecoveryState.OPEN)


def test_what_came_back_while_a_write_off_was_asked_for_is_told_later(office: Office):
    """Asked to give it up when November is paid, refused afterwards: December tells both months."""
    office.recover("80", "40")
    office.month(NOVEMBER)
    with scope(system(office.ambito).scope):
        Recovery.objects.update(state=RecoveryState.ASKED, asked_by=office.coordinator, given_up_reason="Nessun reddito")
    office.paid(NOVEMBER)
    assert office.recovery()[:3] == (D(0), D(80), RecoveryState.ASKED)
    with scope(system(office.ambito).scope):
        Recovery.objects.update(state=RecoveryState.OPEN, asked_by=None, given_up_reason="")
    office.month(DECEMBER)
    office.paid(DECEMBER)
    assert office.recovery()[3] == [("Tolto da novembre 2026", D("40.00"))]
    assert office.waiting() == [D(-40)]


@pytest.mark.parametrize("there", [4, 2], ids=["not yet counted", "counted and carried on"])
def test_what_two_people_give_up_is_taken_off_no_more(office: Office, signed_in, there: int):
    """150 asked of the next month. Given up before November is confirmed, November gives its 160; given up while November, that took 80
    off and carried 70 on, waits to be paid, December gives 160 and the 150 back."""
    recovery = office.recover("150", "150")
    if there == 2:
        november = office.month(NOVEMBER, there)
        assert (november.amount, november.carried) == (D(0), D(70))
    ask, approve = (
        reverse(f"{space}:{name}", args=[recovery.public_id])
        for space, name in (("liquidations", "ask_write_off"), ("composing", "approve_write_off"))
    )
    first, second = signed_in(office.coordinator), signed_in(office.accounting)
    assert first.post(ask, {"reason": "Nessun reddito"}).status_code == 303
    refused = first.post(approve)
    assert refused.status_code == 422 and "due persone" in refused.content.decode()
    assert D(150) not in office.waiting()
    assert second.post(approve).status_code == 303
    assert D(150) in office.waiting()
    month = NOVEMBER if there == 4 else DECEMBER
    given = office.month(month)
    assert (given.amount, given.carried) == (D(160) if there == 4 else D(240), D(0))  # 160 − 70 + 150
    words = [row["words"] for row in given.rows]
    assert "Rinuncia al recupero di quanto versato in più per ottobre 2026" in words
    assert office.recovery()[:3] == (D(0), D(150), RecoveryState.WRITTEN_OFF)


def test_what_final_months_took_off_while_it_was_asked_for_has_come_back(office: Office, signed_in):
    """80, 40 a month. November takes 40 off between the two keys: the write-off is of the other 40, and November gives nothing back."""
    recovery = office.recover("80", "40")
    office.month(NOVEMBER)
    ask = reverse("liquidations:ask_write_off", args=[recovery.public_id])
    assert signed_in(office.coordinator).post(ask, {"reason": "Nessun reddito"}).status_code == 303
    office.paid(NOVEMBER)
    approve = reverse("composing:approve_write_off", args=[recovery.public_id])
    assert signed_in(office.accounting).post(approve).status_code == 303
    assert office.recovery() == (D(40), D(40), RecoveryState.WRITTEN_OFF, [("Tolto da novembre 2026", D("40.00"))])
    assert office.waiting() == []
    assert office.month(DECEMBER).amount == D(160)


def test_the_coordinator_is_reminded_of_months_of_nothing(office: Office):
    by = system(office.ambito)
    office.recover("150", "150")
    office.month(NOVEMBER, there=3)
    with scope(by.scope):
        assert liquidations.remind_unpaid(by=by, today=LATER) == 1
        title = Todo.objects.get(kind=UNPAID_TODO, done_at=None).title
    assert title == "Mesi a zero per un recupero, da chiudere con una liquidazione, da novembre 2026"
    office.paid(NOVEMBER)
    with scope(by.scope):
        assert liquidations.remind_unpaid(by=by, today=LATER) == 0
        assert not Todo.objects.filter(kind=UNPAID_TODO, done_at=None).exists()


@pytest.mark.parametrize(("amount", "state"), [("0", "sent"), ("0", "paid"), ("0", "refused"), ("10", "offset")])
def test_the_database_sends_no_sum_of_nothing_and_compensates_no_other(office: Office, amount: str, state: str):
    office.recover("150", "150")
    office.month(NOVEMBER, there=3 if amount == "0" else 4)
    run = office.prepare(NOVEMBER)
    with scope(system(office.ambito).scope), pytest.raises(IntegrityError), transaction.atomic():
        LiquidationItem.objects.filter(run=run).update(state=state)


# --- Who took what off: pure


@pytest.mark.parametrize(
    ("months", "expected"),
    [
        # 50 and 80 asked of a month that can take 100: the older debt first.
        ([Debts(1, ((7, D(50)), (8, D(80))), (), D(30))], {(7, 1): D(50), (8, 1): D(50)}),
        # The rest of the second comes off in the next month, before what was found since.
        (
            [Debts(1, ((7, D(50)), (8, D(80))), (), D(30)), Debts(2, ((9, D(20)),), (1,), D(10))],
            {(7, 1): D(50), (8, 1): D(50), (8, 2): D(30), (9, 2): D(10)},
        ),
        # Nothing taken off at all, then the rest of two months at once.
        (
            [Debts(1, ((7, D(5)),), (), D(5)), Debts(2, ((8, D(5)),), (), D(5)), Debts(3, (), (1, 2), D(0))],
            {(7, 3): D(5), (8, 3): D(5)},
        ),
        ([Debts(1, (), (), D(0))], {}),
    ],
)
def test_the_oldest_debt_is_taken_off_first(months: list[Debts], expected: dict[tuple[int, int], Decimal]):
    assert share_debts(months) == expected
