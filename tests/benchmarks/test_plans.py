"""The lists' plans over 5,000 rows (performance.md §4): no node reads more than 30 times the rows of a page.

The statements are those the page really sends. They are explained, and run, in a database of their own where the owner has
multiplied a few rows and gathered statistics; by the application role, so row-level security is in the plan.
"""

import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from impresasolidale.accounts.access import access_for
from impresasolidale.core.keyset import MOST, SIZE
from impresasolidale.core.scope import scope
from impresasolidale.territory.models import Ambito
from placements.agreements.forms import RISKY
from placements.agreements.selectors import ORDERS
from placements.attendance.selectors import monthly_series
from placements.matching.models import PersonSheet
from placements.matching.selectors import RANKING
from tests.factories import attendance as made
from tests.factories import matching
from tests.support import database
from tests.support.queries import clone, written

ROWS = 5000
STATE = "(ARRAY['draft', 'proposed', 'active', 'active', 'ended', 'ended', 'signed'])[1 + (hashint4(n) & 1023) % 7]"  # by chance
NAME = "CASE WHEN n % 100 = 0 THEN 'rossi ' ELSE '' END || md5(n::text)"
HOSTS = 500  # of the companies, these have the placements, ten each
KINDS = "(ARRAY['panificio ', 'officina ', 'officina ', 'forno ', 'forno '])[1 + n % 5]"
FIRM = f"CASE WHEN n <= {HOSTS} THEN {KINDS} ELSE '' END || md5(n::text)"
COLUMNS = {
    "hosts_company": {"tax_code": "(80000000000 + n)::text", "partita_iva": "''", "search_key": FIRM},
    "hosts_site": {"company_id": "1000000 + n"},
    "hosts_engagement": {"company_id": "1000000 + n"},
    "beneficiaries_beneficiary": {"codice_fiscale_hash": "md5(n::text)", "search_key": NAME, "last_name": NAME},
    "matching_sitesheet": {"site_id": f"1000001 + n % {HOSTS}"},  # ten versions of each
    "matching_personsheet": {"beneficiary_id": "1000001 + n % 500"},  # so of each person
    "agreements_placement": {
        "beneficiary_id": "1000000 + n",
        "company_id": f"1000001 + n % {HOSTS}",
        "person_key": NAME,
        "changed_at": "now() - n * interval '1 minute'",
        "starts_on": "date '2026-10-01' - (n % 1500)",
        "ends_on": "date '2026-10-01' - (n % 1500) + 365 * (1 + n % 3)",
        "state": STATE,
        "ended_on": f"CASE {STATE} WHEN 'ended' THEN date '2026-10-31' END",
    },
    "agreements_readinessitem": {
        "placement_id": "1000000 + n",
        "severity": "'block'",
        "satisfied_at": "CASE WHEN n % 2 = 0 THEN now() END",
    },
    "attendance_timesheet": {"placement_id": "1000000 + n", "state": "(ARRAY['open', 'closed', 'confirmed', 'frozen'])[1 + n % 4]"},
}  # parents first
COUNTS = {"hosts_site": HOSTS}  # of the others ROWS
ORIGINAL = {"attendance_timesheet": "month = '2026-11-01'"}
POINTED_TO = ("accounts_user", "hosts_companytutor", "agreements_frameworkagreement")


