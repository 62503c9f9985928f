"""The leak matrix, made from the resolver: every address × every role × rows of another Ambito. A new address is swept by itself.

Each answer is asked for once, and looked at in every way: that it leaks nothing, that its headers are there and it is not kept in a
browser, that a person's name is on the page alone and not in its headers and links, nor in what the program wrote meanwhile.
"""

import logging
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.test import Client
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve, reverse
from django.utils import timezone
from jsonschema import Draft202012Validator

from impresasolidale.accounts.access import Access, access_for, hash_token
from impresasolidale.accounts.models import ApiToken, Membership, User
from impresasolidale.accounts.permissions import Role
from impresasolidale.accounts.scopes import SCOPES
from impresasolidale.core.models import AmbitoOwned, Look
from impresasolidale.core.scope import Scope, scope
from impresasolidale.core.views import Guarded
from impresasolidale.territory.models import Ambito
from impresasolidale.treasury.enums import CheckKind, Payment
from placements.agreements.change_enums import TutorKind
from placements.agreements.enums import ItemKind, SignerRole
from placements.agreements.papers import KINDS as PAPERS
from placements.agreements.rules import may_waive
from placements.agreements.transitions import AGREEMENT, PLACEMENT
from placements.agreements.views.changes import VERSION_STEPS
from solidarity_fund.enums import Paper
from tests.support import database, without
from tests.support.headers import complaint, complaint_of_who_is_signed_in, let_go
from tests.support.queries import OwnQueries
from tests.support.seeded import seeded_database
from tests.support.told import MARK, outside_the_page, told

PUBLIC = {
    "website",
    "accounts",
    "api",
    "signing",
    "portal",
    "here",
    "area",
    "talk",
    "my_evaluation",
    "my_gifts",
}  # rooms with pages for visitors
OPEN = {"core:healthz", "set_language", "desk:feed", "desk:guide", "desk:guide_page"}
NOWHERE = {"core:components", "core:healthz", "api:nowhere"}  # the demo's alone; waits for a worker; what the API does not have
# Here and now 404: the demo has no sign-in of a body nor a passkey to begin, and nobody says which list.
ASKED_FOR = {f"accounts:{name}" for name in ("add_passkey", "outside", "citizen", "outside_back", "signed_out")}
ASKED_FOR |= {"exchange:save_search", "exchange:choose_columns"}
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
ROLES = [r for r in Role]
WORKING = {Role.SOCIAL_WORKER, Role.COORDINATOR, Role.ACCOUNTING}
# The words that an address takes beside a public id: asked with another, it is 404 for everybody and the sweep would learn nothing.
WORDS: dict[str, list[str]] = {
    "beneficiaries:paper": ["condizione", "segnalazione", "valutazione", "rappresentante", "consenso"],
    "agreements:agreement_step": [t.name for t in AGREEMENT.transitions],
    **{f"agreements:{name}": SignerRole.values for name in ("ask", "ask_again", "tablet", "digital")},
    "agreements:issue_paper": [*PAPERS],
    "agreements:step": [t.name for t in PLACEMENT.transitions],
    "agreements:waive": [kind for kind in ItemKind.values if may_waive(kind)][:2],
    "agreements:version_step": [*VERSION_STEPS],
    "agreements:change_tutor": TutorKind.values,
    "liquidations:waive": CheckKind.values,
    "certification:run_file": ["zip", "pdf"],
    **{f"{name}_logo": ["colore.svg", "nero.png"] for name in ("certification:kit", "our_recognition:kit")},
    **{f"{name}_dossier": ["pdf", "zip"] for name in ("certification:kit", "our_recognition:kit")},
    "liquidations:file": [f"{kind}.csv" for kind in ("riservato", "pubblico", *Payment.values)],
    "liquidations:sample_file": ["righe.csv", "biglietti.csv"],
    "liquidations:paper": ["atto", "da-pubblicare", "distinta"],
    "solidarity_fund:paper": Paper.values,
    "solidarity_fund:deliver": Paper.values,
    **{f"certification:{name}": ["notice", "final"] for name in ("paper", "deliver")},
    **{name: ["accoglienza"] for name in ("certification:review", "our_recognition:area", "our_recognition:add_proof")},
    **{f"certification:scheme_{name}": ["accoglienza"] for name in ("area", "move_area", "remove_area", "new_criterion")},
    **{f"certification:scheme_{name}": ["accoglienza"] for name in ("criterion", "move", "remove")},
    **{f"certification:scheme_{name}": ["csv", "xlsx"] for name in ("preview_file", "compare_file", "outside_file")},
    "certification:fact_rows": ["hosted"],
    "composing:prepare": ["2026-10"],
    "reports:file": ["pdf", "xlsx"],
    "reports:table": ["tirocini"],
    "hosts:notes_file": ["csv", "xlsx"],
    "training:participants_file": ["csv", "xlsx"],
    "matching:person_file": ["csv", "xlsx"],
    "matching:site_file": ["csv", "xlsx"],
    "projects:expenses_file": ["csv", "xlsx"],
    "projects:actions_file": ["csv", "xlsx"],
    "exchange:not_taken": ["csv", "xlsx"],
    "privacy:discard_file": ["csv", "xlsx"],
    "exchange:case_file": ["csv", "xlsx"],
}
# Not of one Ambito alone, though a column says for which it holds.
SHARED = {"territory.Body", "territory.RuleBookVersion", "territory.StampDuty"}
# Nobody has one in the demo, in any Ambito: their rooms' own tests ask for a foreign one.
NOT_IN_THE_DEMO = {
    "agreements.Attestation", "agreements.Meeting", "agreements.ReplacementFlag", "attendance.Call", "beneficiaries.DistinctPair",
    "core.MergeLog", "core.Mute", "territory.RuleBookProposal", "treasury.FileLayout", "treasury.Payer",
    "treasury.RunFile",
}  # fmt: skip


