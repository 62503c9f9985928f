from typing import Any

import pytest
from django.utils import timezone

from impresasolidale.accounts.access import access_for
from impresasolidale.core.scope import scope
from tests.factories.beneficiaries import make_beneficiary


@pytest.fixture
def registered():
    """registered(user, **changes) → a person registered by the user, on the day the pages are asked for."""

    def register(user: Any, **changes: Any) -> Any:
        access = access_for(user)
        with scope(access.scope):
            return make_beneficiary(access, today=timezone.localdate(), **changes)

    return register
