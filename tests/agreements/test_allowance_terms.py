"""What a project says about money: cap, meals, transport and sources; on the form, the papers and the amendments (rules 34, 35, 38, 44)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from impresasolidale.core.errors import DomainError
from impresasolidale.treasury.models import Pot
from placements.agreements import change_documents, documents, selectors, services
from placements.agreements.enums import ItemKind, PlacementState
from placements.agreements.models import FundingShare, ReadinessItem
from placements.agreements.services import Source
from placements.agreements.signing_rules import classify_change
from tests.factories.agreements import make_budget, make_placement, make_plan
from tests.factories.changes import shorter
from tests.factories.fixtures import TODAY
from tests.factories.fund import make_pot

pytestmark = pytest.mark.django_db
S = PlacementState


def grant(access: Any, name: str = "Fondazione di prova") -> Pot:
    return Pot.objects.create(network_id=access.network_id, name=name, use=Pot.Use.GRANT)


def test_the_paper_says_who_pays_with_how_many_parts(worker, within):
    access = within(worker)
    sources = (Source(pot=grant(access), weight=60), Source(pot=make_budget(access, 2026), weight=40))
    placement = make_placement(access, S.DRAFT, sources=sources, meals_provided=True)
    project = selectors.current_project(placement)
    money = dict(documents._money_rows(project, placement.rulebook.rules))
    assert money["Con i fondi di"] == "Fondazione di prova, 60 parti su 100; Bilancio 2026, Sondrio, 40 parti su 100"
    assert money["Pasti e trasporto"] == "offerti: pasti"
    assert list(FundingShare.objects.order_by("position").values_list("weight", flat=True)) == [60, 40]


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        (
            {"allowance_model": "hourly", "allowance_amount": Decimal("4.50"), "allowance_cap": Decimal(380)},
            "4,50 € per ogni ora di presenza, al massimo 380,00 € al mese",
        ),
        (
            {"allowance_model": "hourly", "allowance_amount": Decimal("4.50")},
            "4,50 € per ogni ora di presenza, al massimo 350,00 € al mese",
        ),
        (
            {"allowance_model": "bands", "allowance_amount": Decimal(200)},
            "secondo le ore del mese: oltre 50 ore 200,00 €; al massimo 200,00 € al mese",
        ),
    ],
)
def test_every_model_in_words(worker, within, plan, words):
    placement = make_placement(within(worker), S.DRAFT, **plan)
    assert dict(documents._money_rows(selectors.current_project(placement), placement.rulebook.rules))["Contributo motivazionale"] == words


def test_the_solidarity_fund_pays_no_allowance(worker, coordinator, within):
    fund = make_pot(within(coordinator))
    access = within(worker)
    with pytest.raises(DomainError, match="serve solo per gli aiuti") as refusal:
        make_placement(access, S.DRAFT, sources=(Source(pot=fund),))
    assert refusal.value.field == "source_1"


def test_one_source_stands_once(worker, within):
    access = within(worker)
    pot = grant(access)
    with pytest.raises(DomainError, match="due volte"):
        make_placement(access, S.DRAFT, sources=(Source(pot=pot), Source(pot=pot)))


def test_a_new_version_takes_the_sources_along_and_an_amendment_may_change_them(worker, within):
    access = within(worker)
    one, other = grant(access), grant(access, "Un'altra fondazione")
    placement = make_placement(access, S.ACTIVE, sources=(Source(pot=one),))
    project = shorter(access, placement, on=TODAY + timedelta(days=1), sources=(Source(pot=one), Source(pot=other)))
    assert [share.pot for share in project.shares.order_by("position")] == [one, other]
    first = placement.projects.get(version=1)
    assert [share.pot for share in first.shares.all()] == [one]  # what was signed stays as it is
    before, after = (change_documents.in_words(version) for version in (first, project))
    assert (before["Con i fondi di"], after["Con i fondi di"]) == (
        "Fondazione di prova",
        "Fondazione di prova, 100 parti su 200; Un'altra fondazione, 100 parti su 200",
    )


def test_only_payer_and_person_sign_again_when_the_money_changes(worker, within):
    access = within(worker)
    placement = make_placement(access, S.TO_SIGN)
    project = selectors.current_project(placement)
    before = documents.personal_project(placement, project)
    FundingShare.objects.create(ambito_id=placement.ambito_id, project=project, position=1, pot=grant(access))
    change = classify_change(before, documents.personal_project(placement, project))
    assert change.asks_again and "host" not in change.again and "person" in change.again


def test_without_money_behind_it_the_light_is_amber(worker, within):
    access = within(worker)
    placement = make_placement(access, S.DRAFT, green=False)
    item = ReadinessItem.objects.get(placement=placement, kind=ItemKind.FUNDING)
    assert (item.light, item.rule) == ("amber", 34)
    days = {"starts_on": placement.starts_on, "ends_on": placement.ends_on}
    plan = make_plan(access, placement.company, placement.company_tutor, sources=(Source(pot=grant(access)),), **days)
    services.edit_placement(placement=placement, plan=plan, row_version=placement.row_version, by=access, today=TODAY)
    item.refresh_from_db()
    assert item.light == "green"


def test_the_form_offers_pots_that_may_pay_and_no_other(worker, coordinator, within, signed_in):
    fund = make_pot(within(coordinator))
    access = within(worker)
    pot = grant(access)
    placement = make_placement(access, S.DRAFT)
    page = signed_in(worker).get(f"/tirocini/{placement.public_id}/modifica/")
    assert str(pot.public_id) in page.text and str(fund.public_id) not in page.text
