"""Keys for other programs: made on a page, shown once, a part of their owner's rights, ended by the owner or by who manages users."""

import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from impresasolidale.accounts.access import access_for, hash_token
from impresasolidale.accounts.models import ApiToken, Membership, User
from impresasolidale.accounts.permissions import ROLE_PERMISSIONS, Role
from impresasolidale.accounts.scopes import SCOPES, offered_to, opened_by
from impresasolidale.accounts.unused import look_at_all
from impresasolidale.core.models import Fact, Message
from impresasolidale.core.scope import scope
from tests.accounts.test_sign_in import PASSWORD

from .conftest import make_key

pytestmark = pytest.mark.django_db
LIST, NEW = reverse("accounts:tokens"), reverse("accounts:new_token")


def typed(**changes):
    return {"name": "Gestionale", "scopes": ["read:companies"], "expires_on": "2027-05-01", **changes}


def end(row):
    return reverse("accounts:end_token", args=[row.public_id])


def test_a_key_is_shown_once_and_opens_the_api(signed_in, worker):
    browser = signed_in(worker)
    assert browser.post(NEW, typed())["Location"] == LIST
    row = ApiToken.objects.get()
    page = browser.get(LIST).content.decode()
    (secret,) = [word for word in page.replace("<", " ").replace(">", " ").split() if hash_token(word) == row.token_hash]
    assert secret not in browser.get(LIST).content.decode()
    assert Client().get("/api/v1/companies/", headers={"Authorization": f"Bearer {secret}"}).status_code == 200
    assert Client().get("/api/v1/people/", headers={"Authorization": f"Bearer {secret}"}).status_code == 403
    assert row.scopes == ["read:companies"]
    with scope(access_for(worker).scope):
        assert Fact.objects.filter(code="accounts.token.made").count() == 1


def test_a_key_asks_again_who_it_is(signed_in, worker, settings):
    """It opens for up to a year what a browser that was left open gives for an hour."""
    settings.CONFIRM_MINUTES = 30
    browser, now = signed_in(worker), timezone.now()
    with time_machine.travel(now + timedelta(minutes=61)):
        assert browser.get(LIST).status_code == 200
        assert browser.get(NEW)["Location"].startswith("/accesso/sono-io/")
        assert browser.post(NEW, typed())["Location"].startswith("/accesso/sono-io/")
    assert not ApiToken.objects.exists()


def test_a_key_that_waits_to_be_shown_is_not_in_the_clear(signed_in, worker):
    browser = signed_in(worker)
    browser.post(NEW, typed())
    (row,) = ApiToken.objects.all()
    kept = json.dumps(dict(browser.session), default=str)
    assert not [word for word in re.findall(r"[\w-]{20,}", kept) if hash_token(word) == row.token_hash]


@pytest.mark.parametrize(
    "changes",
    [
        {"expires_on": "2026-11-17"},  # yesterday
        {"expires_on": "2027-12-31"},  # more than a year
        {"expires_on": ""},
        {"scopes": []},
        {"scopes": ["read:projects"]},  # no right of a social worker
        {"scopes": ["write:everything"]},
    ],
)
def test_a_key_that_is_too_long_or_too_strong_is_not_made(signed_in, worker, changes):
    assert signed_in(worker).post(NEW, typed(**changes)).status_code == 422
    assert not ApiToken.objects.exists()


def test_a_key_of_a_year_is_the_longest(signed_in, worker):
    assert signed_in(worker).post(NEW, typed(expires_on="2027-11-18")).status_code == 303


def test_the_twenty_first_living_key_is_refused(signed_in, worker):
    for _ in range(20):
        make_key(worker)
    assert signed_in(worker).post(NEW, typed()).status_code == 422


def test_one_sees_one_s_own_and_the_coordinator_the_office_s(signed_in, worker, coordinator, stranger, user_of, sondrio):
    colleague = user_of(Role.SOCIAL_WORKER, sondrio, number=2)
    for user in (worker, colleague, stranger):
        make_key(user)
    assert signed_in(worker).get(LIST).content.decode().count("row-actions") == 1
    assert signed_in(coordinator).get(LIST).content.decode().count("row-actions") == 2


def test_who_ends_a_key(signed_in, worker, coordinator, stranger, user_of, sondrio):
    colleague = user_of(Role.SOCIAL_WORKER, sondrio, number=2)
    secret = make_key(worker)
    row = ApiToken.objects.get()
    assert signed_in(colleague).post(end(row)).status_code == 404
    assert signed_in(stranger).post(end(row)).status_code == 404
    assert signed_in(coordinator).post(end(row)).status_code == 303
    assert Client().get("/api/v1/companies/", headers={"Authorization": f"Bearer {secret}"}).status_code == 401
    first = ApiToken.objects.get().revoked_at
    signed_in(worker).post(end(row))
    assert ApiToken.objects.get().revoked_at == first, "ended again, nothing changes"


def test_who_acts_in_no_ambito_has_no_keys(signed_in, user_of):
    dpo = user_of(Role.DPO, None)
    assert signed_in(dpo).get(LIST).status_code == 403
    assert signed_in(dpo).post(NEW, typed()).status_code == 403


def test_the_last_use_is_known_to_the_minute_and_not_written_each_time(worker):
    secret = make_key(worker)
    ask = {"Authorization": f"Bearer {secret}"}
    Client().get("/api/v1/companies/", headers=ask)
    first = ApiToken.objects.get().used_at
    Client().get("/api/v1/companies/", headers=ask)
    assert first is not None and ApiToken.objects.get().used_at == first
    ApiToken.objects.update(used_at=first - timedelta(minutes=2))
    Client().get("/api/v1/companies/", headers=ask)
    assert ApiToken.objects.get().used_at >= first


