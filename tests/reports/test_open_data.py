"""Open data: what is in a release, what is not, and what nobody works out from it."""

import csv
import hashlib
import io
import itertools
import json
import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from companies.hosts.ateco import section
from companies.hosts.models import Company
from impresasolidale.accounts.models import User
from impresasolidale.core import jobs
from impresasolidale.core.models import Fact
from impresasolidale.core.scope import Scope, scope
from impresasolidale.core.small_numbers import Bundle, hide_bundles
from impresasolidale.reports import open_data, services
from impresasolidale.reports.models import OpenDataRelease
from impresasolidale.reports.open_data import BY_DATASET, DATASETS, file_of, last_settled
from impresasolidale.reports.tables import Column, Content, Kind, as_values, table
from impresasolidale.territory.models import Ambito, Comune, Network
from placements.agreements.enums import PlacementState
from placements.agreements.models import Placement
from placements.attendance.models import Timesheet
from placements.beneficiaries.models import Beneficiary
from solidarity_fund.models import Publication
from tests.factories import attendance as made
from tests.factories.jobs import work_off

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 30)
FILE = "/dati-aperti/2026-10/{}"


@pytest.fixture(autouse=True)
def _november(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args, **kwargs: TODAY)


def run(ambito: Ambito, people: int, *, starts: date = date(2026, 7, 1), number: int = 1) -> None:
    """That many placements running since a day in one company, each with September's and October's sheet of 600 and 480 minutes."""
    company = made.make_host(ambito, number=number)
    tutor, _user = made.make_tutor(ambito, company)
    for n in range(people):
        placement = made.make_running_placement(ambito, tutor, company, number=100 * number + n, starts_on=starts, planned=False)
        with scope(made.system(ambito).scope):
            for month in (date(2026, 9, 1), date(2026, 10, 1)):
                Timesheet.objects.create(
                    ambito=ambito, placement=placement, month=month, planned_minutes=600, done_minutes=480, days_present=3
                )


def publish(network: Network, today: date = TODAY) -> OpenDataRelease:
    return services.publish_open_data(network_id=network.pk, today=today)


def rows_of(release: OpenDataRelease, dataset: str, period: str) -> dict[str, list[Any]]:
    return {row[1]: row[2:] for row in release.rows[dataset] if row[0] == period}


# --- What is in it


@pytest.mark.parametrize(
    ("today", "month"),
    [
        (date(2026, 11, 30), date(2026, 10, 1)),
        (date(2026, 11, 9), date(2026, 9, 1)),  # October's sheets are still being closed
        (date(2026, 11, 10), date(2026, 10, 1)),
        (date(2027, 1, 10), date(2026, 12, 1)),
    ],
)
def test_a_month_is_published_once_its_sheets_are_closed(today: date, month: date) -> None:
    assert last_settled(today) == month


def test_rows_worked_by_hand(network: Network, sondrio: Ambito, tirano: Ambito) -> None:
    run(sondrio, 6)
    run(tirano, 7, number=2)
    release = publish(network)
    hours = rows_of(release, "ore-per-mese", "2026-10")
    assert hours["sondrio"] == [3600, 2880, 18]  # 6 × 600, 6 × 480, 6 × 3
    assert hours["rete"] == [7800, 6240, 39]  # 13 × each
    assert hours["morbegno"] == [0, 0, 0]  # a zero is about nobody
    quarter = dict(zip((c.name for c in BY_DATASET["tirocini-per-trimestre"].columns[2:]), rows_of(
        release, "tirocini-per-trimestre", "2026-T3")["sondrio"], strict=True))  # fmt: skip
    assert (quarter["started"], quarter["ran"], quarter["running"], quarter["ended"], quarter["people"]) == (6, 6, 6, 0, 6)
    assert quarter["hosts"] is None  # one company is somebody
    assert release.figures == {"placements": 13, "companies": None}
    assert release.cut_off == date(2026, 10, 31)


