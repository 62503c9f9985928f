"""Who acts for the person: the decree, what it lets them do, until when (rule 6)."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import validators
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError
from impresasolidale.core.fields import lookup_hash
from impresasolidale.core.jobs import enqueue
from impresasolidale.core.views import check_version
from impresasolidale.territory.models import Ambito
from impresasolidale.territory.selectors import rules_for

from .. import rules
from ..models import Beneficiary, Representative
from ._steps import keep_file, refuse_backwards, refuse_before_birth, refuse_future, remind_of_end

DECREE_EXPIRES = "beneficiaries.decree_expires"


@transaction.atomic
def add_representative(
    *,
    beneficiary: Beneficiary,
    valid_from: date,
    by: Access,
    today: date,
    valid_to: date | None = None,
    file: UploadedFile | None = None,
    **fields: Any,
) -> Representative:
    """Who acts for the person from a day on (rule 6). `fields`: kind, names, contacts, decree, powers, whether they sign alone."""
    by.require(Permission.EDIT_PEOPLE)
    row = Representative(
        ambito_id=beneficiary.ambito_id, beneficiary=beneficiary, created_by=by.actor, valid_from=valid_from, valid_to=valid_to, **fields
    )
    _write(row, file, by=by, today=today)
    record_fact("beneficiaries.representative.added", row, by=by)
    return row


@transaction.atomic
def update_representative(
    *, representative: Representative, row_version: int | str, by: Access, today: date, file: UploadedFile | None = None, **fields: Any
) -> Representative:
    """A decree is prolonged, corrected or ended. Raises Conflict when somebody was quicker."""
    by.require(Permission.EDIT_PEOPLE)
    row = Representative.objects.select_for_update(of=("self",)).select_related("beneficiary").get(pk=representative.pk)
    check_version(row, row_version)
    for name, value in fields.items():
        setattr(row, name, value)
    row.row_version += 1
    _write(row, file, by=by, today=today)
    record_fact("beneficiaries.representative.changed", row, by=by, fields=sorted(fields))
    return row


def _recognise(row: Representative, today: date) -> None:
    """Check the codice fiscale and keep its hash, omocodia resolved. Refuses a wrong code, and the person's own."""
    if not row.codice_fiscale:
        row.codice_fiscale = row.codice_fiscale_hash = ""
        return
    try:
        code = validators.codice_fiscale(row.codice_fiscale, today=today)
    except ValidationError as error:
        raise DomainError(error.messages[0], field="codice_fiscale") from error
    row.codice_fiscale, row.codice_fiscale_hash = code.code, lookup_hash(code.plain)
    if row.codice_fiscale_hash == row.beneficiary.codice_fiscale_hash:
        raise DomainError(_("Questo è il codice della persona: serve quello di chi la rappresenta."), field="codice_fiscale")


def _write(row: Representative, file: UploadedFile | None, *, by: Access, today: date) -> None:
    refuse_backwards(row.valid_from, row.valid_to)
    refuse_before_birth(row.beneficiary, row.valid_from, field="valid_from")
    refuse_before_birth(row.beneficiary, row.decree_on, field="decree_on")
    refuse_future(row.decree_on, today, field="decree_on")
    _recognise(row, today)
    if row.signs_alone and not rules.lets_sign(row.powers):
        raise DomainError(_("Per firmare al posto della persona serve il potere di firmare, o la rappresentanza piena."), field="powers")
    row.save()
    keep_file(row, file, by=by)
    title = _("Scade il decreto di chi rappresenta %(person)s") % {"person": row.beneficiary}
    _version, book = rules_for(Ambito.objects.get(pk=row.ambito_id), today)
    remind_of_end(row, kind=DECREE_EXPIRES, title=title, days=book.representative_reminder_days, by=by, today=today)
    enqueue("agreements.refresh_all", by=by, beneficiary=row.beneficiary_id)
