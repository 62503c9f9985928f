"""What a public act certifies of the person: recorded with its act, withdrawn with a reason, never edited (rules 54, 55)."""

from datetime import date

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import todos
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import Conflict, DomainError, ReasonRequired
from impresasolidale.core.jobs import enqueue
from impresasolidale.territory.enums import Severity
from impresasolidale.territory.models import Ambito
from impresasolidale.territory.selectors import rules_for

from .. import rules
from ..models import Beneficiary, StatusEvidence
from ._steps import keep_file, refuse_backwards, refuse_before_birth, refuse_future, remind_of_end

EVIDENCE_EXPIRES = "beneficiaries.evidence_expires"


@transaction.atomic
def record_evidence(
    *,
    beneficiary: Beneficiary,
    category: str,
    act_kind: str,
    act_on: date,
    issued_by: str,
    valid_from: date,
    by: Access,
    today: date,
    percent: int | None = None,
    act_number: str = "",
    protocol: str = "",
    valid_to: date | None = None,
    file: UploadedFile | None = None,
) -> StatusEvidence:
    """A certified status with its act. The percentage is compared with the rule book of today, as severely as it says (rule 54).

    The reminder of an earlier certificate of the same category is over.
    """
    by.require(Permission.EDIT_PEOPLE)
    if reserved := rules.RESERVED.get(category):
        by.require(reserved)
    if not issued_by.strip():
        raise DomainError(_("Scrivi chi ha rilasciato l’atto."), field="issued_by")
    if not (act_number.strip() or protocol.strip()):
        raise DomainError(_("Serve un numero: quello dell’atto, oppure il protocollo."), field="act_number")
    _refuse_percent(category, percent, ambito_id=beneficiary.ambito_id, today=today)
    refuse_before_birth(beneficiary, act_on, field="act_on")
    refuse_future(act_on, today, field="act_on")
    refuse_before_birth(beneficiary, valid_from, field="valid_from")
    refuse_backwards(valid_from, valid_to)
    row = StatusEvidence.objects.create(
        ambito_id=beneficiary.ambito_id,
        beneficiary=beneficiary,
        category=category,
        percent=percent,
        act_kind=act_kind,
        act_number=act_number.strip(),
        act_on=act_on,
        issued_by=issued_by.strip(),
        protocol=protocol.strip(),
        valid_from=valid_from,
        valid_to=valid_to,
        created_by=by.actor,
    )
    keep_file(row, file, by=by)
    for earlier in StatusEvidence.objects.filter(beneficiary=beneficiary, category=category, valid_from__lt=valid_from):
        _stop_reminding(earlier, by=by)
    title = _("Scade una condizione certificata di %(person)s") % {"person": beneficiary}  # not which one: many read to-dos
    remind_of_end(row, kind=EVIDENCE_EXPIRES, title=title, days=rules.EXPIRY_NOTICE_DAYS, by=by, today=today)
    record_fact("beneficiaries.evidence.recorded", row, by=by)
    enqueue("agreements.refresh_all", by=by, beneficiary=row.beneficiary_id)  # what the allowance may touch (rules 43, 44)
    return row


@transaction.atomic
def withdraw_evidence(*, evidence: StatusEvidence, reason: str, by: Access, today: date) -> StatusEvidence:
    """It was recorded by mistake, or the act was revoked: it counts no more, and stays written with the reason."""
    by.require(Permission.EDIT_PEOPLE)
    row = StatusEvidence.objects.select_for_update(of=("self",)).get(pk=evidence.pk)
    if row.withdrawn_on:
        raise Conflict(_("È già stata tolta."))
    if not reason.strip():
        raise ReasonRequired
    row.withdrawn_on, row.withdrawal_reason = today, reason.strip()
    row.save(update_fields=["withdrawn_on", "withdrawal_reason"])
    _stop_reminding(row, by=by)
    record_fact("beneficiaries.evidence.withdrawn", row, by=by, reason=row.withdrawal_reason)
    enqueue("agreements.refresh_all", by=by, beneficiary=row.beneficiary_id)
    return row


def _stop_reminding(row: StatusEvidence, *, by: Access) -> None:
    todos.close_deadline(kind=EVIDENCE_EXPIRES, subject=row)
    todos.done(kind=EVIDENCE_EXPIRES, subject=row, by=by)


def _refuse_percent(category: str, percent: int | None, *, ambito_id: int, today: date) -> None:
    """What the database keeps out always; the thresholds as the rule book says, and a rule that only warns lets them pass."""
    _version, book = rules_for(Ambito.objects.get(pk=ambito_id), today)
    fault = rules.percent_fault(category, percent, book)
    is_formal = (percent is None) == (category in rules.PERCENT_CATEGORIES) or (percent is not None and not 1 <= percent <= 100)
    if fault and (is_formal or book.severity(54) == Severity.BLOCK):
        raise DomainError(fault, field="percent")
