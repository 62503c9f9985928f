"""Visits: the day by the rule book, putting off, minutes that are typed, closed and never change, decisions, the page of who goes out."""

import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from impresasolidale.accounts.access import Access, access_for
from impresasolidale.accounts.models import User
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.models import Deadline, Document, Job, Todo
from impresasolidale.core.scope import scope
from impresasolidale.desk.calendar import events_of
from impresasolidale.territory.models import Ambito
from impresasolidale.territory.rules import Rules
from placements.agreements.enums import PlacementState
from placements.agreements.models import Placement
from placements.agreements.services import end_early as end_early_service
from placements.monitoring.documents.visits import minutes
from placements.monitoring.models import Visit, VisitDecision, VisitNote
from placements.monitoring.services import visits as services
from placements.monitoring.visit_enums import VisitKind, VisitState, VisitWhy
from placements.monitoring.visit_rules import Course, Due, next_visit
from tests.factories.agreements import make_placement, suspend
from tests.factories.fixtures import make_user
from tests.factories.jobs import in_every_ambito

pytestmark = pytest.mark.django_db
S = PlacementState
START, END = date(2026, 9, 1), date(2027, 2, 28)
TODAY = date(2026, 11, 18)


def course(**changes: Any) -> Course:
    return Course(**{"starts_on": START, "last_day": END, "today": TODAY, **changes})


# --- The rule (47, 48)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, Due(date(2026, 10, 1), VisitWhy.FIRST)),  # 1 September + 30 days
        ({"visited": [date(2026, 9, 28)]}, Due(date(2026, 11, 28), VisitWhy.INTERVAL)),  # + 2 months
        ({"visited": [date(2026, 9, 28), date(2026, 10, 5)]}, Due(date(2026, 12, 5), VisitWhy.INTERVAL)),  # from the last one
        ({"visited": [date(2026, 12, 31)]}, Due(END, VisitWhy.LAST)),  # 28 February, which is the last day
        ({"visited": [date(2027, 1, 31)]}, Due(END, VisitWhy.LAST)),  # 31 March would be after the end
        ({"visited": [END]}, None),
        ({"last_day": date(2026, 9, 15)}, Due(date(2026, 9, 15), VisitWhy.LAST)),
        # Ten days of pause, 10 to 19 September, do not count: 1 + 10 October.
        ({"pauses": [(date(2026, 9, 10), date(2026, 9, 19))]}, Due(date(2026, 10, 11), VisitWhy.PAUSED)),
        # The day moved by the first pause meets the second: 1 + 10 October, then 5 to 9 October, five days more.
        (
            {"pauses": [(date(2026, 10, 5), date(2026, 10, 9)), (date(2026, 9, 10), date(2026, 9, 19))]},
            Due(date(2026, 10, 16), VisitWhy.PAUSED),
        ),
        ({"pauses": [(date(2026, 10, 2), date(2026, 10, 20))]}, Due(date(2026, 10, 1), VisitWhy.FIRST)),  # begins after the day
        # Still on: from 20 September to today, 18 November, sixty days.
        ({"pauses": [(date(2026, 9, 20), None)]}, Due(date(2026, 11, 30), VisitWhy.PAUSED)),
        # Of a pause that was on when somebody went there, the days from the next one on: 29 and 30 September.
        (
            {"visited": [date(2026, 9, 28)], "pauses": [(date(2026, 9, 20), date(2026, 9, 30))]},
            Due(date(2026, 11, 30), VisitWhy.PAUSED),
        ),
    ],
)
def test_the_day_by_the_rule_book(changes: dict[str, Any], expected: Due | None) -> None:
    assert next_visit(course(**changes), Rules()) == expected


def test_rules_that_are_off_plan_nothing() -> None:
    no_first = Rules().changed({"severity": {"47": "off"}})
    assert next_visit(course(), no_first) == Due(date(2026, 11, 1), VisitWhy.INTERVAL)  # two months after the start
    assert next_visit(course(), no_first.changed({"severity": {"48": "off"}})) is None
    assert next_visit(course(visited=[START]), Rules().changed({"severity": {"48": "off"}})) is None


