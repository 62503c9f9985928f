"""Two at once, and whatever dies in between: one liquidation, one approval, each euro posted once, each file made once."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import DomainError, TransitionNotAllowed
from impresasolidale.core.models import Job
from impresasolidale.core.scope import scope
from impresasolidale.territory.models import Ambito
from impresasolidale.territory.selectors import lead_body
from impresasolidale.treasury import services
from impresasolidale.treasury.enums import ItemState, RunState
from impresasolidale.treasury.models import Entry, LiquidationItem, LiquidationRun, Payer, RunFile, Sample, SampledItem
from impresasolidale.treasury.selectors import free_balance
from impresasolidale.treasury.services import answers, exits
from impresasolidale.treasury.services.liquidations import RunExists, run_url
from placements.attendance.models import PlacementCommitment, Timesheet
from placements.attendance.services import liquidations, reopen_month, samples
from tests.factories import liquidations as made
from tests.factories.attendance import system
from tests.factories.fixtures import TODAY, make_user
from tests.factories.treasury import ACT, figures
from tests.support import database
from tests.support.ledger import posted_total

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def invariants() -> Any:
    yield
    assert [row for row in database.violations(connection.settings_dict["NAME"]) if row[0] in made.HELD] == []


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Each work in a thread of its own, let go together; its result, or what it raised."""
    barrier, found = threading.Barrier(len(works)), [None] * len(works)

    def run(n: int, work: Callable[[], Any]) -> None:
        try:
            barrier.wait(10)
            found[n] = work()
        except Exception as error:
            found[n] = error  # type: ignore[call-overload]
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n, work)) for n, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


def wait_for_a_wait() -> None:
    """Come back when somebody waits for a lock of ours; whoever does not wait has five seconds to go wrong."""
    end = time.monotonic() + 5
    with database.owner() as db:
        name = connection.settings_dict["NAME"]
        while not db.execute("SELECT 1 FROM pg_stat_activity WHERE datname = %s AND wait_event_type = 'Lock'", [name]).fetchall():
            if time.monotonic() > end:
                return
            time.sleep(0.02)


@pytest.fixture
def office() -> Any:
    ambito = Ambito.objects.get(name="Sondrio")
    body = lead_body(ambito)
    pot = made.make_source(ambito)
    months = [made.make_month(placement, pot) for placement in made.make_placements(ambito, 3)]
    people = [make_user(Role.COORDINATOR, ambito, number=n) for n in range(3)]
    return ambito, body, pot, months, people


def free(ambito: Ambito, pot: Any) -> Decimal:
    with scope(system(ambito).scope):
        return free_balance(pot)


def test_two_who_prepare_at_once_make_one(office):
    ambito, body, _pot, _months, (one, two, _three) = office
    found = at_once(lambda: made.prepare(one, body), lambda: made.prepare(two, body))
    runs = [r for r in found if isinstance(r, LiquidationRun)]
    told = [r for r in found if isinstance(r, RunExists)]
    assert (len(runs), len(told)) == (1, 1), found
    assert told[0].run == runs[0]
    with scope(system(ambito).scope):
        assert LiquidationRun.objects.count() == 1 and LiquidationItem.objects.count() == 3


@pytest.mark.parametrize("is_kept", [True, False], ids=["who makes it", "who gives up"])
def test_who_comes_while_another_prepares_waits_and_is_told(office, is_kept, signed_in):
    """The first has done everything but commit: the second, at the page, waits for the outcome, and never makes another."""
    ambito, body, _pot, _months, (one, two, _three) = office
    page, by = signed_in(two), access_for(one)
    first, answers = [], []
    done = threading.Event()

    def knock() -> None:
        done.wait(10)
        try:
            answers.append(page.post(reverse("composing:prepare", args=[body.public_id, "2026-10"])))
        finally:
            connection.close()

    thread = threading.Thread(target=knock)
    thread.start()
    with suppress(ZeroDivisionError), scope(by.scope):
        first.append(liquidations.prepare_run(body=body, month=made.OCTOBER, by=by, today=TODAY, now=timezone.now()))
        done.set()
        wait_for_a_wait()
        assert is_kept or 1 / 0
    thread.join(60)
    with scope(system(ambito).scope):
        run = LiquidationRun.objects.get()
        assert LiquidationItem.objects.filter(run=run).count() == 3
    assert (answers[0].status_code, answers[0]["Location"]) == (303, run_url(run))
    assert (run == first[0] and run.created_by == one) if is_kept else run.created_by == two


