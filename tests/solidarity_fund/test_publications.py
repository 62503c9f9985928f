"""The account of a closed year: frozen, approved with its act, the same on page, paper and files; and the public page of the fund."""

import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape

from impresasolidale.accounts.access import Access, access_for
from impresasolidale.accounts.models import User
from impresasolidale.accounts.permissions import Role
from impresasolidale.accounts.services import OutsideAct
from impresasolidale.core.errors import Conflict, DomainError
from impresasolidale.core.models import Document
from impresasolidale.core.rendering import render_document
from impresasolidale.core.scope import scope
from impresasolidale.core.spreadsheets import csv_pieces
from impresasolidale.reports import publishing, tables
from impresasolidale.reports.definitions import BY_CODE
from impresasolidale.reports.wanted import Wanted
from impresasolidale.treasury.models import ClosedPeriod
from solidarity_fund.giving_rules import in_fours
from solidarity_fund.models import Publication
from tests.factories.fixtures import TODAY, make_user
from tests.factories.fund import ask, close_books, give, grant, make_donor, make_helped, make_holder, make_pot, pay, publish

pytestmark = pytest.mark.django_db
D = Decimal
LAST = TODAY.year - 1
DAY = date(LAST, 5, 4)
ACT = OutsideAct("31", TODAY)
FUND = reverse("website:fund")


@pytest.fixture
def second(sondrio: Any) -> User:
    return make_user(Role.COORDINATOR, sondrio, number=2)


@pytest.fixture
def last_year(within: Callable[[User], Access], worker: User, coordinator: User, sondrio: Any, monkeypatch: pytest.MonkeyPatch) -> Access:
    """Seven people helped last year, one of them with glasses; the books closed."""
    accounting = make_user(Role.ACCOUNTING, sondrio)
    chief = within(coordinator)
    publish(chief, valid_from=DAY)
    pot = make_pot(chief, name="Trasporti")
    give(chief, pot, "1000", donor=make_donor(chief, name="Latteria Prova", shows_name=True), on=DAY)
    give(chief, pot, "500", donor=make_donor(chief, name="Chi non vuole"), on=DAY)
    monkeypatch.setattr("solidarity_fund.services.requests.timezone.localdate", lambda *args: DAY)
    for n in range(7):
        row = ask(within(worker), make_helped(within(worker), number=n), "10.01", kind="health" if n == 6 else "transport", today=DAY)
        pay(within(accounting), grant(within(coordinator), row, pot, today=DAY), on=DAY)
    monkeypatch.undo()
    chief = within(coordinator)
    close_books(chief.network_id, date(LAST, 12, 31))
    return chief


def prepared(access: Access, *, year: int = LAST) -> Publication:
    with scope(access.scope):
        return publishing.prepare_account(year=year, by=access, today=TODAY)


def approved(second: User, row: Publication, *, act: OutsideAct = ACT, **changes: Any) -> Publication:
    access = access_for(second)
    with scope(access.scope):
        return publishing.approve_account(publication=row, **{"seen": row.row_version, **changes}, act=act, by=access, today=TODAY)


# --- Approving


def test_the_same_rows_everywhere(last_year, second, client, settings, tmp_path, caplog):
    settings.MEDIA_ROOT = tmp_path
    row = approved(second, prepared(last_year))
    content = publishing.content_of(row)
    fresh = BY_CODE["fund_account"].content(last_year, Wanted(date(LAST, 1, 1), date(LAST, 12, 31), TODAY))
    assert tables.as_values(fresh) == row.values == tables.as_values(content)  # the report of the year says the same
    assert content.table("uscite").rows == (("altri aiuti", 6, D("70.07")),)  # one person's glasses are not told apart
    page = client.get(FUND).content.decode().replace("\u00a0", " ")
    for words in ("1.500,00", "70,07", "1.429,93", "n. 31 del"):
        assert words in page
    for table in content.tables:
        answer = client.get(reverse("website:account_table", args=[LAST, table.code]))
        assert answer.getvalue().decode() == "".join(csv_pieces(table.head, tables.csv_rows(table)))
    book = openpyxl.load_workbook(io.BytesIO(client.get(reverse("website:account_file", args=[LAST, "xlsx"])).content))
    assert [sheet.title for sheet in book][:3] == [table.title for table in content.tables]
    assert [cell for cell in list(book.worksheets[1].iter_rows(values_only=True))[2]] == ["altri aiuti", 6, 70.07]
    with scope(last_year.scope):
        paper = Document.objects.get(pk=row.document_id)
        assert paper.context["rows_hash"] == row.values_hash and "31" in str(paper.context["notes"])
        assert [t["title"] for t in paper.context["tables"]] == [table.title for table in content.tables]
        render_document(paper.pk)
    answer = client.get(reverse("website:account_file", args=[LAST, "pdf"]))
    assert answer["Content-Type"] == "application/pdf" and answer.getvalue().startswith(b"%PDF")
    for wrong in ([LAST, "exe"], [LAST - 1, "xlsx"]):
        assert client.get(reverse("website:account_file", args=wrong)).status_code == 404
    assert client.get(reverse("website:account_table", args=[LAST, "nessuna"])).status_code == 404
    with scope(last_year.scope):
        default_storage.delete(Document.objects.get(pk=row.document_id).file_name)
    assert client.get(reverse("website:account_file", args=[LAST, "pdf"])).status_code == 404
    assert f"The stored file of core.document {row.document_id} is missing." in caplog.text


@pytest.mark.parametrize(("year", "words"), [(TODAY.year, "ancora aperto"), (LAST - 1, "")])
def test_only_closed_years(last_year, year, words):
    if not words:
        assert prepared(last_year, year=year).state == "prepared"
        return
    with pytest.raises(DomainError, match=words):
        prepared(last_year, year=year)


