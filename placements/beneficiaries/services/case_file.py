"""The case file: diary entries and the person's papers."""

from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission, Role
from impresasolidale.core import todos
from impresasolidale.core.audit import record_fact, type_of
from impresasolidale.core.errors import Conflict, DomainError
from impresasolidale.core.uploads import store_upload

from .. import selectors
from ..enums import DocumentCategory
from ..models import Beneficiary, DiaryEntry, PersonDocument
from ._steps import locked, refuse_before_birth, refuse_future, require_area

FILE_KIND = "beneficiaries.document"
EXPIRY = "beneficiaries.document_expires"


@transaction.atomic
def write_diary_entry(
    *,
    beneficiary: Beneficiary,
    kind: str,
    happened_at: datetime,
    text: str,
    by: Access,
    today: date,
    about: Any = None,
    supersedes: DiaryEntry | None = None,
) -> DiaryEntry:
    """A fact of the placement in the case diary. `about`: a row of a higher room that belongs to this person (a placement).

    `supersedes`: the entry this one corrects, which stays as it was. Raises Conflict when a colleague has corrected it meanwhile.
    """
    by.require(Permission.KEEP_CASE_FILE)
    if not text.strip():
        raise DomainError(_("Scrivi che cosa è successo."), field="text")
    day = timezone.localdate(happened_at)
    refuse_future(day, today, field="happened_at")
    refuse_before_birth(beneficiary, day, field="happened_at")
    if about is not None and about.beneficiary_id != beneficiary.pk:
        raise DomainError(_("Questo tirocinio è di un’altra persona."), field="about")
    if supersedes:
        locked(beneficiary, by=by)
        if not selectors.diary_of(by, beneficiary).filter(pk=supersedes.pk).exists():
            raise Conflict(_("Nel frattempo qualcuno ha corretto questa nota. Rileggila, poi decidi."))
    row = DiaryEntry.objects.create(
        ambito_id=beneficiary.ambito_id,
        beneficiary_id=supersedes.beneficiary_id if supersedes else beneficiary.pk,  # parted again, a record keeps its own words
        kind=kind,
        happened_at=happened_at,
        text=text.strip(),
        subject_type=type_of(about) if about is not None else "",
        subject_id=about.pk if about is not None else None,
        supersedes=supersedes,
        created_by=by.actor,
    )
    record_fact("beneficiaries.diary.corrected" if supersedes else "beneficiaries.diary.written", row, by=by, kind=kind)
    return row


@transaction.atomic
def add_document(
    *,
    beneficiary: Beneficiary,
    category: str,
    file: UploadedFile,
    dated_on: date,
    by: Access,
    today: date,
    expires_on: date | None = None,
    note: str = "",
) -> PersonDocument:
    """A paper of the person. One that expires asks for the new one in time; a newer paper of the same kind closes that deadline."""
    by.require(Permission.KEEP_CASE_FILE)
    if category == DocumentCategory.STATUS_ACT:
        require_area(beneficiary.target_area, by=by)
    refuse_future(dated_on, today, field="dated_on")
    refuse_before_birth(beneficiary, dated_on, field="dated_on")
    if expires_on and expires_on < dated_on:
        raise DomainError(_("La scadenza viene prima della data del documento."), field="expires_on")
    upload = store_upload(file=file, kind=FILE_KIND, subject=beneficiary, by=by)
    row = PersonDocument.objects.create(
        ambito_id=beneficiary.ambito_id,
        beneficiary=beneficiary,
        category=category,
        dated_on=dated_on,
        expires_on=expires_on,
        note=note.strip(),
        upload=upload,
        created_by=by.actor,
    )
    record_fact("beneficiaries.document.added", row, by=by, category=category)
    for older in PersonDocument.objects.filter(beneficiary=beneficiary, category=category, dated_on__lte=dated_on).exclude(pk=row.pk):
        todos.close_deadline(kind=EXPIRY, subject=older)
    if expires_on:
        todos.set_deadline(
            kind=EXPIRY,
            subject=row,
            title=_("%(person)s: scade un documento, %(kind)s") % {"person": beneficiary, "kind": row.get_category_display()},
            url=reverse("beneficiaries:documents", args=[beneficiary.public_id]),
            role=Role.SOCIAL_WORKER,
            due_on=expires_on,
            by=by,
        )
    return row


@transaction.atomic
def withdraw_document(*, document: PersonDocument, reason: str, by: Access) -> PersonDocument:
    """A paper put here by mistake is no longer shown nor downloaded; the file and the reason stay."""
    by.require(Permission.EDIT_PEOPLE)
    row = PersonDocument.objects.select_for_update(of=("self",)).get(pk=document.pk)
    if row.withdrawn_at:
        raise Conflict(_("Questo documento è già stato ritirato."))
    if not reason.strip():
        raise DomainError(_("Scrivi perché lo ritiri: serve a chi leggerà dopo di te."), field="reason")
    row.withdrawn_at, row.withdrawn_reason = timezone.now(), reason.strip()
    row.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    todos.close_deadline(kind=EXPIRY, subject=row)
    record_fact("beneficiaries.document.withdrawn", row, by=by, reason=reason.strip())
    return row
