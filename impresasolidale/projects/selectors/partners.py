"""Reads of the register of partners."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict

from impresasolidale.accounts.access import Access
from impresasolidale.core.keyset import Slice, page_of
from impresasolidale.territory.models import Body

from ..enums import PartnerKind
from ..models import NetworkAction, Participation, Partner, PartnerRole, ProjectFile
from ._common import one, ours

OWN_ACTIONS = 200  # newest first: years of a busy partner


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


@dataclass(frozen=True)
class OwnPart:
    """What a partner did with the network. `reached`: people, as its actions say; who came to two counts twice."""

    partners: list[Partner]
    projects: list[Participation]
    actions: list[NetworkAction]

    @property
    def names(self) -> str:
        return ", ".join(partner.name for partner in self.partners)

    @property
    def reached(self) -> int:
        return sum(action.people_reached or 0 for action in self.actions)


def own_part(access: Access) -> OwnPart | None:
    """For who signs in as a partner, in its own scope, which opens nothing of any other; None for who is none, or has left. Two queries,
    one more for a partner of no project.
    """
    if not access.partners:
        return None
    rows = Participation.objects.filter(partner__in=access.partners, partner__left_on=None).select_related("project", "partner")
    taking_part = list(rows.order_by("-project__starts_on", "id"))
    found = list({row.partner_id: row.partner for row in taking_part}.values())
    if len(found) < len(access.partners):
        found = list(Partner.objects.filter(pk__in=access.partners, left_on=None).order_by("name"))
    if not found:
        return None
    actions = NetworkAction.objects.filter(partners__partner__in=found).distinct().order_by("-on", "-id")
    return OwnPart(found, taking_part, list(actions[:OWN_ACTIONS]))


def bodies(access: Access) -> QuerySet[Body]:
    """The bodies the territory knows of the network, that are no partner yet."""
    known = Partner.objects.filter(network_id=access.network_id, body__isnull=False).values("body")
    return Body.objects.filter(network_id=access.network_id).exclude(pk__in=known).order_by("name")


@dataclass(frozen=True)
class PublicPartner:
    """What everybody may know of a partner."""

    name: str
    roles: tuple[str, ...]
    site: str


def public_partners(access: Access, today: date) -> dict[PartnerKind, list[PublicPartner]]:
    """Who is in the network on that day, by kind, each with the roles it holds. No people, neither as
    partners nor as whom to call. Two queries."""
    rows = list(Partner.objects.filter(Q(left_on=None) | Q(left_on__gt=today)).exclude(kind=PartnerKind.PERSON).order_by("name", "id"))
    held: dict[int, list[str]] = {row.pk: [] for row in rows}
    for role in PartnerRole.objects.filter(Q(until=None) | Q(until__gte=today), partner__in=rows, since__lte=today).order_by("since", "id"):
        held[role.partner_id].append(role.get_role_display())
    return {
        kind: [PublicPartner(row.name, tuple(dict.fromkeys(held[row.pk])), row.site) for row in rows if row.kind == kind]
        for kind in PartnerKind
    }
