"""Statements that programs can check by themselves (W3C Verifiable Credentials 2.0), signed with the seal's P-256 key.

Two forms of one statement: JSON with a Data Integrity proof (`ecdsa-jcs-2019`, vc-di-ecdsa) and a compact JWT (ES256, vc-jose-cose), the
form Open Badges' own checkers read. The issuer is a did:web whose document lists our keys, those of yesterday too. The same statement
signed twice has the same bytes: the signature is a function of key and text (RFC 6979).
"""

import base64
import gzip
import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any
from urllib.parse import quote, urlsplit

from django.utils import timezone

from . import seals
from .fields import canonical

SUITE = "ecdsa-jcs-2019"
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
P256 = b"\x80\x24"  # the multicodec prefix of a compressed P-256 key
BITS = 131_072  # of a status list, at least (vc-bitstring-status-list)


def did_web(site: str, *path: str) -> str:
    """ "https://example.org", "verifica" → "did:web:example.org:verifica"; its document is at <site>/verifica/did.json."""
    return ":".join(["did:web", quote(urlsplit(site).netloc, safe=""), *path])


def moment(day: date) -> str:
    """Midnight here at the beginning of a day, as XML Schema writes it."""
    return timezone.make_aware(datetime.combine(day, time())).isoformat()


def base58(data: bytes) -> str:
    """Multibase's "z" form: base58btc, each leading zero byte a "1"."""
    number, text = int.from_bytes(data), ""
    while number:
        number, rest = divmod(number, 58)
        text = BASE58[rest] + text
    return "z" + "1" * (len(data) - len(data.lstrip(b"\0"))) + text


def _plain(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


# --- Keys


def is_able() -> bool:
    """Whether the seal's key can sign statements: a body's own key may be of another sort."""
    return _is_p256(seals.key().public_key())


def _is_p256(key: Any) -> bool:
    return getattr(getattr(key, "curve", None), "name", "") == "secp256r1"


def multikey(key: Any) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return base58(P256 + key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint))


def jwk(key: Any) -> dict[str, str]:
    numbers = key.public_numbers()
    return {"kty": "EC", "crv": "P-256", "x": _plain(numbers.x.to_bytes(32)), "y": _plain(numbers.y.to_bytes(32))}


def did_document(did: str) -> dict[str, Any]:
    """Each of our keys twice: as Multikey for the proof in JSON, as JsonWebKey for the JWT."""
    keys = [key for one in seals.certificates() if _is_p256(key := one.public_key())]
    methods: list[dict[str, Any]] = []
    for key in keys:
        name = f"{did}#{multikey(key)}"
        methods += [
            {"id": name, "type": "Multikey", "controller": did, "publicKeyMultibase": multikey(key)},
            {"id": f"{name}-jwk", "type": "JsonWebKey", "controller": did, "publicKeyJwk": jwk(key)},
        ]
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1", "https://w3id.org/security/jwk/v1"],
        "id": did,
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
    }


def _sign(data: bytes) -> bytes:
    """The signature as 64 bytes, r then s."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

    r, s = decode_dss_signature(seals.key().sign(data, ec.ECDSA(hashes.SHA256(), deterministic_signing=True)))
    return r.to_bytes(32) + s.to_bytes(32)


# --- Forms


def hash_data(statement: Mapping[str, Any], proof: Mapping[str, Any]) -> bytes:
    """What is signed: the proof's own hash, then the statement's, both over canonical JSON (vc-di-ecdsa §3.3; RFC 8785).

    Our `canonical` is RFC 8785's for what statements hold: texts, whole numbers, keys in ASCII.
    """
    return b"".join(hashlib.sha256(canonical(dict(part)).encode()).digest() for part in (proof, statement))


def with_proof(statement: Mapping[str, Any], *, did: str, created: str) -> dict[str, Any]:
    """The statement with a proof in it. `created`: when, as XML Schema writes it."""
    proof = {
        "@context": statement["@context"],
        "type": "DataIntegrityProof",
        "cryptosuite": SUITE,
        "created": created,
        "verificationMethod": f"{did}#{multikey(seals.key().public_key())}",
        "proofPurpose": "assertionMethod",
    }
    return {**statement, "proof": {**proof, "proofValue": base58(_sign(hash_data(statement, proof)))}}


def as_jwt(statement: Mapping[str, Any], *, did: str) -> str:
    """The statement as a compact JWT: the payload is the statement itself, with the registered claims that repeat it."""
    claims = {"iss": did, "jti": statement["id"], "nbf": _seconds(statement["validFrom"])}
    if "validUntil" in statement:
        claims["exp"] = _seconds(statement["validUntil"])
    if subject := statement["credentialSubject"].get("id"):
        claims["sub"] = subject
    header = {"alg": "ES256", "kid": f"{did}#{multikey(seals.key().public_key())}-jwk", "typ": "vc+jwt"}
    parts = [_plain(json.dumps(part, separators=(",", ":"), ensure_ascii=False).encode()) for part in (header, {**claims, **statement})]
    text = ".".join(parts)
    return f"{text}.{_plain(_sign(text.encode()))}"


def _seconds(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


# --- Status lists


def status_entry(address: str, *, purpose: str, index: int) -> dict[str, str]:
    return {
        "id": f"{address}#{index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": purpose,
        "statusListIndex": str(index),
        "statusListCredential": address,
    }


def status_list(address: str, *, did: str, purpose: str, indices: Iterable[int], first: date, last: date) -> dict[str, Any]:
    """Whose bits are set: a list that says it is of `first` and holds to the beginning of `last`, so that nobody shows an old one."""
    bits = bytearray(BITS // 8)
    for index in indices:
        bits[index // 8] |= 0x80 >> index % 8
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": did,
        "validFrom": moment(first),
        "validUntil": moment(last),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "encodedList": "u" + _plain(gzip.compress(bytes(bits), mtime=0)),
            "ttl": 300_000,  # milliseconds a checker may keep it
        },
    }
