"""Reads of closings."""

from datetime import date
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from impresasolidale.accounts.access import Access

from ..models import ClosedPeriod


def closings(access: Access) -> QuerySet[ClosedPeriod]:
    """The network's closings, the latest day first."""
    rows = ClosedPeriod.objects.filter(network_id=access.network_id).select_related("created_by", "closed_by")
    return rows.order_by("-closed_to", "-id")


def closing_for(access: Access, public_id: object) -> ClosedPeriod:
    row: Any = get_object_or_404(closings(access), public_id=public_id)
    return row


def waiting_elsewhere(access: Access, closed_to: date) -> int:
    """How many liquidations up to this day wait for their approval in the network's other offices: the number and nothing else."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT treasury_waiting_elsewhere(%s, %s, %s)", [access.network_id, closed_to, access.ambito_id])
        (found,) = cursor.fetchone()
    return int(found)
