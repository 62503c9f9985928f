"""Tutors: engaged, known from elsewhere, invited, gone."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from companies.hosts import selectors
from companies.hosts.models import CompanyTutor, Engagement
from impresasolidale.accounts.models import Membership, User
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.models import Message
from tests.factories.hosts import make_company, make_tutor

pytestmark = pytest.mark.django_db


def tutor_page(**changes):
    return {"first_name": "Ivo", "last_name": "Larice", "email": "ivo@example.org", "valid_from": "2026-11-02", **changes}


def text_of(response):
    return response.content.decode()


def test_a_tutor_known_by_address_is_engaged_a_second_time(signed_in, worker, within):
    access = within(worker)
    first, second = make_company(access), make_company(access)
    client = signed_in(worker)
    for company in (first, second):
        response = client.post(reverse("hosts:new_tutor", args=[company.public_id]), tutor_page(email="IVO@example.org", job_title="Capo"))
        assert response.status_code == 303
    tutor = CompanyTutor.objects.get()
    assert {e.company_id for e in tutor.engagements.all()} == {first.pk, second.pk}
    again = client.post(reverse("hosts:new_tutor", args=[first.public_id]), tutor_page())
    assert again.status_code == 422 and "è già tutor di questa impresa" in text_of(again)
    other = client.post(reverse("hosts:new_tutor", args=[first.public_id]), tutor_page(first_name="Ada"))
    assert other.status_code == 422 and "è già di Ivo Larice" in text_of(other)
    assert Engagement.objects.count() == 2


def test_new_site(signed_in, worker, within):
    company = make_company(within(worker))
    url = reverse("hosts:new_site", args=[company.public_id])
    client = signed_in(worker)
    assert client.post(url, {"name": "Negozio", "address": "", "comune": "Sondrio"}).status_code == 422
    assert client.post(url, {"name": "Negozio", "address": "Via Prova 3", "comune": "Sondrio (SO)"}).status_code == 303
    assert company.sites.get().name == "Negozio"


def test_invitation_opens_the_portal_and_waits_before_a_second_message(signed_in, worker, within):
    access = within(worker)
    company = make_company(access)
    tutor = make_tutor(access, company, with_user=False, email="ada@example.org")
    client, url = signed_in(worker), reverse("hosts:tutor_invite", args=[company.public_id, tutor.public_id])
    page = client.post(url, follow=True)
    assert "è in partenza" in text_of(page) and "Invito mandato" in text_of(page)
    tutor.refresh_from_db()
    assert tutor.user.email == "ada@example.org" and not tutor.user.has_usable_password()
    assert Membership.objects.get(user=tutor.user).company_id == company.pk
    assert Message.objects.filter(address="ada@example.org", kind="accounts.invitation").count() == 1
    assert "aspetta dieci minuti" in text_of(client.post(url, follow=True))
    assert Message.objects.filter(address="ada@example.org").count() == 1
    assert signed_in(worker).get(url).status_code == 405


def test_whoever_left_cannot_be_invited(signed_in, worker, within):
    access = within(worker)
    company = make_company(access)
    tutor = make_tutor(access, company, with_user=False)
    Engagement.objects.update(valid_to=timezone.localdate() - timedelta(days=1))
    page = signed_in(worker).post(reverse("hosts:tutor_invite", args=[company.public_id, tutor.public_id]), follow=True)
    assert "non è più tutor di questa impresa" in text_of(page)
    assert not Message.objects.exists() and not User.objects.filter(email=tutor.email).exists()


def test_the_end_of_an_engagement_closes_the_portal_for_that_company_only(signed_in, worker, within):
    access = within(worker)
    company, elsewhere = make_company(access), make_company(access)
    tutor = make_tutor(access, company)
    Membership.objects.create(
        user=tutor.user, role=Role.COMPANY_TUTOR, network_id=access.network_id, company=elsewhere, valid_from=date(2025, 1, 7)
    )
    url = reverse("hosts:end_engagement", args=[company.public_id, tutor.public_id])
    client = signed_in(worker)
    assert client.get(url).status_code == 200
    early = client.post(url, {"on": "2024-12-31"})
    assert early.status_code == 422 and "viene prima di quella di inizio" in text_of(early)
    yesterday = timezone.localdate() - timedelta(days=1)
    assert client.post(url, {"on": yesterday.isoformat()}).status_code == 303
    assert tutor.engagements.get().valid_to == yesterday
    held = Membership.objects.in_force(timezone.localdate()).filter(user=tutor.user)
    assert [m.company_id for m in held] == [elsewhere.pk]
    assert list(selectors.tutors_of(access, company, timezone.localdate())) == []
    assert list(selectors.tutors_of(access, company, yesterday)) == [tutor]
    twice = client.post(url, {"on": yesterday.isoformat()})
    assert twice.status_code == 422
    overlapping = client.post(
        reverse("hosts:new_tutor", args=[company.public_id]),
        tutor_page(email=tutor.email, first_name=tutor.first_name, last_name=tutor.last_name, valid_from=yesterday.isoformat()),
    )
    assert overlapping.status_code == 422 and "quello nuovo comincia dopo" in text_of(overlapping)


def test_the_database_refuses_what_the_services_refuse(worker, within):
    access = within(worker)
    company = make_company(access)
    tutor = make_tutor(access, company, with_user=False)
    with pytest.raises(IntegrityError, match="hosts_engagement_open_once"), transaction.atomic():
        Engagement.objects.create(tutor=tutor, company=company, network_id=access.network_id, valid_from=date(2026, 1, 1))
    with pytest.raises(IntegrityError, match="hosts_engagement_dates"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE hosts_engagement SET valid_to = valid_from - 1")


def test_a_contact_is_invited_for_the_company(signed_in, worker, within):
    company = make_company(within(worker))
    url = reverse("hosts:contact_invite", args=[company.public_id])
    client = signed_in(worker)
    assert client.post(url, {"first_name": "Ugo", "last_name": "Prova", "email": "ugo@"}).status_code == 422
    page = client.post(url, {"first_name": "Ugo", "last_name": "Prova", "email": "ugo@example.org"}, follow=True)
    assert "ugo@example.org" in text_of(page)
    held = Membership.objects.get(user__email="ugo@example.org")
    assert (held.role, held.company_id) == (Role.COMPANY_CONTACT, company.pk)
    assert "aspetta dieci minuti" in text_of(client.post(url, {"first_name": "Ugo", "last_name": "Prova", "email": "ugo@example.org"}))


def test_a_wrong_address_is_mended_and_the_old_link_opens_nothing(signed_in, worker, within):
    access = within(worker)
    company = make_company(access)
    other = make_tutor(access, company, with_user=False)
    tutor = make_tutor(access, company, with_user=False)
    client = signed_in(worker)
    client.post(reverse("hosts:tutor_invite", args=[company.public_id, tutor.public_id]))
    tutor.refresh_from_db()
    stranger, url = tutor.user, reverse("hosts:edit_tutor", args=[company.public_id, tutor.public_id])
    values = {"first_name": "Marta", "last_name": "Rupe", "row_version": tutor.row_version}
    taken = client.post(url, {**values, "email": other.email})
    assert taken.status_code == 422 and f"è già di {other}" in text_of(taken)
    assert client.post(url, {**values, "email": "marta.rupe@example.org"}).status_code == 303
    tutor.refresh_from_db()
    assert (tutor.email, tutor.last_name, tutor.user) == ("marta.rupe@example.org", "Rupe", None)
    assert not Membership.objects.in_force(timezone.localdate()).filter(user=stranger).exists()
    assert client.post(url, {**values, "email": "ancora@example.org"}).status_code == 409
