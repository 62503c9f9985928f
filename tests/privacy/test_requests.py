"""Requests of people about their data: a month, one extension, an answer; names of readers by the DPO alone."""

from datetime import date, timedelta
from html import unescape

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import DomainError, ReasonRequired, TransitionNotAllowed
from impresasolidale.core.models import Deadline, Document, Fact, Look
from impresasolidale.core.rendering import html_of, render_document
from impresasolidale.privacy import rules
from impresasolidale.privacy.models import DataRequest
from impresasolidale.privacy.services import requests as services
from placements.beneficiaries.services import add_representative
from tests.factories.beneficiaries import identity, make_beneficiary
from tests.factories.fixtures import TODAY, make_user
from tests.privacy.conftest import VALUES

pytestmark = pytest.mark.django_db
LIST = "/protezione-dei-dati/richieste/"


def here(row, end=""):
    return f"{LIST}{row.public_id}/{end}"


@pytest.mark.parametrize(
    ("received", "due", "extended"),
    [
        ("2026-01-31", "2026-02-28", "2026-04-30"),  # no 31 in February, nor in April
        ("2028-01-31", "2028-02-29", "2028-04-30"),
        ("2026-11-18", "2026-12-18", "2027-02-18"),
        ("2026-12-01", "2027-01-01", "2027-03-01"),
    ],
)
def test_a_month_and_two_more(received, due, extended):
    day = date.fromisoformat(received)
    assert (rules.due_of(day), rules.extended_due_of(day)) == (date.fromisoformat(due), date.fromisoformat(extended))


def test_a_request_is_registered_from_the_code_to_its_page(signed_in, dpo, person):
    client = signed_in(dpo)
    found = client.post(f"{LIST}nuova/", {"codice_fiscale": person.codice_fiscale})
    assert found["Location"] == f"{LIST}nuova/{person.public_id}/"
    form = client.get(found["Location"])
    assert "representative" not in form.context["form"].fields
    sent = {name: value for name, value in VALUES.items() if value}
    wrong = client.post(found["Location"], {**sent, "received_on": TODAY + timedelta(days=1)})
    assert wrong.status_code == 422 and "nel futuro" in wrong.content.decode()
    done = client.post(found["Location"], {**sent, "received_on": TODAY})
    row = DataRequest.objects.get()
    assert done["Location"] == here(row)
    page = client.get(here(row)).content.decode()
    assert "restano 30 giorni" in page  # 18 November to 18 December
    deadline = Deadline.objects.get(kind=services.DUE)
    assert deadline.due_on == row.due_on and row.beneficiary.last_name not in deadline.title
    home = client.get("/protezione-dei-dati/")
    assert [found.pk for found, _days in home.context["found"].requests] == [row.pk]


def test_of_whom_one_does_not_keep_privacy_for_nothing_opens(signed_in, worker, asked):
    row, client = asked(), signed_in(worker)
    for path in ("/protezione-dei-dati/", LIST, here(row), here(row, "copia.json"), here(row, "risposta/")):
        assert client.get(path).status_code == 403, path
    assert client.post(here(row, "copia/")).status_code == 403


def test_another_ambito_s_request_is_not_there(signed_in, tirano, asked, person):
    row, other = asked(), signed_in(make_user(Role.DPO, tirano))
    for path in (here(row), here(row, "copia.json"), here(row, "proroga/"), f"{LIST}nuova/{person.public_id}/"):
        assert other.get(path).status_code == 404, path
    assert other.post(here(row, "copia/")).status_code == 404


def test_the_extension_is_told_within_the_first_month_and_once(within, dpo, asked):
    row = asked()
    by = within(dpo)
    with pytest.raises(DomainError) as refused:
        services.extend_request(request=row, reason=" ", by=by, today=TODAY)
    assert refused.value.field == "reason"
    with pytest.raises(DomainError, match="Il mese è passato"):
        services.extend_request(request=row, reason="Dati in tre archivi", by=by, today=row.due_on + timedelta(days=1))
    longer = services.extend_request(request=row, reason="Dati in tre archivi", by=by, today=row.due_on)
    assert longer.due_on == date(2027, 2, 18)
    assert Deadline.objects.get(kind=services.DUE, closed_at=None).due_on == longer.due_on
    with pytest.raises(DomainError, match="c'è già"):
        services.extend_request(request=longer, reason="Ancora", by=by, today=TODAY)


def test_names_are_the_dpo_s_with_reasons_before_the_copy(signed_in, within, dpo, coordinator, asked):
    row = asked()
    assert signed_in(coordinator).post(here(row, "nomi/"), {"names": "granted", "reason": "x"}).status_code == 403
    client = signed_in(dpo)
    assert client.post(here(row, "nomi/"), {"names": "granted", "reason": ""}).status_code == 422
    assert client.post(here(row, "nomi/"), {"names": "granted", "reason": "Serve per un reclamo"}).status_code == 303
    assert Fact.objects.get(code="privacy.request.names_decided").reason == "Serve per un reclamo"
    services.make_copy(request=row, by=within(dpo), today=TODAY)
    with pytest.raises(DomainError, match="già fatta"):
        services.decide_names(request=row, names="denied", reason="y", by=within(dpo))
    with pytest.raises(PermissionDenied):
        services.decide_names(request=row, names="denied", reason="y", by=within(coordinator))


