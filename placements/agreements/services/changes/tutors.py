"""Tutors who follow each other, without signing everything again (features row 40; rules 16, 17, 18, 91, 92)."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.core.documents import issue
from impresasolidale.core.errors import Conflict, DomainError, ReasonRequired
from impresasolidale.core.jobs import enqueue
from placements.beneficiaries.services import follow_instead

from ... import change_documents, readiness
from ...change_enums import TutorKind
from ...enums import LIVE
from ...models import Placement, TutorChange
from ._common import lock, lock_row, note, touch


@transaction.atomic
def change_tutor(
    *, placement: Placement, kind: str, to: Any, on: date, reason: str, row_version: int, by: Access, today: date
) -> TutorChange:
    """From `on` another tutor follows the person: `to` is a CompanyTutor or a User. The notice to the parties is issued at once; the
    placement, its start light and the tutor's portal move on that day."""
    row = lock(placement, by=by, row_version=row_version)
    if not reason.strip():
        raise ReasonRequired
    if not max(row.starts_on, today) <= on <= row.ends_on:
        raise DomainError(_("Scegli un giorno da oggi fino alla fine del tirocinio."), field="on")
    is_company = kind == TutorKind.COMPANY
    before = row.company_tutor if is_company else row.promoter_tutor
    if before == to:
        raise DomainError(_("È già il tutor di questo tirocinio."), field="to")
    other = row.promoter_tutor_id if is_company else row.company_tutor and row.company_tutor.user_id
    if other and other == (to.user_id if is_company else to.pk):
        raise DomainError(_("I due tutor devono essere due persone diverse (regola 18)."), field="to")
    if row.tutor_changes.filter(kind=kind, done_on=None).exists():
        raise Conflict(_("C'è già un cambio di tutor in programma."))
    column = "tutor" if is_company else "user"
    change = TutorChange(ambito_id=row.ambito_id, placement=row, kind=kind, on=on, reason=reason.strip(), created_by_id=by.actor_id)
    setattr(change, f"from_{column}", before)
    setattr(change, f"to_{column}", to)
    change.document = issue(
        kind=change_documents.TUTOR_NOTICE,
        kind_label="Comunicazione di cambio del tutor",
        template="agreements/pdf/tutor_notice_v1.html",
        subject=row,
        context=change_documents.tutor_notice(change),
        today=today,
        by=by,
        ambito_id=row.ambito_id,
    )
    change.save()
    note("tutor.changed", row, by=by, reason=change.reason, kind=kind, on=on.isoformat())
    touch(row)
    if on <= today:
        _apply(change, by=by, today=today)
    return change


@transaction.atomic
def call_off_tutor_change(*, change: TutorChange, reason: str, by: Access) -> None:
    """The tutor stays after all, as long as the day has not come."""
    row = lock(change.placement, by=by)
    if not reason.strip():
        raise ReasonRequired
    gone, _rows = row.tutor_changes.filter(pk=change.pk, done_on=None).delete()
    if not gone:
        raise Conflict(_("Questo cambio di tutor è già avvenuto."))
    note("tutor.called_off", row, by=by, reason=reason.strip())
    touch(row)


def turn_tutors(*, ids: Collection[int], by: Access, today: date) -> int:
    """The change of day, of these placements: who comes takes over from who leaves. Safe to repeat."""
    due = TutorChange.objects.filter(placement__in=ids, done_on=None, on__lte=today, placement__state__in=LIVE)
    rows = list(due.select_related("placement").order_by("pk"))
    for change in rows:
        with transaction.atomic():
            _apply(change, by=by, today=today)
    return len(rows)


def _apply(change: TutorChange, *, by: Access, today: date) -> None:
    row = lock_row(change.placement)
    column = "company_tutor" if change.kind == TutorKind.COMPANY else "promoter_tutor"
    leaves, comes = change.from_tutor_id or change.from_user_id, change.to_tutor_id or change.to_user_id
    setattr(row, f"{column}_id", comes)
    touch(row, column)
    change.done_on = today
    change.save(update_fields=["done_on"])
    if change.to_user:
        follow_instead(beneficiary=row.beneficiary, leaves=change.from_user, comes=change.to_user, by=by, on=change.on)
    readiness.refresh_readiness(placement=row, by=by, today=today)
    both: dict[str, Any] = {f"{column}__in": [leaves, comes]}  # their load changed for their other people too
    enqueue("agreements.refresh_all", by=by, **both)
