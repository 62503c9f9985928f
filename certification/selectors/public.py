"""What everybody reads: the register, the state of a certificate behind its address."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, cast
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import QueryDict

from impresasolidale.accounts.access import Access
from impresasolidale.core.keyset import Slice, page_of
from impresasolidale.core.models import Document
from impresasolidale.territory.selectors import name_key

from ..enums import CertificateState
from ..models import Certificate
from .certificates import BY_NAME


def in_force(today: date) -> QuerySet[Certificate]:
    """Granted and not expired."""
    return Certificate.objects.filter(state=CertificateState.GRANTED, valid_to__gte=today)


@dataclass(frozen=True)
class Recognised:
    """One line of the public register: the company's public face, nothing of people."""

    public_id: UUID
    company: str
    kind: str
    comune: str
    ambito: str
    level: str
    valid_from: date
    valid_to: date


def register(access: Access, query: QueryDict, *, today: date, text: str = "", ambito_id: int | None = None) -> Slice:
    """The public register: certificates in force of companies that agreed to appear. `text` searches name and comune."""
    rows = in_force(today).filter(network_id__in=access.scope.networks, company__on_register=True, company__merged_into=None)
    if key := name_key(text):
        rows = rows.filter(Q(company__search_key__contains=key) | Q(company__comune__name_key__contains=key))
    if ambito_id:
        rows = rows.filter(company__comune__ambito_id=ambito_id)
    page = page_of(rows.select_related("company__comune__ambito"), query, order=BY_NAME)
    return replace(page, rows=[_recognised(c) for c in page.rows])


def _recognised(certificate: Certificate) -> Recognised:
    company = certificate.company
    assert certificate.valid_from and certificate.valid_to
    return Recognised(
        public_id=certificate.public_id,
        company=company.name,
        kind=company.get_kind_display(),
        comune=str(company.comune),
        ambito=str(company.comune.ambito or ""),
        level=certificate.get_level_display(),
        valid_from=certificate.valid_from,
        valid_to=certificate.valid_to,
    )


@dataclass(frozen=True)
class PublicState:
    """What the verification page says of a certificate. `state`: valid, expired, suspended, revoked or superseded."""

    state: str
    company: str
    comune: str
    level: str
    valid_from: date | None
    valid_to: date | None


def public_state(document: Document, today: date) -> PublicState | None:
    """The state of the certificate a paper belongs to; the caller has entered the paper's scope. None when there is none."""
    found = Certificate.objects.filter(document_id=document.pk).select_related("company__comune").first()
    if found is None:
        return None
    said = cast(dict[str, Any], document.context)
    expired = found.valid_to is None or found.valid_to < today
    state = "expired" if found.state == CertificateState.GRANTED and expired else found.state
    return PublicState(
        state="valid" if state == CertificateState.GRANTED else state,
        company=said["company"],
        comune=said["place"],
        level=said["level"],
        valid_from=found.valid_from,
        valid_to=found.valid_to,
    )


def count_on_register(access: Access, today: date) -> int:
    """How many recognitions the public register shows."""
    return in_force(today).filter(network_id__in=access.scope.networks, company__on_register=True, company__merged_into=None).count()
