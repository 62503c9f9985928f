"""Steps the services share: the row locked, the refusals about dates and reserved areas, files and reminders."""

from datetime import date

from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import CaseRole, Permission, Role
from impresasolidale.core import todos
from impresasolidale.core.errors import DomainError
from impresasolidale.core.uploads import store_upload

from .. import selectors
from ..models import Assessment, Beneficiary, Consent, Referral, Representative, StatusEvidence


def locked(beneficiary: Beneficiary, *, by: Access) -> Beneficiary:
    return Beneficiary.objects.select_for_update(of=("self",)).get(pk=beneficiary.pk, ambito=by.ambito_id)


def require_area(code: str, *, by: Access) -> None:
    if not selectors.may_see_area(by, code):
        by.require(Permission.SEE_JUDICIAL)


def refuse_before_birth(person: Beneficiary, day: date | None, *, field: str) -> None:
    if day and day < person.birth_date:
        raise DomainError(_("Questa data viene prima della nascita."), field=field)


def refuse_future(day: date | None, today: date, *, field: str) -> None:
    if day and day > today:
        raise DomainError(_("Questa data è nel futuro."), field=field)


def refuse_backwards(start: date, end: date | None) -> None:
    if end and end < start:
        raise DomainError(_("La data di fine viene prima di quella di inizio."), field="valid_to")


def keep_file(row: Representative | Referral | Assessment | StatusEvidence | Consent, file: UploadedFile | None, *, by: Access) -> None:
    """Keep a paper with the record, in place of the one before. Raises DomainError (field "file") for what is no PDF or photo."""
    if file:
        row.file = store_upload(file=file, kind=row._meta.label_lower, subject=row, by=by)
        row.save(update_fields=["file"])


def remind_of_end(row: Representative | StatusEvidence | Assessment, *, kind: str, title: str, days: int, by: Access, today: date) -> None:
    """Who follows the person is reminded `days` before a decree, a status or an assessment expires; what was asked before is done."""
    todos.done(kind=kind, subject=row, by=by)
    if row.valid_to is None or row.valid_to < today:
        todos.close_deadline(kind=kind, subject=row)
        return
    todos.set_deadline(
        kind=kind,
        subject=row,
        title=title,
        url=reverse("beneficiaries:detail", args=[row.beneficiary.public_id]),
        role=Role.SOCIAL_WORKER,
        case_role=CaseRole.REFERENT,
        due_on=row.valid_to,
        by=by,
        remind_days=days,
    )
