"""Foreseen, committed, spent: golden sums with their arithmetic, parts of commitments, and the pages."""

import uuid
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import DomainError
from impresasolidale.core.scope import scope
from impresasolidale.treasury import services as treasury
from placements.agreements.change_enums import SuspensionCause
from placements.agreements.enums import AllowanceModel
from placements.agreements.models import FundingShare, PersonalProject, Suspension
from placements.attendance.models import AllowanceShare, MonthAllowance, PlacementCommitment, Timesheet
from placements.attendance.selectors import forecasts
from placements.attendance.services import freeze_sheets
from placements.attendance.services.commitments import remove_part, set_part
from tests.factories import attendance as made
from tests.factories.fixtures import TODAY, make_user
from tests.factories.treasury import ACT, lead, make_budget, make_commitment, make_grant

D = Decimal


@pytest.fixture
def access(coordinator, within):
    return within(coordinator)


@pytest.fixture
def placed(sondrio, access):
    """From 15 October 2026 to 30 June 2027, 400 euro a month."""
    company = made.make_host(sondrio)
    tutor, _user = made.make_tutor(sondrio, company)
    return made.make_running_placement(sondrio, tutor, company, starts_on=date(2026, 10, 15), ends_on=date(2027, 6, 30))


def project(placement, model=AllowanceModel.MONTHLY_THRESHOLD, amount="400", **values):
    PersonalProject.objects.filter(placement=placement).update(allowance_model=model, allowance_amount=D(amount), **values)
    return PersonalProject.objects.get(placement=placement)


def years(access, placement):
    found = forecasts.forecasts_of(access, [placement], today=TODAY)[0]
    return [(y.year, y.foreseen, y.committed, y.spent, y.missing) for y in found.years]


@pytest.mark.django_db
def test_a_placement_across_two_budgets(access, placed):
    """October: 17 days of 31 of 400 = 219.35. Due a month later: October and November in 2026, December to June (7 × 400) in 2027."""
    project(placed)
    assert years(access, placed) == [(2026, D("619.35"), 0, 0, D("619.35")), (2027, D(2800), 0, 0, D(2800))]


@pytest.mark.django_db
def test_where_december_falls_is_a_setting(access, placed, monkeypatch):
    """The same placement where a month weighs on its own year: 219.35 + 400 + 400, then 6 × 400."""
    project(placed)
    monkeypatch.setattr(forecasts, "months_shift", lambda access, *, today: 0)
    assert [(y[0], y[1]) for y in years(access, placed)] == [(2026, D("1019.35")), (2027, D(2400))]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("model", "amount", "values", "november"),
    [
        # November: 30 days at 16 hours a week are 30 / 7 × 16 = 68.57 hours
        (AllowanceModel.MONTHLY, "350", {}, "350.00"),
        (AllowanceModel.HOURLY, "5", {}, "342.86"),  # 68.571… × 5
        (AllowanceModel.HOURLY, "5", {"allowance_cap": D(300)}, "300.00"),
        (AllowanceModel.BANDS, "1", {}, "200.00"),  # over 50 hours
    ],
)
def test_each_model_in_a_whole_month(access, placed, model, amount, values, november):
    project(placed, model, amount, weekly_minutes=960, **values)
    found = forecasts.money_of(access, placed, today=TODAY).months
    assert {m.month: m.amount for m in found}[date(2026, 11, 1)] == D(november)


@pytest.mark.django_db
def test_no_allowance_no_sum(access, placed):
    PersonalProject.objects.filter(placement=placed).update(allowance_model="none", allowance_amount=0)
    assert years(access, placed) == []


@pytest.mark.django_db
def test_a_suspension_gives_nothing(access, placed):
    """Ten days of November off: 400 × 20 / 30 = 266.67."""
    project(placed)
    Suspension.objects.create(
        ambito_id=placed.ambito_id, placement=placed, starts_on=date(2026, 11, 11), ends_on=date(2026, 11, 20), cause=SuspensionCause.HOST
    )
    found = {m.month: m.amount for m in forecasts.money_of(access, placed, today=TODAY).months}
    assert found[date(2026, 11, 1)] == D("266.67") and found[date(2026, 12, 1)] == 400


