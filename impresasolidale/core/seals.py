"""The installation's electronic seal on its papers: PAdES B-B with a P-256 key, loaded once.

It proves that the file is the one this installation issued; it is not anybody's signature (docs/adr/0009).
"""

import io
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings


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


@lru_cache(maxsize=1)
def _signer() -> Any:
    from pyhanko.sign import signers

    make_key(settings.SEAL_DIR)
    found = signers.SimpleSigner.load(str(settings.SEAL_DIR / "key.pem"), str(settings.SEAL_DIR / "cert.pem"))
    if found is None:
        raise RuntimeError("the seal's key cannot be loaded")
    return found


def seal(pdf: bytes) -> bytes:
    """The same PDF with the installation's seal."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers

    meta = signers.PdfSignatureMetadata(field_name="Sigillo", subfilter=fields.SigSeedSubFilter.PADES, md_algorithm="sha256")
    out = io.BytesIO()
    field = fields.SigFieldSpec("Sigillo", readable_field_name="Sigillo elettronico dell'ente")  # what a screen reader says
    signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), meta, signer=_signer(), new_field_spec=field, output=out)
    return out.getvalue()