def test_books_that_were_opened_again_are_not_approved(last_year, second):
    row = prepared(last_year)
    ClosedPeriod.objects.update(state=ClosedPeriod.State.REOPENED)
    with pytest.raises(DomainError, match="riaperto"):
        approved(second, row)


def test_a_second_account_of_a_year_takes_the_first_ones_place(last_year, second):
    first = approved(second, prepared(last_year))
    with pytest.raises(Conflict):
        approved(second, prepared(last_year), seen=99)
    with scope(last_year.scope):
        waiting = Publication.objects.get(state="prepared")
    with pytest.raises(DomainError, match="già uno da approvare"):
        prepared(last_year)
    approved(second, waiting)
    first.refresh_from_db()
    assert first.state == "replaced"


def test_the_office_prepares_and_another_approves(last_year, signed_in, coordinator, second, worker, client):
    new = reverse("reports:new_fund_account")
    assert signed_in(worker).get(new).status_code == 403
    assert client.get(FUND).status_code == 200
    chief, other = signed_in(coordinator), signed_in(second)
    assert chief.get(new).status_code == 200
    there = chief.post(new, {"year": LAST})["Location"]
    row = Publication.objects.get()
    assert "70,07" in chief.get(there).content.decode()
    assert "Rendiconto" not in client.get(FUND).content.decode()
    step = reverse("reports:approve_fund_account", args=[row.public_id])
    bare = other.post(step, {"row_version": row.row_version})
    assert bare.status_code == 422  # the account is approved with an act
    data = {"row_version": row.row_version, "act_number": "31", "act_on": TODAY}
    assert other.post(step, {**data, "act_on": date(TODAY.year + 1, 1, 1)}).status_code == 422
    assert other.post(step, {**data, "row_version": 0}).status_code == 409
    assert other.post(step, data).status_code == 303
    assert "70,07" in client.get(FUND).content.decode()
    assert other.get(step).status_code == 303
    publications = chief.get(reverse("solidarity_fund:publications")).content.decode()
    assert "Rendiconto" in publications and there in publications
    assert chief.get(reverse("reports:fund_account_paper", args=[row.public_id])).status_code == 404  # the worker has not made it yet
    withdraw = reverse("solidarity_fund:withdraw_publication", args=[row.public_id])
    assert chief.post(withdraw, {"reason": ""}).status_code == 422
    assert chief.post(withdraw, {"reason": "Un errore"}).status_code == 303
    assert "70,07" not in client.get(FUND).content.decode()


# --- The page of the year


def test_the_offices_account_and_the_rows_behind_it(last_year, signed_in, worker, coordinator):
    chief = signed_in(coordinator)
    page = chief.get(reverse("solidarity_fund:account"))
    text = page.content.decode().replace("\u00a0", " ")
    assert page.context["year"] == str(LAST) and "1.429,93" in text and "altri aiuti" in text.lower()
    assert "Latteria" not in text and "Persona" not in text
    rows = chief.get(page.context["urls"]["versato"])
    assert len(rows.context["movements"]) == 7
    assert len(chief.get(reverse("solidarity_fund:account_rows"), {"anno": LAST, "voce": "ricevuto"}).context["movements"]) == 2
    assert chief.get(reverse("solidarity_fund:account_rows"), {"anno": "x", "voce": "y"}).status_code == 200
    table = chief.get(reverse("solidarity_fund:account_file", args=["csv"]), {"anno": LAST}).getvalue().decode()
    assert "Trasporti;0,00;1500,00;0,00;70,07;1429,93;0,00;1429,93" in table and "Totale;0,00;1500,00" in table
    assert signed_in(worker).get(reverse("solidarity_fund:account")).status_code == 200


def test_the_pages_cost_the_same_with_more_rows(last_year, signed_in, coordinator, client):
    chief = signed_in(coordinator)
    wanted = [reverse("solidarity_fund:account"), reverse("solidarity_fund:account_rows"), reverse("solidarity_fund:publications"), FUND]

    def costs() -> list[int]:
        found = []
        for address in wanted:
            with CaptureQueriesContext(connection) as queries:
                assert (client if address == FUND else chief).get(address).status_code == 200
            found.append(len(queries))
        return found

    costs()
    before = costs()
    for n in range(5):
        pot = make_pot(last_year, name=f"Altro {n}")
        give(last_year, pot, "10", donor=make_donor(last_year, name=f"Donatore {n}", shows_name=True))
    assert costs() == before
    assert max(before[:3]) <= 8 + 10


# --- The public page


def test_nothing_is_published_yet(client, network):
    text = client.get(FUND).content.decode()
    assert "arriva presto" in text and "Parla con l" in text and "Ancora nessun elenco" in text


def test_who_wants_to_be_named_and_how_to_give(last_year, client):
    text = client.get(FUND).content.decode()
    assert "Latteria Prova" in text and "Chi non vuole" not in text and "1.000,00" not in text
    with scope(last_year.scope):
        holder = make_holder(last_year)
    text = client.get(FUND).content.decode()
    assert escape(holder.body.name) in text and "ti prepara la ricevuta" in text and reverse("website:give") in text
    assert in_fours(holder.iban) in client.get(reverse("website:give")).content.decode()


def test_years_side_by_side(last_year, second, client):
    approved(second, prepared(last_year))
    approved(second, prepared(last_year, year=LAST - 1))
    assert f"I conti del {LAST}" in client.get(FUND).content.decode()
    older = client.get(FUND, {"anno": LAST - 1}).content.decode()
    assert f"I conti del {LAST - 1}" in older and "non ha movimenti" in older
    assert client.get(FUND, {"anno": "rubbish"}).status_code == 200