def test_two_who_approve_at_once_post_once(office):
    ambito, body, pot, _months, (one, two, three) = office
    run = made.prepare(one, body)
    found = at_once(lambda: made.approve(two, run), lambda: made.approve(three, run))
    assert sorted(type(r).__name__ for r in found) == ["LiquidationRun", "TransitionNotAllowed"], found
    assert free(ambito, pot) == Decimal(10000) - 1200
    with scope(system(ambito).scope):
        assert Entry.objects.filter(key__startswith="liquidation-item:").count() == 6  # set aside and paid, three times
        assert LiquidationRun.objects.get().state == RunState.APPROVED


def test_a_month_reopened_while_it_is_approved_is_one_or_the_other(office):
    ambito, body, pot, months, (one, two, three) = office
    run = made.prepare(one, body)
    with scope(system(ambito).scope):
        sheet = Timesheet.objects.get(pk=months[0].timesheet_id)

    def reopen() -> Any:
        by = access_for(three)
        with scope(by.scope):
            return reopen_month(sheet=sheet, reason="Un giorno sbagliato", by=by)

    approved, reopened = at_once(lambda: made.approve(two, run), reopen)
    with scope(system(ambito).scope):
        state = Timesheet.objects.get(pk=sheet.pk).state
        paid = LiquidationItem.objects.filter(source_id=months[0].pk, state=ItemState.SENT).exists()
    assert (state == "frozen") == paid == isinstance(approved, LiquidationRun), (approved, reopened)
    assert isinstance(reopened, TransitionNotAllowed) == paid
    assert free(ambito, pot) == Decimal(10000) - (1200 if paid else 0)


def test_approvals_of_two_offices_with_shared_pots_do_not_lock_each_other(office):
    ambito, body, pot, _months, (one, two, _three) = office
    tirano = Ambito.objects.get(name="Tirano")
    other_body = lead_body(tirano)
    second_pot = made.make_source(ambito, name="Contributo della Fondazione")
    for n, placement in enumerate(made.make_placements(tirano, 4, first=11)):
        made.make_month(placement, second_pot if n % 2 else pot)
    more = made.make_placements(ambito, 3, first=21)
    for placement in more:
        made.make_month(placement, second_pot)
    far = [make_user(Role.COORDINATOR, tirano, number=n) for n in range(2)]
    here, there = made.prepare(one, body), made.prepare(far[0], other_body)
    found = at_once(lambda: made.approve(two, here), lambda: made.approve(far[1], there))
    assert [type(r).__name__ for r in found] == ["LiquidationRun", "LiquidationRun"], found
    assert free(ambito, pot) == Decimal(10000) - 1200 - 800
    assert free(ambito, second_pot) == Decimal(10000) - 1200 - 800


def test_money_for_one_of_two_offices_is_spent_once(office):
    """A shared pot of 500: each would pay 400."""
    ambito, body, _pot, _months, (one, two, _three) = office
    tirano = Ambito.objects.get(name="Tirano")
    small = made.make_source(ambito, name="Contributo piccolo", amount="500")
    (placement,) = made.make_placements(tirano, 1, first=31)
    made.make_month(placement, small)
    (mine,) = made.make_placements(ambito, 1, first=41)
    made.make_month(mine, small, month=made.OCTOBER.replace(month=9))
    far = [make_user(Role.COORDINATOR, tirano, number=n) for n in range(2)]
    here, there = made.prepare(one, body, made.OCTOBER.replace(month=9)), made.prepare(far[0], lead_body(tirano))
    found = at_once(lambda: made.approve(two, here), lambda: made.approve(far[1], there))
    assert sorted(isinstance(r, LiquidationRun) for r in found) == [False, True], found
    assert all(isinstance(r, (LiquidationRun, DomainError)) for r in found)
    assert free(ambito, small) == Decimal(100)


