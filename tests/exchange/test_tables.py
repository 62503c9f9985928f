"""Tables of others, whatever is inside them: read as they were meant, or refused in words; nothing of them is run."""

import io
import re
import zipfile
from datetime import date, datetime, time

import pytest

from impresasolidale.core import tables_in
from impresasolidale.core.errors import DomainError
from impresasolidale.core.spreadsheets import Sheet, csv_pieces, workbook
from impresasolidale.exchange import tables
from impresasolidale.exchange.tables import open_table

from .files import csv, repacked, xlsx

HEAD = ["Cognome", "Nome", "Città"]
ROW = ["Rossi", "Niccolò", "Bormio"]


def read(data):
    with open_table(io.BytesIO(data)) as table:
        return table.columns, list(table.rows)


def refusal(data):
    with pytest.raises(DomainError) as caught:
        read(data)
    assert caught.value.field == "file"
    return str(caught.value)


@pytest.mark.parametrize("sign", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_csv_is_read_whatever_its_signs_and_its_letters(sign, encoding):
    assert read(csv([HEAD, ROW], sign=sign, encoding=encoding)) == (HEAD, [(2, ROW)])


def test_a_workbook_is_read_as_people_would_write_its_cells():
    rows = [HEAD + ["Quando", "Ore", "Conto", "Sì?", "Ora"], [*ROW, datetime(2026, 10, 5), 3.5, 3331234567.0, True, time(9, 30)]]
    assert read(xlsx(rows)) == (
        HEAD + ["Quando", "Ore", "Conto", "Sì?", "Ora"],
        [(2, [*ROW, "2026-10-05", "3.5", "3331234567", "sì", "9:30"])],
    )


def test_empty_rows_and_titles_above_are_passed_over_and_lines_keep_their_number():
    assert read(csv([["Elenco 2026"], [], HEAD, ROW, [], ROW])) == (HEAD, [(4, ROW), (6, ROW)])


def test_a_formula_counts_for_the_value_that_was_stored():
    columns, rows = read(xlsx([["A", "B"], ["=1+1", "x"], ["y", '=HYPERLINK("http://example.org")']]))
    assert rows == [(2, ["", "x"]), (3, ["y", ""])]  # this workbook stored no value for them


def test_a_quoted_cell_keeps_its_lines():
    assert read(b'a;b\r\n"due\nrighe";"con ""segni"" e ;"\r\n') == (["a", "b"], [(2, ["due\nrighe", 'con "segni" e ;'])])


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "nessuna riga"),
        (b"   \r\n ", "nessuna riga"),
        (csv([["Nome", "nome", "x"], ["a", "b", "c"]]), "Due colonne si chiamano «nome» (A e B)"),
        (csv([["Nome", "", "x"], ["a", "b", "c"]]), "La colonna B non ha un nome"),
        (csv([[f"c{n}" for n in range(300)], ["x"] * 300]), "300 colonne: al massimo 100"),
        (xlsx([[f"c{n}" for n in range(300)]]), "300 colonne: al massimo 100"),
        (csv([HEAD, ["a", "b", "c", "d"]]), "La riga 2 ha più celle"),
        (csv([HEAD, ["a", "x" * 2001, "c"]]), "testo lunghissimo"),
        (csv([HEAD, ["a", "x" * 1024 * 1024, "c"]]), "testo lunghissimo"),
        (b"a;b\r\nx;\0y\r\n", "non è una tabella"),
        ("Città;Età\r\nNiccolò;3\r\n".encode() + "Forlì;4\r\n".encode("cp1252"), "due modi diversi"),
        (b"%PDF-1.7 ...", "non è una tabella"),
        (b"\x89PNG\r\n\x1a\n....", "non è una tabella"),
        (tables_in.OLE + b"\0" * 600, "protetto da una password"),
        (b"PK\x05\x06" + b"\0" * 18, "non è una tabella"),  # an empty archive
        (b"PK\x03\x04 broken", "non si riesce a leggere"),
        (xlsx([HEAD, ROW])[:900], "non si riesce a leggere"),
        (repacked(xlsx([HEAD, ROW]), xl_0_vbaProject__bin=b"macro"), "macro"),
        (repacked(xlsx([HEAD, ROW]), xl_0_worksheets_0_bomb__xml=b" " * (tables_in.MAX_RATIO * 50_000)), "troppa roba"),
        (repacked(xlsx([HEAD, ROW]), xl_0_worksheets_0_sheet1__xml=b'<!DOCTYPE a [<!ENTITY b "c">]><a/>'), "non si riesce a leggere"),
        (repacked(xlsx([HEAD, ROW]), xl_0_worksheets_0_sheet1__xml=b"<worksheet><sheetData><row><c t="), "non si riesce a leggere"),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_in_words(data, words):
    assert words in refusal(data)


