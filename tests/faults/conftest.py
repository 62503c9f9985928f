"""Real processes to break, on the test's own copy of the database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from tests.support import database
from tests.support.servers import House

STALE = 3  # seconds without a heartbeat before a job is taken over


@pytest.fixture(autouse=True)
def invariants(transactional_db: None) -> Iterator[None]:
    """Whatever was broken: what must always hold, holds afterwards."""
    yield
    assert database.violations(connection.settings_dict["NAME"]) == []


@pytest.fixture
def house(invariants: None, tmp_path: Path) -> Iterator[House]:
    it = House(tmp_path, more={"JOB_STALE_SECONDS": str(STALE)})
    yield it
    it.stop()
