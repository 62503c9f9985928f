"""Reads of expenses: the list, one with its checks, the evidence."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db.models import Q, QuerySet, Sum
from django.http import Http404, QueryDict

from impresasolidale.accounts.access import Access
from impresasolidale.core.keyset import Slice, page_of
from impresasolidale.treasury import selectors as ledger
from impresasolidale.treasury.models import Entry

from ..enums import SPENT, ExpenseState, FileKind, SourceKind
from ..models import Expense, ExpenseShare, Partner, Project, ProjectFile, StaffSheet
from ..rules import ExpenseFacts, is_proved
from ._common import one

ZERO = Decimal("0.00")
TYPE = "projects.expense"


def expenses(project: Project) -> QuerySet[Expense]:
    return Expense.objects.filter(project=project).select_related("participation__partner", "item", "project")


def asked(project: Project, wanted: dict[str, Any]) -> QuerySet[Expense]:
    """The project's expenses that a filter asks for: state, item's code, partner's id, words of payee or document, up to a day."""
    rows = expenses(project)
    if wanted.get("stato"):
        rows = rows.filter(state=wanted["stato"])
    if wanted.get("voce"):
        rows = rows.filter(item__code=wanted["voce"])
    if wanted.get("partner"):
        rows = rows.filter(participation__public_id=wanted["partner"])
    if words := str(wanted.get("cerca") or "").strip():
        rows = rows.filter(Q(payee__icontains=words) | Q(document_number__icontains=words) | Q(number__icontains=words))
    if wanted.get("fino_al"):
        rows = rows.filter(document_on__lte=wanted["fino_al"])
    return rows


def expenses_page(rows: QuerySet[Expense], query: QueryDict) -> Slice:
    page = page_of(rows, query, order=("-document_on", "-id"))
    dress(page.rows)
    return page


def dress(rows: Collection[Expense]) -> None:
    """Each with `proofs` (whether a proof's file is there), `is_proved` and its shares fetched as `parts`. Two queries."""
    proved = set(
        ProjectFile.objects.filter(subject_type=TYPE, subject_id__in=[row.pk for row in rows], kind=FileKind.PROOF).values_list(
            "subject_id", flat=True
        )
    )
    parts: dict[int, list[ExpenseShare]] = defaultdict(list)
    for share in ExpenseShare.objects.filter(expense__in=rows).select_related("source").order_by("source_id"):
        parts[share.expense_id].append(share)
    for row in rows:
        row.parts = parts[row.pk]  # type: ignore[attr-defined]
        row.is_proved = is_proved(row.proof_kind, row.pk in proved, row.paid_on)  # type: ignore[attr-defined]


def evidence(rows: QuerySet[Expense]) -> Iterable[Expense]:
    """All of them, oldest document first, dressed, for a file."""
    found = list(rows.order_by("document_on", "id"))
    dress(found)
    return found


def expense_for(access: Access, project: Project, public_id: object) -> Expense:
    rows = Expense.objects.filter(project=project).select_related(
        "participation__partner", "item", "project__pot", "recorded_by", "checked_by", "instalment", "note_document", "sheet"
    )
    return one(rows, public_id)


def sheet_of(expense: Expense) -> StaffSheet | None:
    return StaffSheet.objects.filter(expense=expense).select_related("scan", "member").first()


def shares_of(expense: Expense) -> QuerySet[ExpenseShare]:
    return ExpenseShare.objects.filter(expense=expense).select_related("source").order_by("source_id")


def granted_of(expense: Expense) -> Decimal:
    """Euro that the grant bears."""
    rows = shares_of(expense).filter(source__kind=SourceKind.GRANT)
    return rows.aggregate(sum=Sum("amount", default=ZERO))["sum"]


def files_of(expense: Expense, sheet: StaffSheet | None = None) -> list[ProjectFile]:
    """Its own files, oldest first, and the signed sheet it came from; each with `masked_copy` where there is one. One query."""
    where = Q(subject_type=TYPE, subject_id=expense.pk)
    if sheet and sheet.scan_id:
        where |= Q(pk=sheet.scan_id)
    rows = list(ProjectFile.objects.filter(where, network_id=expense.network_id).select_related("nameless_by").order_by("id"))
    copies = {row.masks_id: row for row in rows if row.masks_id}
    found = [row for row in rows if not row.masks_id]
    for row in found:
        row.copy = copies.get(row.pk)  # type: ignore[attr-defined]
    return found


def file_for(expense: Expense, public_id: object) -> ProjectFile:
    where = Q(subject_type=TYPE, subject_id=expense.pk)
    if sheet := sheet_of(expense):
        where |= Q(pk=sheet.scan_id)
    return one(ProjectFile.objects.filter(where, network_id=expense.network_id), public_id)


def read_file(access: Access, project: Project, public_id: object) -> ProjectFile:
    """An electronic invoice that this user read and has not made an expense of yet."""
    rows = ProjectFile.objects.filter(
        network_id=project.network_id, subject_type="projects.project", subject_id=project.pk, kind=FileKind.INVOICE_XML,
        created_by_id=access.actor_id,
    )  # fmt: skip
    try:
        return one(rows, public_id)
    except ValidationError as error:  # what stands in an address is anybody's
        raise Http404 from error


def content_of(file: ProjectFile) -> bytes:
    with default_storage.open(file.file_name) as stored:
        content: bytes = stored.read()
    return content


def facts_of(
    expense: Expense, *, shares: Collection[ExpenseShare] | None = None, files: Collection[ProjectFile] | None = None
) -> ExpenseFacts:
    """What the checks look at. At most four queries, fewer with what the caller has read already."""
    parts = list(shares_of(expense)) if shares is None else list(shares)
    kept = files_of(expense, sheet_of(expense)) if files is None else list(files)
    kinds = {file.kind for file in kept}
    own = ""
    if expense.payee_tax_code:
        same = Partner.objects.filter(network_id=expense.network_id, tax_code=expense.payee_tax_code)
        own = same.values_list("kind", flat=True).first() or ""
    return ExpenseFacts(
        starts_on=expense.project.starts_on,
        ends_on=expense.project.ends_on,
        partner_kind=expense.participation.partner.kind,
        charged=expense.charged,
        shares=sum((share.amount for share in parts), ZERO),
        granted=sum((share.amount for share in parts if share.source.kind == SourceKind.GRANT), ZERO),
        document_on=expense.document_on,
        paid_on=expense.paid_on,
        proof_kind=expense.proof_kind,
        has_document=bool(kinds & {FileKind.DOCUMENT, FileKind.INVOICE_XML, FileKind.SHEET}),
        has_proof=FileKind.PROOF in kinds,
        own_partner=own,
        cup=expense.cup,
        project_cup=expense.project.cup,
    )


def to_draw(project: Project) -> QuerySet[Expense]:
    """What an auditor may be shown: everything a second person has checked, with its shares."""
    rows = expenses(project).exclude(state__in=(ExpenseState.DRAFT, ExpenseState.WITHDRAWN))
    return rows.prefetch_related("shares__source").order_by("id")


def of_period(project: Project, first: date, last: date) -> list[Expense]:
    """What counts as spent on documents of a period, dressed, oldest first."""
    return list(evidence(expenses(project).filter(state__in=SPENT, document_on__range=(first, last))))


def movements_of(access: Access, expense: Expense) -> QuerySet[Entry]:
    """What the ledger moved for it, oldest first."""
    return ledger.entries_of(access, TYPE, expense.pk)
