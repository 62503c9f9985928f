"""Checks by sample through the doors: what is drawn and why, who may look at it, what is found, closing; and who is kept out."""

import csv
import io
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, reset_queries, transaction
from django.urls import reverse
from django.utils import timezone

from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.accounts.services import OutsideAct
from impresasolidale.core.models import Fact, Look
from impresasolidale.core.scope import scope
from impresasolidale.territory.models import Comune
from impresasolidale.treasury import sample_rules as rules
from impresasolidale.treasury.enums import CheckKind, ItemState, Risk, SampleOutcome, SampleState
from impresasolidale.treasury.models import ItemCheck, LiquidationItem, Sample, SampledItem
from impresasolidale.treasury.selectors import samples as selectors
from impresasolidale.treasury.services import answers
from placements.attendance.enums import Channel, MonthState
from placements.attendance.models import Adjustment, AttendanceEvent, PlannedSession, Timesheet
from placements.attendance.selectors.samples import told_of
from placements.attendance.services import samples as services
from placements.beneficiaries.enums import PaymentKind
from placements.beneficiaries.models import PaymentWay
from tests.factories import liquidations as made
from tests.factories.attendance import system
from tests.factories.fixtures import TODAY, make_user
from tests.factories.liquidations import OCTOBER
from tests.support.queries import OwnQueries

pytestmark = pytest.mark.django_db

DRAW = reverse("composing:draw")
LIST = reverse("liquidations:samples")
PERIOD = {"since": "2026-11-01", "until": "2026-11-18"}
WANTED = {**PERIOD, "share": "10", "minimum": "5"}
WORDS = "Manca il foglio firmato"


@pytest.fixture(autouse=True)
def _storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def third(sondrio):
    """Somebody of the office who had no part in what was paid."""
    return make_user(Role.ACCOUNTING, sondrio, number=9)


def pay(accounting, run, on="12/11/2026"):
    """Every row of it paid on a day."""
    by = access_for(accounting)
    with scope(by.scope):
        lines = [f"{item.position};pagato;881;{on};Q1" for item in LiquidationItem.objects.filter(run=run, state=ItemState.SENT)]
        answers.record_answers(run=run, text="\n".join(lines), by=by, today=TODAY)


@pytest.fixture
def paid(sondrio, body, pot, clerk, coordinator, accounting):
    """paid(amounts) → the months of as many people, liquidated and paid."""
    first = iter(range(1, 1000, 50))

    def make(*amounts):
        placements = made.make_placements(sondrio, len(amounts), first=next(first))
        months = [made.make_month(p, pot, amount=amount) for p, amount in zip(placements, amounts, strict=True)]
        pay(accounting, made.approve(coordinator, made.prepare(clerk, body)))
        return months

    return make


def draw(user, *, share=100, minimum=1, since=date(2026, 11, 1), until=TODAY):
    by = access_for(user)
    with scope(by.scope):
        return services.draw_sample(since=since, until=until, share=share, minimum=minimum, by=by, today=TODAY)


def judge(user, row, outcome=SampleOutcome.IN_ORDER, words="", seen=1):
    by = access_for(user)
    with scope(by.scope):
        return services.judge(row=row, outcome=outcome, words=words, seen=seen, by=by, now=timezone.now())


def rows_of(sondrio, sample):
    with scope(system(sondrio).scope):
        return selectors.drawn_of(sample)


def page_of(sample):
    return reverse("composing:sample", args=[sample.public_id])


def close_url(sample):
    return reverse("liquidations:close_sample", args=[sample.public_id])


def judge_url(row):
    return reverse("composing:judge", args=[row.public_id])


def text_of(response):
    return response.getvalue().decode()


# --- The journey


