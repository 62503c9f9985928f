"""A file of 100,000 rows costs a worker no more memory than one of some thousand: it is read, tried and written piece by piece."""

import gc
import tracemalloc
from datetime import date, timedelta

import pytest

from impresasolidale.core import jobs
from impresasolidale.core.fields import lookup_hash
from impresasolidale.core.models import Job
from impresasolidale.core.scope import scope
from impresasolidale.exchange.enums import ImportKind
from impresasolidale.exchange.models import ImportBatch, ImportRow
from impresasolidale.exchange.services import passes
from placements.beneficiaries.models import Beneficiary
from tests.factories.attendance import make_host, make_running_placement, make_tutor, system
from tests.factories.hosts import make_partita_iva

from .files import csv, upload
from .test_import_placements import HEAD as PLACEMENTS
from .test_imports import COMPANIES, DAYS, PEOPLE, SAME, confirm, match, page, person

pytestmark = pytest.mark.django_db
SLACK = 400 * 1024  # bytes: what an interpreter does beside the work


@pytest.fixture
def running(sondrio):
    company = make_host(sondrio)
    row = make_running_placement(sondrio, make_tutor(sondrio, company)[0], company)
    with scope(system(sondrio).scope):
        Beneficiary.objects.filter(pk=row.beneficiary_id).update(codice_fiscale_hash=lookup_hash(row.beneficiary.codice_fiscale))
    return row


def peak_of(work):
    """Bytes at the worst moment of it, swept as often as in the product."""
    seldom = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        gc.set_threshold(*seldom)


def hand_in(client, kind, rows, name):
    assert client.post(page("new_import"), {"kind": kind, "file": upload(csv(rows), f"{name}.csv")}).status_code == 303
    return ImportBatch.objects.latest("id")


def run(name):
    """Every job of this name that waits, and those that it asks for."""
    while waiting := list(Job.objects.filter(name=name, state="queued").order_by("id").values_list("pk", flat=True)):
        for pk in waiting:
            gc.collect()  # what nobody holds any more is no memory of the next piece
            jobs.run(pk)
    assert not Job.objects.filter(name=name).exclude(state="done").exists()


@pytest.mark.parametrize("many", [6_000, pytest.param(100_000, marks=pytest.mark.deep)])
def test_a_file_is_read_in_the_memory_of_a_few_thousand_rows(office, access, many):
    peaks = []
    for size in (2_000, many):
        rows = ([f"Cognome {n}", f"Nome {n}", "x" * 40] for n in range(size))
        hand_in(office, "people", [["Cognome", "Nome", "Altro"], *rows], f"elenco-{size}")
        peaks.append(peak_of(lambda: run("exchange.read_file")))
        assert ImportRow.objects.filter(batch=ImportBatch.objects.latest("id")).count() == size
    assert peaks[1] <= 1.25 * peaks[0] + SLACK, peaks


def rows_of(kind, count, running):
    """Rows of a kind, most of them good."""
    code, vat = running.beneficiary.codice_fiscale, running.company.partita_iva
    if kind == ImportKind.PEOPLE:
        return PEOPLE, [person(n) for n in range(1, count + 1)], SAME
    if kind == ImportKind.COMPANIES:
        rows = [[f"Bottega {n}", "", make_partita_iva(500 + n), f"Via {n}", "Sondrio", "", "", "", "Piera Prova"] for n in range(count)]
        return COMPANIES, rows, {"fix_kind": "firm"}
    if kind == ImportKind.TUTORS:
        rows = [[f"Cognome {n}", f"Nome {n}", f"t{n}@example.org", vat, "01/09/2026"] for n in range(count)]
        return ["Cognome", "Nome", "Email", "Partita IVA impresa", "Dal"], rows, {}
    if kind == ImportKind.PLACEMENTS:
        row = [code, vat, "", "", "01/09/2026", "28/02/2027", "", "Montare", "Uno", "Due", "Tre", "25/08/2026", "1/2026", "", "", "", ""]
        return PLACEMENTS, [[*row[:12], f"{n}/2026", *row[13:]] for n in range(count)], {}
    days = [date(2026, 10, 1) + timedelta(days=n % 31) for n in range(count)]
    return DAYS, [[code, f"{day:%d/%m/%Y}", "P", "4"] for day in days], {}


# The days in every run; the others, by the same code, in the deep tier.
@pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=[] if kind == ImportKind.ATTENDANCE else pytest.mark.deep) for kind in ImportKind]
)
def test_rows_are_tried_and_written_in_the_memory_of_one_piece(office, access, kind, running, monkeypatch):
    """Peaks of the whole pass over two pieces, and over eight."""
    monkeypatch.setattr(passes, "PIECE", 8)
    monkeypatch.setattr(passes, "PIECE_OF_DAYS", 100)
    piece = 100 if kind == ImportKind.ATTENDANCE else 8
    peaks = {"check": [], "take": []}
    for pieces in (2, 2, 8):  # the first only fills what is kept once
        head, rows, same = rows_of(kind, pieces * piece, running)
        batch = hand_in(office, kind, [head, *rows, [f"{len(peaks['check'])}"]], f"elenco-{len(peaks['check'])}")
        run("exchange.read_file")
        monkeypatch.setattr(f"{match.__module__}.work", lambda: None)
        assert match(office, batch, **same).status_code == 303
        peaks["check"].append(peak_of(lambda: run("exchange.check_rows")))
        batch.refresh_from_db()
        if batch.counts.get("good"):
            confirm(office, batch)
            peaks["take"].append(peak_of(lambda: run("exchange.take_rows")))
    for step, found in peaks.items():
        assert len(found) < 3 or found[2] <= 1.25 * max(found[:2]) + SLACK, (step, found)
