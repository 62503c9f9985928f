"""The schema and the API are one: examples fit, and schemathesis finds no error of ours and no answer that is not documented."""

import hashlib
import random
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, Phase, given, seed, settings
from jsonschema import Draft202012Validator

from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.accounts.scopes import SCOPES
from impresasolidale.core.scope import scope
from placements.attendance.enums import MonthState
from tests.factories.attendance import follow, make_host, make_running_placement, make_tutor, settle, whole_month
from tests.factories.fixtures import make_user

from .conftest import make_key

pytestmark = pytest.mark.django_db
REPORTED = [200, 201, 303, 401, 403, 404, 409, 422]  # 422: well written, and a rule says no


@pytest.fixture
def schema() -> dict[str, Any]:
    return Client().get("/api/schema/", headers={"Accept": "application/vnd.oai.openapi+json"}).json()


def operations(schema: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def fits(schema: dict[str, Any], part: dict[str, Any], value: Any) -> list[str]:
    whole = {**part, "components": schema["components"]}
    return [error.message for error in Draft202012Validator(whole).iter_errors(value)]


def test_every_operation_has_words_a_scope_and_an_example_that_fits(schema):
    names, wrong = [], []
    for path, method, operation in operations(schema):
        names.append(operation["operationId"])
        if not operation.get("summary") or "Scope: `" not in operation["description"] or operation["security"] != [{"token": []}]:
            wrong.append((path, method, "words"))
        bodies = [a["content"]["application/json"] for a in operation["responses"].values() if "application/json" in a.get("content", {})]
        bodies += [b for b in operation.get("requestBody", {}).get("content", {}).values()]
        for body in bodies:
            wrong += [(path, method, fault) for fault in fits(schema, body["schema"], body["example"])]
        for code, answer in operation["responses"].items():
            if refused := answer.get("content", {}).get("application/problem+json"):
                wrong += [(path, method, fault) for fault in fits(schema, refused["schema"], refused["example"])]
                assert refused["example"]["status"] == int(code)
        if not {"401", "403", "404", "429"} <= operation["responses"].keys():
            wrong.append((path, method, "refusals"))
    assert wrong == [] and len(names) == len(set(names)) > 50


def test_every_write_asks_for_an_idempotency_key(schema):
    for path, method, operation in operations(schema):
        asked = [p["name"] for p in operation["parameters"] if p["in"] == "header" and p.get("required")]
        assert (asked == ["Idempotency-Key"]) == (method == "post"), path


def test_no_number_of_a_row_is_shown(schema):
    """A row is named by its public id alone."""
    for path, _method, operation in operations(schema):
        for parameter in operation["parameters"]:
            if parameter["in"] == "path":
                assert parameter["schema"] == {"type": "string", "format": "uuid"}, path
    for name, part in schema["components"]["schemas"].items():
        for field, said in part.get("properties", {}).items():
            assert field not in {"pk", "ambito_id", "network_id"} and (field != "id" or said.get("format") == "uuid"), name


# --- schemathesis


@pytest.fixture
def one_connection() -> Iterator[None]:
    """The test's own transaction serves every request, as Django's test client does it."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def rows(sondrio, worker, coordinator) -> dict[str, str]:
    """A row that is there, by the first words of its address."""
    company = make_host(sondrio)
    placement = make_running_placement(sondrio, make_tutor(sondrio, company)[0], company)
    follow(worker, placement)
    sheet = settle(whole_month(placement, date(2026, 10, 1)), MonthState.CONFIRMED, closer=worker, confirmer=coordinator)
    with scope(access_for(worker).scope):
        found = {
            "companies": company, "placements": placement, "people": placement.beneficiary, "timesheets": sheet,
            "agreements": placement.agreement, "allowances": sheet.allowance,
        }  # fmt: skip
        return {name: str(row.public_id) for name, row in found.items()}


def sweep(secret: str, rows: dict[str, str], *, examples: int, named: str = "") -> list[tuple[str, int]]:
    """So many requests of each operation, half of them as the schema has them and half not, all checks on."""
    import schemathesis
    from schemathesis.config import SchemathesisConfig
    from schemathesis.generation import GenerationMode

    config = SchemathesisConfig.from_dict({"checks": {"positive_data_acceptance": {"expected-statuses": REPORTED}}})
    loaded = schemathesis.openapi.from_wsgi("/api/schema/?format=json", get_wsgi_application(), config=config)
    chance, answers, faults = random.Random(named), list[tuple[str, int]](), list[str]()

    def ask(operation: Any, mode: GenerationMode) -> None:
        word = operation.path.split("/")[3]

        @seed(int(hashlib.sha256(f"{named}{operation.label}{mode}".encode()).hexdigest()[:8], 16))
        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), database=None, phases=[Phase.generate])
        def send(case: Any) -> None:
            if mode == GenerationMode.POSITIVE and word in rows and "public_id" in (case.path_parameters or {}) and chance.random() < 0.7:
                case.path_parameters["public_id"] = rows[word]
            answers.append((operation.label, case.call_and_validate(headers={"Authorization": f"Bearer {secret}"}).status_code))

        try:
            send()
        except (Exception, BaseExceptionGroup) as fault:  # one run tells all there is to mend
            faults.append(f"{operation.label}, {mode}: {fault}")

    for result in loaded.get_all_operations():
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            ask(result.ok(), mode)
    assert faults == [], "\n\n".join(faults)
    return answers


@pytest.mark.usefixtures("one_connection")
@pytest.mark.filterwarnings("ignore")
def test_schemathesis_finds_nothing_in_a_few_requests_of_each_operation(rows, worker):
    answers = sweep(make_key(worker), rows, examples=2)
    codes = {code for _operation, code in answers}
    assert len({label for label, _code in answers}) > 50 and {200, 400, 403, 404} <= codes and not any(code >= 500 for code in codes)


@pytest.mark.deep
@pytest.mark.usefixtures("one_connection")
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("role", [Role.SOCIAL_WORKER, Role.COORDINATOR, Role.ACCOUNTING, Role.CLERK, Role.COMUNE_OFFICER])
@pytest.mark.parametrize("scopes", ["all", "reads"])
def test_schemathesis_finds_nothing_in_ten_thousand_requests(rows, sondrio, role, scopes):
    """Five roles × two sets of scopes × sixty operations × two kinds × 10 = 12,000."""
    user = make_user(role, sondrio, number=77)
    granted = [name for name in SCOPES if scopes == "all" or name.startswith("read:")]
    answers = sweep(make_key(user, granted), rows, examples=10, named=f"{role}{scopes}")
    print(f"{role}, {scopes}: {len(answers)} requests")
    assert len(answers) >= 1000 and not any(code >= 500 for _label, code in answers)
