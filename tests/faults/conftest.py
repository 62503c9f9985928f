"""Real processes to break, on the test's own copy of the database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from impresasolidale.runner import ROOT
from tests.support import database
from tests.support.servers import House

STALE = 3  # seconds without a heartbeat before a job is taken over


@pytest.fixture(autouse=True)
def invariants(transactional_db: None) -> Iterator[None]:
    """Whatever was broken: what must always hold, holds afterwards."""
    yield
    with database.owner(connection.settings_dict["NAME"]) as db:
        assert db.execute((ROOT / "tests" / "support" / "invariants.sql").read_text()).fetchall() == []


@pytest.fixture
def house(invariants: None, tmp_path: Path) -> Iterator[House]:
    it = House(tmp_path, more={"JOB_STALE_SECONDS": str(STALE)})
    yield it
    it.stop()
