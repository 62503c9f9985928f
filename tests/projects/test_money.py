"""Whose money the ledger knows: instalments in, what the lead pays out of them, and nothing else (ADR 27)."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from impresasolidale.core.errors import DomainError, FourEyesRequired, ReasonRequired, TransitionNotAllowed
from impresasolidale.projects import selectors
from impresasolidale.projects.models import Project
from impresasolidale.projects.services import expenses, instalments
from impresasolidale.treasury import services as ledger
from impresasolidale.treasury.models import Entry, Pot
from tests.factories.fixtures import TODAY
from tests.factories.projects import check, lead_of, make_expense, make_running, receive

pytestmark = pytest.mark.django_db
D = Decimal


def pot(project):
    return selectors.projects.pot_figures(Project.objects.get(pk=project.pk))


def close_to(day, access, other):
    row = ledger.ask_closing(closed_to=day, by=access, today=TODAY)
    ledger.confirm_closing(closing=row, by=other)


def test_an_instalment_enters_the_project_s_pot_by_two_hands(access, other, project):
    row = instalments.expect_instalment(project=project, kind="advance", on=date(2026, 2, 1), amount=D(400), by=access)
    row = instalments.ask_instalment(instalment=row, on=date(2026, 1, 20), amount=D(400), by=access, today=TODAY)
    row = instalments.note_arrival(instalment=row, on=date(2026, 2, 3), amount=D("399.50"), by=access, today=TODAY)
    assert not Entry.objects.exists() and pot(project) is None
    with pytest.raises(FourEyesRequired):
        instalments.confirm_arrival(instalment=row, by=access)
    assert not Pot.objects.filter(use=Pot.Use.PROJECT).exists()  # nothing half done
    row = instalments.confirm_arrival(instalment=row, by=other)
    entry = Entry.objects.get()
    assert entry.words == "Progetto PROVA, rata 1 del contributo (anticipazione)" and entry.posted_on == date(2026, 2, 3)
    figures = pot(project)
    assert (figures.received, figures.paid, figures.free) == (D("399.50"), 0, D("399.50"))
    assert figures.pot.use == Pot.Use.PROJECT
    with pytest.raises(TransitionNotAllowed):
        instalments.confirm_arrival(instalment=row, by=other)


def test_the_database_keeps_two_people(access, other, project):
    row = instalments.expect_instalment(project=project, kind="advance", on=date(2026, 2, 1), amount=D(400), by=access)
    instalments.note_arrival(instalment=row, on=date(2026, 2, 3), amount=D(400), by=access, today=TODAY)
    with pytest.raises(IntegrityError, match="four_eyes"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE projects_instalment SET state = 'received', confirmed_by_id = recorded_by_id")


def test_instalments_stay_within_the_grant_and_are_sums(access, project):
    def expect(amount):
        return instalments.expect_instalment(project=project, kind="progress", on=TODAY, amount=D(amount), by=access)

    assert [expect(400).position, expect(200).position] == [1, 2]
    for wrong in ("0.01", "0", "-5"):
        with pytest.raises(DomainError) as refused:
            expect(wrong)
        assert refused.value.field == "amount"


def test_an_instalment_in_a_closed_month_is_refused_and_nothing_is_posted(access, other, project):
    row = instalments.expect_instalment(project=project, kind="advance", on=date(2026, 2, 1), amount=D(400), by=access)
    late = instalments.note_arrival(instalment=row, on=date(2026, 2, 3), amount=D(400), by=access, today=TODAY)
    close_to(date(2026, 2, 28), access, other)
    with pytest.raises(ledger.PeriodClosed), transaction.atomic():
        instalments.confirm_arrival(instalment=late, by=other)
    late.refresh_from_db()
    assert late.state == "arrived" and not Entry.objects.exists()
    late = instalments.take_back(instalment=late, reason="Giorno sbagliato", by=access, today=TODAY)
    with pytest.raises(ledger.PeriodClosed) as refused:
        instalments.note_arrival(instalment=late, on=date(2026, 2, 3), amount=D(400), by=access, today=TODAY)
    assert refused.value.field == "on"
    late = instalments.note_arrival(instalment=late, on=date(2026, 3, 1), amount=D(400), by=access, today=TODAY)
    instalments.confirm_arrival(instalment=late, by=other)
    assert pot(project).free == 400


def test_a_day_to_come_and_taking_back_without_a_reason(access, project):
    row = instalments.expect_instalment(project=project, kind="advance", on=TODAY, amount=D(400), by=access)
    for act in (instalments.ask_instalment, instalments.note_arrival):
        with pytest.raises(DomainError) as refused:
            act(instalment=row, on=date(2027, 1, 1), amount=D(400), by=access, today=TODAY)
        assert refused.value.field == "on"
    row = instalments.note_arrival(instalment=row, on=TODAY, amount=D(400), by=access, today=TODAY)
    with pytest.raises(ReasonRequired):
        instalments.take_back(instalment=row, reason=" ", by=access, today=TODAY)


def test_a_mistake_is_reversed_by_another_and_replaced(access, other, project):
    row = receive(access, other, project, 400)
    with pytest.raises(FourEyesRequired):
        instalments.reverse_instalment(instalment=row, reason="Importo sbagliato", by=other, today=TODAY)
    with pytest.raises(ReasonRequired):
        instalments.reverse_instalment(instalment=row, reason="", by=access, today=TODAY)
    instalments.reverse_instalment(instalment=row, reason="Importo sbagliato", by=access, today=TODAY)
    assert Entry.objects.count() == 2 and pot(project).free == 0
    receive(access, other, project, 600)  # a reversed one no longer counts towards the grant
    assert pot(project).free == 600


def test_what_the_lead_pays_from_the_pot_is_the_grant_s_share(access, other, project):
    """1,000 in two sources: 350 of the grant leave the pot, 650 are the lead's own and leave nothing."""
    receive(access, other, project, 600)
    row = make_expense(access, project, 1000, granted=350, from_pot=True, payee="Ada Prova", payee_kind="person")
    check(row, other)
    figures = pot(project)
    assert (figures.received, figures.paid, figures.committed, figures.free) == (600, 350, 0, 250)
    words = list(Entry.objects.order_by("id").values_list("words", flat=True))
    assert len(words) == 3 and not any("Ada" in each for each in words)  # never a person's name


