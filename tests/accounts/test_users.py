"""Who enters an Ambito: the coordinator invites, dates and closes roles; a deputy is the second key in August."""

import html

import pytest
from django.db import transaction

from companies.hosts.services import invite_colleague, invite_contact
from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.models import Membership, User
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import DomainError
from impresasolidale.core.models import Message
from tests.factories.attendance import make_host
from tests.factories.fixtures import make_user

pytestmark = pytest.mark.django_db
NEW = "/utenti/nuovo/"


def form(**changes):
    filled = {"email": "nuova@example.org", "first_name": "Nuova", "last_name": "Collega", "role": "clerk", "valid_from": "2026-01-01"}
    return {**filled, **changes}


def test_a_colleague_is_invited_with_a_dated_role_here_alone(signed_in, coordinator, within, sondrio):
    assert signed_in(coordinator).post(NEW, form(valid_to="2030-12-31")).status_code == 303
    row = Membership.objects.get(user__email="nuova@example.org")
    assert (row.role, row.ambito, str(row.valid_to)) == ("clerk", sondrio, "2030-12-31")
    within(coordinator)
    assert Message.objects.get().address == "nuova@example.org"
    page = signed_in(coordinator).get("/utenti/").content.decode()
    assert "Nuova Collega" in page and "31/12/2030" in page


def test_a_deputy_stands_in_for_a_colleague(signed_in, coordinator, worker):
    signed_in(coordinator).post(NEW, form(role="coordinator", deputy_of=str(coordinator.public_id)))
    row = Membership.objects.get(user__email="nuova@example.org")
    assert row.deputy_of == coordinator and access_for(row.user).may("validate_placements")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"valid_to": "2025-12-31"}, "prima di quella di inizio"),
        ({"role": "comune_officer"}, "Di quale Comune"),
        ({"role": "company_tutor"}, "Scegli un"),
        ({"email": "non un indirizzo"}, "indirizzo"),
        ({"deputy_of": "00000000-0000-4000-8000-000000000000"}, "Scegli un"),
    ],
)
def test_what_does_not_fit_comes_back_with_words_and_nobody_is_invited(signed_in, coordinator, change, words):
    response = signed_in(coordinator).post(NEW, form(**change))
    assert response.status_code == 422 and words in response.content.decode()
    assert not User.objects.filter(email="nuova@example.org").exists()


def test_an_officer_of_a_comune_sees_its_residents_alone(signed_in, coordinator):
    signed_in(coordinator).post(NEW, form(role="comune_officer", comune="Chiuro"))
    access = access_for(User.objects.get(email="nuova@example.org"))
    assert access.comuni and len(access.comuni) == 1


def test_a_role_is_closed_and_opens_nothing_from_tomorrow(signed_in, coordinator, sondrio):
    colleague = make_user(Role.CLERK, sondrio)
    row = Membership.objects.get(user=colleague)
    assert signed_in(coordinator).post(f"/utenti/{row.pk}/chiudi/").status_code == 303
    row.refresh_from_db()
    assert row.valid_to is not None


def test_nobody_closes_the_own_role_nor_one_of_another_ambito(signed_in, coordinator, stranger):
    mine, theirs = (Membership.objects.get(user=u) for u in (coordinator, stranger))
    page = signed_in(coordinator).post(f"/utenti/{mine.pk}/chiudi/", follow=True)
    assert "solo un&#x27;altra persona" in page.content.decode()
    assert signed_in(coordinator).post(f"/utenti/{theirs.pk}/chiudi/").status_code == 404
    for row in (mine, theirs):
        row.refresh_from_db()
        assert row.valid_to is None


@pytest.mark.parametrize("role", ["accounting", "dpo", "social_worker", "coordinator"])
def test_nobody_gives_a_role_to_oneself(signed_in, coordinator, role):
    """Two roles would be two keys in one hand: who prepares, approves and reads who looked."""
    answer = signed_in(coordinator).post(NEW, form(role=role, email=coordinator.email.upper()))
    assert answer.status_code == 422 and "lo dà un’altra persona" in html.unescape(answer.content.decode())
    assert list(Membership.objects.filter(user=coordinator).values_list("role", flat=True)) == ["coordinator"]


def test_nor_one_in_a_company_unless_the_company_is_one_s_own(within, coordinator, sondrio, today):
    company = make_host(sondrio)
    by = within(coordinator)
    me = {"email": coordinator.email, "first_name": "Prova", "last_name": "Prova", "by": by, "today": today, "base_url": "http://x"}
    for invite in (
        lambda: invite_colleague(company=company, roles=[Role.COMPANY_TUTOR], **me),
        lambda: invite_contact(company=company, **me),
    ):
        with pytest.raises(DomainError), transaction.atomic():
            invite()
    owner = make_user(Role.COMPANY_CONTACT, None, company=company)
    mine = {**me, "email": owner.email, "by": within(owner)}
    invite_colleague(company=company, roles=[Role.COMPANY_TUTOR], **mine)
    assert set(access_for(owner).roles) == {"company_contact", "company_tutor"}


def test_who_may_not_manage_users_is_told_so(signed_in, worker, coordinator):
    row = Membership.objects.get(user=coordinator)
    client = signed_in(worker)
    assert [
        client.get("/utenti/").status_code,
        client.post(NEW, form()).status_code,
        client.post(f"/utenti/{row.pk}/chiudi/").status_code,
    ] == [403] * 3
    assert not User.objects.filter(email="nuova@example.org").exists()


def test_a_colleague_of_another_ambito_is_not_listed(signed_in, coordinator, stranger):
    assert stranger.email not in signed_in(coordinator).get("/utenti/").content.decode()
