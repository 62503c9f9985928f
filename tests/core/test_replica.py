"""Reports on a replica: the scope is the same there, and whatever is wrong with it the primary answers.

Here the replica is a second connection to the same server; a real one, streaming, is in tests/faults/test_replica.py.
"""

import pytest
from django.db import connection, connections

from impresasolidale.accounts.access import access_for
from impresasolidale.core import replica
from impresasolidale.core.models import Heartbeat
from impresasolidale.core.scope import scope
from placements.beneficiaries.models import Beneficiary
from tests.factories.beneficiaries import make_beneficiary

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def second(monkeypatch):
    """A second connection under the replica's name, caught up."""
    connections.databases["reports"] = dict(connections["default"].settings_dict)
    connections["reports"] = connections["default"].copy()
    monkeypatch.setattr(replica, "_caught_up", lambda: True)
    yield
    connections["reports"].close()
    del connections["reports"]
    del connections.databases["reports"]


def where() -> str:
    there = "reports" in connections.databases and connections["default"] is connections["reports"]
    return "reports" if there else "default"


def test_it_reads_there_in_the_same_scope_and_nothing_else(second, worker, stranger):
    for user, number in ((worker, 1), (stranger, 2)):
        with scope(access_for(user).scope):
            make_beneficiary(access_for(user), number=number)

    def work():
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*), current_setting('transaction_read_only') FROM beneficiaries_beneficiary")
            return (where(), Beneficiary.objects.count(), *cursor.fetchone())

    access = access_for(worker)
    with scope(access.scope):
        assert replica.read(work, access.scope) == ("reports", 1, 1, "on")  # by the managers, and by row-level security alone
        assert where() == "default"
        assert Beneficiary.objects.count() == 1


def test_without_one_it_is_the_primary(worker):
    assert replica.read(where, access_for(worker).scope) == "default"
    assert replica.lag() is None


def test_what_writes_after_all_is_done_again_here(second, worker):
    access = access_for(worker)

    def writes():
        Heartbeat.objects.update_or_create(name="prova", defaults={"at": "2026-01-01T00:00Z"})
        return where()

    with scope(access.scope):
        assert replica.read(writes, access.scope) == "default"
        assert where() == "default"


def test_one_that_is_away_behind_or_no_replica_is_left_alone(second, worker, monkeypatch):
    access = access_for(worker)
    monkeypatch.setattr(replica, "_caught_up", lambda: False)
    with scope(access.scope):
        assert replica.read(where, access.scope) == "default"
    monkeypatch.undo()
    monkeypatch.setattr(replica, "PATIENCE", 0)
    with scope(access.scope):
        assert replica.read(where, access.scope) == "default"  # a primary replays nothing
    with pytest.raises(replica.DatabaseError, match="not a replica"):
        replica.lag()
    connections["reports"].close()
    connections["reports"].settings_dict["OPTIONS"] = {"host": "/nonexistent"}
    with scope(access.scope):
        assert replica.read(where, access.scope) == "default"


def test_an_error_of_ours_is_not_hidden(second, worker):
    def wrong():
        raise ValueError("ours")

    with pytest.raises(ValueError, match="ours"):
        replica.read(wrong, access_for(worker).scope)
    assert where() == "default"