@given(
    st.integers(1, 600),
    st.lists(st.integers(0, 600), max_size=4),
    st.lists(st.tuples(st.integers(0, 600), st.integers(0, 60)), max_size=4),
)
def test_the_day_lies_inside_and_pauses_only_put_it_off(length: int, visited: list[int], pauses: list[tuple[int, int]]) -> None:
    def on(days: int) -> date:
        return START + timedelta(days=days)

    went = [on(min(days, length)) for days in visited]
    apart, since = [], 0
    for gap, days in pauses:
        apart.append((on(since + gap), on(since + gap + days)))
        since += gap + days + 1
    span = {"starts_on": START, "last_day": on(length), "today": TODAY, "visited": went}
    plain, due = next_visit(Course(**span), Rules()), next_visit(Course(pauses=apart, **span), Rules())
    assert (plain is None) == (due is None) == bool(went and max(went) == on(length))
    if plain and due:
        assert START <= plain.on <= due.on <= on(length)


# --- Planned, moved, called off


@pytest.fixture
def access(worker: User) -> Access:
    return access_for(worker)


def inside(access: Access, make: Callable[[], Any]) -> Any:
    with scope(access.scope):
        return make()


@pytest.fixture
def running(access: Access) -> Placement:
    return inside(access, lambda: make_placement(access, S.ACTIVE, starts_on=timezone.localdate() - timedelta(days=40)))


def system(access: Access) -> Access:
    return Access.system(network_id=access.network_id, ambito_id=access.ambito_id, reason="test")  # type: ignore[arg-type]


def plan(access: Access, placement: Placement) -> Visit | None:
    return inside(access, lambda: services.plan_visit(placement=placement, by=system(access), today=timezone.localdate()))


def said(**changes: Any) -> dict[str, Any]:
    """What is typed on the tablet."""
    return {
        "held_on": timezone.localdate().isoformat(),
        "place": "In laboratorio",
        "present": ["person", "company_tutor"],
        "topics": ["tasks", "goals"],
        "notes": "Va volentieri",
        "difficulties": "",
        "others": "",
        **changes,
    }


def close(access: Access, visit: Visit, **changes: Any) -> Visit:
    fresh = Visit.objects.get(pk=visit.pk)
    values = {**said(), "held_on": timezone.localdate(), "next_on": None, "decisions": [], **changes}
    return services.close_minutes(visit=fresh, row_version=fresh.row_version, by=access, today=timezone.localdate(), **values)


def test_the_start_asks_for_the_first_visit_and_the_end_for_none(access: Access, running: Placement) -> None:
    today = timezone.localdate()
    job = inside(access, lambda: Job.objects.filter(name="monitoring.plan_visit").latest("id"))
    assert job.arguments == {"placement_id": running.pk}
    visit = plan(access, running)
    assert visit and (visit.due_on, visit.why) == (running.starts_on + timedelta(days=30), VisitWhy.FIRST)
    todo = inside(access, lambda: Todo.objects.get(kind="monitoring.visit", done_at=None))
    assert (todo.due_on, todo.role, todo.case_role) == (visit.due_on, Role.SOCIAL_WORKER, "promoter_tutor")
    assert plan(access, running) == visit and inside(access, Visit.objects.count) == 1
    inside(access, lambda: suspend(access, running, today=today))
    moved = plan(access, running)
    assert moved and moved.due_on == visit.due_on  # it was late before the pause began
    early = {"cause": "other_path", "asked_by": "person", "next_step": "services", "note_text": "Ha trovato altro"}
    inside(access, lambda: end_early_service(placement=running, last_day=today, by=access, today=today, **early))
    assert plan(access, running) is None
    assert inside(access, Visit.objects.get).state == VisitState.CALLED_OFF
    assert not inside(access, lambda: Todo.objects.filter(kind="monitoring.visit", done_at=None).exists())
    assert not inside(access, lambda: Deadline.objects.filter(kind="monitoring.visit", closed_at=None).exists())


def test_two_nights_are_one(access: Access, running: Placement) -> None:
    other = inside(access, lambda: make_placement(access, S.DRAFT, number=2))
    today = timezone.localdate()
    assert in_every_ambito(services.plan_visits, today=today) == 1
    assert in_every_ambito(services.plan_visits, today=today) == 0
    visits = inside(access, lambda: list(Visit.objects.all()))
    assert [v.placement_id for v in visits] == [running.pk] and other.pk != running.pk
    assert inside(access, Todo.objects.filter(kind="monitoring.visit").count) == 1


