"""Our commitments beside the accounting office's file: columns, figures, numbers as people write them, and files that are no tables."""

import io
import uuid
import zipfile
from decimal import Decimal

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from impresasolidale.core import tables_in
from impresasolidale.core.errors import DomainError
from impresasolidale.treasury.comparison import Ours, Verdict, compare, find_columns, money, number_key, read_lines
from impresasolidale.treasury.models import Entry, FileLayout
from tests.factories.treasury import lead, make_budget, make_commitment

D = Decimal
HEAD = "Esercizio;N. impegno;Capitolo;Importo;Pagato"


def ours(number, amount, *, paid="0", chapter="1204.10"):
    return Ours(2026, number, chapter, "", D(amount), D(paid))


@pytest.mark.parametrize(
    ("text", "euro"),
    [
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("€ 1.234", "1234.00"),
        ("1234,5", "1234.50"),
        ("1234.5", "1234.50"),
        ("-3", "-3.00"),
    ],
)
def test_money_as_people_write_it(text, euro):
    assert money(text) == D(euro)


@pytest.mark.parametrize("text", ["", "dieci", "1,2,3,x", "9" * 13, "1e5"])
def test_what_is_no_money(text):
    with pytest.raises(ValueError, match="^"):
        money(text)


@given(st.integers(-(10**11), 10**11))
def test_money_written_either_way_is_the_same(cents):
    euro = D(cents) / 100
    american = f"{euro:,.2f}"
    italian = american.replace(",", " ").replace(".", ",").replace(" ", ".")
    assert money(american) == money(italian) == euro


@pytest.mark.parametrize("number", ["123", "00123", "123/2026", "2026/123", "Imp. 123", "2026-00123", "n. 123 "])
def test_a_number_is_the_same_however_it_is_written(number):
    assert number_key(number, 2026) == "123"


def test_numbers_that_differ():
    assert len({number_key(n, 2026) for n in ("123", "1230", "123/1", "1/23", "2026")}) == 5


def test_columns_are_found_by_what_they_are_called():
    head = ["Anno", "Numero impegno", "", "IMPORTO  ATTUALE", "Mandati"]
    assert find_columns(head, {}) == {"year": 0, "number": 1, "amount": 3, "paid": 4}
    assert find_columns(["a", "b"], {"number": "b", "amount": "a"}) == {"number": 1, "amount": 0}
    with pytest.raises(DomainError, match="«Importo impegnato».*«Numero»"):
        find_columns(["Numero"], {})
    with pytest.raises(DomainError, match="«Pippo»"):
        find_columns(["Numero", "Importo"], {"paid": "Pippo"})


def test_lines_in_words_when_they_are_not_understood():
    lines = ("2026;1;x;10;0", "2025;2;x;10;0", "boh;3;x;10;0", "2026;4;x;dieci;0", ";;;999;", "2026;001;x;11;0")
    rows = [line.split(";") for line in (HEAD, *lines)]
    found, problems = read_lines(rows, find_columns(rows[0], {}), year=2026)
    assert [(line.number, line.amount) for line in found] == [("1", D(10))]
    assert [text.partition(":")[0] for text in problems] == ["Riga 4", "Riga 5", "Riga 7"]
    assert "«boh»" in problems[0] and "«dieci»" in problems[1] and "riga 2" in problems[2]


def test_row_by_row():
    rows = [line.split(";") for line in (HEAD, "2026;1;1204.10;100;0", "2026;2;1204.10;100,50;7", "2026;3;9;50;0", "2026;9;x;1;0")]
    theirs, _problems = read_lines(rows, find_columns(rows[0], {}), year=2026)
    found = compare([ours("001", "100"), ours("2", "100"), ours("3", "50"), ours("4", "5")], theirs)
    assert [(row.verdict, row.number) for row in found] == [
        (Verdict.DIFFERENT, "2/2026"), (Verdict.DIFFERENT, "3/2026"), (Verdict.OURS, "4/2026"), (Verdict.THEIRS, "9/2026"),
        (Verdict.SAME, "001/2026"),
    ]  # fmt: skip
    assert found[0].words == [
        "Importo: qui 100,00\u00a0€, nel file 100,50\u00a0€ (differenza 0,50\u00a0€).",
        "Pagato: qui 0,00\u00a0€, nel file 7,00\u00a0€.",
    ]
    assert found[1].words == ["Capitolo: qui 1204.10, nel file 9."]


