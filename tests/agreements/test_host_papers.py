"""Papers that wait for a host, as its contact meets them on the portal."""

import uuid
from datetime import date, timedelta

import pytest
from django.utils import timezone

from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.models import Membership, User
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.models import Message
from impresasolidale.core.scope import scope
from placements.agreements import selectors
from placements.agreements.enums import PlacementState as S
from placements.agreements.host_papers import change_of, papers_to_sign
from placements.agreements.models import SignatureRequest
from placements.agreements.services import ask_signature
from tests.factories.agreements import make_placement
from tests.factories.fixtures import TODAY
from tests.factories.hosts import make_company, make_tutor

pytestmark = pytest.mark.django_db
PAGE = "/la-nostra-impresa/"


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda value=None, *args: value.date() if value else TODAY)


@pytest.fixture
def office(within, worker):
    return within(worker)


@pytest.fixture
def placement(office):
    company = make_company(office, representative="Olga Prova", safety_declared_on=date(2025, 5, 5))
    return make_placement(office, S.TO_SIGN, company=company)


def asked(office, placement, address: str) -> SignatureRequest:
    document = selectors.current_project(placement).document
    return ask_signature(document=document, role="host", channel=Message.Channel.EMAIL, address=address, by=office, today=TODAY)


def contact_of(company, email: str = "referente@example.org") -> User:
    user = User.objects.create_user(email, "cavallo batteria graffetta", first_name="Rita", last_name="Referente")
    Membership.objects.create(
        user=user, role=Role.COMPANY_CONTACT, network_id=company.network_id, company=company, valid_from=date(2020, 1, 1)
    )
    return user


def press(client, row):
    return client.post(f"/tirocini/carte-dell-impresa/{row.public_id}/collegamento/", {"_submission": str(uuid.uuid4())})


def test_the_contact_sees_what_waits_and_no_word_of_it(signed_in, office, placement):
    asked(office, placement, "olga@example.org")
    me = signed_in(contact_of(placement.company))
    html = me.get(PAGE).content.decode()
    person = placement.beneficiary
    assert "Da firmare" in html and f"{person.first_name} {person.last_name[0]}." in html and "Olga Prova" in html
    assert person.last_name not in html and "olga@example.org" not in html


def test_the_link_to_the_own_address_opens_the_paper_with_its_code_still_asked(signed_in, office, placement):
    row = asked(office, placement, "Referente@example.org")
    me = signed_in(contact_of(placement.company))
    door = press(me, row)["Location"]
    assert door.startswith("/firma/")
    page = me.get(door, follow=True)
    assert page.status_code == 200 and page.context["stage"] == "begin"
    assert Message.objects.filter(about_id=row.pk).count() == 1  # nothing was mailed


def test_to_somebody_else_it_is_mailed_again_after_an_hour(signed_in, office, placement):
    row = asked(office, placement, "olga@example.org")
    me = signed_in(contact_of(placement.company))
    assert press(me, row)["Location"] == PAGE
    assert Message.objects.filter(about_id=row.pk, kind="agreements.signature_asked").count() == 1  # too soon
    SignatureRequest.objects.filter(pk=row.pk).update(asked_at=timezone.now() - timedelta(hours=2))
    before = SignatureRequest.objects.get(pk=row.pk).token_hash
    press(me, row)
    after = SignatureRequest.objects.get(pk=row.pk)
    assert after.token_hash != before and after.expires_at == row.expires_at
    assert Message.objects.filter(about_id=row.pk, kind="agreements.signature_asked", address="olga@example.org").count() == 2


def test_wrong_codes_stay_counted(signed_in, office, placement):
    row = asked(office, placement, "referente@example.org")
    SignatureRequest.objects.filter(pk=row.pk).update(wrong_codes=5)
    me = signed_in(contact_of(placement.company))
    assert press(me, row)["Location"] == PAGE
    assert SignatureRequest.objects.get(pk=row.pk).wrong_codes == 5


def test_another_company_a_tutor_and_the_office_do_not_reach_it(signed_in, office, placement):
    row = asked(office, placement, "olga@example.org")
    other = contact_of(make_company(office), "altra@example.org")
    assert press(signed_in(other), row).status_code == 404
    tutor = make_tutor(office, placement.company)
    assert press(signed_in(tutor.user), row).status_code == 403
    assert press(signed_in(office.actor), row).status_code == 403
    with scope(access_for(tutor.user).scope):
        assert papers_to_sign(access_for(tutor.user)) == []


def test_a_correction_says_whose_part_of_the_papers_changes(office, placement):
    company = placement.company
    same = {"representative": company.representative, "pec": company.pec, "email": company.email}
    assert change_of(company, same).kind == "cosmetic"
    assert change_of(company, {"pec": "nuova@example.org"}).kind == "contact"
    changed = change_of(company, {"representative": "Bice Nuova"})
    assert changed.asks_again and "host" in changed.again
