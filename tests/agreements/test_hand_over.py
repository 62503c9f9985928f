"""From one Ambito to another: offered, accepted, declined, withdrawn; both see the row, a third sees nothing, nothing changes owner."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from impresasolidale.accounts.access import Access, access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.models import Document, Job, Todo
from impresasolidale.core.scope import Scope, scope
from impresasolidale.territory.models import Ambito
from placements.agreements import selectors
from placements.agreements.models import DeclaredUse, HandOver, Placement
from placements.agreements.services.hand_over import close_transferred, offer_hand_over
from placements.beneficiaries.models import Beneficiary
from tests.factories.agreements import make_placement
from tests.factories.beneficiaries import make_beneficiary
from tests.factories.fixtures import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(worker: Any, tirano: Ambito) -> dict[str, Any]:
    """A running placement in Sondrio, offered to Tirano with today as the last day."""
    here, there = access_for(worker), access_for(make_user(Role.SOCIAL_WORKER, tirano, number=41))
    today = timezone.localdate()
    with scope(here.scope):
        placement = make_placement(here, "active", number=3, starts_on=today - timedelta(days=60), ends_on=today + timedelta(days=90))
        person = Beneficiary.objects.get(pk=placement.beneficiary_id)
        row = offer_hand_over(beneficiary=person, to=tirano, reason="Cambia casa", informed_on=today, last_day=today, by=here, today=today)
    return {"here": here, "there": there, "person": person, "placement": placement, "row": row, "today": today, "tirano": tirano}


def url(name: str, row: HandOver) -> str:
    return reverse(f"agreements:{name}", args=[row.public_id])


def fresh(case: dict[str, Any], access: Access) -> HandOver:
    with scope(access.scope):
        return HandOver.objects.get(pk=case["row"].pk)


def accepting(case: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"referent": case["there"].actor.public_id, "with_draft": "on", "_submission": uuid.uuid4(), **changes}


def test_it_is_offered_from_the_page_and_asked_there(signed_in, worker, tirano):
    access, today = access_for(worker), timezone.localdate()
    with scope(access.scope):
        person = make_beneficiary(access, number=6, today=today)
    client, address = signed_in(worker), reverse("agreements:new_hand_over", args=[person.public_id])
    assert client.get(address).status_code == 200
    form = {"to": str(tirano.pk), "reason": "Cambia casa", "informed_on": today, "last_day": today + timedelta(days=5)}
    bad = client.post(address, {**form, "informed_on": today + timedelta(days=3), "_submission": uuid.uuid4()})
    assert bad.status_code == 422 and "informed_on" in bad.context["form"].errors
    done = client.post(address, {**form, "_submission": uuid.uuid4()})
    assert done.status_code == 303, done.context["form"].errors
    again = client.post(address, {**form, "_submission": uuid.uuid4()})
    assert again.status_code == 422 and "in attesa" in str(again.context["form"].errors)
    with scope(Scope(ambiti=frozenset({tirano.pk}), networks=frozenset({tirano.network_id}))):
        assert Todo.objects.filter(kind="agreements.hand_over", ambito_id=tirano.pk, done_at=None).count() == 1


def test_the_last_day_is_one_of_the_placement(signed_in, worker, case):
    with scope(case["here"].scope):
        HandOver.objects.filter(pk=case["row"].pk).delete()
    address = reverse("agreements:new_hand_over", args=[case["person"].public_id])
    form = {"to": str(case["tirano"].pk), "reason": "x", "informed_on": case["today"], "last_day": case["today"] + timedelta(days=300)}
    refused = signed_in(worker).post(address, {**form, "_submission": uuid.uuid4()})
    assert refused.status_code == 422 and "last_day" in refused.context["form"].errors


def test_accepting_makes_the_person_there_a_draft_with_what_was_used_and_closes_here(signed_in, worker, case):
    client = signed_in(case["there"].actor)
    page = client.get(url("hand_over", case["row"]))
    assert page.status_code == 200 and case["person"].codice_fiscale in page.content.decode()
    assert client.get(url("accept_hand_over", case["row"])).status_code == 200
    done = client.post(url("accept_hand_over", case["row"]), accepting(case))
    assert done.status_code == 303, done.context["form"].errors
    row = fresh(case, case["there"])
    assert row.state == "accepted"
    with scope(case["there"].scope):
        person = Beneficiary.objects.get(pk=row.new_beneficiary_id)
        assert (person.ambito_id, person.codice_fiscale_hash) == (case["tirano"].pk, case["person"].codice_fiscale_hash)
        draft = Placement.objects.get(pk=row.new_placement_id)
        assert (draft.state, draft.starts_on) == ("draft", case["today"] + timedelta(days=1))
        assert draft.company_id == case["placement"].company_id
        assert len(selectors.current_project(draft).goals.all()) == 3
        assert DeclaredUse.objects.get(beneficiary=person).months == 5  # rule 7 counts the placement to its planned end
        assert not Placement.objects.filter(pk=case["placement"].pk).exists()
    with scope(case["here"].scope):
        left = Placement.objects.get(pk=case["placement"].pk)
        assert (left.state, left.ended_on, left.ambito_id) == ("ended_early", case["today"], case["here"].ambito_id)
        assert Beneficiary.objects.filter(pk=case["person"].pk).exists()
        assert Todo.objects.filter(kind="agreements.hand_over_answered", done_at=None).count() == 1
    assert client.get(url("hand_over", case["row"])).status_code == 200
    assert signed_in(worker).get(url("hand_over", case["row"])).status_code == 200
    assert client.post(url("accept_hand_over", case["row"]), accepting(case)).status_code == 409


def test_a_person_who_is_there_already_is_linked(signed_in, case):
    with scope(case["there"].scope):
        there = make_beneficiary(case["there"], number=3, today=case["today"], is_checked_elsewhere=True)
        assert there.codice_fiscale_hash == case["person"].codice_fiscale_hash
    done = signed_in(case["there"].actor).post(url("accept_hand_over", case["row"]), accepting(case, with_draft=""))
    assert done.status_code == 303
    row = fresh(case, case["there"])
    assert (row.new_beneficiary_id, row.new_placement_id) == (there.pk, None)


@pytest.mark.parametrize("since", [False, True], ids=["before", "since"])
def test_a_protected_address_is_not_handed_over_and_its_protection_is(signed_in, worker, tirano, case, since):
    """Also when it was protected while the other office was thinking about it."""
    kept = {"address": "Via Nascosta 3", "phone": "+39 333 0000003"}
    with scope(case["here"].scope):
        HandOver.objects.filter(pk=case["row"].pk).delete()
        Beneficiary.objects.filter(pk=case["person"].pk).update(**kept, is_address_protected=not since)
        case["person"].refresh_from_db()
        words = {"reason": "Cambia casa", "informed_on": case["today"], "last_day": case["today"]}
        row = case["row"] = offer_hand_over(beneficiary=case["person"], to=tirano, by=case["here"], today=case["today"], **words)
        assert row.content["person"]["address"] == (kept["address"] if since else "")
    there = signed_in(case["there"].actor)
    assert (kept["phone"] in there.get(url("hand_over", row)).content.decode()) == since
    with scope(case["here"].scope):
        Beneficiary.objects.filter(pk=case["person"].pk).update(is_address_protected=True)
    assert kept["phone"] not in there.get(url("hand_over", row)).content.decode()
    assert there.post(url("accept_hand_over", row), accepting(case)).status_code == 303
    with scope(case["there"].scope):
        person = Beneficiary.objects.get(pk=HandOver.objects.get(pk=row.pk).new_beneficiary_id)
        assert (person.address, person.phone, person.is_address_protected) == ("", "", True)


def test_a_last_day_ahead_waits_for_its_night(signed_in, worker, tirano):
    here, there, today = access_for(worker), access_for(make_user(Role.SOCIAL_WORKER, tirano, number=41)), timezone.localdate()
    last = today + timedelta(days=10)
    with scope(here.scope):
        placement = make_placement(here, "active", number=3, starts_on=today - timedelta(days=60), ends_on=today + timedelta(days=90))
        person = Beneficiary.objects.get(pk=placement.beneficiary_id)
        row = offer_hand_over(beneficiary=person, to=tirano, reason="Casa", informed_on=today, last_day=last, by=here, today=today)
    case = {"there": there, "row": row}
    assert signed_in(there.actor).post(url("accept_hand_over", row), accepting(case)).status_code == 303
    job = Job.objects.get(name="agreements.close_transferred")
    assert timezone.localtime(job.run_after).date() == last + timedelta(days=1) and job.ambito_id == here.ambito_id
    with scope(here.scope):
        assert Placement.objects.get(pk=placement.pk).state == "active"
        assert close_transferred(hand_over=row, by=here, today=last + timedelta(days=1))
        assert not close_transferred(hand_over=row, by=here, today=last + timedelta(days=1))
        left = Placement.objects.get(pk=placement.pk)
        assert (left.state, left.ended_on) == ("ended_early", last)


def test_a_no_and_a_withdrawal_want_their_reason_and_their_side(signed_in, worker, case):
    there, here = signed_in(case["there"].actor), signed_in(worker)
    reason = {"reason": "Non ha ancora la residenza", "_submission": uuid.uuid4()}
    assert there.get(url("decline_hand_over", case["row"])).status_code == 200
    assert there.post(url("decline_hand_over", case["row"]), {"reason": "", "_submission": uuid.uuid4()}).status_code == 422
    assert here.post(url("decline_hand_over", case["row"]), {**reason, "_submission": uuid.uuid4()}).status_code == 422
    assert there.post(url("withdraw_hand_over", case["row"]), {**reason, "_submission": uuid.uuid4()}).status_code == 422
    assert here.post(url("accept_hand_over", case["row"]), accepting(case, referent=worker.public_id)).status_code == 422
    assert fresh(case, case["here"]).state == "offered"
    assert there.post(url("decline_hand_over", case["row"]), reason).status_code == 303
    row = fresh(case, case["here"])
    assert (row.state, row.answer) == ("declined", "Non ha ancora la residenza")
    assert "Non ha ancora la residenza" in here.get(url("hand_over", row)).content.decode()
    assert here.post(url("withdraw_hand_over", row), {**reason, "_submission": uuid.uuid4()}).status_code == 409


def test_it_may_be_taken_back(signed_in, worker, case):
    client = signed_in(worker)
    assert client.get(url("withdraw_hand_over", case["row"])).status_code == 200
    assert client.post(url("withdraw_hand_over", case["row"]), {"reason": "Resta qui", "_submission": uuid.uuid4()}).status_code == 303
    assert fresh(case, case["here"]).state == "withdrawn"


def test_a_third_ambito_and_other_roles_see_nothing(signed_in, sondrio, case):
    morbegno = Ambito.objects.exclude(pk__in=[sondrio.pk, case["tirano"].pk]).filter(network_id=sondrio.network_id).first()
    assert morbegno
    other = signed_in(make_user(Role.SOCIAL_WORKER, morbegno, number=42))
    clerk = signed_in(make_user(Role.CLERK, sondrio))
    for name in ("hand_over", "accept_hand_over", "decline_hand_over", "withdraw_hand_over", "hand_over_paper"):
        assert other.get(url(name, case["row"])).status_code == 404
        assert clerk.get(url(name, case["row"])).status_code == 403
    assert str(case["row"].public_id) not in other.get(reverse("agreements:hand_overs")).content.decode()
    assert str(case["row"].public_id) in signed_in(case["there"].actor).get(reverse("agreements:hand_overs")).content.decode()
    assert str(case["row"].public_id) in signed_in(case["here"].actor).get(f"{reverse('agreements:hand_overs')}?verso=via").content.decode()
    with scope(Scope(ambiti=frozenset({morbegno.pk}), networks=frozenset({morbegno.network_id}))):
        assert not HandOver._base_manager.exists()  # the database's own answer, without the manager
        assert not HandOver._base_manager.filter(pk=case["row"].pk).update(reason="x")


def test_both_sides_reach_the_row_and_nothing_behind_it(case):
    with scope(case["there"].scope):
        assert HandOver._base_manager.count() == 1
        assert not Beneficiary._base_manager.filter(pk=case["person"].pk).exists()
        assert not Document._base_manager.filter(pk=case["row"].document_id).exists()
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            HandOver.objects.filter(pk=case["row"].pk).update(last_day=date(2030, 1, 1))
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            HandOver.objects.filter(pk=case["row"].pk).update(to_ambito=case["here"].ambito_id)
        mine = make_beneficiary(case["there"], number=8, today=case["today"])
        HandOver.objects.filter(pk=case["row"].pk).update(new_beneficiary=mine)
    with scope(case["here"].scope), pytest.raises(IntegrityError), transaction.atomic():
        HandOver.objects.filter(pk=case["row"].pk).update(new_beneficiary=case["person"])
