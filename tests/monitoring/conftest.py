"""A running placement, and its evaluations asked one by one."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from impresasolidale.accounts.access import Access, access_for
from impresasolidale.accounts.models import User
from impresasolidale.core.scope import scope
from placements.agreements.models import Placement
from placements.monitoring.evaluation_enums import Moment
from placements.monitoring.models import Evaluation
from placements.monitoring.services import evaluations as services
from tests.factories.evaluations import placed


@pytest.fixture
def access(worker: User) -> Access:
    return access_for(worker)


@pytest.fixture
def running(access: Access) -> Placement:
    """Began thirty days ago, for half a year."""
    return placed(access)


@pytest.fixture
def asked(access: Access, running: Placement) -> Callable[..., Evaluation]:
    """asked(voice, moment) → that evaluation, asked today."""

    def find(voice: str, moment: str = Moment.INITIAL) -> Evaluation:
        with scope(access.scope):
            return services.ask_by_hand(placement=running, moment=moment, voice=voice, by=access, today=timezone.localdate())

    return find