@pytest.fixture(scope="module")
def crowd(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Pages, and whoever signs in for them, meet 5,000 of each: people, companies, placements, months."""
    name = f"impresa_crowd_{os.getpid()}"
    with django_db_blocker.unblock():
        originals = _originals()
    database.copy(name)
    try:
        with psycopg.connect(database.url_of(name)) as owner:
            cursor = owner.cursor()
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            for table, rows in originals.items():
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
                columns = written(table)
                for row in rows:
                    cursor.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM jsonb_populate_record(NULL::{table}, %s)", [row])
                if table in COLUMNS:
                    clone(cursor.execute, table, rows[0], COUNTS.get(table, ROWS), **COLUMNS[table])
                cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), 9000000)", [table])
            owner.commit()
            owner.autocommit = True
            cursor.execute("VACUUM (ANALYZE)")
        with _connected_to(name, django_db_blocker):
            yield
    finally:
        with database.owner() as postgres:
            postgres.execute(f"DROP DATABASE {name}")  # waits for the connection that was just closed


@contextmanager
def _connected_to(name: str, django_db_blocker: Any) -> Iterator[None]:
    """Django's own connection goes to the database `name`."""
    usual = connection.settings_dict["NAME"]

    def connect_to(name: str) -> None:
        with django_db_blocker.unblock():
            connection.close()
        connection.settings_dict["NAME"] = name

    connect_to(name)
    try:
        yield
    finally:
        connect_to(usual)


def _originals() -> dict[str, list[str]]:
    """The rows to multiply and those they point to, as JSON by table: made by the factories and undone."""
    found = {}
    with transaction.atomic():
        sondrio = Ambito.objects.get(name="Sondrio")
        company = made.make_host(sondrio)
        tutor, _user = made.make_tutor(sondrio, company)
        placement = made.make_running_placement(sondrio, tutor, company)
        office = made.system(sondrio)
        with scope(office.scope), connection.cursor() as cursor:
            matching.make_person_sheet(office, placement.beneficiary)
            matching.make_site_sheet(office, placement.site)
            for table in (*POINTED_TO, *COLUMNS):
                cursor.execute(f"SELECT to_jsonb(t)::text FROM {table} t WHERE {ORIGINAL.get(table, 'true')}")
                found[table] = [text for (text,) in cursor.fetchall()]
        transaction.set_rollback(True)
    return found


def page_statements(client: Any, url: str) -> tuple[str, list[str]]:
    """(what tells the database the scope, what finds the rows of the page: the last gives them) when `url` is opened."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    statements = [query["sql"] for query in queries.captured_queries]
    told = next(s for s in statements if s.startswith("SELECT set_config"))
    pages = [s for s in statements if s.endswith(f"LIMIT {SIZE + 1}")]
    assert pages
    return told, pages


def explained(told: str, statement: str) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(told)
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}")
        return cursor.fetchone()[0][0]["Plan"]


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


def rows_read(node: dict[str, Any]) -> float:
    """What a node that reads a table looked at: rows kept and rows thrown away, over all its loops."""
    looked = node["Actual Rows"] + node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    return looked * node["Actual Loops"]


def outline(plan: dict[str, Any], depth: int = 0) -> str:
    """The plan as a tree of lines: what, of which table, by which index, rows."""
    words = (
        plan["Node Type"],
        plan.get("Relation Name", ""),
        plan.get("Index Name", ""),
        f"{plan['Actual Rows']} × {plan['Actual Loops']}",
    )
    lines = [" " * depth + " ".join(filter(None, words)), *(outline(child, depth + 2) for child in plan.get("Plans", ()))]
    return "\n".join(lines)


FILTERS = [
    *("stato=active", "stato=draft", "stato=preparing", f"stato={RISKY}", "presto=on", "finisce=on"),
    *("q=rossi", "impresa=panificio", "impresa=officina", "dal=2026-01-01"),
]
SORTS = [f"ordina={order}" for order in ORDERS]
TOGETHER = [
    "&".join(pair)
    for pair in itertools.combinations([*FILTERS, *SORTS], 2)
    if len({word.split("=")[0] for word in pair}) == 2 and "ordina=inizio" not in pair
]


def most_read(client: Any, url: str) -> tuple[dict[str, Any], dict[str, float]]:
    """(the plan of what gives the page's rows, the tables of which some node read more than a page may) when `url` is opened."""
    told, pages = page_statements(client, url)
    plans = [explained(told, page) for page in pages]
    read = {n["Relation Name"]: rows_read(n) for plan in plans for n in nodes(plan) if "Relation Name" in n and rows_read(n) > MOST}
    return plans[-1], read


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("agreements:list", ""),
        *(("agreements:list", f"?{one}") for one in (*SORTS, *FILTERS)),
        ("agreements:list", "?lettera=m"),
        ("beneficiaries:list", ""),
        ("beneficiaries:list", "?q=rossi"),
        ("hosts:list", ""),
        ("hosts:list", "?q=panificio"),
        ("hosts:list", "?kind=firm"),
        ("attendance:office_month", "?mese=2026-11"),
        ("attendance:to_confirm", ""),
    ],
)
def test_a_list_reads_a_page_and_not_the_table(name: str, query: str, crowd: None, worker: Any, signed_in: Any) -> None:
    plan, read = most_read(signed_in(worker), reverse(name) + query)
    assert plan["Actual Rows"] == SIZE + 1, "the page is full"
    assert not read, f"{read}\n{outline(plan)}"


