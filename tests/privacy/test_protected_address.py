"""A protected address is on no page and in no list for who may not see it: one is planted, and every page of every role is read."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from impresasolidale.accounts.models import Membership
from impresasolidale.accounts.permissions import ROLE_PERMISSIONS, Permission, Role
from tests.contracts.test_sweep import NOWHERE, WORDS, addresses, filled
from tests.support import database
from tests.support.seeded import seeded_database

STREET = "Vicolo Zqxvw 77"
BLIND = [role for role in Role if Permission.SEE_PROTECTED_ADDRESS not in ROLE_PERMISSIONS[role]]


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[list[Any]]:
    """The public ids of somebody in a running placement at Sondrio, whose address is protected, and of her placement."""
    with django_db_blocker.unblock(), seeded_database(tmp_path_factory.mktemp("demo")) as name:
        with database.owner(name) as db:
            placement, ids = db.execute(
                "SELECT p.id, ARRAY[b.public_id, p.public_id] FROM agreements_placement p JOIN beneficiaries_beneficiary b"
                " ON b.id = p.beneficiary_id JOIN territory_ambito a ON a.id = p.ambito_id"
                " WHERE a.name = 'Sondrio' AND p.state = 'active' ORDER BY p.id LIMIT 1"
            ).fetchone()
            db.execute(
                "UPDATE beneficiaries_beneficiary SET address = %s, is_address_protected = true"
                " WHERE id = (SELECT beneficiary_id FROM agreements_placement WHERE id = %s)",
                [STREET, placement],
            )
            db.execute("COMMIT")
        yield ids


def client_of(role: Role, ids: list[Any]) -> Client:
    """Signed in at Sondrio, with the record opened for a reason: nothing but the right on the field stands in the way."""
    held = Membership.objects.in_force(timezone.localdate()).filter(role=role).exclude(ambito__name__in=["Tirano", "Morbegno"])
    client = Client(raise_request_exception=False)
    client.force_login(held.order_by("id").first().user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["opened"] = [str(public_id) for public_id in ids]
    session.save()
    return client


def asked(ids: list[Any]) -> Iterator[tuple[str, str]]:
    """Every address without a row's name, and every address that names one row, with hers."""
    for name, route in addresses():
        if name in NOWHERE or name.startswith("api:"):
            continue
        if "<" not in route:
            yield name, route
        elif route.count("<uuid:") == 1:
            for public_id in ids:
                for word in WORDS.get(name, ["csv"])[:2]:
                    yield name, filled(route, public_id, word=word)


def told(answer: Any) -> bool:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return STREET.encode() in body


def leaks(role: Role, ids: list[Any]) -> set[str]:
    client = client_of(role, ids)
    return {name for name, path in asked(ids) if told(client.get(path))}


@pytest.mark.parametrize("role", BLIND)
def test_no_page_of_who_may_not_see_it_tells_a_protected_address(demo, role):
    assert leaks(role, demo) == set()


def test_who_may_see_it_reads_it(demo):
    """The sweep is not blind, and what it finds is the record and nothing else."""
    assert "beneficiaries:detail" in leaks(Role.SOCIAL_WORKER, demo)
