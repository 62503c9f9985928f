"""What the nights look after: months nobody closed, people who are missing, totals against their rows."""

import logging
from datetime import date, timedelta

import pytest
from django.core import mail
from django.utils import timezone

from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.jobs import run
from impresasolidale.core.models import Fact, Job, Message, Todo
from impresasolidale.core.scope import scope
from impresasolidale.desk.selectors import inbox
from impresasolidale.desk.services import mute_reminders
from impresasolidale.schedule import BEAT
from placements.agreements.models import Placement
from placements.attendance import services
from placements.attendance.models import Call, PlannedSession, Timesheet
from placements.attendance.selectors.watching import calls_for
from tests.factories import attendance as made
from tests.factories.fixtures import TODAY, make_user
from tests.factories.jobs import in_every_ambito
from tests.support.queries import OwnQueries

from .test_office import token

pytestmark = pytest.mark.django_db
OCTOBER = date(2026, 10, 1)


def open_todos(kind):
    return list(Todo.objects.filter(kind=kind, done_at=None).order_by("id"))


# --- Months nobody closed (rule 31: the fifth, and three days more for the office)


def test_nobody_is_reminded_before_the_day(bakery, in_sondrio):
    assert in_every_ambito(services.remind_sheets, today=date(2026, 11, 4)) == {"tutors": 0, "office": 0, "mails": 0}
    assert not Todo.objects.filter(kind__startswith="attendance.sheet").exists()


def test_from_the_day_on_the_tutor_is_asked_once_and_gets_one_mail(sondrio, bakery, in_sondrio):
    made.make_running_placement(sondrio, bakery.tutor, bakery.company, number=2)
    assert in_every_ambito(services.remind_sheets, today=date(2026, 11, 5)) == {"tutors": 2, "office": 0, "mails": 1}
    assert in_every_ambito(services.remind_sheets, today=date(2026, 11, 6)) == {"tutors": 0, "office": 0, "mails": 0}
    todo = open_todos(services.MISSING_TODO)[0]
    assert (todo.case_role, todo.due_on) == ("company_tutor", date(2026, 11, 5))
    assert "ottobre 2026" in todo.title
    message = Message.objects.get(kind="attendance.sheet_missing")
    assert message.address == bakery.tutor.email
    assert "2 mesi" in message.body and bakery.placement.beneficiary.last_name not in message.body + message.subject
    with scope(bakery.access.scope):
        assert todo.pk in [t.pk for t in inbox(bakery.access, TODAY).mine]


def test_some_days_later_the_office_is_asked_too(bakery, in_sondrio):
    in_every_ambito(services.remind_sheets, today=date(2026, 11, 5))
    assert in_every_ambito(services.remind_sheets, today=date(2026, 11, 7))["office"] == 0
    assert in_every_ambito(services.remind_sheets, today=date(2026, 11, 8))["office"] == 1
    (todo,) = open_todos(services.LATE_TODO)
    assert (todo.role, todo.case_role, todo.subject_id) == (
        "social_worker", "referent", Timesheet.objects.get(placement=bakery.placement, month=OCTOBER).pk,
    )  # fmt: skip


def test_the_days_are_the_rule_book_s(bakery, in_sondrio):
    made.rules_changed(bakery.placement, sheet_day_of_next_month=10, sheet_office_days=0)
    assert in_every_ambito(services.remind_sheets, today=date(2026, 11, 9))["tutors"] == 0
    assert in_every_ambito(services.remind_sheets, today=date(2026, 11, 10)) == {"tutors": 1, "office": 1, "mails": 1}


def test_closing_the_month_takes_both_away(sondrio, bakery, in_sondrio, user_of):
    in_every_ambito(services.remind_sheets, today=date(2026, 11, 10))
    assert open_todos(services.MISSING_TODO) and open_todos(services.LATE_TODO)
    made.settle(made.whole_month(bakery.placement, OCTOBER), "closed", closer=user_of(Role.SOCIAL_WORKER, sondrio))
    assert not open_todos(services.MISSING_TODO) and not open_todos(services.LATE_TODO)
    assert in_every_ambito(services.remind_sheets, today=date(2026, 11, 11))["tutors"] == 0


