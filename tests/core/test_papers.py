"""Papers: gap-free numbers, frozen contexts, files rendered once, nothing fetched from outside, sealed."""

import hashlib
import io
import re
import shutil
import subprocess
import threading

import pikepdf
import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction

from impresasolidale.accounts.access import Access
from impresasolidale.core import documents, rendering
from impresasolidale.core.errors import DomainError
from impresasolidale.core.models import Document, Job, Verification
from impresasolidale.core.scope import scope

pytestmark = pytest.mark.django_db
CONTEXT = {"body_name": "Comune di Sondrio", "text": "Prova"}


@pytest.fixture
def by(sondrio):
    access = Access.system(network_id=sondrio.network_id, ambito_id=sondrio.pk, reason="test")
    with scope(access.scope):
        yield access


def issue(by, sondrio, today, **changes):
    wanted = {
        "kind": "test.paper",
        "kind_label": "Prova",
        "template": "pdf/base.html",
        "subject": sondrio,
        "context": CONTEXT,
        "today": today,
    }
    return documents.issue(**{**wanted, **changes}, by=by, ambito_id=sondrio.pk)


def test_numbers_follow_each_other_per_kind_and_year(by, sondrio, today):
    numbers = [issue(by, sondrio, today).number for _ in range(3)]
    assert numbers == ["2026/000001", "2026/000002", "2026/000003"]
    assert issue(by, sondrio, today, kind="test.other").number == "2026/000001"
    assert issue(by, sondrio, today.replace(year=2027)).number == "2027/000001"


def test_a_rolled_back_paper_leaves_no_gap(by, sondrio, today):
    issue(by, sondrio, today)
    with pytest.raises(RuntimeError), transaction.atomic():
        issue(by, sondrio, today)
        raise RuntimeError
    assert issue(by, sondrio, today).number == "2026/000002"


def test_a_paper_has_one_owner(by, sondrio, today):
    """With the network's too, every office of it would reach the paper."""
    paper = issue(by, sondrio, today)
    with pytest.raises(IntegrityError, match="core_document_one_owner"), transaction.atomic():
        Document.objects.filter(pk=paper.pk).update(network_id=sondrio.network_id)


def test_issuing_freezes_and_enqueues(by, sondrio, today):
    paper = issue(by, sondrio, today)
    assert paper.context_hash == hashlib.sha256(b'{"body_name":"Comune di Sondrio","text":"Prova"}').hexdigest()
    assert Job.objects.get(name="core.render_document").arguments == {"document_id": paper.pk}
    assert len(Verification.objects.get(document_id=paper.pk).code) == 26


def test_the_file_is_an_accessible_archival_sealed_pdf_made_once(by, sondrio, today):
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    paper = issue(by, sondrio, today)
    rendering.render_document(paper.pk)
    paper.refresh_from_db()
    with default_storage.open(paper.file_name) as file:
        data = file.read()
    assert (paper.state, paper.file_hash, paper.size) == ("ready", hashlib.sha256(data).hexdigest(), len(data))
    rendering.render_document(paper.pk)
    assert Document.objects.get(pk=paper.pk).file_name == paper.file_name
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert pdf.Root.MarkInfo.Marked and str(pdf.Root.Lang) == "it" and pdf.Root.OutputIntents
        metadata = bytes(pdf.Root.Metadata.read_bytes())
        assert b"<pdfaid:part>3" in metadata or b'pdfaid:part="3"' in metadata
        assert b'pdfuaid:part="1"' in metadata
        assert pdf.docinfo.get("/Title") or b"dc:title" in metadata
    seal = PdfFileReader(io.BytesIO(data)).embedded_signatures[0]
    status = validate_pdf_signature(seal, ValidationContext(trust_roots=[seal.signer_cert], allow_fetching=False))
    assert status.intact and status.valid and status.trusted


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl non c'è: il sigillo lo controlla solo la libreria che lo mette")
def test_the_seal_convinces_a_program_that_did_not_make_it(by, sondrio, today, tmp_path):
    """OpenSSL, which shares no code with the library that seals: signature, certificate and every byte but the seal's own."""
    paper = issue(by, sondrio, today)
    rendering.render_document(paper.pk)
    paper.refresh_from_db()
    with default_storage.open(paper.file_name) as file:
        data = file.read()
    ((a, b, c, d),) = [tuple(map(int, found)) for found in re.findall(rb"/ByteRange ?\[(\d+) (\d+) (\d+) (\d+)\]", data)]
    assert a == 0 and c + d == len(data)  # all of the file, and only the seal's own hole left out
    (tmp_path / "seal.der").write_bytes(bytes.fromhex(data[b + 1 : c - 1].decode()))
    content = tmp_path / "content"
    check = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "seal.der", "-content", "content", "-purpose", "any"]
    check += ["-CAfile", str(settings.SEAL_DIR / "cert.pem"), "-out", "/dev/null"]
    whole = data[:b] + data[c:]
    for said, wrong in ((whole, False), (whole.replace(b"%PDF-1", b"%PDF-2", 1), True)):
        content.write_bytes(said)
        done = subprocess.run(check, cwd=tmp_path, capture_output=True, text=True)
        assert (done.returncode != 0) is wrong, done.stderr


def test_the_same_context_gives_the_same_bytes(by, sondrio, today):
    paper = issue(by, sondrio, today)
    html = rendering.html_of(paper, "A" * 26)
    assert rendering.pdf_of(html, identifier="x") == rendering.pdf_of(html, identifier="x")


def test_a_context_changed_in_the_database_is_not_rendered(by, sondrio, today):
    paper = issue(by, sondrio, today)
    Document.objects.filter(pk=paper.pk).update(context={"text": "falso"})
    with pytest.raises(ValueError, match="frozen"):
        rendering.render_document(paper.pk)


@pytest.mark.parametrize(
    "address", ["file:///etc/passwd", "http://169.254.169.254/", "asset:fonts/../../x", "asset:core/../settings.py", "asset:other/x"]
)
def test_papers_fetch_nothing_but_our_own_files(address, caplog):
    with pytest.raises(rendering.ForbiddenAddress):
        rendering.asset(address)
    pdf, pages = rendering.pdf_of(f'<html lang="it"><title>x</title><img src="{address}" alt="x"><p>testo</p></html>', identifier="x")
    assert pages == 1 and b"root:" not in pdf


def test_the_protocol_number_is_written_once(by, sondrio, today):
    paper = issue(by, sondrio, today)
    documents.record_protocol(document=paper, direction="out", number="1234", on=today, by=by)
    with pytest.raises(DomainError, match="1234"):
        documents.record_protocol(document=paper, direction="out", number="1235", on=today, by=by)


@pytest.mark.django_db(transaction=True)
def test_many_at_once_take_different_numbers_without_gaps():
    taken: list[str] = []

    def take() -> None:
        try:
            for _ in range(5):
                with transaction.atomic():
                    taken.append(documents.next_number(owner="ambito:1", kind="race", year=2026))
        finally:
            connection.close()

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [f"2026/{n:06d}" for n in range(1, 41)]
