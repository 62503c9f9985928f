"""Hours of the partners' staff: written by day and piece of work, signed, and turned into an expense once."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError
from impresasolidale.core.models import Document
from impresasolidale.core.transitions import perform
from impresasolidale.core.words import day_short

from .. import rules
from ..documents import issue_hour_sheet
from ..enums import DocumentKind, FileKind, PayeeKind, SheetState, StaffKind
from ..models import CostItem, HourlyRate, Participation, Partner, Project, StaffHours, StaffMember, StaffSheet, WorkPackage
from ..selectors.staff import cost_of_sheet, hours_of, last_day, paper_of
from ..transitions import SHEET
from ._common import add_row, allow, store
from .expenses import Shares, record_expense

DAY = 24 * 60


@transaction.atomic
def add_member(*, partner: Partner, name: str, qualification: str, kind: str, code: str, by: Access) -> StaffMember:
    """Somebody of a partner's staff. Raises DomainError for a code in use."""
    allow(by, P.RECORD_EXPENSES)
    if StaffMember.objects.filter(network_id=by.network_id, code=code.strip().upper()).exists():
        raise DomainError(_("C'è già una persona con questo codice."), field="code")
    values = {"name": name.strip(), "qualification": qualification.strip(), "kind": kind, "code": code.strip().upper()}
    return add_row(StaffMember, "staff", values, by=by, partner=partner)


@transaction.atomic
def set_rate(*, member: StaffMember, since: date, until: date | None, value: Decimal, source: str, by: Access) -> HourlyRate:
    """What an hour costs from a day on; for ever, as hours were paid by it. Raises DomainError for a day that has one, or is charged."""
    allow(by, P.RECORD_EXPENSES)
    held = StaffMember.objects.select_for_update(of=("self",), no_key=True).get(pk=member.pk)
    if value <= 0:
        raise DomainError(_("Il costo orario deve essere maggiore di zero."), field="value")
    if until and until < since:
        raise DomainError(_("La data di fine viene prima di quella di inizio."), field="until")
    if not source.strip():
        raise DomainError(_("Scrivi da dove viene il costo orario."), field="source")
    if HourlyRate.objects.filter(member=held, valid_from=since).exists():
        raise DomainError(_("C'è già un costo orario da questo giorno."), field="since")
    charged = StaffHours.objects.filter(sheet__member=held, sheet__state=SheetState.CHARGED, day__gte=since)
    if charged.exists():
        raise DomainError(_("Da questo giorno ci sono ore già diventate una spesa: il loro costo non cambia."), field="since")
    row = HourlyRate.objects.create(
        network_id=by.network_id, member=held, valid_from=since, valid_to=until, value=value, source=source.strip()
    )  # fmt: skip
    record_fact("projects.staff.rate_set", held, by=by, since=since.isoformat())
    return row


@transaction.atomic
def open_sheet(*, project: Project, member: StaffMember, month: date, by: Access) -> StaffSheet:
    """The month of somebody on a project; the one that is there when it was opened already. Raises DomainError outside the project."""
    allow(by, P.RECORD_EXPENSES)
    first = month.replace(day=1)
    if last_day(first) < project.starts_on or first > project.ends_on:
        raise DomainError(_("Questo mese è fuori dal progetto."), field="month")
    if not Participation.objects.filter(project=project, partner=member.partner_id).exists():
        raise DomainError(_("Il partner di questa persona non è nel progetto."), field="member")
    sheet, made = StaffSheet.objects.get_or_create(
        network_id=project.network_id, project=project, member=member, month=first, defaults={"created_by_id": by.actor_id}
    )
    if made:
        record_fact("projects.sheet.opened", sheet, by=by)
    return sheet


def _locked(sheet: StaffSheet) -> StaffSheet:
    """The person first: two sheets of one person may not fill the same day at once."""
    StaffMember.objects.select_for_update(of=("self",), no_key=True).get(pk=sheet.member_id)
    rows = StaffSheet.objects.select_for_update(of=("self",), no_key=True).select_related("project", "member__partner")
    row: StaffSheet = rows.get(pk=sheet.pk)
    return row


@transaction.atomic
def write_hours(*, sheet: StaffSheet, work_package: WorkPackage, minutes: Mapping[date, int], by: Access, today: date) -> StaffSheet:
    """The month's minutes of one piece of work, day by day; a day left out or 0 has none.

    Raises DomainError for a day to come, outside the month or the project, and for more than 24 hours in a day on all projects together.
    """
    allow(by, P.RECORD_EXPENSES)
    row = _locked(sheet)
    if row.state != SheetState.OPEN:
        raise DomainError(_("Il foglio è firmato: per correggerlo riaprilo."))
    wanted = {day: worked for day, worked in minutes.items() if worked}
    others = StaffHours.objects.filter(sheet__member=row.member_id, day__in=wanted).exclude(sheet=row, work_package=work_package)
    taken = dict(others.values("day").order_by("day").annotate(sum=Sum("minutes")).values_list("day", "sum"))
    for day, worked in sorted(wanted.items()):
        field = f"day_{day.day}"
        said = {"day": day_short(day)}
        if (day.year, day.month) != (row.month.year, row.month.month) or not row.project.starts_on <= day <= row.project.ends_on:
            raise DomainError(_("Il %(day)s è fuori dal progetto.") % said, field=field)
        if day > today:
            raise DomainError(_("Il %(day)s deve ancora venire.") % said, field=field)
        if worked < 0 or worked + taken.get(day, 0) > DAY:
            raise DomainError(_("Il %(day)s le ore superano le 24, contando tutti i progetti.") % said, field=field)
    StaffHours.objects.filter(sheet=row, work_package=work_package).delete()
    StaffHours.objects.bulk_create(
        StaffHours(network_id=row.network_id, sheet=row, work_package=work_package, day=day, minutes=worked)
        for day, worked in sorted(wanted.items())
    )
    row.row_version += 1
    row.save(update_fields=["row_version"])
    record_fact("projects.sheet.written", row, by=by, minutes=sum(wanted.values()))
    return row


