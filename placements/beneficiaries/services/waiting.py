"""The waiting list: who enters, why they should not wait long, how they leave."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError, ReasonRequired, TransitionNotAllowed
from impresasolidale.core.transitions import perform
from impresasolidale.core.views import check_version

from ..enums import LeavingReason
from ..models import Beneficiary, WaitingEntry
from ..models.waiting import OPEN
from ..transitions import WAITING
from ._steps import locked, refuse_before_birth, refuse_future


@transaction.atomic
def enter_waiting_list(*, beneficiary: Beneficiary, since: date, by: Access, today: date, priorities: Iterable[str] = ()) -> WaitingEntry:
    """The person waits for a placement since a day. Refused while another wait is open."""
    by.require(Permission.EDIT_PEOPLE)
    locked(beneficiary, by=by)
    refuse_before_birth(beneficiary, since, field="since")
    refuse_future(since, today, field="since")
    if there := WaitingEntry.objects.filter(beneficiary=beneficiary, state__in=OPEN).first():
        raise DomainError(_("È già in lista d’attesa dal %(day)s.") % {"day": f"{there.since:%d/%m/%Y}"}, field="since")
    row = WaitingEntry(ambito_id=beneficiary.ambito_id, beneficiary=beneficiary, since=since, created_by=by.actor)
    _judge(row, priorities, by=by, today=today)
    row.save()
    record_fact("beneficiaries.waiting.entered", row, by=by)
    return row


@transaction.atomic
def set_priorities(*, entry: WaitingEntry, priorities: Iterable[str], row_version: int | str, by: Access, today: date) -> WaitingEntry:
    """Why this person should not wait long, as judged today by this user; the history keeps what was judged before."""
    by.require(Permission.EDIT_PEOPLE)
    row = WaitingEntry.objects.select_for_update(of=("self",)).get(pk=entry.pk)
    check_version(row, row_version)
    if row.state not in OPEN:
        raise TransitionNotAllowed
    _judge(row, priorities, by=by, today=today)
    row.row_version += 1
    row.save(update_fields=["priorities", "priorities_by", "priorities_on", "row_version"])
    record_fact("beneficiaries.waiting.judged", row, by=by)
    return row


@transaction.atomic
def propose_from_list(*, entry: WaitingEntry, by: Access) -> WaitingEntry:
    """A placement is being proposed: the person keeps their place until it begins."""
    return perform(WAITING, "proposed", entry, by=by)


@transaction.atomic
def return_to_list(*, entry: WaitingEntry, reason: str, by: Access) -> WaitingEntry:
    """The proposal came to nothing: the person waits on, since the same day."""
    return perform(WAITING, "returned", entry, by=by, reason=reason)


@transaction.atomic
def place_from_list(*, entry: WaitingEntry, reason: str, by: Access, today: date) -> WaitingEntry:
    """The person found a place; `reason` says where."""
    return perform(WAITING, "placed", entry, by=by, reason=reason, left_on=today)


@transaction.atomic
def leave_waiting_list(*, entry: WaitingEntry, why: str, by: Access, today: date, note: str = "") -> WaitingEntry:
    """The person leaves without a placement. `why` is a LeavingReason; OTHER needs the words."""
    if why == LeavingReason.OTHER and not note.strip():
        raise ReasonRequired
    reason = ": ".join(filter(None, [str(LeavingReason(why).label), note.strip()]))
    return perform(WAITING, "removed", entry, by=by, reason=reason, left_on=today, left_why=why)


@transaction.atomic
def note_proposed(*, beneficiary: Beneficiary, by: Access) -> None:
    """A site is proposed or a placement drafted: whoever waits is being proposed. Nothing happens to who does not wait."""
    if entry := WaitingEntry.objects.filter(beneficiary=beneficiary, state="waiting").first():
        perform(WAITING, "drafted", entry, by=by, as_system=True)


@transaction.atomic
def note_fallen(*, beneficiary: Beneficiary, reason: str, by: Access) -> None:
    """What was proposed came to nothing: whoever waited waits on, since the same day."""
    if entry := WaitingEntry.objects.filter(beneficiary=beneficiary, state="proposed").first():
        perform(WAITING, "fallen", entry, by=by, reason=reason, as_system=True)


@transaction.atomic
def note_start(*, beneficiary: Beneficiary, by: Access, today: date) -> None:
    """A placement began: whoever waited waits no more."""
    if entry := WaitingEntry.objects.filter(beneficiary=beneficiary, state__in=OPEN).first():
        perform(WAITING, "started", entry, by=by, as_system=True, left_on=today)


def _judge(row: WaitingEntry, priorities: Iterable[str], *, by: Access, today: date) -> None:
    row.priorities = sorted(set(priorities))
    row.priorities_by, row.priorities_on = (by.actor, today) if row.priorities else (None, None)
