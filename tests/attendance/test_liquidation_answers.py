"""What comes back to a liquidation: orders, receipts, refusals, net sums; and the ways it pays by."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from impresasolidale.accounts.access import access_for
from impresasolidale.core.errors import DomainError
from impresasolidale.core.models import Todo
from impresasolidale.core.scope import scope
from impresasolidale.treasury.enums import CheckKind, ItemState, Payment, RunState
from impresasolidale.treasury.selectors import commitment_figures
from impresasolidale.treasury.services import answers
from placements.agreements.enums import TaxTreatment
from placements.attendance.enums import MonthState
from placements.beneficiaries.enums import PaymentKind
from placements.beneficiaries.models import PaymentWay
from tests.factories import liquidations as made
from tests.factories.attendance import system
from tests.factories.fixtures import TODAY
from tests.factories.liquidations import checks, free, items, sheet_states, state_of
from tests.support.ledger import posted_total

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(sondrio, pot):
    """Two people with a confirmed October of 400 and 250 euro."""
    placements = made.make_placements(sondrio, 2)
    return [made.make_month(placements[0], pot), made.make_month(placements[1], pot, amount="250")]


def answer(user, run, text, today=TODAY):
    by = access_for(user)
    with scope(by.scope):
        return answers.record_answers(run=run, text=text, by=by, today=today)


# --- What comes back


def test_a_refused_row_goes_back_and_is_sent_again(sondrio, body, pot, clerk, coordinator, accounting):
    (placement,) = made.make_placements(sondrio, 1)
    commitment = made.make_commitment(sondrio, pot, amount="1000", placement=placement)
    month = made.make_month(placement, pot)
    run = made.prepare(clerk, body)
    made.approve(coordinator, run)
    taken = answer(accounting, run, "1;respinto;881;12/11/2026;Conto chiuso")
    assert (taken.refused, taken.unread) == (1, [])
    (row,) = items(sondrio, run)
    assert (row.state, row.refusal) == (ItemState.REFUSED, "Conto chiuso")
    with scope(system(sondrio).scope):
        assert commitment_figures([commitment.pk])[commitment.pk].left == Decimal(1000)
        assert posted_total(run) == Decimal(0)
    assert sheet_states(sondrio) == [MonthState.FROZEN]
    second = made.prepare(clerk, body)
    (again,) = items(sondrio, second)
    assert (again.source_id, second.supplement) == (month.pk, 1)
    assert checks(sondrio, again)[CheckKind.SHEET] == (True, "Definitivo: il pagamento di prima è tornato indietro.")
    made.approve(coordinator, second)
    with scope(system(sondrio).scope):
        assert commitment_figures([commitment.pk])[commitment.pk].left == Decimal(600)


def test_refused_money_without_a_commitment_is_free_again(sondrio, body, pot, two, clerk, coordinator, accounting):
    run = made.prepare(clerk, body)
    made.approve(coordinator, run)
    answer(accounting, run, "1;respinto;;;Conto chiuso\n2;pagato;882;12/11/2026")
    assert free(sondrio, pot) == Decimal(10000) - items(sondrio, run)[1].amount
    assert state_of(sondrio, run) == RunState.SETTLED


def test_every_line_of_an_answer_is_told(sondrio, body, two, clerk, coordinator, accounting):
    run = made.prepare(clerk, body)
    made.approve(coordinator, run)
    text = "\n".join(
        [
            "Riferimento\tEsito\tMandato\tData\tNote",
            "2026/000001/1\tpagato\t881\t12/11/2026\tQ7",
            "1\tpagato\t881\t12/11/2026\tQ7",  # the same again
            "1\tpagato\t999\t12/11/2026\t",  # the same row, another order
            "2026/000009/2\tpagato\t882\t12/11/2026\t",  # another liquidation
            "77\tpagato\t882\t12/11/2026\t",
            "2\tforse\t882\t12/11/2026\t",
            "2\tpagato\t\t12/11/2026\t",
            "2\tpagato\t882\t31/02/2026\t",
            "2\trespinto\t882\t12/11/2026\t",
            "2\tpagato\t882\t12/12/2026\t",
        ]
    )
    taken = answer(accounting, run, text)
    assert (taken.paid, taken.known) == (1, 1)
    assert [(u.line, u.words.split(":")[0][:38]) for u in taken.unread] == [
        (4, "La riga 1 c'è due volte con risposte d"),
        (5, "Il riferimento «2026/000009/2» non è d"),
        (6, "Il riferimento «77» non è di questa li"),
        (7, "L'esito «forse» non si capisce"),
        (8, "Manca il numero del mandato."),
        (9, "La data «31/02/2026» non si capisce"),
        (10, "Manca il motivo del rifiuto, nell'ulti"),
        (11, "La data del mandato è nel futuro."),
    ]
    again = answer(accounting, run, "1\tpagato\t881\t12/11/2026\tQ7")
    assert (again.paid, again.known, again.unread) == (0, 1, [])
    other = answer(accounting, run, "1\trespinto\t881\t12/11/2026\tConto chiuso")
    assert other.refused == 0 and "risulta già «pagata»" in other.unread[0].words
    assert state_of(sondrio, run) == RunState.APPROVED


def test_answers_are_for_accounting_and_for_what_is_approved(sondrio, body, two, clerk, coordinator, accounting):
    run = made.prepare(clerk, body)
    with pytest.raises(DomainError, match="non è ancora approvata"):
        answer(accounting, run, "1;pagato;1;12/11/2026")
    made.approve(coordinator, run)
    with pytest.raises(PermissionDenied):
        answer(coordinator, run, "1;pagato;1;12/11/2026")
    with pytest.raises(DomainError, match="nessuna riga"):
        answer(accounting, run, " \n")


# --- Ways, taxes


@pytest.mark.parametrize(
    ("kind", "payment"),
    [
        (PaymentKind.OWN_IBAN, Payment.TRANSFER),
        (PaymentKind.CASH, Payment.CASH),
        (PaymentKind.SUPPLIER, Payment.SUPPLIER),
    ],
)
def test_each_way_has_its_kind_of_payment(sondrio, body, pot, clerk, kind, payment):
    (placement,) = made.make_placements(sondrio, 1)
    with scope(system(sondrio).scope):
        PaymentWay.objects.all().update(withdrawn_at=timezone.now(), withdrawn_reason="x")
    made.make_way(placement.beneficiary, kind=kind)
    made.make_month(placement, pot)
    (row,) = items(sondrio, made.prepare(clerk, body))
    assert (row.payment, bool(row.iban)) == (payment, kind != PaymentKind.CASH)


def test_a_taxed_row_goes_gross_to_the_payroll_office_and_its_net_comes_back(sondrio, body, pot, clerk, coordinator, accounting):
    (placement,) = made.make_placements(sondrio, 1)
    made.make_month(placement, pot, tax_treatment=TaxTreatment.TAXED)
    run = made.prepare(clerk, body)
    (row,) = items(sondrio, run)
    assert (row.payment, row.is_taxed, row.net) == (Payment.PAYROLL, True, None)
    made.approve(coordinator, run)
    by = access_for(accounting)
    with scope(by.scope):
        wrong = answers.record_nets(run=run, text="1;400,01\n2;10\n1;x", by=by)
        assert [u.line for u in wrong.unread] == [1, 2, 3] and wrong.paid == 0
        assert answers.record_nets(run=run, text="rif;netto\n2026/000001/1;312,40", by=by).paid == 1
        assert answers.record_nets(run=run, text="1;312,40", by=by).known == 1
        assert answers.record_nets(run=run, text="1;312,41", by=by).unread
    (row,) = items(sondrio, run)
    assert (row.amount, row.net) == (Decimal("400.00"), Decimal("312.40"))


def test_a_missing_way_is_asked_of_who_follows_the_person(sondrio, body, pot, two, clerk):
    with scope(system(sondrio).scope):
        PaymentWay.objects.filter(beneficiary=two[0].placement.beneficiary).update(valid_to=TODAY - timedelta(days=1))
    made.prepare(clerk, body)
    with scope(system(sondrio).scope):
        todo = Todo.objects.get(kind="beneficiaries.payment_way", done_at=None)
    assert todo.subject_id == two[0].placement.beneficiary_id and todo.case_role == "referent"
