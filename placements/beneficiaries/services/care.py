"""Referrals, taking in charge and assessments: references to the papers of the services."""

from datetime import date

from django.db import transaction

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.audit import record_fact
from impresasolidale.core.jobs import enqueue

from ..models import Assessment, Beneficiary, Referral, TakingInCharge
from ._steps import refuse_backwards, refuse_before_birth, refuse_future, require_area


def add_referral(
    beneficiary: Beneficiary, *, service: str, operator: str, received_on: date, by: Access, today: date, protocol: str = ""
) -> Referral:
    require_area(service, by=by)
    refuse_before_birth(beneficiary, received_on, field="received_on")
    refuse_future(received_on, today, field="received_on")
    row = Referral.objects.create(
        ambito_id=beneficiary.ambito_id,
        beneficiary=beneficiary,
        service=service,
        operator=operator,
        received_on=received_on,
        protocol=protocol,
        created_by=by.actor,
    )
    record_fact("beneficiaries.referral.received", row, by=by)
    return row


@transaction.atomic
def take_in_charge(
    *,
    beneficiary: Beneficiary,
    service: str,
    case_manager: str,
    valid_from: date,
    by: Access,
    today: date,
    valid_to: date | None = None,
) -> TakingInCharge:
    """A service has the person in charge from a day on (rule 4); a start in the future is allowed."""
    by.require(Permission.EDIT_PEOPLE)
    require_area(service, by=by)
    refuse_backwards(valid_from, valid_to)
    refuse_before_birth(beneficiary, valid_from, field="valid_from")
    row = TakingInCharge.objects.create(
        ambito_id=beneficiary.ambito_id,
        beneficiary=beneficiary,
        service=service,
        case_manager=case_manager,
        valid_from=valid_from,
        valid_to=valid_to,
        created_by=by.actor,
    )
    record_fact("beneficiaries.charge.recorded", row, by=by)
    enqueue("agreements.refresh_all", by=by)
    return row


@transaction.atomic
def record_assessment(*, beneficiary: Beneficiary, made_on: date, author: str, by: Access, today: date, protocol: str = "") -> Assessment:
    """The reference to an assessment of the professional social service (rule 3)."""
    by.require(Permission.EDIT_PEOPLE)
    refuse_before_birth(beneficiary, made_on, field="made_on")
    refuse_future(made_on, today, field="made_on")
    row = Assessment.objects.create(
        ambito_id=beneficiary.ambito_id, beneficiary=beneficiary, made_on=made_on, author=author, protocol=protocol, created_by=by.actor
    )
    record_fact("beneficiaries.assessment.recorded", row, by=by)
    enqueue("agreements.refresh_all", by=by)
    return row