def test_from_the_draw_to_the_closed_check(sondrio, paid, clerk, third, coordinator, signed_in):
    """Six rows, 2,001.50 euro: ten of a hundred is one, but at least five are drawn."""
    paid("400", "300", "250.50", "350", "301", "400")
    money, office = signed_in(third), signed_in(coordinator)
    assert "Ancora nessun controllo" in text_of(money.get(LIST)) and "Estrai un campione" in text_of(money.get(LIST))
    assert "al massimo" not in text_of(money.get(DRAW))
    answer = office.post(DRAW, WANTED)
    with scope(system(sondrio).scope):
        sample = Sample.objects.get()
        total = sum(row.item.amount for row in selectors.drawn_of(sample))
    assert answer["Location"] == page_of(sample)
    assert (sample.number, sample.rows, sample.amount) == ("2026/000001", 6, Decimal("2001.50"))
    assert rules.draw(sample.seed, sample.pool, share=10, minimum=5) and len(sample.seed) == 32
    page = text_of(money.get(page_of(sample)))
    assert sample.seed in page and f"{total:,.2f}".replace(",", " ").replace(".", ",").replace(" ", ".") in page
    assert "2.001,50" in page and "di 6" in page and page.count("Scrivi com'è") == 5
    assert "Scrivi com" not in text_of(office.get(page_of(sample)))  # who approved hears that another looks
    assert "La guarda un'altra persona" in text_of(office.get(page_of(sample)))
    first, second, *others = rows_of(sondrio, sample)
    wrong = {"outcome": "wrong", "words": "Due giorni in più", "row_version": 1}
    assert money.post(judge_url(first), wrong)["Location"] == page_of(sample)
    assert money.post(judge_url(second), {"outcome": "no_paper", "words": WORDS, "row_version": 1}).status_code == 303
    page = text_of(money.get(page_of(sample)))
    assert "Due giorni in più" in page and WORDS in page
    assert reverse("composing:recover", args=[first.item.public_id]) in page
    assert reverse("composing:recover", args=[second.item.public_id]) not in page
    assert "Chiudi il controllo" not in page
    early = money.post(close_url(sample))
    assert early.status_code == 422 and "ancora righe da guardare" in text_of(early)
    for row in others:
        assert money.post(judge_url(row), {"outcome": "in_order", "row_version": 1}).status_code == 303
    assert "Chiudi il controllo" in text_of(money.get(page_of(sample)))
    assert "gli esiti non cambiano" in text_of(money.get(close_url(sample)))
    assert money.post(close_url(sample))["Location"] == page_of(sample)
    assert money.post(close_url(sample)).status_code == 409
    with scope(system(sondrio).scope):
        closed = Sample.objects.get()
    assert (closed.state, closed.closed_by_id) == (SampleState.CLOSED, third.pk)
    listed = text_of(money.get(LIST))
    assert "5 di 6" in listed and "chiuso" in listed
    late = money.post(judge_url(first), {"outcome": "in_order", "row_version": 2})
    assert late.status_code == 409 and "chiuso" in text_of(late)
    assert money.get(judge_url(first))["Location"] == money.get(close_url(sample))["Location"] == page_of(sample)


# --- The draw


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"since": "2026-11-18", "until": "2026-11-01"}, "finisce prima di cominciare"),
        ({"until": (TODAY + timedelta(days=1)).isoformat()}, "al massimo fino a oggi"),
        ({"since": "2026-01-01", "until": "2026-02-01"}, "non è stato pagato niente"),
        ({"share": "0"}, "maggiore o uguale a 1"),
        ({"share": "101"}, "minore o uguale a 100"),
        ({"minimum": "0"}, "maggiore o uguale a 1"),
    ],
)
def test_a_draw_that_cannot_be_is_told_why(sondrio, paid, coordinator, signed_in, changes, words):
    paid("400")
    answer = signed_in(coordinator).post(DRAW, {**WANTED, **changes})
    assert answer.status_code == 422 and words in text_of(answer)
    with scope(system(sondrio).scope):
        assert not Sample.objects.exists()
    assert draw(coordinator).number == "2026/000001"  # a refusal takes no number


def test_a_row_is_drawn_once_for_ever(sondrio, paid, coordinator, signed_in):
    paid("400", "300", "200")
    one, other = draw(coordinator, share=30), draw(coordinator)
    drawn = [row.item_id for sample in (one, other) for row in rows_of(sondrio, sample)]
    assert (one.rows, other.rows, len(drawn), len(set(drawn))) == (3, 2, 3, 3)
    again = signed_in(coordinator).post(DRAW, WANTED)
    assert again.status_code == 422 and "già stata estratta" in text_of(again)


