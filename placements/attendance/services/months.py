"""A month is closed, confirmed, given back."""

from collections.abc import Collection
from dataclasses import dataclass
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
from impresasolidale.core.transitions import perform, perform_all
from impresasolidale.core.uploads import store_upload
from placements.agreements.models import Placement

from ..enums import Channel, MonthState
from ..models import AttendanceEvent, PaperScan, Timesheet
from ..rules import next_month
from ..selectors import days_between, reachable_sheets, rules_of
from ..transitions import TIMESHEET
from ._common import ONE_DAY, locking, month_url, month_words
from .allowances import compute_month, forget_month
from .totals import recompute_totals

CONFIRM_TODO = "attendance.confirm"
MISSING_TODO = "attendance.sheet_missing"  # the tutor's, from the day of rule 31
LATE_TODO = "attendance.sheet_late"  # the office's, some days after
MISSING_TODOS = (MISSING_TODO, LATE_TODO)


def span(sheet: Timesheet) -> tuple[date, date]:
    """First and last day of a sheet's month."""
    return sheet.month, next_month(sheet.month) - ONE_DAY


@transaction.atomic
def close_month(*, sheet: Timesheet, by: Access, today: date) -> Timesheet:
    """The tutor (or the office, for a paper sheet) says the month is whole. DomainError while days are missing or still to come."""
    placement = locking().get(pk=sheet.placement_id)

    def check_paper(row: Timesheet) -> None:
        """A month kept on paper closes with its scan, signed by whom the rule book asks (rule 31)."""
        wanted = rules_of(placement.pk).paper_signatures
        if (
            wanted == "none"
            or not AttendanceEvent.objects.filter(placement=placement, day__range=span(row), channel=Channel.PAPER).exists()
        ):
            return
        scans = list(PaperScan.objects.filter(timesheet=row).values_list("has_tutor", "has_person"))
        if not scans:
            raise DomainError(_("Questo mese è stato scritto da un foglio di carta: prima carica la sua foto o scansione."))
        if not any(tutor for tutor, _person in scans):
            raise DomainError(_("Sul foglio di carta manca la firma del tutor."))
        if wanted == "both" and not any(person for _tutor, person in scans):
            raise DomainError(_("Sul foglio di carta manca la firma della persona."))

    def whole(row: Timesheet) -> None:
        open_days = [
            d.day
            for d in days_between([placement.pk], *span(row)).get(placement.pk, [])
            if d.planned and not d.is_said and d.day <= placement.last_day
        ]
        if any(day > today for day in open_days):
            raise DomainError(_("Il mese non è ancora finito: si chiude dopo l’ultima giornata prevista."))
        if open_days:
            words = ngettext("Manca ancora una giornata: il %(days)s.", "Mancano ancora %(n)d giornate: %(days)s.", len(open_days))
            raise DomainError(words % {"n": len(open_days), "days": ", ".join(f"{d:%d/%m}" for d in open_days)})

        check_paper(row)

    who: dict[str, Any] = {"closed_by_id": by.actor_id, "closed_link_id": by.link_id, "closed_at": timezone.now()}
    closed = perform(TIMESHEET, "closed", sheet, by=by, guard=whole, **who)
    for kind in MISSING_TODOS:
        todos.done(kind=kind, subject=closed, by=by)
    with translation.override("it"):
        title = _("Presenze di %(month)s da confermare: %(person)s") % {"month": month_words(closed.month), "person": placement.beneficiary}
    todos.ask(
        kind=CONFIRM_TODO,
        subject=closed,
        title=title,
        url=month_url(placement, closed.month),
        role=Role.SOCIAL_WORKER,
        by=by,
        due_on=next_month(closed.month).replace(day=rules_of(placement.pk).sheet_day_of_next_month),
    )
    return closed


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
        require_second_key(first_id=_closer(row), by=by, act=act, words=words)

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
    _after_confirmation([confirmed.pk], by=by)
    return confirmed


def _closer(row: Timesheet) -> int | None:
    """Who closed a month: a user, or the tutor whose personal link did."""
    return row.closed_by_id or (row.closed_link.tutor.user_id if row.closed_link else None)


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What became of the months that were ticked together."""

    done: int
    mine: int  # closed by who would confirm them: they wait for another
    moved: int  # no longer closed when their turn came


@transaction.atomic
def confirm_months(*, sheets: Collection[int], by: Access, today: date) -> Confirmed:
    """The office confirms many closed months of its Ambito at once, in as many queries for one as for thousands.

    Months it closed itself and months that somebody moved meanwhile are left alone and counted; the others are confirmed together.
    """
    by.require(Permission.CONFIRM_MONTHS)
    reached = reachable_sheets(by).filter(pk__in=sheets)
    _locked = list(locking(Placement.objects.filter(pk__in=reached.values("placement"))).select_related(None).only("pk"))
    rows = list(
        Timesheet.objects.filter(pk__in=reached.values("pk"))
        .select_for_update(of=("self",), no_key=True)
        .order_by("pk")
        .select_related("closed_link__tutor")
        .only("state", "ambito_id", "closed_by_id", "closed_link__tutor__user_id")
    )
    closed = [row for row in rows if row.state == MonthState.CLOSED]
    ready = [row for row in closed if _closer(row) != by.actor_id]
    if ready:
        ids = [row.pk for row in ready]
        perform_all(
            TIMESHEET, "confirmed", Timesheet.objects.filter(pk__in=ids), by=by, confirmed_by_id=by.actor_id, confirmed_at=timezone.now()
        )
        _after_confirmation(ids, by=by)
    return Confirmed(done=len(ready), mine=len(closed) - len(ready), moved=len(rows) - len(closed))


def _after_confirmation(sheets: Collection[int], *, by: Access) -> None:
    """What follows from confirming months, one or thousands, in the transaction that confirmed them."""
    compute_month(sheets=sheets, by=by, now=timezone.now())
    todos.done_for_all(kind=CONFIRM_TODO, model=Timesheet, ids=sheets, by=by)


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
        closed_link_id=None,
        closed_at=None,
        confirmed_by_id=None,
        confirmed_at=None,
        act_number=None,
        act_on=None,
        act_file_id=None,
    )
    forget_month(sheet=reopened)
    todos.done(kind=CONFIRM_TODO, subject=reopened, by=by)
    recompute_totals([placement.pk], [reopened.month])
    return reopened
