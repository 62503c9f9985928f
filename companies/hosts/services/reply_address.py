"""The address an answer comes back to: it names the thread, and is signed, so that nobody writes into a thread by guessing."""

import base64
import hashlib
import hmac
from uuid import UUID

from django.conf import settings

SEAL_BYTES = 10  # 80 bits


class Forged(ValueError):
    """An address that names a thread without our seal."""


def _seal(thread: bytes) -> bytes:
    return hmac.new(settings.LOOKUP_KEY.encode(), b"hosts.thread " + thread, hashlib.sha256).digest()[:SEAL_BYTES]


def _written(data: bytes) -> str:
    """Letters and digits of one case: mail programs may change capitals."""
    return base64.b32encode(data).decode().rstrip("=").lower()


def reply_address(public_id: UUID) -> str:
    """Where an answer to this thread goes; "" where no mail comes in. 42 characters more than the box's own name, of the 64 there are
    (RFC 5321 §4.5.3.1.1)."""
    if not settings.MAIL_IN_ADDRESS:
        return ""
    box, _at, domain = settings.MAIL_IN_ADDRESS.rpartition("@")
    return f"{box}+{_written(public_id.bytes + _seal(public_id.bytes))}@{domain}"


def thread_in(address: str) -> UUID | None:
    """The thread an address names; None when it names none. Raises Forged when our seal is not under it."""
    box, _at, domain = settings.MAIL_IN_ADDRESS.lower().rpartition("@")
    local, _at, where = address.lower().rpartition("@")
    name, plus, code = local.partition("+")
    if not box or (name, where) != (box, domain) or not plus:
        return None
    try:
        data = base64.b32decode(code.upper() + "=" * (-len(code) % 8))
    except ValueError as error:
        raise Forged(address) from error
    thread, seal = data[:16], data[16:]
    if code != _written(data):  # the last letter has two bits to spare: one thread would have four names
        raise Forged(address)
    if len(thread) != 16 or not hmac.compare_digest(seal, _seal(thread)):
        raise Forged(address)
    return UUID(bytes=thread)
