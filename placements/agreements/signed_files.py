"""Files signed digitally, checked before they count: PAdES in the PDF itself, or a CAdES envelope (.p7m).

No ORM. What is checked: the file is our paper, byte by byte; the signature is whole and covers it; the certificate says who, was
valid when the signature was made and comes from an authority of SIGNATURE_TRUST_DIR. Whether it had been revoked is not asked of
anybody, because nothing leaves this machine: the evidence says so.
"""

import asyncio
import hashlib
import io
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.core.errors import DomainError

SKEW = timedelta(minutes=10)  # clocks of signers run a little ahead


@dataclass(frozen=True)
class SignedFile:
    """What was found in an accepted file."""

    form: str  # "PAdES", "CAdES"
    signer: str  # common name of the certificate
    issuer: str
    serial: str
    valid_from: datetime
    valid_to: datetime
    signed_at: datetime  # as the file says: not certified by a third party, unless `is_timestamped`
    is_timestamped: bool

    def evidence(self) -> dict[str, Any]:
        """As JSON, for who looks at it years later."""
        return {
            "form": self.form,
            "certificate": self.signer,
            "issuer": self.issuer,
            "serial": self.serial,
            "certificate_from": self.valid_from.isoformat(),
            "certificate_to": self.valid_to.isoformat(),
            "claimed_at": self.signed_at.isoformat(),
            "timestamped": self.is_timestamped,
            "intact": True,
            "trusted": True,
            "revocation": "not asked",
        }


def _refuse(words: str) -> DomainError:
    return DomainError(words, field="file")


def read_signed(data: bytes, *, original: bytes, trust: Path, now: datetime) -> SignedFile:
    """Check a signed file against the paper we issued. Raises DomainError (field "file"), with words for each thing that is wrong."""
    if data.startswith(b"%PDF-"):
        return _read_pades(data, original=original, trust=trust, now=now)
    return _read_cades(data, original=original, trust=trust, now=now)


def _read_pades(data: bytes, *, original: bytes, trust: Path, now: datetime) -> SignedFile:
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.diff_analysis import ModificationLevel
    from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature

    if data == original:
        raise _refuse(_("Questo PDF non è firmato: è la copia che hai scaricato da qui."))
    if not data.startswith(original):
        try:
            signed = bool(PdfFileReader(io.BytesIO(data)).embedded_signatures)
        except Exception:  # whatever a broken file makes a parser raise
            signed = False
        if not signed:
            raise _refuse(_("Questo PDF non è firmato, e non è il file che hai scaricato da qui."))
        raise _refuse(
            _("Questo non è il documento da firmare, o è stato cambiato: scaricalo di nuovo da qui, firmalo così com'è e ricaricalo.")
        )
    try:
        ours = len(PdfFileReader(io.BytesIO(original)).embedded_signatures)
        found = PdfFileReader(io.BytesIO(data)).embedded_signatures[ours:]
        if not found:
            raise _refuse(_("Questo PDF non è firmato: dopo averlo scaricato è stato salvato, ma nessuno lo ha firmato."))
        last = found[-1]
        at = _moment(last.self_reported_timestamp, now)
        _check_dates(last.signer_cert, at=at, now=now)
        status = validate_pdf_signature(last, signer_validation_context=_context(trust, at))
    except DomainError:
        raise
    except Exception as error:  # whatever a broken file makes a parser raise
        raise _refuse(_("Non riusciamo a leggere la firma di questo PDF: forse il file è rovinato.")) from error
    if not (status.intact and status.valid):
        raise _refuse(_("La firma non corrisponde al file: dopo la firma qualcosa è stato cambiato."))
    changed = status.modification_level is not None and status.modification_level > ModificationLevel.FORM_FILLING
    if status.coverage is None or status.coverage < SignatureCoverageLevel.ENTIRE_FILE or changed:
        raise _refuse(_("La firma non copre tutto il file: dopo la firma è stato aggiunto qualcosa."))
    _check_trust(status)
    return _found("PAdES", last.signer_cert, at, is_timestamped=status.timestamp_validity is not None)


