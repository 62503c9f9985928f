"""The demo's data, as its command leaves them: right in every state, legal, the same for the same number and day."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.contrib.auth.hashers import check_password
from django.db import connections, transaction

from impresasolidale.accounts.access import Access
from impresasolidale.core import validators
from impresasolidale.core.documents import BASE32
from impresasolidale.core.fields import decrypt, lookup_hash
from impresasolidale.core.models import Document
from impresasolidale.core.rendering import html_of
from impresasolidale.core.scope import scope, unscoped
from impresasolidale.demo.people import create_people
from impresasolidale.demo.users import create_users
from impresasolidale.demo.world import World
from impresasolidale.territory.models import Ambito
from impresasolidale.treasury.selectors import recount
from placements.agreements.models import Placement, ReadinessItem
from placements.agreements.readiness import refresh_where
from placements.attendance.models import PlannedSession, Timesheet
from placements.attendance.services import resync_planned
from placements.beneficiaries.models import Beneficiary
from tests.support import clock, database
from tests.support import seeded as template

TODAY = date(2026, 11, 18)
STATES = {
    "draft": 3,
    "proposed": 4,
    "to_sign": 4,
    "signed": 3,
    "validated": 4,
    "active": 45,
    "suspended": 3,
    "ended": 7,
    "ended_early": 4,
    "evaluated": 2,
    "closed": 7,
    "rejected": 1,
    "withdrawn": 1,
    "expired": 1,
    "cancelled": 1,
}
INVARIANTS = (database.ROOT / "impresasolidale" / "operations" / "invariants.sql").read_text()


def run_seed(name: str, folder: Path, *options: str, settings: str = "embedded") -> subprocess.CompletedProcess[str]:
    """The command on a database, as its owner, in a process of its own."""
    url = database.url_of(name)
    environment = {
        **os.environ,
        **clock.environment(hours_ago=6),  # as the template was made
        "DATABASE_AS_OWNER": "1",
        "OWNER_DATABASE_URL": url,
        "DATABASE_URL": url,
        "DATA_DIR": str(folder),
    }
    environment["DJANGO_SETTINGS_MODULE"] = f"impresasolidale.settings.{settings}"
    command = [sys.executable, "manage.py", "seed", "--today", str(TODAY), *options]
    return subprocess.run(command, cwd=database.ROOT, env=environment, capture_output=True, text=True)


def seed(name: str, folder: Path, *options: str) -> str:
    """What the command says."""
    done = run_seed(name, folder, *options)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def seeded(folder: Path) -> Iterator[str]:
    name = f"impresa_seed_{os.getpid()}"
    template.copy(name, folder)
    yield name
    database.drop(name)


@pytest.fixture
def rows(seeded: str) -> Iterator[Any]:
    """rows(sql) as the tables' owner."""
    with database.owner(seeded) as connection:
        yield lambda query: connection.execute(query).fetchall()


