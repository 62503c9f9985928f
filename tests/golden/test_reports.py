"""Thirty placements by hand: what the month, the quarter, and the comune's sheet must say, the same on page, paper, spreadsheet and CSV.

Placements 1 to 10 live in the first comune (disability), 11 to 26 in the second (mental health), 27 to 30 in the third (disadvantage).
Minutes of each month, by placement:

            planned                    done                                        credited             days
July        30 × 3600 = 108,000        1: 1800, 2: 3650, 28 × 3600 = 106,250       2: 3600 → 106,200    1: 7, 29 × 15 = 442; absent 8
August      20 × 2400 =  48,000        20 × 2400                =  48,000                     48,000    20 × 10 = 200
September   30 × 3000 =  90,000        10 × 2500 + 20 × 3000    =  85,000                     85,000    30 × 12 = 360
Quarter                 246,000                                   239,250                    239,200    1,002

106,250 / 108,000 = 98.38 → 98 %;  239,250 / 246,000 = 97.26 → 97 %.

Placements 1 to 9 end on 30 September: after it 6 stay there, 2 go to a course, of 1 nobody knows. All thirty are to be visited by
15 July: 1 to 20 are on that day, 21 to 26 five days later, 27 to 30 not yet: 20 + 6 + 4 = 30, 20 / 30 = 66.67 → 67 %. The first is also
called once.
"""

import csv
import hashlib
import io
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from html import unescape
from typing import Any

import openpyxl
import pytest
import time_machine

from impresasolidale.core import jobs
from impresasolidale.core.models import Document, Job, Verification
from impresasolidale.core.rendering import html_of
from impresasolidale.core.scope import scope
from impresasolidale.reports.models import ReportRun, SplitKey
from impresasolidale.territory.models import Ambito, Body, Comune
from impresasolidale.territory.selectors import lead_body
from impresasolidale.treasury.models import Budget, Pot
from placements.agreements.enums import PlacementState
from placements.agreements.models import Placement
from placements.attendance.enums import MonthState
from placements.attendance.models import AllowanceShare, MonthAllowance, Timesheet
from placements.beneficiaries.enums import TargetArea
from placements.beneficiaries.models import Beneficiary
from placements.monitoring.models import (
    Evaluation,
    EvaluationAnswer,
    PlacementEvent,
    PlacementOutcome,
    Talk,
    Visit,
)
from placements.monitoring.visit_enums import OutcomeKind, VisitKind, VisitState
from tests.factories import attendance as made

pytestmark = pytest.mark.django_db
JULY, AUGUST, SEPTEMBER = (date(2026, month, 1) for month in (7, 8, 9))
NBSP = "\u00a0"


def sheets_of(number: int) -> list[tuple[date, int, int, int, int, int]]:
    """(month, planned, done, credited, days present, absent) of one placement."""
    july = {1: (1800, 1800, 7, 8), 2: (3650, 3600, 15, 0)}.get(number, (3600, 3600, 15, 0))
    september = 2500 if number <= 10 else 3000
    august = [(AUGUST, 2400, 2400, 2400, 10, 0)] if number <= 20 else []
    return [(JULY, 3600, *july), *august, (SEPTEMBER, 3000, september, september, 12, 0)]


@pytest.fixture
def thirty(sondrio: Ambito) -> list[Comune]:
    """The scenario; its three comuni, in the order of their names."""
    comuni = list(Comune.objects.filter(ambito=sondrio, abolished_on=None).order_by("name")[:3])
    hosts = [made.make_host(sondrio, number=n) for n in (1, 2, 3)]
    tutors = [made.make_tutor(sondrio, host, number=n)[0] for n, host in enumerate(hosts)]
    placements = []
    for number in range(1, 31):
        at = 0 if number <= 12 else 1 if number <= 22 else 2
        dates: dict[str, Any] = {"starts_on": date(2026, 7, 1), "ends_on": date(2026, 12, 31), "planned": False}
        if number <= 9:
            dates |= {"ends_on": date(2026, 9, 30), "ended_on": date(2026, 9, 30), "state": PlacementState.ENDED}
        placements.append(made.make_running_placement(sondrio, tutors[at], hosts[at], number=number, **dates))
    with scope(made.system(sondrio).scope):
        for number, placement in enumerate(placements, start=1):
            group = 0 if number <= 10 else 1 if number <= 26 else 2
            area = (TargetArea.DISABILITY, TargetArea.MENTAL_HEALTH, TargetArea.DISADVANTAGE)[group]
            Beneficiary.objects.filter(pk=placement.beneficiary_id).update(residence=comuni[group], target_area=area)
            for month, planned, done, credited, present, absent in sheets_of(number):
                Timesheet.objects.create(
                    ambito=sondrio, placement=placement, month=month, planned_minutes=planned, done_minutes=done,
                    credited_minutes=credited, days_present=present, days_absent=absent,
                )  # fmt: skip
        _give(sondrio, placements, comuni[2])
    return comuni


