"""The last day of the month: every company's tutor closes a sheet within the same ten minutes. All are stored, none twice.

The clients keep the journal; some tap twice at once, some send again what was answered. Through HTTP, with real sessions.
"""

import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from queue import Empty, SimpleQueue
from typing import Any

import psycopg
import pytest
from django.db import connection, models

from companies.hosts.models import Company, CompanyTutor, Engagement, Site
from impresasolidale.accounts.models import Membership, User
from impresasolidale.core.models import Fact, Submission, Todo
from impresasolidale.core.scope import scope
from impresasolidale.territory.models import Ambito
from placements.agreements.models import FrameworkAgreement, PersonalProject, Placement, ReadinessItem, WeekDay
from placements.attendance.models import AttendanceEvent, PlannedSession, Timesheet
from placements.attendance.services import CONFIRM_TODO
from placements.beneficiaries.models import Beneficiary
from tests.factories import attendance as made
from tests.support import database
from tests.support.servers import House

from .test_requests import session_of

pytestmark = [pytest.mark.fault, pytest.mark.deep, pytest.mark.django_db(transaction=True)]
OCTOBER = date(2026, 10, 1)
WEEK = dict.fromkeys(range(5), 240)  # twenty-two days in October 2026
CLIENTS, TEN_MINUTES = 16, 600
FIRST = 1_000_000  # ids of the copies begin after it
ONE_EACH = (
    User,
    Company,
    Site,
    CompanyTutor,
    Membership,
    Engagement,
    Beneficiary,
    FrameworkAgreement,
    Placement,
    PersonalProject,
)
MANY_EACH = (Timesheet, ReadinessItem, WeekDay, PlannedSession, AttendanceEvent)
OWN = {  # what no two of them share
    "accounts_user": {"email": "'tutor.' || g || '@example.org'"},
    "hosts_company": {"name": "'Forno ' || g", "search_key": "'forno ' || g", "tax_code": "(91000000000 + g)::text"},
    "hosts_companytutor": {"email": "'tutor.' || g || '@example.org'"},
    "beneficiaries_beneficiary": {"codice_fiscale_hash": "md5('a' || g) || md5('b' || g)"},
}


# The people of this evening have no papers, no covers and no past: what is asked of them is their month.
HELD = {
    "a month is the recount of its events", "every event stands in a month", "every event is inside its placement",
    "nothing is said after a month was closed", "nobody is expected where the company is closed", "no job is both over and waiting",
}  # fmt: skip


@pytest.fixture(autouse=True)
def invariants(transactional_db: None) -> Iterator[None]:
    yield
    assert [row for row in database.violations(connection.settings_dict["NAME"]) if row[0] in HELD] == []


def make_tutors(
    ambito: Ambito, count: int, *, months: Sequence[date] = (OCTOBER,), ends_on: date = date(2026, 10, 31), said: bool = True
) -> list[tuple[int, uuid.UUID, uuid.UUID]]:
    """(user, placement, sheet) of so many tutors, each with one person whose months are whole and open, or with nothing `said` yet: one by
    the services, the others its copies, written by the tables' owner."""
    company = made.make_host(ambito)
    tutor, user = made.make_tutor(ambito, company)
    placement = made.make_running_placement(ambito, tutor, company, week=WEEK, starts_on=months[0], ends_on=ends_on)
    for month in months if said else ():
        made.whole_month(placement, month)
    with scope(made.system(ambito).scope):
        pattern: dict[type[models.Model], models.Model] = {
            User: user, Company: company, Site: placement.site, CompanyTutor: tutor, Membership: user.memberships.get(),
            Engagement: tutor.engagements.get(), Beneficiary: placement.beneficiary, FrameworkAgreement: placement.agreement,
            Placement: placement, PersonalProject: placement.projects.get(),
        }  # fmt: skip
        many = {
            Timesheet: Timesheet.objects.filter(placement=placement),
            ReadinessItem: ReadinessItem.objects.filter(placement=placement), WeekDay: WeekDay.objects.filter(project__placement=placement),
            PlannedSession: PlannedSession.objects.filter(placement=placement),
            AttendanceEvent: AttendanceEvent.objects.filter(placement=placement),
        }  # fmt: skip
        rows = {model: [row.pk] for model, row in pattern.items()} | {
            model: list(found.values_list("pk", flat=True)) for model, found in many.items()
        }
    with database.owner(connection.settings_dict["NAME"]) as db:
        for model in (*ONE_EACH, *MANY_EACH):
            copy_rows(db, model, rows[model], pattern, count - 1)
        db.execute("ANALYZE")
        return db.execute(
            "SELECT t.user_id, p.public_id, s.public_id FROM agreements_placement p JOIN hosts_companytutor t ON t.id = p.company_tutor_id"
            " JOIN attendance_timesheet s ON s.placement_id = p.id ORDER BY p.id"
        ).fetchall()


