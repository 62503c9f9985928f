"""Calls to other offices' programs: the addresses come from the settings, never from a form.

From the worker; the body's own sign-in alone is asked while somebody waits, with a short patience of its own.
"""

import urllib.error
import urllib.request
from typing import Any

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