def _give(sondrio: Ambito, placements: list[Any], third: Comune) -> None:
    """July: 400.00 to each of the thirty, 12,000.00 of the lead body's budget. September: 333.33 to the first nine and 333.34 to the
    tenth, 3,333.31; and 100.00 to each of the last four, from the third comune's own budget."""
    own = Body.objects.create(name="Comune di Prova", kind="comune", comune=third, network=sondrio.network, ambito=sondrio)
    pots = {}
    for key, body in (("lead", lead_body(sondrio)), ("own", own)):
        pots[key] = Pot.objects.create(network=sondrio.network, name=f"Bilancio {key}", use=Pot.Use.BUDGET)
        Budget.objects.create(ambito=sondrio, body=body, pot=pots[key], year=2026, chapter=f"1204.{key}")
    months = [(placement, JULY, "400.00", "lead") for placement in placements]
    months += [(placement, SEPTEMBER, "333.34" if n == 9 else "333.33", "lead") for n, placement in enumerate(placements[:10])]
    months += [(placement, SEPTEMBER, "100.00", "own") for placement in placements[26:]]
    for placement, month, amount, pot in months:
        sheet = Timesheet.objects.get(placement=placement, month=month)
        Timesheet.objects.filter(pk=sheet.pk).update(state=MonthState.CLOSED, closed_at=datetime(2026, 10, 2, tzinfo=UTC))
        project = placement.projects.get()
        row = MonthAllowance.objects.create(
            ambito=sondrio, timesheet=sheet, placement=placement, month=month, project=project, rulebook=placement.rulebook,
            payer=project.payer, tax_treatment="exempt", rows=[{"amount": amount}], amount=Decimal(amount),
            computed_at=datetime(2026, 10, 5, tzinfo=UTC),
        )  # fmt: skip
        AllowanceShare.objects.create(ambito=sondrio, allowance=row, position=0, pot=pots[pot], amount=Decimal(amount))


@pytest.fixture
def course(thirty: list[Comune], sondrio: Ambito, worker: Any) -> None:
    """What monitoring kept of them."""
    access = made.system(sondrio)
    with scope(access.scope):
        placements = list(Placement.objects.order_by("pk"))
        minutes = Document.objects.create(
            ambito=sondrio, kind="monitoring.minutes", kind_label="Verbale", number="2026/9", subject_type="x", subject_id=1, template="x",
            context={}, context_hash="x", issued_on=JULY,
        )  # fmt: skip
        kinds = [OutcomeKind.HERE] * 6 + [OutcomeKind.TRAINING] * 2 + [OutcomeKind.UNKNOWN]
        for placement, kind in zip(placements, kinds, strict=False):
            PlacementOutcome.objects.create(ambito=sondrio, placement=placement, kind=kind)
        due, done = date(2026, 7, 15), {"state": VisitState.DONE, "document": minutes, "held_by": worker}
        for number, placement in enumerate(placements, start=1):
            held = {} if number > 26 else {"held_on": due if number <= 20 else date(2026, 7, 20), **done}
            Visit.objects.create(ambito=sondrio, placement=placement, due_on=due, **held)
        first, second, third = placements[:3]
        Visit.objects.create(ambito=sondrio, placement=first, kind=VisitKind.PHONE, due_on=AUGUST, held_on=AUGUST, **done)
        PlacementEvent.objects.create(ambito=sondrio, placement=first, kind="conflict", happened_on=AUGUST, text="Prova")
        PlacementEvent.objects.create(ambito=sondrio, placement=first, kind="conflict", happened_on=SEPTEMBER, text="Prova")
        asked = {"came_by": "phone", "reason": "money", "asked_at": datetime(2026, 7, 10, 8, tzinfo=UTC), "due_on": date(2026, 7, 14)}
        answered = {"state": "answered", "answered_on": date(2026, 7, 12), "answered_by": worker, "agreed": "Prova"}
        Talk.objects.create(ambito=sondrio, placement=first, **asked, **answered)
        Talk.objects.create(ambito=sondrio, placement=second, **asked)
        for placement, before, after in ((first, 1, 3), (second, 2, 2), (third, 3, 1)):
            _evaluate(placement, "initial", "office", "arrive", before)
            _evaluate(placement, "final", "office", "arrive", after)
        for placement, value in ((first, 3), (second, 3), (third, None)):
            _evaluate(placement, "satisfaction", "person", "well", value, questions="contento-1")