def addresses(patterns: Any = None, prefix: str = "", space: str = "") -> Iterator[tuple[str, str]]:
    """(name, route) of every pattern, routes with their converters in place."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from addresses(entry.url_patterns, route, f"{entry.namespace}:" if entry.namespace else space)
        elif isinstance(entry, URLPattern):
            yield f"{space}{entry.name}", "/" + route


def filled(route: str, public_id: uuid.UUID, *, word: str = "pdf", number: int = 2026) -> str:
    route = re.sub(r"<uuid:[a-z_]+>", str(public_id), route)
    route = re.sub(r"<int:[a-z_]+>", "1" if "<int:version>" in route else str(number), route)
    return re.sub(r"<(?:[a-z]+:)?[a-z_]+>(?:\.<(?:[a-z]+:)?[a-z_]+>)?", word, route)


ONE = uuid.UUID(int=1, version=4)  # the public id of a foreign row of every kind


def of_an_ambito() -> list[Any]:
    """Every kind of row that has an address of its own and an Ambito."""
    found = [m for m in apps.get_models() if hasattr(m, "public_id") and hasattr(m, "ambito_id") and m._meta.managed]
    return [m for m in found if m._meta.label not in SHARED]


def asked_with_an_id(role: Role, access: Access) -> Iterator[tuple[str, str, str]]:
    """(name, path, method) of every address that names a row, with the public id of foreign ones. For those who work with rows with all
    its words, and by get and post whatever it answers. For the others with one word, and by what the view answers, for the rest is 405;
    where it is shut, by the first of these."""
    for name, route in addresses():
        if "<uuid:" in route:
            words = WORDS.get(name, ["pdf"])
            for word in words if role in WORKING else words[:1]:
                path = filled(route, ONE, word=word)
                methods = ("get", "post") if role in WORKING else answered(path)[: 1 if is_shut(path, access) else 2]
                for method in methods:
                    yield name, path, method


@cache
def answered(path: str) -> tuple[str, ...]:
    """get, post or both: what its view has a method for."""
    view = resolve(path).func
    of_api = getattr(view, "actions", None)
    return tuple(method for method in ("get", "post") if (method in of_api if of_api else hasattr(view.view_class, method)))


def is_shut(path: str, access: Access) -> bool:
    """Whether the view asks first of all for a permission that is not there: 403, as the sweep hears, whatever the method, and no row is
    read. Who looks at what pages say need not knock."""
    wanted = permission_of(path)
    return bool(wanted) and not access.may(wanted)


@cache
def permission_of(path: str) -> str:
    """What a view asks for first; nothing where it has a dispatch of its own, which may do something before, nor where there is no view."""
    try:
        view = getattr(resolve(path).func, "view_class", None)
    except Resolver404:
        return ""
    return view.permission or "" if view and view.dispatch is Guarded.dispatch else ""


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[dict[str, Any]]:
    with django_db_blocker.unblock(), seeded_database(tmp_path_factory.mktemp("demo")) as name:
        sondrio, tirano = Ambito.objects.get(name="Sondrio"), Ambito.objects.get(name="Tirano")
        others = list(Ambito.objects.exclude(pk=sondrio.pk).values_list("pk", flat=True))
        with database.owner(name) as owner:
            foreign_ids = share_address(owner, others, tirano.pk)
            owner.execute("UPDATE beneficiaries_beneficiary SET last_name = last_name || %s", [MARK])
        users: dict[str, User] = {}
        for role in ROLES:
            held = (
                Membership.objects.in_force(timezone.localdate()).filter(role=role).exclude(ambito=tirano).exclude(ambito__name="Morbegno")
            )
            users[role] = held.order_by("id").first().user
        keys = {}
        for role, user in users.items():  # every scope there is: what a key opens is then what its owner's role opens
            place = Membership.objects.in_force(timezone.localdate()).filter(user=user, role=role).exclude(ambito=None).first()
            if place:
                keys[role] = f"sweep-{role}"
                ApiToken.objects.create(
                    user=user, name="sweep", token_hash=hash_token(keys[role]), ambito_id=place.ambito_id, scopes=[*SCOPES],
                    expires_at=timezone.now() + timedelta(days=1),
                )  # fmt: skip
        yield {
            "name": name,
            "keys": keys,
            "sondrio": sondrio,
            "foreign": {*foreign_ids},
            "foreign_ids": set().union(*foreign_ids.values()),
            "users": users,
        }


def share_address(owner: psycopg.Connection, others: list[int], there: int) -> dict[str, set[str]]:
    """One foreign row of each kind takes the same public id: each address is then asked once for all kinds together.

    A kind that only we have gives one row away. Returns kind → the public ids that are foreign.
    """
    found: dict[str, set[str]] = {}
    pins = "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'f' AND cardinality(conkey) = 2"
    for table, pin in owner.execute(pins).fetchall():  # they keep a row from being given away
        owner.execute(f"ALTER TABLE {table} DROP CONSTRAINT {pin}")
    for model in of_an_ambito():
        table = model._meta.db_table
        rows = owner.execute(f"SELECT id, public_id::text FROM {table} WHERE ambito_id = ANY(%s) ORDER BY id", [others]).fetchall()
        rows = rows or owner.execute(f"SELECT id, public_id::text FROM {table} ORDER BY id LIMIT 1").fetchall()
        if rows:
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            owner.execute(
                f"UPDATE {table} SET public_id = %s, ambito_id = CASE WHEN ambito_id = ANY(%s) THEN ambito_id ELSE %s END WHERE id = %s",
                [ONE, others, there, rows[0][0]],
            )
            owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            found[model._meta.label] = {str(ONE), *(public_id for _id, public_id in rows)}
    return found


def client_of(user: User | None, key: str = "") -> Client:
    """Signed in, and with a key of the same user: pages look at the session alone, the API at the key alone."""
    client = Client(raise_request_exception=False, headers={"Authorization": f"Bearer {key}"} if key else None)
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


def test_every_kind_of_row_is_foreign_once(demo):
    assert {m._meta.label for m in of_an_ambito()} - demo["foreign"] == NOT_IN_THE_DEMO


def test_every_address_that_takes_a_word_is_asked_with_one_it_knows():
    assert {name for name, route in addresses() if "<uuid:" in route and re.search(r"<(?!uuid:|int:)", route)} == WORDS.keys()


@pytest.mark.parametrize("role", ROLES)
def test_no_role_reaches_a_row_of_another_ambito(demo, role):
    client, leaks, bare = client_of(demo["users"][role], demo["keys"].get(role, "")), [], []
    access = access_for(demo["users"][role])
    for number, (name, path, method) in enumerate(asked_with_an_id(role, access)):
        key = {"Idempotency-Key": f"sweep-{role}-{number:05}"}
        answer = getattr(client, method)(path, headers=key if method == "post" else None)
        if answer.status_code not in ({403} if is_shut(path, access) else {401, 403, 404, 405}):
            leaks.append((answer.status_code, method, path))
        if wrong := complaint_of_who_is_signed_in(name, answer):
            bare.append((wrong, method, path))
    assert leaks == [] and bare == []


TWO = uuid.UUID(int=2, version=4)  # the public id of a row of our own Ambito that is another company's, or of another comune's resident
NARROWED = (Role.COMPANY_TUTOR, Role.COMPANY_CONTACT, Role.COMUNE_OFFICER)


def kept_from(owner: psycopg.Connection, access: Any) -> set[str]:
    """One row of each kind that the user's narrowing leaves out takes the same public id; the kinds."""
    owner.execute("DROP TABLE IF EXISTS pg_temp.reached")
    owner.execute("CREATE TEMP TABLE reached (kind text, id bigint)")
    if access.comuni is not None:
        owner.execute(
            "INSERT INTO reached SELECT 'beneficiary', id FROM beneficiaries_beneficiary WHERE residence_id = ANY(%s)", [[*access.comuni]]
        )
        owner.execute("INSERT INTO reached SELECT 'placement', p.id FROM agreements_placement p JOIN reached r ON r.id = p.beneficiary_id")
    for kind in ("company", "placement", "beneficiary"):
        for each in getattr(access, {"company": "companies", "placement": "placements", "beneficiary": "beneficiaries"}[kind]) or ():
            owner.execute("INSERT INTO reached VALUES (%s, %s)", [kind, each])
    own = {"agreements.Placement": "placement", "beneficiaries.Beneficiary": "beneficiary"}
    if access.companies is not None:
        own["hosts.Company"] = "company"
    found = set()
    for model in apps.get_models():
        names = {field.column for field in model._meta.local_fields}
        kind = own.get(model._meta.label) or next((k for k in ("placement", "beneficiary") if f"{k}_id" in names), "")
        if not kind or "public_id" not in names or not model._meta.managed:
            continue
        table, column = model._meta.db_table, "id" if model._meta.label in own else f"{kind}_id"
        where = f"{column} NOT IN (SELECT id FROM reached WHERE kind = %s) AND public_id <> %s"
        where += " AND ambito_id = ANY(%s)" if "ambito_id" in names else " AND %s::bigint[] IS NOT NULL"
        ambiti = [*access.ambiti] or [0]
        row = owner.execute(f"SELECT id FROM {table} WHERE {where} ORDER BY id LIMIT 1", [kind, ONE, ambiti]).fetchone()
        if row:
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            owner.execute(f"UPDATE {table} SET public_id = gen_random_uuid() WHERE public_id = %s", [TWO])
            owner.execute(f"UPDATE {table} SET public_id = %s WHERE id = %s", [TWO, row[0]])
            owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            found.add(model._meta.label)
    return found