def test_the_pot_never_goes_below_zero_and_nothing_is_half_done(access, other, project):
    receive(access, other, project, 100)
    row = make_expense(access, project, 101, from_pot=True)
    with pytest.raises(ledger.NotEnoughMoney), transaction.atomic():
        check(row, other)
    row.refresh_from_db()
    assert row.state == "draft" and row.note_document is None and pot(project).free == 100


@pytest.mark.parametrize(("more", "words"), [({"granted": 0}, "quota del contributo"), ({"paid_on": None}, "giorno")])
def test_what_from_the_pot_needs(access, other, project, more, words):
    receive(access, other, project, 600)
    row = make_expense(access, project, 100, from_pot=True, **more)
    with pytest.raises(DomainError, match=words), transaction.atomic():
        check(row, other)


def test_without_an_instalment_there_is_no_pot(access, other, project):
    with pytest.raises(DomainError, match="salvadanaio"), transaction.atomic():
        check(make_expense(access, project, 100, from_pot=True), other)


def test_a_reopened_expense_gives_its_money_back_and_is_paid_again(access, other, project):
    receive(access, other, project, 600)
    row = check(make_expense(access, project, 100, from_pot=True), other)
    with pytest.raises(DomainError, match="già nel registro"):
        expenses.prove(expense=row, paid_on=date(2026, 5, 21), proof_kind="transfer", file=None, by=access, today=TODAY)
    expenses.reopen_expense(expense=row, reason="Fattura sbagliata", by=other, today=TODAY)
    assert (pot(project).paid, pot(project).free) == (0, 600)
    check(row, other)
    assert (pot(project).paid, pot(project).free) == (100, 500)
    assert Entry.objects.count() == 7  # received; set aside and paid; both reversed; set aside and paid


def test_each_project_has_its_own_pot(access, other, project):
    second = make_running(access, code="P2", lead=lead_of(project).partner)
    receive(access, other, project, 600)
    receive(access, other, second, 500)
    assert (pot(project).free, pot(second).free) == (600, 500)


def test_no_other_pot_stands_behind_a_project(access, project):
    fund = ledger.open_pot(name="Fondo", use=Pot.Use.FUND, by=access)
    with pytest.raises(IntegrityError, match="may not stand behind"), transaction.atomic():
        Project.objects.filter(pk=project.pk).update(pot=fund)


def test_rights(access, project, user_of, sondrio, within):
    clerk = within(user_of("clerk", sondrio))
    with pytest.raises(PermissionDenied):
        instalments.expect_instalment(project=project, kind="advance", on=TODAY, amount=D(1), by=clerk)
