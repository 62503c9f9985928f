"""Fields encrypted in Python (AES-256-GCM): the first of FIELD_KEYS encrypts, all decrypt; a keyed hash serves look-ups."""

import base64
import hashlib
import hmac
import json
import os
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models
from django.db.models.expressions import Expression

PREFIX = "v1:"


@lru_cache(maxsize=8)
def _keys(keys: tuple[str, ...]) -> tuple[tuple[str, AESGCM], ...]:
    raw = [base64.b64decode(k) for k in keys]
    return tuple((hashlib.sha256(k).hexdigest()[:8], AESGCM(k)) for k in raw)


def encrypt(text: str, *, place: str) -> str:
    """Ciphertext of `text`, bound to its column (`place`): a value moved to another column does not decrypt."""
    name, cipher = _keys(tuple(settings.FIELD_KEYS))[0]
    nonce = os.urandom(12)
    return f"{PREFIX}{name}:{base64.b64encode(nonce + cipher.encrypt(nonce, text.encode(), place.encode())).decode()}"


def decrypt(value: str, *, place: str) -> str:
    """Plaintext. Raises ValueError when no key fits or the value was tampered with."""
    _, name, body = value.split(":", 2)
    raw = base64.b64decode(body)
    for known, cipher in _keys(tuple(settings.FIELD_KEYS)):
        if known == name:
            try:
                return cipher.decrypt(raw[:12], raw[12:], place.encode()).decode()
            except InvalidTag as error:
                raise ValueError(f"{place}: value does not decrypt") from error
    raise ValueError(f"{place}: no key {name}")


def lookup_hash(normalised: str) -> str:
    """HMAC-SHA256 (hex, 64) of a normalised code, for exact look-up and uniqueness."""
    return hmac.new(settings.LOOKUP_KEY.encode(), normalised.encode(), hashlib.sha256).hexdigest()


class EncryptedTextField(models.TextField):
    """Text kept as ciphertext; empty stays empty. Cannot be filtered or sorted."""

    description = "encrypted text"

    @property
    def place(self) -> str:
        return f"{self.model._meta.db_table}.{self.column}"

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        # Only on the way in: bulk and single saves meet here, comparisons never do.
        if value is None or value == "" or isinstance(value, Expression):
            return super().get_db_prep_save(value, connection)
        return encrypt(self.plain(value), place=self.place)

    def plain(self, value: Any) -> str:
        return str(value)

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Any:
        return self.to_python(decrypt(value, place=self.place)) if value else value

    def get_lookup(self, lookup_name: str) -> Any:
        return super().get_lookup(lookup_name) if lookup_name in {"isnull"} else None


class EncryptedJSONField(EncryptedTextField):
    """A JSON value kept as ciphertext of its canonical text (sorted keys, no spaces). What was discarded is empty, and reads as {}."""

    def plain(self, value: Any) -> str:
        return canonical(value)

    def to_python(self, value: Any) -> Any:
        return json.loads(value) if isinstance(value, str) else value

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Any:
        return {} if value == "" else super().from_db_value(value, expression, connection)


def canonical(value: Any) -> str:
    """The one text of a JSON value that hashes are taken over."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
