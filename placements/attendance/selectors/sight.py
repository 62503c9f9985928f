"""Whose money and paper months open without a reason: as the placement does, and to the role whose task is open (adr/0013)."""

from django.db.models import Exists, OuterRef, Q

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.models import Document
from impresasolidale.treasury.enums import LIVE, UNDER_WAY, UNFINISHED, ItemState, SampleState
from impresasolidale.treasury.models import Recovery, SampledItem
from placements.agreements.enums import TaxTreatment
from placements.agreements.models import Placement
from placements.agreements.selectors import opens_to
from placements.beneficiaries.selectors import ReasonNeeded

from .. import documents
from ..enums import MonthState
from ..liquidation_selectors import SOURCE, of_items
from ..models import MonthAllowance, PaperScan, Timesheet

IN_A_RUN = (*LIVE, ItemState.REFUSED)  # what is left for later is in none


def money_opens(access: Access, placement: Placement, sheet: Timesheet | None = None) -> bool:
    """`sheet`: the month it is about."""
    return _is_second_key(access, sheet) or opens_to(access, placement) or _is_liquidated(access, placement.beneficiary_id)


def ask_about_money(access: Access, placement: Placement, sheet: Timesheet | None = None) -> None:
    """Raises ReasonNeeded for the money of a person the user does not follow and has nothing to do about."""
    if not money_opens(access, placement, sheet):
        raise ReasonNeeded(placement.beneficiary.public_id)


def ask_about_paper(access: Access, sheet: Timesheet) -> None:
    """Raises ReasonNeeded for a paper month of a person the user does not follow, unless the month waits for the user's role."""
    if not (_is_second_key(access, sheet) or _waits(access, sheet) or opens_to(access, sheet.placement)):
        raise ReasonNeeded(sheet.placement.beneficiary.public_id)


def _is_second_key(access: Access, sheet: Timesheet | None) -> bool:
    return bool(sheet and sheet.confirmed_by_id and sheet.confirmed_by_id == access.actor_id)


def _is_liquidated(access: Access, person_id: int) -> bool:
    """To who liquidates: a sum of the person is in a liquidation that is not finished, is being recovered, or was drawn by a sample still
    open. To accounting: a net of the payroll office is missing."""
    tasks = Q()
    if access.may(P.PREPARE_LIQUIDATIONS):
        back = Recovery.objects.filter(item__source_type=SOURCE, item__source_id=OuterRef("pk"), state__in=UNDER_WAY)
        drawn = SampledItem.objects.filter(item__source_type=SOURCE, item__source_id=OuterRef("pk"), sample__state=SampleState.OPEN)
        tasks |= Q(of_items(run__state__in=UNFINISHED, state__in=IN_A_RUN)) | Q(Exists(back)) | Q(Exists(drawn))
    if access.may(P.RECORD_PAYMENTS):
        tasks |= Q(tax_treatment=TaxTreatment.TAXED, amount__gt=0, timesheet__state=MonthState.FROZEN, net_amount=None)
    return bool(tasks) and MonthAllowance.objects.filter(tasks, placement__beneficiary=person_id).exists()


def _waits(access: Access, sheet: Timesheet) -> bool:
    """A closed month waits for who confirms; an open one that was printed, or came back, for who types it."""
    if sheet.state == MonthState.CLOSED:
        return access.may(P.CONFIRM_MONTHS)
    if sheet.state != MonthState.OPEN or not access.may(P.RECORD_ATTENDANCE):
        return False
    printed = {"kind": documents.PAPER_SHEET.code, "subject_type": Timesheet._meta.label_lower, "subject_id": sheet.pk}
    return PaperScan.objects.filter(timesheet=sheet).exists() or Document.objects.filter(ambito_id=sheet.ambito_id, **printed).exists()
