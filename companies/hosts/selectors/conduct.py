"""Who accepted the rules of welcoming."""

from collections.abc import Collection

from django.db.models import QuerySet

from impresasolidale.accounts.access import Access

from ..conduct import CURRENT
from ..models import Company, ConductAcceptance


def acceptances_of(access: Access, company: Company) -> QuerySet[ConductAcceptance]:
    """All editions a company accepted, the last first."""
    rows = ConductAcceptance.objects.filter(network_id=access.network_id, company=company)
    return rows.select_related("created_by").order_by("-edition", "id")


def accepted_by(access: Access, companies: Collection[int]) -> dict[int, ConductAcceptance]:
    """Company → that it accepted the edition of today."""
    rows = ConductAcceptance.objects.filter(network_id=access.network_id, company__in=companies, edition=CURRENT)
    return {row.company_id: row for row in rows.order_by("-id")}
