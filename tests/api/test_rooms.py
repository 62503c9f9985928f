"""Every list of the API, found in the addresses: answered to who may read, refused to a key without the scope, no dearer with more rows."""

import pytest

from impresasolidale.accounts.permissions import CaseRole, Role
from impresasolidale.accounts.scopes import SCOPES
from impresasolidale.api.urls import rooms
from impresasolidale.core import todos
from impresasolidale.core.scope import scope
from placements.monitoring.models import FollowUp, PlacementEvent, Visit
from tests.factories import attendance as made
from tests.factories.fixtures import TODAY
from tests.support.queries import OwnQueries

pytestmark = pytest.mark.django_db
LISTS = {str(p.pattern): p.callback.cls for p in rooms if "<" not in str(p.pattern)}
# Which role reads a list; the coordinator the others.
READ_BY = {
    "commitments/": Role.COORDINATOR,
    "papers/": Role.SOCIAL_WORKER,
}


@pytest.mark.parametrize("path", LISTS)
def test_a_list_is_answered_and_costs_six_queries_at_most(program, user_of, sondrio, path):
    asks = program(user_of(READ_BY.get(path, Role.COORDINATOR), sondrio))
    asks.get(path)  # the first use of a key is written down
    with OwnQueries() as own:
        answer = asks.get(path)
    assert answer.status_code == 200, answer.content
    assert answer.json()["results"] == [] or path in {"fund/pots/", "todos/"} or answer.json()["results"]
    assert len(own) <= 6, own


def test_what_waits_costs_six_queries_whatever_it_is_about(program, worker, sondrio):
    """A to-do is resolved to people by the person it is about: one statement for all kinds of subjects together (desk.selectors)."""
    company = made.make_host(sondrio)
    tutor, _user = made.make_tutor(sondrio, company)
    running = made.make_running_placement(sondrio, tutor, company)
    asks = program(worker)
    with scope(made.system(sondrio).scope):
        about = {"ambito": sondrio, "placement": running}
        visit = Visit.objects.create(due_on=TODAY, **about)
        event = PlacementEvent.objects.create(kind="damage", happened_on=TODAY, text="Un vaso", **about)
        call = FollowUp.objects.create(months=6, due_on=TODAY, **about)
        for subject in (running.beneficiary, running, visit, event, call):
            for role in (CaseRole.REFERENT, CaseRole.PROMOTER_TUTOR, CaseRole.COMPANY_TUTOR):
                kind = f"test.{role}"
                common = {"title": "Chiama", "url": "/", "role": Role.SOCIAL_WORKER, "by": made.system(sondrio)}
                todos.ask(kind=kind, subject=subject, case_role=role, **common)
    asks.get("todos/")
    with OwnQueries() as own:
        answer = asks.get("todos/")
    assert len(answer.json()["results"]) == 15
    assert len(own) <= 6, own


@pytest.mark.parametrize("path", LISTS)
def test_a_key_without_the_scope_is_refused(program, user_of, sondrio, path):
    area = LISTS[path].area
    role = READ_BY.get(path, Role.COORDINATOR)
    asks = program(user_of(role, sondrio), [name for name in SCOPES if name != f"read:{area}"])
    answer = asks.get(path)
    assert answer.status_code == 403 and f"read:{area}" in answer.json()["detail"]


def test_every_scope_is_asked_somewhere():
    asked = {f"read:{p.callback.cls.area}" for p in rooms if hasattr(p.callback.cls, "get")}
    asked |= {f"write:{p.callback.cls.area}" for p in rooms if hasattr(p.callback.cls, "post")}
    assert asked - SCOPES.keys() == set(), "no scope opens it"
    assert SCOPES.keys() - asked == {"read:reserved"}, "a scope that opens nothing, but for the one that only opens fields"