def test_who_is_muted_gets_no_mail(sondrio, bakery, worker, in_sondrio):
    access = access_for(worker)
    with scope(access.scope):
        mute_reminders(subject=bakery.placement, reason="In ospedale il tutor", until=date(2026, 12, 1), by=access, today=TODAY)
    assert in_every_ambito(services.remind_sheets, today=TODAY)["mails"] == 0
    with scope(access.scope):
        assert not [t for t in inbox(access, TODAY).mine + inbox(access, TODAY).others if t.kind.startswith("attendance.sheet")]


def test_a_tutor_without_access_gets_no_mail(sondrio, bakery, in_sondrio):
    bakery.tutor.user = None
    bakery.tutor.save()
    counts = in_every_ambito(services.remind_sheets, today=TODAY)
    assert (counts["tutors"], counts["mails"]) == (1, 0)


def test_reminding_costs_the_same_for_one_and_ten(sondrio, bakery, in_sondrio):
    def cost():
        Todo.objects.all().delete()
        Message.objects.all().delete()
        with OwnQueries() as own:
            in_every_ambito(services.remind_sheets, today=TODAY)
        return len(own)

    one = cost()
    for number in range(2, 11):
        made.make_running_placement(sondrio, bakery.tutor, bakery.company, number=number)
    assert cost() == one


# --- People who are missing


def missing(placement, days, outcome="justified"):
    for day in days:
        made.record(placement, day, outcome)


def planned(placement, first, last):
    days = PlannedSession.objects.filter(placement=placement, day__range=(first, last)).order_by("day")
    return list(days.values_list("day", flat=True))


def test_two_absences_in_a_row_ask_for_a_call(bakery, in_sondrio):
    missing(bakery.placement, [date(2026, 11, 16)])
    assert in_every_ambito(services.watch_presence, today=TODAY) == 0
    missing(bakery.placement, [date(2026, 11, 17)], "sick")
    assert in_every_ambito(services.watch_presence, today=TODAY) == 1
    (todo,) = open_todos(services.CALL_TODO)
    assert (todo.role, todo.case_role) == ("social_worker", "referent")
    assert "2 assenze di fila" in todo.title and "malattia" not in todo.title
    assert in_every_ambito(services.watch_presence, today=TODAY) == 0 and len(open_todos(services.CALL_TODO)) == 1


@pytest.mark.parametrize(
    ("outcomes", "asked"),
    [
        (("justified", "present"), 0),  # she is back
        (("justified", "closed", "justified"), 1),  # a closed company is nobody's absence, and breaks no series
        (("justified", "withdrawn", "present"), 0),
    ],
)
def test_what_makes_a_series(bakery, in_sondrio, outcomes, asked):
    days = [date(2026, 11, 12), date(2026, 11, 16), date(2026, 11, 17)][-len(outcomes) :]
    for day, outcome in zip(days, outcomes, strict=True):
        if outcome == "withdrawn":
            made.record(bakery.placement, day)
        made.record(bakery.placement, day, outcome)
    assert in_every_ambito(services.watch_presence, today=TODAY) == asked


def test_the_whole_series_is_told(bakery, in_sondrio):
    missing(bakery.placement, [date(2026, 11, d) for d in (10, 11, 12, 16, 17)])
    made.record(bakery.placement, date(2026, 11, 9))
    assert [(sign.absences, sign.recent) for sign in calls_for(in_sondrio, TODAY)] == [(5, None)]
    Call.objects.create(ambito=bakery.placement.ambito, placement=bakery.placement, called_on=date(2026, 11, 16), result="back")
    assert calls_for(in_sondrio, TODAY) == []  # one day since the call
    missing(bakery.placement, [TODAY])
    assert [sign.absences for sign in calls_for(in_sondrio, TODAY + timedelta(days=1))] == [2]


