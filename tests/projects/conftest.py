"""Two people of one office, and a project that runs."""

from typing import Any

import pytest

from impresasolidale.accounts.access import Access, access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.projects.models import Project
from tests.factories.fixtures import make_user
from tests.factories.projects import make_running


@pytest.fixture
def accountant(sondrio: Any) -> Any:
    return make_user(Role.ACCOUNTING, sondrio)


@pytest.fixture
def access(coordinator: Any, within: Any) -> Access:
    return within(coordinator)


@pytest.fixture
def other(accountant: Any, access: Access) -> Access:
    """The second pair of eyes, in the same scope."""
    return access_for(accountant)


@pytest.fixture
def project(access: Access) -> Project:
    return make_running(access)