@pytest.mark.parametrize("named", [True, False])
def test_the_copy_says_who_looked_by_name_only_when_that_was_decided(signed_in, within, worker, dpo, person, asked, named):
    signed_in(worker).get(f"/persone/{person.public_id}/")
    row = asked()
    if named:
        row = services.decide_names(request=row, names="granted", reason="Serve per un reclamo", by=within(dpo))
    paper = services.make_copy(request=row, by=within(dpo), today=TODAY)
    text = unescape(html_of(paper, "A" * 26))
    assert "Persone: scheda" in text
    assert (str(worker) in text) is named
    assert ("Qui non ci sono i nomi" in text) is not named


def test_a_copy_is_made_rendered_downloaded_and_answered(signed_in, within, dpo, asked, person):
    row, client = asked(), signed_in(dpo)
    early = client.post(here(row, "risposta/"), {"outcome": "Fatto", "delivery": "hand", "row_version": 1})
    assert early.status_code == 422 and "Prima serve la copia" in early.content.decode()
    assert client.post(here(row, "copia/")).status_code == 303
    within(dpo)
    row.refresh_from_db()
    render_document(row.document_id)
    answer = client.get(here(row, "copia.pdf"))
    assert b"".join(answer.streaming_content).startswith(b"%PDF")
    assert person.last_name not in answer["Content-Disposition"]
    data = client.get(here(row, "copia.json"))
    assert data.json()["tables"]["beneficiaries.Beneficiary"][0]["codice_fiscale"] == person.codice_fiscale
    assert person.last_name not in data["Content-Disposition"]
    assert Look.objects.filter(kind=Look.Kind.EXPORT, place="privacy:copy_data").exists()
    done = client.post(here(row, "risposta/"), {"outcome": "Copia consegnata", "delivery": "hand", "row_version": row.row_version})
    assert done.status_code == 303
    row.refresh_from_db()
    assert (row.state, row.closed_on) == ("answered", TODAY)
    assert not Deadline.objects.filter(kind=services.DUE, closed_at=None).exists()
    again = client.post(here(row, "copia/"), follow=True)
    assert "non è possibile dallo stato attuale" in again.content.decode()


def test_the_copy_is_opened_by_the_dpo_alone(signed_in, within, dpo, coordinator, asked):
    """It holds the judicial area and a protected address, which a coordinator does not see."""
    row = asked()
    paper = services.make_copy(request=row, by=within(coordinator), today=TODAY)
    render_document(paper.pk)
    client = signed_in(coordinator)
    for end in ("copia.pdf", "copia.json"):
        assert client.get(here(row, end)).status_code == 403
        assert end not in client.get(here(row)).content.decode()


def test_a_new_copy_replaces_the_old(within, dpo, asked):
    row, by = asked(), within(dpo)
    first = services.make_copy(request=row, by=by, today=TODAY)
    second = services.make_copy(request=row, by=by, today=TODAY)
    assert second.supersedes_id == first.pk
    assert Document.objects.filter(kind="privacy.copy").count() == 2


@pytest.mark.parametrize(("step", "end"), [("refused", "no/"), ("withdrawn", "ritirata/")])
def test_an_end_without_an_answer_wants_its_reason(signed_in, within, dpo, asked, step, end):
    row, client = asked(kind="erasure"), signed_in(dpo)
    assert client.post(here(row, end), {"reason": " "}).status_code == 422
    assert client.post(here(row, end), {"reason": "La legge ci obbliga a tenerlo"}).status_code == 303
    within(dpo)
    row.refresh_from_db()
    assert (row.state, row.outcome) == (step, "La legge ci obbliga a tenerlo")
    with pytest.raises(TransitionNotAllowed):
        services.end_request(request=row, step=step, reason="x", by=within(dpo), today=TODAY)
    with pytest.raises(ReasonRequired):
        services.end_request(request=asked(), step=step, reason="", by=within(dpo), today=TODAY)


def test_a_copy_is_for_who_asks_a_copy(within, dpo, asked):
    with pytest.raises(DomainError, match="chi chiede di avere"):
        services.make_copy(request=asked(kind="rectification"), by=within(dpo), today=TODAY)


def test_without_knowing_who_it_is_nothing_is_registered(asked):
    with pytest.raises(DomainError) as refused:
        asked(identity_check=" ")
    assert refused.value.field == "identity_check"
    with pytest.raises(DomainError) as refused:
        asked(asker="for_person")
    assert refused.value.field == "representative"


def test_a_closed_request_stays_as_it_is(within, dpo, asked):
    row = asked(kind="erasure")
    services.end_request(request=row, step="refused", reason="x", by=within(dpo), today=TODAY)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE privacy_datarequest SET state = 'open', closed_on = NULL WHERE id = %s", [row.pk])


