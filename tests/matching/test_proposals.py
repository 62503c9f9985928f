"""From a site that suits a person to the draft of a placement: the proposal, the trial visit, the decision with its minutes."""

import io
import uuid
from datetime import time, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from companies.hosts import services as hosts
from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import Conflict, DomainError, TransitionNotAllowed
from impresasolidale.core.models import Deadline, Document, Fact, Look
from impresasolidale.core.rendering import render_document
from impresasolidale.core.scope import scope
from placements.agreements.models import Placement
from placements.agreements.selectors import current_project
from placements.beneficiaries.enums import CareRole
from placements.beneficiaries.models import WaitingEntry
from placements.beneficiaries.services import enter_waiting_list, join_care_team
from placements.matching import services
from placements.matching.models import Decision, Proposal, TrialVisit
from tests.agreements.test_pages import form_data
from tests.agreements.test_starts import posted
from tests.factories import attendance as running
from tests.factories.beneficiaries import make_beneficiary
from tests.factories.hosts import comune, make_company, make_site, make_tutor
from tests.factories.matching import DECISION, decide, make_person_sheet, make_proposal, make_site_sheet
from tests.support.queries import OwnQueries
from tests.treasury.test_ledger import in_threads

pytestmark = pytest.mark.django_db
WORDS = {"person_words": "Mi è piaciuto il forno.", "company_words": "È stata attenta."}


class World:
    """Somebody who waits, and a bakery: what is lifted there has to be adapted, as its sheet says."""

    def __init__(self, worker: Any) -> None:
        self.access, self.today = access_for(worker), timezone.localdate()
        with scope(self.access.scope):
            self.person = make_beneficiary(self.access, today=self.today, residence=comune("Sondrio"))
            self.company = make_company(self.access, name="Forno di prova", representative="Olga Prova")
            self.site, self.tutor = make_site(self.access, self.company), make_tutor(self.access, self.company)
            enter_waiting_list(beneficiary=self.person, since=self.today, by=self.access, today=self.today)
            make_person_sheet(self.access, self.person, today=self.today, lifting=1)
            make_site_sheet(self.access, self.site, today=self.today, lifting=2, adaptations={"lifting": "carichi sotto i 5 chili"})

    @property
    def propose_url(self) -> str:
        return reverse("matching:propose", args=[self.person.public_id, self.site.public_id])

    def propose(self, **changes: Any) -> Proposal:
        with scope(self.access.scope):
            told = {"adaptations": {"lifting": "sacchi da tre chili"}, **changes}
            return make_proposal(self.access, self.person, self.site, today=self.today, **told)

    def answers(self, **changes: Any) -> dict[str, Any]:
        return {
            "tasks": "Impasta e serve al banco",
            "company_tutor": self.tutor.public_id,
            "agreed_on": self.today.isoformat(),
            "adapt_lifting": "sacchi da tre chili",
            "_submission": uuid.uuid4(),
            **changes,
        }

    def waits(self) -> str:
        with scope(self.access.scope):
            return WaitingEntry.objects.get(beneficiary=self.person).state


@pytest.fixture
def world(worker: Any) -> World:
    return World(worker)


def url(name: str, row: Any, *more: Any) -> str:
    return reverse(f"matching:{name}", args=[row.public_id, *more])


def minutes_posted(**changes: Any) -> dict[str, Any]:
    people = "\n".join(f"{name}, {role}" for name, role in DECISION["participants"])
    return {**DECISION, "participants": people, "held_on": timezone.localdate().isoformat(), "_submission": uuid.uuid4(), **changes}


