""" "Ready again?": which companies are asked, what three buttons do without a sign-in, and what becomes of the answer."""

import re
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from companies.hosts import services
from companies.hosts.models import Company, HostingInterest, ReadyAsk
from impresasolidale.accounts.access import Access, access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core import jobs
from impresasolidale.core.models import Deadline, Message, Todo
from impresasolidale.core.scope import scope
from impresasolidale.core.todos import remind
from impresasolidale.territory.models import Network
from placements.agreements.enums import PlacementState
from tests.factories import attendance as made
from tests.factories.fixtures import make_user
from tests.factories.jobs import work_off

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 18)


def token() -> dict[str, str]:
    return {"_submission": str(uuid.uuid4())}


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 11, tzinfo=UTC)


def ask_ready_again(*, now: datetime) -> dict[str, int]:
    """The job of the network at that moment, and those of the companies that it finds; how many were asked, and called late."""
    with time_machine.travel(now, tick=False):
        network = Access.system(network_id=Network.objects.get().pk, ambito_id=None, reason="test")
        jobs.enqueue("agreements.ask_ready_again", by=network)
        whole, *each = work_off("agreements.ask_ready_again", "agreements.ask_when_ready")
    assert whole.result["asked"] == len(each)
    return {"asked": sum(job.result for job in each), "late": whole.result["late"]}


@pytest.fixture
def company(sondrio: Any) -> Company:
    row = made.make_host(sondrio)
    with scope(made.system(sondrio).scope):
        Company.objects.filter(pk=row.pk).update(email="info.forno@example.org")
        return Company.objects.get(pk=row.pk)


def hosted(ambito: Any, company: Company, *, ended_on: date, number: int = 1, state: str = PlacementState.ENDED) -> None:
    tutor, _user = made.make_tutor(ambito, company, number=number)
    made.make_running_placement(
        ambito, tutor, company, number=number, starts_on=date(2026, 1, 7), ends_on=ended_on, state=state, ended_on=ended_on, planned=False
    )


def link_of(ambito: Any) -> str:
    with scope(made.system(ambito).scope):
        body = Message.objects.filter(kind="hosts.ready_asked").order_by("-id")[0].body
    found = re.search(rf"{settings.BASE_URL}(/ancora/\S+/)\?risposta=yes", body)
    assert found, body
    return found[1]


def asked(ambito: Any, company: Company) -> str:
    """Ask; returns the link's address."""
    with scope(made.system(ambito).scope):
        services.ask_again(company=company, by=made.system(ambito), now=timezone.now(), ended_on=date(2026, 8, 10))
    return link_of(ambito)


def enter(client: Any, link: str, wanted: str = "") -> str:
    response = client.get(link + wanted)
    assert response.status_code == 303
    return response["Location"]


def say(client: Any, page: str, **values: str) -> Any:
    return client.post(page.partition("?")[0], {"answer": "yes", "reason": "", "call_on": "", "words": "", **values, **token()})


def count(ambito: Any, model: Any, **filters: Any) -> int:
    with scope(made.system(ambito).scope):
        return model.objects.filter(**filters).count()


# --- Who is asked, and when


def test_a_company_is_asked_once_after_its_rest(sondrio, company):
    hosted(sondrio, company, ended_on=date(2026, 8, 31))
    assert ask_ready_again(now=noon(date(2026, 11, 29))) == {"asked": 0, "late": 0}
    assert ask_ready_again(now=noon(date(2026, 11, 30))) == {"asked": 1, "late": 0}  # three months, to the last day of the month
    assert ask_ready_again(now=noon(date(2026, 11, 30))) == {"asked": 0, "late": 0}
    with scope(made.system(sondrio).scope):
        message = Message.objects.get(kind="hosts.ready_asked")
    assert message.address == "info.forno@example.org" and "finito nel mese di agosto 2026" in message.body
    assert all(f"?risposta={answer}" in message.body for answer in ("yes", "later", "no"))