def test_as_many_queries_for_fifty_requests_as_for_one(signed_in, within, dpo, worker, asked):
    client, counts = signed_in(dpo), []
    asked()
    for number in (0, 24):
        for n in range(number):
            person = make_beneficiary(within(worker), number=10 + n)
            services.register_request(person=person, values=VALUES, by=within(dpo), today=TODAY)
        client.get(LIST)
        with CaptureQueriesContext(connection) as done:
            client.get(LIST)
        counts.append(len([q for q in done.captured_queries if q["sql"].startswith("SELECT") and "set_config" not in q["sql"]]))
    assert counts[0] == counts[1] <= 8


@pytest.fixture
def curator(within, worker, person):
    """Who represents the person today, and may sign in with a digital identity."""
    names = {"first_name": "Gianni", "last_name": "Bianchi", "codice_fiscale": identity(5)["codice_fiscale"]}
    since = {"valid_from": date(2026, 1, 1), "powers": ["sign"], "decree": "12/2026"}
    return add_representative(beneficiary=person, by=within(worker), today=TODAY, kind="support_administrator", **names, **since)


@pytest.fixture
def area(client, settings):
    """area(who, paper) → whether the area of this code lists the paper, how its file answers, and the words of a refusal."""
    settings.IDENTITY_DOOR, settings.IDENTITY_SECRET = "impresasolidale.accounts.identity.Proxy", "only the proxy knows"
    headers = {"X-Identity-Secret": "only the proxy knows", "X-Identity-Level": "https://www.spid.gov.it/SpidL2"}

    def open_area(who, paper):
        client.get("/la-mia-area/entra/", headers={**headers, "X-Identity-Fiscal-Number": who.codice_fiscale})
        address = f"/la-mia-area/carte/{paper.public_id}/"
        listed, file = address in client.get("/la-mia-area/").content.decode(), client.get(address)
        assert file.status_code != 200 or b"".join(file.streaming_content).startswith(b"%PDF")
        return listed, file.status_code, "" if file.status_code == 200 else unescape(file.content.decode())

    return open_area


def copied(request, by):
    paper = services.make_copy(request=request, by=by, today=TODAY)
    render_document(paper.pk)
    request.refresh_from_db()
    return paper


def delivered(request, by):
    services.answer_request(request=request, outcome="Fatto", delivery="area", seen=request.row_version, by=by, today=TODAY)


def test_a_copy_asked_by_the_person_is_in_her_area_and_not_in_who_represents_her(within, dpo, person, curator, area, asked):
    row = asked()
    paper = copied(row, within(dpo))
    assert area(person, paper)[:2] == (False, 404)  # not delivered yet
    delivered(row, within(dpo))
    assert area(person, paper)[:2] == (True, 200)
    assert area(curator, paper)[:2] == (False, 404)


def test_a_copy_with_an_address_protected_since_opens_to_the_person_alone(within, dpo, person, curator, area, asked):
    person.address = "Via Nascosta 3"
    person.save(update_fields=["address"])
    row = asked(asker="for_person", representative=curator)
    paper = copied(row, within(dpo))
    delivered(row, within(dpo))
    assert area(curator, paper)[1] == area(person, paper)[1] == 200
    within(dpo)
    person.is_address_protected = True
    person.save(update_fields=["is_address_protected"])
    _listed, status, words = area(curator, paper)
    assert status == 403 and "contiene un indirizzo protetto" in words
    assert area(person, paper)[1] == 200


def test_who_represented_her_once_asks_for_the_own_data_alone(signed_in, within, worker, dpo, person, asked):
    """A guardian whose decree ended, a parent of who has grown up: no copy of the person for them."""
    common = {"beneficiary": person, "by": within(worker), "today": TODAY, "valid_from": date(2020, 1, 1), "powers": ["sign"]}
    names = {"first_name": "Gianni", "last_name": "Bianchi"}
    before = add_representative(**common, **names, kind="support_administrator", decree="12/2020", valid_to=TODAY - timedelta(days=1))
    parent = add_representative(**common, **names, kind="parent")
    now = add_representative(**common, **names, kind="support_administrator", decree="12/2026", valid_to=TODAY)
    client, form = signed_in(dpo), f"{LIST}nuova/{person.public_id}/"
    sent = {name: value for name, value in VALUES.items() if value}
    for row, asker, status in (
        (before, "for_person", 422), (parent, "for_person", 422), (now, "for_person", 303), (before, "for_self", 303),
    ):  # fmt: skip
        answer = client.post(form, {**sent, "asker": asker, "representative": str(row.public_id)})
        assert answer.status_code == status, (row.decree, asker)
    assert DataRequest.objects.count() == 2
    with pytest.raises(DomainError, match="Oggi non la rappresenta") as refused:
        asked(asker="for_person", representative=before)
    assert refused.value.field == "representative"


def test_only_the_person_s_copy_is_delivered_in_the_area(within, dpo, asked):
    row = asked(kind="erasure")
    with pytest.raises(DomainError) as refused:
        services.answer_request(request=row, outcome="Fatto", delivery="area", seen=row.row_version, by=within(dpo), today=TODAY)
    assert refused.value.field == "delivery"