def test_small_ones_are_hidden_with_what_would_give_them_away(network: Network, sondrio: Ambito, tirano: Ambito) -> None:
    run(sondrio, 9)
    run(tirano, 3, number=2)
    hours = rows_of(publish(network), "ore-per-mese", "2026-10")
    # Tirano's three are hidden; Morbegno's zero would leave 12 − 9 − 0: it goes too, and, as 3 + 0 is still few, Sondrio's nine
    assert hours["tirano"] == hours["morbegno"] == hours["sondrio"] == [None, None, None]
    assert hours["rete"] == [7200, 5760, 36]


def test_a_release_is_made_once_however_often_beat_fires(network: Network, sondrio: Ambito) -> None:
    run(sondrio, 6)
    for period in ("2026-11-29", "2026-11-30", "2026-11-30"):
        jobs.enqueue_periodic("reports.publish_open_data", period)
    worked = work_off("reports.publish_open_data")
    assert [(job.period, job.network_id) for job in worked] == [
        ("2026-11-29", None), ("2026-11-30", None), (None, network.pk), (None, network.pk),
    ]  # fmt: skip
    with scope(made.system(sondrio).scope):
        assert OpenDataRelease.objects.count() == 1
        assert Fact.objects.filter(code="reports.open_data.published").count() == 1


def test_a_release_is_never_changed(network: Network, sondrio: Ambito) -> None:
    release = publish(network)
    with scope(made.system(sondrio).scope):
        for change in (lambda: OpenDataRelease.objects.filter(pk=release.pk).update(rows={}), release.delete):
            with pytest.raises(DatabaseError), transaction.atomic():
                change()


def test_two_releases_tell_nothing_of_what_changed_between(network: Network, sondrio: Ambito, tirano: Ambito) -> None:
    """Somebody entered late into a quarter that was published: the row stays, and the numbers of all time wait for enough of them."""
    run(sondrio, 6)
    run(tirano, 7, number=2)
    first = publish(network, date(2026, 10, 15))
    run(sondrio, 1, number=3)
    second = publish(network, date(2026, 11, 15))
    assert (first.code, second.code) == ("2026-09", "2026-10")
    assert rows_of(first, "tirocini-per-trimestre", "2026-T3") == rows_of(second, "tirocini-per-trimestre", "2026-T3")
    assert rows_of(first, "ore-per-mese", "2026-09") == rows_of(second, "ore-per-mese", "2026-09")
    assert rows_of(second, "ore-per-mese", "2026-10")["sondrio"][0] == 7 * 600  # the new month is as it is
    assert first.figures["placements"] == second.figures["placements"] == 13
    run(sondrio, 4, number=4)
    assert publish(network, date(2026, 12, 15)).figures["placements"] == 18  # 13 + 5: as many as may be told


def _account(network: Network, year: int, state: str, user: User) -> Publication:
    """An account as the report freezes it."""
    content = Content(
        tables=(
            table("entrate", "Chi ha donato", (Column("Da chi"), Column("Donatori", Kind.INT), Column("Importo", Kind.EURO)),
                  [("impresa", 7, Decimal("900.50")), ("più tipi insieme", None, Decimal("99.50"))]),
            table("uscite", "A che cosa sono serviti", (Column("Aiuto"), Column("Persone", Kind.INT), Column("Importo", Kind.EURO)),
                  [("tutto insieme", None, Decimal(640))]),
            table("salvadanai", "Salvadanai", (Column("Salvadanaio"), *(Column(n, Kind.EURO) for n in "abcdefg")),
                  [("Libero", *map(Decimal, (0, 1000, 0, 640, 360, 60, 300)))]),
        )
    )  # fmt: skip
    with scope(Scope(networks=frozenset({network.pk}))):
        return Publication.objects.create(
            network=network, kind="account", year=year, state=state, values=as_values(content), values_hash="x" * 64, definition=1,
            data_until=timezone.now(), **({"published_by": user, "published_at": timezone.now()} if state == "published" else {}),
        )  # fmt: skip


