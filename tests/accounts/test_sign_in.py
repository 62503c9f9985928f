"""The door: sign-in, throttling, invitations, the switch of Ambito, roles and permissions."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from impresasolidale.accounts import services
from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.models import Invitation, Membership, User
from impresasolidale.accounts.permissions import ROLE_PERMISSIONS, Permission, Role
from impresasolidale.core.errors import DomainError, FourEyesRequired
from impresasolidale.core.models import Message
from impresasolidale.core.scope import scope

pytestmark = pytest.mark.django_db
PASSWORD = "cavallo batteria graffetta"


def sign_in(client, email, password=PASSWORD, **extra):
    return client.post("/accesso/", {"email": email, "password": password, **extra})


def test_the_right_password_opens_the_first_page(client, worker):
    response = sign_in(client, worker.email.upper())
    assert response.status_code == 303 and response["Location"] == "/scrivania/"


def test_a_wrong_password_says_so_without_saying_which(client, worker):
    for email in (worker.email, "nessuno@example.org"):
        response = sign_in(client, email, "sbagliata")
        assert response.status_code == 422 and "non corrispondono" in response.content.decode()


def test_an_address_elsewhere_is_not_followed(client, worker):
    assert sign_in(client, worker.email, next="https://example.com/")["Location"] == "/scrivania/"


def test_a_strange_address_to_go_to_is_written_as_an_address(client, worker):
    assert sign_in(client, worker.email, next="/cerca/?q=\r\nX: 😀")["Location"] == "/cerca/?q=%0D%0AX:%20%F0%9F%98%80"


def test_many_wrong_passwords_close_the_door_for_that_address_alone(client, worker, coordinator):
    answers = [sign_in(client, worker.email, "sbagliata").status_code for _ in range(7)]
    assert answers[-1] == 429
    assert sign_in(client, worker.email).status_code == 429
    assert sign_in(client, coordinator.email).status_code == 303


@pytest.fixture
def invited(within, coordinator, today):
    by = within(coordinator)
    user = services.invite(
        email="Nuova@Example.org", first_name="Nuova", last_name="Collega", role=Role.SOCIAL_WORKER, by=by, today=today,
        base_url="http://x", ambito_id=by.ambito_id,
    )  # fmt: skip
    link = next(line for line in Message.objects.get().body.splitlines() if line.startswith("http://x"))
    return user, link.removeprefix("http://x")


def test_an_invitation_opens_once(client, invited):
    user, link = invited
    page = client.get(link)
    assert page.status_code == 200 and "no-store" in page["Cache-Control"]
    answer = client.post(link, {"password": PASSWORD, "again": PASSWORD})
    assert answer.status_code == 303
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    again = client.post(link, {"password": PASSWORD + "2", "again": PASSWORD + "2"})
    assert again.status_code == 422 and "non funziona più" in again.content.decode()


@pytest.mark.parametrize(("password", "again", "words"), [("corta", "corta", "15"), (PASSWORD, "altra", "non sono uguali")])
def test_a_weak_or_mistyped_password_is_refused(client, invited, password, again, words):
    _user, link = invited
    response = client.post(link, {"password": password, "again": again})
    assert response.status_code == 422 and words in response.content.decode()


def test_an_old_invitation_is_closed(client, invited):
    _user, link = invited
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.post(link, {"password": PASSWORD, "again": PASSWORD}).status_code == 422


def test_the_link_is_never_kept_in_clear(invited):
    _user, link = invited
    token = link.rstrip("/").rpartition("/")[2]
    assert token not in Invitation.objects.get().token_hash


def test_the_same_message_waits_ten_minutes(within, coordinator, invited, today):
    by = within(coordinator)
    with pytest.raises(DomainError, match="dieci minuti"):
        services.send_link(
            user=invited[0], by=by, kind="accounts.invitation", template="accounts/email/invitation.txt", base_url="http://x"
        )


def test_forgotten_passwords_answer_the_same_to_everybody(client, worker):
    answers = {client.post("/accesso/dimenticata/", {"email": e})["Location"] for e in (worker.email, "nessuno@example.org")}
    assert len(answers) == 1
    with scope(access_for(worker).scope):
        assert Message.objects.filter(address=worker.email).count() == 1


def test_a_membership_counts_on_its_days_only(worker):
    Membership.objects.filter(user=worker).update(valid_to=date(2020, 12, 31))
    access = access_for(worker)
    assert access.roles == frozenset() and access.ambiti == frozenset() and not access.may(Permission.SEE_PEOPLE)


def test_one_ambito_at_a_time_and_the_switch(signed_in, worker, tirano, sondrio):
    Membership.objects.create(user=worker, role=Role.COORDINATOR, network=tirano.network, ambito=tirano, valid_from=date(2020, 1, 1))
    access = access_for(worker)
    assert (access.ambito_id, access.roles) == (sondrio.pk, {Role.SOCIAL_WORKER})
    other = access_for(worker, chosen=f"ambito:{tirano.pk}")
    assert (other.ambiti, other.roles) == (frozenset({tirano.pk}), {Role.COORDINATOR})
    client = signed_in(worker)
    assert client.post("/accesso/cambia/", {"context": f"ambito:{tirano.pk}"}).status_code == 303
    assert client.session["context"] == f"ambito:{tirano.pk}"
    assert client.post("/accesso/cambia/", {"context": "ambito:999999"}).status_code == 404


def test_every_role_has_its_permissions_and_company_roles_none_of_the_offices():
    assert set(ROLE_PERMISSIONS) == set(Role)
    for role in (Role.COMPANY_TUTOR, Role.COMPANY_CONTACT, Role.PARTNER, Role.DONOR):
        assert not ROLE_PERMISSIONS[role] & {Permission.SEE_PEOPLE, Permission.SEE_PLACEMENTS, Permission.SEE_FUND}
    for role, granted in ROLE_PERMISSIONS.items():
        assert not {Permission.PREPARE_PLACEMENTS, Permission.VALIDATE_PLACEMENTS} <= granted, role
        assert not {Permission.ASK_BENEFITS, Permission.GRANT_BENEFITS} <= granted, role
        assert not {Permission.GRANT_BENEFITS, Permission.PAY_BENEFITS} <= granted, role


def test_the_second_key(within, worker):
    by = within(worker)
    with pytest.raises(FourEyesRequired):
        services.require_second_key(first_id=worker.pk, by=by)
    services.require_second_key(first_id=worker.pk + 1, by=by)
    services.require_second_key(first_id=worker.pk, by=by, act=services.OutsideAct(number="12/2026", on=date(2026, 8, 10)))
    with pytest.raises(FourEyesRequired):
        services.require_second_key(first_id=worker.pk, by=by, act=services.OutsideAct(number=" ", on=date(2026, 8, 10)))


def test_one_address_one_user(worker):
    assert User.objects.filter(email=worker.email).count() == 1
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email=worker.email.upper(), first_name="a", last_name="b")
