"""What a confirmed month gives, through the services and the database: stored once, replaced, given back, frozen, adjusted."""

from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.test.utils import CaptureQueriesContext

from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import Conflict, DomainError, ReasonRequired
from impresasolidale.core.scope import scope
from impresasolidale.territory.models import Body
from impresasolidale.territory.selectors import lead_body
from impresasolidale.treasury.models import Budget, Pot
from placements.agreements.enums import AllowanceModel, ProjectKind, TaxTreatment
from placements.agreements.models import FundingShare, PersonalProject, Suspension, WeekDay
from placements.attendance import services
from placements.attendance.models import Adjustment, AllowanceShare, MonthAllowance, Timesheet
from placements.attendance.services import allowances
from placements.attendance.services.allowances import TurnedOut
from tests.factories import attendance as made
from tests.factories.fixtures import make_user
from tests.support.queries import clone

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
NOW = datetime(2026, 11, 3, 10, tzinfo=ZoneInfo("Europe/Rome"))
D = Decimal


def agree(placement, model=AllowanceModel.MONTHLY_THRESHOLD, amount=400, **values):
    """What the placement's project says about money."""
    PersonalProject.objects.filter(placement=placement).update(allowance_model=model, allowance_amount=amount, **values)
    return placement


def settle(placement, month=OCTOBER, *, present=None, state="confirmed", credited=None):
    """A month of which the first `present` planned days were days of presence, brought to a state as the services would."""
    sheet = Timesheet.objects.get(placement=placement, month=month)
    days = list(placement.planned.filter(day__year=month.year, day__month=month.month).order_by("day").values_list("day", flat=True))
    for n, day in enumerate(days):
        made.record(placement, day, "present" if present is None or n < present else "justified", today=date(2027, 3, 31))
    sheet.refresh_from_db()
    values = {"state": state} | ({"credited_minutes": credited} if credited is not None else {})
    office = made.system(placement.ambito)
    for step in ("closed", "confirmed"):
        stamps = {"closed_at": NOW} if step == "closed" else {"confirmed_at": NOW}
        Timesheet.objects.filter(pk=sheet.pk).update(state=step, **stamps)
        if step == values["state"]:
            break
    if values["state"] != "closed":
        allowances.compute_month(sheets=[sheet.pk], by=office, now=NOW)
    if values["state"] == "frozen":
        services.freeze_sheets(sheets=[sheet.pk], by=office, now=NOW)
    sheet.refresh_from_db()
    return sheet


def given(sheet):
    return MonthAllowance.objects.get(timesheet=sheet)


def amounts(sheet):
    return [row["amount"] for row in given(sheet).rows]


@pytest.fixture
def budget(sondrio, in_sondrio):
    pot = Pot.objects.create(network_id=sondrio.network_id, name="Capitolo 1204 del 2026", use=Pot.Use.BUDGET)
    Budget.objects.create(ambito=sondrio, body=lead_body(sondrio), pot=pot, year=2026, chapter="1204")
    return pot


def test_a_month_is_worked_out_when_the_office_confirms_it(bakery, in_sondrio, sondrio):
    agree(bakery.placement)
    sheet = settle(bakery.placement, state="closed")
    worker = access_for(make_user(Role.SOCIAL_WORKER, sondrio))
    with scope(worker.scope):
        services.confirm_month(sheet=sheet, by=worker, today=date(2026, 11, 3))
        row = given(sheet)
    # October: 17 planned days of 4 hours, all there
    assert [(r["code"], r["quantity"], r["unit"], r["rate"], r["amount"]) for r in row.rows] == [
        ("monthly", "1", "mese", "400.00", "400.00")
    ]
    assert row.rows[0]["words"] == "Contributo di ottobre 2026: 400 euro al mese, per intero: 100 % delle ore previste, soglia 80 %"
    assert (row.amount, row.payer, row.rulebook_id) == (D("400.00"), lead_body(sondrio), bakery.placement.rulebook_id)


def test_reopening_takes_the_sum_back(bakery, in_sondrio, sondrio):
    agree(bakery.placement)
    sheet = settle(bakery.placement)
    worker = access_for(make_user(Role.SOCIAL_WORKER, sondrio))
    with scope(worker.scope):
        services.reopen_month(sheet=sheet, reason="Un giorno sbagliato", by=worker)
    assert not MonthAllowance.objects.exists()
    assert not AllowanceShare.objects.exists()


