"""A validator from outside, by a personal link: whom one may ask, what the link opens, once, for a time, until it is taken back."""

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from certification.enums import ApplicationState
from certification.models import Application, Proof, Validation, ValidatorAsk
from certification.rules import own_domain
from certification.services import checks, validators
from companies.hosts.models import Company
from impresasolidale.accounts.permissions import Role
from impresasolidale.core import guesses
from impresasolidale.core.errors import Conflict, DomainError
from impresasolidale.core.models import Message, RowChange, Todo
from impresasolidale.core.scope import scope
from tests.factories.agreements import PDF
from tests.factories.beneficiaries import make_beneficiary
from tests.factories.certification import hosted, make_host, partita_iva
from tests.factories.fixtures import make_user
from tests.factories.recognition import contact_of, filled, open_campaign, own_access, publish_scheme

pytestmark = pytest.mark.django_db
ASK = {"person": "Livia Prova", "body": "Consorzio Prova", "partita_iva": partita_iva(77), "email": "livia@consorzio.example"}
YES = {"is_favourable": "1", "words": "Li conosco, e fanno sul serio.", "no_ties": "on"}


@pytest.fixture
def by(worker: Any, within: Any) -> Any:
    return within(worker)


@pytest.fixture
def company(by: Any) -> Company:
    made = make_host(by, email="info@falegnameria.example", pec="falegnameria@pec.it")
    hosted(by, made, make_beneficiary(by, number=1))
    open_campaign(by, publish_scheme(by))
    return made


@pytest.fixture
def row(by: Any, company: Company) -> Application:
    ours = own_access(contact_of(company))
    with scope(ours.scope):
        return filled(company, by=ours, level="ambasciatrice")


def link(kind: str = validators.ASKED) -> str:
    """The address in the last mail."""
    body = Message.objects.filter(kind=kind).order_by("-id")[0].body
    found = re.search(r"https?://[^/\s]+(/conferma/\S+)", body)
    assert found
    return found[1]


@pytest.fixture
def asked(by: Any, row: Application) -> ValidatorAsk:
    return validators.ask_validator(application=row, by=by, now=timezone.now(), **ASK)


def test_from_the_office_to_the_answer_and_back(row: Application, worker: Any, client: Any, signed_in: Any) -> None:
    office = signed_in(worker)
    page, ask = (reverse(f"certification:{name}", args=[row.public_id]) for name in ("application", "ask_validator"))
    assert office.post(ask, {**ASK, "email": ""}).status_code == 422
    assert office.post(ask, ASK).status_code == 303
    told = office.get(page).content.decode()
    assert "Livia Prova" in told and "può rispondere fino al" in told
    message = Message.objects.get(kind="certification.validator_asked")
    assert message.address == ASK["email"] and row.company.name not in message.subject + message.body
    door = client.get(link())
    assert door.status_code == 303 and "conferma/domanda" in door["Location"] and door["Cache-Control"] == "no-store"
    here = door["Location"]
    html = client.get(here).content.decode()
    assert row.company.name in html and "Venite quando volete" in html and "noindex" in html
    assert b"".join(client.get(f"{here}prove/{Proof.objects.get().public_id}/").streaming_content) == PDF
    assert not Validation.objects.exists()  # opening says nothing
    for without, words in (("words", "Scrivete in due parole"), ("no_ties", "Senza questa dichiarazione"), ("is_favourable", "Scegliete")):
        wrong = client.post(here, {name: value for name, value in YES.items() if name != without})
        assert wrong.status_code == 422 and words in wrong.content.decode()
    done = client.post(here, YES, follow=True)
    assert "Grazie della risposta" in done.content.decode() and "per me è valida" in done.content.decode()
    made = Validation.objects.get()
    assert (made.person, made.email, made.is_favourable, made.created_by_id) == ("Livia Prova", ASK["email"], True, None)
    assert Todo.objects.get(kind="certification.validated").done_at is None
    again = client.post(here, YES)
    assert Validation.objects.count() == 1 and "Grazie della risposta" in again.content.decode()
    assert client.get(f"{here}prove/{Proof.objects.get().public_id}/")["Content-Type"].startswith("text/html")  # the file is shut again
    told = office.get(page).content.decode()
    assert "Li conosco, e fanno sul serio." in told and "può rispondere" not in told


def test_a_no_is_a_word_too_and_does_not_count_for_the_level(asked: ValidatorAsk, client: Any, by: Any, today: date) -> None:
    here = client.get(link())["Location"]
    client.post(here, {**YES, "is_favourable": "0"})
    assert Validation.objects.get().is_favourable is False
    for criterion in ("visita", "formazione", "parola"):
        checks.review_answer(application=asked.application, criterion=criterion, verdict="confirmed", points=None, note="", by=by)
    meeting = checks.plan_interview(application=asked.application, kind="visit", planned_on=today, place="", by=by, today=today)
    checks.hold_interview(interview=meeting, held_on=today, minutes="Bene.", by=by, today=today)
    with pytest.raises(DomainError, match="0 su 1"):
        checks.finish_check(application=asked.application, level="ambasciatrice", by=by, today=today)