def test_a_night_that_is_worked_twice_before_anybody_was_asked_asks_once(sondrio, company):
    hosted(sondrio, company, ended_on=date(2026, 8, 31))
    with time_machine.travel(noon(date(2026, 11, 30)), tick=False):
        for _night in range(2):
            jobs.enqueue("agreements.ask_ready_again", by=Access.system(network_id=sondrio.network_id, ambito_id=None, reason="test"))
        work_off("agreements.ask_ready_again")
        assert [job.result for job in work_off("agreements.ask_when_ready")] == [True, False]
    assert count(sondrio, Message, kind="hosts.ready_asked") == 1


@pytest.mark.parametrize(("rest", "first"), [(0, date(2026, 8, 31)), (1, date(2026, 9, 30)), (6, date(2027, 2, 28))])
def test_the_rest_is_the_company_s_own(sondrio, company, rest, first):
    hosted(sondrio, company, ended_on=date(2026, 8, 31))
    with scope(made.system(sondrio).scope):
        Company.objects.filter(pk=company.pk).update(rest_months=rest)
    assert ask_ready_again(now=noon(first - timedelta(days=1)))["asked"] == 0
    assert ask_ready_again(now=noon(first))["asked"] == 1


def test_a_rest_that_was_over_long_ago_is_no_reason_to_write(sondrio, company):
    hosted(sondrio, company, ended_on=date(2026, 3, 31))
    assert ask_ready_again(now=noon(date(2026, 8, 30)))["asked"] == 0  # 60 days after 30 June and one more
    assert ask_ready_again(now=noon(date(2026, 8, 29)))["asked"] == 1


def test_it_rests_from_all_offices_and_is_asked_by_the_last(sondrio, tirano, company):
    hosted(sondrio, company, ended_on=date(2026, 7, 31))
    hosted(tirano, company, ended_on=date(2026, 8, 31), number=2)
    assert ask_ready_again(now=noon(date(2026, 11, 1)))["asked"] == 0
    assert ask_ready_again(now=noon(date(2026, 12, 1)))["asked"] == 1
    with scope(made.system(tirano).scope):
        assert ReadyAsk.objects.get().office_id == tirano.pk


def test_who_has_somebody_or_has_spoken_since_is_not_asked(sondrio, tirano, company):
    hosted(sondrio, company, ended_on=date(2026, 8, 10))
    tutor, _user = made.make_tutor(tirano, company, number=2)
    made.make_running_placement(tirano, tutor, company, number=2, planned=False)
    assert ask_ready_again(now=noon(TODAY))["asked"] == 0
    other = made.make_host(sondrio, number=7)
    hosted(sondrio, other, ended_on=date(2026, 8, 10), number=3)
    with scope(made.system(sondrio).scope):
        services.note_interest(company=other, answer="yes", said_on=date(2026, 9, 1), by=made.system(sondrio), today=TODAY)
    assert ask_ready_again(now=noon(TODAY))["asked"] == 0


def test_a_company_on_hold_is_asked_nothing(signed_in, worker, coordinator, sondrio, company):
    hosted(sondrio, company, ended_on=date(2026, 8, 10))
    with scope(access_for(coordinator).scope):
        by = access_for(coordinator)
        services.block_company(company=company, reason="Una verifica.", ends_on=date(2026, 12, 31), by=by, today=TODAY)
    assert ask_ready_again(now=noon(TODAY))["asked"] == 0
    address = f"/imprese/{company.public_id}/"
    assert signed_in(worker).post(f"{address}ancora/", token()).status_code == 303
    assert count(sondrio, ReadyAsk) == 0


def test_without_an_address_the_office_calls(sondrio):
    company = made.make_host(sondrio, number=4)
    hosted(sondrio, company, ended_on=date(2026, 8, 10))
    assert ask_ready_again(now=noon(TODAY))["asked"] == 1
    assert ask_ready_again(now=noon(TODAY))["asked"] == 0
    with scope(made.system(sondrio).scope):
        assert not Message.objects.exists()
        assert "non ha un indirizzo" in Todo.objects.get(kind="hosts.ready_again").title


