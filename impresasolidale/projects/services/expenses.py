"""Expenses from the document to the funder's answer. Whoever wrote one does not check it; the ledger moves at the check, only for money of
the funder that is in our hands (docs/adr/0027)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.audit import record_fact
from impresasolidale.core.documents import next_number
from impresasolidale.core.errors import DomainError
from impresasolidale.core.four_eyes import require_second_key
from impresasolidale.core.transitions import perform
from impresasolidale.core.views import check_version
from impresasolidale.core.words import day_short, euro
from impresasolidale.territory.selectors import common_rules
from impresasolidale.treasury import selectors as ledger_selectors
from impresasolidale.treasury import services as ledger
from impresasolidale.treasury.models import Entry

from .. import fatturapa, rules, selectors
from ..documents import issue_share_note
from ..enums import ExpenseState, FileKind, ProjectState, ProofKind
from ..models import CostItem, Expense, ExpenseShare, Instalment, Participation, Project, ProjectFile, ProjectSource
from ..transitions import EXPENSE
from ..words import expense_words
from ._common import SAFE_KINDS, allow, store, tax_code

FIELDS = (
    "document_kind", "document_number", "document_on", "payee", "payee_kind", "payee_tax_code", "words", "net", "vat", "amount", "charged",
    "cup", "cig", "sdi_id", "paid_on", "proof_kind", "from_pot",
)  # fmt: skip
Shares = Sequence[tuple[ProjectSource, Decimal]]


@transaction.atomic
def read_invoice(*, project: Project, file: UploadedFile, by: Access) -> ProjectFile:
    """Keep an electronic invoice that reads well, for the form to be filled from. Raises DomainError on "file" for what is none."""
    allow(by, P.RECORD_EXPENSES)
    content = file.read()
    file.seek(0)
    fatturapa.parse(content)
    return store(file, kind=FileKind.INVOICE_XML, subject=project, by=by, xml=True)


@transaction.atomic
def record_expense(
    *,
    project: Project,
    participation: Participation,
    item: CostItem,
    values: Mapping[str, Any],
    shares: Shares,
    by: Access,
    today: date,
    by_percent: bool = False,
    invoice: ProjectFile | None = None,
    payee_key: str = "",
) -> Expense:
    """A new expense, to be checked by somebody else. `shares`: euro a source, or percents of what is charged that make 100.

    Raises DomainError beside the field: a day outside the project, sums that do not add up, a document that is there already.
    """
    allow(by, P.RECORD_EXPENSES)
    project = Project.objects.select_for_update(of=("self",), no_key=True).get(pk=project.pk)
    if project.state == ProjectState.CLOSED:
        raise DomainError(_("Il progetto è chiuso: non prende altre spese."))
    found = _checked(values, project, today)
    key = payee_key or _key(found)
    _refuse_twice(found, key, project)
    row = Expense.objects.create(
        network_id=project.network_id,
        project=project,
        number=next_number(owner=f"network:{project.network_id}", kind="projects.expense", year=today.year),
        participation=participation,
        item=item,
        payee_key=key,
        created_by_id=by.actor_id,
        recorded_by_id=by.actor_id,
        **found,
    )
    _write_shares(row, shares, by_percent)
    if invoice is not None:
        _attach(invoice, row)
    record_fact("projects.expense.recorded", row, by=by, number=row.number, amount=str(row.charged))
    return row


@transaction.atomic
def edit_expense(
    *,
    expense: Expense,
    participation: Participation,
    item: CostItem,
    values: Mapping[str, Any],
    shares: Shares,
    seen: int,
    by: Access,
    today: date,
    by_percent: bool = False,
) -> Expense:
    """Put an unchecked expense right; whoever does is now the one who wrote it. Raises Conflict, DomainError."""
    allow(by, P.RECORD_EXPENSES)
    row = _locked(expense)
    check_version(row, seen)
    if row.state != ExpenseState.DRAFT or selectors.sheet_of(row):
        raise DomainError(
            _("Questa spesa viene da un foglio ore firmato: qui si aggiunge solo la prova di pagamento.")
            if row.state == ExpenseState.DRAFT
            else _("Questa spesa è già controllata: riaprila prima di cambiarla.")
        )
    found = _checked(values, row.project, today)
    key = _key(found)
    _refuse_twice(found, key, row.project, row)
    for name, value in {**found, "payee_key": key, "participation": participation, "item": item, "recorded_by_id": by.actor_id}.items():
        setattr(row, name, value)
    row.row_version += 1
    row.save(update_fields=[*found, "payee_key", "participation", "item", "recorded_by", "row_version"])
    ExpenseShare.objects.filter(expense=row).delete()
    _write_shares(row, shares, by_percent)
    record_fact("projects.expense.changed", row, by=by, amount=str(row.charged))
    return row


def _locked(expense: Expense) -> Expense:
    rows = Expense.objects.select_for_update(of=("self",), no_key=True).select_related("project__pot", "item", "participation__partner")
    return rows.get(pk=expense.pk)


def _checked(values: Mapping[str, Any], project: Project, today: date) -> dict[str, Any]:
    found = {name: values[name].strip() if isinstance(values[name], str) else values[name] for name in FIELDS}
    found["payee_tax_code"] = tax_code(found["payee_tax_code"], field="payee_tax_code")
    found["cup"], found["cig"] = (found[name].replace(" ", "").upper() for name in ("cup", "cig"))
    period = {"first": day_short(project.starts_on), "last": day_short(project.ends_on)}
    if not project.starts_on <= found["document_on"] <= project.ends_on:
        raise DomainError(_("La data è fuori dal progetto, che va dal %(first)s al %(last)s.") % period, field="document_on")
    for name in ("document_on", "paid_on"):
        if found[name] and found[name] > today:
            raise DomainError(_("Questo giorno deve ancora venire."), field=name)
    if found["net"] < 0 or found["vat"] < 0 or found["net"] + found["vat"] != found["amount"] or found["amount"] <= 0:
        raise DomainError(_("Imponibile e IVA devono dare il totale."), field="amount")
    if not 0 < found["charged"] <= found["amount"]:
        raise DomainError(_("L'importo imputato è più di zero e non supera il totale del documento."), field="charged")
    return found


def _key(found: Mapping[str, Any]) -> str:
    return found["payee_tax_code"] or " ".join(str(found["payee"]).lower().split())


def _refuse_twice(found: Mapping[str, Any], key: str, project: Project, row: Expense | None = None) -> None:
    """A document comes in once in the whole network: charged on two projects, it would be paid twice."""
    twin = (
        Expense.objects.filter(
            network_id=project.network_id,
            payee_key=key,
            document_kind=found["document_kind"],
            document_number=found["document_number"],
            document_on=found["document_on"],
        )
        .exclude(state=ExpenseState.WITHDRAWN)
        .exclude(pk=row.pk if row else 0)
        .select_related("project")
        .first()
    )
    if twin:
        words = _("Questo documento è già registrato: è la spesa n. %(number)s del progetto %(project)s.")
        raise DomainError(words % {"number": twin.number, "project": twin.project.code}, field="document_number")


def _write_shares(row: Expense, shares: Shares, by_percent: bool) -> None:
    given = [(source, amount) for source, amount in shares if amount]
    if any(amount < 0 for _source, amount in given):
        raise DomainError(_("Una quota non può essere negativa."), field="shares")
    if by_percent:
        if sum(amount for _source, amount in given) != 100:
            raise DomainError(_("Le percentuali devono dare 100."), field="shares")
        parts = rules.shares_by_percent(row.charged, [amount for _source, amount in given])
        given = [(source, part) for (source, _percent), part in zip(given, parts, strict=True) if part]
    total = sum((amount for _source, amount in given), rules.ZERO)
    if total != row.charged:
        raise DomainError(
            _("Le quote fanno %(total)s, l'importo imputato è %(charged)s: devono essere uguali.")
            % {"total": euro(total), "charged": euro(row.charged)},
            field="shares",
        )
    ExpenseShare.objects.bulk_create(
        ExpenseShare(network_id=row.network_id, expense=row, source=source, amount=amount) for source, amount in given
    )


def _attach(invoice: ProjectFile, row: Expense) -> None:
    invoice.subject_type, invoice.subject_id = "projects.expense", row.pk
    invoice.save(update_fields=["subject_type", "subject_id"])


# --- Its files


@transaction.atomic
def add_file(*, expense: Expense, kind: str, file: UploadedFile, words: str, by: Access) -> ProjectFile:
    """A document, a quote or a proof. Raises DomainError on "file", and once the expense is reported."""
    allow(by, P.RECORD_EXPENSES)
    row = _locked(expense)
    if row.state not in (ExpenseState.DRAFT, ExpenseState.CHECKED):
        raise DomainError(_("La spesa è rendicontata: i suoi file non cambiano."))
    return store(file, kind=kind, subject=row, by=by, words=words)


@transaction.atomic
def prove(*, expense: Expense, paid_on: date, proof_kind: str, file: UploadedFile | None, by: Access, today: date) -> Expense:
    """How and when it was paid, also after the check: the proof often comes later. Raises DomainError on a day to come."""
    allow(by, P.RECORD_EXPENSES)
    row = _locked(expense)
    if row.state not in (ExpenseState.DRAFT, ExpenseState.CHECKED):
        raise DomainError(_("La spesa è rendicontata: la sua prova non cambia."))
    if paid_on > today:
        raise DomainError(_("Questo giorno deve ancora venire."), field="paid_on")
    if row.state == ExpenseState.CHECKED and row.from_pot and paid_on != row.paid_on:
        raise DomainError(_("Il pagamento è già nel registro con il suo giorno: per correggerlo riapri la spesa."), field="paid_on")
    if proof_kind not in ProofKind.values:
        raise DomainError(_("Scegli com'è provato il pagamento."), field="proof_kind")
    row.paid_on, row.proof_kind, row.row_version = paid_on, proof_kind, row.row_version + 1
    row.save(update_fields=["paid_on", "proof_kind", "row_version"])
    if file:
        store(file, kind=FileKind.PROOF, subject=row, by=by)
    record_fact("projects.expense.proved", row, by=by, kind=proof_kind)
    return row


@transaction.atomic
def mask_file(*, expense: Expense, original: ProjectFile, file: UploadedFile, by: Access) -> ProjectFile:
    """A copy without names of a file of the expense: it is what an auditor is shown. Raises DomainError where there is one."""
    allow(by, P.RECORD_EXPENSES)
    if original.kind not in SAFE_KINDS or ProjectFile.objects.filter(masks=original).exists():
        raise DomainError(_("Di questo file c'è già una copia senza nomi."), field="file")
    return store(file, kind=FileKind.MASKED, subject=expense, by=by, masks=original)


@transaction.atomic
def say_nameless(*, file: ProjectFile, is_nameless: bool, by: Access, now: datetime) -> ProjectFile:
    """Somebody looked: no person's name is on it (or there is one after all). It stands beside the file with who said it."""
    allow(by, P.RECORD_EXPENSES)
    row: ProjectFile = ProjectFile.objects.select_for_update(of=("self",), no_key=True).get(pk=file.pk)
    row.nameless_by_id, row.nameless_at = (by.actor_id, now) if is_nameless else (None, None)
    row.save(update_fields=["nameless_by", "nameless_at"])
    record_fact("projects.file.nameless" if is_nameless else "projects.file.not_nameless", row, by=by)
    return row


