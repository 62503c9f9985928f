"""The area of the person and of who represents her: off by default, by a digital identity where a body connected one."""

import re
import uuid
from datetime import date, timedelta

import pytest
from django.utils import timezone

from impresasolidale.accounts.identity import is_connected
from impresasolidale.core.fields import lookup_hash
from impresasolidale.core.models import Document, Look, RowChange
from impresasolidale.core.scope import scope
from placements.agreements.services import issue_paper
from placements.attendance.easy_folder import FOLDER
from placements.beneficiaries.models import Beneficiary, Representative
from placements.beneficiaries.services import add_representative, update_representative
from placements.monitoring.models import Talk
from tests.factories import attendance as made
from tests.factories.agreements import make_placement
from tests.factories.beneficiaries import identity, make_beneficiary
from tests.factories.fixtures import TODAY, make_user
from tests.support.queries import OwnQueries

pytestmark = pytest.mark.django_db
AREA, ENTER = "/la-mia-area/", "/la-mia-area/entra/"
CURATOR = "BNCGNN60A01I829I"


def code_of(last: str, first: str, born: str, sex: str = "M") -> str:
    from codicefiscale import encode

    return encode(last, first, sex, born, "Sondrio")


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda value=None, *args: value.date() if value else TODAY)


@pytest.fixture
def connected(settings):
    """A body's proxy that signs citizens in, and passes on what it found."""
    settings.IDENTITY_DOOR = "impresasolidale.accounts.identity.Proxy"
    settings.IDENTITY_SECRET = "only the proxy knows"


def knock(client, code: str, *, secret: str = "only the proxy knows", level: str = "https://www.spid.gov.it/SpidL2"):
    said = {"X-Identity-Secret": secret, "X-Identity-Level": level, "X-Identity-Fiscal-Number": code}
    return client.get(ENTER, headers={name: value for name, value in said.items() if value})


@pytest.fixture
def placement(within, worker):
    return make_placement(within(worker), "active")


def represented(placement, by, code: str = "", **more) -> Representative:
    values = {
        "kind": "support_administrator",
        "first_name": "Gianni",
        "last_name": "Bianchi",
        "codice_fiscale": code,
        "decree": "12/2026",
        **more,
    }
    return add_representative(
        beneficiary=placement.beneficiary, by=by, today=TODAY, **{"valid_from": date(2026, 1, 1), "powers": ["sign"], **values}
    )


# --- Off, or nobody


def test_without_a_sign_in_of_the_body_the_page_says_where_to_go(client, settings):
    assert not is_connected()
    for path in (AREA, ENTER):
        page = client.get(path)
        assert page.status_code == 200 and "non è ancora aperta" in page.content.decode()


def test_headers_of_anybody_else_open_nothing(client, connected, placement):
    code = placement.beneficiary.codice_fiscale
    assert knock(client, code, secret="guessed").status_code == 404
    assert knock(client, code, secret="").status_code == 404
    assert knock(client, code, level="https://www.spid.gov.it/SpidL1").status_code == 403
    assert knock(client, code, level="").status_code == 403
    assert "SPID" in client.get(AREA).content.decode()


def test_a_proxy_without_a_secret_opens_nothing(client, settings, placement):
    settings.IDENTITY_DOOR, settings.IDENTITY_SECRET = "impresasolidale.accounts.identity.Proxy", ""
    assert knock(client, placement.beneficiary.codice_fiscale, secret="").status_code == 404


def test_a_stranger_and_a_broken_code_are_told_so(client, connected, placement):
    assert knock(client, code_of("Verdi", "Carlo", "1970-01-01")).status_code == 404
    assert knock(client, "XXX").status_code == 403


# --- Inside


def test_the_person_finds_agreement_days_and_whom_to_call_in_easy_words(client, connected, placement, worker):
    person = placement.beneficiary
    done = knock(client, f"TINIT-{person.codice_fiscale}")
    assert (done.status_code, done["Location"]) == (302, AREA) or done.status_code == 303
    page = client.get(AREA)
    html = page.content.decode()
    assert f"{person.first_name} {person.last_name}" in html and placement.company.name in html and str(worker) in html
    assert "Dove vado" in html and "Le prossime due settimane" in html
    assert person.codice_fiscale not in html and person.get_target_area_display() not in html
    assert page["Cache-Control"] == "no-store"
    with scope(made.system(placement.ambito).scope):
        assert Look.objects.filter(place="area:mine", subject_ids=[person.pk], actor_id=None).exists()


