"""The end of a placement: what must be in, the two papers, the outcome, the calls after it; events that are no accident."""

import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from impresasolidale.accounts.access import Access, access_for
from impresasolidale.accounts.models import User
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.documents import verification_url
from impresasolidale.core.errors import Conflict, DomainError
from impresasolidale.core.models import Deadline, Document, Fact, Todo, Verification
from impresasolidale.core.scope import scope
from impresasolidale.territory.models import Ambito
from placements.agreements.enums import PlacementState
from placements.agreements.models import Placement
from placements.attendance.enums import MonthState
from placements.attendance.models import Timesheet
from placements.monitoring import outcome_rules
from placements.monitoring.models import Accident, FinalReport, FollowUp, PlacementEvent, PlacementOutcome
from placements.monitoring.selectors.closing import missing_to_close
from placements.monitoring.selectors.outcomes import OutcomeCount, heard_later, outcomes_at_end
from placements.monitoring.services import closing, events
from placements.monitoring.services import outcomes as after
from placements.monitoring.visit_enums import FollowState
from tests.factories.agreements import make_placement, make_ready_to_close
from tests.factories.fixtures import TODAY, make_user

pytestmark = pytest.mark.django_db
S = PlacementState
WORDS = {"host_words": "È cresciuta molto", "person_words": "Mi sono trovata bene", "helped": "", "hard": "", "proposals": ""}
PAPER = {"activities": "Ha curato le piante.", "shown": "Ha lavorato bene con tutti.", "skills": ""}


@pytest.fixture
def access(worker: User) -> Access:
    return access_for(worker)


def inside(access: Access, make: Callable[[], Any]) -> Any:
    with scope(access.scope):
        return make()


@pytest.fixture
def over(access: Access) -> Placement:
    """Ended on 31 October 2026, evaluated, nothing else done."""
    return inside(access, lambda: make_placement(access, S.EVALUATED, starts_on=date(2026, 6, 1), ends_on=date(2026, 10, 31)))


def sheet(placement: Placement, **values: Any) -> Timesheet:
    return Timesheet.objects.create(ambito_id=placement.ambito_id, placement=placement, month=date(2026, 9, 1), **values)


def test_from_the_end_to_the_archive(worker: User, access: Access, signed_in: Any) -> None:
    placement = inside(access, lambda: make_placement(access, S.ENDED, starts_on=date(2026, 6, 1), ends_on=date(2026, 10, 31)))
    inside(access, lambda: sheet(placement, state=MonthState.CONFIRMED, planned_minutes=4800, done_minutes=4320, credited_minutes=4320,
                                 days_present=18, confirmed_by=worker, confirmed_at=timezone.now()))  # fmt: skip
    me = signed_in(worker)

    def at(name: str) -> str:
        return reverse(f"monitoring:{name}", args=[placement.public_id])

    page = me.get(at("closing")).content.decode()
    assert page.count("manca") >= 4 and "Archivia</a>" not in page
    assert "Registra la valutazione finale" not in me.get(reverse("agreements:detail", args=[placement.public_id])).content.decode()
    assert me.get(reverse("agreements:step", args=[placement.public_id, "closed"])).status_code == 404
    assert me.post(at("close_placement")).status_code == 409
    assert me.post(at("evaluated"), {"note": ""}).status_code == 422
    assert me.post(at("evaluated"), {"note": "Scheda compilata insieme"}).status_code == 303
    assert me.post(at("close_placement")).status_code == 422
    assert me.post(at("outcome"), {"kind": "niente"}).status_code == 422
    assert me.post(at("outcome"), {"kind": "training", "note": "Un corso di cucina"}).status_code == 303
    assert me.post(at("outcome"), {"kind": "hired", "note": ""}).status_code == 409  # once

    form = me.get(at("final_report")).content.decode()
    assert "72\xa0h" in form and "80\xa0h" in form and "90%" in form  # 4,320 of 4,800 minutes
    goals = inside(access, lambda: list(placement.projects.get().goals.order_by("position")))
    said = {**WORDS, "row_version": 0, **{f"goal_{g.pk}": "reached" for g in goals}}
    assert me.post(at("final_report"), {**said, "host_words": "", "issue": "1"}).status_code == 422
    assert inside(access, lambda: FinalReport.objects.filter(placement=placement).exists()) is False
    assert me.post(at("final_report"), {**said, "draft": "1"}).status_code == 303
    assert "È cresciuta molto" in me.get(at("final_report")).content.decode()
    assert me.post(at("final_report"), {**said, "draft": "1"}).status_code == 409
    assert me.post(at("final_report"), {**said, "row_version": 1, "issue": "1"}).status_code == 303
    report = inside(access, lambda: FinalReport.objects.select_related("document").get(placement=placement))
    context = report.document.context
    assert me.get(reverse("agreements:document", args=[report.document.public_id])).status_code == 404  # more people read those
    assert me.get(at("final_report_file")).status_code == 404  # not made yet
    assert dict(context["figures"]) == {
        "Ore previste": "80 h", "Ore fatte": "72 h", "Presenza": "90%", "Giorni di presenza": "18",
    }  # fmt: skip
    assert context["goals"] == [[g.text, "raggiunto"] for g in goals] and context["outcome"] == "Un corso di formazione"

    assert me.post(at("close_placement")).status_code == 422  # still without the attestation
    kept = {**PAPER, "kind": "relational"}
    assert me.post(at("attestation"), {**kept, "skills": "Usa la cassa"}).status_code == 422
    assert me.post(at("attestation"), {**PAPER, "kind": "skills"}).status_code == 422
    assert me.post(at("attestation"), kept).status_code == 303
    paper = inside(access, lambda: Document.objects.get(kind="agreements.final_attestation"))
    assert dict(paper.context["facts"])["Ore fatte"] == "72 h" and paper.context["skills"] == []
    assert [signer["code"] for signer in paper.context["signers"]][:2] == ["promoter", "host"]
    words = str(paper.context).lower()
    assert not [word for word in ("disabil", "diagnos", "riabilitativ", "risocializz", "svantagg", "categoria") if word in words]

    page = me.get(at("closing")).content.decode()
    assert "Archivia</a>" in page and "manca" not in page
    assert me.post(at("close_placement")).status_code == 303
    assert inside(access, lambda: Placement.objects.get(pk=placement.pk)).state == S.CLOSED
    assert me.post(at("close_placement")).status_code == 409  # once
    # Corrected afterwards: a new paper in the place of the old one.
    assert me.post(at("final_report"), {**said, "row_version": 3, "hard": "Il primo mese", "issue": "1"}).status_code == 303
    fresh = inside(access, lambda: FinalReport.objects.select_related("document").get(placement=placement))
    assert fresh.document.supersedes_id == report.document_id
    code = inside(access, lambda: Verification.objects.get(document_id=report.document_id)).code
    public = me.get(verification_url(code).removeprefix("http://testserver").partition("/verifica/")[2].join(["/verifica/", ""]))
    assert public.status_code == 200 and "sostituito da un documento più recente" in public.content.decode()
    assert inside(access, lambda: str(placement.beneficiary.last_name)) not in public.content.decode().partition("<main")[2]