def test_below_the_threshold_in_proportion(bakery, in_sondrio):
    # 10 of 17 days: 2,400 of 4,080 minutes, 58 %: 400 × 2,400 ÷ 4,080 = 235.2941… → 235.29
    sheet = settle(agree(bakery.placement), present=10)
    assert amounts(sheet) == ["235.29"]


def test_a_suspension_in_the_month_counts_by_its_planned_minutes(bakery, in_sondrio, sondrio):
    placement = agree(bakery.placement, AllowanceModel.MONTHLY)
    Suspension.objects.create(
        ambito=sondrio, placement=placement, starts_on=date(2026, 10, 12), ends_on=date(2026, 10, 18), cause="illness"
    )
    services.resync_planned(placement=placement, by=in_sondrio, today=date(2026, 10, 12), since=date(2026, 10, 12))
    # 12–15 are lost: 13 of 17 days: 400 × 3,120 ÷ 4,080 = 305.8823… → 305.88
    assert amounts(settle(placement)) == ["305.88"]


def test_a_placement_that_begins_on_the_19th(sondrio, in_sondrio, bakery):
    placement = made.make_running_placement(sondrio, bakery.tutor, bakery.company, number=5, starts_on=date(2026, 10, 19))
    agree(placement, AllowanceModel.MONTHLY)
    # 19–22 and 26–29: 8 of the 17 days of the month: 400 × 1,920 ÷ 4,080 = 188.24
    sheet = settle(placement)
    assert amounts(sheet) == ["188.24"]
    assert "dal 19 al 31: 400 euro al mese, per 32 ore delle 68 ore del mese" in given(sheet).rows[0]["words"]


def two_versions(placement, by, *, first_payer=None, after=(500, 360)):
    """From 1 to 18 October 400 euro for four hours a day, from the 19th `after`, 500 for six; the last one."""
    first = PersonalProject.objects.get(placement=placement)
    first.delete()
    for version, state, since, amount, minutes in ((1, "superseded", 1, 400, 240), (2, "effective", 19, *after)):
        project = PersonalProject.objects.create(
            ambito=placement.ambito,
            placement=placement,
            version=version,
            kind=ProjectKind.INITIAL if version == 1 else ProjectKind.AMENDMENT,
            reason="Più ore",
            effective_from=date(2026, 10, since),
            ends_on=placement.ends_on,
            tasks=first.tasks,
            weekly_minutes=minutes * 4,
            allowance_model=AllowanceModel.MONTHLY,
            allowance_amount=amount,
            payer=(version == 1 and first_payer) or first.payer,
            state=state,
            document=_paper(placement),
        )
        WeekDay.objects.bulk_create(
            WeekDay(ambito=placement.ambito, project=project, weekday=n, starts_at=time(9), minutes=minutes) for n in range(4)
        )
    services.resync_planned(placement=placement, by=by, today=date(2026, 10, 19), since=date(2026, 10, 19))
    return project


def test_a_version_that_begins_inside_the_month(in_sondrio, bakery):
    project = two_versions(bakery.placement, in_sondrio)
    # 1–18: 9 days × 240 = 2,160; 19–31: 8 days × 360 = 2,880; whole 5,040
    # 400 × 2,160 ÷ 5,040 = 171.4285… → 171.43; 500 × 2,880 ÷ 5,040 = 285.7142… → 285.71
    sheet = settle(bakery.placement)
    assert amounts(sheet) == ["171.43", "285.71"]
    assert given(sheet).project == project


def test_a_version_on_the_same_terms_leaves_the_month_whole(in_sondrio, bakery):
    project = two_versions(bakery.placement, in_sondrio, after=(400, 240))
    sheet = settle(bakery.placement)
    assert amounts(sheet) == ["400.00"]
    assert given(sheet).rows[0]["words"] == "Contributo di ottobre 2026: 400 euro al mese"
    assert given(sheet).project == project