def test_only_what_was_paid_in_the_period_is_drawn(sondrio, body, pot, paid, clerk, coordinator):
    paid("400")
    (placement,) = made.make_placements(sondrio, 1, first=900)
    made.make_month(placement, pot)
    made.approve(coordinator, made.prepare(clerk, body))  # sent, no order yet
    assert draw(coordinator, since=date(2026, 11, 12), until=date(2026, 11, 12)).rows == 1


def test_the_draw_can_be_done_again_from_its_files(sondrio, paid, coordinator, third, signed_in):
    paid("400", "300", "200", "100")
    sample = draw(coordinator, share=50)
    client = signed_in(third)
    files = [reverse("liquidations:sample_file", args=[sample.public_id, kind, "csv"]) for kind in ("biglietti", "righe")]
    tickets, drawn = (list(csv.reader(io.StringIO(text_of(client.get(file)).removeprefix("\ufeff")), delimiter=";")) for file in files)
    pool = {row[0]: int(row[1]) for row in tickets[1:]}
    again = rules.draw(sample.seed, pool, share=50, minimum=1)
    assert sorted(again) == sorted(row[-1] for row in drawn[1:]) == sorted(row[0] for row in tickets[1:] if row[3] == "sì")
    assert {row[0]: row[2] for row in tickets[1:]} == {row: rules.value(sample.seed, row, n) for row, n in pool.items()}
    assert all(row.item.person not in str(tickets) for row in rows_of(sondrio, sample))


# --- Why a row is likelier


def test_what_the_liquidation_tells(sondrio, body, pot, clerk, coordinator, accounting, third):
    """Five rows: in cash; to somebody else; with a check let pass; paid after a refusal, and the highest; nothing. One act."""
    placements = made.make_placements(sondrio, 5)
    months = [made.make_month(p, pot, amount=amount) for p, amount in zip(placements, ("400", "400", "400", "500", "400"), strict=True)]
    run = made.approve(coordinator, made.prepare(clerk, body))
    refused = made.item_of(sondrio, run, months[3])
    by = access_for(accounting)
    with scope(by.scope):
        answers.record_answers(run=run, text=f"{refused.position};respinto;;;Conto chiuso", by=by, today=TODAY)
    with scope(system(sondrio).scope):
        ItemCheck.objects.filter(item=made.item_of(sondrio, run, months[2]), kind=CheckKind.AGREEMENT).update(
            passed=False, waived_until=TODAY, waived_reason="Arriva", waived_by=coordinator
        )
    pay(accounting, run)
    alone = made.prepare(coordinator, body)
    act = SimpleUploadedFile("atto.pdf", b"%PDF-1.4\n%%EOF", "application/pdf")
    pay(accounting, made.approve(coordinator, alone, act=OutsideAct("12", TODAY), act_file=act))
    found = {row.item.source_id: row.reasons for row in rows_of(sondrio, draw(third))}
    assert [found[month.pk] for month in months] == [[], [], ["waived"], ["one_person", "refused", "large"], []]


@pytest.mark.parametrize("kind", [PaymentKind.CASH, PaymentKind.SUPPLIER])
def test_how_it_was_paid(sondrio, body, pot, clerk, coordinator, accounting, third, kind):
    placements = made.make_placements(sondrio, 2)
    months = [made.make_month(p, pot) for p in placements]
    with scope(system(sondrio).scope):
        PaymentWay.objects.filter(beneficiary=placements[0].beneficiary).update(
            kind=kind, **({"iban": None} if kind == PaymentKind.CASH else {"holder": "Bottega", "holder_code": "00743110157"})
        )
    pay(accounting, made.approve(coordinator, made.prepare(clerk, body)))
    found = {row.item.source_id: row.reasons for row in rows_of(sondrio, draw(third))}
    assert found == {months[0].pk: ["cash" if kind == PaymentKind.CASH else "other_payee"], months[1].pk: []}