def _read_cades(data: bytes, *, original: bytes, trust: Path, now: datetime) -> SignedFile:
    from asn1crypto import cms
    from pyhanko.sign.general import extract_certificate_info, extract_signer_info
    from pyhanko.sign.validation.generic_cms import async_validate_cms_signature

    try:
        envelope = cms.ContentInfo.load(_der(data), strict=True)
        if envelope["content_type"].native != "signed_data":
            raise ValueError("not signed data")
        signed = envelope["content"]
        inside = signed["encap_content_info"]["content"].native
        signers = len(signed["signer_infos"])
    except Exception as error:  # as above
        raise _refuse(_("Questo file non è un documento firmato: serve il PDF firmato, oppure il file .p7m.")) from error
    if not signers:
        raise _refuse(_("In questo file .p7m non c'è nessuna firma."))
    if signers > 1:
        raise _refuse(_("In questo file .p7m ci sono più firme: carica un file per ogni firma."))
    if not isinstance(inside, bytes):
        raise _refuse(_("In questo file .p7m c'è la firma ma non il documento: firma scegliendo «busta con il documento»."))
    if hashlib.sha256(inside).digest() != hashlib.sha256(original).digest():
        raise _refuse(_("Nel file .p7m c'è un altro documento, o è stato cambiato: scarica di nuovo quello da firmare, da qui."))
    try:
        info = extract_signer_info(signed)
        claimed = next((a["values"][0].native for a in info["signed_attrs"] if a["type"].native == "signing_time"), None)
        certificate = extract_certificate_info(signed).signer_cert
        at = _moment(claimed, now)
        _check_dates(certificate, at=at, now=now)
        status = asyncio.run(async_validate_cms_signature(signed, validation_context=_context(trust, at)))
    except DomainError:
        raise
    except Exception as error:  # as above
        raise _refuse(_("Non riusciamo a leggere la firma di questo file: forse è rovinato.")) from error
    if not (status.intact and status.valid):
        raise _refuse(_("La firma non corrisponde al file: dopo la firma qualcosa è stato cambiato."))
    _check_trust(status)
    return _found("CAdES", certificate, at, is_timestamped=False)


def _der(data: bytes) -> bytes:
    """Some programs write the envelope as text (base64, with or without its PEM lines)."""
    import base64
    import binascii

    if data[:1] == b"\x30":
        return data
    lines = [line for line in data.split() if not line.startswith(b"--") and b"--" not in line]
    try:
        return base64.b64decode(b"".join(lines), validate=True)
    except binascii.Error:
        return data


def _moment(claimed: datetime | None, now: datetime) -> datetime:
    """When the signature says it was made; now when it does not say, or says the future."""
    if claimed is None:
        return now
    claimed = claimed if claimed.tzinfo else claimed.replace(tzinfo=UTC)
    if claimed > now + SKEW:
        raise _refuse(_("La firma dice di essere stata fatta nel futuro: controlla l'orologio del computer e firma di nuovo."))
    return min(claimed, now)


def _check_dates(certificate: Any, *, at: datetime, now: datetime) -> None:
    if not certificate.not_valid_before <= at <= certificate.not_valid_after:
        day = timezone.localtime(certificate.not_valid_after)
        raise _refuse(
            _("Il certificato di firma è scaduto il %(day)s: serve una firma con un certificato valido.") % {"day": f"{day:%d/%m/%Y}"}
        )


def _context(trust: Path, at: datetime) -> Any:
    from pyhanko_certvalidator import ValidationContext

    return ValidationContext(trust_roots=_authorities(trust), moment=at, allow_fetching=False, revocation_mode="soft-fail")


def _authorities(trust: Path) -> list[Any]:
    from pyhanko.keys import load_certs_from_pemder

    files = sorted(p for p in trust.iterdir() if p.suffix.lower() in {".pem", ".crt", ".cer", ".der"}) if trust.is_dir() else []
    if not files:
        raise _refuse(_("Qui non sono ancora scritti i prestatori di firma riconosciuti: avvisa chi cura l'installazione."))
    return list(load_certs_from_pemder([str(p) for p in files]))


def _check_trust(status: Any) -> None:
    if not status.trusted:
        raise _refuse(_("Non riconosciamo chi ha rilasciato il certificato di firma: serve la firma di un prestatore riconosciuto."))


def _found(form: str, certificate: Any, at: datetime, *, is_timestamped: bool) -> SignedFile:
    subject, issuer = certificate.subject.native, certificate.issuer.native
    return SignedFile(
        form=form,
        signer=str(subject.get("common_name", "")),
        issuer=str(issuer.get("common_name", issuer.get("organization_name", ""))),
        serial=f"{certificate.serial_number:x}",
        valid_from=certificate.not_valid_before,
        valid_to=certificate.not_valid_after,
        signed_at=at,
        is_timestamped=is_timestamped,
    )
