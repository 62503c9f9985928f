"""The antivirus: a clamd of our own on a port of this machine says what it finds, hangs up, or is not there."""

import socketserver
import struct
import threading

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from impresasolidale.core.errors import DomainError
from impresasolidale.core.models import Upload
from impresasolidale.core.uploads import store_upload

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 prova"
BAD = b"%PDF-1.7 X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR"  # the beginning of the industry's own test file


class Clamd(socketserver.BaseRequestHandler):
    """INSTREAM as clamd's manual writes it: pieces with their length, a nought at the end, one line back."""

    def handle(self):
        assert self.read(10) == b"zINSTREAM\0"
        seen = b""
        while length := struct.unpack("!I", self.read(4))[0]:
            seen += self.read(length)
        self.server.seen.append(seen)
        self.request.sendall(b"" if self.server.says == "nothing" else (self.server.says or self.judge(seen)).encode() + b"\0")

    def read(self, count):
        got = b""
        while len(got) < count:
            got += self.request.recv(count - len(got))
        return got

    def judge(self, seen):
        return "stream: Eicar-Test-Signature FOUND" if b"EICAR" in seen else "stream: OK"


@pytest.fixture(params=["tcp", "unix"])
def clamd(request, settings, tmp_path):
    if request.param == "tcp":
        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Clamd)
        settings.CLAMAV_URL = f"tcp://127.0.0.1:{server.server_address[1]}"
    else:
        server = socketserver.ThreadingUnixStreamServer(str(tmp_path / "clamd"), Clamd)
        settings.CLAMAV_URL = f"unix://{tmp_path}/clamd"
    server.says, server.seen = "", []
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def keep(within, worker, sondrio):
    by = within(worker)
    sondrio.ambito_id = sondrio.pk
    return lambda content: store_upload(file=SimpleUploadedFile("a.pdf", content), kind="test", subject=sondrio, by=by)


def test_a_clean_file_is_kept_whole_and_a_bad_one_is_not(clamd, keep):
    long = PDF + b"0" * 200_000
    assert keep(long).size == len(long)
    with pytest.raises(DomainError, match="ha trovato qualcosa") as caught:
        keep(BAD)
    assert caught.value.field == "file" and clamd.seen == [long, BAD]
    assert Upload.objects.count() == 1


@pytest.mark.parametrize("says", ["nothing", "INSTREAM size limit exceeded. ERROR", "stream: FOUND OK", "che cosa?"])
def test_what_nobody_could_look_at_is_not_let_in(clamd, keep, says):
    clamd.says = says
    with pytest.raises(DomainError, match="non risponde"):
        keep(PDF)
    assert not Upload.objects.exists()


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "unix:///nessuno/clamd", "http://127.0.0.1", "tcp://"])
def test_an_antivirus_that_is_not_there_lets_nothing_in(keep, settings, address):
    settings.CLAMAV_URL = address
    with pytest.raises(DomainError, match="non risponde"):
        keep(PDF)
    assert not Upload.objects.exists()


def test_without_a_setting_nobody_is_asked(keep, settings):
    assert settings.CLAMAV_URL == ""
    keep(BAD)
