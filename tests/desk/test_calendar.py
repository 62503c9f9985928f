"""The calendar one subscribes to: a secret of one's own, shown once, ended when one wants."""

import re
from datetime import time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from companies.training import services
from impresasolidale.accounts.models import CalendarFeed
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.scope import scope
from placements.matching.services import call_off_visit, plan_visit
from tests.factories.hosts import make_company, make_tutor
from tests.factories.training import make_edition
from tests.matching.test_proposals import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def access(worker, within):
    return within(worker)


@pytest.fixture
def tutor(access):
    return make_tutor(access, make_company(access))


def opened(client):
    """The address a user gets, as the page shows it."""
    page = client.post(reverse("desk:open_feed"), follow=True).content.decode()
    return re.search(r"(/calendario/[\w-]+\.ics)", page)[1]


def test_a_tutors_own_meetings(client, signed_in, access, tutor):
    on = timezone.localdate() + timedelta(days=20)
    mine, other = (make_edition(access, on=on + timedelta(days=n), meetings=2) for n in (0, 30))
    services.enrol_tutor(edition=mine, tutor=tutor, by=access)
    me = signed_in(tutor.user)
    url = opened(me)
    answer = client.get(url)
    text = answer.content.decode()
    assert answer["Content-Type"] == "text/calendar; charset=utf-8" and answer["Cache-Control"] == "no-store"
    assert text.count("BEGIN:VEVENT") == 2 and f"DTSTART:{on:%Y%m%d}T080000Z" in text and "SUMMARY:Tutor in impresa" in text
    assert str(mine.public_id) in text.replace("\r\n ", "") and str(other.public_id) not in text.replace("\r\n ", "")
    assert "no-store" in me.get(reverse("desk:calendar"))["Cache-Control"]


def test_the_secret_is_shown_once_and_ends(client, signed_in, tutor, access):
    me = signed_in(tutor.user)
    first = opened(me)
    assert first not in me.get(reverse("desk:calendar")).content.decode()
    assert not CalendarFeed.objects.filter(token_hash__contains=first.split("/")[-1][:-4]).exists(), "only its hash is kept"
    second = opened(me)
    assert client.get(first).status_code == 404 and client.get(second).status_code == 200
    me.post(reverse("desk:close_feed"))
    assert client.get(second).status_code == 404
    assert CalendarFeed.objects.filter(user=tutor.user, revoked_at=None).count() == 0


def test_who_is_no_longer_a_user_has_no_calendar(client, signed_in, tutor, access):
    url = opened(signed_in(tutor.user))
    tutor.user.is_active = False
    tutor.user.save()
    assert client.get(url).status_code == 404


def test_secrets_are_not_guessed(client, db):
    for _n in range(10):
        assert client.get(reverse("desk:feed", args=["nessuno"])).status_code == 404
    assert client.get(reverse("desk:feed", args=["nessuno"])).status_code == 429


def test_a_trainer_has_all_of_the_network(client, signed_in, user_of, sondrio, access):
    make_edition(access, on=timezone.localdate() + timedelta(days=9))
    url = opened(signed_in(user_of(Role.TRAINER, sondrio)))
    assert client.get(url).content.decode().count("BEGIN:VEVENT") == 2


def test_the_trial_visits_of_the_people_one_follows_without_their_names(client, signed_in, worker, user_of, sondrio):
    world = World(worker)
    on = world.today + timedelta(days=3)
    row = world.propose()
    with scope(world.access.scope):
        visit = plan_visit(proposal=row, on=on, starts_at=time(9, 30), companions="la sorella", by=world.access)
    url, other = opened(signed_in(worker)), opened(signed_in(user_of(Role.SOCIAL_WORKER, sondrio, number=2)))
    text = client.get(url).content.decode().replace("\r\n ", "")
    assert f"DTSTART:{on:%Y%m%d}T083000Z" in text and f"DTEND:{on:%Y%m%d}T100000Z" in text
    assert "SUMMARY:Visita di prova: Forno di prova" in text and str(row.public_id) in text
    assert world.person.last_name not in text and world.person.first_name not in text
    assert "BEGIN:VEVENT" not in client.get(other).content.decode()  # follows nobody here
    with scope(world.access.scope):
        call_off_visit(visit=visit, reason="È malata", by=world.access)
    assert "BEGIN:VEVENT" not in client.get(url).content.decode()