def test_the_contact_who_signs_in_is_written_to(sondrio, company):
    contact = make_user(Role.COMPANY_CONTACT, None, company=company)
    asked(sondrio, company)
    assert count(sondrio, Message, address=contact.email) == 1


def test_the_office_asks_from_the_page_and_only_once(signed_in, worker, stranger, sondrio, company):
    address = f"/imprese/{company.public_id}/"
    client = signed_in(worker)
    assert client.post(f"{address}ancora/", token()).status_code == 303
    assert "aspettiamo che risponda" in client.get(address).content.decode()
    other = signed_in(stranger)  # another Ambito of the network
    assert other.post(f"{address}ancora/", token()).status_code == 303
    assert "ha già ricevuto la domanda" in other.get(address).content.decode()
    assert count(sondrio, ReadyAsk) == 1
    assert signed_in(make_user(Role.PROMOTER_TUTOR, sondrio)).post(f"{address}ancora/", token()).status_code == 403


def test_the_company_chooses_its_own_rest(signed_in, sondrio, company):
    other, contact = made.make_host(sondrio, number=8), make_user(Role.COMPANY_CONTACT, None, company=company)
    client, address = signed_in(contact), f"/la-nostra-impresa/{company.public_id}/pausa/"
    assert "/pausa/" in client.get("/la-nostra-impresa/").content.decode()
    assert client.post(address, {"rest_months": "25", **token()}).status_code == 422
    assert client.post(address, {"rest_months": "6", **token()}).status_code == 303
    assert client.get(address).context["form"].initial == {"rest_months": 6}
    assert client.post(address, {"rest_months": "", **token()}).status_code == 303
    with scope(made.system(sondrio).scope):
        assert Company.objects.get(pk=company.pk).rest_months is None
    assert client.post(f"/la-nostra-impresa/{other.public_id}/pausa/", {"rest_months": "1", **token()}).status_code == 404
    _tutor, user = made.make_tutor(sondrio, company, number=5)
    assert signed_in(user).get(address).status_code == 403


# --- The three buttons


def test_opening_the_link_answers_nothing(client, sondrio, company):
    link = asked(sondrio, company)
    for wanted in ("?risposta=yes", "?risposta=no", "?risposta=x", ""):
        page = client.get(enter(client, link, wanted))
        assert page.status_code == 200 and page["Cache-Control"] == "no-store"
        assert page.context["form"].initial == ({"answer": wanted[10:]} if wanted[10:] in ("yes", "no") else {})
    assert count(sondrio, HostingInterest) == 0 and count(sondrio, ReadyAsk, closed_at=None) == 1


def test_yes_is_told_to_the_office(client, signed_in, worker, stranger, sondrio, company):
    page = enter(client, asked(sondrio, company), "?risposta=yes")
    assert say(client, page, words="Da gennaio, al mattino.").status_code == 303
    thanks = client.get(page).content.decode()
    assert "Grazie della risposta" in thanks and "Vi chiamiamo entro pochi giorni" in thanks
    with scope(made.system(sondrio).scope):
        row = HostingInterest.objects.get()
        assert (row.answer, row.said_by, row.words) == ("yes", "info.forno@example.org", "Da gennaio, al mattino.")
        todo = Todo.objects.get(kind="hosts.ready_again")
        assert "è di nuovo pronta" in todo.title and todo.due_on == date(2026, 11, 25)
    assert "è di nuovo pronta" in signed_in(worker).get("/da-fare/").content.decode()
    assert "è di nuovo pronta" not in signed_in(stranger).get("/da-fare/").content.decode()
    with scope(access_for(worker).scope):  # who called her writes it, and the to-do is done
        by = access_for(worker)
        services.note_interest(company=company, answer="yes", said_on=TODAY, by=by, today=TODAY)
        assert not Todo.objects.filter(done_at=None).exists()


