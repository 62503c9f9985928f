"""Whatever a stranger hands in, a parser answers with rows or with a refusal in words: never with an error of its own, a gigabyte, or
never.

The short run tries some hundred files a parser, the long one as long as FUZZ_SECONDS says (ten minutes where it says nothing).
"""

import hashlib
import io
import json
import os
import random
import re
import resource
import signal
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from email.message import EmailMessage
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from impresasolidale.accounts import oidc
from impresasolidale.core import mail_in, seals
from impresasolidale.core.errors import DomainError
from impresasolidale.core.tables_in import read_table
from impresasolidale.core.uploads import check_upload
from impresasolidale.exchange.tables import open_table
from impresasolidale.projects.fatturapa import parse
from impresasolidale.treasury.liquidation_rules import read_answers, read_nets
from impresasolidale.website.rules import code_in
from placements.agreements.signed_files import read_signed
from solidarity_fund.statement_files.camt import read_camt
from solidarity_fund.statement_files.giornale import read_giornale
from solidarity_fund.statement_files.table import columns_in, read_columns
from tests.core.test_seals import a_pdf
from tests.exchange.files import csv, xlsx
from tests.factories.projects import invoice_xml
from tests.factories.signing import Authority
from tests.factories.statements import camt, entry, giornale
from tests.support.fuzz import spoilt
from tests.support.sources import ROOT

FEW = 250  # files a parser in the short run
SECONDS = int(os.environ.get("FUZZ_SECONDS", "600"))
HUNG = 30  # seconds after which one file is said to hang
MOST = 300 * 1024 * 1024  # how much further the process may grow, over all the files
TODAY = date(2026, 11, 18)
CLIENT = "impresasolidale"
CODE = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ROWS = [["Data", "Importo", "Causale", "Nome"], ["02/11/2026", "1.234,56", "dono", "Ada"], ["03/11/2026", "-20", "spesa «à»", ""]]
ENTRIES = [
    entry("100.00", "2026-11-02", name="Ada Prova", words="dono", reference="RF18", bank_reference="A1", iban="DE89370400440532013000"),
    entry("-20.00", "2026-11-03", name="Bottega", words="spesa"),
]


class Parser(NamedTuple):
    """`ask(data)` reads one file; `seeds`: good ones. The first `keep` bytes of each are left as they are."""

    ask: Callable[[bytes], Any]
    seeds: list[bytes]
    keep: int = 0


def all_rows(data: bytes) -> int:
    with open_table(io.BytesIO(data)) as table:
        return sum(1 for _row in table.rows)


def bank_table(data: bytes) -> Any:
    rows = read_table(SimpleUploadedFile("x", data))
    return read_columns(rows, columns_in(rows[0], {}))


def letter() -> bytes:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"], made["Message-ID"] = "a@example.org", "b@example.org", "Prova é", "<1@example.org>"
    made.set_content("Martedì va bene.\n\n> era così\n")
    made.add_attachment(b"%PDF-1.7 x", maintype="application", subtype="pdf", filename="à.pdf")
    return made.as_bytes()


BOUNCE = b"\r\n".join(
    [
        b"From: m@example.org", b"To: b@example.org", b"Subject: x",
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=x", b"", b"--x",
        b"Content-Type: message/delivery-status", b"", b"Reporting-MTA: dns; a", b"", b"Final-Recipient: rfc822; a@example.org",
        b"Action: failed", b"Status: 5.1.1", b"", b"--x", b"Content-Type: message/rfc822", b"", b"Message-ID: <1@x>", b"Subject: y", b"",
        b"z", b"--x--", b"",
    ]
)  # fmt: skip
ANSWERS = b"riferimento;esito;mandato;data\r\n2026/1/1;pagato;12;31/10/2026;x\r\n2026/1/2;respinto;;;chiuso\r\n"


def both_mails(data: bytes) -> Any:
    return mail_in.read(data), mail_in.bounce_in(data)


def pasted(data: bytes) -> Any:
    text = data.decode("utf-8", "replace")
    return read_answers(text), read_nets(text)


def qr(data: bytes) -> str:
    """What a camera read: a code of ours, or nothing."""
    found = code_in(data.decode("utf-8", "replace"))
    assert found == "" or (len(found) == 26 and found.isascii() and found.isalnum())
    return found


