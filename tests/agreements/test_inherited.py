"""A placement that runs on paper comes in: active, marked, never blocked, its missing things as dated to-dos."""

import uuid
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.models import Fact, Todo
from impresasolidale.core.scope import scope
from placements.agreements import readiness, selectors
from placements.agreements.enums import PlacementState
from placements.agreements.models import DeclaredUse, Placement, ReadinessItem, Signature
from placements.agreements.services.covers import CHECKS
from placements.attendance.models import PlannedSession
from placements.attendance.services import resync_planned
from tests.factories.agreements import make_covers, make_placement, scan
from tests.factories.beneficiaries import make_beneficiary
from tests.factories.fixtures import make_user
from tests.factories.hosts import make_company, make_site, make_tutor
from tests.factories.jobs import work_off

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(worker: Any) -> dict[str, Any]:
    access, today = access_for(worker), timezone.localdate()
    with scope(access.scope):
        person = make_beneficiary(access, number=2, today=today)
        company = make_company(access, representative="Olga Prova")
        site, payer = make_site(access, company), selectors.default_payer(access)
        assert payer
        form = {
            "company": company.public_id, "site": site.public_id, "starts_on": today - timedelta(days=120),
            "ends_on": today + timedelta(days=60), "from_0": "09:00", "hours_0": "4", "tasks": "Montare scatole", "goal_1": "Uno",
            "goal_2": "Due", "goal_3": "Tre", "allowance_model": "none", "payer": payer.public_id, "tax_treatment": "exempt",
            "signed_on": today - timedelta(days=125), "protocol": "77/2026", "signed_by": ["promoter", "host", "person"],
            "used_months": "5", "used_minutes": "210", "paid_amount": "1.200,00", "source": "Fogli presenze",
        }  # fmt: skip
    return {"access": access, "person": person, "company": company, "form": form, "today": today}


def send(client: Any, case: dict[str, Any], **changes: Any) -> Any:
    url = f"{reverse('agreements:inherit')}?persona={case['person'].public_id}"
    return client.post(url, {**case["form"], "file": scan(), "_submission": uuid.uuid4(), **changes})


def test_it_is_active_marked_and_what_is_missing_is_asked_with_a_day(signed_in, worker, case):
    client = signed_in(worker)
    assert client.get(f"{reverse('agreements:inherit')}?persona={case['person'].public_id}").status_code == 200
    done = send(client, case)
    assert done.status_code == 303, done.context["form"].errors
    with scope(case["access"].scope):
        row = Placement.objects.get()
        assert (row.state, row.entered_on, row.company_tutor_id, row.agreement_id) == (PlacementState.ACTIVE, case["today"], None, None)
        items = ReadinessItem.objects.filter(placement=row, satisfied_at=None)
        assert items and {item.severity for item in items} == {"warn"}
        todos = {t.kind: t for t in Todo.objects.filter(subject_id=row.pk, done_at=None, kind__startswith="agreements.inherited_")}
        assert todos.keys() == {f"agreements.inherited_{item.kind}" for item in items}
        assert todos["agreements.inherited_inail"].due_on == case["today"] + timedelta(days=7)
        assert Signature.objects.filter(document__kind="agreements.inherited", method="paper").count() == 3
        used = DeclaredUse.objects.get()
        assert (used.months, used.minutes, used.amount, used.created_by_id) == (5, 12600, Decimal(1200), worker.pk)
        assert Fact.objects.filter(code="agreements.placement.inherited", subject_id=row.pk, data__protocol="77/2026").exists()
        make_covers(case["access"])
        work_off(*CHECKS)
        assert not Todo.objects.filter(kind="agreements.inherited_inail", subject_id=row.pk, done_at=None).exists()
    page = client.get(done["Location"]).content.decode()
    assert "ereditato" in page and "77/2026" in page
    assert "ereditato" in client.get(reverse("agreements:list")).content.decode()


def test_its_days_are_kept_from_the_day_it_came_in(signed_in, worker, case):
    send(signed_in(worker), case)
    with scope(case["access"].scope):
        row = Placement.objects.get()
        resync_planned(placement=row, by=case["access"], today=case["today"])
        days = PlannedSession.objects.filter(placement=row).order_by("day").values_list("day", flat=True)
        assert days and days[0] >= case["today"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"starts_on": date(2099, 1, 1), "ends_on": date(2099, 5, 1)}, "starts_on"),
        ({"ends_on": date(2026, 10, 1), "starts_on": date(2026, 5, 1)}, "ends_on"),
        ({"signed_on": date(2099, 1, 1)}, "signed_on"),
        ({"source": ""}, "source"),
        ({"file": ""}, "file"),
        ({"protocol": ""}, "protocol"),
        ({"file": scan(content=b"solo testo")}, "file"),
    ],
)
def test_what_cannot_be_one_is_refused_beside_its_field(signed_in, worker, case, changes, field):
    refused = send(signed_in(worker), case, **changes)
    assert refused.status_code == 422 and field in refused.context["form"].errors
    with scope(case["access"].scope):
        assert not Placement.objects.exists()


def test_the_same_placement_does_not_enter_twice_but_another_may_run_beside(signed_in, worker, case):
    client = signed_in(worker)
    assert send(client, case).status_code == 303
    twice = send(client, case)
    assert twice.status_code == 422 and "company" in twice.context["form"].errors
    with scope(case["access"].scope):
        other = make_company(case["access"])
        site, tutor = make_site(case["access"], other), make_tutor(case["access"], other)
    beside = send(client, case, company=other.public_id, site=site.public_id, company_tutor=tutor.public_id)
    assert beside.status_code == 303, beside.context["form"].errors


def test_the_database_lets_no_other_placement_start_red(signed_in, worker, case, within):
    """An inherited one is amber at worst; no placement becomes inherited later, and a red one still cannot be active."""
    send(signed_in(worker), case)
    with scope(case["access"].scope):
        red = make_placement(case["access"], "validated", number=5, green=False)
        items = readiness.refresh_readiness(placement=red, by=case["access"], today=case["today"])
        assert readiness.open_blocks(items)
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            Placement.objects.filter(pk=red.pk).update(entered_on=case["today"])
        with pytest.raises(DatabaseError, match="is red"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE agreements_placement SET state = 'active' WHERE id = %s", [red.pk])
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_who_may_not_prepare_and_another_ambito_are_kept_out(signed_in, sondrio, stranger, case):
    assert send(signed_in(make_user(Role.CLERK, sondrio)), case).status_code == 403
    assert send(signed_in(stranger), case).status_code == 404
