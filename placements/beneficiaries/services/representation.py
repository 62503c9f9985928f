"""Who acts for the person."""

from datetime import date
from typing import Any

from django.db import transaction

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.audit import record_fact
from impresasolidale.core.jobs import enqueue

from ..models import Beneficiary, Representative
from ._steps import refuse_backwards, refuse_before_birth, refuse_future


@transaction.atomic
def add_representative(
    *, beneficiary: Beneficiary, valid_from: date, by: Access, today: date, valid_to: date | None = None, **fields: Any
) -> Representative:
    """Who acts for the person from a day on (rule 6). `fields`: kind, names, contacts, decree, whether they sign alone."""
    by.require(Permission.EDIT_PEOPLE)
    refuse_backwards(valid_from, valid_to)
    refuse_before_birth(beneficiary, valid_from, field="valid_from")
    refuse_before_birth(beneficiary, fields.get("decree_on"), field="decree_on")
    refuse_future(fields.get("decree_on"), today, field="decree_on")
    row = Representative.objects.create(
        ambito_id=beneficiary.ambito_id, beneficiary=beneficiary, created_by=by.actor, valid_from=valid_from, valid_to=valid_to, **fields
    )
    record_fact("beneficiaries.representative.added", row, by=by)
    enqueue("agreements.refresh_all", by=by)
    return row
