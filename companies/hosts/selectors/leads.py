"""Companies that came forward by themselves."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict
from django.shortcuts import get_object_or_404

from impresasolidale.accounts.access import Access
from impresasolidale.core import audit
from impresasolidale.core.audit import type_of
from impresasolidale.core.keyset import Slice, page_of
from impresasolidale.core.models import Fact, Look

from ..enums import LeadState
from ..models import Company, Lead
from .companies import companies, known_companies, similar_companies

OPEN = (LeadState.NEW, LeadState.CALLED, LeadState.LATER)


def leads(access: Access, *, filters: dict[str, Any]) -> QuerySet[Lead]:
    """Those of the active Ambito. `filters`: state, optional; without it, those that are not over."""
    rows = Lead.objects.filter(ambito_id=access.ambito_id).select_related("comune", "company")
    state = filters.get("state") or ""
    if state == "all":
        return rows
    return rows.filter(state=state) if state else rows.filter(state__in=OPEN)


def leads_page(access: Access, query: QueryDict, *, filters: dict[str, Any]) -> Slice:
    """One page, the newest first. The look is logged."""
    page = page_of(leads(access, filters=filters), query, order=("-id",))
    audit.look(Look.Kind.LIST, page.rows, by=access, place="hosts:leads", subject_type="hosts.lead")
    return page


def lead_for(access: Access, public_id: UUID) -> Lead:
    """404 for one of another Ambito. The look is logged."""
    rows = Lead.objects.filter(ambito_id=access.ambito_id).select_related("comune", "company")
    row = get_object_or_404(rows, public_id=public_id)
    audit.look(Look.Kind.DETAIL, row, by=access, place="hosts:lead")
    return row


def companies_like(access: Access, lead: Lead) -> list[Company]:
    """Companies of the network that this may be: the one with the same VAT number, else those with nearly the same name."""
    same = list(known_companies(access, partita_iva=lead.partita_iva, tax_code=lead.partita_iva)) if lead.partita_iva else []
    return same or similar_companies(access, lead.company_name)


def company_chosen(access: Access, public_id: str) -> Company:
    """The company that a button names; 404 for none, or one that is not reachable."""
    field: Any = Company._meta.get_field("public_id")
    try:
        wanted = field.to_python(public_id)
    except ValidationError:
        wanted = None
    return get_object_or_404(companies(access), public_id=wanted)


def reason_of_no(lead: Lead) -> str:
    """Why nothing came of it, when nothing did."""
    if lead.state != LeadState.NO:
        return ""
    facts = Fact.objects.filter(subject_type=type_of(lead), subject_id=lead.pk, to_state=LeadState.NO).order_by("-id")
    return facts.values_list("reason", flat=True).first() or ""