def test_two_filters_or_a_filter_and_a_sort_read_no_more(crowd: None, worker: Any, signed_in: Any) -> None:
    client = signed_in(worker)
    found = {pair: most_read(client, f"{reverse('agreements:list')}?{pair}")[1] for pair in TOGETHER}
    assert not {pair: read for pair, read in found.items() if read}


def test_ranking_five_hundred_sites_for_one_of_five_thousand_reads_the_last_sheets_alone(crowd: None, worker: Any) -> None:
    access = access_for(worker)
    with scope(access.scope), connection.cursor() as cursor:
        person = PersonSheet.objects.order_by("id").values_list("beneficiary_id", flat=True)[ROWS // 2]
        wanted = {"network": access.network_id, "ambito": access.ambito_id, "people": [person], "sites": None, "stops": True}
        wanted |= {"on": timezone.localdate(), "there_ambito": None, "there": None, "home": None}
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {RANKING}", wanted)
        plan = cursor.fetchone()[0][0]["Plan"]
    read: dict[str, float] = {}
    for node in nodes(plan):
        if table := node.get("Relation Name"):
            read[table] = read.get(table, 0) + rows_read(node)
    assert plan["Actual Rows"] == HOSTS + 1
    last = ("matching_sitesheet", "matching_personsheet", "territory_traveltime", "hosts_site", "beneficiaries_beneficiary")
    assert {table: read[table] for table in last if read[table] > HOSTS + 1} == {}, outline(plan)
    assert read["matching_personsheet"] == 1, outline(plan)


def test_the_series_reads_its_twelve_months_from_the_index(crowd: None, coordinator: Any) -> None:
    """Sums of months read as many rows as there are sheets in those months; where that is not the whole table, entries of the covering
    index alone, and none of another month."""
    access = access_for(coordinator)
    november = date(2026, 11, 1)
    for months, most in (([november], ROWS + 1), ([date(2025, month, 1) for month in range(1, 13)], 0)):
        with scope(access.scope), CaptureQueriesContext(connection) as queries:
            (series, *_others) = monthly_series(access, months)
            plan = explained("SELECT 1", queries.captured_queries[-1]["sql"])
        read = [node for node in nodes(plan) if node.get("Relation Name") == "attendance_timesheet"]
        assert len(read) == 1 and (series.sheets or read[0]["Node Type"] == "Index Only Scan"), outline(plan)
        assert sum(map(rows_read, read)) == series.sheets <= most, outline(plan)


def test_the_dashboard_counts_from_indexes(crowd: None, coordinator: Any, signed_in: Any) -> None:
    """Counts read as many entries as they count, but of indexes: no statement of the page walks through placements, months or people."""
    client = signed_in(coordinator)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(reverse("reports:dashboard")).status_code == 200
    statements = [query["sql"] for query in queries.captured_queries]
    told = next(s for s in statements if s.startswith("SELECT set_config"))
    big = ("agreements_placement", "attendance_timesheet", "beneficiaries_beneficiary", "attendance_attendanceevent")
    asked = [s for s in statements if s.startswith(("SELECT", "(SELECT", "WITH")) and any(table in s for table in big)]
    assert len(asked) >= 4
    for statement in asked:
        plan = explained(told, statement)
        walked = [
            node for node in nodes(plan)
            if node.get("Relation Name") in big and rows_read(node) > MOST and node["Node Type"] != "Index Only Scan"
        ]  # fmt: skip
        assert not walked, f"{statement}\n{outline(plan)}"