def test_the_papers_made_for_her_open_and_no_other(client, connected, placement, within, worker, monkeypatch):
    by = within(worker)
    pact = issue_paper(placement=placement, kind="pact", by=by, today=TODAY)
    letter = issue_paper(placement=placement, kind="letter_host", by=by, today=TODAY)
    for n, paper in enumerate((pact, letter)):
        Document.objects.filter(pk=paper.pk).update(state="ready", file_name=f"x/{n}.pdf", file_hash=str(n) * 64, size=3)
    knock(client, placement.beneficiary.codice_fiscale)
    html = client.get(AREA).content.decode()
    assert str(pact.public_id) in html and str(letter.public_id) not in html
    seen = []
    monkeypatch.setattr("impresasolidale.desk.area.serve_document", lambda paper, by: seen.append(paper.pk) or _file())
    assert client.get(f"{AREA}carte/{pact.public_id}/").status_code == 200 and seen == [pact.pk]
    for other in (letter.public_id, uuid.uuid4()):
        assert client.get(f"{AREA}carte/{other}/").status_code == 404


def _file():
    from django.http import HttpResponse

    return HttpResponse(b"%PDF")


def test_a_representative_finds_all_the_people_represented_and_nobody_else(client, connected, within, worker):
    by = within(worker)
    first, second, third = (make_placement(by, "active", number=n) for n in (1, 2, 3))
    code = code_of("Bianchi", "Gianni", "1960-01-01")
    for placement in (first, second):
        represented(placement, by, code)
    represented(third, by, code, valid_to=TODAY - timedelta(days=1))
    knock(client, code)
    html = client.get(AREA).content.decode()
    for placement in (first, second):
        assert placement.beneficiary.last_name in html
    assert third.beneficiary.last_name not in html
    assert html.count("Una persona che rappresenti") == 2


def test_a_decree_that_ends_closes_the_page_at_once(client, connected, placement, within, worker):
    by = within(worker)
    code = code_of("Bianchi", "Gianni", "1960-01-01")
    row = represented(placement, by, code)
    knock(client, code)
    assert placement.beneficiary.last_name in client.get(AREA).content.decode()
    Representative.objects.filter(pk=row.pk).update(valid_to=TODAY - timedelta(days=1))
    assert placement.beneficiary.last_name not in client.get(AREA).content.decode()


def test_half_an_hour_without_a_page_and_it_is_closed(client, connected, placement):
    knock(client, placement.beneficiary.codice_fiscale)
    session = client.session
    session["area"] = {**session["area"], "at": (timezone.now() - timedelta(minutes=31)).isoformat()}
    session.save()
    assert placement.beneficiary.last_name not in client.get(AREA).content.decode()


def test_leaving_forgets(client, connected, placement):
    knock(client, placement.beneficiary.codice_fiscale)
    assert client.post(f"{AREA}esci/", {"_submission": str(uuid.uuid4())}).status_code == 303
    assert placement.beneficiary.last_name not in client.get(AREA).content.decode()


def test_the_page_costs_the_same_for_one_and_for_many(client, connected, within, worker):
    by = within(worker)
    code = code_of("Bianchi", "Gianni", "1960-01-01")
    found = []
    for n in (1, 2, 3):
        represented(make_placement(by, "active", number=n), by, code)
        knock(client, code)
        with OwnQueries() as own:
            client.get(AREA)
        found.append(len(own))
    assert found[2] - found[1] == found[1] - found[0] <= 6, found  # the words of each project are read apart


@pytest.mark.parametrize(("born", "status"), [(date(2008, 11, 19), 303), (date(2008, 11, 18), 404)])
def test_a_parent_finds_the_child_until_the_day_she_is_eighteen(client, connected, within, worker, born, status):
    """A parent acts for a minor; whom a judge names for an adult has a decree, and is another row."""
    by, code = within(worker), identity(5)["codice_fiscale"]
    child = make_beneficiary(by, born=born)
    names = {"first_name": "Gianni", "last_name": "Bianchi", "codice_fiscale": code}
    add_representative(beneficiary=child, by=by, today=TODAY, kind="parent", valid_from=date(2026, 1, 1), powers=[], **names)
    assert knock(client, code).status_code == status


# --- The representative's code


def test_a_representatives_code_is_encrypted_and_found_by_its_hash(placement, within, worker):
    by = within(worker)
    code = code_of("Bianchi", "Gianni", "1960-01-01")
    row = represented(placement, by, code.lower())
    row.refresh_from_db()
    assert (row.codice_fiscale, row.codice_fiscale_hash) == (code, lookup_hash(code))
    update_representative(representative=row, row_version=row.row_version, by=by, today=TODAY, codice_fiscale="")
    row.refresh_from_db()
    assert (row.codice_fiscale, row.codice_fiscale_hash) == ("", "")
    changes = RowChange.objects.filter(table_name="beneficiaries_representative", row_id=row.pk)
    assert changes.exists() and not any(code in str(change.changes) for change in changes)


