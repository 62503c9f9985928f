"""Requests of people about their data."""

from datetime import date
from uuid import UUID

from django.db.models import QuerySet
from django.http import QueryDict
from django.shortcuts import get_object_or_404

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import audit
from impresasolidale.core.keyset import Slice, page_of
from impresasolidale.core.models import Look
from placements.beneficiaries.models import Beneficiary, Representative

from ..enums import RequestState
from ..models import DataRequest


def _requests(access: Access) -> QuerySet[DataRequest]:
    access.require(Permission.KEEP_PRIVACY)
    rows = DataRequest.objects.filter(ambito_id=access.ambito_id)
    return rows.select_related("beneficiary", "representative", "document", "created_by", "names_by", "ambito")


def requests_page(access: Access, query: QueryDict, *, state: str = "", kind: str = "") -> Slice:
    """The newest first. The look is logged."""
    wanted = {name: value for name, value in (("state", state), ("kind", kind)) if value}
    page = page_of(_requests(access).filter(**wanted), query, order=("-id",))
    if page.rows:
        audit.look(Look.Kind.LIST, [row.beneficiary for row in page.rows], by=access, place="privacy:requests")
    return page


def request_for(access: Access, public_id: UUID) -> DataRequest:
    row: DataRequest = get_object_or_404(_requests(access), public_id=public_id)
    return row


def open_requests(access: Access) -> list[DataRequest]:
    """Those that wait for an answer, by their day."""
    return list(_requests(access).filter(state=RequestState.OPEN).order_by("due_on", "id"))


def person_for(access: Access, public_id: UUID) -> Beneficiary:
    """The person of a new request: of this Ambito, whoever follows her, for her own rights."""
    access.require(Permission.KEEP_PRIVACY)
    row: Beneficiary = get_object_or_404(Beneficiary.objects.filter(ambito_id=access.ambito_id, merged_into=None), public_id=public_id)
    return row


def representatives_of(person: Beneficiary) -> list[Representative]:
    return list(person.representatives.order_by("-valid_from", "pk"))


def days_left(row: DataRequest, today: date) -> int:
    return (row.due_on - today).days