def test_each_version_is_paid_by_its_own_payers_only_budget(sondrio, in_sondrio, bakery, budget):
    lead = lead_body(sondrio)
    other = Body.objects.create(name="Comunità montana", kind=lead.kind, network_id=sondrio.network_id, ambito=sondrio)
    pot = Pot.objects.create(network_id=sondrio.network_id, name="Capitolo 9 della comunità", use=Pot.Use.BUDGET)
    Budget.objects.create(ambito=sondrio, body=other, pot=pot, year=2026, chapter="9")
    two_versions(bakery.placement, in_sondrio, first_payer=other)
    sheet = settle(bakery.placement)
    shares = AllowanceShare.objects.filter(allowance=given(sheet)).order_by("position").values_list("pot", "amount")
    assert list(shares) == [(pot.pk, D("171.43")), (budget.pk, D("285.71"))]


def _paper(placement):
    from impresasolidale.core.documents import issue

    return issue(
        kind="agreements.personal_project",
        kind_label="Progetto",
        template="agreements/pdf/personal_project_v1.html",
        subject=placement,
        context={},
        today=date(2026, 10, 1),
        by=made.system(placement.ambito),
        ambito_id=placement.ambito_id,
    )


def test_without_sources_the_payers_only_budget_of_the_year_pays(bakery, budget):
    sheet = settle(agree(bakery.placement))
    assert [(s.pot, s.amount) for s in AllowanceShare.objects.filter(allowance=given(sheet))] == [(budget, D("400.00"))]


def test_with_two_budget_lines_nobody_guesses(bakery, budget, sondrio):
    other = Pot.objects.create(network_id=sondrio.network_id, name="Capitolo 1210 del 2026", use=Pot.Use.BUDGET)
    Budget.objects.create(ambito=sondrio, body=lead_body(sondrio), pot=other, year=2026, chapter="1210")
    assert not AllowanceShare.objects.filter(allowance=given(settle(agree(bakery.placement)))).exists()


def test_shares_of_the_project_in_its_order(bakery, budget, sondrio, in_sondrio):
    grant = Pot.objects.create(network_id=sondrio.network_id, name="Cariplo", use=Pot.Use.GRANT)
    project = PersonalProject.objects.get(placement=bakery.placement)
    FundingShare.objects.create(ambito=sondrio, project=project, position=1, pot=grant, weight=1)
    FundingShare.objects.create(ambito=sondrio, project=project, position=2, pot=budget, weight=2)
    sheet = settle(agree(bakery.placement, amount=100))
    # 33.33… and 66.66…: 33.33 and 66.66, the cent to the larger remainder
    assert list(AllowanceShare.objects.filter(allowance=given(sheet)).order_by("position").values_list("pot", "amount")) == [
        (grant.pk, D("33.33")),
        (budget.pk, D("66.67")),
    ]


def test_a_second_run_replaces_and_adds_nothing(bakery, budget):
    sheet = settle(agree(bakery.placement))
    before = given(sheet).pk
    agree(bakery.placement, amount=300)
    assert allowances.compute_month(sheets=[sheet.pk], by=made.system(bakery.placement.ambito), now=NOW) == 1
    row = given(sheet)
    assert (row.pk, row.amount) == (before, D("300.00"))
    assert [s.amount for s in row.shares.all()] == [D("300.00")]


def test_months_that_are_not_confirmed_or_are_frozen_are_left_alone(bakery, in_sondrio):
    sheet = settle(agree(bakery.placement), state="closed")
    assert allowances.compute_month(sheets=[sheet.pk], by=in_sondrio, now=NOW) == 0
    Timesheet.objects.filter(pk=sheet.pk).update(state="confirmed", confirmed_at=NOW)
    allowances.compute_month(sheets=[sheet.pk], by=in_sondrio, now=NOW)
    services.freeze_sheets(sheets=[sheet.pk], by=in_sondrio, now=NOW)
    agree(bakery.placement, amount=300)
    assert allowances.compute_month(sheets=[sheet.pk], by=in_sondrio, now=NOW) == 0
    assert given(sheet).amount == D("400.00")


@pytest.mark.parametrize("change", ['amount = 1, rows = \'[{"amount": "1"}]\'', "tax_treatment = 'taxed'", "carried = 3"])
def test_the_database_keeps_a_frozen_months_sum(bakery, in_sondrio, change):
    sheet = settle(agree(bakery.placement), state="frozen")
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE attendance_monthallowance SET {change} WHERE timesheet_id = %s", [sheet.pk])