def test_the_fund_s_data_come_from_approved_accounts_alone(network: Network, coordinator: User, client: Client) -> None:
    _account(network, 2024, "published", coordinator)
    _account(network, 2025, "prepared", coordinator)
    release = publish(network)
    assert release.rows["fondo-per-anno"] == [
        ["2024", "entrate", "impresa", 7, "900.50"],
        ["2024", "entrate", "più tipi insieme", None, "99.50"],
        ["2024", "uscite", "tutto insieme", None, "640.00"],
    ]
    assert release.rows["fondo-per-salvadanaio"] == [
        ["2024", "Libero", "0.00", "1000.00", "0.00", "640.00", "360.00", "60.00", "300.00"]  # 0 + 1000 − 640 = 360 = 60 + 300
    ]
    found = client.get(FILE.format("fondo-per-anno.csv")).content.decode()
    assert found.splitlines()[1] == "2024,entrate,impresa,7,900.50"
    assert "fondo-per-salvadanaio" in client.get("/dati-aperti/").content.decode()


def test_a_release_of_before_a_dataset_was_there_says_nothing_of_it(network: Network, client: Client) -> None:
    release = publish(network)
    code = "fondo-per-anno"
    rows = {name: lines for name, lines in release.rows.items() if name != code}
    files = {name: file for name, file in release.files.items() if not name.startswith(code)}
    with scope(Scope(networks=frozenset({network.pk}))):
        values = {name: getattr(release, name) for name in ("definition", "threshold", "figures", "rows_hash")}
        OpenDataRelease.objects.create(network=network, period_from=date(2026, 11, 1), cut_off=TODAY, rows=rows, files=files, **values)
    assert client.get(f"/dati-aperti/ultima/{code}.csv").status_code == 404
    assert client.get(FILE.format(f"{code}.csv")).status_code == 200
    page = client.get("/dati-aperti/").content.decode()
    assert f'id="{code}"' not in page and 'id="ore-per-mese"' in page
    assert code not in client.get("/dati-aperti/catalogo.ttl").content.decode()


# --- What nobody works out


LEAST = 5
COUNT = st.integers(0, 9)
FLOW = Bundle(("started", "carried"), with_them=("ran",))
PARTS = Bundle(("additional", "expected"), under=FLOW)


@given(st.lists(st.tuples(COUNT, COUNT, COUNT), min_size=3, max_size=3))
def test_no_hidden_cell_has_one_value_only(cells: list[tuple[int, int, int]]) -> None:
    """The attacker knows every table of the release and its sums. Of what is hidden in one column more than one filling is left, and the
    hidden ones together are never few."""
    figures: dict[int | None, dict[str, int]] = {
        n: {"started": a + b, "carried": c, "ran": a + b + c, "additional": a, "expected": b} for n, (a, b, c) in enumerate(cells, 1)
    }
    figures[None] = {code: sum(row[code] for row in figures.values()) for code in figures[1]}
    hidden = hide_bundles(figures, (FLOW, PARTS), LEAST)
    for code in figures[None]:
        gone = [n for n in (1, 2, 3) if (n, code) in hidden]
        if gone and (None, code) not in hidden and code != "ran":
            assert len(gone) > 1, (code, figures)
            assert not 0 < sum(figures[n][code] for n in gone) < LEAST, (code, figures)
    for n in (1, 2, 3, None):
        for whole, parts in (("ran", ("started", "carried")), ("started", ("additional", "expected"))):
            gone = [part for part in parts if (n, part) in hidden]
            assert (n, whole) in hidden or len(gone) in (0, 2), "a part is the whole less the other"
            for code in (whole, *parts):
                if code != "ran" and (n, code) not in hidden:
                    assert not 0 < figures[n][code] < LEAST