def copy_rows(db: psycopg.Connection, model: Any, ids: list[int], pattern: dict[Any, Any], count: int) -> None:
    """`count` copies of these rows, each pointing to its own copies of the pattern."""
    table, values = model._meta.db_table, {}
    for one in model._meta.concrete_fields:
        column = f"x.{one.column}"
        if one.primary_key:
            if model in pattern:
                values[one.column] = f"{FIRST} + g"
        elif own := OWN.get(table, {}).get(one.column):
            values[one.column] = own
        elif isinstance(one, models.UUIDField):
            values[one.column] = "gen_random_uuid()"
        elif one.is_relation and one.related_model in pattern:
            values[one.column] = f"CASE WHEN {column} = {pattern[one.related_model].pk} THEN {FIRST} + g ELSE {column} END"
        elif not getattr(one, "generated", False):
            values[one.column] = column
    db.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    db.execute(
        f"INSERT INTO {table} ({', '.join(values)}) SELECT {', '.join(values.values())}"
        f" FROM {table} x CROSS JOIN generate_series(1, {count}) g WHERE x.id = ANY (%s)",
        [ids],
    )
    db.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@dataclass
class Month:
    """The journal of the evening: which answer each sheet got, and how long the closings took."""

    house: House
    answers: dict[uuid.UUID, list[tuple[int, str]]] = field(default_factory=dict)
    taken: list[float] = field(default_factory=list)
    lock: Any = field(default_factory=threading.Lock)

    def close(self, session: str, placement: uuid.UUID, sheet: uuid.UUID, number: int) -> None:
        """A tutor opens the month, looks, and closes it; one in ten taps twice at once, one in ten sends it again."""
        cookies = {"Cookie": f"sessionid={session}"}
        status, _place, page = self.house.request("GET", f"/presenze/{placement}/?mese=2026-10", headers=cookies)
        assert status == 200 and f"/presenze/fogli/{sheet}/chiudi/" in page
        submission = str(uuid.uuid4())

        def tap() -> None:
            began = time.monotonic()
            answer = self.house.post(f"/presenze/fogli/{sheet}/chiudi/", {}, submission=submission, session=session)
            with self.lock:
                self.answers.setdefault(sheet, []).append(answer[:2])
                self.taken.append(time.monotonic() - began)

        twice = [threading.Thread(target=tap)] if number % 10 == 3 else []
        for thread in twice:
            thread.start()
        tap()
        for thread in twice:
            thread.join(60)
        if number % 10 == 7:
            tap()


@pytest.mark.parametrize("tutors", [40, pytest.param(3000, marks=pytest.mark.deep)])
def test_every_tutor_closes_a_sheet_within_ten_minutes(house: House, sondrio: Ambito, tutors: int):
    them = make_tutors(sondrio, tutors)
    sessions = {user.pk: session_of(user) for user in User.objects.filter(pk__in=[user for user, _p, _s in them])}
    house.start("web")
    month, queue, wrong = Month(house), SimpleQueue[Any](), []
    for number, one in enumerate(them):
        queue.put((number, *one))

    def client() -> None:
        try:
            while True:
                number, user, placement, sheet = queue.get_nowait()
                month.close(sessions[user], placement, sheet, number)
        except Empty:
            pass
        except Exception as error:
            wrong.append(error)

    began = time.monotonic()
    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(TEN_MINUTES)
    seconds = time.monotonic() - began
    assert not wrong, wrong[:3]
    slow = sorted(month.taken)
    print(
        f"\n{len(them)} tutors, {CLIENTS} clients, 22 days a sheet: {seconds:.1f} s, {len(slow)} closings sent,"
        f" median {slow[len(slow) // 2] * 1000:.0f} ms, 95 % within {slow[len(slow) * 95 // 100] * 1000:.0f} ms, slowest {slow[-1]:.1f} s"
    )
    assert seconds < TEN_MINUTES

    # The journal against the database: all acknowledged, all stored, each once, by who sent it.
    assert month.answers.keys() == {sheet for _user, _placement, sheet in them}
    assert Counter(status for found in month.answers.values() for status, _place in found) == {303: len(slow)}
    assert all(len({place for _status, place in found}) == 1 for found in month.answers.values())
    with scope(made.system(sondrio).scope):
        closed = {row.public_id: row.closed_by_id for row in Timesheet.objects.filter(state="closed", closed_at__isnull=False)}
        assert closed == {sheet: user for user, _placement, sheet in them}
        sheets = dict(Timesheet.objects.values_list("pk", "public_id"))
        once = dict.fromkeys(sheets, 1)
        facts = Fact.objects.filter(code="attendance.timesheet.closed", subject_type="attendance.timesheet")
        assert Counter(facts.values_list("subject_id", flat=True)) == once
        asked = Todo.objects.filter(kind=CONFIRM_TODO, subject_type="attendance.timesheet", done_at=None)
        assert Counter(asked.values_list("subject_id", flat=True)) == once
        assert AttendanceEvent.objects.count() == PlannedSession.objects.count() == 22 * len(them)
    assert Submission.objects.count() == len(them)
