"""What waits in this room."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from impresasolidale.accounts.access import Access

from ..models import Breach, DataPact, DataRequest
from .registers import expiring_pacts, open_breaches
from .requests import open_requests

SOON = timedelta(days=60)


@dataclass(frozen=True)
class Waiting:
    """`requests`: (a request, days left; below nought it is late). `breaches`: (an open one, hours left of the 72)."""

    requests: list[tuple[DataRequest, int]]
    breaches: list[tuple[Breach, int]]
    pacts: list[DataPact]


def waiting(access: Access, *, today: date, now: datetime) -> Waiting:
    """Three queries. Of the agreements, those that expire within SOON or have."""
    requests = [(row, (row.due_on - today).days) for row in open_requests(access)]
    return Waiting(requests, open_breaches(access, now), expiring_pacts(access, today + SOON))
