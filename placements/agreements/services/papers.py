"""Signatures on paper with their scan, and the numbers that the body's register gave."""

from datetime import date

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.audit import record_fact
from impresasolidale.core.documents import record_protocol
from impresasolidale.core.errors import Conflict, DomainError
from impresasolidale.core.models import Document
from impresasolidale.core.transitions import perform
from impresasolidale.core.uploads import store_upload

from .. import documents, readiness
from ..enums import AgreementState, ProjectState, SignatureMethod
from ..models import FrameworkAgreement, Placement, Signature
from ..transitions import AGREEMENT
from .agreements import remind_of_end
from .flow import note_all_signed


@transaction.atomic
def record_signature(
    *, document: Document, role: str, signer: str, signed_on: date, scan: UploadedFile, by: Access, today: date
) -> Signature:
    """One party signed one paper, by hand: the scan is kept with it. The last one that was missing makes the whole `signed`.

    Refuses a paper that is no longer the one to sign, a party that does not sign it, a second signature of the same party, days
    before the paper or in the future, and files that are not PDF, JPEG or PNG.
    """
    by.require(Permission.RECORD_SIGNATURES)
    subject = _to_sign(document)
    wanted = [signer["code"] for signer in documents.signers_of(document)]
    done = set(Signature.objects.filter(document=document).values_list("role", flat=True))
    if role not in wanted:
        raise DomainError(_("Questa parte non firma questo documento."), field="role")
    if role in done:
        raise DomainError(_("Questa firma è già registrata."), field="role")
    if not signer.strip():
        raise DomainError(_("Scrivi chi ha firmato."), field="signer")
    if signed_on > today:
        raise DomainError(_("Questo giorno deve ancora venire."), field="signed_on")
    if signed_on < document.issued_on:
        raise DomainError(
            _("Il documento è del %(day)s: non può essere firmato prima.") % {"day": f"{document.issued_on:%d/%m/%Y}"}, field="signed_on"
        )
    upload = store_upload(file=scan, kind="agreements.signature", subject=document, by=by)
    signature = Signature.objects.create(
        ambito_id=subject.ambito_id,
        document=document,
        role=role,
        signer=signer.strip(),
        method=SignatureMethod.PAPER,
        signed_on=signed_on,
        scan=upload,
        context_hash=document.context_hash,
        created_by_id=by.actor_id,
    )
    record_fact("agreements.signature.recorded", subject, by=by, role=role, number=document.number)
    complete = {*done, role} >= set(wanted)
    if isinstance(subject, Placement):
        if complete:
            note_all_signed(subject, by=by, today=today)
        else:
            readiness.refresh_readiness(placement=subject, by=by, today=today)
    elif complete:
        last = max(Signature.objects.filter(document=document).values_list("signed_on", flat=True))
        agreement = perform(AGREEMENT, "signed", subject, by=by, as_system=True, signed_on=last)
        remind_of_end(agreement, by=by)
        readiness.refresh_where(by=by, today=today, agreement=agreement)
    return signature


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


def _to_sign(document: Document) -> Placement | FrameworkAgreement:
    """What the paper belongs to, locked, if it is the paper to sign today."""
    if document.kind == documents.FRAMEWORK_AGREEMENT:
        agreement = FrameworkAgreement.objects.select_for_update(of=("self",), no_key=True).select_related("company").get(document=document)
        if agreement.state != AgreementState.ISSUED:
            raise Conflict(_("Questa convenzione non aspetta più firme."))
        return agreement
    placement = Placement.objects.select_for_update(of=("self",), no_key=True).select_related("beneficiary").get(pk=document.subject_id)
    if not placement.projects.filter(document=document, state=ProjectState.TO_SIGN).exists():
        raise Conflict(_("Questo documento non aspetta più firme."))
    return placement