def test_from_the_ranking_to_the_draft_of_the_placement(world, worker, signed_in):
    client, today = signed_in(worker), world.today.isoformat()
    ranking = client.get(reverse("matching:person", args=[world.person.public_id])).content.decode()
    assert world.propose_url in ranking
    page = client.get(world.propose_url)
    assert page.context["form"]["adapt_lifting"].value() == "carichi sotto i 5 chili"  # as the site says, to be agreed
    done = client.post(world.propose_url, world.answers())
    with scope(world.access.scope):
        row = Proposal.objects.get()
    assert (done.status_code, done.url) == (303, url("proposal", row))
    assert row.adaptations == {"lifting": "sacchi da tre chili"} and row.travel_minutes == 10 and row.company_tutor_id == world.tutor.pk
    assert world.waits() == "proposed"

    shown = client.get(url("proposal", row)).content.decode()
    assert "sacchi da tre chili" in shown and "Programma la visita di prova" in shown and "Decidi senza visita" in shown
    visit = {"on": today, "starts_at": "09:30", "companions": "l’educatore", "_submission": uuid.uuid4()}
    assert client.post(url("plan_visit", row), visit).status_code == 303
    with scope(world.access.scope):
        planned = TrialVisit.objects.get()
        assert Deadline.objects.get(kind="matching.tell_visit", closed_at=None).due_on == world.today
    assert url("tell_visit", row, planned.public_id) in client.get(url("proposal", row)).content.decode()
    told = {"impression": "well", **WORDS, "_submission": uuid.uuid4()}
    assert client.post(url("tell_visit", row, planned.public_id), told).status_code == 303
    with scope(world.access.scope):
        assert not Deadline.objects.filter(kind="matching.tell_visit", closed_at=None).exists()

    assert client.post(url("decide", row), minutes_posted()).status_code == 303
    shown = client.get(url("proposal", row)).content.decode()
    assert "Mi è piaciuto il forno." in shown and "Prepara il tirocinio" in shown and "Verbale di abbinamento" in shown
    form = client.get(url("draft", row)).context["form"]
    known = {name: form[name].value() for name in ("company", "site", "company_tutor", "tasks", "adaptations")}
    assert known == {
        "company": world.company.public_id,
        "site": world.site.public_id,
        "company_tutor": world.tutor.public_id,
        "tasks": "Impasta e serve al banco",
        "adaptations": "sacchi da tre chili",
    }
    plan = form_data(world.access, **{name: known[name] for name in known})
    drafted = client.post(url("draft", row), plan)
    assert drafted.status_code == 303, drafted.context["form"].errors
    with scope(world.access.scope):
        row.refresh_from_db()
        placement = Placement.objects.get()
        assert (row.state, row.placement_id) == ("placed", placement.pk)
        assert current_project(placement).adaptations == "sacchi da tre chili"
        codes = set(Fact.objects.filter(code__startswith="matching.").values_list("code", flat=True))
    assert {"matching.proposal.made", "matching.trial_visit.told", "matching.proposal.accepted", "matching.proposal.drafted"} <= codes
    assert reverse("agreements:detail", args=[placement.public_id]) in client.get(url("proposal", row)).content.decode()
    assert client.get(url("draft", row)).status_code == 404  # once is enough


def test_the_minutes_say_all_that_was_weighed(world):
    row = world.propose(company_tutor=world.tutor)
    with scope(world.access.scope):
        visit = services.plan_visit(proposal=row, on=world.today, starts_at=time(9), companions="la sorella", by=world.access)
        services.tell_visit(visit=visit, impression="doubts", by=world.access, today=world.today, **WORDS)
        context = decide(world.access, row, today=world.today).document.context
    assert ["Persona", "Bruno Cattaneo"] in context["facts"] and "Forno di prova" in str(context["facts"])
    assert context["compared"] == [["Sollevare pesi", "qui molto; per questa persona: con un aiuto", "sacchi da tre chili"]]
    assert context["visits"][0][1:] == ["bene, con qualche dubbio", WORDS["person_words"], WORDS["company_words"]]
    assert context["person_words"] == DECISION["person_words"] and context["reasons"] == DECISION["reasons"]
    assert [signer["name"] for signer in context["signers"]] == ["Anna Prova", "Bruno Prova"]


def test_the_minutes_are_a_paper_for_who_works_with_people(world, worker, signed_in):
    row = world.propose()
    with scope(world.access.scope):
        decision = decide(world.access, row, today=world.today)
        render_document(decision.document_id)
    client = signed_in(worker)
    response = client.get(url("minutes", row))
    assert response.status_code == 200 and b"".join(response.streaming_content).startswith(b"%PDF")
    with scope(world.access.scope):
        assert Document.objects.get(pk=decision.document_id).state == "ready"


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"adapt_lifting": ""}, "adapt_lifting", "senza adattamento non va bene"),
        ({"tasks": ""}, "tasks", "obbligatorio"),
        ({"agreed_on": "2999-01-01"}, "agreed_on", "deve ancora venire"),
        ({"agreed_on": ""}, "agreed_on", "obbligatorio"),
        ({"company_tutor": str(uuid.uuid4())}, "company_tutor", "scelta"),
    ],
)
def test_a_proposal_asks_for_what_it_stands_on(world, worker, signed_in, changes, field, words):
    response = signed_in(worker).post(world.propose_url, world.answers(**changes))
    assert response.status_code == 422 and field in response.context["form"].errors
    assert "Impasta e serve al banco" in response.content.decode() or field == "tasks"  # nothing typed is lost
    with scope(world.access.scope):
        assert not Proposal.objects.exists()
    assert world.waits() == "waiting"


