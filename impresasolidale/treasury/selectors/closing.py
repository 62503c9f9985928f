"""Reads of closings."""

from typing import Any

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
