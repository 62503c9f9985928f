"""The same period said five times: page, CSV, workbook, PDF and API of one report agree cell by cell in databases filled at random, and
their totals are those of a sum by hand."""

import csv
import io
import random
import re
import subprocess
from datetime import date
from html import unescape
from typing import Any

import openpyxl
import pytest
import time_machine

from impresasolidale.core import jobs
from impresasolidale.core.models import Job
from impresasolidale.core.scope import scope
from impresasolidale.reports.models import ReportRun
from impresasolidale.territory.models import Ambito, Comune
from placements.agreements.models import Placement
from placements.attendance.models import Timesheet
from placements.beneficiaries.enums import TargetArea
from placements.beneficiaries.models import Beneficiary
from tests.api.conftest import Program, make_key
from tests.factories import attendance as made

pytestmark = pytest.mark.django_db
MONTHS = [date(2026, month, 1) for month in (7, 8, 9)]
KINDS = ("monitoraggio-mensile", "attivita-trimestrale")
PEOPLE = 9


@pytest.fixture
def placements(sondrio: Ambito) -> list[Placement]:
    hosts = [made.make_host(sondrio, number=n) for n in (1, 2)]
    tutors = [made.make_tutor(sondrio, host, number=n)[0] for n, host in enumerate(hosts)]
    return [
        made.make_running_placement(
            sondrio, tutors[n % 2], hosts[n % 2], number=n, starts_on=MONTHS[0], ends_on=date(2026, 12, 31), planned=False
        )
        for n in range(PEOPLE)
    ]


def fill(sondrio: Ambito, placements: list[Placement], rng: random.Random) -> None:
    """A database of its own: other months, other sums, other comuni and areas; nought, one minute and large numbers among them."""
    comuni = list(Comune.objects.filter(ambito=sondrio, abolished_on=None).order_by("name")[:3])
    with scope(made.system(sondrio).scope):
        for placement in placements:
            Beneficiary.objects.filter(pk=placement.beneficiary_id).update(
                residence=rng.choice(comuni), target_area=rng.choice(TargetArea.values)
            )
            for month in MONTHS:
                if rng.random() < 0.2:
                    continue
                planned = rng.choice((0, 1, 59, 60, 61, rng.randrange(20_000)))
                done = rng.choice((0, planned, rng.randrange(planned + 1), planned + rng.randrange(600)))
                Timesheet.objects.create(
                    ambito=sondrio, placement=placement, month=month, planned_minutes=planned, done_minutes=done,
                    credited_minutes=min(planned, done), days_present=rng.randrange(24), days_absent=rng.randrange(8),
                )  # fmt: skip


def number(text: str) -> int:
    return int(text.replace(".", "")) if text else 0


def plain(text: str) -> str:
    """A cell of page or PDF as the API says it: minutes and whole numbers alone, a dash for nothing."""
    text = " ".join(text.replace("\u00a0", " ").split())
    if text in ("—", ""):
        return ""
    if match := re.fullmatch(r"(?:([\d.]+) h)?(?: ?(\d+) min)?", text):
        return str(number(match[1] or "") * 60 + number(match[2] or ""))
    if match := re.fullmatch(r"([\d.]+)(?: %)?", text):
        return str(number(match[1]))
    return text


def of_csv(cell: str) -> str:
    match = re.fullmatch(r"(\d+):(\d\d)", cell)
    return str(int(match[1]) * 60 + int(match[2])) if match else cell


def of_workbook(cell: Any, kind: str) -> str:
    if cell is None:
        return ""
    return str(round(cell * 60)) if kind == "minutes" else str(cell)


def rows_of(html: str) -> list[list[str]]:
    """Every row of every table of a page."""
    found = []
    for row in re.findall(r"<tr\b[^>]*>(.*?)</tr>", html, re.S):
        found.append([plain(unescape(re.sub(r"<[^>]+>", " ", cell))) for cell in re.findall(r"<t[dh]\b[^>]*>(.*?)</t[dh]>", row, re.S)])
    return found


def written(value: str, kind: str) -> str:
    """What the API says, as the PDF writes it: by a rule of the test's own."""
    if value == "":
        return "—"
    if kind == "minutes":
        hours, minutes = divmod(int(value), 60)
        whole = f"{hours:,} h".replace(",", ".") if hours or not minutes else ""
        return " ".join(filter(None, (whole, f"{minutes} min" if minutes else "")))
    if kind == "percent":
        return f"{value} %"
    return f"{int(value):,}".replace(",", ".") if kind == "int" else value


