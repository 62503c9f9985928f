"""To-dos of a role on a case, and the dates that become to-dos."""

from datetime import date, timedelta

import pytest
from django.db import ProgrammingError, connection, transaction

from impresasolidale.accounts.permissions import Role
from impresasolidale.core import todos
from impresasolidale.core.models import Deadline, Todo
from tests.factories.beneficiaries import make_beneficiary
from tests.factories.fixtures import TODAY
from tests.factories.hosts import make_company

pytestmark = pytest.mark.django_db
KIND = "agreements.framework_expires"


@pytest.fixture
def access(worker, within):
    return within(worker)


@pytest.fixture
def company(access):
    return make_company(access)


def ask(access, subject, title: str = "Chiama il tutor", due_on: date | None = None) -> None:
    todos.ask(kind=KIND, subject=subject, title=title, url="/da-fare/", role=Role.SOCIAL_WORKER, due_on=due_on, by=access)


def set_deadline(access, subject, due_on: date, **changes) -> None:
    values = {"title": "Finisce la convenzione", "url": "/tirocini/", "role": Role.SOCIAL_WORKER, **changes}
    todos.set_deadline(kind=KIND, subject=subject, due_on=due_on, by=access, **values)


def test_asking_again_renews_the_one_open_todo(access, worker, today):
    ask(access, worker)
    ask(access, worker, "Scrivi al tutor", today)
    row = Todo.objects.get()
    assert (row.title, row.due_on, row.ambito_id, row.network_id) == ("Scrivi al tutor", today, access.ambito_id, access.network_id)


def test_an_office_reaches_nothing_that_waits_for_another_about_what_that_owns(within, access, worker, stranger, company):
    """In raw SQL: not even of its network. What waits about what the network owns is settled by whoever settles the thing."""
    hers = make_beneficiary(access)
    for subject in (hers, access.ambito, company):
        ask(access, subject)
        set_deadline(access, subject, TODAY)
    kept = {"beneficiaries.beneficiary", "territory.ambito"}

    def reached(user, table):
        within(user)
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET title = 'x' RETURNING subject_type")
            return {subject_type for (subject_type,) in cursor.fetchall()}

    for table in ("core_todo", "core_deadline"):
        assert reached(worker, table) == {*kept, "hosts.company"}
        assert reached(stranger, table) == {"hosts.company"}
    theirs = within(stranger)
    todos.done(kind=KIND, subject=company, by=theirs)
    assert Todo.objects.get(subject_id=company.pk, subject_type="hosts.company").done_by == stranger.pk
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        Todo.objects.create(ambito_id=access.ambito_id, kind="x", subject_type="x", subject_id=1, title="x", url="/", role="x")


def test_done_says_who_and_asking_after_it_is_a_new_one(access, worker):
    ask(access, worker)
    todos.done(kind=KIND, subject=worker, by=access)
    row = Todo.objects.get()
    assert row.done_at and row.done_by == worker.pk
    ask(access, worker)
    assert Todo.objects.filter(done_at=None).count() == 1 and Todo.objects.count() == 2


def test_what_waits_is_of_the_role_and_the_soonest_first(access, worker, coordinator, today):
    ask(access, worker)
    ask(access, coordinator, due_on=today)
    assert [t.subject_id for t in todos.open_for(access, [Role.SOCIAL_WORKER])] == [coordinator.pk, worker.pk]
    assert not todos.open_for(access, [Role.ACCOUNTING])


@pytest.mark.parametrize(("days", "expected"), [(31, 0), (30, 1), (0, 1), (-5, 1)])
def test_a_date_becomes_a_todo_when_it_is_near(access, worker, today, days, expected):
    set_deadline(access, worker, today + timedelta(days=days))
    assert todos.remind(today=today) == expected
    rows = [(t.kind, t.title, t.url, t.role, t.due_on, t.subject_id, t.ambito_id) for t in Todo.objects.all()]
    due_on = today + timedelta(days=days)
    assert rows == [(KIND, "Finisce la convenzione", "/tirocini/", Role.SOCIAL_WORKER, due_on, worker.pk, access.ambito_id)] * expected


def test_reminding_again_adds_nothing(access, worker, today):
    set_deadline(access, worker, today)
    for _night in range(3):
        todos.remind(today=today)
    assert Todo.objects.count() == 1


def test_a_reminder_that_is_done_stays_done_until_the_date_moves(access, worker, today):
    set_deadline(access, worker, today)
    todos.remind(today=today)
    todos.done(kind=KIND, subject=worker, by=access)
    todos.remind(today=today + timedelta(days=1))
    assert not Todo.objects.filter(done_at=None).exists()
    set_deadline(access, worker, today + timedelta(days=10))
    todos.remind(today=today + timedelta(days=1))
    assert Deadline.objects.count() == 1
    assert Todo.objects.get(done_at=None).due_on == today + timedelta(days=10)


def test_a_closed_date_reminds_nobody(access, worker, today):
    set_deadline(access, worker, today)
    todos.close_deadline(kind=KIND, subject=worker)
    assert todos.remind(today=today) == 0 and not Todo.objects.exists()


@pytest.mark.parametrize(
    ("due_on", "working_days", "near_from"),
    [
        (date(2026, 11, 18), 2, date(2026, 11, 16)),
        (date(2026, 11, 18), 3, date(2026, 11, 13)),  # over a weekend
        (date(2026, 12, 9), 2, date(2026, 12, 4)),  # over the Immaculate Conception and a weekend
        (date(2026, 6, 22), 1, date(2026, 6, 18)),  # Sondrio's patron saint is 19 June, a Friday
        (date(2026, 11, 18), 0, date(2026, 11, 18)),
    ],
)
def test_a_reminder_counts_working_days(access, worker, due_on, working_days, near_from):
    set_deadline(access, worker, due_on, remind_working_days=working_days, case_role="referent", is_mandatory=True)
    assert todos.remind(today=near_from - timedelta(days=1)) == 0
    assert todos.remind(today=near_from) == 1
    row = Todo.objects.get()
    assert (row.case_role, row.is_mandatory, row.due_on) == ("referent", True, due_on)