def test_a_month_an_accident_a_paper_each_stops_it(access: Access, over: Placement) -> None:
    with scope(access.scope):
        make_ready_to_close(access, over, today=TODAY)
        assert missing_to_close(over) == []
        month = sheet(over, planned_minutes=240)
        accident = Accident.objects.create(
            ambito_id=over.ambito_id, placement=over, happened_at=timezone.now(), dynamics="x", harm="none", created_by_id=access.actor_id
        )
        assert list(map(str, missing_to_close(over))) == ["Mesi confermati", "Incidenti chiusi"]
        with pytest.raises(DomainError, match="Mesi confermati"):
            closing.close_placement(placement=over, by=access)
        month.delete()
        with pytest.raises(DomainError, match="Incidenti chiusi"):
            closing.close_placement(placement=over, by=access)
        Accident.objects.filter(pk=accident.pk).delete()
        assert closing.close_placement(placement=over, by=access).state == S.CLOSED


@pytest.mark.django_db(transaction=True)
def test_the_database_asks_for_the_papers_too(access: Access, over: Placement) -> None:
    """Whoever writes the state, at commit both are there (rule 50)."""

    def bypass() -> None:
        with scope(access.scope):
            Placement.objects.filter(pk=over.pk).update(state=S.CLOSED)

    def refused() -> None:
        with pytest.raises(IntegrityError, match="final report and the attestation"):
            bypass()
        assert inside(access, lambda: Placement.objects.get(pk=over.pk)).state == S.EVALUATED

    refused()
    with scope(access.scope):
        closing.write_final_report(placement=over, row_version=0, goals={}, by=access, **WORDS)
    refused()  # a draft is no paper
    with scope(access.scope):
        closing.issue_final_report(placement=over, by=access, today=TODAY)
    refused()  # one of two
    with scope(access.scope):
        closing.issue_attestation(placement=over, kind="relational", by=access, today=TODAY, **PAPER)
    bypass()
    assert inside(access, lambda: Placement.objects.get(pk=over.pk)).state == S.CLOSED


@pytest.mark.django_db(transaction=True)
def test_two_who_file_together_file_once(access: Access, over: Placement) -> None:
    with scope(access.scope):
        make_ready_to_close(access, over, today=TODAY)
    go, ends = threading.Barrier(2), []

    def press() -> None:
        try:
            with scope(access.scope):
                go.wait(10)
                closing.close_placement(placement=over, by=access)
                ends.append("filed")
        except Conflict:
            ends.append("late")
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(ends) == ["filed", "late"]
    assert inside(access, lambda: Fact.objects.filter(code="agreements.placement.closed", subject_id=over.pk).count()) == 1


