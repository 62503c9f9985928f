"""The leak matrix, made from the resolver: every address × every role × rows of another Ambito. A new address is swept by itself."""

import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from impresasolidale.accounts.models import Membership, User
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.models import AmbitoOwned, Look
from impresasolidale.core.scope import Scope, scope
from impresasolidale.territory.models import Ambito
from tests.support import database
from tests.support.seeded import seeded_database

PUBLIC = {"website", "accounts", "api", "signing", "portal", "here"}  # rooms with pages for visitors
OPEN = {"core:healthz", "set_language"}
NOWHERE = {"core:components", "core:healthz"}  # the first is the demo's alone, the second waits for a worker
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
ROLES = [r for r in Role]


def addresses(patterns: Any = None, prefix: str = "", space: str = "") -> Iterator[tuple[str, str]]:
    """(name, route) of every pattern, routes with their converters in place."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from addresses(entry.url_patterns, route, f"{entry.namespace}:" if entry.namespace else space)
        elif isinstance(entry, URLPattern):
            yield f"{space}{entry.name}", "/" + route


def filled(route: str, public_id: uuid.UUID) -> str:
    route = re.sub(r"<uuid:[a-z_]+>", str(public_id), route)
    route = re.sub(r"<int:[a-z_]+>", "2026", route)
    return re.sub(r"<(?:[a-z]+:)?[a-z_]+>", "pdf", route)


ONE = uuid.UUID(int=1, version=4)  # the public id of a foreign row of every kind


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[dict[str, Any]]:
    with django_db_blocker.unblock(), seeded_database(tmp_path_factory.mktemp("demo")) as name:
        sondrio, tirano = Ambito.objects.get(name="Sondrio"), Ambito.objects.get(name="Tirano")
        foreign: dict[str, uuid.UUID] = {}
        foreign_ids: set[str] = set()
        others = frozenset(Ambito.objects.exclude(pk=sondrio.pk).values_list("pk", flat=True))
        with scope(Scope(ambiti=others, networks=frozenset({sondrio.network_id}))):
            for model in apps.get_models():
                if hasattr(model, "public_id") and (issubclass(model, AmbitoOwned) or model._meta.label == "core.Document"):
                    ids = list(model._base_manager.filter(ambito_id__in=others).order_by("id").values_list("public_id", flat=True))
                    foreign_ids |= {str(i) for i in ids}
                    if ids:
                        foreign[model._meta.label] = ids[0]
        foreign_ids.add(str(ONE))
        share_address(name, foreign)
        users: dict[str, User] = {}
        for role in ROLES:
            held = (
                Membership.objects.in_force(timezone.localdate()).filter(role=role).exclude(ambito=tirano).exclude(ambito__name="Morbegno")
            )
            users[role] = held.order_by("id").first().user
        yield {"name": name, "foreign": foreign, "foreign_ids": foreign_ids, "users": users}


def share_address(name: str, foreign: dict[str, uuid.UUID]) -> None:
    """One foreign row of each kind takes the same public id: each address is then asked once for all kinds together."""
    with database.owner(name) as owner:
        for label in foreign:
            table = apps.get_model(label)._meta.db_table
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            owner.execute(f"UPDATE {table} SET public_id = %s WHERE public_id = %s", [ONE, foreign[label]])
            owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            foreign[label] = ONE


def client_of(user: User | None) -> Client:
    client = Client(raise_request_exception=False)
    if user:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_demo_has_rows_of_every_important_kind_elsewhere(demo):
    wanted = {"beneficiaries.Beneficiary", "agreements.Placement", "agreements.FrameworkAgreement", "attendance.Timesheet", "core.Document"}
    assert wanted <= set(demo["foreign"])


def test_the_shared_address_is_a_row_for_its_own_office(demo):
    """Else the sweep would ask for rows that nobody has."""
    for label, route in (("beneficiaries.Beneficiary", "beneficiaries:detail"), ("agreements.Placement", "agreements:detail")):
        with database.owner(demo["name"]) as owner:
            row = owner.execute(f"SELECT ambito_id FROM {apps.get_model(label)._meta.db_table} WHERE public_id = %s", [ONE]).fetchone()
        own = Membership.objects.in_force(timezone.localdate()).filter(role=Role.COORDINATOR, ambito=row[0]).order_by("id").first()
        assert client_of(own.user).get(reverse(route, args=[ONE])).status_code in {200, 303}, label  # 303: it asks why


@pytest.mark.parametrize("role", ROLES)
def test_no_role_reaches_a_row_of_another_ambito(demo, role):
    client, leaks = client_of(demo["users"][role]), []
    for name, route in addresses():
        if "<uuid:" not in route:
            continue
        for method in ("get", "post"):
            status = getattr(client, method)(filled(route, ONE)).status_code
            if status not in {401, 403, 404, 405}:
                leaks.append((status, method, name))
    assert leaks == []


@pytest.mark.parametrize("role", ROLES)
def test_no_page_of_a_role_shows_the_address_of_a_foreign_row_or_breaks(demo, role):
    client, faults = client_of(demo["users"][role]), []
    for name, route in addresses():
        if "<" in route:
            continue
        if name in NOWHERE:
            continue
        response = client.get(route)
        if response.status_code not in {200, 302, 303, 401, 403, 405}:
            faults.append((response.status_code, name))
        elif response.status_code == 200 and not response.streaming:
            shown = set(UUID.findall(response.content.decode(errors="replace")))
            if leaked := shown & demo["foreign_ids"]:
                faults.append((len(leaked), name))
    assert faults == []


def test_a_visitor_sees_public_pages_only(demo):
    client, faults = client_of(None), []
    for name, route in addresses():
        if name in NOWHERE:
            continue
        response = client.get(filled(route, uuid.uuid4()))
        public = name.partition(":")[0] in PUBLIC or name in OPEN
        if (
            not public
            and not (response.status_code == 302 and response["Location"].startswith("/accesso/"))
            and response.status_code != 405
        ):
            faults.append((response.status_code, name))
        if response.status_code >= 500:
            faults.append((response.status_code, name))
    assert faults == []


def test_an_attempt_on_a_foreign_row_is_logged(demo):
    user = demo["users"][Role.SOCIAL_WORKER]
    client_of(user).get(f"/persone/{demo['foreign']['beneficiaries.Beneficiary']}/")
    with scope(Scope(actor_id=user.pk)):
        last = Look._base_manager.filter(actor_id=user.pk).order_by("-id").first()
    assert (last.kind, last.place) == ("denied", "beneficiaries:detail")
