"""Reads of the register of partners."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict

from impresasolidale.accounts.access import Access
from impresasolidale.core.keyset import Slice, page_of
from impresasolidale.territory.models import Body

from ..models import Participation, Partner, PartnerRole, ProjectFile
from ._common import one, ours


def partners(access: Access) -> QuerySet[Partner]:
    return ours(Partner, access)


def asked(access: Access, wanted: dict[str, Any]) -> QuerySet[Partner]:
    rows = partners(access)
    if wanted.get("tipo"):
        rows = rows.filter(kind=wanted["tipo"])
    if wanted.get("ruolo"):
        rows = rows.filter(roles__role=wanted["ruolo"], roles__until=None)
    if words := (wanted.get("cerca") or "").strip():
        rows = rows.filter(Q(name__icontains=words) | Q(tax_code=words))
    return rows.distinct()


def partners_page(rows: QuerySet[Partner], query: QueryDict) -> Slice:
    """By name; each with `held`, the roles that have not ended. Two queries."""
    page = page_of(rows, query, order=("name", "id"))
    dress(page.rows)
    return page


def dress(rows: list[Partner]) -> None:
    held: dict[int, list[PartnerRole]] = {row.pk: [] for row in rows}
    for role in PartnerRole.objects.filter(partner__in=rows, until=None).order_by("since", "id"):
        held[role.partner_id].append(role)
    for row in rows:
        row.held = held[row.pk]  # type: ignore[attr-defined]


def partner_for(access: Access, public_id: object) -> Partner:
    return one(partners(access).select_related("body", "comune", "logo"), public_id)


def roles_of(partner: Partner) -> list[PartnerRole]:
    return list(PartnerRole.objects.filter(partner=partner).order_by("-since", "-id"))


def role_for(partner: Partner, public_id: object) -> PartnerRole:
    return one(PartnerRole.objects.filter(partner=partner), public_id)


def files_of(partner: Partner) -> list[ProjectFile]:
    rows = ProjectFile.objects.filter(network_id=partner.network_id, subject_type="projects.partner", subject_id=partner.pk)
    return list(rows.order_by("id"))


def file_for(partner: Partner, public_id: object) -> ProjectFile:
    rows = ProjectFile.objects.filter(network_id=partner.network_id, subject_type="projects.partner", subject_id=partner.pk)
    return one(rows, public_id)


def projects_of(partner: Partner) -> list[Participation]:
    return list(Participation.objects.filter(partner=partner).select_related("project").order_by("-project__starts_on"))


def bodies(access: Access) -> QuerySet[Body]:
    """The bodies the territory knows of the network, that are no partner yet."""
    known = Partner.objects.filter(network_id=access.network_id, body__isnull=False).values("body")
    return Body.objects.filter(network_id=access.network_id).exclude(pk__in=known).order_by("name")
