"""What the sheet for a small office promises: an outgoing proxy is used, and each command it names exists."""

import csv
import re
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from impresasolidale.core import outside
from impresasolidale.runner.commands import COMMANDS
from tests.support.sources import ROOT


@pytest.fixture
def proxy():
    """An outgoing proxy that answers everything itself, and remembers what it was asked for."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            asked.append(self.path)
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"dal proxy")

        def do_CONNECT(self):
            asked.append(self.path)
            self.send_error(502)

        def log_message(self, *args):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()
        thread.join()


def test_calls_outside_go_through_the_proxy_of_the_environment(proxy, monkeypatch):
    url, asked = proxy
    monkeypatch.setenv("http_proxy", url)
    monkeypatch.setenv("https_proxy", url)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert outside.post("http://registro.example.org/x", b"{}", headers={}) == b"dal proxy"
    with pytest.raises(OSError):
        outside.post("https://registro.example.org/x", b"{}", headers={})
    assert asked == ["http://registro.example.org/x", "registro.example.org:443"]


def rows() -> list[dict[str, str]]:
    with (ROOT / "docs" / "operations" / "absc.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter=";"))


def test_the_answers_to_the_minimum_measures_name_commands_that_exist():
    found = rows()
    assert len({row["id"] for row in found}) == len(found) > 30
    for row in found:
        assert None not in row and None not in row.values(), row
        assert row["who"] in {"application", "installation", "body"}
        assert row["checked"] in {"yes", "(check)"}
        assert not (row["who"] == "application" and not row["answer"].strip("—"))
        if match := re.match(r"\./impresa (\S+)", row["command"]):
            assert match[1] in COMMANDS


def test_the_commands_of_the_sheet_exist():
    text = "".join(
        (ROOT / "docs" / "operations" / f"{name}.md").read_text() for name in ("sheet", "backup", "monitoring", "install-server")
    )
    named = set(re.findall(r"\./impresa ([a-z-]+)", text))
    assert {"backup", "restore", "upgrade", "incident-pack"} <= named <= set(COMMANDS)
