"""Another program that listens on a port of its own, with a certificate of its own: what it was told, and answers as a test bends it."""

import select
import socket
import ssl
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NAME = "programma.example.org"


def certificate(folder: Path) -> Path:
    """Key and certificate of NAME and of 127.0.0.1, in one file; it is its own authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=400))
        .not_valid_after(now + timedelta(days=400))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME), x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / "listener.pem"
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


class Listener:
    """`heard`: (path, headers, body) of every call. `answers`: what is done with a call, in the thread of its connection."""

    def __init__(self, folder: Path) -> None:
        self.certificate = certificate(folder)
        self.heard: list[tuple[str, dict[str, str], bytes]] = []
        self.answers: Callable[[BaseHTTPRequestHandler], Any] = say(204)
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.server.daemon_threads = True
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self.server.server_port
        self.url = f"https://127.0.0.1:{self.port}/avvisi"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def say(status: int, **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(call: BaseHTTPRequestHandler) -> None:
        call.send_response(status)
        for name, value in headers.items():
            call.send_header(name, value)
        call.send_header("Content-Length", "0")
        call.end_headers()

    return answer


def never(call: BaseHTTPRequestHandler) -> None:
    """It takes the call and says nothing."""
    time.sleep(30)


def drop_by_drop(call: BaseHTTPRequestHandler) -> None:
    """A byte now and then: each comes in time, the whole never does."""
    for letter in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 1000:
        call.wfile.write(bytes([letter]))
        time.sleep(0.1)


def endless(call: BaseHTTPRequestHandler) -> None:
    """It agrees, and then never stops talking."""
    call.send_response(200)
    call.end_headers()
    while True:
        call.wfile.write(b"x" * 65536)


def _handler(listener: Listener) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            listener.heard.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            self.close_connection = True
            try:
                listener.answers(self)
            except OSError:
                pass  # whoever called does not wait any more

        def log_message(self, *_: Any) -> None:
            pass

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:
                pass

    return Handler


class Proxy:
    """An outgoing proxy: `asked`, the targets of CONNECT; `keys`, what was said to it with them. It opens a way to where `leads` says;
    `way`: "open", "no" or "silent"."""

    def __init__(self, leads: Callable[[str], tuple[str, int]]) -> None:
        self.asked: list[str] = []
        self.keys: list[str] = []
        self.way = "open"
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            def do_CONNECT(self) -> None:
                proxy.asked.append(self.path)
                proxy.keys.append(self.headers.get("Proxy-Authorization", ""))
                if proxy.way == "no":
                    return self.send_error(403)
                if proxy.way == "silent":
                    self.connection.recv(1)  # until the caller has had enough
                    return None
                with socket.create_connection(leads(self.path)) as there:
                    self.send_response(200)
                    self.end_headers()
                    _join(self.connection, there)

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_port

    def __enter__(self) -> "Proxy":
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.server.shutdown()
        self.server.server_close()


def _join(here: socket.socket, there: socket.socket) -> None:
    """What one says the other hears, until one of them has said all."""
    while True:
        for ready in select.select([here, there], [], [])[0]:
            said = ready.recv(65536)
            if not said:
                return
            (there if ready is here else here).sendall(said)