def test_no_table_of_a_release_gives_a_hidden_cell_of_another_away(network: Network, sondrio: Ambito, tirano: Ambito) -> None:
    """Every equation that holds between published cells: sums over Ambiti, who ran = who began + who was there, who is there = who
    ran − who ended. None has exactly one hidden cell, save where that cell's row is hidden for its whole."""
    run(sondrio, 12, starts=date(2026, 4, 1))
    run(tirano, 8, starts=date(2026, 4, 1), number=2)
    run(Ambito.objects.get(name="Morbegno"), 7, starts=date(2026, 4, 1), number=3)
    run(sondrio, 2, number=4)  # a small start in the third quarter
    release = publish(network)
    names = [c.name for c in BY_DATASET["tirocini-per-trimestre"].columns]
    told = {(row[0], row[1]): dict(zip(names, row, strict=True)) for row in release.rows["tirocini-per-trimestre"]}
    places = ["sondrio", "tirano", "morbegno", "rete"]
    quarters = ["2026-T1", "2026-T2", "2026-T3"]
    equations = [[(q, place, code) for place in places] for q in quarters for code in ("started", "ran", "running", "ended", "people")]
    equations += [[(q, p, "ran"), (q, p, "running"), (q, p, "ended")] for q in quarters for p in places]
    equations += [[(b, p, "ran"), (b, p, "started"), (a, p, "running")] for a, b in itertools.pairwise(quarters) for p in places]
    for equation in equations:
        hidden = [cell for cell in equation if told[cell[:2]][cell[2]] is None]
        assert len(hidden) != 1, hidden
    assert told["2026-T3", "sondrio"]["started"] is told["2026-T3", "sondrio"]["ran"] is None


# --- Files


def test_the_files_are_the_rows_and_always_the_same_bytes(network: Network, sondrio: Ambito, client: Client) -> None:
    run(sondrio, 6)
    release = publish(network)
    for dataset in DATASETS:
        rows = release.rows[dataset.code]
        found = client.get(FILE.format(f"{dataset.code}.csv"))
        table = list(csv.reader(io.StringIO(found.content.decode())))
        assert table[0] == [c.name for c in dataset.columns]
        assert [[cell or None for cell in line] for line in table[1:]] == [[None if c is None else str(c) for c in row] for row in rows]
        as_json = client.get(FILE.format(f"{dataset.code}.json"))
        assert [list(line.values()) for line in json.loads(as_json.content)] == rows
        for kind in ("csv", "json"):
            data = file_of(dataset, rows, kind)
            assert release.files[f"{dataset.code}.{kind}"] == {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}


