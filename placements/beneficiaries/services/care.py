"""Referrals, taking in charge and assessments: references to the papers of the services."""

from collections.abc import Iterable
from datetime import date

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import todos
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import Conflict, DomainError
from impresasolidale.core.jobs import enqueue

from ..enums import ReferralOutcome
from ..models import AREAS, Assessment, Beneficiary, Referral, TakingInCharge
from ..rules import EXPIRY_NOTICE_DAYS
from ._steps import keep_file, refuse_backwards, refuse_before_birth, refuse_future, remind_of_end, require_area

ASSESSMENT_EXPIRES = "beneficiaries.assessment_expires"


@transaction.atomic
def record_referral(
    *,
    beneficiary: Beneficiary,
    service: str,
    operator: str,
    received_on: date,
    by: Access,
    today: date,
    protocol: str = "",
    reason: str = "",
    goals: Iterable[str] = (),
    file: UploadedFile | None = None,
) -> Referral:
    """A service asks for a placement. `reason` and `goals` are codes; the story stays in the service's own record."""
    by.require(Permission.EDIT_PEOPLE)
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
        reason=reason,
        goals=sorted(set(goals)),
        created_by=by.actor,
    )
    keep_file(row, file, by=by)
    record_fact("beneficiaries.referral.received", row, by=by)
    return row


@transaction.atomic
def answer_referral(*, referral: Referral, outcome: str, outcome_on: date, by: Access, today: date, outcome_reason: str = "") -> Referral:
    """What became of a referral, once. Anything but acceptance says why: the service, and the person, have a right to know."""
    by.require(Permission.EDIT_PEOPLE)
    require_area(referral.service, by=by)
    row = Referral.objects.select_for_update(of=("self",)).get(pk=referral.pk)
    if row.outcome:
        raise Conflict(_("Questa segnalazione ha già il suo esito."))
    refuse_future(outcome_on, today, field="outcome_on")
    if outcome_on < row.received_on:
        raise DomainError(_("L’esito viene prima della segnalazione."), field="outcome_on")
    if outcome != ReferralOutcome.ACCEPTED and not outcome_reason.strip():
        raise DomainError(_("Scrivi il motivo: serve a chi leggerà dopo di te."), field="outcome_reason")
    row.outcome, row.outcome_on, row.outcome_reason = outcome, outcome_on, outcome_reason.strip()
    row.save(update_fields=["outcome", "outcome_on", "outcome_reason"])
    record_fact("beneficiaries.referral.answered", row, by=by, reason=row.outcome_reason, outcome=outcome)
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
    enqueue("agreements.refresh_all", by=by, beneficiary=row.beneficiary_id)
    return row


@transaction.atomic
def end_charge(*, charge: TakingInCharge, valid_to: date, by: Access, today: date) -> TakingInCharge:
    """The last day a service has the person in charge, also one to come; placements beyond it turn amber or red (rule 4)."""
    by.require(Permission.EDIT_PEOPLE)
    require_area(charge.service, by=by)
    row = TakingInCharge.objects.select_for_update(of=("self",)).get(pk=charge.pk)
    if row.valid_to and row.valid_to < today:
        raise Conflict(_("Questa presa in carico è già chiusa."))
    refuse_backwards(row.valid_from, valid_to)
    row.valid_to = valid_to
    row.save(update_fields=["valid_to"])
    record_fact("beneficiaries.charge.ended", row, by=by, on=valid_to.isoformat())
    enqueue("agreements.refresh_all", by=by, beneficiary=row.beneficiary_id)
    return row


@transaction.atomic
def record_assessment(
    *,
    beneficiary: Beneficiary,
    made_on: date,
    author: str,
    by: Access,
    today: date,
    protocol: str = "",
    valid_to: date | None = None,
    file: UploadedFile | None = None,
    **levels: str,
) -> Assessment:
    """The reference to an assessment of the professional social service (rule 3), with the levels it gives to some of the `AREAS`.

    One that says until when it holds asks for the next in time; a newer one ends what the earlier asked.
    """
    by.require(Permission.EDIT_PEOPLE)
    assert levels.keys() <= set(AREAS), levels.keys()
    refuse_before_birth(beneficiary, made_on, field="made_on")
    refuse_future(made_on, today, field="made_on")
    refuse_backwards(made_on, valid_to)
    row = Assessment.objects.create(
        ambito_id=beneficiary.ambito_id,
        beneficiary=beneficiary,
        made_on=made_on,
        author=author,
        protocol=protocol,
        valid_to=valid_to,
        created_by=by.actor,
        **levels,
    )
    keep_file(row, file, by=by)
    for earlier in Assessment.objects.filter(beneficiary=beneficiary, made_on__lt=made_on):
        todos.close_deadline(kind=ASSESSMENT_EXPIRES, subject=earlier)
        todos.done(kind=ASSESSMENT_EXPIRES, subject=earlier, by=by)
    title = _("Va rifatta la valutazione di %(person)s") % {"person": beneficiary}
    remind_of_end(row, kind=ASSESSMENT_EXPIRES, title=title, days=EXPIRY_NOTICE_DAYS, by=by, today=today)
    record_fact("beneficiaries.assessment.recorded", row, by=by)
    enqueue("agreements.refresh_all", by=by, beneficiary=row.beneficiary_id)
    return row