@pytest.mark.parametrize(
    ("changes", "words", "field"),
    [
        ({"partita_iva": ""}, "partita IVA", "partita_iva"),
        ({"partita_iva": "own"}, "È l'impresa stessa", "partita_iva"),
        ({"email": " "}, "Serve la sua posta", "email"),
        ({"email": "REF1@example.org"}, "lavora per l'impresa", "email"),
        ({"email": "presidente@falegnameria.example"}, "È un indirizzo dell'impresa", "email"),
        ({"email": "altro@EXAMPLE.org"}, "È un indirizzo dell'impresa", "email"),  # where its contact has a box
        ({"email": "member"}, "siede in commissione", "email"),
        ({"email": "worker"}, "si occupa della domanda", "email"),
    ],
)
def test_nobody_of_the_company_nor_of_the_commission(
    row: Application, by: Any, worker: Any, sondrio: Any, changes: dict[str, str], words: str, field: str
) -> None:
    member = make_user(Role.COMMISSION_MEMBER, sondrio, number=3)
    said = {"own": row.company.partita_iva, "member": member.email, "worker": worker.email}
    values = {**ASK, **{name: said.get(value, value) for name, value in changes.items()}}
    with pytest.raises(DomainError, match=words) as refused:
        validators.ask_validator(application=row, by=by, now=timezone.now(), **values)
    assert refused.value.field == field and not ValidatorAsk.objects.exists()


@pytest.mark.parametrize(
    ("email", "domain"),
    [("a@Consorzio.example", "consorzio.example"), ("a@gmail.com", ""), ("falegnameria@pec.it", ""), ("", ""), ("senza", "")],
)
def test_a_box_that_anybody_may_have_is_nobodys_domain(email: str, domain: str) -> None:
    assert own_domain(email) == domain


def test_an_address_that_becomes_the_company_s_answers_no_more(asked: ValidatorAsk, company: Company, client: Any) -> None:
    here = client.get(link())["Location"]
    company.email = "nuova@consorzio.example"
    company.save(update_fields=["email"])
    refused = client.post(here, YES)
    assert refused.status_code == 422 and not Validation.objects.exists()


def test_asked_once_and_again_only_when_it_is_over(asked: ValidatorAsk, by: Any) -> None:
    again = {"application": asked.application, "by": by, **ASK}
    with pytest.raises(DomainError, match="già chiesto"):
        validators.ask_validator(now=timezone.now(), **again)
    first = link()
    later = asked.expires_at + timedelta(minutes=1)
    assert validators.ask_validator(now=later, **again).pk != asked.pk
    asked.refresh_from_db()
    assert asked.closed_at and link() != first


def test_after_its_time_it_opens_no_file(asked: ValidatorAsk, client: Any, by: Any) -> None:
    here = client.get(link())["Location"]
    ValidatorAsk.objects.update(sent_at=timezone.now() - timedelta(days=30), expires_at=timezone.now() - timedelta(days=1))
    html = client.get(here).content.decode()
    assert "Il tempo per rispondere da qui è finito" in html and asked.application.company.name not in html
    with pytest.raises(DomainError, match="Il tempo per rispondere"):
        _answer(asked, by, timezone.now())


def test_taken_back_it_opens_nothing(asked: ValidatorAsk, client: Any, worker: Any, signed_in: Any, by: Any) -> None:
    here = client.get(link())["Location"]
    office = signed_in(worker)
    url = reverse("certification:take_back_ask", args=[asked.application.public_id, asked.public_id])
    assert office.post(url).status_code == 303
    assert "richiesta ritirata" in office.get(reverse("certification:application", args=[asked.application.public_id])).content.decode()
    for answer in (client.get(here), client.post(here, YES)):
        assert "Questa richiesta è chiusa" in answer.content.decode() and asked.application.company.name not in answer.content.decode()
    with pytest.raises(Conflict):
        validators.take_back(asked=asked, by=by, now=timezone.now())
    with pytest.raises(Conflict, match="è chiusa"):
        _answer(asked, by, timezone.now())


def test_when_the_check_is_over_nobody_is_asked_any_more(asked: ValidatorAsk, client: Any, by: Any) -> None:
    here = client.get(link())["Location"]
    Application.objects.filter(pk=asked.application_id).update(state=ApplicationState.READY)
    assert "Questa richiesta è chiusa" in client.get(here).content.decode()
    with pytest.raises(Conflict):
        _answer(asked, by, timezone.now())


def _answer(asked: ValidatorAsk, by: Any, now: datetime) -> None:
    validators.answer_by_link(asked=asked, is_favourable=True, words="Sì", no_ties=True, by=by, now=now)


def test_a_guessed_link_says_nothing_and_then_asks_to_wait(asked: ValidatorAsk, client: Any) -> None:
    assert client.get(reverse("website:validator", args=[asked.public_id])).status_code == 404  # not through the door
    for _ in range(guesses.MISSES_AN_HOUR):
        found = client.get("/conferma/indovinato/", REMOTE_ADDR="192.0.2.7")
        assert found.status_code == 404 and asked.application.company.name not in found.content.decode()
    assert client.get("/conferma/indovinato/", REMOTE_ADDR="192.0.2.7").status_code == 429
    assert client.get(link(), REMOTE_ADDR="192.0.2.7").status_code == 429


def test_the_token_is_kept_nowhere(asked: ValidatorAsk) -> None:
    token = link().rstrip("/").rpartition("/")[2]
    assert token not in asked.token_hash
    changes = RowChange.objects.filter(table_name="certification_validatorask")
    assert changes.exists() and not any(asked.token_hash in str(change.changes) for change in changes)


def test_who_may_not_check_asks_nobody(row: Application, sondrio: Any, user_of: Any, signed_in: Any) -> None:
    client = signed_in(user_of(Role.COMMISSION_MEMBER, sondrio))
    assert client.get(reverse("certification:ask_validator", args=[row.public_id])).status_code == 403
