"""Reading an electronic invoice: what it fills, and everything that is refused in words."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impresasolidale.core.errors import DomainError
from impresasolidale.projects.fatturapa import parse
from tests.factories.projects import invoice_xml


def refused(content: bytes) -> str:
    with pytest.raises(DomainError) as error:
        parse(content)
    assert error.value.field == "file"
    return str(error.value)


def test_what_a_form_needs_is_read():
    read = parse(invoice_xml())
    assert (read.supplier, read.tax_code, read.is_person) == ("Tipografia Prova srl", "01533030480", False)
    assert (read.number, read.on.isoformat(), read.words) == ("77/E", "2026-05-04", "Stampa di volantini")
    assert (read.net, read.vat, read.total) == (Decimal(100), Decimal(22), Decimal(122))
    assert (read.cup, read.cig) == ("J81B26000120007", "Z0A1B2C3D4")


def test_a_person_and_a_total_with_stamp_duty():
    """100 + 22 and two euro of stamp duty: 124 are asked, so what is not tax is 102."""
    read = parse(invoice_xml(who="<Nome>Ada</Nome><Cognome>Prova</Cognome>", total="124.00"))
    assert read.is_person and read.supplier == "Ada Prova" and (read.net, read.vat, read.total) == (Decimal(102), Decimal(22), Decimal(124))


def test_other_encodings_are_read():
    text = invoice_xml(who="<Denominazione>Libert&#224; srl</Denominazione>").decode()
    latin = text.replace("UTF-8", "ISO-8859-1").replace("&#224;", "à").encode("latin-1")
    assert parse(latin).supplier == "Libertà srl"
    assert parse(text.replace("UTF-8", "UTF-16").encode("utf-16")).supplier == "Libertà srl"


HEAD = '<?xml version="1.0"?>'
BOMB = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    "declared", ['<!DOCTYPE a SYSTEM "file:///etc/passwd">', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>', BOMB, "<!DOCTYPE a>"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_no_document_type_is_read_in_any_encoding(declared, encoding):
    text = invoice_xml().decode().partition("?>")[2]
    assert "dichiarazioni" in refused(f'<?xml version="1.0" encoding="{encoding}"?>{declared}{text}'.encode(encoding))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "non si legge"),
        (b"%PDF-1.7", "non si legge"),
        (invoice_xml()[:400], "non si legge"),
        (b'<?xml version="1.0" encoding="nothing"?><a/>', "non si legge"),
        (b"<a/>", "non è una fattura"),
        (b"<FatturaElettronica/>", "non è una fattura"),
        (b"\x30\x82\x0b\x1e\x06\x09", "p7m"),
        (b"<a>" * 50 + b"</a>" * 50, "non è una fattura"),
        (invoice_xml(number=""), "manca il fornitore"),
        (invoice_xml(on="04/05/2026"), "data"),
        (invoice_xml(net="cento"), "non è un numero"),
        (invoice_xml(net="NaN"), "non è un numero"),
        (invoice_xml(net="1e99"), "non è un numero"),
        (invoice_xml(net="1e9999999"), "non è un numero"),
        (invoice_xml(net="-100.00", vat="-22.00", total="-122.00"), "nota di credito"),
        (invoice_xml().replace(b"</FatturaElettronicaBody>", b"</FatturaElettronicaBody><FatturaElettronicaBody/>"), "2 fatture"),
        (b" " * (5 * 1024 * 1024 + 1), "troppo grande"),
    ],
)
def test_what_is_no_invoice_is_said(content, words):
    assert words in refused(content)


@given(st.binary(max_size=300))
def test_whatever_comes_is_an_answer_in_words(content):
    refused(content)


@given(st.integers(0, 2000), st.integers(0, 255))
def test_a_damaged_invoice_is_read_or_refused_in_words(at, byte):
    content = bytearray(invoice_xml())
    content[at % len(content)] = byte
    try:
        parse(bytes(content))
    except DomainError as error:
        assert error.field == "file"