@pytest.fixture
def one_commitment(office, monkeypatch):
    """Months of two people in two liquidations, 400 euro each, out of one commitment of 500 whose pot has more set aside, for others.
    Between its check and its posting an approval gives everybody else a chance."""
    ambito, body, _pot, _months, (one, two, three) = office
    pot = made.make_source(ambito, name="Contributo per due mesi", amount="5000")
    commitment = made.make_commitment(ambito, pot, amount="500")
    made.make_commitment(ambito, pot, amount="3000", number="1205")
    runs = []
    for month, placement in zip((8, 9), made.make_placements(ambito, 2, first=51), strict=True):
        with scope(system(ambito).scope):
            PlacementCommitment.objects.create(ambito=ambito, placement=placement, commitment=commitment, amount=Decimal(250))
        made.make_month(placement, pot, month=made.OCTOBER.replace(month=month))
        runs.append(made.prepare(one, body, made.OCTOBER.replace(month=month)))
    freeze, is_checked = liquidations.freeze_sheets, threading.Event()

    def slowly(**values: Any) -> int:
        is_checked.set()
        wait_for_a_wait()
        return freeze(**values)

    monkeypatch.setattr(liquidations, "freeze_sheets", slowly)
    return ambito, pot, commitment, runs, (two, three), is_checked


def test_a_commitment_is_not_paid_beyond_by_two_approvals_at_once(one_commitment):
    ambito, _pot, commitment, runs, (two, three), _is_checked = one_commitment
    found = at_once(lambda: made.approve(two, runs[0]), lambda: made.approve(three, runs[1]))
    assert sorted(type(r).__name__ for r in found) == ["Conflict", "LiquidationRun"], found
    with scope(system(ambito).scope):
        assert figures(commitment) == (500, 400, 100, 0)
        assert sorted(LiquidationRun.objects.filter(pk__in=[run.pk for run in runs]).values_list("state", flat=True)) == [
            RunState.APPROVED, RunState.PREPARED,
        ]  # fmt: skip


def test_a_commitment_is_not_ended_between_check_and_posting(one_commitment):
    ambito, pot, commitment, runs, (two, three), is_checked = one_commitment
    by = access_for(three)

    def end() -> Any:
        is_checked.wait(10)
        with scope(by.scope):
            return services.end_commitment(commitment=commitment, act=ACT, reason="Fine", seen=1, by=by, today=TODAY)

    found = at_once(lambda: made.approve(two, runs[0]), end)
    assert [type(r).__name__ for r in found] == ["LiquidationRun", "Commitment"], found
    with scope(system(ambito).scope):
        assert figures(commitment) == (500, 400, 0, 100)
        assert free_balance(pot) == Decimal(1600)  # 5,000 given, 500 and 3,000 set aside, 100 free again


def test_a_crash_before_the_end_leaves_nothing_behind(office, monkeypatch):
    """The last step of the approval dies: months, money, papers and jobs are as before."""
    ambito, body, pot, _months, (one, two, _three) = office
    run = made.prepare(one, body)
    before = Job.objects.count()

    def dies(*_args: Any, **_values: Any) -> None:
        raise RuntimeError("the power went")

    monkeypatch.setattr(liquidations, "_settle_take_offs", dies)
    with pytest.raises(RuntimeError):
        made.approve(two, run)
    assert free(ambito, pot) == Decimal(10000) and Job.objects.count() == before
    with scope(system(ambito).scope):
        assert LiquidationRun.objects.get().state == RunState.PREPARED
        assert not Timesheet.objects.filter(state="frozen").exists()
    monkeypatch.undo()
    made.approve(two, run)
    assert free(ambito, pot) == Decimal(8800)