@pytest.fixture
def parsers(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Parser]:
    def signed_file(kind: str) -> Parser:
        trust = tmp_path / "trust"
        authority, original = Authority(trust), a_pdf()
        good = getattr(authority, kind)(original, "Dina Prova")

        def ask(data: bytes) -> Any:
            return read_signed(data, original=original, trust=trust, now=timezone.now())

        return Parser(ask, [good], keep=len(original) if kind == "pades" else 0)

    def token() -> Parser:
        key = RSAKey.generate_key(2048, {"kid": "uno", "use": "sig", "alg": "RS256"})
        now = timezone.now()
        claims = {"iss": "https://idp.example.org", "aud": CLIENT, "nonce": "n", "iat": int(now.timestamp()), "sub": "s"}
        claims["exp"] = claims["iat"] + 300
        settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID = claims["iss"], CLIENT
        monkeypatch.setattr(oidc, "provider", lambda: type("P", (), {"jwks_uri": "x"}))
        monkeypatch.setattr(oidc, "_keys", lambda address, when: KeySet([key]))
        good = [jwt.encode({"alg": "RS256", "kid": "uno"}, claims, key, algorithms=["RS256"]) for _ in "ab"]
        other = RSAKey.generate_key(2048, {"kid": "uno"})
        forged = jwt.encode({"alg": "RS256", "kid": "uno"}, {**claims, "sub": "admin"}, other, algorithms=["RS256"])
        assert json.loads(json.dumps(claims)) == oidc.read_token(good[0], nonce="n", now=now)

        def ask(data: bytes) -> Any:
            said = oidc.read_token(data.decode("latin-1"), nonce="n", now=now)
            assert said == claims, "a token that nobody signed was believed"
            return said

        return Parser(ask, [good[0].encode(), forged.encode()])

    made: dict[str, Callable[[], Parser]] = {
        "csv": lambda: Parser(all_rows, [csv(ROWS), csv(ROWS, sign=",", encoding="cp1252"), csv(ROWS, sign="\t", encoding="utf-16")]),
        "xlsx": lambda: Parser(all_rows, [xlsx(ROWS), xlsx([ROWS[0], *([ROWS[1]] * 30)])]),
        "bank table": lambda: Parser(bank_table, [csv(ROWS), xlsx(ROWS)]),
        "camt": lambda: Parser(read_camt, [camt(ENTRIES), camt(ENTRIES, version="08")]),
        "giornale": lambda: Parser(lambda data: read_giornale(data, account="",
        is_ours=bool), [giornale(ENTRIES), giornale(ENTRIES, prefix="g:")]),
        "fatturapa": lambda: Parser(parse, [invoice_xml(), invoice_xml(who="<Nome>Ada</Nome><Cognome>Prova</Cognome>", total="124.00")]),
        "answers": lambda: Parser(pasted, [ANSWERS]),
        "mail": lambda: Parser(both_mails, [letter(), BOUNCE]),
        "token": token,
        "qr": lambda: Parser(qr, [CODE.encode(), f"https://x.example.org/verifica/{CODE}/".encode(), b"ABCD-EFGH " * 3]),
        "seal": lambda: Parser(lambda data: seals.examine(data, today=TODAY), [seals.seal(a_pdf()), a_pdf()]),
        "pades": lambda: signed_file("pades"),
        "cades": lambda: signed_file("cades"),
        "upload": lambda: Parser(lambda data: check_upload(SimpleUploadedFile("x.pdf", data)), [a_pdf(), b"\xff\xd8\xff\xe0",
        b"\x89PNG\r\n\x1a\n"]),
    }  # fmt: skip
    return lambda name: made[name]()


class Hung(BaseException):
    """One file took too long; no parser's own `except` swallows it."""


@contextmanager
def in_time() -> Iterator[None]:
    def late(*args: Any) -> None:
        raise Hung

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, HUNG)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def kept(name: str, data: bytes) -> Path:
    """Where a file that broke something stays, to be looked at."""
    folder = ROOT / "build" / "fuzz"
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / f"{name}-{hashlib.sha256(data).hexdigest()[:12]}"
    place.write_bytes(data)
    return place


NAMES = (
    "csv", "xlsx", "bank table", "camt", "giornale", "fatturapa", "answers", "mail", "token", "qr", "seal", "pades", "cades", "upload",
)  # fmt: skip


@pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")  # what it leaves out of a workbook
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("long", [False, pytest.param(True, marks=pytest.mark.deep)], ids=["short", "long"])
def test_a_spoilt_file_is_read_or_refused(parsers: Callable[[str], Parser], name: str, long: bool) -> None:
    parser = parsers(name)
    seed = zlib.crc32(name.encode()) if not long else random.SystemRandom().randrange(2**32)
    files = spoilt(parser.seeds, random.Random(seed), keep=parser.keep)
    for good in parser.seeds[:1]:
        parser.ask(good)  # a good file is read, else nothing below means anything
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    until, tried, refused = time.monotonic() + SECONDS, 0, 0
    while time.monotonic() < until if long else tried < FEW:
        data = next(files)
        tried += 1
        try:
            with in_time():
                parser.ask(data)
        except DomainError as error:
            assert str(error), "a refusal has words"
            refused += 1
        except (Exception, Hung) as error:
            raise AssertionError(f"{name}, seed {seed}, file {tried}: {kept(name, data)}") from error
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    assert grown < MOST
    assert tried >= FEW
    print(f"{name}: seed {seed}, {tried} files, {refused} refused, grown by {grown // 2**20} MB, 0 errors")


def test_a_signed_pdf_whose_pointer_leads_elsewhere_is_refused_in_words(parsers: Callable[[str], Parser]) -> None:
    """Where the library wants its table it may find any other object of the file; it only asserted that it was the table."""
    parser = parsers("pades")
    (good,) = parser.seeds
    before, mark, _after = good.rpartition(b"startxref\n")
    places = [found.start() for found in re.finditer(rb"\d+ 0 obj\s*<<", good)]
    assert len(places) > 5
    for place in places:
        with pytest.raises(DomainError, match="rovinato"):
            parser.ask(before + mark + f"{place}\n%%EOF\n".encode())
