"""Reads of the recognitions that were given, for the offices."""

from datetime import date
from uuid import UUID

from django.db.models import QuerySet
from django.http import QueryDict
from django.shortcuts import get_object_or_404

from companies.hosts.models import Company
from impresasolidale.accounts.access import Access
from impresasolidale.core import audit
from impresasolidale.core.keyset import Slice, page_of
from impresasolidale.core.models import Fact, Look
from impresasolidale.territory.selectors import name_key

from ..enums import CertificateState
from ..models import Certificate, YearCheck

BY_NAME = ("company__search_key", "pk")


def in_force(today: date) -> QuerySet[Certificate]:
    """Granted and not expired."""
    return Certificate.objects.filter(state=CertificateState.GRANTED, valid_to__gte=today)


def live(today: date) -> QuerySet[Certificate]:
    """Held now: in force, or suspended, which may come back."""
    return in_force(today) | Certificate.objects.filter(state=CertificateState.SUSPENDED)


def certificates(access: Access, query: QueryDict, *, state: str = "", text: str = "") -> Slice:
    """The network's certificates by name of the company."""
    rows = Certificate.objects.filter(network_id=access.network_id).select_related("company__comune")
    if state:
        rows = rows.filter(state=state)
    if key := name_key(text):
        rows = rows.filter(company__search_key__contains=key)
    page = page_of(rows, query, order=BY_NAME)
    audit.look(Look.Kind.LIST, page.rows, by=access, place="certification:list", subject_type="certification.certificate")
    return page


def company_for(access: Access, public_id: UUID) -> Company:
    """The company a recognition is proposed for; 404 when it is not of this network."""
    return get_object_or_404(Company, network_id=access.network_id, public_id=public_id, merged_into=None)


def certificate_for(access: Access, public_id: UUID) -> Certificate:
    """One certificate with its company and paper; the look is logged."""
    found = get_object_or_404(
        Certificate.objects.select_related("company__comune", "scheme", "document", "application__checked_by", "decided_by"),
        network_id=access.network_id,
        public_id=public_id,
    )
    audit.look(Look.Kind.DETAIL, found, by=access, place="certification:detail")
    return found


def history_of(access: Access, certificate: Certificate) -> list[Fact]:
    """What happened to it, newest first."""
    rows = Fact.objects.filter(network_id=access.network_id, code__startswith="certification.certificate.")
    return list(rows.filter(subject_type=audit.type_of(certificate), subject_id=certificate.pk).order_by("-at", "-pk"))


def checks_of(certificate: Certificate) -> list[YearCheck]:
    """The yearly checks of a recognition that was reached already, the last first."""
    return list(YearCheck.objects.filter(certificate=certificate).select_related("looked_by").order_by("-due_on"))


def check_for(certificate: Certificate, public_id: UUID) -> YearCheck:
    return get_object_or_404(YearCheck.objects.filter(certificate=certificate), public_id=public_id)
