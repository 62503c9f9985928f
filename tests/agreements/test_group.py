"""Drafts for a whole group: looked at person by person, all or those that may, and what became of each."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.scope import scope
from placements.agreements import selectors
from placements.agreements.models import Placement
from tests.factories.agreements import make_placement
from tests.factories.beneficiaries import make_beneficiary
from tests.factories.fixtures import make_user
from tests.factories.hosts import make_company, make_site, make_tutor

pytestmark = pytest.mark.django_db


@pytest.fixture
def group(worker: Any) -> dict[str, Any]:
    """Two people who may, one with a placement on those days, one minor without anybody who signs, one nobody has in charge."""
    access, today = access_for(worker), timezone.localdate()
    start = today + timedelta(days=30)
    with scope(access.scope):
        busy = make_placement(access, "draft", number=1, starts_on=start, ends_on=start + timedelta(days=60)).beneficiary
        good = [make_beneficiary(access, number=n, today=today) for n in (2, 3)]
        minor = make_beneficiary(access, number=4, today=today, born=date(start.year - 17, 1, 1), schooling_completed=True, charge=None)
        alone = make_beneficiary(access, number=5, today=today, charge=None)
        company = make_company(access, representative="Olga Prova")
        site, tutor = make_site(access, company), make_tutor(access, company)
        payer = selectors.default_payer(access)
        assert payer
        form = {
            "company": company.public_id, "site": site.public_id, "company_tutor": tutor.public_id, "promoter_tutor": worker.public_id,
            "starts_on": start, "months": "3", "pattern": "two", "tasks": "Montare scatole", "goal_1": "Uno", "goal_2": "Due",
            "goal_3": "Tre", "allowance_model": "none", "payer": payer.public_id, "tax_treatment": "exempt", "all_or_none": "good",
        }  # fmt: skip
    return {"access": access, "good": good, "bad": [busy, minor, alone], "form": form}


def ids(*people: Any) -> list[str]:
    return [str(p.public_id) for p in people]


def sent(group: dict[str, Any], *people: Any, **changes: Any) -> dict[str, Any]:
    return {**group["form"], "people": ids(*people), "_submission": uuid.uuid4(), **changes}


def count(group: dict[str, Any]) -> int:
    with scope(group["access"].scope):
        return Placement.objects.count()


def test_the_preview_says_why_and_writes_nothing(signed_in, worker, group):
    before = count(group)
    page = signed_in(worker).post(reverse("agreements:group"), sent(group, *group["good"], *group["bad"], preview="1"))
    assert page.status_code == 200
    judged = {row.person.pk: row for row in page.context["judged"]}
    assert not any(judged[p.pk].refused for p in group["good"])
    assert "regola 12" in judged[group["bad"][0].pk].refused[0]
    assert any("regola 6" in words for words in judged[group["bad"][1].pk].refused)
    assert any("regola 4" in words for words in judged[group["bad"][2].pk].refused)
    assert count(group) == before


def test_the_good_ones_are_prepared_and_the_others_told(signed_in, worker, group):
    before, client = count(group), signed_in(worker)
    done = client.post(reverse("agreements:group"), sent(group, *group["good"], *group["bad"]))
    assert (done.status_code, done["Location"]) == (303, reverse("agreements:group_done"))
    assert count(group) == before + 2
    page = client.get(done["Location"])
    assert len(page.context["rows"]) == 5 and page.content.decode().count("non preparata") == 3


def test_all_or_none_writes_nothing(signed_in, worker, group):
    before = count(group)
    page = signed_in(worker).post(reverse("agreements:group"), sent(group, *group["good"], group["bad"][0], all_or_none="all"))
    assert page.status_code == 422 and page.context["judged"]
    assert count(group) == before


def test_nobody_chosen_and_nobody_who_may(signed_in, worker, group):
    client, before = signed_in(worker), count(group)
    assert "people" in client.post(reverse("agreements:group"), sent(group)).context["form"].errors
    assert client.post(reverse("agreements:group"), sent(group, *group["bad"])).status_code == 422
    assert client.post(reverse("agreements:group"), sent(group, *group["good"], starts_on=date(2020, 1, 1))).status_code == 422
    assert count(group) == before


def test_other_people_and_other_roles_are_kept_out(signed_in, worker, stranger, sondrio, group):
    assert signed_in(make_user(Role.CLERK, sondrio)).get(reverse("agreements:group")).status_code == 403
    page = signed_in(stranger).post(reverse("agreements:group"), sent(group, *group["good"]))
    assert page.status_code == 422 and "people" in page.context["form"].errors
    assert signed_in(worker).get(reverse("agreements:group_done")).status_code == 200