def test_not_now_is_remembered_and_no_keeps_its_reason(client, sondrio, tirano, company):
    page = enter(client, asked(sondrio, company))
    silent = say(client, page, answer="later", reason="busy")
    assert silent.status_code == 422 and "Scrivi quando risentirla" in str(silent.context["form"].errors["call_on"])
    assert say(client, page, answer="").status_code == 422 and say(client, page, answer="forse").status_code == 422
    assert say(client, page, answer="no").status_code == 422
    assert say(client, page, answer="later", reason="busy", call_on="2027-03-01").status_code == 303
    with scope(made.system(sondrio).scope):
        assert Deadline.objects.get(closed_at=None).due_on == date(2027, 3, 1)
    other = made.make_host(tirano, number=9)
    with scope(made.system(tirano).scope):
        Company.objects.filter(pk=other.pk).update(email="no@example.org")
        other.refresh_from_db()
    page = enter(client, asked(tirano, other))
    assert say(client, page, answer="no", reason="paperwork", words="Troppe carte per noi.").status_code == 303
    with scope(made.system(tirano).scope):
        assert "leggi il motivo" in Todo.objects.get(kind="hosts.ready_again").title


def test_it_is_answered_once(client, sondrio, company):
    page = enter(client, asked(sondrio, company))
    assert say(client, page).status_code == 303
    again = say(client, page, answer="no", reason="busy")
    assert again.status_code == 409 and "ha già avuto risposta" in again.content.decode()
    assert count(sondrio, HostingInterest) == 1


def test_an_answer_by_telephone_closes_the_question(client, sondrio, company):
    page = enter(client, asked(sondrio, company))
    with scope(made.system(sondrio).scope):
        services.note_interest(company=company, answer="yes", said_on=TODAY, by=made.system(sondrio), today=TODAY)
    assert "Ci siamo già sentiti" in client.get(page).content.decode()
    assert say(client, page).status_code == 409


def test_after_its_time_the_link_says_so_and_the_office_calls(client, sondrio, company):
    page = enter(client, asked(sondrio, company))
    with scope(made.system(sondrio).scope):
        ReadyAsk.objects.update(sent_at=noon(date(2026, 10, 1)), expires_at=noon(date(2026, 10, 31)))
    assert "Il tempo per rispondere da qui è finito" in client.get(page).content.decode()
    assert say(client, page).status_code == 422
    assert ask_ready_again(now=noon(TODAY)) == {"asked": 0, "late": 1}
    assert ask_ready_again(now=noon(TODAY)) == {"asked": 0, "late": 0}
    with scope(made.system(sondrio).scope):
        assert "non ha risposto" in Todo.objects.get(kind="hosts.ready_again").title


def test_an_unknown_link_says_nothing_and_cannot_be_tried_out(client, sondrio, company):
    asked(sondrio, company)
    assert client.get(f"/ancora/risposta/{uuid.uuid4()}/").status_code == 404
    with scope(made.system(sondrio).scope):
        known = ReadyAsk.objects.get().public_id
    assert client.get(f"/ancora/risposta/{known}/").status_code == 404  # the page without its door
    for n in range(10):
        page = client.get(f"/ancora/prova{n}/")
        assert page.status_code == 404 and "Forno" not in page.content.decode()
    assert client.get("/ancora/prova/").status_code == 429
    assert client.get(link_of(sondrio)).status_code == 429


# --- A reminder of one office and an answer heard by another


def test_a_call_back_of_one_ambito_ends_with_the_answer_heard_by_another(signed_in, worker, stranger, sondrio, tirano, company):
    mine, theirs = access_for(worker), access_for(stranger)
    with scope(mine.scope):
        services.note_interest(
            company=company, answer="later", reason="busy", call_on=date(2026, 11, 20), said_on=TODAY, by=mine, today=TODAY
        )
        remind(today=TODAY)
    assert "Risentire Forno Prova" in signed_in(worker).get("/da-fare/").content.decode()
    with scope(theirs.scope):
        services.note_interest(company=company, answer="yes", said_on=TODAY, by=theirs, today=TODAY)
    assert "Risentire Forno Prova" not in signed_in(worker).get("/da-fare/").content.decode()
    with scope(mine.scope):
        assert not Deadline.objects.filter(closed_at=None).exists() and not Todo.objects.filter(done_at=None).exists()
