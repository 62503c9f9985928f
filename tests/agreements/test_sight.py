"""Who opens a placement inside an Ambito: as the record of its person, and the role whose task it is (house.md §3, adr/0013)."""

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from impresasolidale.accounts.access import Access, access_for
from impresasolidale.accounts.models import Membership, User
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.models import Document, Look
from impresasolidale.core.scope import scope
from placements.agreements.enums import PlacementState
from placements.agreements.models import Communication, PersonalProject, Placement, Signature
from placements.beneficiaries.services import join_care_team
from tests.factories.agreements import make_placement
from tests.factories.fixtures import TODAY, make_user

pytestmark = pytest.mark.django_db
S = PlacementState


def made(worker: User, state: str, **values: Any) -> Placement:
    access = access_for(worker)
    with scope(access.scope):
        return make_placement(access, state, **values)


def page(name: str, *args: Any) -> str:
    return reverse(f"agreements:{name}", args=args)


def why(placement: Placement) -> str:
    with scope(Access.system(network_id=None, ambito_id=placement.ambito_id, reason="test").scope):
        return reverse("beneficiaries:reason", args=[placement.beneficiary.public_id])


def papers(worker: User) -> tuple[Document, Signature]:
    with scope(access_for(worker).scope):
        document = Document.objects.get(kind="agreements.personal_project")
        return document, Signature.objects.filter(document=document).order_by("id")[0]


@pytest.fixture
def colleague(sondrio: Any) -> User:
    return make_user(Role.SOCIAL_WORKER, sondrio, number=2)


@pytest.fixture
def clerk(sondrio: Any) -> User:
    return make_user(Role.CLERK, sondrio)


def test_a_colleague_gives_a_reason_once_and_it_is_logged(worker: User, colleague: User, signed_in: Any) -> None:
    placement = made(worker, S.ACTIVE)
    client, detail = signed_in(colleague), page("detail", placement.public_id)
    assert str(placement.beneficiary) in client.get(page("list")).content.decode(), "the list still names"
    asked = client.get(detail)
    assert asked.status_code == 303 and asked["Location"].startswith(why(placement))
    with scope(access_for(colleague).scope):
        assert not Look.objects.filter(actor_id=colleague.pk, kind=Look.Kind.DETAIL).exists()
    assert client.post(why(placement), {"why": "other", "reason": "Sostituzione", "next": detail})["Location"] == detail
    assert client.get(detail).status_code == 200
    with scope(access_for(colleague).scope):
        assert [look.reason for look in Look.objects.filter(actor_id=colleague.pk, kind=Look.Kind.DETAIL).order_by("id")] == [
            "Un altro motivo: Sostituzione",
            "",
        ]


def test_every_page_file_and_form_of_it_asks(worker: User, colleague: User, signed_in: Any) -> None:
    placement, client = made(worker, S.ACTIVE), signed_in(colleague)
    document, signature = papers(worker)
    reads = [
        page("changes", placement.public_id),
        page("duties", placement.public_id),
        page("signing", document.public_id),
        page("document", document.public_id),
        page("scan", signature.public_id),
        f"{page('new_template')}?da={placement.public_id}",
        reverse("monitoring:new", args=[placement.public_id]),
        reverse("desk:mute_placement", args=[placement.public_id]),
    ]
    assert {url: client.get(url).get("Location", "")[: len(why(placement))] for url in reads} == dict.fromkeys(reads, why(placement))
    refused = client.post(page("refresh", placement.public_id))
    assert refused["Location"] == f"{why(placement)}?{urlencode({'next': page('detail', placement.public_id)})}"


def test_a_form_of_it_writes_nothing(worker: User, colleague: User, signed_in: Any) -> None:
    placement = made(worker, S.DRAFT)
    assert signed_in(colleague).post(page("step", placement.public_id, "proposed"), {})["Location"].startswith(why(placement))
    with scope(access_for(worker).scope):
        assert Placement.objects.get().state == S.DRAFT