def test_a_stop_is_proposed_only_with_its_reason(world, worker, signed_in):
    with scope(world.access.scope):
        make_person_sheet(world.access, world.person, seen=1, today=world.today, lifting=2)
    client = signed_in(worker)
    assert "C’è un ostacolo" in client.get(world.propose_url).content.decode()
    refused = client.post(world.propose_url, world.answers(adapt_lifting=""))
    assert refused.status_code == 422 and set(refused.context["form"].errors) == {"despite"}
    with scope(world.access.scope), pytest.raises(DomainError, match="sollevare pesi"):
        make_proposal(world.access, world.person, world.site, today=world.today)
    assert client.post(world.propose_url, world.answers(adapt_lifting="", despite="I sacchi li porta il collega.")).status_code == 303
    with scope(world.access.scope):
        row = Proposal.objects.get()
    assert row.despite == "I sacchi li porta il collega." and row.adaptations == {}


def test_without_one_of_the_sheets_nothing_is_proposed(world, worker, signed_in):
    with scope(world.access.scope):
        bare = make_site(world.access, world.company, name="Magazzino")
        with pytest.raises(DomainError, match="Manca una delle due schede"):
            make_proposal(world.access, world.person, bare, today=world.today)
    client = signed_in(worker)
    for method in (client.get, client.post):
        led = method(reverse("matching:propose", args=[world.person.public_id, bare.public_id]))
        assert led.url == reverse("matching:person", args=[world.person.public_id])
    assert "Ora questa sede non si può proporre" in client.get(led.url).content.decode()


def test_a_company_that_is_blocked_and_a_site_that_closed_are_not_proposed(world, coordinator):
    chief = access_for(coordinator)
    with scope(chief.scope):
        until = world.today + timedelta(days=30)
        hold = hosts.block_company(company=world.company, reason="Lavori in corso", ends_on=until, by=chief, today=world.today)
    with pytest.raises(DomainError, match="Lavori in corso"):
        world.propose()
    with scope(chief.scope):
        hosts.lift_block(block=hold, reason="Finiti prima", by=chief, today=world.today)
        world.site.closed_on, world.site.closed_reason = world.today - timedelta(days=1), "Trasloco"
        world.site.save(update_fields=["closed_on", "closed_reason"])
    with pytest.raises(DomainError, match="ha chiuso"):
        world.propose()


def test_the_same_site_is_proposed_once_at_a_time(world, worker, signed_in):
    row = world.propose()
    again = signed_in(worker).post(world.propose_url, world.answers())
    assert again.status_code == 422 and "è ancora in corso" in again.content.decode()
    with scope(world.access.scope):
        services.withdraw_proposal(proposal=row, reason="Ha cambiato idea", by=world.access)
    assert world.propose().pk != row.pk


@pytest.mark.django_db(transaction=True)
def test_two_colleagues_who_propose_the_same_site_at_once_leave_one(world):
    def propose(_n: int) -> str:
        try:
            world.propose()
        except DomainError as error:
            return str(error)
        return "written"

    said = in_threads(4, propose)
    assert said.count("written") == 1 and sum("è ancora in corso" in words for words in said) == 3
    with scope(world.access.scope):
        assert Proposal.objects.count() == 1
        with pytest.raises(DatabaseError, match="matching_proposal_once"), transaction.atomic():
            same = Proposal.objects.get()
            same.pk, same.public_id = None, uuid.uuid4()
            same.save(force_insert=True)


def test_a_second_decision_finds_it_decided(world):
    row = world.propose()
    with scope(world.access.scope):
        decide(world.access, row, today=world.today)
        with pytest.raises(TransitionNotAllowed), transaction.atomic():
            decide(world.access, row, today=world.today, outcome="no")
        assert Decision.objects.get().outcome == "yes"


