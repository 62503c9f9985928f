from dataclasses import dataclass

import pytest

from companies.hosts.models import Company, CompanyTutor
from impresasolidale.accounts.access import Access, access_for
from impresasolidale.accounts.models import User
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.scope import scope
from impresasolidale.territory.selectors import lead_body
from placements.agreements.models import Placement
from tests.factories import attendance as made
from tests.factories import liquidations as money
from tests.factories.fixtures import TODAY, make_user


@pytest.fixture(autouse=True)
def _wednesday(monkeypatch):
    """The pages' today is the tests' Wednesday."""
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args, **kwargs: TODAY)


@dataclass
class Bakery:
    """One company, one tutor, one running placement."""

    company: Company
    tutor: CompanyTutor
    user: User
    placement: Placement

    @property
    def access(self) -> Access:
        """Read again: who is entrusted changes with the rows."""
        return access_for(self.user)


@pytest.fixture
def bakery(sondrio) -> Bakery:
    company = made.make_host(sondrio)
    tutor, user = made.make_tutor(sondrio, company)
    return Bakery(company, tutor, user, made.make_running_placement(sondrio, tutor, company))


@pytest.fixture
def other_bakery(sondrio) -> Bakery:
    company = made.make_host(sondrio, number=2)
    tutor, user = made.make_tutor(sondrio, company)
    return Bakery(company, tutor, user, made.make_running_placement(sondrio, tutor, company, number=2))


@pytest.fixture
def in_sondrio(sondrio):
    """The whole Ambito in reach, to look at rows."""
    with scope(made.system(sondrio).scope):
        yield made.system(sondrio)


@pytest.fixture
def clerk(sondrio):
    return make_user(Role.CLERK, sondrio)


@pytest.fixture
def accounting(sondrio):
    return make_user(Role.ACCOUNTING, sondrio)


@pytest.fixture
def body(sondrio):
    return lead_body(sondrio)


@pytest.fixture
def pot(sondrio):
    return money.make_source(sondrio)