def test_it_opens_to_who_works_on_it(worker: User, colleague: User, signed_in: Any, sondrio: Any) -> None:
    educator, other = make_user(Role.PROMOTER_TUTOR, sondrio), make_user(Role.PROMOTER_TUTOR, sondrio, number=2)
    placement = made(worker, S.ACTIVE, promoter_tutor=educator)
    detail = page("detail", placement.public_id)
    assert [signed_in(user).get(detail).status_code for user in (worker, educator, other, colleague)] == [200, 200, 303, 303]
    access = access_for(worker)
    with scope(access.scope):
        join_care_team(beneficiary=placement.beneficiary, user=colleague, role="member", by=access, today=timezone.localdate())
    assert signed_in(colleague).get(detail).status_code == 200


def test_it_opens_to_who_is_limited_to_the_comune(worker: User, signed_in: Any, sondrio: Any) -> None:
    placement = made(worker, S.ACTIVE)
    home = placement.beneficiary.residence
    officer = make_user(Role.COMUNE_OFFICER, sondrio, comune=home)
    assert signed_in(officer).get(page("detail", placement.public_id)).status_code == 200
    Membership.objects.filter(user=officer).update(comune=type(home).objects.exclude(pk=home.pk).order_by("pk")[0])
    assert signed_in(officer).get(page("detail", placement.public_id)).status_code == 404


def test_the_coordinator_comes_for_the_decision_and_stays_until_signing_out(worker: User, coordinator: User, signed_in: Any) -> None:
    placement, client = made(worker, S.PROPOSED), signed_in(coordinator)
    detail = page("detail", placement.public_id)
    assert client.get(detail).status_code == 200
    done = client.post(page("step", placement.public_id, "rejected"), {"reason": "Troppo lontano"}, follow=True)
    assert done.redirect_chain == [(detail, 303)] and "Fatto." in done.content.decode()
    assert signed_in(coordinator).get(detail)["Location"].startswith(why(placement)), "the task is over"


def test_a_second_key_may_look_at_what_it_let_pass(worker: User, coordinator: User, signed_in: Any) -> None:
    placement = made(worker, S.VALIDATED, starts_on=TODAY)
    with scope(access_for(worker).scope):
        keeper = Placement.objects.select_related("validated_by").get().validated_by
    detail = page("detail", placement.public_id)
    assert keeper and signed_in(keeper).get(detail).status_code == 200
    other = make_user(Role.COORDINATOR, placement.ambito, number=9)
    assert signed_in(other).get(detail).status_code == 303


@pytest.mark.parametrize("task", ["signatures", "protocol", "communication"])
def test_the_clerk_comes_for_papers_and_communications(task: str, worker: User, clerk: User, signed_in: Any) -> None:
    placement = made(worker, S.TO_SIGN if task == "signatures" else S.ACTIVE)
    access, detail = access_for(worker), page("detail", placement.public_id)
    with scope(access.scope):
        if task != "communication":
            Communication.objects.update(sent_on=TODAY, code="C-1")
        numbered = Document.objects.all()
        numbered.update(protocol_number="7", protocol_on=TODAY, register_state="registered")
        if task == "protocol":
            numbered.filter(subject_type="agreements.placement").update(protocol_number="", protocol_on=None, register_state="to_send")
    client = signed_in(clerk)
    assert client.get(detail).status_code == 200
    with scope(access.scope):  # the task is done
        PersonalProject.objects.update(state="effective")
        Document.objects.update(protocol_number="7", protocol_on=TODAY, register_state="registered")
        Communication.objects.update(sent_on=TODAY, code="C-1")
    asked = client.get(detail)
    assert asked["Location"].startswith(why(placement))
    question = client.get(asked["Location"])
    assert question.status_code == 200 and page("list") in question.content.decode()
    assert client.post(why(placement), {"why": "check", "next": detail})["Location"] == detail
    assert client.get(detail).status_code == 200


def test_of_another_ambito_there_is_no_reason_to_give(worker: User, stranger: User, signed_in: Any) -> None:
    placement, client = made(worker, S.ACTIVE), signed_in(stranger)
    assert [client.get(url).status_code for url in (page("detail", placement.public_id), why(placement))] == [404, 404]