@transaction.atomic
def print_sheet(*, sheet: StaffSheet, by: Access, today: date) -> Document:
    """The paper to sign; the same while the hours are the same, else a new one that takes its place.

    Raises DomainError for a month without hours or an hour without its cost, and once the sheet is signed.
    """
    allow(by, P.RECORD_EXPENSES)
    row = _locked(sheet)
    if row.state != SheetState.OPEN:
        raise DomainError(_("Il foglio è già firmato: per correggerlo riaprilo."))
    _whole(row)
    before = paper_of(row)
    if before is not None and before.context.get("version") == row.row_version:
        return before
    return issue_hour_sheet(row, worked=hours_of(row), costs=cost_of_sheet(row)[0], by=by, today=today, supersedes=before)


@transaction.atomic
def sign_sheet(*, sheet: StaffSheet, file: UploadedFile, on: date, by: Access, today: date) -> StaffSheet:
    """The signed copy. From now on the hours stand. Raises DomainError for an empty month, an hour without its cost, a wrong day."""
    allow(by, P.RECORD_EXPENSES)
    row = _locked(sheet)
    if on > today:
        raise DomainError(_("Questo giorno deve ancora venire."), field="on")
    _whole(row)
    scan = store(file, kind=FileKind.SHEET, subject=row, by=by)
    return perform(SHEET, "signed", row, by=by, signed_on=on, scan_id=scan.pk)


def _whole(row: StaffSheet) -> Decimal:
    """What the month costs in euro. Raises DomainError for one without hours, or with a day that no rate covers."""
    rows, bare = cost_of_sheet(row)
    if bare:
        raise DomainError(_("Manca il costo orario del %(day)s: scrivilo prima di firmare.") % {"day": day_short(bare[0])})
    if not rows:
        raise DomainError(_("In questo mese non ci sono ore."))
    return sum((each.amount for each in rows), rules.ZERO)


@transaction.atomic
def reopen_sheet(*, sheet: StaffSheet, reason: str, by: Access) -> StaffSheet:
    """Back to be put right; the scan that was signed stays among its files. Raises ReasonRequired."""
    allow(by, P.RECORD_EXPENSES)
    row = _locked(sheet)
    return perform(SHEET, "reopened", row, by=by, reason=reason, signed_on=None, scan_id=None)


@transaction.atomic
def charge_sheet(*, sheet: StaffSheet, percents: Shares, by: Access, today: date) -> StaffSheet:
    """The month becomes an expense of A05 or A06, once: hours × hourly cost, each rate rounded half-up to the cent.

    Its document is the signed sheet; how it was paid is proved as for any other. Raises DomainError where the chart has no such item.
    """
    allow(by, P.RECORD_EXPENSES)
    row = _locked(sheet)
    cost = _whole(row)
    code = rules.item_of_staff(row.member.kind == StaffKind.STRUCTURED)
    item = CostItem.objects.filter(project=row.project_id, code=code).first()
    if item is None:
        raise DomainError(_("Nelle voci di costo del progetto manca la %(code)s, quella del personale.") % {"code": code})
    values: dict[str, Any] = {
        "document_kind": DocumentKind.SHEET,
        "document_number": f"{row.member.code} {row.month:%m/%Y}",
        "document_on": min(last_day(row.month), row.project.ends_on, today),
        "payee": row.member.name,
        "payee_kind": PayeeKind.STAFF,
        "payee_tax_code": "",
        "words": _("Ore del personale, %(month)s") % {"month": f"{row.month:%m/%Y}"},
        "net": cost,
        "vat": rules.ZERO,
        "amount": cost,
        "charged": cost,
        "cup": row.project.cup,
        "cig": "",
        "sdi_id": "",
        "paid_on": None,
        "proof_kind": "",
        "from_pot": False,
    }
    expense = record_expense(
        project=row.project,
        participation=Participation.objects.get(project=row.project_id, partner=row.member.partner_id),
        item=item,
        values=values,
        shares=percents,
        by_percent=True,
        by=by,
        today=today,
        payee_key=f"staff:{row.member.code}",
    )
    return perform(SHEET, "charged", row, by=by, expense_id=expense.pk)