def test_not_today(worker: User, stranger: User, access: Access, running: Placement, signed_in: Any) -> None:
    visit, today = plan(access, running), timezone.localdate()
    assert visit
    url, me = reverse("monitoring:put_off", args=[visit.public_id]), signed_in(worker)
    to = today + timedelta(days=30)
    assert me.post(url, {"to": to, "reason": ""}).status_code == 422
    assert me.post(url, {"to": today, "reason": "L'impresa è chiusa"}).status_code == 422
    assert me.post(url, {"to": running.ends_on + timedelta(days=1), "reason": "L'impresa è chiusa"}).status_code == 422
    assert me.post(url, {"to": to, "reason": "L'impresa è chiusa"}).status_code == 303
    row = inside(access, Visit.objects.get)
    assert (row.due_on, row.put_off_from, row.is_set) == (to, visit.due_on, True)
    assert not inside(access, lambda: Todo.objects.filter(kind="monitoring.visit", done_at=None).exists())  # it waits again
    assert inside(access, lambda: Deadline.objects.get(kind="monitoring.visit", closed_at=None)).due_on == to
    assert plan(access, running).due_on == to  # type: ignore[union-attr]  # the day people chose stays
    page = me.get(reverse("monitoring:visits"), {"chi": "tutte"}).content.decode()
    assert "Rimandata dal" in page and "L&#x27;impresa è chiusa" in page and "Più avanti" in page
    assert signed_in(stranger).get(url).status_code == 404
    clerk = make_user(Role.CLERK, Ambito.objects.get(pk=access.ambito_id))
    assert signed_in(clerk).get(url).status_code == 403


# --- Minutes


def test_typed_as_a_draft_then_closed_for_ever(worker: User, access: Access, running: Placement, signed_in: Any) -> None:
    visit, me, today = plan(access, running), signed_in(worker), timezone.localdate()
    assert visit
    url, page = (reverse(f"monitoring:{name}", args=[visit.public_id]) for name in ("minutes", "visit"))
    assert 'value="draft"' not in me.get(url).content.decode() and "Salva la bozza" in me.get(url).content.decode()
    draft = {**said(present=[], topics=[], notes="Comincio a scrivere"), "row_version": visit.row_version, "draft": "1"}
    assert me.post(url, draft).status_code == 303
    shown = me.get(url).content.decode()
    assert "Comincio a scrivere" in shown and "Bozza salvata" in shown
    assert me.post(url, {**draft, "notes": "Da un altro apparecchio"}).status_code == 409  # and what was typed is shown
    assert "Da un altro apparecchio" in me.post(url, {**draft, "notes": "Da un altro apparecchio"}).content.decode()
    whole = {
        **said(notes="Va volentieri <b>"),
        "row_version": visit.row_version + 1,
        "decision_0_text": "Chiedere un abbonamento",
        "decision_0_role": "referent",
        "decision_0_due_on": today + timedelta(days=7),
        "next_on": today + timedelta(days=50),
        "close": "1",
    }
    for wrong in (
        {"held_on": today + timedelta(days=1)},
        {"held_on": running.starts_on - timedelta(days=1)},
        {"held_on": ""},
        {"present": []},
        {"topics": [], "notes": ""},
        {"next_on": today - timedelta(days=1)},
        {"next_on": running.ends_on + timedelta(days=1)},
    ):
        answer = me.post(url, {**whole, **wrong})
        assert answer.status_code == 422, wrong
        assert "Chiedere un abbonamento" in answer.content.decode()
    assert me.post(url, whole).status_code == 303
    row = inside(access, lambda: Visit.objects.select_related("document").get(pk=visit.pk))
    assert row.state == VisitState.DONE and row.document.number.endswith("/000001") and row.held_by_id == worker.pk
    text = me.get(page).content.decode()
    assert "Chiedere un abbonamento" in text and "Va volentieri &lt;b&gt;" in text
    following = inside(access, lambda: Visit.objects.get(state=VisitState.PLANNED))
    assert (following.due_on, following.is_set, following.why) == (today + timedelta(days=50), True, VisitWhy.CHOSEN)
    todo = inside(access, lambda: Todo.objects.get(kind="monitoring.decision"))
    assert (todo.case_role, todo.due_on) == ("referent", today + timedelta(days=7)) and "abbonamento" not in todo.title
    assert not inside(access, lambda: Todo.objects.filter(kind="monitoring.visit", subject_id=visit.pk, done_at=None).exists())

    # Closed: no form, no second closing, no change behind the program's back.
    assert me.get(url).status_code == 303
    assert me.post(url, whole).status_code == 409
    for change in (
        lambda: Visit.objects.filter(pk=visit.pk).update(place="Altrove"),
        lambda: Visit.objects.filter(pk=visit.pk).delete(),
        lambda: VisitDecision.objects.update(text="Altro"),
        lambda: VisitDecision.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), scope(access.scope), transaction.atomic():
            change()
    note = reverse("monitoring:visit_note", args=[visit.public_id])
    assert me.post(note, {"text": ""}).status_code == 422
    assert me.post(note, {"text": "C'era anche la madre"}).status_code == 303
    assert "C&#x27;era anche la madre" in me.get(page).content.decode()
    with pytest.raises(DatabaseError), scope(access.scope), transaction.atomic():
        VisitNote.objects.update(text="Altro")
    decision = inside(access, VisitDecision.objects.get)
    done = reverse("monitoring:decision_done", args=[decision.public_id])
    assert me.post(done).status_code == 303 and me.post(done).status_code == 303
    assert inside(access, VisitDecision.objects.get).done_on == today
    assert inside(access, lambda: Todo.objects.get(kind="monitoring.decision")).done_at


