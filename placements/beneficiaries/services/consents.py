"""Consents to images and testimony, apart from the privacy notice and revocable on any day (rule 57)."""

from datetime import date

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import Conflict, DomainError

from .. import rules
from ..models import Beneficiary, Consent, Representative
from ._steps import keep_file, locked, refuse_before_birth, refuse_future


@transaction.atomic
def give_consent(
    *,
    beneficiary: Beneficiary,
    kind: str,
    given_on: date,
    by: Access,
    today: date,
    representative: Representative | None = None,
    file: UploadedFile | None = None,
) -> Consent:
    """The person, or who represents them on that day, says yes to one use. A minor's yes is the representative's."""
    by.require(Permission.EDIT_PEOPLE)
    locked(beneficiary, by=by)
    refuse_before_birth(beneficiary, given_on, field="given_on")
    refuse_future(given_on, today, field="given_on")
    if representative is None and rules.is_minor(beneficiary.birth_date, given_on):
        raise DomainError(_("È minorenne: il consenso lo dà chi la rappresenta."), field="representative")
    if representative and not (representative.valid_from <= given_on <= (representative.valid_to or date.max)):
        raise DomainError(_("Quel giorno non la rappresentava: il decreto non vale in quella data."), field="representative")
    if Consent.objects.filter(beneficiary=beneficiary, kind=kind, revoked_on=None).exists():
        raise DomainError(_("Questo consenso c’è già."), field="kind")
    row = Consent.objects.create(
        ambito_id=beneficiary.ambito_id,
        beneficiary=beneficiary,
        kind=kind,
        given_on=given_on,
        representative=representative,
        created_by=by.actor,
    )
    keep_file(row, file, by=by)
    record_fact("beneficiaries.consent.given", row, by=by, kind=kind)
    return row


@transaction.atomic
def revoke_consent(*, consent: Consent, revoked_on: date, by: Access, today: date) -> Consent:
    """No reason is asked: a consent is revoked as freely as it was given."""
    by.require(Permission.EDIT_PEOPLE)
    row = Consent.objects.select_for_update(of=("self",)).get(pk=consent.pk)
    if row.revoked_on:
        raise Conflict(_("È già stato revocato."))
    refuse_future(revoked_on, today, field="revoked_on")
    if revoked_on < row.given_on:
        raise DomainError(_("Non si può revocare prima di averlo dato."), field="revoked_on")
    row.revoked_on = revoked_on
    row.save(update_fields=["revoked_on"])
    record_fact("beneficiaries.consent.revoked", row, by=by, kind=row.kind)
    return row
