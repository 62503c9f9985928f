"""The columns of the big lists: chosen and put in order by one person, offered to the office, the same in the file, never past a right."""

import csv
import io
import re

import pytest
from django.urls import reverse

from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core import keyset
from impresasolidale.core.columns import Column, cells, chosen, heads
from impresasolidale.core.errors import ScopeMissing
from impresasolidale.core.models import Look
from impresasolidale.core.scope import current, scope
from impresasolidale.exchange.models import ColumnSet
from impresasolidale.territory.selectors import name_key
from placements.beneficiaries.models import Beneficiary
from tests.factories.attendance import follow, make_host, make_running_placement, make_tutor, system
from tests.factories.beneficiaries import make_beneficiary
from tests.support.queries import OwnQueries

pytestmark = pytest.mark.django_db
PEOPLE, PLACEMENTS, COMPANIES = "beneficiaries:list", "agreements:list", "hosts:list"
FILES = {PEOPLE: "beneficiaries:file", PLACEMENTS: "agreements:file", COMPANIES: "hosts:file"}


def choose(client, page, *codes, **more):
    return client.post(f"{reverse('exchange:choose_columns')}?elenco={page}", {code: n for n, code in enumerate(codes, 1)} | more)


def usual(client, page):
    return client.post(f"{reverse('exchange:usual_columns')}?elenco={page}")