def _evaluate(placement: Placement, moment: str, voice: str, item: str, value: int | None, *, questions: str = "base-1") -> None:
    day = {"initial": date(2026, 7, 5)}.get(moment, date(2026, 9, 28))
    row = Evaluation.objects.create(
        ambito_id=placement.ambito_id, placement=placement, moment=moment, voice=voice, questions=questions, asked_on=day, due_on=day
    )
    EvaluationAnswer.objects.create(ambito_id=placement.ambito_id, evaluation=row, item=item, value=value)
    Evaluation.objects.filter(pk=row.pk).update(state="given", given_on=day, how="office")


@pytest.fixture
def at_ten() -> Iterator[None]:
    with time_machine.travel("2026-11-18T10:00:00+01:00", tick=True):
        yield


class Four:
    """One report, read in its four forms."""

    def __init__(self, client: Any, kind: str, **asked: Any) -> None:
        answer = client.post(f"/rapporti/nuovo/{kind}/", asked)
        assert answer.status_code == 303, answer.content.decode()
        job = Job.objects.filter(name="reports.make").latest("pk")
        jobs.run(job.pk)
        job.refresh_from_db()
        assert job.state == "done", job.error
        self.address = answer["Location"]
        self.client = client
        self.page = words(client.get(self.address).content.decode())
        assert b"".join(client.get(f"{self.address}pdf/").streaming_content).startswith(b"%PDF")
        with scope(made.system(Ambito.objects.get(name="Sondrio")).scope):
            self.run = ReportRun.objects.latest("pk")
            document = Document.objects.get(pk=self.run.document_id)
            self.paper = words(html_of(document, Verification.objects.get(document_id=document.pk).code))
        self.book = openpyxl.load_workbook(io.BytesIO(b"".join(client.get(f"{self.address}xlsx/").streaming_content)))

    def lines(self, table: str) -> list[list[str]]:
        """Of the CSV."""
        text = b"".join(self.client.get(f"{self.address}tabelle/{table}/").streaming_content)
        found = list(csv.reader(io.StringIO(text.decode("utf-8-sig")), delimiter=";"))
        assert hashlib.sha256(text).hexdigest() == self.run.csv_hashes[table]
        return found[1:]

    def sheet(self, title: str) -> list[list[Any]]:
        rows = [list(row) for row in self.book[title].iter_rows(values_only=True)]
        return rows[2:]

    def say(self, *cells: str) -> None:
        """A row of the page and of the paper, cell by cell."""
        wanted = " ".join(cells).replace(NBSP, " ")
        assert wanted in self.page, f"{wanted}\n{self.page}"
        assert wanted in self.paper, f"{wanted}\n{self.paper}"


def words(html: str) -> str:
    body = html.partition("<body")[2]
    body = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", body, flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).replace(NBSP, " ").split())


def test_the_month(thirty: list[Comune], coordinator: Any, signed_in: Any, at_ten: None) -> None:
    report = Four(signed_in(coordinator), "monitoraggio-mensile", period="2026-07-01")
    report.say("Totale", "1.800 h", "1.770 h 50 min", "1.770 h", "98 %", "442", "8")  # the empty cells between are empty
    rows = report.sheet("I tirocini del mese")
    assert len(rows) == 31
    assert [round(v, 6) for v in rows[-1][4:7]] == [1800, round(106250 / 60, 6), 1770] and rows[-1][7:] == [98, 442, 8]
    assert round(sum(row[5] for row in rows[:-1]), 6) == round(106250 / 60, 6)
    lines = report.lines("tirocini")
    assert len(lines) == 31 and lines[-1] == ["Totale", "", "", "", "1800:00", "1770:50", "1770:00", "98", "442", "8"]
    first = next(line for line in lines if line[5] == "30:00")  # placement 1: half of its month
    assert first[4:] == ["60:00", "30:00", "30:00", "50", "7", "8"]


