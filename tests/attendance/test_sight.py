"""Whose money and paper months open without a reason (adr/0013): every page and file, against who follows, who has a task, who says why."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.models import User
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.models import Document, Look, Upload
from impresasolidale.core.scope import scope
from impresasolidale.core.uploads import store_upload
from impresasolidale.territory.models import Ambito
from impresasolidale.treasury.enums import ItemState, RecoveryWay, RunState
from impresasolidale.treasury.models import LiquidationItem, LiquidationRun
from impresasolidale.treasury.services import answers, recoveries
from impresasolidale.treasury.services.liquidations import cancel_run, hold_item, leave
from placements.agreements.enums import TaxTreatment
from placements.agreements.models import Placement
from placements.attendance.enums import MonthState
from placements.attendance.models import Adjustment, MonthAllowance, PaperScan, PlacementCommitment, Timesheet
from placements.attendance.services import freeze_sheets
from placements.beneficiaries.models import Beneficiary
from tests.factories import liquidations as money
from tests.factories.attendance import follow, make_running_placement, system
from tests.factories.fixtures import TODAY, make_user
from tests.support.queries import OwnQueries

pytestmark = pytest.mark.django_db
NOVEMBER = date(2026, 11, 1)
PAST = timezone.make_aware(timezone.datetime(2026, 11, 3, 9))
DETAIL = 10


@dataclass
class World:
    """One person: October confirmed, with what it gives, a slip and a yearly statement; November on paper, confirmed too."""

    ambito: Ambito
    placement: Placement
    given: MonthAllowance
    paper: Timesheet
    slip: Document
    statement: Document
    printed: Document
    scan: PaperScan
    part: PlacementCommitment

    @property
    def person(self) -> Beneficiary:
        return self.placement.beneficiary

    @property
    def october(self) -> Timesheet:
        return self.given.timesheet

    @property
    def why(self) -> str:
        return reverse("beneficiaries:reason", args=[self.person.public_id])


def document(ambito: Ambito, kind: str, subject: Any, number: int) -> Document:
    name = default_storage.save(f"documents/{number}.pdf", ContentFile(b"%PDF-1.7"))
    ready = {"state": "ready", "file_name": name, "file_hash": "0" * 64, "size": 8}
    about = {"subject_type": subject._meta.label_lower, "subject_id": subject.pk}
    return Document.objects.create(
        ambito=ambito, kind=kind, kind_label="Prova", number=f"2026/{number:06}", template="", context={}, context_hash="0" * 64,
        issued_on=TODAY, **about, **ready,
    )  # fmt: skip


def walk(sheet: Timesheet, *states: str, **values: Any) -> None:
    stamps: dict[str, Any] = {MonthState.CLOSED: {"closed_at": PAST}, MonthState.CONFIRMED: {"confirmed_at": PAST}}
    with scope(system(sheet.ambito).scope):
        for state in states:
            Timesheet.objects.filter(pk=sheet.pk).update(state=state, **stamps.get(state, {"closed_at": None, "confirmed_at": None}))
        if values:
            Timesheet.objects.filter(pk=sheet.pk).update(**values)


@pytest.fixture
def world(sondrio: Ambito, pot: Any, settings: Any, tmp_path: Any) -> World:
    settings.MEDIA_ROOT = tmp_path
    (placement,) = money.make_placements(sondrio, 1)
    given = money.make_month(placement, pot)
    money.make_commitment(sondrio, pot, amount="3000", placement=placement)  # what falls due in either year is covered
    money.make_commitment(sondrio, pot, amount="3000", year=2027, number="9", placement=placement)
    by = system(sondrio)
    with scope(by.scope):
        paper = Timesheet.objects.create(ambito=sondrio, placement=placement, month=NOVEMBER, planned_minutes=240)
        upload = store_upload(file=SimpleUploadedFile("foglio.png", b"\x89PNG\r\n\x1a\n foglio"), kind="x.y", subject=paper, by=by)
        made = World(
            sondrio,
            placement,
            given,
            paper,
            slip=document(sondrio, "attendance.slip", given, 1),
            statement=document(sondrio, "attendance.statement", placement.beneficiary, 2),
            printed=document(sondrio, "attendance.paper_sheet", paper, 3),
            scan=PaperScan.objects.create(ambito=sondrio, timesheet=paper, file=upload),
            part=PlacementCommitment.objects.order_by("id")[0],
        )
    walk(paper, "closed", "confirmed")
    return made


def in_a_run(world: World) -> LiquidationRun:
    return money.prepare(make_user(Role.CLERK, world.ambito, number=90), world.given.payer)


def closed(world: World) -> None:
    walk(world.paper, "open", "closed")


def to_type(world: World) -> None:
    walk(world.paper, "open")


def uncovered(world: World) -> None:
    with scope(system(world.ambito).scope):
        PlacementCommitment.objects.update(amount=1)


ACCOUNTING, CLERK, COORDINATOR, EDUCATOR = Role.ACCOUNTING, Role.CLERK, Role.COORDINATOR, Role.PROMOTER_TUTOR
PAGES = [  # the page, what stands in its address, somebody who may open it, the task that opens it
    ("attendance:given", "placement", ACCOUNTING, in_a_run),
    ("attendance:given", "placement", CLERK, in_a_run),
    ("attendance:given_month", "given", ACCOUNTING, in_a_run),
    ("attendance:given_paper", "slip", ACCOUNTING, in_a_run),
    ("attendance:given_paper", "statement", ACCOUNTING, in_a_run),
    ("attendance:statement", "person", ACCOUNTING, in_a_run),
    ("attendance:net", "given", ACCOUNTING, in_a_run),
    ("attendance:adjust", "october", COORDINATOR, in_a_run),
    ("forecasts:placement", "placement", ACCOUNTING, in_a_run),
    ("forecasts:placement", "placement", COORDINATOR, uncovered),
    ("forecasts:set_part", "placement", ACCOUNTING, uncovered),
    ("attendance:grid", "paper", EDUCATOR, to_type),
    ("attendance:add_scan", "paper", EDUCATOR, to_type),
    ("attendance:scan", "scan", EDUCATOR, to_type),
    ("attendance:remove_scan", "scan", EDUCATOR, to_type),
    ("attendance:paper", "printed", EDUCATOR, to_type),
    ("attendance:scan", "scan", COORDINATOR, closed),
    ("attendance:paper", "printed", COORDINATOR, closed),
]


def address(world: World, name: str, what: str) -> str:
    return reverse(name, args=[getattr(world, what).public_id])


def looked_at(client: Any, url: str) -> Any:
    answer = client.get(url)
    if answer.streaming:
        b"".join(answer.streaming_content)  # closes the file
    return answer


def say_why(client: Any, world: World, url: str) -> None:
    assert client.post(world.why, {"why": "check", "next": url})["Location"] == url


@pytest.mark.parametrize(("name", "what", "role", "task"), PAGES, ids=[f"{name}-{what}-{role}" for name, what, role, _task in PAGES])
def test_a_page_opens_as_the_person_s_record(
    name: str, what: str, role: Role, task: Callable[[World], Any], world: World, signed_in: Any
) -> None:
    url = address(world, name, what)
    follower, other = make_user(role, world.ambito, number=31), make_user(role, world.ambito, number=32)
    follow(follower, world.placement)
    client = signed_in(other)

    def answer(client: Any) -> Any:
        found = looked_at(client, url)
        return "asked" if found.get("Location", "").startswith(world.why) else found.status_code

    found = {"follows": answer(signed_in(follower)), "does not": answer(client)}
    say_why(client, world, url)
    found |= {"gave a reason": answer(client), "again": answer(client), "elsewhere": answer(signed_in(other))}
    task(world)
    found["has a task"] = answer(signed_in(other))
    assert found == {"follows": 200, "does not": "asked", "gave a reason": 200, "again": 200, "elsewhere": "asked", "has a task": 200}
    with scope(access_for(other).scope):
        (look,) = Look.objects.filter(actor_id=other.pk, place="beneficiaries:reason")
    assert (look.reason, look.subject_ids) == ("È un controllo d’ufficio", [world.person.pk])


def test_what_is_only_posted_asks_and_writes_nothing(world: World, signed_in: Any) -> None:
    other, office = make_user(COORDINATOR, world.ambito, number=32), make_user(Role.SOCIAL_WORKER, world.ambito, number=33)
    month = reverse("attendance:month", args=[world.placement.public_id])
    posts = [
        (other, address(world, "attendance:make_slip", "given"), {}, address(world, "attendance:given_month", "given")),
        (other, address(world, "attendance:issue_timesheet", "paper"), {}, f"{month}?mese=2026-11"),
        (office, address(world, "attendance:issue_paper_sheet", "paper"), {}, f"{month}?mese=2026-11"),
        (other, address(world, "forecasts:remove_part", "part"), {}, address(world, "forecasts:placement", "placement")),
        (other, (adjust := address(world, "attendance:adjust", "october")), {"what": "sum", "amount": "5", "reason": "Prova"}, adjust),
        (office, (grid := address(world, "attendance:grid", "paper")), {}, grid),
    ]
    with scope(system(world.ambito).scope):
        before = Document.objects.count()
    for user, url, values, back in posts:
        client = signed_in(user)
        asked = client.post(url, values)["Location"]
        assert asked.startswith(world.why), url
        question = client.get(asked)
        assert question.status_code == 200 and question.context["next"] == back, url
    with scope(system(world.ambito).scope):
        assert (Document.objects.count(), Adjustment.objects.count(), PlacementCommitment.objects.count()) == (before, 0, 2)


def test_accounting_is_asked_and_finds_the_way_back(world: World, signed_in: Any) -> None:
    client = signed_in(make_user(ACCOUNTING, world.ambito))
    asked = client.get(address(world, "forecasts:placement", "placement"))["Location"]
    page = client.get(asked)
    assert reverse("forecasts:list") in page.content.decode()
    assert client.get(reverse("forecasts:list")).status_code == 200


def test_lists_keep_the_names(world: World, signed_in: Any) -> None:
    run = in_a_run(world)
    accounting, office = make_user(ACCOUNTING, world.ambito), make_user(COORDINATOR, world.ambito)
    walk(world.paper, "open", "closed")
    for user, url in [
        (accounting, reverse("liquidations:run", args=[run.public_id])),
        (accounting, reverse("forecasts:list")),
        (office, reverse("attendance:office_month") + "?mese=2026-11"),
        (office, reverse("attendance:to_confirm")),
        (office, reverse("attendance:month", args=[world.placement.public_id])),
    ]:
        assert world.person.last_name in signed_in(user).get(url).content.decode(), url


# --- The true states of the tasks


def opened(user: User, signed_in: Any, url: str) -> bool:
    return bool(looked_at(signed_in(user), url).status_code == 200)


@pytest.mark.parametrize(
    ("state", "opens"),
    [
        (ItemState.READY, True),
        (ItemState.HELD, True),
        (ItemState.SENT, True),
        (ItemState.LEFT, False),
        (ItemState.PAID, False),
        (ItemState.REFUSED, False),
        (RunState.CANCELLED, False),
    ],
)
def test_a_sum_is_a_task_until_its_liquidation_is_finished(
    state: str, opens: bool, world: World, coordinator: User, signed_in: Any, accounting: User
) -> None:
    run = in_a_run(world)
    by = access_for(coordinator)
    with scope(by.scope):
        item = LiquidationItem.objects.get()
        if state == ItemState.HELD:
            hold_item(item=item, reason="Prova", by=by)
        elif state == ItemState.LEFT:
            leave(items=[item.pk], reason="Prova", by=by)
        elif state == RunState.CANCELLED:
            cancel_run(run=run, reason="Prova", by=by)
    if state in (ItemState.SENT, ItemState.PAID, ItemState.REFUSED):
        money.approve(coordinator, run)
        payer = access_for(accounting)
        with scope(payer.scope):
            word = {ItemState.PAID: "1;pagato;881;12/11/2026;Q1", ItemState.REFUSED: "1;respinto;;;IBAN chiuso"}.get(ItemState(state))
            if word:
                answers.record_answers(run=run, text=word, by=payer, today=TODAY)
    assert opened(accounting, signed_in, address(world, "attendance:given_month", "given")) is opens


def test_a_recovery_under_way_is_a_task_and_beginning_one_asks(world: World, coordinator: User, accounting: User, signed_in: Any) -> None:
    run = in_a_run(world)
    money.approve(coordinator, run)
    payer = access_for(accounting)
    with scope(payer.scope):
        answers.record_answers(run=run, text="1;pagato;881;12/11/2026;Q1", by=payer, today=TODAY)
        item = LiquidationItem.objects.get()
    recover, page = reverse("composing:recover", args=[item.public_id]), address(world, "attendance:given", "placement")
    assert signed_in(accounting).get(recover)["Location"].startswith(world.why)
    client = signed_in(accounting)
    say_why(client, world, recover)
    assert client.get(recover).status_code == 200
    assert not opened(accounting, signed_in, page)
    with scope(payer.scope):
        recovery = recoveries.open_recovery(
            item=item, way=RecoveryWay.PAY_BACK, amount=item.amount, instalment=None, reason="Prova", by=payer
        )
    assert opened(accounting, signed_in, page)
    with scope(payer.scope):
        recoveries.record_pay_back(recovery=recovery, amount=item.amount, on=TODAY, receipt="Q2", by=payer, today=TODAY)
    assert not opened(accounting, signed_in, page)


def test_forms_about_a_row_are_there_while_it_is_a_task(world: World, coordinator: User, accounting: User, signed_in: Any) -> None:
    """They ask nothing: once the liquidation is approved there is no form to see."""
    run = in_a_run(world)
    with scope(system(world.ambito).scope):
        item = LiquidationItem.objects.get()
    hold = reverse("liquidations:hold", args=[item.public_id])
    assert signed_in(accounting).get(hold).status_code == 200
    money.approve(coordinator, run)
    assert signed_in(accounting).get(hold)["Location"] == reverse("liquidations:run", args=[run.public_id])


def test_a_missing_net_is_accounting_s_task(sondrio: Ambito, pot: Any, accounting: User, clerk: User, signed_in: Any) -> None:
    (placement,) = money.make_placements(sondrio, 1)
    row = money.make_month(placement, pot, tax_treatment=TaxTreatment.TAXED)
    page, net = (reverse(f"attendance:{name}", args=[row.public_id]) for name in ("given_month", "net"))
    assert not opened(accounting, signed_in, page), "the month is not final yet"
    with scope(system(sondrio).scope):
        freeze_sheets(sheets=[row.timesheet_id], by=system(sondrio), now=PAST)
    assert (opened(accounting, signed_in, page), opened(clerk, signed_in, page)) == (True, False)
    client = signed_in(accounting)
    assert client.post(net, {"net_amount": "308,00", "net_on": "2026-11-18"})["Location"] == page
    assert client.get(page).status_code == 200, "it stays open to who did it"
    assert not opened(accounting, signed_in, page), "the task is over"


@pytest.mark.parametrize(
    ("states", "has_paper", "role", "opens"),
    [
        (["open"], True, EDUCATOR, True),
        (["open"], False, EDUCATOR, False),  # nothing was printed, nothing came back
        (["open"], True, CLERK, False),  # who does not record
        (["open", "closed"], True, EDUCATOR, False),
        (["open", "closed"], True, COORDINATOR, True),
        (["open", "closed"], False, COORDINATOR, True),
        ([], True, EDUCATOR, False),  # confirmed
        ([], True, COORDINATOR, False),
    ],
)
def test_a_paper_month_waits_for_who_types_it_then_for_who_confirms_it(
    states: list[str], has_paper: bool, role: Role, opens: bool, world: World, signed_in: Any
) -> None:
    walk(world.paper, *states)
    with scope(system(world.ambito).scope):
        october = Timesheet.objects.get(pk=world.october.pk)
        asked = document(world.ambito, "attendance.timesheet", world.paper, 9)
        if not has_paper:
            PaperScan.objects.all().delete()
            Document.objects.filter(pk=world.printed.pk).update(subject_id=october.pk)
    url = reverse("attendance:paper", args=[asked.public_id])
    assert opened(make_user(role, world.ambito, number=32), signed_in, url) is opens


def test_who_confirmed_a_month_answers_for_it(world: World, coordinator: User, signed_in: Any) -> None:
    other = make_user(COORDINATOR, world.ambito, number=32)
    by = system(world.ambito)
    with scope(by.scope):
        act = store_upload(file=SimpleUploadedFile("atto.pdf", b"%PDF-1.7"), kind="x.act", subject=world.paper, by=by)
    walk(world.paper, confirmed_by=coordinator, act_number="12", act_on=TODAY, act_file=act)
    walk(world.october, confirmed_by=coordinator)
    urls = [
        address(world, *page)
        for page in (("attendance:month_act", "paper"), ("attendance:paper", "printed"), ("attendance:given_month", "given"))
    ]
    assert [opened(coordinator, signed_in, url) for url in urls] == [True, True, True]
    assert [opened(other, signed_in, url) for url in urls] == [False, False, False]
    assert not opened(coordinator, signed_in, address(world, "attendance:given", "placement")), "one month, not all of them"


def test_after_the_month_was_typed_it_stays_open_to_who_did(world: World, signed_in: Any, in_sondrio: Any) -> None:
    walk(world.paper, "open")
    educator = make_user(EDUCATOR, world.ambito, number=32)
    client, grid, scan = signed_in(educator), address(world, "attendance:grid", "paper"), address(world, "attendance:scan", "scan")
    assert client.post(grid, {}).status_code == 303
    walk(world.paper, "closed")
    assert looked_at(client, scan).status_code == 200
    assert signed_in(educator).get(scan)["Location"].startswith(world.why)
    assert Upload.objects.count() == 1


# --- Budgets


@pytest.mark.parametrize(
    ("name", "what", "role", "task"),
    [
        ("attendance:given", "placement", ACCOUNTING, in_a_run),
        ("attendance:given_month", "given", ACCOUNTING, in_a_run),
        ("attendance:grid", "paper", EDUCATOR, to_type),
    ],
)
def test_asking_keeps_the_budget(name: str, what: str, role: Role, task: Any, world: World, pot: Any, signed_in: Any) -> None:
    """The dearest way in, which is by a task; the same for one month and for many, for one person and for more."""
    task(world)
    client, url = signed_in(make_user(role, world.ambito, number=32)), address(world, name, what)
    assert client.get(url).status_code == 200
    with OwnQueries() as one:
        client.get(url)
    for month in range(1, 8):
        money.make_month(world.placement, pot, month=date(2027, month, 1))
    make_running_placement(world.ambito, world.placement.company_tutor, world.placement.company, number=7, planned=False)
    with OwnQueries() as many:
        client.get(url)
    assert len(one) <= DETAIL, one
    assert len(many) == len(one), f"{one}\n---\n{many}"