def test_the_length_of_a_series_is_the_rule_book_s(bakery, in_sondrio):
    made.rules_changed(bakery.placement, call_absences=3)
    missing(bakery.placement, [date(2026, 11, 16), date(2026, 11, 17)])
    assert in_every_ambito(services.watch_presence, today=TODAY) == 0
    missing(bakery.placement, [date(2026, 11, 12)])
    assert in_every_ambito(services.watch_presence, today=TODAY) == 1


def test_a_fall_against_the_own_rhythm(bakery, in_sondrio):
    """Usual: 4 to 3 November and before, all present, 100 %. Recent, from the 4th to the 17th: eight days planned (4 5 9 10 11 12 16 17),
    of which three present: 37 % < half of 100. Never two absences in a row at the end: the last day is a presence."""
    usual, recent = (
        planned(bakery.placement, date(2026, 10, 1), date(2026, 11, 3)),
        planned(bakery.placement, date(2026, 11, 4), date(2026, 11, 17)),
    )
    assert len(recent) == 8
    for day in usual:
        made.record(bakery.placement, day)
    for n, day in enumerate(recent):
        made.record(bakery.placement, day, "present" if n in (2, 5, 7) else "justified")
    (sign,) = calls_for(in_sondrio, TODAY)
    assert (sign.recent, sign.usual) == (37, 100)
    assert in_every_ambito(services.watch_presence, today=TODAY) == 1
    assert "molto meno del solito" in open_todos(services.CALL_TODO)[0].title


def test_half_of_the_rhythm_is_not_yet_a_fall(bakery, in_sondrio):
    for day in planned(bakery.placement, date(2026, 10, 1), date(2026, 11, 3)):
        made.record(bakery.placement, day)
    for n, day in enumerate(planned(bakery.placement, date(2026, 11, 4), date(2026, 11, 17))):
        made.record(bakery.placement, day, "present" if n % 2 else "justified")  # four of eight
    assert in_every_ambito(services.watch_presence, today=TODAY) == 0


def test_too_few_days_say_nothing(bakery, in_sondrio):
    for day in planned(bakery.placement, date(2026, 10, 26), date(2026, 11, 3))[:7]:
        made.record(bakery.placement, day)
    made.record(bakery.placement, date(2026, 11, 16), "justified")
    made.record(bakery.placement, date(2026, 11, 17), "present")
    assert in_every_ambito(services.watch_presence, today=TODAY) == 0


def test_one_person_is_called_once_whatever_the_placements(sondrio, bakery, in_sondrio):
    second = made.make_running_placement(sondrio, bakery.tutor, bakery.company, number=2)
    Placement.objects.update(exclusive=False)
    Placement.objects.filter(pk=second.pk).update(beneficiary=bakery.placement.beneficiary)
    for placement in (bakery.placement, second):
        missing(placement, [date(2026, 11, 16), date(2026, 11, 17)])
    assert len(calls_for(in_sondrio, TODAY)) == 2
    assert in_every_ambito(services.watch_presence, today=TODAY) == 1
    assert in_every_ambito(services.watch_presence, today=TODAY + timedelta(days=1)) == 0
    assert len(open_todos(services.CALL_TODO)) == 1


def test_she_is_back_and_the_to_do_goes_by_itself(bakery, in_sondrio):
    missing(bakery.placement, [date(2026, 11, 12), date(2026, 11, 16)])
    in_every_ambito(services.watch_presence, today=date(2026, 11, 17))
    assert open_todos(services.CALL_TODO)
    made.record(bakery.placement, date(2026, 11, 17))
    in_every_ambito(services.watch_presence, today=TODAY)
    assert not open_todos(services.CALL_TODO)