def test_the_quarter(thirty: list[Comune], coordinator: Any, signed_in: Any, at_ten: None) -> None:
    report = Four(signed_in(coordinator), "attivita-trimestrale", period="2026-07-01")
    # month, people, placements, planned, done, credited, percent, days
    report.say("luglio 2026", "30", "30", "1.800 h", "1.770 h 50 min", "1.770 h", "98 %", "442")
    report.say("agosto 2026", "20", "20", "800 h", "800 h", "800 h", "100 %", "200")
    report.say("settembre 2026", "30", "30", "1.500 h", "1.416 h 40 min", "1.416 h 40 min", "94 %", "360")  # 94.4
    report.say("4.100 h", "3.987 h 30 min", "3.986 h 40 min", "97 %", "1.002")
    #             July           August         September
    # disability: 1800+3650+8×3600 = 34,250; 24,000; 25,000 = 83,250 of 36,000+24,000+30,000 = 90,000: 92.5 → 93 %
    # mental:     57,600; 10 × 2400 = 24,000; 48,000 = 129,600 of the same; disadvantage: 14,400 + 12,000 = 26,400
    areas = {line[0]: line[1:] for line in report.lines("aree")}
    assert areas["disabilità"] == ["10", "10", "1500:00", "1387:30", "1386:40", "93", "362"]  # 7 + 9 × 15 + 100 + 120
    assert areas["salute mentale"][:4] == ["16", "16", "2160:00", "2160:00"]
    assert areas["difficoltà sociale"][:4] == ["4", "4", "440:00", "440:00"]
    assert areas["Totale"] == ["30", "30", "4100:00", "3987:30", "3986:40", "97", "1002"]
    sheet = report.sheet("Per Comune di residenza")
    assert [row[1] for row in sheet] == [10, 16, 4, 30] and sheet[-1][3] == 4100
    indicators = {line[0]: line[1] for line in report.lines("indicatori")}
    assert (indicators["Tirocini iniziati"], indicators["Persone in tirocinio"], indicators["Imprese ospitanti"]) == ("30", "30", "3")


def test_how_the_placements_went(course: None, coordinator: Any, signed_in: Any, at_ten: None) -> None:
    client = signed_in(coordinator)
    report = Four(client, "attivita-trimestrale", period="2026-07-01")

    def told(report: Four, table: str) -> dict[str, list[str]]:
        return {line[0]: line[1:] for line in report.lines(table)}

    outcomes = told(report, "esiti")
    assert outcomes["continua nella stessa impresa"] == ["6", "0", "0"] and outcomes["un corso di formazione"] == ["2", "0", "0"]
    assert outcomes["Totale"] == ["9", "0", "0"]
    report.say("un corso di formazione", "2", "0", "0")
    assert [line[1] for line in report.lines("visite")] == ["20", "6", "4", "30"]
    report.say("fatte entro il loro giorno", "20")
    assert report.sheet("Le visite da fare nel periodo")[-1] == ["Totale", 30]
    held = told(report, "visite-fatte")
    assert (held["visita programmata"], held["telefonata"], held["Totale"]) == (["26", "26"], ["1", "1"], ["", "27"])
    assert told(report, "eventi")["un conflitto"] == ["1", "2"]  # twice the same person
    assert told(report, "richieste")["i soldi"] == ["2"]
    answers = told(report, "risposte")
    assert (answers["dopo 2 o 3 giorni"], answers["ancora da richiamare"], answers["Totale"]) == (["1"], ["1"], ["2"])
    assert report.lines("cambiamenti") == [["autonomia", "l'ufficio", "3", "1", "1", "1"]]  # 1 → 3, 2 → 2, 3 → 1
    assert report.lines("soddisfazione") == [
        ["la persona", "Al tirocinio stava bene", "3", "0", "0", "2", "1"]
    ]  # no, so so, yes, not known
    assert told(report, "indicatori")["Visite fatte"][0] == "26"
    shares = told(report, "quote")
    assert shares["Visite fatte in tempo"][0] == "67" and shares["Valutazioni arrivate"][0] == "100"

    network = Four(client, "rete-trimestre", period="2026-07-01")
    # 9 − 6 would say that three went elsewhere: with 2 and 1 hidden, the 6 goes too; 4 not yet visited take the 6 late ones with them
    outcomes = told(network, "esiti")
    assert outcomes["continua nella stessa impresa"][0] == outcomes["un corso di formazione"][0] == outcomes["non si sa"][0] == ""
    assert outcomes["Totale"][0] == "9" and outcomes["torna al centro diurno"][0] == "0"
    assert [line[1] for line in network.lines("visite")] == ["20", "", "", "30"]
    assert [line[1:] for line in network.lines("eventi")] == [["", ""]] * 7
    assert [line[1] for line in network.lines("richieste")] == [""] * 7
    assert network.lines("cambiamenti") == [["autonomia", "l'ufficio", "", "", "", ""]]
    assert network.lines("soddisfazione")[0][2:] == [""] * 5