def test_others_do_not_reach_the_end(stranger: User, access: Access, over: Placement, signed_in: Any) -> None:
    educator = make_user(Role.PROMOTER_TUTOR, Ambito.objects.get(pk=access.ambito_id))
    inside(access, lambda: Placement.objects.filter(pk=over.pk).update(promoter_tutor=educator))
    officer = make_user(Role.COMUNE_OFFICER, Ambito.objects.get(pk=access.ambito_id))
    assert signed_in(officer).get(reverse("monitoring:final_report_file", args=[over.public_id])).status_code == 403
    for name in ("closing", "course", "evaluated", "final_report", "attestation", "outcome", "close_placement"):
        url = reverse(f"monitoring:{name}", args=[over.public_id])
        assert signed_in(stranger).get(url).status_code == 404, name
        expected = 200 if name in ("closing", "course") else 403  # the educator reads, the social worker writes
        assert signed_in(educator).get(url).status_code == expected, name


# --- After


def test_the_calls_of_the_year_that_follows() -> None:
    assert outcome_rules.follow_ups(date(2026, 8, 31)) == {6: date(2027, 2, 28), 12: date(2027, 8, 31)}


def test_heard_not_reached_refused(worker: User, access: Access, over: Placement, signed_in: Any) -> None:
    with scope(access.scope):
        after.record_outcome(placement=over, kind="service", note="", by=access, today=TODAY)
        first, second = FollowUp.objects.order_by("months")
        assert (first.due_on, second.due_on) == (date(2027, 4, 30), date(2027, 10, 31))  # of the last day, 31 October
        assert Deadline.objects.filter(kind="monitoring.follow_up", closed_at=None).count() == 2
        with pytest.raises(DomainError, match="presto"):
            after.try_follow_up(follow_up=first, by=access, today=TODAY)
        FollowUp.objects.update(due_on=timezone.localdate())
    me, url = signed_in(worker), reverse("monitoring:follow_up", args=[first.public_id])
    assert me.post(url, {"result": "answered", "way": "phone", "kind": ""}).status_code == 422
    assert me.post(url, {"result": "tried"}).status_code == 303
    assert "Cercata una volta" in me.get(url).content.decode()
    assert me.post(url, {"result": "answered", "way": "phone", "kind": "training", "note": "Contenta"}).status_code == 303
    assert me.post(url, {"result": "tried"}).status_code == 409
    last = reverse("monitoring:follow_up", args=[second.public_id])
    for _n in range(outcome_rules.TRIES):
        assert me.post(last, {"result": "tried"}).status_code == 303
    states = inside(access, lambda: list(FollowUp.objects.order_by("months").values_list("state", "tries")))
    assert states == [(FollowState.ANSWERED, 2), (FollowState.UNREACHED, 3)]
    assert not inside(access, lambda: Deadline.objects.filter(kind="monitoring.follow_up", closed_at=None).exists())
    autumn, winter = (date(2026, 10, 1), date(2026, 12, 31)), (date(2026, 11, 1), date(2026, 12, 31))
    assert inside(access, lambda: outcomes_at_end(access, *autumn)) == [OutcomeCount(None, "service", 1)]
    assert inside(access, lambda: heard_later(access, {6: autumn, 12: autumn})) == [OutcomeCount(6, "training", 1)]
    assert inside(access, lambda: [*outcomes_at_end(access, *winter), *heard_later(access, {6: winter, 12: autumn})]) == []


def test_who_says_no_is_never_asked_again(access: Access, over: Placement) -> None:
    with scope(access.scope):
        after.record_outcome(placement=over, kind="new_host", note="", by=access, today=TODAY)
        FollowUp.objects.update(due_on=TODAY)
        after.refuse_follow_up(follow_up=FollowUp.objects.get(months=6), by=access, today=TODAY)
        assert set(FollowUp.objects.values_list("state", flat=True)) == {FollowState.REFUSED}
        again = make_placement(
            access, S.ENDED, person=over.beneficiary, company=over.company, starts_on=date(2026, 11, 2), ends_on=date(2026, 11, 10)
        )
        after.record_outcome(placement=again, kind="stop", note="", by=access, today=TODAY)
        assert not FollowUp.objects.filter(placement=again).exists()
        with pytest.raises(Conflict):
            after.record_outcome(placement=again, kind="stop", note="", by=access, today=TODAY)
        running = make_placement(access, S.ACTIVE, number=2)
        with pytest.raises(DomainError, match="non è ancora finito"):
            after.record_outcome(placement=running, kind="stop", note="", by=access, today=TODAY)
        with pytest.raises(IntegrityError), transaction.atomic():
            PlacementOutcome.objects.create(ambito_id=again.ambito_id, placement=again, kind="hired")