# --- Its life


@transaction.atomic
def check_expense(*, expense: Expense, seen: int, by: Access, today: date) -> Expense:
    """Another person looked at it and it is right: it counts as spent, its note of the share is issued, and what the grant bears leaves the
    project's pot where we pay it from there.

    Raises FourEyesRequired, Conflict, DomainError (no day of payment, no pot), NotEnoughMoney, PeriodClosed: nothing is left half done.
    """
    allow(by, P.CHECK_EXPENSES)

    def is_right(row: Expense) -> None:
        check_version(row, seen)
        for first in (row.recorded_by_id, row.created_by_id):
            require_second_key(first_id=first, by=by, words=_("Questa spesa l'hai scritta tu: la controlla un'altra persona."))

    row: Expense = perform(EXPENSE, "checked", expense, by=by, guard=is_right, checked_by_id=by.actor_id, checked_on=today)
    row = _locked(row)
    if row.from_pot:
        _pay(row, by)
    old = row.note_document
    row.note_document = issue_share_note(row, shares=list(selectors.shares_of(row)), by=by, today=today, supersedes=old)
    row.save(update_fields=["note_document"])
    return row


def _pay(row: Expense, by: Access) -> None:
    granted = selectors.granted_of(row)
    if not granted:
        raise DomainError(_("Con il contributo ricevuto si versa solo la quota del contributo: qui non ce n'è."))
    if row.paid_on is None:
        raise DomainError(_("Il pagamento entra nel registro: serve il giorno in cui è stato fatto."), field="paid_on")
    if row.project.pot is None:
        raise DomainError(_("Del finanziatore non è ancora arrivato niente: non c'è ancora il salvadanaio del progetto."))
    key = f"project-expense:{row.public_id}:{row.row_version}"
    for verb, step in ((ledger.commit, "commit"), (ledger.pay, "pay")):
        verb(
            pot=row.project.pot, amount=granted, key=f"{key}:{step}", posted_on=row.paid_on, words=expense_words(row), source=row, by=by
        )  # fmt: skip