def test_the_sheet_of_a_comune(thirty: list[Comune], coordinator: Any, signed_in: Any, at_ten: None) -> None:
    with scope(made.system(Ambito.objects.get(name="Sondrio")).scope):
        SplitKey.objects.create(
            ambito=Ambito.objects.get(name="Sondrio"), valid_from=date(2026, 1, 1), basis="people", act="Verbale 3/2025"
        )
    client = signed_in(coordinator)
    # Together the comuni spend 12,000.00 + 3,333.31 = 15,333.31, by people 10 : 16 : 4.
    #   10/30 = 5,111.1033…, 16/30 = 8,177.7653…, 4/30 = 2,044.4413…: the cent that is left goes to the largest remainder, the second.
    shares = Four(client, "riparto", period="2026-01-01")
    parts = {line[0]: line[2] for line in shares.lines("quote")}
    assert [parts[c.name] for c in thirty] == ["5111,10", "8177,77", "2044,44"] and parts["Totale"] == "15333,31"
    report = Four(client, "scheda-comune", period="2026-01-01", comune=thirty[2].pk)
    # Four people: July 4 × 3600, September 4 × 3000 = 26,400 min = 440 h, all done. The comune's own: 4 × 100.00; its part: 2,044.44.
    report.say("Totale", "440 h", "440 h", "440 h", "100 %")
    report.say("Totale", "2.444,44 €")
    rows = report.sheet("Residenti in tirocinio")
    assert len(rows) == 5 and rows[-1][5:8] == [440, 440, 440]
    assert report.sheet("Soldi a carico del Comune")[-1][2] == 2444.44
    assert [line[2] for line in report.lines("soldi")] == ["400,00", "2044,44", "2444,44"]
    council = Four(client, "scheda-consiglio", period="2026-01-01", comune=thirty[2].pk)
    assert "2.444,44" not in council.page + council.paper and "440 h" not in council.page + council.paper  # four people are few
    assert [line[1] for line in council.lines("numeri")] == ["", "", ""]
    larger = Four(client, "scheda-consiglio", period="2026-01-01", comune=thirty[1].pk)
    assert [line[1] for line in larger.lines("numeri")] == ["16", "16", "3"] and "8.177,77 €" in larger.page


def test_users_and_spending_by_area(thirty: list[Comune], coordinator: Any, signed_in: Any, at_ten: None) -> None:
    report = Four(signed_in(coordinator), "rilevazione-istat", period="2026-01-01")
    # disability: 10 × 400.00 + 3,333.31 = 7,333.31; the others 20 × 400.00 + 4 × 100.00 = 8,400.00
    lines = {line[0]: line[1:] for line in report.lines("aree")}
    assert lines["Disabili"] == ["10", "7333,31"] and lines["Povertà, disagio adulti e senza dimora"] == ["20", "8400,00"]
    assert lines["Totale"] == ["30", "15733,31"]
    report.say("Totale", "30", "15.733,31 €")


def test_the_network_hides_the_four(thirty: list[Comune], coordinator: Any, signed_in: Any, at_ten: None) -> None:
    report = Four(signed_in(coordinator), "rete-trimestre", period="2026-07-01")
    # 30 − 10 − 16 would say 4: the smallest other, 10, goes with it
    lines = {line[0]: line[1] for line in report.lines("aree")}
    assert (lines["disabilità"], lines["salute mentale"], lines["difficoltà sociale"], lines["Totale"]) == ("", "16", "", "30")


def test_nothing_is_made_again_from_data_that_changed(thirty: list[Comune], coordinator: Any, signed_in: Any, at_ten: None) -> None:
    client = signed_in(coordinator)
    report = Four(client, "monitoraggio-mensile", period="2026-07-01")
    with scope(made.system(Ambito.objects.get(name="Sondrio")).scope):
        Timesheet.objects.filter(month=JULY, state=MonthState.OPEN).update(done_minutes=0)
        Timesheet.objects.filter(month=JULY).exclude(state=MonthState.OPEN).update(done_minutes=0)
    again = words(client.get(report.address).content.decode())
    assert "1.770 h 50 min" in again
    assert report.lines("tirocini")[-1][5] == "1770:50"
    assert "1.770 h 50 min" not in Four(client, "monitoraggio-mensile", period="2026-07-01").page  # another run
