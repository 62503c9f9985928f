"""Signatures on papers, however they were given, and the numbers that the body's register gave."""

from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.audit import record_fact
from impresasolidale.core.documents import record_protocol
from impresasolidale.core.errors import DomainError
from impresasolidale.core.jobs import enqueue
from impresasolidale.core.models import Document, Upload, Verification
from impresasolidale.core.transitions import perform
from impresasolidale.core.uploads import store_upload

from .. import documents, readiness, signing_rules
from ..enums import RequestState, SignatureMethod, SignerRole
from ..models import Evidence, Placement, Signature, SignatureRequest, SigningPower
from ..transitions import AGREEMENT, REQUEST
from . import requests
from .agreements import remind_of_end
from .changes.versions import version_signed
from .requests import Subject


@transaction.atomic
def record_signature(
    *,
    document: Document,
    role: str,
    signer: str,
    signed_on: date,
    scan: UploadedFile,
    by: Access,
    today: date,
    page_code: str = "",
) -> Signature:
    """One party signed one paper, by hand: the scan is kept with it. The last one that was missing makes the whole `signed`.

    Refuses a paper that is no longer the one to sign, a party that does not sign it, a second signature of the same party, days
    before the paper or in the future, who had a power of signature only before or after that day, a page that carries the code
    of another paper (`page_code`, as printed at its foot), and files that are not PDF, JPEG or PNG.
    """
    by.require(Permission.RECORD_SIGNATURES)
    subject = requests.waiting_subject(document)
    requests.signer_in(document, role)
    if not signer.strip():
        raise DomainError(_("Scrivi chi ha firmato."), field="signer")
    if signed_on > today:
        raise DomainError(_("Questo giorno deve ancora venire."), field="signed_on")
    if signed_on < document.issued_on:
        raise DomainError(
            _("Il documento è del %(day)s: non può essere firmato prima.") % {"day": f"{document.issued_on:%d/%m/%Y}"}, field="signed_on"
        )
    _check_page(document, page_code)
    return enter_signature(
        document=document,
        subject=subject,
        role=role,
        signer=signer.strip(),
        power=_power_named(subject, role, signer, on=signed_on),
        method=SignatureMethod.PAPER,
        signed_on=signed_on,
        upload=store_upload(file=scan, kind="agreements.signature", subject=document, by=by),
        evidence={"page_code_checked": bool(page_code.strip())},
        by=by,
        today=today,
    )


def enter_signature(
    *,
    document: Document,
    subject: Subject,
    role: str,
    signer: str,
    method: SignatureMethod,
    signed_on: date,
    by: Access,
    today: date,
    signed_at: datetime | None = None,
    upload: Upload | None = None,
    power: SigningPower | None = None,
    evidence: dict[str, Any] | None = None,
) -> Signature:
    """Write the signature of one party on a paper whose `subject` is locked; the last one completes the round.

    Refuses a way of signing below the level that the rule book asks of this paper.
    """
    level = requests.level_of(document, subject)
    if not signing_rules.is_enough(method, level):
        raise DomainError(_("Per questa carta il regolamento chiede una firma più forte: scegli la carta o la firma digitale."))
    request = SignatureRequest.objects.select_for_update(of=("self",), no_key=True).filter(document=document, role=role).first()
    if request and request.state not in (RequestState.SIGNED, RequestState.CANCELLED):
        perform(REQUEST, "signed", request, by=by, as_system=True)
    signature = Signature.objects.create(
        ambito_id=subject.ambito_id,
        document=document,
        role=role,
        signer=signer,
        method=method,
        signed_on=signed_on,
        signed_at=signed_at,
        scan=upload,
        context_hash=document.context_hash,
        request=request,
        power=power,
        created_by_id=by.actor_id,
    )
    if evidence:
        data: Any = evidence
        Evidence.objects.create(ambito_id=subject.ambito_id, signature=signature, data=data)
    record_fact("agreements.signature.recorded", subject, by=by, role=role, number=document.number, method=method.value)
    after_signature(document, subject, by=by, today=today)
    return signature


def after_signature(document: Document, subject: Subject, *, by: Access, today: date) -> None:
    """Look whether the round is complete: then the paper's own next step is taken, and the signed copy is made."""
    signatures = Signature.objects.filter(document=document)
    done = dict(signatures.values_list("role", "signed_on"))
    complete = done.keys() >= {signer["code"] for signer in documents.signers_of(document)}
    if complete:
        enqueue("agreements.issue_signed_copy", by=by, document_id=document.pk)
    if isinstance(subject, Placement):
        if complete:
            version_signed(subject.projects.get(document=document), by=by, today=today)
        else:
            readiness.refresh_readiness(placement=subject, by=by, today=today)
    elif complete:
        agreement = perform(AGREEMENT, "signed", subject, by=by, as_system=True, signed_on=max(done.values()))
        remind_of_end(agreement, by=by)
        readiness.refresh_where(by=by, today=today, agreement=agreement)


def _power_named(subject: Subject, role: str, name: str, *, on: date) -> SigningPower | None:
    """The power of who signed by hand, when the office keeps it. Refuses who had one, but not on that day."""
    if role not in (SignerRole.PROMOTER, SignerRole.HOST):
        return None
    theirs = [power for power in requests.powers_of(subject, role) if signing_rules.same_person(power.name, name)]
    found = next((power for power in theirs if power.is_in_force(on)), None)
    if theirs and found is None:
        try:
            requests.check_power(theirs[0], on=on)
        except DomainError as error:
            raise DomainError(error.words, field="signer") from error
    return found


def _check_page(document: Document, page_code: str) -> None:
    typed = "".join(page_code.split()).upper()
    if typed and not (len(typed) == 8 and Verification.objects.filter(document_id=document.pk, code__startswith=typed).exists()):
        raise DomainError(_("Questa pagina è di un altro documento, o di un'altra versione: guarda il codice in fondo."), field="page_code")


@transaction.atomic
def record_document_protocol(
    *, document: Document, direction: str, number: str, on: date, classification: str, dossier: str, by: Access, today: date
) -> Document:
    """The number, date and place that the body's register gave to one of our papers (domain.md §12.2)."""
    by.require(Permission.RECORD_PROTOCOL)
    if on > today:
        raise DomainError(_("Questo giorno deve ancora venire."), field="on")
    return record_protocol(
        document=document, direction=direction, number=number, on=on, classification=classification, dossier=dossier, by=by
    )
