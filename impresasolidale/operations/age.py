"""Files encrypted to a key or a passphrase, as a stream: the format age-encryption.org/v1, which the `age` program reads too.

A header with the file's key, wrapped for each recipient (X25519) or by a passphrase (scrypt), sealed by an HMAC; then pieces of 64 KiB,
each sealed by ChaCha20-Poly1305 with its number and with whether it is the last: one bit changed, a piece missing, moved or doubled is
noticed at that piece, and an end cut off at the end. Memory is one piece, whatever the size (docs/adr/0037).
"""

import base64
import hmac
import io
import os
from collections.abc import Iterator, Sequence
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

VERSION = "age-encryption.org/v1"
PIECE, TAG = 64 * 1024, 16
WORK, MOST_WORK = 16, 20  # log2 of scrypt's work: written with the first, refused above the second
LINE = 64  # columns of a body in the header
HEADER = 64 * 1024  # bytes: no header of ours comes near


class Unreadable(Exception):
    """Not such a file, or not all of it, or not as it was written."""


class WrongKey(Exception):
    """A whole header, and none of our keys opens it."""


# --- Keys, as people keep them: bech32 (BIP 173)

_CHARSET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
PUBLIC, SECRET = "age", "age-secret-key-"


def _polymod(values: Iterator[int]) -> int:
    check = 1
    for value in values:
        top, check = check >> 25, (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= generator if top >> bit & 1 else 0
    return check


def _expanded(prefix: str) -> list[int]:
    return [*(ord(c) >> 5 for c in prefix), 0, *(ord(c) & 31 for c in prefix)]


def _regroup(values: Sequence[int], size: int, into: int) -> list[int]:
    """Bits in groups of `size` in groups of `into`; what is over is filled with zeros going to 5, and must be zero coming back."""
    number = bits = 0
    out = []
    for value in values:
        number, bits = number << size | value, bits + size
        while bits >= into:
            bits -= into
            out.append(number >> bits & (1 << into) - 1)
    rest = number & (1 << bits) - 1
    if into < size and bits:
        out.append(rest << into - bits)
    elif into > size and (rest or bits >= size):
        raise ValueError("padding")
    return out


def encode(prefix: str, key: bytes) -> str:
    data = _regroup(key, 8, 5)
    check = _polymod(iter([*_expanded(prefix), *data, 0, 0, 0, 0, 0, 0])) ^ 1
    return prefix + "1" + "".join(_CHARSET[d] for d in [*data, *(check >> 5 * (5 - i) & 31 for i in range(6))])


def decode(prefix: str, text: str) -> bytes:
    """The 32 bytes of a key. Raises ValueError when the text is none, or was copied wrong."""
    text = text.strip()
    if text not in (text.lower(), text.upper()):
        raise ValueError("mixed case")
    head, _one, data = text.lower().rpartition("1")
    values = [_CHARSET.find(c) for c in data]
    if head != prefix or -1 in values or _polymod(iter([*_expanded(prefix), *values])) != 1:
        raise ValueError("not a key")
    key = bytes(_regroup(values[:-6], 5, 8))
    if len(key) != 32:
        raise ValueError("not a key")
    return key


def new_key() -> tuple[str, str]:
    """(secret, public): the first opens what was encrypted to the second."""
    private = X25519PrivateKey.generate()
    return encode(SECRET, private.private_bytes_raw()).upper(), encode(PUBLIC, private.public_key().public_bytes_raw())


def public_of(secret: str) -> str:
    return encode(PUBLIC, X25519PrivateKey.from_private_bytes(decode(SECRET, secret)).public_key().public_bytes_raw())


# --- Header


def _derive(key: bytes, salt: bytes, info: str) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt, info.encode()).derive(key)


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode().rstrip("=")


def _unb64(text: str) -> bytes:
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except ValueError as error:
        raise Unreadable("header") from error
    if _b64(data) != text:  # one way to write it
        raise Unreadable("header")
    return data


def _stanza(words: str, body: bytes) -> str:
    text = _b64(body)
    lines = [text[i : i + LINE] for i in range(0, len(text), LINE)]
    if not lines or len(lines[-1]) == LINE:
        lines.append("")
    return f"-> {words}\n" + "".join(f"{line}\n" for line in lines)


def _wrap(key: bytes, file_key: bytes) -> bytes:
    return ChaCha20Poly1305(key).encrypt(bytes(12), file_key, None)


def _x25519_key(shared: bytes, share: bytes, public: bytes) -> bytes:
    return _derive(shared, share + public, f"{VERSION}/X25519")


def _passphrase_key(passphrase: str, salt: bytes, work: int) -> bytes:
    return Scrypt(f"{VERSION}/scrypt".encode() + salt, 32, 2**work, 8, 1).derive(passphrase.encode())


def _for_public(text: str, file_key: bytes) -> str:
    public, ephemeral = decode(PUBLIC, text), X25519PrivateKey.generate()
    share = ephemeral.public_key().public_bytes_raw()
    key = _x25519_key(ephemeral.exchange(X25519PublicKey.from_public_bytes(public)), share, public)
    return _stanza(f"X25519 {_b64(share)}", _wrap(key, file_key))


def _for_passphrase(passphrase: str, file_key: bytes, work: int) -> str:
    salt = os.urandom(16)
    return _stanza(f"scrypt {_b64(salt)} {work}", _wrap(_passphrase_key(passphrase, salt, work), file_key))