@pytest.mark.django_db
def test_sources_share_to_the_cent(access, placed):
    """A third of 619.35 from the budget, two from the grant; months are cut one by one: 73.12 + 133.33 and 146.23 + 266.67."""
    row = project(placed)
    budget, grant = make_budget(access), make_grant(access)
    for position, (pot, weight) in enumerate(((budget.pot, 1), (grant, 2))):
        FundingShare.objects.create(ambito_id=access.ambito_id, project=row, position=position, pot=pot, weight=weight)
    make_commitment(access, budget.pot, "150")
    found = forecasts.forecast_by_source(access, year=2026, today=TODAY)
    assert {(s.pot_id, s.foreseen, s.committed, s.missing) for s in found} == {
        (budget.pot_id, D("206.45"), D(150), D("56.45")), (grant.pk, D("412.90"), 0, D("412.90")),
    }  # fmt: skip
    assert sum(s.foreseen for s in found) == D("619.35")
    assert {s.public_id for s in found} == {budget.public_id, None}


@pytest.mark.django_db
def test_a_month_that_is_known_takes_the_place_of_its_estimate(access, placed):
    row, budget = project(placed), make_budget(access)
    sheet = Timesheet.objects.get(placement=placed, month=date(2026, 10, 1))
    allowance = MonthAllowance.objects.create(
        ambito_id=access.ambito_id, timesheet=sheet, placement=placed, month=sheet.month, project=row, rulebook_id=placed.rulebook_id,
        payer_id=row.payer_id, tax_treatment="exempt", rows=[{"code": "base", "words": "x", "amount": "123.45"}], amount=D("123.45"),
        computed_at="2026-11-05T10:00Z",
    )  # fmt: skip
    AllowanceShare.objects.create(ambito_id=access.ambito_id, allowance=allowance, position=0, pot=budget.pot, amount=D("123.45"))
    assert years(access, placed)[0] == (2026, D("523.45"), 0, 0, D("523.45"))  # 123.45 + 400
    for state in ("closed", "confirmed"):
        Timesheet.objects.filter(pk=sheet.pk).update(state=state)
    assert freeze_sheets(sheets=[sheet.pk], by=access, now=timezone.now()) == 1
    assert years(access, placed)[0] == (2026, D("523.45"), 0, D("123.45"), D(400))
    assert [(m.is_known, m.is_spent) for m in forecasts.money_of(access, placed, today=TODAY).months[:2]] == [(True, True), (False, False)]


# --- Parts of commitments


@pytest.mark.django_db
def test_parts_cover_a_placement_and_stay_within_their_commitment(access, placed):
    project(placed)
    row = make_commitment(access, make_budget(access).pot, "700")
    set_part(placement=placed, commitment=row, amount=D(500), by=access)
    assert years(access, placed)[0] == (2026, D("619.35"), D(500), 0, D("119.35"))
    assert forecasts.shortfall(access, year=2026, today=TODAY) == forecasts.Shortfall(frozenset({placed.pk}), D("119.35"))
    part = set_part(placement=placed, commitment=row, amount=D("619.35"), by=access)
    assert years(access, placed)[0][-1] == 0
    assert forecasts.shortfall(access, year=2026, today=TODAY) == forecasts.Shortfall()
    with pytest.raises(DomainError, match="700,00") as refused:
        set_part(placement=placed, commitment=row, amount=D("700.01"), by=access)
    assert refused.value.field == "amount"
    with pytest.raises(treasury_parts()) as less:
        treasury.lower_commitment(commitment=row, amount=D(81), act=ACT, reason="x", seen=row.row_version, by=access, today=TODAY)
    assert less.value.field == "amount"
    treasury.lower_commitment(commitment=row, amount=D(80), act=ACT, reason="x", seen=row.row_version, by=access, today=TODAY)
    remove_part(part=part, by=access)
    remove_part(part=part, by=access)
    assert not PlacementCommitment.objects.exists()


def treasury_parts():
    from impresasolidale.treasury.services.commitments import PartsAreMore

    return PartsAreMore


