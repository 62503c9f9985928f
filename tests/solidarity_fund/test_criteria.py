"""Criteria before the first grant (rule 64): proposed by one, published by another, never changed; what a pot may pay."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import DomainError
from impresasolidale.core.models import Todo
from solidarity_fund.models import CriteriaKind, FundCriteria, PotPurpose
from solidarity_fund.services import criteria as services
from solidarity_fund.services import requests
from tests.factories.fixtures import make_user
from tests.factories.fund import ask, give, grant, make_helped, make_pot, publish

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def now():
    return timezone.localdate()


@pytest.fixture
def pot(within, coordinator):
    pot = make_pot(within(coordinator))
    give(within(coordinator), pot, "1000")
    return pot


def ask_without(access, placement, now):
    """A request, with no criteria made for it."""
    return requests.ask_benefit(placement=placement, kind="transport", amount=D(80), quote="P", by=access, today=now)


def test_nothing_is_granted_before_criteria_are_published(signed_in, within, worker, coordinator, pot, now):
    row = ask_without(within(worker), make_helped(within(worker)), now)
    client, data = signed_in(coordinator), {"decision": "grant", "pot": pot.public_id, "row_version": 1}
    address = reverse("solidarity_fund:decide", args=[row.public_id])
    assert "Mancano i criteri" in client.get(address).content.decode()
    answer = client.post(address, data)
    assert answer.status_code == 422 and "vanno pubblicati i criteri" in answer.content.decode()
    publish(within(coordinator), valid_from=now + timedelta(days=1), published_on=now)  # published, but not in force yet
    assert client.post(address, data).status_code == 422
    publish(within(coordinator), valid_from=now)
    assert client.post(address, data).status_code == 303


FORM = {
    "act_number": "41/2026", "term_days": "30", "missing_days": "15", "proof_days": "60", "ratify_days": "30", "advance_limit": "150",
    "appeal": "Al TAR entro 60 giorni.", "kinds": ["transport", "meals"], "ceiling_transport": "200", "form_transport": "goods",
}  # fmt: skip


def test_criteria_are_proposed_by_one_and_published_by_another(signed_in, within, coordinator, sondrio, worker, now):
    first, second = signed_in(coordinator), signed_in(make_user(Role.COORDINATOR, sondrio, number=2))
    form = {**FORM, "act_on": now, "valid_from": now}
    assert signed_in(worker).post(reverse("solidarity_fund:new_criteria"), form).status_code == 403
    answer = first.post(reverse("solidarity_fund:new_criteria"), form)
    within(coordinator)
    row = FundCriteria.objects.get()
    assert answer["Location"] == reverse("solidarity_fund:criteria_version", args=[row.public_id])
    assert Todo.objects.get(kind="solidarity_fund.criteria").ambito_id is None
    kinds = {k.kind: (k.ceiling, k.form) for k in CriteriaKind.objects.all()}
    assert kinds == {"transport": (200, "goods"), "meals": (None, "either")}
    public = reverse("solidarity_fund:publish_criteria", args=[row.public_id])
    data = {"published_on": now, "link": "https://www.example.org/criteri"}
    own = first.post(public, data)
    assert own.status_code == 422 and "seconda persona" in own.content.decode()
    assert second.post(public, {**data, "published_on": now + timedelta(days=1)}).status_code == 422
    assert second.post(public, {**data, "link": "nonsenso"}).status_code == 422
    assert second.post(public, data).status_code == 303
    page = signed_in(worker).get(answer["Location"]).content.decode()
    assert "200,00" in page and "41/2026" in page
    assert "in vigore" in first.get(reverse("solidarity_fund:criteria")).content.decode()
    late = first.post(reverse("solidarity_fund:new_criteria"), form)
    assert late.status_code == 422 and "giorno successivo" in late.content.decode()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kinds": []}, "kinds"),
        ({"term_days": "0"}, "term_days"),
        ({"act_on": "2050-01-01"}, "act_on"),
        ({"valid_from": "2020-01-01"}, "valid_from"),
    ],
)
def test_criteria_that_cannot_be(signed_in, coordinator, now, change, field):
    answer = signed_in(coordinator).post(reverse("solidarity_fund:new_criteria"), {**FORM, "act_on": now, "valid_from": now, **change})
    assert answer.status_code == 422 and field in answer.context["form"].errors


def test_what_criteria_say_never_changes(within, coordinator):
    row = publish(within(coordinator))
    for change in ({"term_days": 90}, {"appeal": "x"}, {"state": "withdrawn"}, {"link": "https://altro.example.org"}):
        with pytest.raises(IntegrityError, match="never change|not a transition"), transaction.atomic():
            FundCriteria.objects.filter(pk=row.pk).update(**change)
    with pytest.raises(Exception, match="append-only|permission denied|never change"), transaction.atomic():
        CriteriaKind.objects.filter(criteria=row).update(ceiling=1)


def test_a_proposal_taken_back_is_never_in_force(signed_in, within, coordinator, now):
    values = {
        "valid_from": now, "act_number": "1", "act_on": now, "proof_days": 60, "term_days": 30, "missing_days": 15, "advance_limit": None,
        "ratify_days": 30, "appeal": "TAR",
    }  # fmt: skip
    row = services.propose_criteria(values=values, kinds=[("meals", None, "either")], by=within(coordinator), today=now)
    address = reverse("solidarity_fund:withdraw_criteria", args=[row.public_id])
    assert signed_in(coordinator).post(address, {"reason": ""}).status_code == 422
    assert signed_in(coordinator).post(address, {"reason": "Atto sbagliato"}).status_code == 303
    row.refresh_from_db()
    assert row.state == "withdrawn"


def test_the_ceiling_of_a_kind_and_the_kinds_offered(signed_in, within, worker, coordinator, pot, now):
    row = publish(within(coordinator), ceilings={"transport": "100"})
    access = within(worker)
    placement = make_helped(access)
    with pytest.raises(DomainError, match="100,00"):
        ask(access, placement, "100.01", today=now)
    asked = ask(access, placement, "100", today=now)
    assert grant(within(coordinator), asked, pot, today=now).criteria_id == row.pk
    later = ask(access, make_helped(access, number=2), "90", today=now)
    publish(within(coordinator), valid_from=now, ceilings={"transport": "50"})  # lowered meanwhile: those of the day of the grant count
    with pytest.raises(DomainError, match="50,00"):
        grant(within(coordinator), later, pot, today=now)


def test_a_kind_that_is_not_offered(signed_in, within, worker, coordinator, now):
    access = within(coordinator)
    only = FundCriteria.objects.create(
        network_id=access.network_id, state="published", valid_from=now, act_number="9", act_on=now, published_on=now,
        link="https://www.example.org", appeal="TAR", decided_by=coordinator,
    )  # fmt: skip
    CriteriaKind.objects.create(network_id=access.network_id, criteria=only, kind="meals")
    placement = make_helped(within(worker))
    client = signed_in(worker)
    form = client.get(reverse("solidarity_fund:new_request")).context["form"]
    assert [code for code, _label in form.fields["kind"].choices] == ["meals"]
    data = {"placement": placement.public_id, "kind": "device", "amount": "5"}
    assert client.post(reverse("solidarity_fund:new_request"), data).status_code == 422
    with pytest.raises(DomainError, match="non prevedono"):
        ask(within(worker), placement, "5", kind="device", today=now)


def test_a_pot_pays_what_its_donors_wanted(signed_in, within, worker, coordinator, pot, now):
    client = signed_in(coordinator)
    address = reverse("solidarity_fund:purpose", args=[pot.public_id])
    assert signed_in(worker).post(address, {"kinds": ["meals"]}).status_code == 403
    assert client.post(address, {"kinds": ["meals", "course"]}).status_code == 303
    assert client.get(address).context["form"].initial["kinds"] == ["course", "meals"]
    row = ask(within(worker), make_helped(within(worker)), "10", today=now)
    decide = reverse("solidarity_fund:decide", args=[row.public_id])
    with pytest.raises(DomainError, match="«Fondo comune» dà solo: corso, sport o tempo libero, pasti"):
        grant(within(coordinator), row, pot, today=now)
    assert str(pot.public_id) not in dict(client.get(decide).context["form"].fields["pot"].choices)
    answer = client.post(decide, {"decision": "grant", "pot": pot.public_id, "row_version": 1})
    assert answer.status_code == 422 and "non dà questo aiuto" in answer.context["form"].errors["pot"][0]
    assert "solo: corso, sport o tempo libero, pasti" in client.get(reverse("solidarity_fund:home")).content.decode()
    gift = client.get(reverse("solidarity_fund:new_contribution")).context["form"].fields["pot"].choices
    assert "(solo: corso, sport o tempo libero, pasti)" in dict(gift)[str(pot.public_id)]
    meals = ask(within(worker), make_helped(within(worker), number=2), "10", kind="meals", today=now)
    offered = client.get(reverse("solidarity_fund:decide", args=[meals.public_id])).context["form"].fields["pot"].choices
    assert "(solo:" in dict(offered)[str(pot.public_id)]
    assert client.post(address, {"kinds": []}).status_code == 303  # any kind again
    within(coordinator)
    assert PotPurpose.objects.get().kinds == []
    assert client.post(decide, {"decision": "grant", "pot": pot.public_id, "row_version": 1}).status_code == 303
