"""The installation's electronic seal on its papers: PAdES B-B with a P-256 key, loaded once.

It proves that the file is the one this installation issued; it is not anybody's signature (docs/adr/0009).
"""

import hashlib
import io
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

FORMER = "former"  # folder of the certificates that sealed once: what they sealed stays ours


class SealExpired(RuntimeError):
    """The seal's certificate is not of today: nothing is sealed with it until the technician changes it."""


class Verdict(StrEnum):
    """What a seal says of the file it is in."""

    UNREADABLE = "unreadable"  # not a PDF, or a broken one
    NONE = "none"
    WHOLE = "whole"  # ours, and not a byte changed since
    ALTERED = "altered"  # ours, and what it covers is not what it was
    ADDED = "added"  # ours and whole, and something was written behind it
    OTHER = "other"  # somebody else's key
    EXPIRED = "expired"  # ours and whole, but its certificate is over: nobody can tell when it was made


@dataclass(frozen=True)
class Seal:
    """`original`: SHA-256 of the bytes that were sealed, where the seal is ours. `until`: the certificate's last day."""

    verdict: Verdict
    original: str = ""
    until: date | None = None


def make_key(folder: Path) -> None:
    """A P-256 key and its self-signed certificate in `folder` (key.pem 0600, cert.pem), unless they are there."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    if (folder / "key.pem").exists():
        return
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Impresasolidale — sigillo")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True,
                content_commitment=True,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=False,
                crl_sign=False,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    temporary = folder / "key.pem.new"
    temporary.touch(mode=0o600)
    temporary.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    temporary.rename(folder / "key.pem")


@lru_cache(maxsize=4)
def _signer_of(folder: Path) -> Any:
    from pyhanko.sign import signers

    make_key(folder)
    found = signers.SimpleSigner.load(str(folder / "key.pem"), str(folder / "cert.pem"))
    if found is None:
        raise RuntimeError("the seal's key cannot be loaded")
    return found


def _signer() -> Any:
    return _signer_of(settings.SEAL_DIR)


@lru_cache(maxsize=4)
def _key_of(folder: Path) -> Any:
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    make_key(folder)
    return load_pem_private_key((folder / "key.pem").read_bytes(), None)


def key() -> Any:
    """The private key that seals, for what is signed beside papers."""
    return _key_of(settings.SEAL_DIR)


def certificates() -> list[Any]:
    """The seal's certificate (cryptography's), then those of `former`, newest first by name."""
    from cryptography.x509 import load_pem_x509_certificate

    make_key(settings.SEAL_DIR)
    found = [settings.SEAL_DIR / "cert.pem", *sorted((settings.SEAL_DIR / FORMER).glob("*.pem"), reverse=True)]
    return [load_pem_x509_certificate(path.read_bytes()) for path in found]


def seal(pdf: bytes) -> bytes:
    """The same PDF with the installation's seal. Raises SealExpired."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers

    signer, now = _signer(), datetime.now(UTC)
    if not signer.signing_cert.not_valid_before <= now <= signer.signing_cert.not_valid_after:
        raise SealExpired(f"the seal's certificate is valid to {signer.signing_cert.not_valid_after:%Y-%m-%d}")
    meta = signers.PdfSignatureMetadata(field_name="Sigillo", subfilter=fields.SigSeedSubFilter.PADES, md_algorithm="sha256")
    out = io.BytesIO()
    field = fields.SigFieldSpec("Sigillo", readable_field_name="Sigillo elettronico dell'ente")  # what a screen reader says
    signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), meta, signer=signer, new_field_spec=field, output=out)
    return out.getvalue()


def examine(pdf: bytes, *, today: date) -> Seal:
    """Whether the first seal of a file is ours, and whether the file is still what was sealed.

    Whatever is handed in: it is a stranger's file. Nothing is fetched; trust is in our own certificates alone.
    """
    from pyhanko.pdf_utils.reader import PdfFileReader

    try:
        found = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
        return _of(found[0], pdf, today) if found else Seal(Verdict.NONE)
    except Exception:  # whatever a broken file makes a parser raise
        return Seal(Verdict.UNREADABLE)


def _of(signature: Any, pdf: bytes, today: date) -> Seal:
    from asn1crypto import x509
    from cryptography.hazmat.primitives.serialization import Encoding
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.status import SignatureCoverageLevel
    from pyhanko_certvalidator import ValidationContext

    ours = [one.public_bytes(Encoding.DER) for one in certificates()]
    signer = signature.signer_cert
    if signer.dump() not in ours:
        return Seal(Verdict.OTHER)
    until = signer.not_valid_after.date()
    roots = [x509.Certificate.load(one) for one in ours]
    # Judged as of a moment at which the certificate held: whether it holds today is said apart.
    moment = min(datetime.now(UTC), signer.not_valid_after)
    context = ValidationContext(trust_roots=roots, allow_fetching=False, moment=moment)
    status = validate_pdf_signature(signature, context)
    first, hole, rest, length = signature.byte_range
    original = hashlib.sha256(pdf[first : rest + length]).hexdigest()
    if not (status.intact and status.valid):
        return Seal(Verdict.ALTERED, until=until)
    if status.coverage != SignatureCoverageLevel.ENTIRE_FILE or rest + length != len(pdf):
        return Seal(Verdict.ADDED, original, until)
    return Seal(Verdict.EXPIRED if until < today else Verdict.WHOLE, original, until)
