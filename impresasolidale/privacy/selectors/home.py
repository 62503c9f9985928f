"""What waits in this room."""

from dataclasses import dataclass
from datetime import date

from impresasolidale.accounts.access import Access

from ..models import DataRequest
from .requests import open_requests


@dataclass(frozen=True)
class Waiting:
    """`requests`: (a request, days left; below nought it is late)."""

    requests: list[tuple[DataRequest, int]]


def waiting(access: Access, *, today: date) -> Waiting:
    return Waiting([(row, (row.due_on - today).days) for row in open_requests(access)])