def test_visits_have_an_order(world, worker, signed_in):
    row, client = world.propose(), signed_in(worker)
    soon = (world.today + timedelta(days=3)).isoformat()
    visit = {"on": soon, "starts_at": "09:30", "companions": "l’educatore"}
    early = client.post(url("plan_visit", row), {**visit, "on": (world.today - timedelta(days=1)).isoformat(), "_submission": uuid.uuid4()})
    assert early.status_code == 422 and set(early.context["form"].errors) == {"on"}
    assert client.post(url("plan_visit", row), {**visit, "_submission": uuid.uuid4()}).status_code == 303
    twice = client.post(url("plan_visit", row), {**visit, "_submission": uuid.uuid4()})
    assert twice.status_code == 422 and "C’è già una visita in programma" in twice.content.decode()
    with scope(world.access.scope):
        planned = TrialVisit.objects.get()
    tell = url("tell_visit", row, planned.public_id)
    assert f'"{tell}"' not in client.get(url("proposal", row)).content.decode()
    before = client.post(tell, {"impression": "well", **WORDS, "_submission": uuid.uuid4()})
    assert before.status_code == 422 and "si racconta dopo" in before.content.decode()
    silent = client.post(tell, {"impression": "well", "person_words": " ", "_submission": uuid.uuid4()})
    assert silent.status_code == 422 and set(silent.context["form"].errors) == {"person_words"}
    decided = client.post(url("decide", row), minutes_posted())
    assert decided.status_code == 422 and "prima raccontala o annullala" in decided.content.decode()
    off = url("call_off_visit", row, planned.public_id)
    assert client.post(off, {"reason": "", "_submission": uuid.uuid4()}).status_code == 422
    assert client.post(off, {"reason": "È malata", "_submission": uuid.uuid4()}).status_code == 303
    with scope(world.access.scope):
        assert TrialVisit.objects.get().state == "called_off"
        assert not Deadline.objects.filter(kind="matching.tell_visit", closed_at=None).exists()
    assert client.post(url("decide", row), minutes_posted()).status_code == 303
    assert client.post(url("plan_visit", row), {**visit, "_submission": uuid.uuid4()}).status_code == 422


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"held_on": "2999-01-01"}, "held_on"),
        ({"held_on": "2020-01-01"}, "held_on"),
        ({"participants": "Anna Prova, assistente sociale"}, "participants"),
        ({"participants": "Anna Prova"}, "participants"),
        ({"person_words": "  "}, "person_words"),
        ({"reasons": " "}, "reasons"),
        ({"outcome": "maybe"}, "outcome"),
    ],
)
def test_a_decision_says_who_when_why_and_what_the_person_says(world, worker, signed_in, changes, field):
    row = world.propose()
    response = signed_in(worker).post(url("decide", row), minutes_posted(**changes))
    assert response.status_code == 422 and field in response.context["form"].errors
    with scope(world.access.scope):
        assert not Decision.objects.exists() and not Document.objects.filter(kind="matching.minutes").exists()
        assert Proposal.objects.get().state == "open"


def test_with_a_no_the_person_waits_on_unless_something_else_is_proposed(world):
    row = world.propose()
    with scope(world.access.scope):
        other = make_site(world.access, world.company, name="Magazzino")
        make_site_sheet(world.access, other, today=world.today)
        second = make_proposal(world.access, world.person, other, today=world.today)
        decide(world.access, row, today=world.today, outcome="no")
    assert world.waits() == "proposed"
    with scope(world.access.scope):
        visit = services.plan_visit(proposal=second, on=world.today, starts_at=time(9), companions="la sorella", by=world.access)
        services.withdraw_proposal(proposal=second, reason="Preferisce aspettare", by=world.access)
        assert TrialVisit.objects.get(pk=visit.pk).state == "called_off"
        assert Fact.objects.get(code="beneficiaries.waiting_entry.fallen").reason.endswith("Preferisce aspettare")
    assert world.waits() == "waiting"


def test_a_draft_goes_to_the_site_that_was_decided(world, worker, signed_in):
    row, client = world.propose(), signed_in(worker)
    assert client.get(url("draft", row)).status_code == 404  # not decided yet
    with scope(world.access.scope):
        decide(world.access, row, today=world.today)
    elsewhere = client.post(url("draft", row), form_data(world.access))
    assert elsewhere.status_code == 422 and "serve un’altra proposta" in str(elsewhere.context["form"].errors["site"])
    with scope(world.access.scope):
        assert not Placement.objects.exists() and Proposal.objects.get().state == "accepted"
    page = client.get(url("draft", row))
    assert posted(page.context["form"])["site"] == world.site.public_id


