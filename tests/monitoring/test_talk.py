"""«Voglio parlare con qualcuno»: from her area, by the code on her papers, by telephone; to the service and to nobody else."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from impresasolidale.accounts.access import Access, access_for, for_job
from impresasolidale.accounts.models import Membership, User
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.jobs import REGISTRY, Run
from impresasolidale.core.models import Fact, Job, Look, Message, Todo
from impresasolidale.core.scope import scope
from impresasolidale.territory.models import Ambito, Comune
from placements.agreements import talk_code
from placements.agreements.enums import PlacementState
from placements.agreements.models import Placement, Suspension
from placements.beneficiaries.models import CareMember
from placements.monitoring import talk_rules
from placements.monitoring.models import Talk
from placements.monitoring.selectors.talk import TalkFigures, talk_figures
from placements.monitoring.services import talk as services
from placements.monitoring.talk_enums import TalkReason, TalkSource, TalkState
from tests.factories.agreements import make_placement
from tests.factories.fixtures import TODAY, make_user
from tests.factories.jobs import in_every_ambito

pytestmark = pytest.mark.django_db
S = PlacementState
SECRET = "Il capo mi grida addosso"


@pytest.fixture(autouse=True)
def _wednesday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.localdate", lambda value=None, *args: value.date() if value else TODAY)


@pytest.fixture
def access(worker: User) -> Access:
    return access_for(worker)


def inside(access: Access, make: Callable[[], Any]) -> Any:
    with scope(access.scope):
        return make()


@pytest.fixture
def running(access: Access) -> Placement:
    def make() -> Placement:
        made = make_placement(access, S.ACTIVE, starts_on=TODAY - timedelta(days=30))
        return Placement.objects.select_related("beneficiary", "company", "company_tutor__user").get(pk=made.pk)

    return inside(access, make)


def page_of(placement: Placement) -> str:
    return reverse("talk:ask", args=[talk_code.code_of(placement.pk)])


def asked(client: Client, placement: Placement, **said: str) -> Any:
    return client.post(page_of(placement), {"reach_when": "any", "way": "phone", **said})


def the_talk(access: Access) -> Talk:
    return inside(access, lambda: Talk.objects.select_related("placement").get())


def run_jobs(access: Access, name: str = "monitoring.tell_talk") -> None:
    def run() -> None:
        for job in Job.objects.filter(name=name, ambito_id=access.ambito_id).order_by("id"):
            REGISTRY[job.name].function(Run(job, for_job(job)), **job.arguments)
        Job.objects.filter(name=name).delete()

    inside(access, run)


# --- The code on the papers


def test_a_code_names_its_placement_and_no_other_is_guessed_from_it() -> None:
    for number in (1, 30, 31, 961, 123_456_789):
        code = talk_code.code_of(number)
        assert talk_code.placement_in(code) == number and talk_code.placement_in(code.lower()) == number
        assert talk_code.placement_in(f"{code[:8]}{talk_code._letters(number + 1)}") is None
        assert talk_code.placement_in(code[:8]) is None
    for nonsense in ("", "A", "0" * 10, "Ù" * 10, "A" * 40, talk_code._mark(0) + "AB"):
        assert talk_code.placement_in(nonsense) is None or talk_code.code_of(talk_code.placement_in(nonsense)) == nonsense


def test_the_address_on_the_papers_is_the_page_s(running: Placement) -> None:
    assert talk_code.url_of(running.pk).endswith(page_of(running))


def test_a_wrong_code_is_404_and_many_are_made_to_wait(client: Client, running: Placement) -> None:
    page = client.get("/parla/AAAAAAAAAB/")
    assert page.status_code == 404 and "non funziona" in page.content.decode()
    for _time in range(9):
        assert client.get("/parla/AAAAAAAAAB/").status_code == 404
    assert client.get("/parla/AAAAAAAAAB/").status_code == 429
    assert client.get(page_of(running)).status_code == 429  # whoever tries codes gets none, right or wrong


def test_right_codes_are_never_counted(client: Client, running: Placement) -> None:
    for _time in range(15):
        assert client.get(page_of(running)).status_code == 200


def test_a_placement_that_never_came_to_be_has_no_door(client: Client, access: Access) -> None:
    draft = inside(access, lambda: make_placement(access, S.DRAFT))
    assert client.get(page_of(draft)).status_code == 404


# --- Asking


def test_from_the_paper_to_the_answer(client: Client, access: Access, worker: User, running: Placement, signed_in: Any) -> None:
    page = client.get(page_of(running))
    html, person = page.content.decode(), running.beneficiary
    assert "Chiamatemi" in html and page["Cache-Control"] == "no-store"
    assert person.last_name not in html and person.first_name not in html and running.company.name not in html
    answer = asked(client, running, reason="unwell", words=SECRET, number="347 000 0000", reach_when="morning")
    assert answer.status_code == 303 and "L’impresa non lo sa" in client.get(answer["Location"]).content.decode()
    assert client.get(answer["Location"]).status_code == 303  # thanked once
    talk = the_talk(access)
    assert (talk.state, talk.came_by, talk.is_urgent, talk.words) == (TalkState.ASKED, TalkSource.PAPER, False, SECRET)
    assert talk.due_on == TODAY + timedelta(days=2)  # Wednesday, two working days: Friday
    with connection.cursor() as cursor, scope(access.scope):
        cursor.execute("SELECT words, number FROM monitoring_talk")
        assert SECRET not in str(cursor.fetchall())
    todo = inside(access, lambda: Todo.objects.get(kind="monitoring.talk"))
    assert todo.is_mandatory and todo.due_on == talk.due_on and person.last_name not in todo.title
    run_jobs(access)
    message = inside(access, lambda: Message.objects.get(kind="monitoring.talk"))
    assert message.address == worker.email
    assert (
        person.last_name not in message.body + message.subject and SECRET not in message.body and running.company.name not in message.body
    )
    office = signed_in(worker)
    assert todo.title in office.get("/da-fare/").content.decode()
    html = office.get(todo.url).content.decode()
    assert SECRET in html and "347 000 0000" in html and str(person) in html
    assert inside(access, lambda: Look.objects.filter(place="monitoring:talk").exists())
    assert office.post(reverse("monitoring:talk_take", args=[talk.public_id])).status_code == 303
    assert office.post(reverse("monitoring:talk_take", args=[talk.public_id]), follow=True).status_code == 200  # once is enough
    url = reverse("monitoring:talk_answer", args=[talk.public_id])
    said = {"row_version": the_talk(access).row_version, "answered_on": TODAY, "agreed": "Cambia mansione", "next_step": "visit"}
    assert office.post(url, {**said, "agreed": "  "}).status_code == 422
    assert office.post(url, {**said, "answered_on": TODAY + timedelta(days=1)}).status_code == 422
    assert office.post(url, {**said, "answered_on": TODAY - timedelta(days=1)}).status_code == 422
    assert office.post(url, {**said, "next_on": TODAY - timedelta(days=1)}).status_code == 422
    assert office.post(url, {**said, "next_step": "none", "next_on": TODAY}).status_code == 422
    assert office.post(url, {**said, "row_version": 1}).status_code == 409
    assert office.post(url, {**said, "next_on": TODAY + timedelta(days=5)}).status_code == 303
    talk = the_talk(access)
    assert (talk.state, talk.answered_by_id, talk.agreed) == (TalkState.ANSWERED, worker.pk, "Cambia mansione")
    open_kinds = inside(access, lambda: set(Todo.objects.filter(done_at=None).values_list("kind", flat=True)))
    assert "monitoring.talk" not in open_kinds and "monitoring.talk_next" in open_kinds
    assert office.post(reverse("monitoring:talk_next", args=[talk.public_id])).status_code == 303
    assert "monitoring.talk_next" not in inside(access, lambda: set(Todo.objects.filter(done_at=None).values_list("kind", flat=True)))
    reopen = reverse("monitoring:talk_reopen", args=[talk.public_id])
    assert office.get(reopen).status_code == 200 and office.post(reopen, {"reason": ""}).status_code == 422
    assert office.post(reopen, {"reason": "Ha richiamato"}).status_code == 303
    assert the_talk(access).state == TalkState.ASKED and the_talk(access).agreed == "Cambia mansione"
    diary = office.get(reverse("desk:diary", args=[person.public_id])).content.decode()
    assert "Chiede di parlare: da richiamare" in diary and SECRET not in diary


def test_one_press_is_enough(client: Client, access: Access, running: Placement) -> None:
    assert asked(client, running).status_code == 303
    talk = the_talk(access)
    assert talk.reason == "" and talk.words == "" and not talk.is_urgent


def test_pressed_again_is_the_same_request_and_an_urgent_reason_is_not_lost(client: Client, access: Access, running: Placement) -> None:
    asked(client, running, reason="money", words="I soldi")
    asked(client, running, words="I soldi")
    assert the_talk(access).presses == 2 and the_talk(access).words == "I soldi"
    asked(client, running, reason="badly", words=SECRET)
    asked(client, running, reason="other")
    talk = the_talk(access)
    assert (talk.presses, talk.reason, talk.is_urgent, talk.due_on) == (4, "badly", True, TODAY)
    assert "I soldi" in talk.words and SECRET in talk.words
    todo = inside(access, lambda: Todo.objects.get(kind="monitoring.talk", done_at=None))
    assert todo.due_on == TODAY and todo.title.startswith("Urgente")
    run_jobs(access)
    assert inside(access, lambda: Message.objects.filter(kind="monitoring.talk_urgent").count()) == 1


def test_a_second_hand_takes_nobody_s_number_away(client: Client, access: Access, worker: User, running: Placement, signed_in: Any) -> None:
    """The paper lies about: whoever presses after her may add a number, and the office sees hers and the one of her record first."""
    inside(access, lambda: type(running.beneficiary).objects.filter(pk=running.beneficiary_id).update(phone="0342 111111"))
    asked(client, running, number="347 000 0000")
    asked(client, running, number="0342 999999")
    asked(client, running, number="0342 999999")
    assert the_talk(access).number == "347 000 0000, 0342 999999"
    page = signed_in(worker).get(reverse("monitoring:talk", args=[the_talk(access).public_id])).content.decode()
    assert "347 000 0000, 0342 999999" in page and "sulla sua scheda: 0342 111111" in page


def test_wrong_words_are_said_beside_the_field(client: Client, access: Access, running: Placement) -> None:
    assert asked(client, running, reason="nonsense").status_code == 422
    assert asked(client, running, words="x" * 1001).status_code == 422
    assert inside(access, lambda: Talk.objects.count()) == 0


def test_who_answers_the_telephone_writes_it_and_does_not_read_it(
    access: Access, sondrio: Ambito, running: Placement, signed_in: Any
) -> None:
    clerk = make_user(Role.CLERK, sondrio)
    client, url = signed_in(clerk), reverse("monitoring:talk_note", args=[running.public_id])
    page = client.get(url, follow=True)
    if page.redirect_chain:  # a record she does not follow asks why
        client.post(page.redirect_chain[-1][0], {"reason": "Ha telefonato"})
        page = client.get(url)
    assert page.status_code == 200
    said = {"asker": "representative", "reason": "stop", "words": SECRET, "reach_when": "any", "way": "phone", "number": ""}
    assert client.post(url, {**said, "asker": "x"}).status_code == 422
    assert client.post(url, said).status_code == 303
    talk = the_talk(access)
    assert (talk.came_by, talk.asker, talk.created_by_id) == (TalkSource.PHONE, "representative", clerk.pk)
    for name in ("talk", "talk_answer", "talk_suspend", "talk_reopen"):
        assert client.get(reverse(f"monitoring:{name}", args=[talk.public_id])).status_code == 403
    assert client.get(reverse("monitoring:talks")).status_code == 403


# --- To whom


def test_it_goes_to_the_referent_else_to_every_social_worker(
    client: Client, access: Access, worker: User, sondrio: Ambito, running: Placement
) -> None:
    other = make_user(Role.SOCIAL_WORKER, sondrio, number=2)
    asked(client, running)
    run_jobs(access)
    assert inside(access, lambda: set(Message.objects.filter(kind="monitoring.talk").values_list("address", flat=True))) == {worker.email}

    def leave() -> None:
        CareMember.objects.filter(beneficiary=running.beneficiary).update(valid_to=TODAY - timedelta(days=1))
        Message.objects.all().delete()
        talk = Talk.objects.select_related("placement").get()
        services.tell_talk(talk=talk, by=Access.system(network_id=access.network_id, ambito_id=access.ambito_id, reason="t"), today=TODAY)

    inside(access, leave)
    assert inside(access, lambda: set(Message.objects.values_list("address", flat=True))) == {worker.email, other.email}


def test_the_host_sees_nothing_of_it(
    client: Client, access: Access, worker: User, running: Placement, signed_in: Any, sondrio: Ambito
) -> None:
    asked(client, running, reason="badly", words=SECRET)
    run_jobs(access)
    talk = the_talk(access)
    tutor = inside(access, lambda: running.company_tutor.user)
    contact = User.objects.create_user("contatto@example.org", "cavallo batteria graffetta", first_name="C", last_name="Contatto")
    Membership.objects.create(
        user=contact, role=Role.COMPANY_CONTACT, network=sondrio.network, company=running.company, valid_from=date(2020, 1, 1)
    )
    names = ("talk", "talk_take", "talk_answer", "talk_suspend", "talk_reopen", "talk_next")
    for user in (tutor, contact):
        mine, browser = access_for(user), signed_in(user)
        with scope(mine.scope):  # not even the database shows a row
            assert Talk.objects.count() == 0
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM monitoring_talk")
                assert cursor.fetchone() == (0,)
        for name in names:
            url = reverse(f"monitoring:{name}", args=[talk.public_id])
            assert {browser.get(url).status_code, browser.post(url).status_code} <= {403, 404, 405}
        assert browser.get(reverse("monitoring:talks")).status_code == 403
        assert browser.get(reverse("monitoring:talk_note", args=[running.public_id])).status_code in (403, 404)
        for address in ("/presenze/oggi/", "/presenze/settimana/", "/da-fare/", "/la-nostra-impresa/", "/i-miei-incarichi/"):
            html = browser.get(address, follow=True).content.decode()
            assert SECRET not in html and "parlare" not in html and "tratta male" not in html, address
        with pytest.raises(PermissionDenied):
            services.ask_to_talk(placement=running, source=TalkSource.PAPER, by=mine, now=timezone.now())
        assert not inside(access, lambda user=user: Message.objects.filter(address=user.email, kind__startswith="monitoring.talk").exists())
    office = signed_in(worker)
    assert office.get(reverse("monitoring:talk_suspend", args=[talk.public_id])).status_code == 200
    assert office.post(reverse("monitoring:talk_suspend", args=[talk.public_id])).status_code == 303
    assert inside(access, lambda: Placement.objects.get(pk=running.pk).state) == S.SUSPENDED
    for user in (tutor, contact):
        for address in ("/presenze/oggi/", "/presenze/settimana/", "/da-fare/", "/la-nostra-impresa/"):
            html = signed_in(user).get(address, follow=True).content.decode()
            assert "esigenza della persona" not in html and "parlare" not in html, address


def test_another_ambito_and_another_comune_find_nothing(
    client: Client, access: Access, stranger: User, sondrio: Ambito, running: Placement, signed_in: Any
) -> None:
    asked(client, running)
    url = reverse("monitoring:talk", args=[the_talk(access).public_id])
    assert signed_in(stranger).get(url).status_code == 404
    assert str(running.beneficiary) not in signed_in(stranger).get(reverse("monitoring:talks")).content.decode()
    elsewhere = inside(
        access, lambda: Comune.objects.filter(ambito=sondrio).exclude(pk=running.beneficiary.residence_id).order_by("pk").first()
    )
    limited = make_user(Role.SOCIAL_WORKER, sondrio, number=3, comune=elsewhere)
    assert signed_in(limited).get(url).status_code == 404
    assert str(running.beneficiary) not in signed_in(limited).get(reverse("monitoring:talks")).content.decode()
    officer = make_user(Role.COMUNE_OFFICER, sondrio, number=4, comune=elsewhere)
    educator, accounting = make_user(Role.PROMOTER_TUTOR, sondrio, number=5), make_user(Role.ACCOUNTING, sondrio, number=6)
    for user in (officer, educator, accounting):
        assert signed_in(user).get(url).status_code == 403
        assert signed_in(user).get(reverse("monitoring:talks")).status_code == 403


def test_a_colleague_who_does_not_follow_her_says_why_first(
    client: Client, access: Access, sondrio: Ambito, running: Placement, signed_in: Any
) -> None:
    asked(client, running)
    colleague = signed_in(make_user(Role.SOCIAL_WORKER, sondrio, number=2))
    answer = colleague.get(reverse("monitoring:talk", args=[the_talk(access).public_id]))
    assert answer.status_code == 303 and "motivo" in answer["Location"]


# --- Stopping the placement


def test_the_coordinator_stops_it_too_and_a_presence_of_today_stays(
    client: Client, access: Access, running: Placement, coordinator: User
) -> None:
    by = access_for(coordinator)
    asked(client, running, reason="badly")

    def stop() -> Suspension:
        services.suspend_for_talk(talk=Talk.objects.get(), by=by, today=TODAY)
        return Suspension.objects.get()

    pause = inside(by, stop)
    assert (pause.cause, pause.note, pause.starts_on, pause.ends_on, pause.decided_by_id) == ("person", "", TODAY, None, coordinator.pk)
    fact = inside(by, lambda: Fact.objects.get(code="agreements.placement.suspended"))
    assert "parlare" not in fact.reason and fact.actor_id == coordinator.pk


def test_where_today_is_written_already_it_stops_tomorrow(
    monkeypatch: pytest.MonkeyPatch, client: Client, access: Access, running: Placement
) -> None:
    asked(client, running)
    monkeypatch.setattr("placements.agreements.above.days_present", lambda pk, first, last=None: [d for d in [TODAY] if d >= first])
    inside(access, lambda: services.suspend_for_talk(talk=Talk.objects.get(), by=access, today=TODAY))
    assert the_talk(access).suspended_on == TODAY + timedelta(days=1)


def test_what_does_not_run_is_not_stopped_twice(client: Client, access: Access, worker: User, running: Placement, signed_in: Any) -> None:
    asked(client, running)
    url = reverse("monitoring:talk_suspend", args=[the_talk(access).public_id])
    office = signed_in(worker)
    assert office.post(url).status_code == 303
    assert office.post(url).status_code == 409
    assert "Sospendi subito" not in office.get(reverse("monitoring:talk", args=[the_talk(access).public_id])).content.decode()


# --- Late


def test_a_late_one_becomes_the_coordinator_s_once(
    client: Client, access: Access, running: Placement, coordinator: User, signed_in: Any
) -> None:
    asked(client, running)
    due = the_talk(access).due_on
    assert in_every_ambito(services.chase_talks, today=due) == 0
    assert in_every_ambito(services.chase_talks, today=due + timedelta(days=1)) == 1
    assert in_every_ambito(services.chase_talks, today=due + timedelta(days=1)) == 0  # beat fired twice
    assert in_every_ambito(services.chase_talks, today=due + timedelta(days=3)) == 0
    late = inside(access, lambda: Todo.objects.get(kind="monitoring.talk_late"))
    assert late.role == Role.COORDINATOR and late.is_mandatory
    told = inside(access, lambda: list(Message.objects.filter(kind="monitoring.talk_late").order_by("id")))
    assert [m.address for m in told].count(coordinator.email) == 1
    assert all(running.beneficiary.last_name not in m.body for m in told)
    assert signed_in(coordinator).get(late.url).status_code == 200  # it is their task now, no reason asked
    inside(access, lambda: services.answer_talk(talk=the_talk(access), answered_on=TODAY, agreed="Sentita", by=access, today=TODAY))
    assert inside(access, lambda: Todo.objects.filter(done_at=None, kind__startswith="monitoring.talk").count()) == 0


# --- Rules, figures, list


def test_the_weightier_of_two_reasons() -> None:
    assert talk_rules.weightier("", "money") == "money" and talk_rules.weightier("money", "") == "money"
    assert talk_rules.weightier("badly", "money") == "badly" and talk_rules.weightier("money", "badly") == "badly"
    assert talk_rules.weightier("money", "stop") == "stop"
    assert {r for r in TalkReason if talk_rules.is_urgent(r)} == {TalkReason.BADLY}


def test_figures_count_reasons_and_days_and_name_nobody(access: Access) -> None:
    """Three requests: money answered after 1 day, none answered after 4 (due in 2: late), badly waiting since before yesterday (late)."""

    def make() -> TalkFigures:
        for number, (reason, days_ago, answered_after) in enumerate([("money", 10, 1), ("", 9, 4), ("badly", 2, None)], start=1):
            placement = make_placement(access, S.ACTIVE, number=number, starts_on=TODAY - timedelta(days=40))
            day = TODAY - timedelta(days=days_ago)
            at = timezone.make_aware(timezone.datetime(day.year, day.month, day.day, 9))
            over = {} if answered_after is None else {
                "state": "answered", "answered_on": day + timedelta(days=answered_after), "answered_by": access.actor, "agreed": "Sì"
            }  # fmt: skip
            due = day if reason == "badly" else day + timedelta(days=2)
            Talk.objects.create(
                ambito_id=access.ambito_id, placement=placement, asked_at=at, came_by="area", reason=reason, due_on=due, **over
            )
        return talk_figures(access, first=TODAY - timedelta(days=30), last=TODAY, today=TODAY)

    found = inside(access, make)
    assert found == TalkFigures(3, {"money": 1, "": 1, "badly": 1}, {1: 1, 4: 1}, waiting=1, late=2, suspended=0)
    assert found.median_days == 2.5
    assert TalkFigures(0, {}, {}, 0, 0, 0).median_days is None


def test_the_list_filters_and_asks_the_same_for_one_and_for_many(access: Access, worker: User, signed_in: Any) -> None:
    client = signed_in(worker)

    def make(number: int, **values: Any) -> None:
        placement = make_placement(access, S.ACTIVE, number=number, starts_on=TODAY - timedelta(days=40))
        defaults = {"asked_at": timezone.now(), "came_by": "area", "due_on": TODAY}
        Talk.objects.create(ambito_id=access.ambito_id, placement=placement, **{**defaults, **values})

    def count(query: str = "") -> tuple[int, int]:
        with CaptureQueriesContext(connection) as seen:
            page = client.get(reverse("monitoring:talks") + query)
        return len(seen), len(page.context["rows"])

    assert "Nessuna richiesta" in client.get(reverse("monitoring:talks")).content.decode()
    inside(access, lambda: make(1, is_urgent=True, due_on=TODAY - timedelta(days=1)))
    count()
    one, rows = count()
    assert rows == 1
    for number in range(2, 8):
        inside(access, lambda number=number: make(number))
    assert count() == (one, 7)
    assert count("?urgenti=on")[1] == 1 and count("?tardi=on")[1] == 1 and count("?stato=answered")[1] == 0 and count("?stato=open")[1] == 7
    assert re.search(r"in ritardo", client.get(reverse("monitoring:talks")).content.decode())