def test_a_call_that_is_noted_asks_for_no_other(signed_in, worker, bakery, in_sondrio):
    missing(bakery.placement, [date(2026, 11, 16), date(2026, 11, 17)])
    in_every_ambito(services.watch_presence, today=TODAY)
    (todo,) = open_todos(services.CALL_TODO)
    client = signed_in(worker)
    page = client.get(todo.url).content.decode()
    assert "2 giornate previste di fila" in page and "non ha risposto" in page
    assert client.post(todo.url, {"result": "to_meet", **token()}).status_code == 303
    call = Call.objects.get()
    assert (call.called_on, call.result, call.created_by) == (TODAY, "to_meet", worker)
    assert Fact.objects.get(code="attendance.call.noted").data == {"result": "to_meet"}
    assert not open_todos(services.CALL_TODO)
    assert in_every_ambito(services.watch_presence, today=TODAY + timedelta(days=1)) == 0
    assert "serve un incontro" in client.get(todo.url).content.decode()


def test_a_call_wants_its_result(signed_in, worker, bakery):
    address = f"/presenze/{bakery.placement.public_id}/chiamata/"
    response = signed_in(worker).post(address, token())
    assert response.status_code == 422 and "Scegli com’è andata" in response.content.decode()
    assert signed_in(worker).post(address, {"result": "malata", **token()}).status_code == 422


def test_calls_are_the_office_s_own(signed_in, stranger, bakery, sondrio):
    address = f"/presenze/{bakery.placement.public_id}/chiamata/"
    for user, status in ((stranger, 404), (bakery.user, 403), (make_user(Role.CLERK, sondrio), 403)):
        assert signed_in(user).get(address).status_code == status


# --- Totals against their rows


def test_a_month_that_agrees_raises_no_alarm(bakery, in_sondrio):
    made.whole_month(bakery.placement, OCTOBER)
    made.record(bakery.placement, date(2026, 10, 2), "present", 90)
    made.record(bakery.placement, date(2026, 10, 5), "sick")
    assert in_every_ambito(services.recount_months) == 0
    assert not open_todos(services.RECOUNT_TODO)


@pytest.mark.parametrize("column", ["planned_minutes", "done_minutes", "credited_minutes", "days_present", "days_absent"])
def test_any_difference_is_an_alarm_until_it_agrees_again(bakery, in_sondrio, caplog, column):
    sheet = made.whole_month(bakery.placement, OCTOBER)
    Timesheet.objects.filter(pk=sheet.pk).update(**{column: 7})
    with caplog.at_level(logging.ERROR):
        assert in_every_ambito(services.recount_months) == 1
    assert "differ from their rows" in caplog.text
    (todo,) = open_todos(services.RECOUNT_TODO)
    assert (todo.role, todo.subject_id) == (Role.COORDINATOR, sheet.pk)
    in_every_ambito(services.recount_months)
    assert len(open_todos(services.RECOUNT_TODO)) == 1
    services.recompute_totals([bakery.placement.pk], [OCTOBER])
    assert in_every_ambito(services.recount_months) == 0 and not open_todos(services.RECOUNT_TODO)


def test_events_without_a_sheet_are_a_difference(bakery, in_sondrio):
    made.whole_month(bakery.placement, OCTOBER)
    Timesheet.objects.filter(placement=bakery.placement, month=OCTOBER).delete()
    assert in_every_ambito(services.recount_months) == 1


# --- The jobs


def test_the_nights_know_their_jobs():
    names = {entry["args"][0] for entry in BEAT.values()}
    assert {"attendance.recount", "attendance.watch_presence", "attendance.remind_sheets"} <= names


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["attendance.recount", "attendance.watch_presence", "attendance.remind_sheets"])
def test_a_job_of_the_night_runs_for_every_ambito(bakery, name):
    job = Job.objects.create(name=name, label=name, run_after=timezone.now())
    run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error) == ("done", "")
    assert mail.outbox == []
