"""Each file that is not what it says, handed in where files are handed in: refused in words or kept as nothing but bytes, in bounded
memory."""

import io
import resource
import tracemalloc
import zlib
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from impresasolidale.accounts.access import access_for
from impresasolidale.core.models import Upload
from impresasolidale.core.scope import scope
from placements.beneficiaries.models import PersonDocument
from tests.factories.beneficiaries import make_beneficiary

pytestmark = pytest.mark.django_db
MB = 1024 * 1024
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
POLYGLOT = b"%PDF-1.7\n<html><body><script>alert(document.cookie)</script></body></html>\n%%EOF"


@pytest.fixture
def hand_in(worker: Any, signed_in: Any) -> Callable[..., Any]:
    """hand_in(content, name) → the answer of the page where a paper of a person is added."""
    by = access_for(worker)
    with scope(by.scope):
        person = make_beneficiary(by)
    client = signed_in(worker)

    def send(content: bytes, name: str = "decreto.pdf", kind: str = "application/pdf") -> Any:
        file = SimpleUploadedFile(name, content, kind)
        typed = {"category": "decree", "file": file, "dated_on": "2026-01-10", "expires_on": "", "note": ""}
        return client.post(reverse("beneficiaries:new_document", args=[person.public_id]), typed)

    send.client, send.person, send.by = client, person, by  # type: ignore[attr-defined]
    return send


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (b"", "vuoto.pdf", "application/pdf"),
        (SVG, "disegno.svg", "image/svg+xml"),
        (SVG, "disegno.png", "image/png"),
        (b"<html><script>alert(1)</script>", "pagina.pdf", "application/pdf"),
        (b"PK\x03\x04" + b"\0" * 500, "macro.xlsm", "application/pdf"),
        (b"MZ\x90\0" + b"\0" * 500, "fattura.pdf.exe", "application/pdf"),
        (b"GIF89a" + b"\0" * 500, "foto.jpg", "image/jpeg"),
        (b"\x1f\x8b" + zlib.compress(b"\0" * MB), "bomba.gz", "application/pdf"),
        (b"%PDF-1.7" + b"\0" * (10 * MB + 1), "enorme.pdf", "application/pdf"),
    ],
)
def test_a_file_that_is_none_of_ours_is_refused_and_not_kept(hand_in: Any, content: bytes, name: str, kind: str) -> None:
    answer = hand_in(content, name, kind)
    assert answer.status_code == 422 and answer.context["form"].errors.keys() == {"file"}
    with scope(hand_in.by.scope):
        assert not Upload.objects.exists() and not PersonDocument.objects.exists()


def test_a_page_that_calls_itself_a_pdf_goes_out_as_a_download_and_nothing_else(hand_in: Any) -> None:
    """By its first bytes it is a PDF: nobody opens it here. Out it goes as an attachment of that type, not to be guessed at, under our
    name."""
    assert hand_in(POLYGLOT, "../../etc/<b>x.html").status_code == 303
    with scope(hand_in.by.scope):
        row, upload = PersonDocument.objects.get(), Upload.objects.get()
    assert ".." not in upload.file_name and "/etc" not in upload.file_name and not set(upload.original_name) & {"/", "<", ">"}
    answer = hand_in.client.get(reverse("beneficiaries:document_file", args=[hand_in.person.public_id, row.public_id]))
    assert b"".join(answer.streaming_content) == POLYGLOT
    assert answer["Content-Type"] == "application/pdf" and answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"] == f'attachment; filename="{upload.public_id}"'
    assert "script-src 'self'" in answer["Content-Security-Policy"] or "default-src 'none'" in answer["Content-Security-Policy"]


def many_pages(count: int) -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        page = pikepdf.Page(pikepdf.Dictionary(Type=pikepdf.Name.Page, MediaBox=[0, 0, 200, 200]))
        for _ in range(count):
            pdf.pages.append(page)
        pdf.save(out)
    return out.getvalue()


def pdf_bomb(size: int) -> bytes:
    """A PDF whose table of objects is a stream of noughts: some thousand bytes that unpack to `size`."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b"\0" * MB) for _ in range(size // MB)) + packer.flush()
    head = b"%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\n"
    table = b"3 0 obj\n<</Type/XRef/Size 4/W[1 4 1]/Root 1 0 R/Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream\nendobj\n"
    return head + table % (len(packed), packed) + b"startxref\n%d\n%%%%EOF\n" % len(head)


def grown(work: Callable[[], Any]) -> int:
    """How much further the process grew than it ever had, in bytes."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    work()
    return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024


@pytest.mark.parametrize(
    "make", [lambda: many_pages(10_000), lambda: pdf_bomb(2_000 * MB), lambda: POLYGLOT], ids=["10,000 pages", "bomb", "polyglot"]
)
def test_a_strangers_pdf_is_judged_in_bounded_memory(make: Callable[[], bytes]) -> None:
    """The one page where a file of anybody is opened: nobody's paper, and no gigabyte for it."""
    data = make()
    assert len(data) < 10 * MB
    client, answers = Client(), []
    client.post("/verifica/", {"file": SimpleUploadedFile("a.pdf", b"%PDF-1.7 prova", "application/pdf")})  # what is imported once

    def ask() -> None:
        answers.append(client.post("/verifica/", {"file": SimpleUploadedFile("a.pdf", data, "application/pdf")}))

    assert grown(ask) < 300 * MB
    assert answers[0].status_code == 200 and not answers[0].context["judged"].code


class Endless(io.RawIOBase):
    """The body of a request that never ends; counts what was read of it."""

    def __init__(self, head: bytes) -> None:
        self.head, self.taken = head, 0

    def read(self, size: int = -1) -> bytes:
        size = 64 * 1024 if size is None or size < 0 else size
        found, self.head = self.head[:size], self.head[size:]
        found = found or b"0" * size
        self.taken += len(found)
        return found


@pytest.mark.parametrize("path", ["/verifica/", "/accesso/", "/aderisci/"])
def test_two_gigabytes_are_refused_before_they_are_read(path: str) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\nContent-Type: application/pdf\r\n\r\n%PDF-1.7'
    body = Endless(head)
    tracemalloc.start()
    try:
        said: Any = {"wsgi.input": body, "CONTENT_LENGTH": str(2 * 1024 * MB)}
        client = Client(raise_request_exception=False)
        answer = client.generic("POST", path, b"-", content_type="multipart/form-data; boundary=x", **said)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert answer.status_code in {400, 413} and body.taken < MB and most < 50 * MB