def test_programs_ask_only_for_what_changed_and_from_anywhere(network: Network, client: Client) -> None:
    publish(network)
    url = "/dati-aperti/ultima/ore-per-mese.csv"
    first = client.get(url)
    assert first["Access-Control-Allow-Origin"] == "*" and first["ETag"] and first["Last-Modified"]
    assert client.get(url, HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 304
    assert client.get(url, HTTP_IF_MODIFIED_SINCE=first["Last-Modified"]).status_code == 304
    assert client.get(url, HTTP_IF_NONE_MATCH='"other"').status_code == 200
    assert client.get(FILE.format("ore-per-mese.csv")).content == first.content
    for page in ("/numeri/", "/dati-aperti/", "/"):
        assert "Access-Control-Allow-Origin" not in client.get(page)
    assert client.post(url).status_code == 405


@pytest.mark.parametrize(
    "path", ["2026-09/ore-per-mese.csv", "2026-10/altro.csv", "2026-10/ore-per-mese.pdf", "ieri/ore-per-mese.csv", "catalogo.pdf"]
)
def test_what_was_not_published_is_not_there(path: str, network: Network, client: Client) -> None:
    publish(network)
    assert client.get(f"/dati-aperti/{path}").status_code == 404


def test_the_page_has_the_ambiti_of_the_release_alone(network: Network, client: Client) -> None:
    publish(network)
    elsewhere = Network.objects.create(name="Rete di prova", code="prova")
    Ambito.objects.create(network=elsewhere, name="Valle di Prova", code="valleprova")
    page = client.get("/numeri/").content.decode()
    assert "Morbegno" in page and "Valle di Prova" not in page


def test_without_a_release_the_pages_say_so(network: Network, client: Client) -> None:
    assert "I primi numeri arrivano presto" in client.get("/numeri/").content.decode()
    assert "La prima pubblicazione arriva presto" in client.get("/dati-aperti/").content.decode()
    assert client.get("/dati-aperti/ultima/ore-per-mese.csv").status_code == 404
    assert client.get("/dati-aperti/catalogo.jsonld").status_code == 404


def test_the_catalogue_says_what_the_profile_wants(network: Network, client: Client) -> None:
    release = publish(network)
    found = client.get("/dati-aperti/catalogo.jsonld")
    assert found["Content-Type"] == "application/ld+json" and found["Access-Control-Allow-Origin"] == "*"
    graph = {node["@id"]: node for node in json.loads(found.content)["@graph"]}
    kinds: dict[str, list[dict[str, Any]]] = {}
    for node in graph.values():
        for kind in [node["@type"]] if isinstance(node["@type"], str) else node["@type"]:
            kinds.setdefault(kind, []).append(node)
    wanted = {
        "dcatapit:Catalog": "dct:title dct:description dct:publisher dct:modified dcat:dataset foaf:homepage dcat:themeTaxonomy",
        "dcatapit:Dataset": "dct:title dct:description dct:identifier dcat:theme dct:rightsHolder dct:publisher dct:modified dct:issued"
        " dct:accrualPeriodicity dct:temporal dct:spatial dcat:distribution dcat:contactPoint dct:language",
        "dcatapit:Distribution": "dct:title dct:format dct:license dcat:accessURL dcat:downloadURL dcat:byteSize spdx:checksum",
        "dcatapit:Agent": "foaf:name dct:identifier",
    }
    for kind, names in wanted.items():
        assert kinds[kind]
        for node in kinds[kind]:
            assert not set(names.split()) - set(node), node["@id"]
    assert len(kinds["dcatapit:Dataset"]) == len(DATASETS) and len(kinds["dcatapit:Distribution"]) == 2 * len(DATASETS)
    inside = {"dct:publisher", "dct:rightsHolder", "dct:spatial", "dct:temporal", "dcat:distribution", "dcat:dataset", "spdx:checksum"}
    for node in graph.values():
        for name in inside & set(node):
            for one in node[name] if isinstance(node[name], list) else [node[name]]:
                assert one["@id"] in graph, f"{name} of {node['@id']} leads nowhere"
    for node in kinds["dcatapit:Distribution"]:
        path = re.sub(r"^https?://[^/]+", "", node["dcat:downloadURL"]["@id"])
        data = client.get(path)
        assert data.status_code == 200 and int(node["dcat:byteSize"]["@value"]) == len(data.content)
    turtle = client.get("/dati-aperti/catalogo.ttl").content.decode()
    assert turtle.count(" a dcatapit:Dataset") == len(DATASETS) and "@prefix dcat:" in turtle
    assert turtle.count("\n<") == len(graph)
    assert release.code in turtle


def test_the_dictionary_names_every_column(network: Network, client: Client) -> None:
    said = json.loads(client.get("/dati-aperti/dizionario.json").content)
    assert {code: [c["name"] for c in one["columns"]] for code, one in said.items()} == {
        d.code: [c.name for c in d.columns] for d in DATASETS
    }
    assert all(c["description"] for one in said.values() for c in one["columns"])


def test_the_files_are_the_same_in_every_language(network: Network, client: Client) -> None:
    publish(network)
    for url in ("catalogo.jsonld", "catalogo.ttl", "dizionario.json", "ultima/imprese-per-attivita.csv"):
        ours, theirs = (client.get(f"/dati-aperti/{url}", HTTP_ACCEPT_LANGUAGE=language) for language in ("it", "en"))
        assert ours.content == theirs.content, url


def test_nothing_of_anybody_is_published(network: Network, sondrio: Ambito, client: Client) -> None:
    run(sondrio, 6)
    publish(network)
    with scope(made.system(sondrio).scope):
        words = {w for row in Beneficiary.objects.values_list("last_name", "codice_fiscale", "public_id") for w in map(str, row)}
        words |= {w for row in Company.objects.values_list("name", "tax_code") for w in row if w}
        words |= {str(pk) for pk in Placement.objects.values_list("public_id", flat=True)} | {"Fornaio", "example.org"}
    urls = ["/numeri/", "/dati-aperti/", "/dati-aperti/catalogo.jsonld", "/dati-aperti/catalogo.ttl", "/dati-aperti/dizionario.json"]
    urls += [FILE.format(f"{d.code}.{kind}") for d in DATASETS for kind in open_data.KINDS]
    for url in urls:
        text = client.get(url).content.decode()
        assert [word for word in words if word in text] == [], url


def test_a_visitor_reads_the_release_and_nobodys_rows(network: Network, sondrio: Ambito, client: Client) -> None:
    run(sondrio, 6)
    publish(network)
    for url in ("/numeri/", "/dati-aperti/", "/dati-aperti/ultima/ore-per-mese.json", "/"):
        with CaptureQueriesContext(connection) as queries:
            page = client.get(url)
        assert page.status_code == 200
        said = " ".join(q["sql"] for q in queries)
        assert not re.search(r'FROM "?(agreements_placement|attendance_\w+|beneficiaries_\w+)"?', said), url
        assert len(queries) <= 14
    with scope(made.system(sondrio).scope):  # somebody who ended since the release changes no page
        Placement.objects.update(state=PlacementState.ENDED, ended_on=TODAY)
    assert "tirocini accolti finora" in client.get("/").content.decode()


def test_the_page_says_figures_definitions_and_what_is_hidden(network: Network, sondrio: Ambito, tirano: Ambito, client: Client) -> None:
    run(sondrio, 6)
    run(tirano, 7, number=2)
    publish(network)
    html = client.get("/numeri/").content.decode()
    for words in (
        "Terzo trimestre 2026",
        "Quanti tirocini hanno avuto il primo giorno nel periodo.",
        "riservato",
        "<svg",
        "31 ottobre 2026",
    ):
        assert words in html, words


# --- Sections


@pytest.mark.parametrize(
    ("code", "letter"),
    [
        ("01.11.0", "A"),
        ("10.71.1", "C"),
        ("45.20", "G"),
        ("47.11", "G"),
        ("56.10", "I"),
        ("88.10", "R"),
        ("96", "T"),
        ("", "-"),
        ("x", "-"),
    ],
)
def test_the_section_of_an_activity(code: str, letter: str) -> None:
    assert (section(code) or "-") == letter


def test_companies_by_section_hide_small_cells(network: Network, sondrio: Ambito, tirano: Ambito) -> None:
    with scope(made.system(sondrio).scope):
        sondrio_place = Comune.objects.get(name="Sondrio", ambito__isnull=False)
    assert sondrio_place
    for ambito, count, first in ((sondrio, 6, 10), (tirano, 2, 30)):
        for n in range(count):
            run(ambito, 1, starts=date(2025, 7, 1), number=first + n)
    with scope(made.system(sondrio).scope):
        Company.objects.update(ateco="10.71.1")
    release = publish(network)
    rows = {(row[0], row[1], row[2]): row[4] for row in release.rows["imprese-per-attivita"]}
    # 6, 0, 2: the 2 is hidden; 6 is hidden with it, for 2 alone would be the sum less the others; 2 + 6 = 8 points at nobody
    assert rows["2025", "sondrio", "C"] is rows["2025", "tirano", "C"] is None
