"""A month is closed, confirmed, given back."""

from datetime import date
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission, Role
from impresasolidale.accounts.services import OutsideAct, require_second_key
from impresasolidale.core import todos
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError
from impresasolidale.core.transitions import perform
from impresasolidale.core.uploads import store_upload
from placements.agreements.models import Placement

from ..models import Timesheet
from ..rules import next_month
from ..selectors import days_between
from ..transitions import TIMESHEET
from ._common import ONE_DAY, locking, month_url, month_words
from .totals import recompute_totals

CONFIRM_TODO = "attendance.confirm"


@transaction.atomic
def close_month(*, sheet: Timesheet, by: Access, today: date) -> Timesheet:
    """The tutor (or the office, for a paper sheet) says the month is whole. DomainError while days are missing or still to come."""
    placement = locking().get(pk=sheet.placement_id)

    def whole(row: Timesheet) -> None:
        last = next_month(row.month) - ONE_DAY
        open_days = [
            d.day
            for d in days_between([placement.pk], row.month, last).get(placement.pk, [])
            if d.planned and not d.is_said and d.day <= placement.last_day
        ]
        if any(day > today for day in open_days):
            raise DomainError(_("Il mese non è ancora finito: si chiude dopo l’ultima giornata prevista."))
        if open_days:
            words = ngettext("Manca ancora una giornata: il %(days)s.", "Mancano ancora %(n)d giornate: %(days)s.", len(open_days))
            raise DomainError(words % {"n": len(open_days), "days": ", ".join(f"{d:%d/%m}" for d in open_days)})

    closed = perform(TIMESHEET, "closed", sheet, by=by, guard=whole, closed_by_id=by.actor_id, closed_at=timezone.now())
    with translation.override("it"):
        title = _("Presenze di %(month)s da confermare: %(person)s") % {"month": month_words(closed.month), "person": placement.beneficiary}
    todos.ask(
        kind=CONFIRM_TODO,
        subject=closed,
        title=title,
        url=month_url(placement, closed.month),
        role=Role.SOCIAL_WORKER,
        by=by,
        due_on=next_month(closed.month).replace(day=_sheet_day(placement)),
    )
    return closed


def _sheet_day(placement: Placement) -> int:
    """Rule 31: the day of the next month by which the sheet is confirmed, in the rule book the placement began with."""
    book = Placement.objects.select_related("rulebook").only("rulebook").get(pk=placement.pk).rulebook
    return int(book.rules.sheet_day_of_next_month)


@transaction.atomic
def confirm_month(
    *, sheet: Timesheet, by: Access, today: date, act: OutsideAct | None = None, act_file: UploadedFile | None = None
) -> Timesheet:
    """The office confirms a closed month. Whoever closed it needs an outside act, kept with its copy: its number, its date, the file.

    Raises FourEyesRequired without one; DomainError for an act of a day to come, without a number or without its file.
    """
    locking().get(pk=sheet.placement_id)

    def two_keys(row: Timesheet) -> None:
        words = _("Hai chiuso tu questo mese: lo conferma un’altra persona dell’ufficio, oppure tu con un atto.")
        require_second_key(first_id=row.closed_by_id, by=by, act=act, words=words)

    confirmed = perform(
        TIMESHEET,
        "confirmed",
        sheet,
        by=by,
        guard=two_keys,
        confirmed_by_id=by.actor_id,
        confirmed_at=timezone.now(),
        **_act_of(sheet, act, act_file, by=by, today=today),
    )
    if act:
        record_fact("attendance.timesheet.outside_act", confirmed, by=by, number=confirmed.act_number, on=act.on.isoformat())
    todos.done(kind=CONFIRM_TODO, subject=confirmed, by=by)
    return confirmed


def _act_of(sheet: Timesheet, act: OutsideAct | None, file: UploadedFile | None, *, by: Access, today: date) -> dict[str, Any]:
    """The columns an outside act fills; none without one."""
    if act is None:
        return {}
    by.require(Permission.CONFIRM_MONTHS)  # before its file is kept
    if not act.number.strip():
        raise DomainError(_("Scrivi il numero dell'atto."), field="act_number")
    if act.on > today:
        raise DomainError(_("La data dell'atto è nel futuro."), field="act_on")
    if file is None:
        raise DomainError(_("Serve la copia dell'atto."), field="file")
    kept = store_upload(file=file, kind="attendance.outside_act", subject=sheet, by=by)
    return {"act_number": act.number.strip(), "act_on": act.on, "act_file": kept}


@transaction.atomic
def reopen_month(*, sheet: Timesheet, reason: str, by: Access) -> Timesheet:
    """Give a closed or confirmed month back for corrections, with the reason; it must be closed and confirmed again."""
    placement = locking().get(pk=sheet.placement_id)
    reopened = perform(
        TIMESHEET,
        "reopened",
        sheet,
        by=by,
        reason=reason,
        closed_by_id=None,
        closed_at=None,
        confirmed_by_id=None,
        confirmed_at=None,
        act_number=None,
        act_on=None,
        act_file_id=None,
    )
    todos.done(kind=CONFIRM_TODO, subject=reopened, by=by)
    recompute_totals([placement.pk], [reopened.month])
    return reopened
