"""The yearly list of rules 70 and 71 is about people: two records that become one have one code and one sum, and back."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import Conflict
from impresasolidale.core.models import MergeLog
from impresasolidale.core.scope import scope
from impresasolidale.core.words import euro
from impresasolidale.treasury.enums import CheckKind, ItemState
from placements.agreements.models import Placement
from placements.attendance.liquidation_selectors import Published, publication, publication_code
from placements.attendance.services import liquidations
from placements.beneficiaries import services as beneficiaries
from placements.beneficiaries.models import Beneficiary
from tests.factories import liquidations as made
from tests.factories.attendance import system
from tests.factories.fixtures import TODAY, make_user
from tests.factories.liquidations import OCTOBER, checks, items

pytestmark = pytest.mark.django_db
SEPTEMBER, NOVEMBER = date(2026, 9, 1), date(2026, 11, 1)
THRESHOLD = Decimal(1000)
D = Decimal


@pytest.fixture
def twice(sondrio, body, pot, clerk, coordinator):
    """One person with two records, each with a placement: 600 paid on one, 450 on the other."""
    placements = made.make_placements(sondrio, 2)
    with scope(system(sondrio).scope):  # a rule book that lets one person have two at a time (rule 12)
        Placement.objects.filter(pk__in=[placement.pk for placement in placements]).update(exclusive=False)
    for placement, month, amount in zip(placements, (SEPTEMBER, OCTOBER), ("600", "450"), strict=True):
        made.make_month(placement, pot, month=month, amount=amount)
        made.approve(coordinator, made.prepare(clerk, body, month))
    return placements


def over(user, body, year=2026, threshold=THRESHOLD) -> list[tuple[str, Decimal, int]]:
    access = access_for(user)
    with scope(access.scope):
        return [(line.code, line.amount, line.payments) for line in publication(access, body=body, year=year, threshold=threshold)]


def merge(worker, placements) -> None:
    by = access_for(worker)
    with scope(by.scope):
        keep, drop = (Beneficiary.objects.get(pk=placement.beneficiary_id) for placement in placements)
        beneficiaries.merge_beneficiaries(keep=keep, drop=drop, by=by, today=TODAY)


def part(worker) -> None:
    by = access_for(worker)
    with scope(by.scope):
        beneficiaries.undo_merge(log=MergeLog.objects.get(undone_at=None), by=by, today=timezone.localdate())


def test_of_two_records_that_became_one_there_is_one_code_and_one_sum(twice, body, worker, coordinator, signed_in):
    keep, drop = (publication_code(placement.beneficiary.public_id, 2026) for placement in twice)
    assert over(coordinator, body) == []  # 600 and 450: neither record is over 1,000
    assert sorted(over(coordinator, body, threshold=Decimal(400))) == sorted([(keep, Decimal(600), 1), (drop, Decimal(450), 1)])
    merge(worker, twice)
    assert over(coordinator, body) == [(keep, Decimal(1050), 2)]
    client = signed_in(coordinator)
    table = client.get(reverse("composing:publication_file"), {"ente": str(body.public_id), "anno": "2026"}).getvalue().decode()
    assert keep in table and "1050,00" in table and drop not in table
    part(worker)
    assert over(coordinator, body) == []
    assert sorted(over(coordinator, body, threshold=Decimal(400))) == sorted([(keep, Decimal(600), 1), (drop, Decimal(450), 1)])


def test_a_prepared_row_takes_the_code_of_the_record_that_was_kept(twice, sondrio, body, pot, worker, clerk, coordinator):
    """Prepared before the merge: the approval stops, an update brings the row in anew, the threshold sees the whole year."""
    keep, drop = (publication_code(placement.beneficiary.public_id, 2026) for placement in twice)
    month = made.make_month(twice[1], pot, month=NOVEMBER, amount="300")
    run = made.prepare(clerk, body, NOVEMBER)
    (before,) = items(sondrio, run)
    assert (before.code, before.person) == (drop, str(twice[1].beneficiary))
    assert checks(sondrio, before)[CheckKind.PUBLICATION][0]  # 450 + 300
    merge(worker, twice)
    with pytest.raises(Conflict):
        made.approve(coordinator, run)
    by = access_for(clerk)

    def refresh():
        with scope(by.scope):
            liquidations.refresh_run(run=run, by=by, today=TODAY, now=timezone.now())

    refresh()
    old, new = items(sondrio, run)
    assert (old.state, new.state, new.source_id, new.amount) == (ItemState.LEFT, ItemState.READY, month.pk, Decimal(300))
    assert (new.code, new.person) == (keep, str(twice[0].beneficiary))
    assert checks(sondrio, new)[CheckKind.PUBLICATION] == (
        False, f"Nel 2026 fanno {euro(D('1350.00'))}, più di {euro(D('1000.00'))}: prima va pubblicata (regola 70).",
    )  # fmt: skip
    part(worker)
    refresh()
    assert [(row.state, row.code) for row in items(sondrio, run)] == [
        (ItemState.LEFT, drop), (ItemState.LEFT, keep), (ItemState.READY, drop),
    ]  # fmt: skip
    made.approve(coordinator, run)
    assert over(coordinator, body, threshold=Decimal(700)) == [(drop, Decimal(750), 2)]


def test_a_year_is_a_year_and_a_body_a_body(twice, sondrio, body, worker, coordinator):
    merge(worker, twice)
    assert over(coordinator, body, year=2025) == []
    with scope(system(sondrio).scope):
        other = type(body).objects.exclude(pk=body.pk).filter(ambito=sondrio).first()
    assert other is None or over(coordinator, other) == []
    limited = make_user(Role.COORDINATOR, sondrio, number=6, comune=twice[0].beneficiary.residence)
    assert over(limited, body) == []
    assert Published.__dataclass_fields__.keys() == {"code", "amount", "payments", "published_on", "office"}  # nobody's name