@pytest.mark.django_db
def test_an_ended_commitment_covers_nothing_more(access, placed):
    project(placed)
    row = make_commitment(access, make_budget(access).pot, "700")
    set_part(placement=placed, commitment=row, amount=D("619.35"), by=access)
    row = treasury.end_commitment(commitment=row, act=ACT, reason="x", seen=row.row_version, by=access, today=TODAY)
    assert years(access, placed)[0] == (2026, D("619.35"), D("619.35"), 0, D("619.35"))
    assert forecasts.shortfall(access, year=2026, today=TODAY).amount == D("619.35")
    with pytest.raises(DomainError, match="chiuso"):
        set_part(placement=placed, commitment=row, amount=D(1), by=access)


@pytest.mark.django_db
def test_the_database_keeps_the_parts_within(access, placed):
    row = make_commitment(access, make_budget(access).pot, "100")
    with pytest.raises(IntegrityError, match="are more than it"), transaction.atomic():
        PlacementCommitment.objects.create(ambito_id=access.ambito_id, placement=placed, commitment=row, amount=D("100.01"))


@pytest.mark.django_db(transaction=True)
def test_two_hands_on_the_rest_of_a_commitment(sondrio):
    from tests.treasury.test_ledger import in_threads

    access = access_for(make_user(Role.COORDINATOR, sondrio))
    company = made.make_host(sondrio)
    tutor, _user = made.make_tutor(sondrio, company)
    both = [made.make_running_placement(sondrio, tutor, company, number=n) for n in (1, 2)]
    with scope(access.scope):
        row = make_commitment(access, make_budget(access).pot, "100")

    def take(n):
        try:
            with scope(access.scope):
                set_part(placement=both[n], commitment=row, amount=D(60), by=access)
        except DomainError:
            return "refused"
        return "won"

    assert in_threads(2, take) == ["refused", "won"]
    connection.close()


# --- Pages


@pytest.mark.django_db
def test_the_pages_say_what_is_not_covered(access, placed, coordinator, signed_in, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *a, **k: TODAY)
    project(placed)
    client = signed_in(coordinator)
    url = reverse("forecasts:list")
    text = client.get(url).content.decode()
    assert "619,35" in text and "nessun impegno copre" in text and "non ancora scelto nel progetto" in text
    row = make_commitment(access, make_budget(access).pot, "700")
    money = reverse("forecasts:placement", args=[placed.public_id])
    assert "Mancano impegni per 3.419,35" in client.get(money).content.decode()
    link = reverse("forecasts:set_part", args=[placed.public_id])
    assert "Nel 2026 mancano 619,35" in client.get(link).content.decode()
    over = client.post(link, {"_submission": uuid.uuid4(), "commitment": row.public_id, "amount": "800"})
    assert over.status_code == 422 and "restano 700,00" in over.content.decode()
    assert client.post(link, {"_submission": uuid.uuid4(), "commitment": row.public_id, "amount": "619,35"}).url == money
    assert "Tutto coperto" in client.get(url + "?anno=2026&scoperti=on").content.decode()
    parts = client.get(reverse("forecasts:commitment", args=[row.public_id])).content.decode()
    assert str(placed.beneficiary) in parts and "80,65" in parts
    part = PlacementCommitment.objects.get()
    assert client.post(reverse("forecasts:remove_part", args=[part.public_id]), {"_submission": uuid.uuid4()}).url == money


@pytest.mark.django_db
def test_another_ambito_and_another_role_find_nothing(access, placed, worker, tirano, signed_in):
    project(placed)
    row = make_commitment(access, make_budget(access).pot, "700")
    part = set_part(placement=placed, commitment=row, amount=D(5), by=access)
    assert signed_in(worker).get(reverse("forecasts:placement", args=[placed.public_id])).status_code == 403
    other = signed_in(make_user(Role.COORDINATOR, tirano))
    for name, pk in (("placement", placed.public_id), ("set_part", placed.public_id), ("commitment", row.public_id)):
        assert other.get(reverse(f"forecasts:{name}", args=[pk])).status_code == 404
    assert other.post(reverse("forecasts:remove_part", args=[part.public_id]), {"_submission": uuid.uuid4()}).status_code == 404
    assert str(placed.beneficiary) not in other.get(reverse("forecasts:list")).content.decode()
    assert lead(access)