@pytest.mark.parametrize("role", NARROWED)
def test_no_narrowed_role_reaches_a_row_of_another_company_or_comune(demo, role):
    """In one's own Ambito: another company's placement, another comune's resident, and what hangs on them."""
    client, access, leaks = client_of(demo["users"][role]), access_for(demo["users"][role]), []
    with database.owner(demo["name"]) as owner:
        kinds = kept_from(owner, access)
    assert {"agreements.Placement", "beneficiaries.Beneficiary"} <= kinds and len(kinds) > 10
    for name, route in addresses():
        path = filled(route, TWO, word=WORDS.get(name, ["pdf"])[0])
        if "<uuid:" in route and name.partition(":")[0] not in PUBLIC and not is_shut(path, access):
            status = client.get(path).status_code
            if status not in {401, 403, 404, 405}:
                leaks.append((status, name))
    assert leaks == []


def test_nobody_reaches_a_role_of_another_ambito(demo):
    """The one kind of address that names a row by its number."""
    ((name, route),) = [(name, route) for name, route in addresses() if "<int:" in route and "<uuid:" not in route and "<str:" not in route]
    assert name == "accounts:end_membership"
    there = Membership.objects.exclude(ambito=demo["sondrio"]).exclude(ambito=None).order_by("id").first()
    path = filled(route, ONE, number=there.pk)
    for role in ROLES:
        client = client_of(demo["users"][role])
        assert {client.get(path).status_code, client.post(path).status_code} <= {403, 404, 405}, role
    assert Membership.objects.get(pk=there.pk).valid_to == there.valid_to