def said(month, day, minutes, *, channel=Channel.PORTAL, at=None):
    return AttendanceEvent.objects.create(
        ambito=month.ambito,
        placement=month.placement,
        day=day,
        outcome="present" if minutes else "sick",
        minutes=minutes,
        channel=channel,
        recorded_at=at or datetime.combine(day, time(18), UTC),
    )


def test_what_the_months_tell(sondrio, pot):
    """Two days of 240 minutes planned in each month: on paper and as planned; as planned with a day corrected; one absence; corrected once
    final; nothing said."""
    months = [made.make_month(p, pot, state=MonthState.OPEN) for p in made.make_placements(sondrio, 5)]
    days = (date(2026, 10, 6), date(2026, 10, 7))
    by = system(sondrio)
    with scope(by.scope):
        for month in months:
            for day in days:
                PlannedSession.objects.create(ambito=sondrio, placement=month.placement, day=day, starts_at=time(9), minutes=240)
        paper, again, absent, final, _silent = months
        for month in (paper, again, final):
            Timesheet.objects.filter(pk=month.timesheet_id).update(planned_minutes=480, done_minutes=480)
        Timesheet.objects.filter(pk=absent.timesheet_id).update(planned_minutes=480, done_minutes=240)
        for day in days:
            said(paper, day, 240, channel=Channel.PAPER)
            said(again, day, 240)
            said(final, day, 240)
        said(absent, days[0], 240)
        said(absent, days[1], 0)
        at = datetime(2026, 11, 2, 9, tzinfo=UTC)
        Fact.objects.create(
            code="attendance.timesheet.reopened", subject_type="attendance.timesheet", subject_id=again.timesheet_id,
            reason="Errore", at=at, ambito_id=sondrio.pk, network_id=sondrio.network_id,
        )  # fmt: skip
        said(again, days[1], 240, at=at + timedelta(minutes=5))
        Adjustment.objects.create(
            ambito=sondrio, placement=final.placement, about_month=OCTOBER, amount=Decimal("-10"), words="Un giorno", reason="Errore",
            facts=[{"day": "2026-10-07", "outcome": "sick", "minutes": 0, "was_outcome": "present", "was_minutes": 240}],
        )  # fmt: skip
        found = told_of([month.pk for month in months])
    assert [found["attendance.monthallowance", month.pk] for month in months] == [
        [Risk.ON_PAPER, Risk.AS_PLANNED], [Risk.CORRECTED, Risk.AS_PLANNED], [], [Risk.CORRECTED, Risk.AS_PLANNED], [],
    ]  # fmt: skip


# --- Who looks


def test_who_prepared_approved_or_confirmed_does_not_look(sondrio, body, pot, clerk, coordinator, accounting, third, signed_in):
    (placement,) = made.make_placements(sondrio, 1)
    month = made.make_month(placement, pot)
    confirmer = make_user(Role.COORDINATOR, sondrio, number=5)
    with scope(system(sondrio).scope):
        Timesheet.objects.filter(pk=month.timesheet_id).update(confirmed_by=confirmer)
    pay(accounting, made.approve(coordinator, made.prepare(clerk, body)))
    sample = draw(coordinator)
    (row,) = rows_of(sondrio, sample)
    for user, words in ((clerk, "preparata o approvata tu"), (coordinator, "preparata o approvata tu"), (confirmer, "confermato tu")):
        client = signed_in(user)
        assert judge_url(row) not in text_of(client.get(page_of(sample)))
        refused = client.post(judge_url(row), {"outcome": "in_order", "row_version": 1})
        assert refused.status_code == 422 and words in text_of(refused)
    client = signed_in(third)
    assert judge_url(row) in text_of(client.get(page_of(sample)))
    assert client.post(judge_url(row), {"outcome": "in_order", "row_version": 1}).status_code == 303


