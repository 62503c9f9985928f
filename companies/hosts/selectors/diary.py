"""What an office noted of its contacts with a company."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import QueryDict
from django.shortcuts import get_object_or_404

from impresasolidale.accounts.access import Access
from impresasolidale.core import audit
from impresasolidale.core.keyset import SIZE, Slice, page_of
from impresasolidale.core.models import Look

from ..models import Company, CompanyNote

NEWEST = ("-happened_on", "-id")


def notes_of(access: Access, company: Company) -> QuerySet[CompanyNote]:
    """Those of the active Ambito, the newest first."""
    rows = CompanyNote.objects.filter(ambito_id=access.ambito_id, company=company).select_related("created_by")
    return rows.order_by(*NEWEST)


def notes_page(access: Access, company: Company, query: QueryDict, *, size: int = SIZE) -> Slice:
    """One page of them. The look is logged."""
    page = page_of(notes_of(access, company), query, order=NEWEST, size=size)
    audit.look(Look.Kind.LIST, page.rows, by=access, place="hosts:notes", subject_type="hosts.companynote")
    return page


def note_for(access: Access, company: Company, public_id: UUID) -> CompanyNote:
    return get_object_or_404(CompanyNote, ambito_id=access.ambito_id, company=company, public_id=public_id)
