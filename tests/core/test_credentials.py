"""Statements for programs: the published test vectors, and checks that share no code with what signs."""

import base64
import gzip
import json
from datetime import date
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from impresasolidale.core import credentials, seals
from impresasolidale.core.credentials import BASE58

DID = "did:web:example.org:verifica:ente:sondrio"
STATEMENT = {
    "@context": ["https://www.w3.org/ns/credentials/v2"],
    "id": "https://example.org/verifica/A",
    "type": ["VerifiableCredential"],
    "issuer": {"id": DID, "name": "Valtellina è «qui»"},
    "validFrom": "2026-11-18T00:00:00+01:00",
    "validUntil": "2029-11-18T00:00:00+01:00",
    "credentialSubject": {"id": "https://example.org/registro/1"},
}
# The W3C's vector of ecdsa-jcs-2019 with a P-256 key (w3c/vc-di-ecdsa, TestVectors/ecdsa-jcs-2019-p256): who said what, and its hashes.
KEY = "zDnaepBuvsQ8cpsWrVKw8fbpGpvPeNSjVPTWoq6cRqaYzBKVP"
VECTOR = {
    "@context": ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/examples/v2"],
    "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
    "type": ["VerifiableCredential", "AlumniCredential"],
    "name": "Alumni Credential",
    "description": "A minimum viable example of an Alumni Credential.",
    "issuer": "https://vc.example/issuers/5678",
    "validFrom": "2023-01-01T00:00:00Z",
    "credentialSubject": {"id": "did:example:abcdefgh", "alumniOf": "The School of Examples"},
}
PROOF = {
    "type": "DataIntegrityProof",
    "cryptosuite": "ecdsa-jcs-2019",
    "created": "2023-02-24T23:36:38Z",
    "verificationMethod": f"did:key:{KEY}#{KEY}",
    "proofPurpose": "assertionMethod",
}
HASHES = "9c4b552d65fcb106b6b27ec2436d8ae81b319afc7aeaab7964b2938cd120cec359b7cb6251b8991add1ce0bc83107e3db9dbbab5bd2c28f687db1a03abc92f19"
VALUE = "zq6PrUMCtqY5obCSsrQxuFJdGffCDxvFuopdZiBPUBRTFEs1VVsBZi8YiEwVWgHYrXxoV93gBHqGDBtQLPFxpZxz"


@pytest.fixture(autouse=True)
def own_key(settings: Any, tmp_path: Any) -> None:
    settings.SEAL_DIR = tmp_path / "seal"


def decoded(text: str) -> bytes:
    number = 0
    for letter in text.removeprefix("z"):
        number = number * 58 + BASE58.index(letter)
    return number.to_bytes((number.bit_length() + 7) // 8)


def check(key: Any, signature: bytes, data: bytes) -> None:
    """Raises InvalidSignature."""
    r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    key.verify(encode_dss_signature(r, s), data, ec.ECDSA(hashes.SHA256()))


def key_of(multikey: str) -> Any:
    raw = decoded(multikey)
    assert raw[:2] == b"\x80\x24"
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw[2:])


def unpadded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_the_published_vector() -> None:
    data = credentials.hash_data(VECTOR, PROOF)
    assert data.hex() == HASHES
    check(key_of(KEY), decoded(VALUE), data)
    assert credentials.base58(decoded(VALUE)) == VALUE and credentials.multikey(key_of(KEY)) == KEY


def test_a_proof_is_checked_by_the_key_of_the_issuers_document() -> None:
    signed = credentials.with_proof(STATEMENT, did=DID, created="2026-11-18T00:00:00+01:00")
    assert signed == credentials.with_proof(STATEMENT, did=DID, created="2026-11-18T00:00:00+01:00")
    proof = dict(signed["proof"])
    value, methods = proof.pop("proofValue"), {m["id"]: m for m in credentials.did_document(DID)["verificationMethod"]}
    key = key_of(methods[proof["verificationMethod"]]["publicKeyMultibase"])
    said = {name: part for name, part in signed.items() if name != "proof"}
    check(key, decoded(value), credentials.hash_data(said, proof))
    with pytest.raises(InvalidSignature):
        check(key, decoded(value), credentials.hash_data({**said, "validUntil": "2039-11-18T00:00:00+01:00"}, proof))
    with pytest.raises(InvalidSignature):
        check(key, decoded(value), credentials.hash_data(said, {**proof, "created": "2020-01-01T00:00:00Z"}))


def test_a_jwt_is_checked_by_the_same_key() -> None:
    header, payload, signature = credentials.as_jwt(STATEMENT, did=DID).split(".")
    told, said = json.loads(unpadded(header)), json.loads(unpadded(payload))
    methods = {m["id"]: m for m in credentials.did_document(DID)["verificationMethod"]}
    found = methods[told["kid"]]["publicKeyJwk"]
    numbers = ec.EllipticCurvePublicNumbers(*(int.from_bytes(unpadded(found[name])) for name in "xy"), ec.SECP256R1())
    check(numbers.public_key(), unpadded(signature), f"{header}.{payload}".encode())
    with pytest.raises(InvalidSignature):
        check(numbers.public_key(), unpadded(signature), f"{header}.{payload[:-1]}A".encode())
    assert told["alg"] == "ES256" and (said["iss"], said["jti"], said["sub"]) == (DID, STATEMENT["id"], "https://example.org/registro/1")
    assert said["exp"] - said["nbf"] == 1096 * 86400 and STATEMENT.items() <= said.items()  # 18/11/2026 to 18/11/2029, 2028 a leap year


def test_a_status_list_sets_the_bits_that_are_named() -> None:
    found = credentials.status_list(
        "https://example.org/l", did=DID, purpose="revocation", indices=[0, 9, 131_071], first=date(2026, 11, 18), last=date(2026, 11, 20)
    )
    bits = gzip.decompress(unpadded(found["credentialSubject"]["encodedList"].removeprefix("u")))
    assert len(bits) == 16_384 and (bits[0], bits[1], bits[-1]) == (0b10000000, 0b01000000, 1)
    assert sum(byte.bit_count() for byte in bits) == 3
    assert (found["validFrom"], found["validUntil"]) == ("2026-11-18T00:00:00+01:00", "2026-11-20T00:00:00+01:00")


def test_a_did_is_where_its_document_is() -> None:
    assert credentials.did_web("https://example.org", "verifica", "ente", "rete") == "did:web:example.org:verifica:ente:rete"
    assert credentials.did_web("http://localhost:8000", "x") == "did:web:localhost%3A8000:x"


def test_a_former_key_stays_in_the_document() -> None:
    old = credentials.multikey(seals.certificates()[0].public_key())
    folder = seals.settings.SEAL_DIR
    (folder / "former").mkdir()
    (folder / "cert.pem").rename(folder / "former" / "2026.pem")
    (folder / "key.pem").unlink()
    seals.make_key(folder)
    keys = [m["publicKeyMultibase"] for m in credentials.did_document(DID)["verificationMethod"] if m["type"] == "Multikey"]
    assert len(keys) == 2 and keys[1] == old != keys[0]
