"""Requests, donors and promises as files: what the list shows, with its filters, and the look is an export."""

import csv
import io

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from impresasolidale.accounts.permissions import Role
from impresasolidale.core.models import Look
from solidarity_fund.services import pledges
from tests.factories.fund import ask, give, make_donor, make_helped, make_pot
from tests.support.queries import OwnQueries

pytestmark = pytest.mark.django_db


@pytest.fixture
def access(within, coordinator):
    return within(coordinator)


def address(name, kind="csv", query=""):
    return reverse(f"solidarity_fund:{name}", args=[kind]) + query


def lines(answer):
    assert answer.status_code == 200
    body = b"".join(answer.streaming_content).decode().lstrip("\ufeff")
    return list(csv.reader(io.StringIO(body), delimiter=";"))


def test_the_file_of_requests_is_the_list_with_its_filters(signed_in, within, worker, today):
    by = within(worker)
    first = ask(by, make_helped(by), "80", today=today)
    second = ask(by, make_helped(by, number=2), "45.50", kind="clothing", today=today)
    client = signed_in(worker)
    page = client.get(reverse("solidarity_fund:requests"), {"tipo": "clothing"}).content.decode()
    assert "tabella.xlsx?tipo=clothing" in page
    head, *rows = lines(client.get(address("requests_file")))
    assert head[:5] == ["Richiesta", "Aiuto", "Urgente", "Stato", "Chiesto il"] and head[-1] == "Importo"
    assert [(row[0], row[-1]) for row in rows] == [(second.code, "45,50"), (first.code, "80,00")]
    assert [row[0] for row in lines(client.get(address("requests_file", query="?tipo=clothing")))[1:]] == [second.code]
    assert lines(client.get(address("requests_file", query="?stato=paid")))[1:] == []
    for name in (first.beneficiary.last_name, second.beneficiary.last_name):  # never beside an amount (rule 71)
        assert all(name not in cell for row in rows for cell in row)
    exports = Look.objects.filter(kind=Look.Kind.EXPORT, place="solidarity_fund:requests").order_by("pk")
    assert list(exports.values_list("subject_ids", flat=True)) == [[second.pk, first.pk], [second.pk], []]
    book = openpyxl.load_workbook(io.BytesIO(client.get(address("requests_file", "xlsx")).content))
    assert [cell.value for cell in book.active[2]][-1] == 45.5
    assert client.get(address("requests_file", "pdf")).status_code == 404


def test_the_files_reach_as_far_as_the_lists(signed_in, within, worker, user_of, sondrio, tirano, stranger, today):
    ask(within(worker), make_helped(within(worker)), "80", today=today)
    assert lines(signed_in(stranger).get(address("requests_file")))[1:] == []
    for role, place in ((Role.DONOR, None), (Role.CLERK, sondrio), (Role.COMUNE_OFFICER, sondrio)):
        assert signed_in(user_of(role, place, number=4)).get(address("requests_file")).status_code == 403
    for name in ("donors_file", "pledges_file"):
        assert signed_in(worker).get(address(name)).status_code == 403


def test_donors_and_promises_as_files(signed_in, coordinator, access, today):
    pot, donor = make_pot(access), make_donor(access, name="Latteria Prova")
    give(access, pot, "300", donor=donor)
    make_donor(access, name="=HYPERLINK(1)", kind="association")
    pledge = pledges.promise(donor=donor, pot=pot, amount=90, first_on=today, by=access, today=today)
    client = signed_in(coordinator)
    rows = lines(client.get(address("donors_file")))
    assert rows[1:] == [["'=HYPERLINK(1)", "associazione o fondazione", "senza nome", "0", "0,00"],
                        ["Latteria Prova", "impresa", "senza nome", "1", "300,00"]]  # fmt: skip
    assert len(lines(client.get(address("donors_file", query="?nome=latteria")))) == 2
    assert lines(client.get(address("pledges_file")))[1] == [
        "Latteria Prova", f"{today:%d/%m/%Y}", pot.name, pledge.get_state_display(), "90,00", "0,00",
    ]  # fmt: skip
    assert Look.objects.filter(kind=Look.Kind.EXPORT, place__in=["solidarity_fund:donors", "solidarity_fund:pledges"]).count() == 3


def test_a_file_costs_the_same_for_many_rows(signed_in, within, worker, user_of, sondrio):
    today = timezone.localdate()

    def cost(numbers):
        by = within(worker)
        for number in numbers:
            ask(by, make_helped(by, number=number), "80", today=today)
        client = signed_in(worker)
        with OwnQueries() as own:
            assert client.get(address("requests_file", "xlsx")).status_code == 200
        return len(own)

    assert cost(range(1, 2)) == cost(range(2, 6)) <= 8