def test_a_role_that_ends_takes_its_part_of_a_key_along(worker, sondrio, user_of):
    """Worker and coordinator at once: the key reads companies by either role, and the dashboard's reports by the second alone."""
    second = Membership.objects.create(
        user=worker, role=Role.COORDINATOR, network=sondrio.network, ambito=sondrio, valid_from=timezone.localdate()
    )
    ask = {"Authorization": f"Bearer {make_key(worker)}"}
    assert Client().get("/api/v1/reports/", headers=ask).status_code == 200
    second.delete()
    assert Client().get("/api/v1/reports/", headers=ask).status_code == 403
    assert Client().get("/api/v1/companies/", headers=ask).status_code == 200


def test_a_closed_user_s_key_is_401(worker):
    ask = {"Authorization": f"Bearer {make_key(worker)}"}
    worker.is_active = False
    worker.save()
    assert Client().get("/api/v1/companies/", headers=ask).status_code == 401


# --- what ends with its reason


def opens(ask):
    return Client().get("/api/v1/companies/", headers=ask).status_code == 200


def why_ended(user):
    with scope(access_for(user).scope):
        return list(Fact.objects.filter(code="accounts.token.ended").values_list("reason", flat=True))


def test_a_new_password_ends_all_the_keys(signed_in, worker, sondrio, tirano):
    Membership.objects.create(user=worker, role=Role.CLERK, network=tirano.network, ambito=tirano, valid_from=timezone.localdate())
    keys = [{"Authorization": f"Bearer {make_key(worker, ambito=place)}"} for place in (sondrio, tirano)]
    assert all(map(opens, keys))
    said = {"current": PASSWORD, "password": "altra frase lunga davvero", "again": "altra frase lunga davvero"}
    assert signed_in(worker).post("/accesso/il-mio/password/", said).status_code == 303
    assert not any(map(opens, keys))
    assert why_ended(worker) == ["the password changed"] * 2


def test_a_forgotten_password_ends_them_too(client, worker):
    ask = {"Authorization": f"Bearer {make_key(worker)}"}
    client.post("/accesso/dimenticata/", {"email": worker.email})
    with scope(access_for(worker).scope):
        link = next(line for line in Message.objects.get().body.splitlines() if "/accesso/invito/" in line)
    said = {"password": "altra frase lunga davvero", "again": "altra frase lunga davvero"}
    assert client.post("/accesso/" + link.partition("/accesso/")[2], said).status_code == 303
    assert not opens(ask) and why_ended(worker) == ["the password changed"]


def test_the_last_role_in_an_ambito_takes_the_keys_of_that_ambito_along(signed_in, worker, coordinator, sondrio, tirano):
    day = timezone.localdate()
    second = Membership.objects.create(user=worker, role=Role.CLERK, network=sondrio.network, ambito=sondrio, valid_from=day)
    Membership.objects.create(user=worker, role=Role.CLERK, network=tirano.network, ambito=tirano, valid_from=day)
    here, there = ({"Authorization": f"Bearer {make_key(worker, ambito=place)}"} for place in (sondrio, tirano))
    boss = signed_in(coordinator)
    boss.post(f"/utenti/{second.pk}/chiudi/")
    assert opens(here), "one role is left here"
    boss.post(f"/utenti/{Membership.objects.get(user=worker, role=Role.SOCIAL_WORKER).pk}/chiudi/")
    assert not opens(here) and opens(there)


def test_who_comes_back_finds_no_key_of_before(signed_in, worker, coordinator, sondrio):
    """A role that ran out by its date ended nothing: the key slept."""
    ask = {"Authorization": f"Bearer {make_key(worker)}"}
    Membership.objects.filter(user=worker).update(valid_to=timezone.localdate() - timedelta(days=1))
    assert not opens(ask)
    again = {"email": worker.email, "first_name": "x", "last_name": "x", "role": "social_worker", "valid_from": timezone.localdate()}
    assert signed_in(coordinator).post("/utenti/nuovo/", again).status_code == 303
    assert not opens(ask)


def test_an_access_that_was_closed_is_opened_again_without_its_keys(signed_in, worker, coordinator):
    ask = {"Authorization": f"Bearer {make_key(worker)}"}
    day, now = timezone.localdate(), timezone.now()
    User.objects.filter(pk=worker.pk).update(created_at=now - timedelta(days=800), last_login=None, warned_on=day - timedelta(days=60))
    assert look_at_all(today=day, now=now)["close"] >= 1
    again = {"email": worker.email, "first_name": "x", "last_name": "x", "role": "social_worker", "valid_from": day}
    assert signed_in(coordinator).post("/utenti/nuovo/", again).status_code == 303
    assert access_for(User.objects.get(pk=worker.pk)).roles and not opens(ask)


# --- the table of scopes, without a browser


def test_a_key_is_the_part_that_scopes_and_roles_have_together(worker):
    access = access_for(worker)
    key = replace(access, granted=frozenset({"read:companies", "read:projects", "gone:long ago"}))
    assert key.permissions == {p for p in access.permissions if p == "see_companies"}, "projects are no right of a social worker's"


@pytest.mark.parametrize("role", [*Role])
def test_no_scope_is_offered_that_would_open_nothing(role):
    held = ROLE_PERMISSIONS[role]
    for name, _words in offered_to(held):
        carried = SCOPES[name][1]
        assert not carried or opened_by([name]) & held
        if name.startswith("write:"):
            reads = SCOPES.get(name.replace("write:", "read:"), ("", frozenset()))[1]
            assert (carried - reads or carried) & held, f"{role} may not write by {name}"