def test_the_database_refuses_a_sum_that_is_not_its_rows(bakery, in_sondrio):
    sheet = settle(agree(bakery.placement))
    with pytest.raises(IntegrityError, match="attendance_allowance_sum"), transaction.atomic():
        MonthAllowance.objects.filter(timesheet=sheet).update(amount=D("401"))


def test_queries_are_the_same_for_one_month_and_for_fifty(sondrio, in_sondrio, bakery, budget):
    """Part months, which are read day by day: the dearest ones."""
    placement = made.make_running_placement(sondrio, bakery.tutor, bakery.company, number=2, starts_on=date(2026, 10, 12))
    sheet = settle(agree(placement), present=10)
    project = PersonalProject.objects.get(placement=placement).pk
    own, another = f"placement_id = {placement.pk}", {"placement_id": "1000000 + n"}
    with connection.cursor() as cursor:
        for table, condition, expressions in (
            ("beneficiaries_beneficiary", f"id = {placement.beneficiary_id}", {"codice_fiscale_hash": "md5(n::text)"}),
            ("agreements_placement", f"id = {placement.pk}", {"beneficiary_id": "1000000 + n"}),
            ("agreements_personalproject", own, another),
            ("agreements_weekday", f"project_id = {project}", {"project_id": "1000000 + n"}),
            ("attendance_timesheet", f"id = {sheet.pk}", another),
        ):
            cursor.execute(f"SELECT to_jsonb(t)::text FROM {table} t WHERE {condition} ORDER BY id LIMIT 1")
            clone(cursor.execute, table, cursor.fetchone()[0], 49, **expressions)
    many = list(Timesheet.objects.filter(month=OCTOBER, state="confirmed").values_list("pk", flat=True))
    assert len(many) == 50

    def count(some):
        with CaptureQueriesContext(connection) as queries:
            assert allowances.compute_month(sheets=some, by=in_sondrio, now=NOW) == len(some)
        return len(queries)

    assert count([sheet.pk]) == count(many) <= 20


# --- What turns out later


@pytest.fixture
def adjuster(sondrio):
    return access_for(make_user(Role.COORDINATOR, sondrio))


def test_a_day_found_later_is_counted_in_the_next_month(bakery, in_sondrio, adjuster):
    # October: 10 of 17 days, 235.29. The 29th was a presence after all: 11 of 17: 400 × 2,640 ÷ 4,080 = 258.8235… → 258.82: 23.53 more
    sheet = settle(agree(bakery.placement), present=10, state="frozen")
    with scope(adjuster.scope):
        row = allowances.record_adjustment(
            sheet=sheet, reason="Foglio ritrovato", days=[TurnedOut(day=date(2026, 10, 29), outcome="present")], by=adjuster
        )
    assert (row.amount, row.words) == (D("23.53"), "Conguaglio di ottobre 2026: il 29 presente per 4:00 ore")
    november = settle(bakery.placement, NOVEMBER)
    assert amounts(november) == ["400.00", "23.53"]
    row.refresh_from_db()
    assert row.taken_in == given(november)
    assert given(sheet).amount == D("235.29")


def test_a_second_find_counts_on_the_first(bakery, in_sondrio, adjuster):
    sheet = settle(agree(bakery.placement), present=10, state="frozen")
    with scope(adjuster.scope):
        for day in (28, 29):
            allowances.record_adjustment(
                sheet=sheet, reason="Foglio ritrovato", days=[TurnedOut(day=date(2026, 10, day), outcome="present")], by=adjuster
            )
    # 12 of 17 days: 400 × 2,880 ÷ 4,080 = 282.3529… → 282.35; 282.35 − 235.29 = 47.06 in all
    assert sum(Adjustment.objects.values_list("amount", flat=True)) == D("47.06")


def test_what_was_found_about_a_month_does_not_enter_an_earlier_one_confirmed_late(bakery, in_sondrio, adjuster):
    placement = agree(bakery.placement, AllowanceModel.MONTHLY, 100)
    november = settle(placement, NOVEMBER, state="frozen")
    with scope(adjuster.scope):
        allowances.record_adjustment(sheet=november, reason="Biglietti del pullman", amount=D("10"), by=adjuster)
    assert amounts(settle(placement)) == ["100.00"]
    assert amounts(settle(placement, date(2026, 12, 1))) == ["100.00", "10.00"]


