"""Reports that were ordered, and what the dashboard shows."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404

from impresasolidale.accounts.access import Access
from impresasolidale.core.keyset import Slice, page_of

from .models import OpenDataRelease, ReportRun


def reports(access: Access, query: QueryDict) -> Slice:
    """The Ambito's reports, newest first, each with its job and document."""
    rows = ReportRun.objects.filter(ambito_id=access.ambito_id).select_related("job", "document", "created_by")
    return page_of(rows, query, order=("-id",))


def report_for(access: Access, public_id: UUID) -> ReportRun:
    rows: Any = ReportRun.objects.filter(ambito_id=access.ambito_id).select_related("job", "document", "ambito", "created_by")
    return get_object_or_404(rows, public_id=public_id)


def latest_release(access: Access) -> OpenDataRelease | None:
    """What the network published last: everybody may read it."""
    return OpenDataRelease.objects.filter(network_id=access.network_id).order_by("-period_from").first()


def releases(access: Access) -> list[OpenDataRelease]:
    """All that was published, the newest first, without the rows."""
    return list(OpenDataRelease.objects.filter(network_id=access.network_id).order_by("-period_from").defer("rows", "figures"))


def release_of(access: Access, code: str) -> OpenDataRelease:
    """The release "2026-10". 404 for another."""
    return get_object_or_404(OpenDataRelease, network_id=access.network_id, period_from=_first_day(code))


def _first_day(code: str) -> date:
    try:
        return date.fromisoformat(f"{code}-01")
    except ValueError as error:
        raise Http404 from error