def _mac(header: str, file_key: bytes) -> str:
    return _b64(hmac.digest(_derive(file_key, b"", "header"), header.encode(), "sha256"))


class Sealer(io.RawIOBase):
    """What is written here is encrypted into `target`, to public keys or, alone, by a passphrase. Only `close` writes a last piece:
    a file of which that was not called reads as cut off. `target` stays open."""

    def __init__(self, target: IO[bytes], *, recipients: Sequence[str] = (), passphrase: str = "", work: int = WORK) -> None:
        assert bool(recipients) != bool(passphrase)
        file_key, nonce = os.urandom(16), os.urandom(16)
        stanzas = [_for_public(one, file_key) for one in recipients] or [_for_passphrase(passphrase, file_key, work)]
        head = f"{VERSION}\n{''.join(stanzas)}---"
        self._cipher = ChaCha20Poly1305(_derive(file_key, nonce, "payload"))
        self._target, self._waiting, self._count = target, bytearray(), 0
        target.write(f"{head} {_mac(head, file_key)}\n".encode() + nonce)

    def writable(self) -> bool:
        return True

    def write(self, data) -> int:
        self._waiting += data
        while len(self._waiting) > PIECE:  # the last piece is known only at the end
            self._piece(bytes(self._waiting[:PIECE]), last=False)
            del self._waiting[:PIECE]
        return len(data)

    def finish(self) -> None:
        self._piece(bytes(self._waiting), last=True)
        self._waiting.clear()

    def abandon(self) -> None:
        """What is still written goes nowhere."""
        self._target = io.BytesIO()

    def _piece(self, data: bytes, *, last: bool) -> None:
        self._target.write(self._cipher.encrypt(self._count.to_bytes(11, "big") + bytes([last]), data, None))
        self._count += 1


class Opener(io.RawIOBase):
    """The plain bytes of an encrypted `source`, as far as they are proven. Raises WrongKey, Unreadable."""

    def __init__(self, source: IO[bytes], *, secrets: Sequence[str] = (), passphrase: str = "") -> None:
        self._source = source
        file_key = self._open_header(secrets, passphrase)
        nonce = _exactly(source, 16)
        self._cipher = ChaCha20Poly1305(_derive(file_key, nonce, "payload"))
        self._next, self._plain, self._count, self._over = _up_to(source, PIECE + TAG), b"", 0, False

    def _line(self) -> str:
        line = self._source.readline(HEADER)
        self._read += len(line)
        if not line.endswith(b"\n") or self._read > HEADER or not line.isascii():
            raise Unreadable("header")
        return line[:-1].decode()

    def _open_header(self, secrets: Sequence[str], passphrase: str) -> bytes:
        self._read = 0
        if self._line() != VERSION:
            raise Unreadable("not an archive")
        head, stanzas = f"{VERSION}\n", []
        while (line := self._line()).startswith("-> "):
            head += line + "\n"
            body = ""
            while True:
                part = self._line()
                head, body = head + part + "\n", body + part
                if len(part) < LINE:
                    break
            stanzas.append((line[3:].split(" "), _unb64(body)))
        words, _space, mac = line.partition(" ")
        if words != "---" or not stanzas:
            raise Unreadable("header")
        found = next((key for key in (self._unwrapped(w, b, secrets, passphrase) for w, b in stanzas) if key is not None), None)
        if found is None:
            raise WrongKey
        if not hmac.compare_digest(_mac(head + "---", found), mac):
            raise Unreadable("header")
        return found

    def _unwrapped(self, words: list[str], body: bytes, secrets: Sequence[str], passphrase: str) -> bytes | None:
        keys: list[bytes] = []
        match words:
            case ["X25519", share_text]:
                share = _unb64(share_text)
                for secret in secrets:
                    private = X25519PrivateKey.from_private_bytes(decode(SECRET, secret))
                    try:
                        shared = private.exchange(X25519PublicKey.from_public_bytes(share))
                    except ValueError as error:
                        raise Unreadable("header") from error
                    keys.append(_x25519_key(shared, share, private.public_key().public_bytes_raw()))
            case ["scrypt", salt, work] if work.isdecimal() and passphrase:
                if int(work) > MOST_WORK:
                    raise Unreadable("header")
                keys.append(_passphrase_key(passphrase, _unb64(salt), int(work)))
        for key in keys:
            try:
                return ChaCha20Poly1305(key).decrypt(bytes(12), body, None)
            except InvalidTag:
                continue
        return None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        while not self._plain and not self._over:
            self._open_piece()
        taken = self._plain[: len(buffer)]
        buffer[: len(taken)] = taken
        self._plain = self._plain[len(taken) :]
        return len(taken)

    def _open_piece(self) -> None:
        piece, self._next = self._next, _up_to(self._source, PIECE + TAG)
        last = not self._next
        try:
            self._plain = self._cipher.decrypt(self._count.to_bytes(11, "big") + bytes([last]), piece, None)
        except (InvalidTag, ValueError) as error:
            raise Unreadable(f"piece {self._count}") from error
        if last and not self._plain and self._count:
            raise Unreadable("an empty last piece")
        self._count, self._over = self._count + 1, last


def _up_to(source: IO[bytes], size: int) -> bytes:
    """As much as there is, however small the parts it comes in."""
    parts, missing = [], size
    while missing and (part := source.read(missing)):
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def _exactly(source: IO[bytes], size: int) -> bytes:
    data = _up_to(source, size)
    if len(data) < size:
        raise Unreadable("cut off")
    return data