def test_the_paper_says_what_was_said_and_no_area(access: Access, running: Placement) -> None:
    with scope(access.scope):
        visit = services.plan_visit(placement=running, by=access, today=timezone.localdate())
        assert visit
        done = close(access, visit, decisions=[services.Decided("Provare il banco", "promoter_tutor", None)])
        context = Document.objects.get(pk=done.document_id).context
        assert context == {**context, **minutes(done, list(done.decisions.all()), by=access.actor)}
    facts = dict(context["facts"])
    assert facts["Chi c’era"] == "la persona, il tutor aziendale" and facts["Si è parlato di"] == "attività, obiettivi"
    assert context["decisions"] == [["Provare il banco", "il tutor dell'ente promotore", "–"]]
    assert [signer["code"] for signer in context["signers"]] == ["promoter", "person", "company_tutor"]


def test_the_coordinator_opens_what_she_was_asked(coordinator: User, access: Access, running: Placement, signed_in: Any) -> None:
    with scope(access.scope):
        visit = services.plan_visit(placement=running, by=access, today=timezone.localdate())
        assert visit
        close(access, visit, decisions=[services.Decided("Chiedere un posto in più", "coordinator", None)])
        decision = VisitDecision.objects.get()
    me, url = signed_in(coordinator), reverse("monitoring:visit", args=[visit.public_id])
    assert "Chiedere un posto in più" in me.get(url).content.decode()
    assert me.post(reverse("monitoring:decision_done", args=[decision.public_id])).status_code == 303


def test_a_call_is_noted_and_moves_no_visit(worker: User, access: Access, running: Placement, signed_in: Any) -> None:
    visit, me = plan(access, running), signed_in(worker)
    assert visit
    new = reverse("monitoring:new_visit", args=[running.public_id])
    assert me.post(new, {"kind": "planned"}).status_code == 422
    answer = me.post(new, {"kind": "phone"})
    call = inside(access, lambda: Visit.objects.get(kind=VisitKind.PHONE))
    assert answer["Location"] == reverse("monitoring:minutes", args=[call.public_id])
    assert me.post(answer["Location"], {**said(present=["person"]), "row_version": call.row_version}).status_code == 303
    assert inside(access, lambda: Visit.objects.get(pk=visit.pk)).due_on == visit.due_on
    urgent = inside(access, lambda: services.open_visit(placement=running, kind="urgent", by=access, today=timezone.localdate()))
    inside(access, lambda: close(access, urgent))
    assert inside(access, lambda: Visit.objects.get(pk=visit.pk)).due_on > visit.due_on  # somebody went there