@pytest.fixture
def within_seeded(seeded: str, django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Django's own connection (the application role) on the seeded database; what is changed is rolled back."""
    connection = connections["default"]
    with django_db_blocker.unblock():
        before = connection.settings_dict["NAME"]
        connection.close()
        connection.settings_dict["NAME"] = seeded
        try:
            with transaction.atomic():
                yield
                transaction.set_rollback(True)
        finally:
            connection.close()
            connection.settings_dict["NAME"] = before


def test_it_has_what_was_promised(rows: Any) -> None:
    assert dict(rows("SELECT state, count(*) FROM agreements_placement GROUP BY 1")) == STATES
    counts = {
        "beneficiaries_beneficiary": 124,  # one of them twice, three of long ago
        "hosts_company": 48,  # one of them twice, two brought in from a file
        "hosts_companytutor": 40,
        "training_edition": 6,
        "solidarity_fund_donor": 12,
        "solidarity_fund_contribution": 35,
        "solidarity_fund_benefitrequest": 42,
    }
    assert {table: rows(f"SELECT count(*) FROM {table}")[0][0] for table in counts} == counts
    assert rows("SELECT count(*) FROM treasury_pot WHERE use = 'fund'") == [(3,)]
    assert rows("SELECT count(*) FROM treasury_pot WHERE use = 'budget'") == rows("SELECT count(*) FROM treasury_budget")
    settled = rows("SELECT count(*) FROM attendance_timesheet WHERE state IN ('confirmed', 'frozen')")
    assert rows("SELECT count(*) FROM attendance_monthallowance") == settled
    assert dict(rows("SELECT state, count(*) FROM certification_certificate GROUP BY 1")) == {
        "granted": 19,  # four of them the attestati of 2015
        "revoked": 1,
        "superseded": 1,
        "suspended": 1,
    }
    assert dict(rows("SELECT state, count(*) FROM certification_application GROUP BY 1")) == {
        "draft": 1,
        "submitted": 2,
        "ready": 4,
        "granted": 18,
        "withdrawn": 1,
    }
    assert {state for (state,) in rows("SELECT DISTINCT state FROM solidarity_fund_benefitrequest")} == {
        "submitted",
        "incomplete",
        "ready",
        "granted",
        "refused",
        "paid",
        "withdrawn",
    }
    spread = rows("SELECT a.name, count(*) FROM beneficiaries_beneficiary b JOIN territory_ambito a ON a.id = b.ambito_id GROUP BY 1")
    assert dict(spread) == {"Sondrio": 54, "Tirano": 35, "Morbegno": 35}
    assert rows("SELECT count(*) FROM hosts_company c JOIN territory_comune t ON t.id = c.comune_id WHERE t.province = 'LC'") == [(1,)]
    kinds = {kind for (kind,) in rows("SELECT DISTINCT kind FROM core_todo WHERE kind LIKE 'attendance.%'")}
    assert kinds >= {"attendance.sheet_missing", "attendance.sheet_late", "attendance.call", "attendance.confirm"}
    scans, coded = rows("SELECT count(*), count(document_id) FROM attendance_paperscan")[0]
    assert scans > 20 and 0 < coded < scans
    assert rows("SELECT count(*) > 50, bool_or(words = 'chiusura estiva') FROM hosts_closure") == [(True, True)]
    assert {kind for (kind,) in rows("SELECT DISTINCT role FROM core_todo")} >= {"social_worker", "coordinator", "accounting"}


def test_every_invariant_holds(rows: Any) -> None:
    assert rows(INVARIANTS) == []


@pytest.mark.parametrize(
    ("harm", "invariant"),
    [
        (
            "UPDATE attendance_timesheet SET done_minutes = done_minutes + 1"
            " WHERE id = (SELECT min(id) FROM attendance_timesheet WHERE state = 'open')",  # a frozen one the database keeps itself
            "a month is the recount",
        ),
        ("UPDATE treasury_account SET balance = balance + 1 WHERE kind = 'bank'", "a balance is the sum"),
        ("DELETE FROM core_job WHERE name = 'core.render_document'", "a paper has its file"),
        ("UPDATE core_numberseries SET last = last + 1", "numbers have no gaps"),
        ("ALTER TABLE hosts_company DISABLE ROW LEVEL SECURITY", "every owned table"),
        ("UPDATE agreements_readinessitem SET satisfied_at = NULL WHERE kind = 'inail'", "no placement is active on a red light"),
    ],
)
def test_an_invariant_sees_the_harm(seeded: str, harm: str, invariant: str) -> None:
    with database.owner(seeded) as connection, connection.transaction(force_rollback=True):
        connection.execute(harm)
        assert any(found.startswith(invariant) for found, _detail in connection.execute(INVARIANTS).fetchall())


def test_codes_are_valid_and_agree_with_the_person(rows: Any) -> None:
    people = rows(
        "SELECT codice_fiscale, codice_fiscale_hash, birth_date, sex, c.cadastral_code FROM beneficiaries_beneficiary b"
        " JOIN territory_comune c ON c.id = b.birthplace_id"
    )
    for secret, hashed, birth_date, sex, place in people:
        code = validators.codice_fiscale(decrypt(secret, place="beneficiaries_beneficiary.codice_fiscale"), today=TODAY)
        assert (code.birth_date, code.sex, code.birthplace_code) == (birth_date, sex, place)
        assert hashed == lookup_hash(code.plain)
    for partita_iva, tax_code in rows("SELECT partita_iva, tax_code FROM hosts_company"):
        assert validators.partita_iva(partita_iva) if partita_iva else validators.tax_code_of_body(tax_code)


def test_nobody_real_can_be_written_to(rows: Any) -> None:
    places = (
        ("email", "accounts_user"),
        ("email", "hosts_company"),
        ("pec", "hosts_company"),
        ("email", "hosts_companytutor"),
        ("email", "beneficiaries_beneficiary"),
        ("email", "beneficiaries_representative"),
        ("email", "solidarity_fund_donor"),
        ("address", "core_message"),
    )
    for column, table in places:
        # RFC 2606: nobody has example.org, nor a name under .example.
        written = [address for (address,) in rows(f"SELECT {column} FROM {table}") if address]
        assert all(address.endswith(("@example.org", ".example")) for address in written), table


def test_attendance_is_a_year_up_to_yesterday(rows: Any) -> None:
    first, last = rows("SELECT min(day), max(day) FROM attendance_attendanceevent")[0]
    assert (TODAY - first).days > 300 and last == date(2026, 11, 17)
    assert len(rows("SELECT day FROM attendance_attendanceevent GROUP BY placement_id, day HAVING count(*) > 1")) > 10  # corrections
    states = dict(rows("SELECT state, count(*) FROM attendance_timesheet WHERE month < '2026-11-01' GROUP BY 1"))
    assert set(states) == {"open", "closed", "confirmed", "frozen"} and states["open"] < 10
    # One person came much less in the last six weeks than before.
    fall = """
      SELECT max(before - lately) FROM (
        SELECT avg((outcome = 'present')::int) FILTER (WHERE day < '2026-10-04') AS before,
               avg((outcome = 'present')::int) FILTER (WHERE day >= '2026-10-04') AS lately
        FROM attendance_attendanceevent e JOIN agreements_placement p ON p.id = e.placement_id AND p.state = 'active'
        GROUP BY placement_id HAVING count(*) > 60) x"""
    assert rows(fall)[0][0] > 0.25


def test_one_validated_is_red_and_one_amber(rows: Any) -> None:
    lights = rows("""
      SELECT coalesce(max(i.severity) FILTER (WHERE i.severity = 'block'), max(i.severity), 'green')
      FROM agreements_placement p
      LEFT JOIN agreements_readinessitem i ON i.placement_id = p.id AND i.satisfied_at IS NULL AND i.waived_by_id IS NULL
      WHERE p.state = 'validated' GROUP BY p.id""")
    found = [light for (light,) in lights]
    assert found.count("block") == 1 and found.count("warn") >= 1


def test_the_offices_own_rules_agree(within_seeded: None) -> None:
    """Judged, counted and planned again by the services, nothing changes."""
    totals = ("pk", "planned_minutes", "done_minutes", "credited_minutes", "days_present", "days_absent")
    for ambito in Ambito.objects.all():
        system = Access.system(network_id=ambito.network_id, ambito_id=ambito.pk, reason="test")
        with scope(system.scope):
            lights = {(i.placement_id, i.kind): (i.is_open, i.severity, i.rule, i.why, i.expires_on) for i in ReadinessItem.objects.all()}
            sheets = set(Timesheet.objects.values_list(*totals))
            days = set(PlannedSession.objects.values_list("placement", "day", "minutes"))
            refresh_where(by=system, today=TODAY)
            for placement in Placement.objects.filter(state__in=["active", "validated"]):
                resync_planned(placement=placement, by=system, today=TODAY)
            again = {(i.placement_id, i.kind): (i.is_open, i.severity, i.rule, i.why, i.expires_on) for i in ReadinessItem.objects.all()}
            assert again == lights
            assert set(Timesheet.objects.values_list(*totals)) == sheets
            assert set(PlannedSession.objects.values_list("placement", "day", "minutes")) == days
            assert all(account.agrees for account in recount(system))


def test_every_kind_of_paper_can_be_rendered(within_seeded: None) -> None:
    ambito = Ambito.objects.get(name="Sondrio")
    system = Access.system(network_id=ambito.network_id, ambito_id=ambito.pk, reason="test")
    with scope(system.scope):
        newest = {document.kind: document for document in Document.objects.order_by("pk")}
        assert len(newest) == 22
        for document in newest.values():
            html = html_of(document, BASE32[:26])
            assert document.number in html and "{{" not in html


def test_the_logins_are_listed_and_work(seeded: str, folder: Path, rows: Any, settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    listed = [line.split("\t") for line in (folder / "logins.txt").read_text().splitlines()]
    assert 18 <= len(listed) <= 22 and all(len(line) == 3 for line in listed)
    users = dict(rows("SELECT email, password FROM accounts_user"))
    assert {email for _role, email, _password in listed} <= set(users)
    assert len(set(users.values())) == 1  # one hash: the hasher is slow on purpose
    assert check_password(listed[0][2], users[listed[0][1]])
    three = "SELECT count(*) FROM entrusted e JOIN accounts_user u ON u.id = e.user_id WHERE u.email = 'tutor@example.org'"
    assert rows(three) == [(3,)]


def test_a_second_run_changes_nothing(seeded: str, folder: Path, rows: Any) -> None:
    before = rows("SELECT count(*), max(at) FROM core_fact")
    assert "ci sono già" in seed(seeded, folder)
    assert rows("SELECT count(*), max(at) FROM core_fact") == before


def test_a_real_installation_is_left_alone(seeded: str, folder: Path) -> None:
    done = run_seed(seeded, folder, settings="test")
    assert done.returncode == 1 and "installazione di prova" in done.stderr


def fingerprint(connection: psycopg.Connection) -> list[tuple[str, str]]:
    """One hash a table, over what is not a clock or a ciphertext."""
    found = []
    for table, columns in {
        "accounts_user": "public_id, email, first_name, last_name",
        "beneficiaries_beneficiary": "public_id, first_name, last_name, codice_fiscale_hash, residence_id",
        "hosts_company": "public_id, name, partita_iva",
        "agreements_placement": "public_id, state, beneficiary_id, company_id, starts_on, ends_on",
        "attendance_attendanceevent": "placement_id, day, outcome, minutes, recorded_at",
        "attendance_timesheet": "public_id, month, state, done_minutes, closed_at",
        "core_document": "public_id, number, context_hash",
        "core_verification": "code, document_id",
        "treasury_entry": "key, posted_on, words, source_id",
        "core_fact": "at, code, subject_type, subject_id, from_state, to_state",
    }.items():
        query = f"SELECT md5(string_agg(md5(r::text), '' ORDER BY r::text)) FROM (SELECT {columns} FROM {table}) r"
        found.append((table, connection.execute(query).fetchone()[0]))
    return found


def test_the_same_number_and_day_give_the_same_rows(seeded: str, folder: Path) -> None:
    twin = f"{seeded}_twin"
    database.copy(twin)
    try:
        seed(twin, folder / "twin")
        with database.owner(seeded) as one, database.owner(twin) as other:
            assert fingerprint(one) == fingerprint(other)
    finally:
        database.drop(twin)


def test_another_number_draws_other_people(django_db_setup: None, db: None) -> None:
    """The people alone, in memory; the whole seed is compared in the deep tier."""
    drawn = []
    for number in (1, 2):
        with unscoped("test"):
            world = World(number, TODAY)
            create_people(world, create_users(world))
        drawn.append({row.codice_fiscale_hash for row in world.pending[Beneficiary]})
    assert len(drawn[0]) > 100 and not drawn[0] & drawn[1]


@pytest.mark.deep
def test_another_number_gives_other_people(seeded: str, folder: Path) -> None:
    twin = f"{seeded}_other"
    database.copy(twin)
    try:
        seed(twin, folder / "other", "--seed", "2")
        with database.owner(seeded) as one, database.owner(twin) as other:
            people = "SELECT codice_fiscale_hash FROM beneficiaries_beneficiary"
            assert not set(one.execute(people).fetchall()) & set(other.execute(people).fetchall())
            assert other.execute(INVARIANTS).fetchall() == []
    finally:
        database.drop(twin)
