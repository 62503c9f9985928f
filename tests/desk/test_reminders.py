"""Who a to-do on a case is for, reminders kept quiet, one mail instead of many."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from impresasolidale.accounts.models import Membership
from impresasolidale.accounts.permissions import CaseRole, Role
from impresasolidale.core import jobs, todos
from impresasolidale.core.models import Fact, Job, Message, Mute, Todo
from impresasolidale.core.scope import scope
from impresasolidale.core.tasks import tick
from impresasolidale.desk import services as desk
from placements.beneficiaries.models import CareMember
from placements.beneficiaries.services import join_care_team
from tests.factories import attendance as made
from tests.factories.beneficiaries import make_beneficiary
from tests.factories.fixtures import TODAY, make_user

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 16)


def send_digests(*, today):
    """What the jobs of a morning send, piece by piece."""
    return sum(desk.send_digests(user_ids=ids, today=today) for ids in desk.readers(today=today))


@pytest.fixture(autouse=True)
def _wednesday(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args, **kwargs: TODAY)


@pytest.fixture
def placed(sondrio):
    """(placement, tutor's user) of a bakery."""
    company = made.make_host(sondrio)
    tutor, user = made.make_tutor(sondrio, company)
    return made.make_running_placement(sondrio, tutor, company), user


def ask(subject, by, **changes):
    wanted = {"kind": "test", "subject": subject, "title": "Chiama", "url": "/da-fare/", "role": Role.SOCIAL_WORKER, "by": by}
    todos.ask(**{**wanted, **changes})


def inbox_of(signed_in, user):
    inbox = signed_in(user).get("/da-fare/").context["inbox"]
    return [t.title for t in inbox.mine], [t.title for t in inbox.others]


def test_a_todo_for_the_referent_is_hers_even_when_a_colleague_follows_the_person_too(signed_in, within, worker, sondrio):
    colleague = make_user(Role.SOCIAL_WORKER, sondrio, number=2)
    by = within(worker)
    person = make_beneficiary(by)  # the worker is its referent
    CareMember.objects.create(ambito=sondrio, beneficiary=person, user=colleague, role="educator", valid_from=date(2026, 1, 1))
    ask(person, by, title="Per il referente", case_role=CaseRole.REFERENT)
    ask(person, by, title="Per l'educatore", kind="other", case_role=CaseRole.EDUCATOR, role=Role.PROMOTER_TUTOR)
    assert inbox_of(signed_in, worker) == (["Per il referente"], [])
    assert inbox_of(signed_in, colleague) == (["Per l'educatore"], ["Per il referente"])


def test_what_cannot_wait_stands_before_what_is_late(signed_in, within, worker):
    by = within(worker)
    for number, (title, mandatory, due_on) in enumerate(
        [
            ("Senza giorno", False, None),
            ("Fra un mese, di legge", True, TODAY + timedelta(days=30)),
            ("In ritardo", False, TODAY - timedelta(days=20)),
            ("Oggi, senza scuse", True, TODAY),
            ("Domani", False, TODAY + timedelta(days=1)),
        ]
    ):
        ask(make_beneficiary(by, number=number + 1), by, kind=f"k{number}", title=title, is_mandatory=mandatory, due_on=due_on)
    assert inbox_of(signed_in, worker)[0] == ["Oggi, senza scuse", "In ritardo", "Domani", "Fra un mese, di legge", "Senza giorno"]


def test_a_todo_for_nobody_on_the_case_waits_for_the_office_role(signed_in, within, worker, coordinator):
    by = within(worker)
    ask(make_beneficiary(by), by, case_role=CaseRole.COORDINATOR, role=Role.COORDINATOR)
    assert inbox_of(signed_in, coordinator)[0] == ["Chiama"] and inbox_of(signed_in, worker) == ([], [])


def test_the_tutors_of_a_placement_find_what_is_for_them(signed_in, sondrio, placed):
    placement, tutor = placed
    by = made.system(sondrio)
    with scope(by.scope):
        ask(placement, by, title="Per il tutor aziendale", case_role=CaseRole.COMPANY_TUTOR)
        ask(placement, by, title="Per il nostro tutor", kind="other", case_role=CaseRole.PROMOTER_TUTOR)
        ask(placement, by, title="Per l'ufficio", kind="third", role=Role.COMPANY_TUTOR)  # a role of the office a company never has
        ours = placement.promoter_tutor
    assert inbox_of(signed_in, tutor)[0] == ["Per il tutor aziendale"]
    assert "Per il nostro tutor" in inbox_of(signed_in, ours)[0]


def test_the_inbox_asks_the_same_questions_for_one_and_for_many(signed_in, within, worker):
    by = within(worker)
    client = signed_in(worker)

    def count() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get("/da-fare/").status_code == 200
        return len(seen)

    ask(make_beneficiary(by, number=1), by, case_role=CaseRole.REFERENT)
    count()
    one = count()
    for number in range(2, 6):
        ask(make_beneficiary(by, number=number), by, case_role=CaseRole.REFERENT)
    assert count() == one


def mute(client, subject, until, reason="Fuori casa.", room="persone"):
    return client.post(f"/{room}/{subject.public_id}/promemoria/", {"until": until.isoformat(), "reason": reason})


def test_a_muted_person_is_quiet_but_for_what_the_law_wants(signed_in, within, worker, sondrio, placed):
    placement, _tutor = placed
    by = within(worker)
    ask(placement, by, title="Telefona")
    ask(placement, by, title="Denuncia", kind="law", is_mandatory=True)
    join_care_team(beneficiary=placement.beneficiary, user=worker, role="member", by=by, today=TODAY)
    client = signed_in(worker)
    response = mute(client, placement, TODAY + timedelta(days=10), room="tirocini")
    assert response.status_code == 303 and response["Location"] == f"/tirocini/{placement.public_id}/"
    mine, others = inbox_of(signed_in, worker)
    assert mine + others == ["Denuncia"]
    assert Fact.objects.filter(code="core.mute.set").count() == 1
    Mute.objects.update(until=TODAY - timedelta(days=1))  # past its day it counts for nothing
    mine, others = inbox_of(signed_in, worker)
    assert sorted(mine + others) == ["Denuncia", "Telefona"]


def test_muting_a_person_quiets_her_placements_too_and_ends_by_hand(signed_in, within, worker, coordinator, placed):
    placement, _tutor = placed
    by = within(coordinator)
    ask(placement, by, role=Role.COORDINATOR)
    client = signed_in(coordinator)
    person = placement.beneficiary
    assert mute(client, person, TODAY, "In ospedale").status_code == 303
    row = Mute.objects.get()
    assert inbox_of(signed_in, coordinator) == ([], [])
    page = client.get("/promemoria-sospesi/").content.decode()
    assert person.last_name in page and "In ospedale" in page
    assert client.post(f"/promemoria-sospesi/{row.public_id}/riattiva/").status_code == 303
    assert inbox_of(signed_in, coordinator)[0] == ["Chiama"]
    assert "già stati riattivati" in client.post(f"/promemoria-sospesi/{row.public_id}/riattiva/", follow=True).content.decode()
    assert "Nessun promemoria sospeso" in client.get("/promemoria-sospesi/").content.decode()


@pytest.mark.parametrize(
    ("days", "reason", "words"),
    [(-1, "Fuori casa", "già passato"), (300, "Fuori casa", "sei mesi"), (5, "", "Motivo"), (5, "   ", "Motivo")],
)
def test_a_mute_without_reason_or_with_a_wrong_day_is_refused(signed_in, within, worker, days, reason, words):
    person = make_beneficiary(within(worker))
    response = mute(signed_in(worker), person, TODAY + timedelta(days=days), reason)
    assert response.status_code == 422 and words in response.content.decode() and not Mute.objects.exists()


def test_who_may_not_mute_does_not(signed_in, within, worker, stranger, sondrio):
    person = make_beneficiary(within(worker))
    assert mute(signed_in(make_user(Role.CLERK, sondrio)), person, TODAY).status_code == 403
    assert mute(signed_in(stranger), person, TODAY).status_code == 404
    assert signed_in(make_user(Role.CLERK, sondrio, number=2)).get("/promemoria-sospesi/").status_code == 403


def test_one_mail_a_week_says_how_much_waits_and_names_nobody(within, worker):
    by = within(worker)
    person = make_beneficiary(by)
    ask(person, by, title=f"Chiama {person.last_name}", due_on=MONDAY - timedelta(days=2))
    ask(person, by, title=f"Scrivi a {person.last_name}", kind="other", due_on=MONDAY + timedelta(days=2))
    assert send_digests(today=MONDAY - timedelta(days=1)) == 0
    assert send_digests(today=MONDAY) == 1
    mail = Message.objects.get()
    assert (mail.address, mail.kind) == (worker.email, "desk.digest")
    assert "2 cose da fare" in mail.body and "1 è in ritardo" in mail.body and "18 novembre 2026" in mail.body
    assert person.last_name not in mail.body + mail.subject
    assert send_digests(today=MONDAY) == 0  # the job may run twice


def test_who_cannot_be_written_to_does_not_keep_the_others_from_their_mail(within, worker, coordinator, monkeypatch):
    """Through the job of the morning: a piece that fails is tried again, the others have left."""
    by = within(worker)
    for number, role in enumerate((Role.SOCIAL_WORKER, Role.COORDINATOR), 1):
        ask(make_beneficiary(by, number=number), by, role=role, is_mandatory=True)
    real = desk.inbox

    def broken(access, today):
        if access.actor == worker:
            raise DatabaseError
        return real(access, today)

    monkeypatch.setattr(desk, "READERS", 1)
    with monkeypatch.context() as patch:
        patch.setattr(desk, "inbox", broken)
        tick("desk.digest", "day")
        jobs.run(Job.objects.get(name="desk.digest").pk)
        for row in Job.objects.filter(name="desk.digest_some").order_by("pk"):
            jobs.run(row.pk)
    assert Message.objects.get(kind="desk.urgent").address == coordinator.email
    (failed,) = Job.objects.filter(name="desk.digest_some", state="queued")
    assert failed.arguments == {"user_ids": [worker.pk]} and failed.error == "DatabaseError"


def test_a_new_date_of_the_law_does_not_wait_for_monday(within, worker, sondrio):
    by = within(worker)
    ask(make_beneficiary(by), by, is_mandatory=True, due_on=TODAY)
    assert send_digests(today=TODAY) == 1
    assert Message.objects.get().kind == "desk.urgent" and "guardala oggi" in Message.objects.get().body
    Message.objects.all().delete()
    Todo.objects.update(created_at=Todo.objects.get().created_at - timedelta(days=3))
    assert send_digests(today=TODAY + timedelta(days=1)) == 0


def test_the_company_tutor_gets_a_mail_of_what_is_for_her(sondrio, placed):
    placement, tutor = placed
    by = made.system(sondrio)
    with scope(by.scope):
        ask(placement, by, case_role=CaseRole.COMPANY_TUTOR)
    assert send_digests(today=MONDAY) == 1
    with scope(by.scope):
        assert Message.objects.get().address == tutor.email


def test_who_has_several_hats_gets_one_mail_with_a_section_for_each(within, worker, sondrio, tirano):
    """Worker in two Ambiti: one mail with a section for each, to the page of all hats."""
    by = within(worker)
    ask(make_beneficiary(by), by, title="Una", due_on=MONDAY - timedelta(days=1))
    Membership.objects.create(
        user=worker, role=Role.SOCIAL_WORKER, network_id=tirano.network_id, ambito=tirano, valid_from=date(2020, 1, 1)
    )
    there = made.system(tirano)
    with scope(there.scope):
        todos.ask(kind="test", subject=tirano, title="Due", url="/da-fare/", role=Role.SOCIAL_WORKER, by=there)
        todos.ask(kind="other", subject=tirano, title="Tre", url="/da-fare/", role=Role.SOCIAL_WORKER, by=there, is_mandatory=True)
    assert send_digests(today=MONDAY + timedelta(days=1)) == 1  # the new mandatory one brings all sections
    with scope(by.scope):
        mail = Message.objects.get(address=worker.email)
    assert mail.kind == "desk.urgent" and "/i-miei-incarichi/" in mail.body
    assert "Sondrio: 1 cosa da fare" in mail.body and "Tirano: 2 cose da fare" in mail.body and "1 è in ritardo" in mail.body
    assert send_digests(today=MONDAY + timedelta(days=1)) == 0


def test_the_page_of_several_hats_knows_roles_on_the_case_and_mutes(signed_in, within, worker, sondrio, tirano):
    """A second hat shows the same as the inbox: what names the referent of the case, and nothing of a muted person."""
    by = within(worker)
    mine, quiet = make_beneficiary(by, number=1), make_beneficiary(by, number=2)
    ask(mine, by, title="Per il referente", case_role=CaseRole.REFERENT, role=Role.CLERK)
    ask(quiet, by, title="Da non ricordare")
    Mute.objects.create(
        ambito=sondrio, subject_type="beneficiaries.beneficiary", subject_id=quiet.pk, reason="Ricovero", until=TODAY, created_by=worker
    )
    Membership.objects.create(
        user=worker, role=Role.SOCIAL_WORKER, network_id=tirano.network_id, ambito=tirano, valid_from=date(2020, 1, 1)
    )
    hats = signed_in(worker).get("/i-miei-incarichi/").context["hats"]
    assert [thing.title for hat in hats for thing in hat.waiting] == ["Per il referente"]