def file_of(client, page, **query):
    answer = client.get(reverse(FILES[page], args=["csv"]), query)
    assert answer.status_code == 200, answer
    return list(csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig")), delimiter=";"))


def shown(client, page):
    text = client.get(reverse(page)).content.decode()
    return re.findall(r'scope="col"[^>]*>([^<]*)<', text.split("<thead>")[1].split("</thead>")[0])


@pytest.fixture
def placement(sondrio, worker):
    company = make_host(sondrio)
    row = make_running_placement(sondrio, make_tutor(sondrio, company)[0], company)
    follow(worker, row)
    return row


def test_a_column_one_may_not_see_is_not_offered_and_no_longer_shown(settings, monkeypatch):
    class Nobody:
        def may(self, permission):
            return False

    open_one = Column("a", "A", lambda row, access: row["a"], is_usual=True)
    closed = Column("b", "B", lambda row, access: row["b"], permission="see", is_usual=True, is_number=True)
    monkeypatch.setattr("impresasolidale.exchange.columns.codes_for", lambda access, page: ["b", "gone", "a"])
    assert [c.code for c in chosen("x", [open_one, closed], Nobody()).columns] == ["a"]
    Nobody.may = lambda self, permission: True
    assert [c.code for c in chosen("x", [open_one, closed], Nobody()).columns] == ["b", "a"]
    monkeypatch.setattr("impresasolidale.exchange.columns.codes_for", lambda access, page: ["gone"])
    found = chosen("x", [open_one, closed], Nobody())
    assert [c.code for c in found.columns] == ["a", "b"] and not found.is_own_choice
    assert cells([open_one, closed], {"a": "<b>", "b": None}, None) == (
        '<td data-label="A">&lt;b&gt;</td><td data-label="B" class="num">—</td>'
    )
    assert heads([closed]) == '<th scope="col" class="num">B</th>'


@pytest.mark.parametrize(
    ("page", "codes", "labels"),
    [
        (PEOPLE, ["codice_fiscale", "residence"], ["Codice fiscale", "Comune di residenza"]),
        (PLACEMENTS, ["ends", "promoter", "site", "residence"], ["Fine", "Tutor dell&#x27;ente promotore", "Sede", "Comune di residenza"]),
        (COMPANIES, ["pec", "comune"], ["PEC", "Comune"]),
    ],
)
def test_columns_are_chosen_in_order_and_are_those_of_the_file(page, codes, labels, placement, worker, signed_in):
    client = signed_in(worker)
    before = shown(client, page)
    answer = choose(client, page, *codes)
    assert answer.status_code == 303 and answer["Location"] == reverse(page)
    assert shown(client, page)[1:] == labels
    head, row = file_of(client, page)
    assert head[-len(codes) :] == [label.replace("&#x27;", "'") for label in labels]
    assert len(head) == len(row)
    form = client.get(f"{reverse('exchange:choose_columns')}?elenco={page}").content.decode()
    assert "Torna alle colonne solite" in form
    assert usual(client, page)["Location"] == reverse(page)
    assert shown(client, page) == before


def test_the_file_of_who_chose_nothing(placement, worker, signed_in):
    client = signed_in(worker)
    assert file_of(client, PEOPLE)[0] == ["Cognome", "Nome", "Nascita", "Comune di residenza", "Area", "La segue"]
    assert file_of(client, PLACEMENTS)[0] == ["Persona", "Impresa", "Periodo", "Stato", "Semaforo"]
    assert len(file_of(client, COMPANIES)[0]) == 20
    assert file_of(client, PEOPLE, q="nessuno si chiama così")[1:] == []


def test_a_file_of_people_is_an_export_and_tells_only_of_whom_one_follows(placement, worker, user_of, sondrio, signed_in):
    choose(signed_in(worker), PEOPLE, "codice_fiscale", "area", is_shared="on")
    other = user_of(Role.SOCIAL_WORKER, sondrio, number=8)
    assert placement.beneficiary.codice_fiscale in file_of(signed_in(worker), PEOPLE)[1]
    assert file_of(signed_in(other), PEOPLE)[1][2:] == ["", ""]
    with scope(system(sondrio).scope):
        looks = Look.objects.filter(kind="export", place="beneficiaries:file")
        assert {tuple(look.subject_ids) for look in looks} == {(placement.beneficiary_id,)} and len(looks) == 2
    file_of(signed_in(worker), PLACEMENTS)
    with scope(system(sondrio).scope):
        assert Look.objects.get(kind="export", place="agreements:file").subject_ids == [placement.pk]


def test_a_long_file_leaves_piece_by_piece_each_read_in_the_scope_of_who_asked(placement, worker, signed_in, monkeypatch):
    monkeypatch.setattr(keyset, "PIECE", 2)
    office = access_for(worker)
    with scope(office.scope):
        people = [make_beneficiary(office, number=number) for number in range(2, 7)]
    client = signed_in(worker)
    answer = client.get(reverse("beneficiaries:file", args=["csv"]))
    rest = iter(answer)
    assert next(rest).decode("utf-8-sig").startswith("Cognome;")
    with pytest.raises(ScopeMissing):
        current()  # the request is over
    with scope(office.scope):
        people[0].delete()  # gone while the file leaves
    names = [line.split(";")[:2] for line in b"".join(rest).decode().splitlines()]
    left = [[person.last_name, person.first_name] for person in [placement.beneficiary, *people[1:]]]
    assert names == sorted(left, key=lambda pair: name_key(" ".join(pair)))
    with scope(office.scope):
        assert len(Look.objects.get(kind="export").subject_ids) == 6
    assert len(file_of(client, PLACEMENTS)) == 2


def test_a_protected_address_is_not_in_the_file_of_who_may_not_see_it(placement, worker, user_of, sondrio, signed_in):
    with scope(system(sondrio).scope):
        Beneficiary.objects.filter(pk=placement.beneficiary_id).update(address="Via Nascosta 1", is_address_protected=True)
    tutor = user_of(Role.PROMOTER_TUTOR, sondrio, number=8)
    follow(tutor, placement)
    for user in (worker, tutor):
        choose(signed_in(user), PEOPLE, "address")
    assert "Via Nascosta 1" in file_of(signed_in(worker), PEOPLE)[1]
    assert "Via Nascosta 1" not in file_of(signed_in(tutor), PEOPLE)[1]


def test_what_is_shared_is_for_who_chose_nothing_and_within_their_rights(
    placement, coordinator, worker, user_of, sondrio, stranger, signed_in
):
    choose(signed_in(coordinator), PLACEMENTS, "residence", "starts", is_shared="on")
    assert shown(signed_in(worker), PLACEMENTS)[1:] == ["Comune di residenza", "Inizio"]
    clerk = signed_in(user_of(Role.CLERK, sondrio))  # who sees no people
    assert shown(clerk, PLACEMENTS)[1:] == ["Inizio"] and len(file_of(clerk, PLACEMENTS)[0]) == 2
    assert choose(clerk, PLACEMENTS, "residence").status_code == 422
    choose(signed_in(worker), PLACEMENTS, "state")
    assert shown(signed_in(worker), PLACEMENTS)[1:] == ["Stato"]
    usual(signed_in(worker), PLACEMENTS)  # one's own alone
    assert shown(signed_in(worker), PLACEMENTS)[1:] == ["Comune di residenza", "Inizio"]
    assert usual(clerk, PLACEMENTS).status_code == 403  # somebody else's
    with scope(system(sondrio).scope):
        assert ColumnSet.objects.count() == 1


def test_another_office_has_its_own(placement, coordinator, stranger, signed_in):
    choose(signed_in(coordinator), COMPANIES, "pec", is_shared="on")
    assert shown(signed_in(coordinator), COMPANIES)[1:] == ["PEC"]
    other = signed_in(stranger)
    assert "PEC" not in file_of(other, COMPANIES)[0][:2]
    assert usual(other, COMPANIES).status_code == 303 and shown(signed_in(coordinator), COMPANIES)[1:] == ["PEC"]


def test_what_is_refused(placement, worker, user_of, sondrio, signed_in):
    client = signed_in(worker)
    answer = choose(client, PEOPLE)
    assert answer.status_code == 422 and "almeno una colonna" in answer.content.decode()
    assert choose(client, PEOPLE, area="99").status_code == 422
    assert choose(client, "desk:inbox", "area").status_code == 404
    clerk = signed_in(user_of(Role.CLERK, sondrio))
    assert choose(clerk, PEOPLE, "area").status_code == 403 and usual(clerk, PEOPLE).status_code == 403
    assert clerk.get(reverse("beneficiaries:file", args=["csv"])).status_code == 403
    assert signed_in(user_of(Role.DPO, sondrio)).get(reverse("agreements:file", args=["csv"])).status_code == 403
    assert client.get(reverse("beneficiaries:file", args=["pdf"])).status_code == 404


@pytest.mark.parametrize("page", [PEOPLE, PLACEMENTS, COMPANIES])
def test_a_list_with_chosen_columns_asks_as_much_for_three_rows_as_for_one(page, placement, worker, sondrio, signed_in):
    client = signed_in(worker)
    codes = {PEOPLE: ["phone", "residence", "referent"], PLACEMENTS: ["residence", "promoter", "site"], COMPANIES: ["comune", "tutors"]}[
        page
    ]
    choose(client, page, *codes)
    client.get(reverse(page))
    with OwnQueries() as one:
        client.get(reverse(page))
    for number in (2, 3):
        company = make_host(sondrio, number=number)
        make_running_placement(sondrio, make_tutor(sondrio, company, number=number)[0], company, number=number)
    with OwnQueries() as three:
        client.get(reverse(page))
    assert len(one) == len(three) <= 8, three