def test_a_zip_that_is_no_workbook():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert "non è una tabella" in refusal(out.getvalue())


def test_a_workbook_whose_bytes_were_spoilt():
    data = bytearray(xlsx([HEAD, ROW]))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        part = archive.getinfo("xl/worksheets/sheet1.xml")
    body = part.header_offset + 30 + len(part.filename)  # where what was packed begins
    data[body : body + 4] = b"\xff" * 4
    assert "non si riesce a leggere" in refusal(bytes(data))


@pytest.mark.parametrize(("place", "value"), [(6, 84), (10, 99)], ids=["of a later version", "packed otherwise"])
def test_a_workbook_that_the_archive_itself_does_not_open(place, value):
    """What it says of its parts in the list of its contents: zipfile raises NotImplementedError."""
    data = bytearray(xlsx([HEAD, ROW]))
    for found in re.finditer(b"PK\x01\x02", bytes(data)):
        data[found.start() + place] = value
    assert "non si riesce a leggere" in refusal(bytes(data))


def test_more_rows_than_may_be_are_refused(monkeypatch):
    monkeypatch.setattr(tables, "MAX_ROWS", 2)
    assert "troppe righe" in refusal(csv([HEAD, ROW, ROW, ROW]))


@pytest.mark.parametrize(
    "before",
    [
        b"<!DOCTYPE x>",
        b"<?xml version='1.0'?><!--" + b"x" * 5000 + b"--><!DOCTYPE x [<!ENTITY b 'B'>]>",
        b"<!-- a --><!DOCTYPE x [<!ENTITY b 'B'>]><!-- b -->",
    ],
)
def test_a_document_type_is_found_wherever_it_hides(before):
    sheet = b"<worksheet><sheetData><row><c/></row></sheetData></worksheet>"
    assert "non si riesce a leggere" in refusal(repacked(xlsx([HEAD, ROW]), xl_0_worksheets_0_sheet1__xml=before + sheet))
    assert "non si riesce a leggere" in refusal(repacked(xlsx([HEAD, ROW]), xl_0_theme_0_hidden__bin=before + sheet))


def test_comments_before_a_sheet_are_no_document_type():
    """As some programs write who made the file."""
    data = xlsx([HEAD, ROW])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    made = b"\xef\xbb\xbf<?xml version='1.0' encoding='UTF-8'?>\r\n<!-- made -> by --><!-- x -->\n" + sheet
    assert read(repacked(data, xl_0_worksheets_0_sheet1__xml=made)) == (HEAD, [(2, ROW)])


def test_a_row_with_an_enormous_number_is_refused_and_not_counted_up_to(monkeypatch):
    """A few bytes that say "row two billion" would keep a worker counting empty rows for hours; the real limit is a sheet's last line."""
    assert tables.MAX_LINE == 2**20
    monkeypatch.setattr(tables, "MAX_LINE", 50)
    cells = '<c t="inlineStr"><is><t>x</t></is></c>' * 2
    body = "".join(f'<row r="{number}">{cells}</row>' for number in (1, 2, 2_000_000_000))
    sheet = f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{body}</sheetData></worksheet>'
    sheet = sheet.replace("<t>x</t>", "<t>A</t>", 1).replace("<t>x</t>", "<t>B</t>", 1)
    assert "troppe righe" in refusal(repacked(xlsx([HEAD, ROW]), xl_0_worksheets_0_sheet1__xml=sheet.encode()))


def test_what_looks_like_a_formula_goes_out_as_text():
    rows = [["=1+1", "+39 333", "-2", "@SUM(A1)", " =x", "\t=y"]]
    line = list(csv_pieces(["a"] * 6, rows))[1]
    assert line == "'=1+1;'+39 333;'-2;'@SUM(A1);' =x;'\t=y\r\n"
    columns, back = read(workbook([Sheet("", ["a", "b"], [["=1+1", date(2026, 1, 2)]])]))
    assert back == [(2, ["=1+1", "2026-01-02"])]


@pytest.mark.parametrize(("place", "letter"), [(0, "A"), (25, "Z"), (26, "AA"), (27, "AB"), (701, "ZZ"), (702, "AAA")])
def test_a_column_has_the_letter_of_a_spreadsheet(place, letter):
    assert tables.letter_of(place) == letter