# --- Events


@pytest.fixture
def running(access: Access) -> Placement:
    return inside(access, lambda: make_placement(access, S.ACTIVE, starts_on=timezone.localdate() - timedelta(days=40)))


def test_from_the_tutors_phone_to_the_end(worker: User, stranger: User, access: Access, running: Placement, signed_in: Any) -> None:
    today = timezone.localdate()
    tutor, me = signed_in(inside(access, lambda: running.company_tutor.user)), signed_in(worker)
    tell = reverse("monitoring:tell_event", args=[running.public_id])
    assert tell in tutor.get(reverse("attendance:today")).content.decode()
    said = {"kind": "mistreatment", "happened_on": today, "text": "Un cliente l'ha insultata"}
    assert tutor.post(tell, {**said, "text": ""}).status_code == 422
    assert tutor.post(tell, {**said, "happened_on": today + timedelta(days=1)}).status_code == 422
    assert tutor.post(tell, {**said, "happened_on": running.starts_on - timedelta(days=1)}).status_code == 422
    assert tutor.post(tell, said).status_code == 303
    event = inside(access, PlacementEvent.objects.get)
    assert event.from_host and event.text == "Un cliente l'ha insultata"
    todos = inside(access, lambda: list(Todo.objects.filter(kind__startswith="monitoring.event").order_by("role")))
    assert [(t.role, t.is_mandatory, t.due_on) for t in todos] == [(Role.COORDINATOR, True, today), (Role.SOCIAL_WORKER, True, today)]
    assert not any("insult" in t.title or "male" in t.title for t in todos)
    url, edit, settle = (reverse(f"monitoring:{n}", args=[event.public_id]) for n in ("event", "edit_event", "settle_event"))
    assert tutor.get(url).status_code == 403 and signed_in(stranger).get(url).status_code == 404
    clerk = make_user(Role.CLERK, Ambito.objects.get(pk=access.ambito_id))
    assert signed_in(clerk).get(url).status_code == 403
    assert "Sospendi adesso" in me.get(url).content.decode()
    facts = {**said, "severity": "grave", "informed": ["family", "coordinator"], "decided": "Si cambia reparto", "row_version": 1}
    assert me.post(edit, {**facts, "follow_up_on": today - timedelta(days=1)}).status_code == 422
    assert me.post(edit, {**facts, "follow_up_on": today + timedelta(days=7)}).status_code == 303
    assert me.post(edit, facts).status_code == 409
    assert inside(access, lambda: Deadline.objects.get(kind="monitoring.event_follow_up", closed_at=None)).due_on == today + timedelta(
        days=7
    )
    listed = me.get(reverse("monitoring:events"), {"aperti": "on", "peso": "grave"}).content.decode()
    assert inside(access, lambda: str(running.beneficiary)) in listed and "insultata" not in listed
    assert "Nessun evento con questi filtri" in me.get(reverse("monitoring:events"), {"tipo": "damage"}).content.decode()
    rows = b"".join(me.get(reverse("monitoring:events_file", args=["csv"])).streaming_content).decode().splitlines()
    assert len(rows) == 2 and "grave" in rows[1]
    assert url in me.get(reverse("monitoring:course", args=[running.public_id])).content.decode()
    person = inside(access, lambda: running.beneficiary.public_id)
    assert url in me.get(reverse("desk:diary", args=[person])).content.decode()
    assert me.post(settle, {"outcome": ""}).status_code == 422
    assert me.post(settle, {"outcome": "Il cliente si è scusato"}).status_code == 303
    assert me.post(settle, {"outcome": "x"}).status_code == 409
    assert not inside(access, lambda: Todo.objects.filter(kind__startswith="monitoring.event", done_at=None).exists())


def test_an_event_of_the_office_wants_no_to_do_of_itself(access: Access, running: Placement) -> None:
    with scope(access.scope):
        today = timezone.localdate()
        events.report_event(placement=running, kind="damage", happened_on=today, text="Un vaso rotto", by=access, today=today)
        assert not Todo.objects.filter(kind__startswith="monitoring.event").exists()
        draft = make_placement(access, S.DRAFT, number=2)
        with pytest.raises(DomainError, match="mai cominciato"):
            events.report_event(placement=draft, kind="damage", happened_on=today, text="Un vaso", by=access, today=today)


def test_another_tutor_tells_nothing_of_her(access: Access, running: Placement, signed_in: Any) -> None:
    other = inside(access, lambda: make_placement(access, S.ACTIVE, number=2))
    theirs = signed_in(inside(access, lambda: other.company_tutor.user))
    assert theirs.get(reverse("monitoring:tell_event", args=[running.public_id])).status_code == 404