def test_a_sum_below_zero_is_carried_on_until_it_is_taken_off(bakery, in_sondrio, adjuster):
    placement = agree(bakery.placement, AllowanceModel.MONTHLY, 100)
    sheet = settle(placement, state="frozen")
    with scope(adjuster.scope):
        allowances.record_adjustment(sheet=sheet, reason="Pagato due volte", amount=D("-130"), by=adjuster)
    november = settle(placement, NOVEMBER, state="frozen")
    assert (amounts(november), given(november).amount) == (["100.00", "-130.00", "30.00"], D("0.00"))
    december = settle(placement, date(2026, 12, 1))
    assert amounts(december) == ["100.00", "-30.00"]
    assert given(november).carried_in == given(december)


def test_a_month_whose_rest_was_taken_off_later_is_not_given_back(bakery, in_sondrio, adjuster):
    placement = agree(bakery.placement, AllowanceModel.MONTHLY, 100)
    sheet = settle(placement, state="frozen")
    with scope(adjuster.scope):
        allowances.record_adjustment(sheet=sheet, reason="Pagato due volte", amount=D("-130"), by=adjuster)
    november = settle(placement, NOVEMBER)
    december = settle(placement, date(2026, 12, 1))
    with pytest.raises(Conflict, match="prima riapri"):
        allowances.forget_month(sheet=november)
    allowances.forget_month(sheet=december)
    allowances.forget_month(sheet=november)
    assert Adjustment.objects.get().taken_in is None


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"amount": D(0)}, "diversa da zero"),
        ({}, "almeno un giorno"),
        ({"days": [TurnedOut(day=date(2026, 11, 3), outcome="present")]}, "non è di ottobre"),
        ({"days": [TurnedOut(day=date(2026, 10, 1), outcome="present")]}, "È già scritto così"),
        ({"days": [TurnedOut(day=date(2026, 10, 3), outcome="present")]}, "non era previsto"),
        ({"days": [TurnedOut(day=date(2026, 10, 1), outcome="sick", minutes=60)]}, "non ha ore"),
    ],
)
def test_refusals(bakery, in_sondrio, adjuster, values, words):
    sheet = settle(agree(bakery.placement), state="frozen")
    with scope(adjuster.scope), pytest.raises(DomainError, match=words):
        allowances.record_adjustment(sheet=sheet, reason="Prova", by=adjuster, **values)
    assert not Adjustment.objects.exists()


def test_no_adjustment_without_a_reason_or_of_a_month_that_can_still_be_opened(bakery, in_sondrio, adjuster):
    sheet = settle(agree(bakery.placement))
    with scope(adjuster.scope):
        with pytest.raises(ReasonRequired):
            allowances.record_adjustment(sheet=sheet, reason=" ", amount=D(1), by=adjuster)
        with pytest.raises(DomainError, match="riaprilo"):
            allowances.record_adjustment(sheet=sheet, reason="Prova", amount=D(1), by=adjuster)


def test_the_net_of_a_taxed_sum_comes_back_from_the_payroll_office(bakery, in_sondrio, sondrio):
    sheet = settle(agree(bakery.placement, tax_treatment=TaxTreatment.TAXED), state="frozen")
    accounting = access_for(make_user(Role.ACCOUNTING, sondrio))
    with scope(accounting.scope):
        with pytest.raises(DomainError, match="da zero al lordo"):
            allowances.record_net(allowance=given(sheet), net=D("400.01"), on=NOW.date(), by=accounting, today=NOW.date())
        allowances.record_net(allowance=given(sheet), net=D("308.00"), on=NOW.date(), by=accounting, today=NOW.date())
    assert (given(sheet).net_amount, given(sheet).amount) == (D("308.00"), D("400.00"))


def test_an_exempt_sum_has_no_net_of_its_own(bakery, in_sondrio, sondrio):
    sheet = settle(agree(bakery.placement))
    accounting = access_for(make_user(Role.ACCOUNTING, sondrio))
    with scope(accounting.scope), pytest.raises(DomainError, match="esente"):
        allowances.record_net(allowance=given(sheet), net=D("308.00"), on=NOW.date(), by=accounting, today=NOW.date())