@contextmanager
def one_wall(name: str, wall: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """In the demo's database only the managers filter, or only the policies hold."""
    if wall == "policies":
        with monkeypatch.context() as patch:
            without.take_filters_away(patch)
            yield
        return
    with database.owner(name) as owner:
        held = [table for (table,) in owner.execute("SELECT oid::regclass::text FROM pg_class WHERE relrowsecurity").fetchall()]
        try:
            for table in held:
                owner.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
            yield
        finally:
            for table in held:
                owner.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")


@pytest.mark.parametrize("wall", ["filters", "policies"])
def test_each_wall_holds_alone(demo, wall, monkeypatch):
    ours, leaks, kinds = demo["sondrio"].pk, [], 0
    with one_wall(demo["name"], wall, monkeypatch), scope(Scope(ambiti=frozenset({ours}))):
        for model in apps.get_models():
            if issubclass(model, AmbitoOwned):
                kinds += 1
                rows = model.objects.exclude(ambito_id=ours)
                leaks += [model._meta.label] * (rows.exclude(to_ambito_id=ours) if hasattr(model, "to_ambito_id") else rows).exists()
    assert kinds > 40 and leaks == []


@pytest.mark.parametrize("role", ROLES)
def test_no_page_of_a_role_shows_the_address_of_a_foreign_row_or_breaks(demo, role, caplog):
    client, faults, statuses, shown = client_of(demo["users"][role], demo["keys"].get(role, "")), [], set(), 0
    caplog.set_level(logging.INFO)
    for name, route in addresses():
        if "<uuid:" in route or name in NOWHERE:
            continue
        response = client.get(filled(route, ONE, word=WORDS.get(name, ["pdf"])[0]))
        body = "" if response.streaming else response.content.decode(errors="replace")
        # No such word, number or code; of codes nobody may try many.
        nothing_there = {404, 429} if "<" in route else {404} if name in ASKED_FOR else set()
        if response.status_code not in {200, 302, 303, 401, 403, 405} | nothing_there:
            faults.append((response.status_code, name))
        elif response.status_code == 200 and (leaked := {*UUID.findall(body)} & demo["foreign_ids"]):
            faults.append((len(leaked), name))
        faults += [(wrong, name) for wrong in (*complaint_of_who_is_signed_in(name, response), *outside_the_page(response, body))]
        statuses.add(response.status_code)
        shown += MARK in body
        let_go(response)
    assert faults == []
    assert [record.getMessage() for record in caplog.records if MARK.lower() in record.getMessage().lower()] == []
    assert told(demo["name"], [MARK]) == []
    if role in WORKING:  # else there was little to look at
        assert {200, 403, 404, 405} <= statuses and shown > 2


def test_a_visitor_sees_public_pages_only(demo):
    client, faults = client_of(None), []
    for name, route in addresses():
        if name in NOWHERE:
            continue
        response = client.get(filled(route, uuid.uuid4(), word=WORDS.get(name, ["pdf"])[0]))
        public = name.partition(":")[0] in PUBLIC or name in OPEN
        if (
            not public
            and not (response.status_code == 302 and response["Location"].startswith("/accesso/"))
            and response.status_code != 405
        ):
            faults.append((response.status_code, name))
        if response.status_code >= 500:
            faults.append((response.status_code, name))
        faults += [(wrong, name) for wrong in complaint(response)]
        let_go(response)
    assert faults == []


def test_every_office_role_asks_the_api_with_a_key_of_its_own(demo):
    """Else the sweep would hear 401 from the API and learn nothing."""
    assert {Role.SOCIAL_WORKER, Role.COORDINATOR, Role.ACCOUNTING, Role.CLERK, Role.COMUNE_OFFICER} <= demo["keys"].keys()
    client = client_of(None, demo["keys"][Role.COORDINATOR])
    rows = client.get("/api/v1/placements/").json()["results"]
    assert rows and client.get(f"/api/v1/placements/{rows[0]['id']}/").status_code in {200, 403}, "403: it asks why"


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.SOCIAL_WORKER, Role.ACCOUNTING])
def test_what_the_api_tells_of_the_demo_is_what_its_schema_says_in_six_queries(demo, role):
    """Lists full of rows, and what stands under the first rows of each."""
    client, faults, told = client_of(None, demo["keys"][role]), [], 0
    schema = client.get("/api/schema/", headers={"Accept": "application/vnd.oai.openapi+json"}).json()

    def fits(route: str, answer: Any) -> None:
        nonlocal told
        told += 1
        said = schema["paths"][route]["get"]["responses"].get(str(answer.status_code), {}).get("content", {})
        if answer.status_code not in {200, 403, 404}:
            faults.append((answer.status_code, route))
        elif part := said.get(answer["Content-Type"].partition(";")[0]):
            if "schema" in part and answer["Content-Type"].endswith("json"):
                whole = {**part["schema"], "components": schema["components"]}
                faults.extend((route, error.message[:200]) for error in Draft202012Validator(whole).iter_errors(answer.json()))
        else:
            faults.append((answer["Content-Type"], route))

    for route in [route for route in schema["paths"] if "{" not in route and "get" in schema["paths"][route]]:
        with OwnQueries() as own:
            answer = client.get(route)
        fits(route, answer)
        if len(own) > (12 if route.endswith("/todos/") else 6):  # one for each kind of thing that waits, as the page asks
            faults.append((route, str(own)))
        for row in answer.json().get("results", [])[:3] if answer.status_code == 200 else ():
            for under in [path for path in schema["paths"] if path.startswith(route + "{public_id}/") and "get" in schema["paths"][path]]:
                fits(under, client.get(under.replace("{public_id}", str(row.get("id")))))
    assert faults == [] and told > 30


def test_an_attempt_on_a_foreign_row_is_logged(demo):
    user = demo["users"][Role.SOCIAL_WORKER]
    client_of(user).get(f"/persone/{ONE}/")
    with scope(Scope(actor_id=user.pk)):
        last = Look._base_manager.filter(actor_id=user.pk).order_by("-id").first()
    assert (last.kind, last.place) == ("denied", "beneficiaries:detail")