# --- Files


def upload(data, name="impegni.csv"):
    return SimpleUploadedFile(name, data)


def workbook(rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def archive(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in parts.items():
            file.writestr(name.replace("_", "/", 1) + ".xml", data)
    return out.getvalue()


def test_tables_of_every_kind_read_the_same():
    wanted = [["Numero", "Importo"], ["12", "100.5"], ["à"]]
    assert tables_in.read_table(upload("\ufeffNumero;Importo\n12;100.5\n;\nà;\n".encode())) == wanted
    assert tables_in.read_table(upload("Numero,Importo\r\n12,100.5\r\nà,\r\n".encode("cp1252"))) == wanted
    assert tables_in.read_table(upload("Numero;Importo\n12;100.5\nà;\n".encode("utf-16"))) == wanted
    assert tables_in.read_table(upload(workbook([("Numero", "Importo"), (12, 100.5), (None, None), ("à", None)]), "x.csv")) == wanted


def test_the_head_says_which_sign_divides_the_columns():
    rows = b"PK;Causale\n1;Bonifico, da Rossi, Mario, ottobre\n"
    assert tables_in.read_table(upload(rows)) == [["PK", "Causale"], ["1", "Bonifico, da Rossi, Mario, ottobre"]]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "vuoto"),
        (b"\n;;\n", "nessuna riga"),
        (b"%PDF-1.7 \0\0", "non è una tabella"),
        (b"PK\x03\x04broken", "non si riesce a leggere"),
        (archive(xl_workbook="<!DOCTYPE x [<!ENTITY a 'b'>]><workbook/>"), "non si riesce a leggere"),
        (archive(xl_big=b"0" * (tables_in.MAX_UNPACKED + 1)), "troppa roba"),
        (b"a;b\n" * (tables_in.MAX_ROWS + 2), "troppe righe"),
        (b"x" * (tables_in.MAX_BYTES + 1), "troppo grande"),
        (b'"' + b"x" * 200_000, "testo lunghissimo"),
        (archive(xl_workbook="<?xml?><!--" + "x" * 4096 + "--><!DOCTYPE x [<!ENTITY a 'b'>]><w/>"), "non si riesce a leggere"),
        (archive(xl_workbook="<w/>", xl_vbaProject="macro"), "macro"),
        (archive(word_document="<w/>"), "non è una tabella"),
        ("Città;Età\r\nNiccolò;3\r\n".encode() + "Forlì;4\r\n".encode("cp1252"), "due modi diversi"),
    ],
)
def test_files_that_are_no_tables_are_told_in_words(data, words):
    with pytest.raises(DomainError, match=words) as refused:
        tables_in.read_table(upload(data))
    assert refused.value.field == "file"


# --- The page


@pytest.mark.django_db
def test_the_page_compares_changes_nothing_and_remembers_the_columns(coordinator, within, signed_in):
    access = within(coordinator)
    budget = make_budget(access)
    make_commitment(access, budget.pot, "400", number="101")
    make_commitment(access, budget.pot, "10", number="102")
    client, before = signed_in(coordinator), Entry.objects.count()
    url = reverse("treasury:compare")

    def send(text, **values):
        data = {"_submission": uuid.uuid4(), "body": lead(access).public_id, "year": 2026, "file": upload(text.encode()), **values}
        return client.post(url, data)

    lost = send("Codice;Euro\n101;400\n")
    assert lost.status_code == 422 and "«Codice», «Euro»" in lost.content.decode() and not FileLayout.objects.exists()
    found = send("Codice;Euro\n101;390\n102;10\n103;1\nTotale;401\n", column_number="Codice", column_amount="Euro")
    assert found.status_code == 200
    text = found.content.decode()
    assert "qui 400,00\u00a0€, nel file 390,00\u00a0€" in text and "solo nel file" in text
    assert FileLayout.objects.get().columns == {"number": "Codice", "amount": "Euro"}
    assert 'value="Codice"' in client.get(url).content.decode()
    assert send("Codice;Euro\n101;400\n102;10\n").content.decode().count("Tutto uguale") == 1  # the columns are remembered
    assert Entry.objects.count() == before
    assert client.get(url + "?ente=rubbish").status_code == 200
