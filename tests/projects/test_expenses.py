"""Expenses: bad input, shares, four eyes, the block of rule 74, the funder's answer, the note of the share."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction

from impresasolidale.core.errors import Conflict, DomainError, FourEyesRequired, ReasonRequired, TransitionNotAllowed
from impresasolidale.core.rendering import render_document
from impresasolidale.projects import rules, selectors
from impresasolidale.projects.enums import FileKind, ProjectRole
from impresasolidale.projects.models import Expense, ExpenseShare
from impresasolidale.projects.services import expenses, partners
from impresasolidale.territory.selectors import common_rules
from impresasolidale.treasury.models import Entry
from tests.factories.fixtures import TODAY
from tests.factories.projects import (
    check,
    cofinancing,
    grant,
    invoice_xml,
    item,
    join,
    lead_of,
    make_expense,
    make_partner,
    make_running,
    pdf,
    prove,
    report,
    values,
)

pytestmark = pytest.mark.django_db
D = Decimal


def record(access, project, shares, *, by_percent=False, **more):
    return expenses.record_expense(
        project=project, participation=lead_of(project), item=item(project, "A07"), values=values(**more), shares=shares, by=access,
        today=TODAY, by_percent=by_percent,
    )  # fmt: skip


def edit(expense, access, amount, *, seen=None, **more):
    project = expense.project
    return expenses.edit_expense(
        expense=expense, participation=lead_of(project), item=item(project, "A07"), values=values(amount, **more),
        shares=[(cofinancing(project), D(amount))], seen=seen or expense.row_version, by=access, today=TODAY,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"document_on": date(2025, 12, 31)}, "document_on"),
        ({"document_on": date(2027, 1, 1)}, "document_on"),
        ({"document_on": date(2026, 11, 30)}, "document_on"),  # inside, but still to come
        ({"paid_on": date(2026, 12, 1)}, "paid_on"),
        ({"net": D(100), "vat": D(21)}, "amount"),
        ({"net": D(-1), "vat": D(123)}, "amount"),
        ({"charged": D("122.01")}, "charged"),
        ({"charged": D(0)}, "charged"),
        ({"payee_tax_code": "01234567890"}, "payee_tax_code"),
    ],
)
def test_bad_input_is_said_beside_its_field_and_nothing_is_written(access, project, more, field):
    with pytest.raises(DomainError) as refused:
        record(access, project, [(cofinancing(project), D(122))], **more)
    assert refused.value.field == field
    assert not Expense.objects.exists()


@pytest.mark.parametrize("parts", [(D("121.99"),), (D(100), D("22.01")), ()])
def test_shares_that_do_not_add_up_are_refused(access, project, parts):
    sources = (cofinancing(project), grant(project))
    with transaction.atomic(), pytest.raises(DomainError, match="122,00"):
        record(access, project, list(zip(sources, parts, strict=False)))


def test_percents_make_cents_by_largest_remainder(access, project):
    """122.01 by 60.63 and 39.37 are 73.974663 and 48.035337: 73.97 and 48.03, the cent left to the larger remainder, the second."""
    row = record(
        access, project, [(cofinancing(project), D("60.63")), (grant(project), D("39.37"))], by_percent=True, amount=D("122.01")
    )  # fmt: skip
    assert sorted(share.amount for share in selectors.shares_of(row)) == [D("48.04"), D("73.97")]
    with pytest.raises(DomainError, match="100"):
        record(access, project, [(cofinancing(project), D(99))], by_percent=True, document_number="2")


def test_a_document_comes_in_once_in_the_whole_network(access, project):
    first = make_expense(access, project, document_number="9")
    second = make_running(access, code="ALTRO", lead=lead_of(project).partner)
    for other_project in (project, second):
        with pytest.raises(DomainError, match=first.number) as refused:
            make_expense(access, other_project, document_number="9", payee="  STUDIO grafico prova SRL ")
        assert refused.value.field == "document_number"
    with pytest.raises(IntegrityError, match="document_once"), transaction.atomic():
        copy = Expense.objects.get(pk=first.pk)
        copy.pk, copy.number, copy.public_id = None, "2026/999999", "00000000-0000-4000-8000-000000000009"
        copy._state.adding = True
        copy.save()
    expenses.withdraw_expense(expense=first, reason="Progetto sbagliato", by=access)
    make_expense(access, second, document_number="9")  # the first counts no more


def test_numbers_follow_one_another(access, project):
    numbers = [make_expense(access, project, document_number=str(n)).number for n in range(3)]
    assert numbers == ["2026/000001", "2026/000002", "2026/000003"]


def test_whoever_wrote_it_does_not_check_it(access, other, project):
    row = make_expense(access, project)
    with pytest.raises(FourEyesRequired):
        check(row, access)
    edit(row, other, 130)  # now the other wrote it, and the first did too
    for by in (access, other):
        with pytest.raises(FourEyesRequired):
            check(row, by)


def test_the_database_keeps_four_eyes_and_the_shares(access, other, project):
    row = make_expense(access, project)
    with connection.cursor() as cursor:
        with pytest.raises(IntegrityError, match="four_eyes"), transaction.atomic():
            cursor.execute("UPDATE projects_expense SET state = 'checked', checked_by_id = recorded_by_id, checked_on = '2026-05-05'")
        with transaction.atomic():
            cursor.execute("UPDATE projects_expenseshare SET amount = amount - 1")
            with pytest.raises(IntegrityError, match="not what is charged"), transaction.atomic():
                cursor.execute(
                    "UPDATE projects_expense SET state = 'checked', checked_by_id = %s, checked_on = '2026-05-05'", [other.actor_id]
                )
            cursor.execute("UPDATE projects_expenseshare SET amount = amount + 1")
    check(row, other)
    for change in (
        "UPDATE projects_expense SET charged = 1",
        "UPDATE projects_expense SET payee = 'x'",
        "UPDATE projects_expenseshare SET amount = 1",
        "DELETE FROM projects_expenseshare",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)


def test_it_changes_until_it_is_checked_and_by_who_saw_it(access, other, project):
    row = make_expense(access, project)
    assert edit(row, access, 140).row_version == 2
    with pytest.raises(Conflict):
        edit(row, access, 150, seen=1)
    row.refresh_from_db()
    with pytest.raises(Conflict):
        expenses.check_expense(expense=row, seen=1, by=other, today=TODAY)
    check(row, other)
    with pytest.raises(DomainError, match="riaprila"):
        edit(Expense.objects.get(pk=row.pk), access, 150)
    assert ExpenseShare.objects.get(expense=row).amount == 140


def test_rule_74_nothing_is_reported_while_a_block_is_open(access, other, project):
    row = check(make_expense(access, project, proof_kind="", paid_on=None), other)
    with pytest.raises(DomainError) as refused:
        report(row, other)
    said = str(refused.value)
    assert "documento di spesa" in said and "data del pagamento" in said and "prova di pagamento" in said
    expenses.add_file(expense=row, kind=FileKind.DOCUMENT, file=pdf(), words="", by=access)
    expenses.prove(expense=row, paid_on=date(2026, 5, 20), proof_kind="order", file=pdf(), by=access, today=TODAY)
    with pytest.raises(DomainError, match="ordine di bonifico"):
        report(row, other)
    expenses.prove(expense=row, paid_on=date(2026, 5, 20), proof_kind="transfer", file=None, by=access, today=TODAY)
    assert report(row, other).state == "reported"
    with pytest.raises(DomainError, match="rendicontata"):
        expenses.prove(expense=row, paid_on=date(2026, 5, 21), proof_kind="transfer", file=None, by=access, today=TODAY)
    with pytest.raises(DomainError, match="rendicontata"):
        expenses.add_file(expense=row, kind=FileKind.QUOTE, file=pdf(), words="", by=access)


def test_a_payment_outside_the_project_blocks_the_report(access, other):
    project = make_running(access, ends_on=date(2026, 6, 30), report_due_on=date(2026, 12, 31))
    row = check(make_expense(access, project, paid_on=date(2026, 7, 1)), other)
    prove(access, row)
    with pytest.raises(DomainError, match="fuori dal progetto"):
        report(row, other)


def test_rule_75_warns_and_lets_pass(access, other, project):
    union = join(access, project, make_partner(access, "Unione di prova", "trade", tax_code="01533030480"), ProjectRole.PARTNER)
    row = expenses.record_expense(
        project=project, participation=union, item=item(project, "A07"), values=values(), shares=[(grant(project), D(122))], by=access,
        today=TODAY,
    )  # fmt: skip
    prove(access, row)
    book = common_rules(project.network_id, TODAY)
    found = [f for f in rules.expense_findings(selectors.facts_of(row), book.severities) if not f.passed]
    assert [(f.rule, f.warns) for f in found] == [(75, True)]
    assert report(check(row, other), other).state == "reported"
    paid = make_expense(access, project, payee_tax_code="01533030480", document_number="2")
    assert not all(f.passed for f in rules.expense_findings(selectors.facts_of(paid), book.severities) if f.rule == 75)


def test_the_funder_admits_all_a_part_or_nothing(access, other, project):
    rows = [check(make_expense(access, project, 100, document_number=str(n), granted=50), other) for n in range(3)]
    for row in rows:
        prove(access, row)
        report(row, other)
    for wrong in (D(0), D("100.01")):
        with pytest.raises(DomainError) as refused:
            expenses.accept_expense(expense=rows[0], admitted=wrong, by=other)
        assert refused.value.field == "admitted"
    expenses.accept_expense(expense=rows[0], admitted=D(100), by=other)
    expenses.accept_expense(expense=rows[1], admitted=D("60.50"), by=other)
    with pytest.raises(ReasonRequired):
        expenses.reject_expense(expense=rows[2], reason=" ", by=other)
    expenses.reject_expense(expense=rows[2], reason="Fuori tema", by=other)
    matrix = selectors.matrix_of(project)
    assert (matrix.total.spent, matrix.total.proved, matrix.granted.spent) == (200, 200, 100)  # the third counts no more
    with pytest.raises(TransitionNotAllowed):
        expenses.return_expense(expense=rows[0], reason="x", by=other)


def test_spent_and_proved_are_two_things(access, other, project):
    """Drafts count for nothing; checked counts as spent; with an accepted kind, its day and its file it is proved."""
    row = make_expense(access, project, 100)
    assert selectors.matrix_of(project).total.spent == 0
    check(row, other)
    total = selectors.matrix_of(project).total
    assert (total.planned, total.spent, total.proved, total.variance) == (1600, 100, 0, 1500)
    expenses.add_file(expense=row, kind=FileKind.PROOF, file=pdf(), words="", by=access)
    assert selectors.matrix_of(project).total.proved == 100
    assert selectors.matrix_of(project, until=date(2026, 5, 3)).total.spent == 0


def test_the_note_of_the_share_is_issued_at_the_check_and_again_after_a_correction(access, other, project):
    row = check(make_expense(access, project, granted=22), other)
    note = row.note_document
    assert note.kind == "projects.share_note" and note.context["shares"] == [
        ["Fondazione di prova", "22,00\xa0€"],
        ["Cofinanziamento dei partner", "100,00\xa0€"],
    ]
    render_document(note.pk)
    note.refresh_from_db()
    assert note.pages == 1
    expenses.reopen_expense(expense=row, reason="Quota sbagliata", by=other, today=TODAY)
    again = check(row, other).note_document
    assert again.supersedes_id == note.pk


def test_money_of_partners_never_touches_the_ledger(access, other, project):
    row = check(make_expense(access, project), other)
    prove(access, row)
    report(row, other)
    assert not Entry.objects.exists()


def test_an_electronic_invoice_belongs_to_who_read_it_until_it_is_an_expense(access, other, project):
    kept = expenses.read_invoice(project=project, file=SimpleUploadedFile("IT01.xml", invoice_xml()), by=access)
    assert selectors.expenses.read_file(access, project, kept.public_id) == kept
    row = record(access, project, [(cofinancing(project), D(122))])
    expenses._attach(kept, row)
    assert [f.kind for f in selectors.files_of(row)] == ["invoice_xml"] and selectors.facts_of(row).has_document
    with pytest.raises(DomainError, match="non si legge"):
        expenses.read_invoice(project=project, file=SimpleUploadedFile("x.xml", b"<a"), by=access)
    with pytest.raises(IntegrityError, match="is kept"), transaction.atomic():
        expenses._attach(kept, make_expense(access, project, document_number="3"))


def test_rights(access, worker, within, project):
    row = make_expense(access, project)
    by = within(worker)
    for act in (
        lambda: make_expense(by, project, document_number="2"),
        lambda: check(row, by),
        lambda: expenses.withdraw_expense(expense=row, reason="x", by=by),
        lambda: partners.add_comuni(since=TODAY, act="x", by=by),
    ):
        with pytest.raises(PermissionDenied):
            act()
