"""Calls to other offices' programs: the addresses come from the settings, never from a form.

From the worker; the body's own sign-in alone is asked while somebody waits, with a short patience of its own. An address that people write
(`post_to`) is looked up once, must be out in the open, and is called as it was looked up. The body's outgoing proxy (`HTTPS_PROXY`,
`NO_PROXY`) is used by both.
"""

import base64
import http.client
import ipaddress
import socket
import ssl
import threading
import urllib.error
import urllib.request
from collections.abc import Collection
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

TIMEOUT = 20  # seconds
WAIT = frozenset({401, 403, 408, 425, 429})  # 4xx that say nothing of what was sent: too many, or a key that somebody must mend


class Refused(Exception):
    """The other side will never take this one: `status` is its HTTP answer."""

    def __init__(self, status: int) -> None:
        self.status = status
        super().__init__(f"HTTP {status}")


class _NoDetours(urllib.request.HTTPRedirectHandler):
    """A redirect would carry our key and our papers to an address nobody chose."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def post(url: str, body: bytes, *, headers: dict[str, str], timeout: float = TIMEOUT) -> bytes:
    """The answer's first 100 kB. Raises Refused for good, or an OSError (URLError, HTTPError, timeout) for what may pass."""
    return _ask(url, body, headers, timeout)


def get(url: str, *, timeout: float = TIMEOUT) -> bytes:
    """As `post`, of what is only read."""
    return _ask(url, None, {"Accept": "application/json"}, timeout)


def _ask(url: str, body: bytes | None, headers: dict[str, str], timeout: float) -> bytes:
    if not url.startswith(("https://", "http://")):
        raise ValueError("an address begins with https://")
    request = urllib.request.Request(url, data=body, headers=headers)  # noqa: S310 (the scheme is checked above)
    try:
        with urllib.request.build_opener(_NoDetours).open(request, timeout=timeout) as response:
            found: bytes = response.read(100_000)
            return found
    except urllib.error.HTTPError as error:
        with error:
            if 400 <= error.code < 500 and error.code not in WAIT:
                raise Refused(error.code) from error
        raise


# --- Addresses that people write

PATIENCE = 5  # seconds for the whole call
MOST_ANSWER = 10_000  # bytes; nobody reads more than the status
# Addresses that lead to another one inside: of IPv4 in IPv6, by a gateway or a tunnel.
WRAPPED = [ipaddress.ip_network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96")]


class NotThere(Exception):
    """The address is not one to call. `why`: "written" (it cannot be read), "name" (nobody has this name), "inside" (not in the open)."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


def place_of(url: str) -> tuple[str, int, str]:
    """(host, port, what is asked) of an https address without a name, a password or a fragment. Raises NotThere."""
    try:
        parts = urlsplit(url)
        port = parts.port or 443
    except ValueError:
        raise NotThere("written") from None
    host = parts.hostname or ""
    plain = url.isascii() and url.isprintable() and " " not in url and "\\" not in url
    if not plain or parts.scheme != "https" or not host or parts.username is not None or parts.password is not None or parts.fragment:
        raise NotThere("written")
    return host, port, f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"


def is_open(text: str) -> bool:
    """Whether an IP address is one of the open network: no private, own, link-local, shared, reserved or multicast one."""
    found = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return found.is_global and not found.is_multicast and not any(found in net for net in WRAPPED if net.version == found.version)


def looked_up(host: str, port: int, *, is_allowed: bool = False) -> str:
    """The IP address to call. All that the name has must be in the open, unless the installation allows the host. Raises NotThere."""
    try:
        found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError):
        raise NotThere("name") from None
    if not is_allowed and not all(map(is_open, found)):
        raise NotThere("inside")
    return min(found, key=lambda text: (":" in text, text))  # the older kind first: it is there everywhere


def _proxy_for(host: str, port: int) -> SplitResult | None:
    """The outgoing proxy of the environment, as `post` uses it."""
    found = urllib.request.getproxies().get("https")
    if not found or urllib.request.proxy_bypass(f"{host}:{port}"):
        return None
    return urlsplit(found if "://" in found else f"http://{found}")


class _Pinned(http.client.HTTPSConnection):
    """A connection to an address that was looked up already, with the certificate of the name; by a proxy, where there is one."""

    def __init__(self, host: str, port: int, address: str, timeout: float, proxy: SplitResult | None = None) -> None:
        self._context = ssl.create_default_context()
        super().__init__(host, port, timeout=timeout, context=self._context)
        self._address, self._proxy = address, proxy
        self.is_over = False

    def connect(self) -> None:
        door = (self._proxy.hostname or "", self._proxy.port or 80) if self._proxy else (self._address, self.port)
        self.sock = socket.create_connection(door, self.timeout)
        if self._proxy:
            self._ask_proxy(self._proxy)
        self.sock = self._context.wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
        if self.is_over:
            raise TimeoutError
        self.sock.do_handshake()

    def _ask_proxy(self, proxy: SplitResult) -> None:
        """A way through to the address and to no other: what the name says to the proxy does not count."""
        target = f"[{self._address}]:{self.port}" if ":" in self._address else f"{self._address}:{self.port}"
        lines = [f"CONNECT {target} HTTP/1.1", f"Host: {target}"]
        if proxy.username is not None:
            secret = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
            lines.append(f"Proxy-Authorization: Basic {base64.b64encode(secret.encode()).decode()}")
        self.sock.sendall("\r\n".join([*lines, "", ""]).encode())
        answer = http.client.HTTPResponse(self.sock, method="CONNECT")
        answer.begin()
        if answer.status != 200:
            raise ConnectionError(f"the proxy says {answer.status}")

    def cut(self) -> None:
        """From another thread: whoever waits on this connection waits no longer."""
        self.is_over = True
        if self.sock is not None:
            try:
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)
            except OSError:
                pass


def post_to(url: str, body: bytes, *, headers: dict[str, str], allowed: Collection[str] = (), timeout: float = PATIENCE) -> int:
    """The status that an address written by people answers; a redirect is one. The whole call lasts `timeout` at most.

    An outgoing proxy is asked for the address that was looked up and found to be in the open, never for the name: it could mean an inner
    one there. For the names of `allowed` it is asked by name, so an office that looks up no outer name can permit them one by one.
    Raises NotThere, or an OSError: TimeoutError, ssl.SSLError, ConnectionError.
    """
    host, port, asked = place_of(url)
    is_allowed, proxy = host in allowed or f"{host}:{port}" in allowed, _proxy_for(host, port)
    address = host if proxy and is_allowed else looked_up(host, port, is_allowed=is_allowed)
    connection = _Pinned(host, port, address, timeout, proxy)
    clock = threading.Timer(timeout, connection.cut)
    clock.daemon = True
    clock.start()
    try:
        connection.request("POST", asked, body=body, headers={"User-Agent": "Impresasolidale", **headers})
        response = connection.getresponse()
        response.read(MOST_ANSWER)
        return response.status
    except (OSError, http.client.HTTPException) as error:
        if connection.is_over:
            raise TimeoutError from error
        if isinstance(error, http.client.HTTPException):
            raise ConnectionError from error
        raise
    finally:
        clock.cancel()
        connection.close()
