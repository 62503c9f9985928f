"""Reports that were ordered, and what the dashboard shows."""

from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.shortcuts import get_object_or_404

from impresasolidale.accounts.access import Access
from impresasolidale.core.keyset import Slice, page_of

from .models import ReportRun


def reports(access: Access, query: QueryDict) -> Slice:
    """The Ambito's reports, newest first, each with its job and document."""
    rows = ReportRun.objects.filter(ambito_id=access.ambito_id).select_related("job", "document", "created_by")
    return page_of(rows, query, order=("-id",))


def report_for(access: Access, public_id: UUID) -> ReportRun:
    rows: Any = ReportRun.objects.filter(ambito_id=access.ambito_id).select_related("job", "document", "ambito", "created_by")
    return get_object_or_404(rows, public_id=public_id)