def _give_back(row: Expense, reason: str, by: Access, today: date) -> None:
    posted = ledger_selectors.entries_of(by, "projects.expense", row.pk).filter(reversal=None, reverses=None)
    entries: list[Entry] = list(posted)
    for entry in reversed(entries):
        ledger.reverse_entry(entry=entry, reason=reason, posted_on=max(today, entry.posted_on), by=by)


@transaction.atomic
def reopen_expense(*, expense: Expense, reason: str, by: Access, today: date) -> Expense:
    """Back to be put right; what the ledger moved is reversed. Raises ReasonRequired."""
    allow(by, P.CHECK_EXPENSES)
    row: Expense = perform(EXPENSE, "reopened", expense, by=by, reason=reason, checked_by_id=None, checked_on=None)
    _give_back(row, reason, by, today)
    return row


@transaction.atomic
def withdraw_expense(*, expense: Expense, reason: str, by: Access) -> Expense:
    """It was written by mistake: it counts no more, its document may be recorded again. Raises ReasonRequired."""
    allow(by, P.RECORD_EXPENSES)

    def is_free(row: Expense) -> None:
        if selectors.sheet_of(row):
            raise DomainError(_("Questa spesa viene da un foglio ore firmato, e resta."))

    return perform(EXPENSE, "withdrawn", expense, by=by, reason=reason, guard=is_free)


