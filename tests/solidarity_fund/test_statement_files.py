"""Statements read: what each format says, every refusal with its place, no trust in what others wrote, and the round trip."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solidarity_fund.statement_files import (
    Unreadable,
    columns_in,
    line_keys,
    read_camt,
    read_columns,
    read_giornale,
)
from tests.factories.statements import DONOR_IBAN, IBAN, camt, entry, giornale

D = Decimal
GIFT = entry("250.00", "2026-11-10", name="Latteria Prova", iban=DONOR_IBAN, words="dono", reference="RF40FS26000012", bank_reference="B1")
FEE = entry("-3.50", "2026-11-30", words="spese tenuta conto", bank_reference="B2")


@pytest.mark.parametrize("version", ["02", "08"])
def test_both_versions_say_the_same(version):
    (found,) = read_camt(camt([GIFT, FEE], version=version))
    assert (found.iban, found.number, found.first_on, found.last_on) == (IBAN, "12", date(2026, 11, 10), date(2026, 11, 30))
    assert (found.opening, found.closing) == (D("1000.00"), D("1246.50"))  # 1000 + 250 − 3.50
    gift, fee = found.lines
    assert (gift.amount, gift.name, gift.iban, gift.words, gift.reference, gift.bank_reference) == (
        D("250.00"), "Latteria Prova", DONOR_IBAN, "dono", "RF40FS26000012", "B1",
    )  # fmt: skip
    assert (fee.amount, fee.booked_on) == (D("-3.50"), date(2026, 11, 30))


def test_what_is_not_booked_yet_is_left_out_and_counted():
    pending = camt([FEE]).decode().replace("<Sts>BOOK</Sts>", "<Sts>PDNG</Sts>").replace("996.50", "1000.00").encode()
    (found,) = read_camt(pending)
    assert (found.lines, found.left_out) == ((), 1)


def test_entries_booked_together_are_told_apart_when_the_bank_says_how_much_each_was():
    two = "".join(
        f'<TxDtls><Amt Ccy="EUR">{n}</Amt><CdtDbtInd>CRDT</CdtDbtInd><RltdPties><Dbtr><Nm>{who}</Nm></Dbtr></RltdPties></TxDtls>'
        for n, who in (("30.00", "Uno"), ("70.00", "Due"))
    )
    together = (
        '<Ntry><Amt Ccy="EUR">100.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-11-12</Dt></BookgDt>'
        f"<AcctSvcrRef>B9</AcctSvcrRef><NtryDtls>{two}</NtryDtls></Ntry>"
    )
    (found,) = read_camt(camt([], closing="1100.00", extra=together))
    assert [(line.amount, line.name, line.bank_reference) for line in found.lines] == [(D(30), "Uno", "B9/1"), (D(70), "Due", "B9/2")]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (b"1246.50", b"1246.51", "non tornano"),
        (b'Ccy="EUR">250.00', b'Ccy="CHF">250.00', r"CHF.*elemento Amt"),
        (b">250.00<", b">duecento<", r"non è un numero.*riga \d+, elemento Amt"),
        (b">250.00<", b">250.005<", "due decimali"),
        (b">250.00<", b">NaN<", "non è un numero"),
        (b">250.00<", b">1e9999999<", "non è un numero"),  # more than decimal's own arithmetic bears
        (b"<Dt>2026-11-10</Dt>", b"<Dt>2026-02-30</Dt>", r"non esiste.*riga \d+"),
        (b"<CdtDbtInd>DBIT</CdtDbtInd><Sts>", b"<Sts>", "entra o esce"),
        (b"</Stmt>", b"", r"non è un XML intero.*riga \d+"),
        (b"BkToCstmrStmt", b"BkToCstmrDbtCdtNtfctn", "non è un estratto conto CAMT"),
    ],
)
def test_a_malformed_camt_is_refused_with_its_place(old, new, says):
    whole = camt([GIFT, FEE])
    assert old in whole
    with pytest.raises(Unreadable, match=f"(?s){says}"):
        read_camt(whole.replace(old, new))


EVIL = b"""<?xml version="1.0"?>
<!DOCTYPE d [<!ENTITY %s]>
"""


@pytest.mark.parametrize(
    "entity",
    [b'x SYSTEM "file:///etc/passwd"', b'x "' + b"a" * 100 + b'"', b'% x SYSTEM "http://example.org/x"'],
    ids=["file", "bomb", "web"],
)
def test_a_document_type_is_never_read(entity):
    evil = camt([GIFT]).replace(b'<?xml version="1.0" encoding="UTF-8"?>\n', EVIL % entity.lstrip(b"% ")).replace(b">dono<", b">&x;<")
    with pytest.raises(Unreadable, match="tipo di documento|XML intero"):
        read_camt(evil)


def test_a_file_that_is_too_large_is_not_read():
    with pytest.raises(Unreadable, match="10 MB"):
        read_camt(b"<" + b" " * (10 * 1024 * 1024) + b">")


# --- The treasurer's journal


OTHERS = entry("1200.00", "2026-11-03", name="Mensa scolastica", words="rette di ottobre")


@pytest.mark.parametrize("prefix", ["", "g:"])
def test_of_a_journal_only_what_is_ours_is_kept(prefix):
    rows = [OTHERS, entry("80.00", "2026-11-05", name="Maria Prova", words="dono RF40 FS26000012"), entry("-10.00", "2026-11-06")]
    (found,) = read_giornale(giornale(rows, prefix=prefix), account="", is_ours=lambda words: "FS26000012" in words)
    assert [(line.amount, line.name) for line in found.lines] == [(D("80.00"), "Maria Prova")]
    assert (found.left_out, found.opening, found.closing) == (2, None, None)
    assert found.lines[0].bank_reference == "2026/SOSPESO ENTRATA/2"


def test_of_a_journal_with_an_account_of_evidence_all_of_that_account_is_kept():
    rows = [{**OTHERS, "account": "0001"}, entry("80.00", "2026-11-05", account="0077"), entry("-5.00", "2026-11-06", account="0077")]
    (found,) = read_giornale(giornale(rows), account="0077", is_ours=lambda words: False)
    assert [line.amount for line in found.lines] == [D("80.00"), D("-5.00")]


def test_a_journal_whose_sums_do_not_agree_is_refused_whole():
    wrong = giornale([OTHERS]).replace(b"51200.00", b"51200.01")
    with pytest.raises(Unreadable, match="non tornano"):
        read_giornale(wrong, account="", is_ours=lambda words: True)
    with pytest.raises(Unreadable, match="non è un giornale di cassa"):
        read_giornale(camt([GIFT]), account="", is_ours=lambda words: True)


# --- Tables


HEAD = ["Data operazione", "Valuta", "Descrizione", "Entrate", "Uscite", "Ordinante"]


def test_a_table_is_read_by_the_names_of_its_columns():
    rows = [
        HEAD,
        ["10/11/2026", "10/11/2026", "Bonifico  dono", "1.250,50", "", "Maria Prova"],
        ["30/11/2026", "", "Spese", "", "3,50", ""],
    ]
    (found,) = read_columns(rows, columns_in(HEAD, {}), opening=D(0), closing=D("1247.00"))
    assert [(line.booked_on, line.amount, line.words, line.name) for line in found.lines] == [
        (date(2026, 11, 10), D("1250.50"), "Bonifico dono", "Maria Prova"),
        (date(2026, 11, 30), D("-3.50"), "Spese", ""),
    ]


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        (["32/11/2026", "", "x", "1", "", ""], r"non esiste.*riga 2"),
        (["10/11/2026", "", "x", "uno", "", ""], r"non è un numero.*riga 2"),
        (["10/11/2026", "", "x", "1,0e9999999", "", ""], r"non è un numero.*riga 2"),
        (["10/11/2026", "", "x", "1", "2", ""], r"entrata e un'uscita.*riga 2"),
    ],
)
def test_a_wrong_cell_is_said_with_its_line(cells, says):
    with pytest.raises(Unreadable, match=f"(?s){says}"):
        read_columns([HEAD, cells], columns_in(HEAD, {}))


def test_a_table_whose_columns_have_other_names_asks_for_them():
    with pytest.raises(Unreadable, match="colonna «Importo, con il segno».*Giorno, Quanto"):
        columns_in(["Giorno", "Quanto"], {"booked_on": "Giorno"})
    assert columns_in(["Giorno", "Quanto"], {"booked_on": "giorno", "amount": "QUANTO"}) == {"booked_on": 0, "amount": 1}
    with pytest.raises(Unreadable, match="«Soldi»"):
        columns_in(["Giorno", "Quanto"], {"booked_on": "Giorno", "amount": "Soldi"})


# --- Properties


TEXT = st.text("abcdefghilmnopqrstuvz àèìòù'&<>\"0123456789", max_size=40).map(lambda text: " ".join(text.split()))
ENTRIES = st.lists(
    st.builds(
        lambda cents, days, name, words, reference: entry(
            D(cents) / 100, (date(2026, 1, 1) + timedelta(days=days)).isoformat(), name=name, words=words, bank_reference=reference
        ),
        st.integers(-(10**7), 10**7).filter(bool),
        st.integers(0, 300),
        TEXT,
        TEXT,
        st.text("ABC123", max_size=4),
    ),
    max_size=15,
)


@given(ENTRIES, st.sampled_from(["02", "08"]))
def test_what_is_written_as_camt_is_read_back(entries, version):
    (found,) = read_camt(camt(entries, version=version))
    assert [(line.amount, line.booked_on.isoformat(), line.name, line.words, line.bank_reference) for line in found.lines] == [
        (e["amount"], e["on"], e["name"], e["words"], e["bank_reference"]) for e in entries
    ]
    assert found.closing - found.opening == sum(line.amount for line in found.lines)
    keys = list(line_keys(found.lines))
    assert len(set(keys)) == len(keys)
    assert keys == list(line_keys(read_camt(camt(entries, version="08" if version == "02" else "02"))[0].lines))


@given(st.binary(max_size=400))
def test_whatever_is_handed_in_is_read_or_refused_in_words(data):
    for read in (read_camt, lambda d: read_giornale(d, account="", is_ours=lambda words: False)):
        with pytest.raises(Unreadable):
            read(data)