def test_of_a_draft_nothing_is_written(worker: User, access: Access, signed_in: Any) -> None:
    draft = inside(access, lambda: make_placement(access, S.DRAFT))
    answer = signed_in(worker).post(reverse("monitoring:new_visit", args=[draft.public_id]), {"kind": "phone"})
    assert answer.status_code == 422 and "mai cominciato" in answer.content.decode()


def test_others_do_not_reach_it(stranger: User, access: Access, running: Placement, signed_in: Any) -> None:
    visit = plan(access, running)
    assert visit
    officer = make_user(Role.COMUNE_OFFICER, Ambito.objects.get(pk=access.ambito_id))
    for name in ("visit", "minutes", "put_off", "visit_note", "minutes_file"):
        url = reverse(f"monitoring:{name}", args=[visit.public_id])
        assert signed_in(stranger).get(url).status_code == 404, name
        assert signed_in(officer).get(url).status_code == 403, name
    tutor = inside(access, lambda: running.company_tutor.user)
    assert signed_in(tutor).get(reverse("monitoring:visits")).status_code == 403


def test_my_own_first_and_whom_to_call(access: Access, running: Placement, signed_in: Any) -> None:
    plan(access, running)
    educator = make_user(Role.PROMOTER_TUTOR, Ambito.objects.get(pk=access.ambito_id))
    me, url = signed_in(educator), reverse("monitoring:visits")
    name = inside(access, lambda: str(running.beneficiary))
    assert name not in me.get(url).content.decode()  # somebody else's
    assert name in me.get(url, {"chi": "tutte"}).content.decode()
    with scope(access.scope):
        Placement.objects.filter(pk=running.pk).update(promoter_tutor=educator)
        Todo.objects.create(
            kind="attendance.call", subject_type="agreements.placement", subject_id=running.pk, title="Chiama qualcuno", url="/x/",
            role=Role.SOCIAL_WORKER, ambito_id=access.ambito_id, network_id=access.network_id,
        )  # fmt: skip
    page = me.get(url).content.decode()
    assert name in page and "In ritardo" in page and "Chiama qualcuno" in page
    assert me.get(reverse("desk:inbox")).content.decode().count("Visita da fare") == 1
    [event] = events_of(educator, today=timezone.localdate())
    assert event.summary.startswith("Visita entro oggi: ") and name.split()[0] not in str(event)
    for kind in ("csv", "xlsx"):
        assert me.get(reverse("monitoring:visits_file", args=[kind])).status_code == 200
    rows = b"".join(me.get(reverse("monitoring:visits_file", args=["csv"])).streaming_content).decode().splitlines()
    assert len(rows) == 2 and name in rows[1]
    assert me.get(reverse("monitoring:visits_file", args=["pdf"])).status_code == 404


def test_the_list_costs_the_same_for_one_and_for_several(worker: User, access: Access, running: Placement, signed_in: Any) -> None:
    client, url = signed_in(worker), reverse("monitoring:visits")
    plan(access, running)
    client.get(url)
    with CaptureQueriesContext(connection) as one:
        client.get(url)
    for _n in range(4):
        inside(access, lambda: services.open_visit(placement=running, kind="phone", by=access, today=timezone.localdate()))
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(one) == len(many)


@pytest.mark.django_db(transaction=True)
def test_two_who_close_together_make_one_paper(worker: User, access: Access, running: Placement) -> None:
    visit = plan(access, running)
    assert visit
    go, ends = threading.Barrier(2), []

    def press() -> None:
        try:
            with scope(access.scope):
                seen = Visit.objects.get(pk=visit.pk)
                go.wait(10)
                values = {**said(), "held_on": timezone.localdate(), "next_on": None, "decisions": []}
                services.close_minutes(visit=seen, row_version=seen.row_version, by=access, today=timezone.localdate(), **values)
                ends.append("closed")
        except services.Conflict:
            ends.append("late")
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(ends) == ["closed", "late"]
    with scope(access.scope):
        assert Document.objects.filter(kind=services.MINUTES).count() == 1
        assert Visit.objects.filter(state=VisitState.PLANNED).count() == 1