def test_the_bank_s_file_is_made_once_whatever_the_worker_s_fate(office, settings, tmp_path):
    """An attempt dies after the file and before its row; two more come at once: one file, one row, nothing posted again."""
    settings.MEDIA_ROOT = tmp_path
    ambito, body, pot, _months, (one, two, _three) = office
    with scope(system(ambito).scope):
        Payer.objects.create(ambito=ambito, body=body, columns=[], iban=made.IBANS[0])
    run = made.approve(two, made.prepare(one, body))
    wanted = f"treasury/sepa/{timezone.localdate(run.approved_at).year}/{run.public_id}.xml"
    default_storage.save(wanted, ContentFile(b"cut short"))

    def write() -> Any:
        by = system(ambito)
        with scope(by.scope):
            return exits.write_sepa(run=run, by=by)

    first, second = at_once(write, write)
    assert first == second and isinstance(first, RunFile), (first, second)
    with scope(system(ambito).scope):
        assert RunFile.objects.count() == 1
        assert posted_total(run) == first.total == Decimal(1200)
    names = default_storage.listdir(wanted.rpartition("/")[0])[1]
    assert [name for name in names if name.startswith(str(run.public_id))] == [f"{run.public_id}.xml"]
    with default_storage.open(wanted) as file:
        assert file.read().count(b"<CdtTrfTxInf>") == 3
    assert free(ambito, pot) == Decimal(8800)


@pytest.fixture
def drawing(office):
    """draw(user, share, minimum) among three paid rows."""
    ambito, body, _pot, _months, (one, two, three) = office
    run = made.approve(two, made.prepare(one, body))
    accounting = make_user(Role.ACCOUNTING, ambito)
    by = access_for(accounting)
    with scope(by.scope):
        answers.record_answers(run=run, text="\n".join(f"{n};pagato;881;12/11/2026" for n in (1, 2, 3)), by=by, today=TODAY)

    def draw(user: Any, *, minimum: int) -> Sample:
        by = access_for(user)
        with scope(by.scope):
            return samples.draw_sample(since=TODAY.replace(day=1), until=TODAY, share=1, minimum=minimum, by=by, today=TODAY)

    return ambito, draw, (three, accounting)


@pytest.mark.parametrize(("minimum", "drawn"), [(2, [1, 2]), (3, [3])], ids=["what is left", "nothing is left"])
def test_two_who_draw_at_once_share_no_row(drawing, minimum, drawn):
    """The second waits for the first, and draws among what is left, or hears that nothing is."""
    ambito, draw, (one, two) = drawing
    found = at_once(lambda: draw(one, minimum=minimum), lambda: draw(two, minimum=minimum))
    with scope(system(ambito).scope):
        assert sorted(sample.items.count() for sample in Sample.objects.all()) == drawn, found
    assert [type(r) for r in found].count(DomainError) == 2 - len(drawn), found


def test_of_two_who_judge_at_once_one_is_written(drawing):
    ambito, draw, (three, accounting) = drawing
    draw(three, minimum=1)
    with scope(system(ambito).scope):
        row = SampledItem.objects.select_related("item").get()

    def judge(user: Any) -> SampledItem:
        by = access_for(user)
        with scope(by.scope):
            return samples.judge(row=row, outcome="in_order", words="", seen=1, by=by, now=timezone.now())

    found = at_once(lambda: judge(three), lambda: judge(accounting))
    assert sorted(type(r).__name__ for r in found) == ["Conflict", "SampledItem"], found
    winner = next(r for r in found if isinstance(r, SampledItem))
    with scope(system(ambito).scope):
        assert SampledItem.objects.get().checked_by_id == winner.checked_by_id