def test_a_wrong_code_and_the_persons_own_are_refused_beside_the_field(signed_in, placement, worker):
    person = placement.beneficiary
    url = f"/persone/{person.public_id}/rappresentanti/nuovo/"
    page = signed_in(worker).get(url)
    found = page.status_code == 200
    assert found or page.status_code == 404
    path = url if found else _form_address(signed_in(worker), person)
    values = {
        "kind": "support_administrator",
        "last_name": "Bianchi",
        "first_name": "Gianni",
        "valid_from": "2026-01-01",
        "powers": ["sign"],
    }
    for code in ("ABC", person.codice_fiscale):
        answer = signed_in(worker).post(path, {**values, "codice_fiscale": code, "_submission": str(uuid.uuid4())})
        assert answer.status_code == 422 and "codice_fiscale" in answer.context["form"].errors


def _form_address(client, person: Beneficiary) -> str:
    html = client.get(f"/persone/{person.public_id}/").content.decode()
    found = re.search(r'href="(/persone/[^"]*rappresentant[^"]*)"', html)
    assert found
    return found[1]


# --- The office prints it all


def test_one_button_prints_everything_in_easy_words(signed_in, placement, within, worker):
    me = signed_in(worker)
    html = me.get(f"/persone/{placement.beneficiary.public_id}/panoramica/").content.decode()
    url = f"/presenze/{placement.public_id}/tutto-in-parole-semplici/"
    assert url in html
    assert me.post(url, {"_submission": str(uuid.uuid4())}).status_code == 303
    within(worker)
    paper = Document.objects.get(kind=FOLDER)
    assert str(paper.number) in me.get(f"/persone/{placement.beneficiary.public_id}/panoramica/").content.decode()
    said = paper.context
    assert [part["title"] for part in said["parts"]][:2] == ["Dove vado", "Quando comincio e quando finisco"]
    assert said["call"][0]["lines"] and "Firmo" not in str(said["parts"])
    me.post(url, {"_submission": str(uuid.uuid4())})
    assert Document.objects.filter(kind=FOLDER, supersedes=paper).exists()


def test_the_folder_is_for_who_prepares_placements(signed_in, placement, sondrio):
    educator = make_user("promoter_tutor", sondrio, number=77)
    assert signed_in(educator).post(f"/presenze/{placement.public_id}/tutto-in-parole-semplici/").status_code in {403, 404}


# --- «Voglio parlare con qualcuno»


def test_she_asks_to_be_called_from_her_area(client, connected, placement):
    knock(client, placement.beneficiary.codice_fiscale)
    ask = f"{AREA}parla/{placement.public_id}/"
    assert ask in client.get(AREA).content.decode()
    assert client.get(ask).status_code == 200
    done = client.post(ask, {"reason": "unwell", "words": "Vorrei cambiare", "reach_when": "any", "way": "phone"})
    assert done.status_code == 303 and "L’impresa non lo sa" in client.get(done["Location"]).content.decode()
    with scope(made.system(placement.ambito).scope):
        talk = Talk.objects.get()
    assert (talk.placement_id, talk.came_by, talk.asker, talk.words) == (placement.pk, "area", "person", "Vorrei cambiare")
    html = client.get(AREA).content.decode()
    assert "ti chiamiamo" in html and "Vorrei cambiare" not in html
    client.post(f"{AREA}esci/")
    assert client.get(ask).status_code == 404 and client.post(ask, {"reach_when": "any", "way": "phone"}).status_code == 404


def test_a_representative_asks_for_who_is_represented_and_for_nobody_else(client, connected, within, worker):
    by = within(worker)
    hers, other = (make_placement(by, "active", number=n) for n in (1, 2))
    code = code_of("Bianchi", "Gianni", "1960-01-01")
    represented(hers, by, code)
    knock(client, code)
    said = {"reach_when": "any", "way": "phone"}
    assert client.post(f"{AREA}parla/{other.public_id}/", said).status_code == 404
    assert client.post(f"{AREA}parla/{hers.public_id}/", said).status_code == 303
    with scope(made.system(hers.ambito).scope):
        assert [(t.placement_id, t.asker) for t in Talk.objects.order_by("id")] == [(hers.pk, "representative")]
