"""Who works on data protection, and a person with a request."""

import pytest

from impresasolidale.accounts.permissions import Role
from impresasolidale.privacy.services.requests import register_request
from tests.factories.beneficiaries import make_beneficiary
from tests.factories.fixtures import TODAY, make_user

VALUES = {
    "kind": "access", "asker": "person", "representative": None, "channel": "desk", "received_on": TODAY,
    "identity_check": "Carta d'identità vista allo sportello", "words": "",
}  # fmt: skip


@pytest.fixture
def dpo(sondrio):
    return make_user(Role.DPO, sondrio)


@pytest.fixture
def person(within, worker):
    return make_beneficiary(within(worker))


@pytest.fixture
def asked(within, dpo, person):
    """asked(**changes) → a request written down by the DPO."""

    def ask(**changes):
        return register_request(person=person, values={**VALUES, **changes}, by=within(dpo), today=TODAY)

    return ask