def test_the_database_refuses_who_had_a_part(sondrio, paid, clerk, coordinator):
    paid("400")
    (row,) = rows_of(sondrio, draw(coordinator))
    for user in (clerk, coordinator):
        with scope(system(sondrio).scope), pytest.raises(IntegrityError, match="who paid item"), transaction.atomic():
            SampledItem.objects.filter(pk=row.pk).update(outcome="in_order", checked_by=user, checked_at=timezone.now())


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"outcome": ""}, "Scegli che cosa hai trovato"),
        ({"outcome": "pending"}, "Scegli"),
        ({"outcome": "no_paper", "words": " "}, "Scrivi che cosa non va"),
        ({"outcome": "wrong"}, "Scrivi che cosa non va"),
    ],
)
def test_an_outcome_says_what_is_wrong(sondrio, paid, coordinator, third, signed_in, values, words):
    paid("400")
    sample = draw(coordinator)
    (row,) = rows_of(sondrio, sample)
    answer = signed_in(third).post(judge_url(row), {"row_version": 1, **values})
    assert answer.status_code == 422 and words in text_of(answer)
    assert rows_of(sondrio, sample)[0].outcome == SampleOutcome.PENDING


def test_of_two_who_look_the_second_sees_what_the_first_wrote(sondrio, paid, coordinator, third, accounting, signed_in):
    paid("400")
    sample = draw(coordinator)
    (row,) = rows_of(sondrio, sample)
    assert signed_in(third).post(judge_url(row), {"outcome": "wrong", "words": WORDS, "row_version": 1}).status_code == 303
    client = signed_in(accounting)
    late = client.post(judge_url(row), {"outcome": "in_order", "row_version": 1})
    assert late.status_code == 409
    assert WORDS in text_of(client.get(judge_url(row)))  # it is put right from what stands
    assert client.post(judge_url(row), {"outcome": "in_order", "row_version": 2}).status_code == 303
    (now,) = rows_of(sondrio, sample)
    assert (now.outcome, now.checked_by_id, now.words) == (SampleOutcome.IN_ORDER, accounting.pk, "")


def test_the_draw_is_for_who_approves(sondrio, paid, clerk, accounting, signed_in):
    paid("400")
    client = signed_in(clerk)
    assert client.get(DRAW).status_code == client.post(DRAW, WANTED).status_code == 403
    assert DRAW not in text_of(client.get(LIST))
    assert signed_in(accounting).post(DRAW, WANTED).status_code == 303
    for role in (Role.SOCIAL_WORKER, Role.PROMOTER_TUTOR):
        assert signed_in(make_user(role, sondrio, number=8)).get(LIST).status_code == 403


def test_another_ambito_finds_nothing(sondrio, tirano, paid, coordinator, signed_in):
    paid("400")
    sample = draw(coordinator)
    (row,) = rows_of(sondrio, sample)
    client = signed_in(make_user(Role.COORDINATOR, tirano, number=7))
    assert sample.number not in text_of(client.get(LIST))
    file = reverse("liquidations:sample_file", args=[sample.public_id, "righe", "csv"])
    for address in (page_of(sample), close_url(sample), judge_url(row), file):
        assert client.get(address).status_code == 404
    for address in (close_url(sample), judge_url(row)):
        assert client.post(address, {"outcome": "in_order", "row_version": 1}).status_code == 404
    assert "non è stato pagato niente" in text_of(client.post(DRAW, WANTED))


def test_a_membership_of_some_comuni_sees_none(sondrio, paid, coordinator, signed_in):
    paid("400")
    sample = draw(coordinator)
    limited = make_user(Role.COORDINATOR, sondrio, number=6, comune=Comune.objects.filter(ambito=sondrio).first())
    client = signed_in(limited)
    assert sample.number not in text_of(client.get(LIST))
    assert client.get(page_of(sample)).status_code == 404
    with pytest.raises(PermissionDenied, match="comuni"):
        draw(limited)