class Five:
    """One report, read in its five forms: table → rows of plain cells, totals last."""

    def __init__(self, client: Any, program: Program, kind: str) -> None:
        answer = client.post(f"/rapporti/nuovo/{kind}/", {"period": "2026-07-01"})
        assert answer.status_code == 303
        job = Job.objects.filter(name="reports.make").latest("pk")
        jobs.run(job.pk)
        there = answer["Location"]
        public_id = there.rstrip("/").rpartition("/")[2]
        asked = program.get(f"reports/{public_id}/").json()
        with scope(made.system(Ambito.objects.get(name="Sondrio")).scope):
            kept = ReportRun.objects.get(public_id=public_id).tables["tables"]
        self.kinds = {table["code"]: [column["kind"] for column in table["columns"]] for table in kept}
        self.has_total = {table["code"]: table["totals"] is not None for table in kept}
        self.api = {t["code"]: [[cell or "" for cell in row] for row in t["rows"]] for t in asked["tables"]}
        self.csv = {code: [[of_csv(cell) for cell in row] for row in self._csv(client, f"{there}tabelle/{code}/")] for code in self.kinds}
        book = openpyxl.load_workbook(io.BytesIO(b"".join(client.get(f"{there}xlsx/").streaming_content)))
        self.xlsx = {}
        for place, table in enumerate(kept):
            lines = [[cell.value for cell in line] for line in book.worksheets[place].iter_rows(min_row=3)]
            kinds = self.kinds[table["code"]]
            self.xlsx[table["code"]] = [[of_workbook(cell, kind) for cell, kind in zip(line, kinds, strict=False)] for line in lines]
        self.page = rows_of(client.get(there).content.decode())
        pdf = b"".join(client.get(f"{there}pdf/").streaming_content)
        told = subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
        self.pdf = " ".join(told.replace("\u00a0", " ").replace("\u00ad", "").split())

    @staticmethod
    def _csv(client: Any, address: str) -> list[list[str]]:
        text = b"".join(client.get(address).streaming_content).decode("utf-8-sig")
        return list(csv.reader(io.StringIO(text), delimiter=";"))[1:]


def agree(five: Five) -> int:
    """How many cells were compared."""
    compared = 0
    for code, kinds in five.kinds.items():
        whole = five.csv[code]
        assert five.xlsx[code] == whole, code
        assert five.api[code] == (whole[:-1] if five.has_total[code] else whole), code
        for place, row in enumerate(whole):
            is_total = five.has_total[code] and place == len(whole) - 1  # what has no sum stays empty there, not a dash
            assert row in five.page, (code, row)
            cells = [(cell, kind) for cell, kind in zip(row, kinds, strict=True) if kind not in ("text", "word")]
            numbers = [written(cell, kind) for cell, kind in cells if cell or not is_total]
            assert " ".join(numbers) in five.pdf, (code, row, numbers)
            compared += len(row)
    return compared


@pytest.mark.parametrize("databases", [2, pytest.param(1_000, marks=pytest.mark.deep)])
def test_five_forms_of_one_period_agree(
    sondrio: Ambito, placements: list[Placement], coordinator: Any, signed_in: Any, databases: int
) -> None:
    client, program = signed_in(coordinator), Program(make_key(coordinator))
    cells = 0
    with time_machine.travel("2026-11-18T10:00:00+01:00", tick=True):
        for seed in range(databases):
            rng = random.Random(seed)
            with scope(made.system(sondrio).scope):
                Timesheet.objects.all().delete()
            fill(sondrio, placements, rng)
            kind = KINDS[seed % len(KINDS)]
            five = Five(client, program, kind)
            cells += agree(five)
            with scope(made.system(sondrio).scope):
                months = MONTHS[:1] if kind == KINDS[0] else MONTHS
                sheets = list(Timesheet.objects.filter(month__in=months).values_list("planned_minutes", "done_minutes", "credited_minutes"))
            table = "tirocini" if kind == KINDS[0] else "aree"
            minutes = [place for place, each in enumerate(five.kinds[table]) if each == "minutes"]
            by_hand = [str(sum(column)) for column in zip(*sheets, strict=True)] or ["0"] * 3
            assert [five.csv[table][-1][place] for place in minutes] == by_hand, seed
    print(f"{databases} databases, {cells} cells the same in five forms")
