"""Powers, requests and links to sign, made through the services; a test authority that signs files."""

import io
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from impresasolidale.accounts.access import Access
from impresasolidale.core.models import Document, Message
from impresasolidale.core.rendering import render_document
from impresasolidale.territory.models import Ambito
from impresasolidale.territory.selectors import lead_body
from placements.agreements import selectors, services
from placements.agreements.models import Placement, SignatureRequest, SigningPower

from .fixtures import TODAY


def make_power(access: Access, *, of: Any = None, name: str = "Dina Prova", today: date = TODAY, **values: Any) -> SigningPower:
    """Who signs for the Ambito's own body, or for `of`."""
    of = of or lead_body(Ambito.objects.get(pk=access.ambito_id))
    data = {
        "title": "direttrice dell'Ufficio di Piano",
        "act": "decreto 12",
        "valid_from": date(2025, 1, 1),
        "email": "firma@ente.example.org",
    }
    return services.add_power(of=of, data=services.PowerData(name=name, **{**data, **values}), by=access, today=today)


def paper_of(placement: Placement, *, rendered: bool = True) -> Document:
    document = selectors.current_project(placement).document
    assert document
    if rendered:
        render_document(document.pk)
        document.refresh_from_db()
    return document


def ask(
    access: Access, document: Document, role: str = "person", *, address: str = "persona@example.org", **values: Any
) -> SignatureRequest:
    data: dict[str, Any] = {"channel": Message.Channel.EMAIL, "today": TODAY, **values}
    return services.ask_signature(document=document, role=role, address=address, by=access, **data)


def link_in(request: SignatureRequest) -> str:
    """The path in the last message with a link."""
    message = Message.objects.filter(kind="agreements.signature_asked", about_id=request.pk).order_by("-id").first()
    assert message
    found = re.search(r"/firma/[\w-]+/", message.body)
    assert found, message.body
    return found[0]


def code_in(request: SignatureRequest) -> str:
    message = Message.objects.filter(kind="agreements.signing_code", about_id=request.pk).order_by("-id").first()
    assert message
    found = re.search(r"\b\d{6}\b", message.body)
    assert found
    return found[0]


class Authority:
    """A test authority (P-256) and the certificates it gives; its own certificate stands in `folder`."""

    def __init__(self, folder: Path | None = None, name: str = "Autorità di prova") -> None:
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import ec
        from cryptography.x509.oid import NameOID

        self.x509, self.hashes, self.serialization, self.oid, self.ec = x509, hashes, serialization, NameOID, ec
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.certificate = self._certificate(self.name, self.key.public_key(), is_authority=True)
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "prova.pem").write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))

    def _certificate(
        self, subject: Any, key: Any, *, is_authority: bool = False, begin: datetime | None = None, end: datetime | None = None
    ) -> Any:
        usage = dict.fromkeys(
            ("key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only", "crl_sign"), False
        )
        return (
            self.x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key)
            .serial_number(self.x509.random_serial_number())
            .not_valid_before(begin or datetime(2020, 1, 1, tzinfo=UTC))
            .not_valid_after(end or datetime(2040, 1, 1, tzinfo=UTC))
            .add_extension(self.x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
            .add_extension(
                self.x509.KeyUsage(
                    digital_signature=not is_authority, content_commitment=not is_authority, key_cert_sign=is_authority, **usage
                ),
                critical=True,
            )
            .sign(self.key, self.hashes.SHA256())
        )

    def signer(self, name: str, **dates: Any) -> Any:
        """A pyHanko signer with a certificate in this name."""
        from asn1crypto import keys, x509
        from pyhanko.sign.signers import SimpleSigner
        from pyhanko_certvalidator.registry import SimpleCertificateStore

        key = self.ec.generate_private_key(self.ec.SECP256R1())
        subject = self.x509.Name([self.x509.NameAttribute(self.oid.COMMON_NAME, name)])
        given = self._certificate(subject, key.public_key(), **dates)
        encoding, plain = self.serialization.Encoding.DER, self.serialization.NoEncryption()
        store = SimpleCertificateStore()
        store.register(x509.Certificate.load(self.certificate.public_bytes(encoding)))
        raw = key.private_bytes(encoding, self.serialization.PrivateFormat.PKCS8, plain)
        return SimpleSigner(
            signing_cert=x509.Certificate.load(given.public_bytes(encoding)),
            signing_key=keys.PrivateKeyInfo.load(raw),
            cert_registry=store,
        )

    def pades(self, pdf: bytes, name: str, *, field: str = "Firma", **dates: Any) -> bytes:
        from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
        from pyhanko.sign import fields, signers

        meta = signers.PdfSignatureMetadata(field_name=field, subfilter=fields.SigSeedSubFilter.PADES, md_algorithm="sha256")
        out = io.BytesIO()
        signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), meta, signer=self.signer(name, **dates), output=out)
        return out.getvalue()

    def cades(self, data: bytes, name: str, *, at: datetime | None = None, **dates: Any) -> bytes:
        """A .p7m envelope with the document inside."""
        import asyncio

        from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes

        attributes = PdfCMSSignedAttributes(signing_time=at or datetime.now(UTC) - timedelta(minutes=1))
        signer = self.signer(name, **dates)
        made = asyncio.run(signer.async_sign_general_data(data, "sha256", detached=False, signed_attr_settings=attributes))
        return bytes(made.dump())


def handed_in(data: bytes, name: str = "firmato.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def png(*, ink: bool = True) -> bytes:
    """A drawing as the page sends it."""
    from PIL import Image, ImageDraw

    picture = Image.new("RGBA", (320, 120), (0, 0, 0, 0))
    if ink:
        ImageDraw.Draw(picture).line([(20, 90), (120, 30), (220, 80), (300, 40)], fill=(23, 50, 77, 255), width=4)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