def test_a_drawn_month_opens_without_a_reason_while_its_sample_is_open(sondrio, paid, coordinator, third, signed_in):
    (month,) = paid("400")
    client, address = signed_in(third), reverse("attendance:given_month", args=[month.public_id])
    assert client.get(address).status_code != 200  # why?
    sample = draw(coordinator)
    assert client.get(address).status_code == 200
    (row,) = rows_of(sondrio, sample)
    judge(third, row)
    assert client.post(close_url(sample)).status_code == 303
    assert client.get(address).status_code != 200


# --- What stays


@pytest.mark.parametrize(
    "change", [{"seed": "0"}, {"pool": {}}, {"share": 50}, {"rows": 9}, {"amount": Decimal(1)}, {"until": TODAY - timedelta(days=1)}]
)
def test_what_was_drawn_stays(sondrio, paid, coordinator, change):
    paid("400")
    sample = draw(coordinator)
    with scope(system(sondrio).scope), pytest.raises(IntegrityError, match="kept as it was drawn"), transaction.atomic():
        Sample.objects.filter(pk=sample.pk).update(**change)


def test_a_sample_closes_whole_and_then_stands_still(sondrio, paid, coordinator, third):
    paid("400")
    sample = draw(coordinator)
    (row,) = rows_of(sondrio, sample)
    closed = {"state": SampleState.CLOSED, "closed_by": third, "closed_at": timezone.now()}
    with scope(system(sondrio).scope):
        mine, its = Sample.objects.filter(pk=sample.pk), SampledItem.objects.filter(pk=row.pk)
        with pytest.raises(IntegrityError, match="still to look at"), transaction.atomic():
            mine.update(**closed)
        with pytest.raises(IntegrityError, match="stays drawn"), transaction.atomic():
            its.update(reasons=["cash"])
    judge(third, row)
    with scope(system(sondrio).scope):
        mine.update(**closed)
        with pytest.raises(IntegrityError, match="is closed"), transaction.atomic():
            its.update(outcome="wrong", words=WORDS)
        with pytest.raises(IntegrityError, match="kept"), transaction.atomic():
            mine.update(row_version=9)
        with pytest.raises(IntegrityError, match="stays drawn"), transaction.atomic():
            its.delete()
        with pytest.raises(IntegrityError, match="protected"), transaction.atomic():
            mine.delete()


# --- Looks, files, speed


def test_page_and_files_are_noted(sondrio, paid, coordinator, third, signed_in):
    paid("400", "300")
    sample, client = draw(coordinator), signed_in(third)
    client.get(page_of(sample))
    address = reverse("liquidations:sample_file", args=[sample.public_id, "righe", "xlsx"])
    book = openpyxl.load_workbook(io.BytesIO(client.get(address).content))
    head, *lines = book.active.iter_rows(values_only=True)
    assert sum(line[head.index("Importo")] for line in lines) == 700 and {line[head.index("Esito")] for line in lines} == {"da guardare"}
    with scope(system(sondrio).scope):
        looks = list(Look.objects.filter(actor_id=third.pk, subject_type="treasury.sample").values_list("kind", "place").order_by("id"))
    assert looks == [("detail", "composing:sample"), ("export", "liquidations:sample_file:righe")]
    for kind, ending in (("altro", "csv"), ("righe", "pdf")):
        assert client.get(reverse("liquidations:sample_file", args=[sample.public_id, kind, ending])).status_code == 404


def test_as_many_queries_for_two_rows_as_for_twelve(sondrio, paid, coordinator, third, signed_in):
    client = signed_in(third)
    counted = []
    for amounts in (("400", "300"), tuple(str(300 + n) for n in range(12))):
        paid(*amounts)
        by = access_for(coordinator)
        reset_queries()
        with scope(by.scope), OwnQueries() as drawing:
            sample = services.draw_sample(since=date(2026, 11, 1), until=TODAY, share=100, minimum=1, by=by, today=TODAY)
        client.get(page_of(sample))
        with OwnQueries() as page:
            assert client.get(page_of(sample)).status_code == 200
        with OwnQueries() as listed:
            assert client.get(LIST).status_code == 200
        counted.append((len(drawing), len(page), len(listed)))
    assert counted[0] == counted[1]
    assert counted[0][1] <= 6 and counted[0][2] <= 4, counted