def test_an_educator_goes_along_and_does_not_decide(world, user_of, sondrio, signed_in):
    row, educator = world.propose(), user_of(Role.PROMOTER_TUTOR, sondrio)
    with scope(world.access.scope):
        join_care_team(beneficiary=world.person, user=educator, role=CareRole.EDUCATOR, by=world.access, today=world.today)
    client = signed_in(educator)
    page = client.get(url("proposal", row)).content.decode()
    assert "Programma la visita di prova" in page and "Decidi senza visita" not in page and "Ritira" not in page
    visit = {"on": world.today.isoformat(), "starts_at": "09:30", "companions": "io", "_submission": uuid.uuid4()}
    assert client.post(url("plan_visit", row), visit).status_code == 303
    for name in ("decide", "withdraw", "draft"):
        assert client.get(url(name, row)).status_code == 403
    assert client.get(world.propose_url).status_code == 403


def test_who_does_not_follow_the_person_says_why_and_another_ambito_finds_nothing(world, stranger, user_of, sondrio, signed_in):
    row = world.propose()
    foreign = signed_in(stranger)
    for name in ("proposal", "plan_visit", "decide", "withdraw", "draft", "minutes"):
        assert foreign.get(url(name, row)).status_code == 404
    assert foreign.get(world.propose_url).status_code == 404
    assert str(world.person) not in foreign.get(reverse("matching:proposals")).content.decode()
    colleague = signed_in(user_of(Role.SOCIAL_WORKER, sondrio, number=2))
    asked = colleague.get(url("proposal", row))
    assert asked.status_code == 303 and asked.url.startswith(reverse("beneficiaries:reason", args=[world.person.public_id]))
    assert str(world.person) in colleague.get(reverse("matching:proposals")).content.decode()
    assert str(world.person) not in colleague.get(reverse("matching:proposals"), {"mie": "on"}).content.decode()


def test_a_company_user_reads_nothing_of_it(world, sondrio):
    row = world.propose()
    with scope(world.access.scope):
        decide(world.access, row, today=world.today)
    with scope(running.system(sondrio).scope):
        _tutor, user = running.make_tutor(sondrio, world.company)
    with scope(access_for(user).scope):
        for model in (Proposal, TrialVisit, Decision):
            assert not model._base_manager.exists()


def test_the_list_by_state_and_its_files(world, worker, signed_in):
    row, client = world.propose(), signed_in(worker)
    with scope(world.access.scope):
        services.plan_visit(proposal=row, on=world.today, starts_at=time(9, 30), companions="la sorella", by=world.access)
    home = client.get(reverse("matching:proposals")).content.decode()
    assert str(world.person) in home and "alle 09:30" in home
    assert "Nessuna proposta con questi filtri" in client.get(reverse("matching:proposals"), {"stato": "refused"}).content.decode()
    text = b"".join(client.get(reverse("matching:proposals_file", args=["csv"])).streaming_content).decode()
    assert "Forno di prova" in text and "in corso" in text
    sheet = load_workbook(io.BytesIO(client.get(reverse("matching:proposals_file", args=["xlsx"])).content)).active
    assert [cell.value for cell in sheet[2]][0] == str(world.person)
    assert client.get(reverse("matching:proposals_file", args=["pdf"])).status_code == 404
    with scope(world.access.scope):
        assert Look._base_manager.filter(place="matching:proposals_file", subject_ids=[world.person.pk]).count() == 2
    site = client.get(reverse("matching:site", args=[world.site.public_id])).content.decode()
    assert "A 1 persona del tuo Ambito" in site


def test_the_list_reads_as_much_for_many(world, worker, signed_in):
    client = signed_in(worker)
    world.propose()

    def queries() -> int:
        with OwnQueries() as own:
            assert client.get(reverse("matching:proposals")).status_code == 200
        return len(own)

    few = queries()
    with scope(world.access.scope):
        for n in range(2, 8):
            person = make_beneficiary(world.access, number=n, today=world.today, residence=comune("Sondrio"))
            make_person_sheet(world.access, person, today=world.today)
            made = make_proposal(world.access, person, world.site, today=world.today)
            services.plan_visit(proposal=made, on=world.today, starts_at=time(9), companions="la sorella", by=world.access)
    assert queries() == few


def test_the_database_keeps_the_story_whole(world):
    row = world.propose()
    with scope(world.access.scope):
        decide(world.access, row, today=world.today)
        for change in (
            lambda: Proposal.objects.filter(pk=row.pk).update(state="open"),
            lambda: Proposal.objects.filter(pk=row.pk).update(state="placed"),
            lambda: Decision.objects.update(outcome="no"),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                change()
        with pytest.raises((DomainError, Conflict, TransitionNotAllowed)):
            services.plan_visit(proposal=row, on=world.today, starts_at=time(9), companions="la sorella", by=world.access)