@transaction.atomic
def report_expense(*, expense: Expense, instalment: Instalment | None, by: Access, today: date) -> Expense:
    """Into the account to the funder. Raises DomainError while a check that blocks is open (rule 74), saying which."""
    allow(by, P.CHECK_EXPENSES)
    if instalment is not None and instalment.project_id != expense.project_id:
        raise DomainError(_("Questa rata è di un altro progetto."), field="instalment")

    def is_whole(row: Expense) -> None:
        book = common_rules(row.network_id, today)
        stopping = [str(f.words) for f in rules.expense_findings(selectors.facts_of(_locked(row)), book.severities) if f.stops]
        if stopping:
            raise DomainError(_("Non si può ancora rendicontare. %(why)s") % {"why": " ".join(stopping)})

    return perform(
        EXPENSE, "reported", expense, by=by, guard=is_whole, reported_on=today, instalment_id=instalment.pk if instalment else None
    )


@transaction.atomic
def return_expense(*, expense: Expense, reason: str, by: Access) -> Expense:
    """Out of the account to the funder again. Raises ReasonRequired."""
    allow(by, P.CHECK_EXPENSES)
    return perform(EXPENSE, "returned", expense, by=by, reason=reason, reported_on=None, instalment_id=None)


@transaction.atomic
def accept_expense(*, expense: Expense, admitted: Decimal, by: Access) -> Expense:
    """The funder's yes, to all of it or to a part. Raises DomainError for more than was charged."""
    allow(by, P.CHECK_EXPENSES)
    if not 0 < admitted <= expense.charged:
        raise DomainError(_("Il riconosciuto è più di zero e non supera quanto è imputato."), field="admitted")
    return perform(EXPENSE, "accepted", expense, by=by, admitted=admitted)


@transaction.atomic
def reject_expense(*, expense: Expense, reason: str, by: Access) -> Expense:
    """The funder's no, with its reason: it is no longer among what was spent on the project. Money that left the pot stays as it left."""
    allow(by, P.CHECK_EXPENSES)
    return perform(EXPENSE, "rejected", expense, by=by, reason=reason, admitted=rules.ZERO)
