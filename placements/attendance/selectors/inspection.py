"""In case of inspection: who is at each site of a company now, and what there is to show of each."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from companies.hosts.models import Site
from impresasolidale.accounts.access import Access
from impresasolidale.core import audit
from impresasolidale.core.documents import verification_url
from impresasolidale.core.models import Document, Look
from impresasolidale.core.scope import scope
from impresasolidale.core.words import day as day_words
from impresasolidale.core.words import hours
from impresasolidale.territory.selectors import OfficeCard, offices_of
from placements.agreements.enums import RUNNING, PlacementState
from placements.agreements.inspection import Proofs, proofs_of, rows_on
from placements.agreements.models import Placement
from placements.agreements.selectors import entrusted_to, refuse_protected

from . import SheetDay, days_between, short_name
from .portal import holder_of

PLACE = "attendance:inspection"
KEPT = "attendance:inspection_kept"


@dataclass(frozen=True)
class Office:
    """Whom to call: the office, and the promoter's tutors of who is here (name, e-mail)."""

    card: OfficeCard
    people: list[tuple[str, str]]


@dataclass(frozen=True)
class Here:
    """Somebody who is in placement at a site today."""

    placement: Placement
    day: SheetDay | None
    proofs: Proofs

    @property
    def name(self) -> str:
        person = self.placement.beneficiary
        return f"{person.first_name} {person.last_name}"

    @property
    def is_paused(self) -> bool:
        return bool(self.placement.state == PlacementState.SUSPENDED)


@dataclass(frozen=True)
class SiteNow:
    """A site, who is in placement there today, and whom to call."""

    site: Site
    people: list[Here]
    offices: list[Office]


def _running(access: Access, on: date) -> QuerySet[Placement]:
    rows = entrusted_to(access).filter(state__in=RUNNING, starts_on__lte=on, ends_on__gte=on)
    return rows.select_related("beneficiary", "company", "site__comune", "company_tutor", "promoter_tutor", "rulebook", "ambito")


def sites_now(access: Access, on: date, *, place: str = PLACE) -> list[SiteNow]:
    """Every site where somebody entrusted to this company user is today. Each opening is a look, with who was shown."""
    found = list(_running(access, on))
    proofs = proofs_of(found, on)
    days = days_between([p.pk for p in found], on, on)
    cards = offices_of(p.ambito for p in found)
    sites: dict[int, SiteNow] = {}
    for placement in found:
        at = sites.setdefault(placement.site_id, SiteNow(placement.site, [], []))
        at.people.append(Here(placement, next(iter(days.get(placement.pk, [])), None), proofs[placement.pk]))
    for at in sites.values():
        here = [person.placement for person in at.people]
        at.offices.extend(_office(cards[pk], [p for p in here if p.ambito_id == pk]) for pk in sorted({p.ambito_id for p in here}))
    audit.look(Look.Kind.DETAIL, found, by=access, place=place, subject_type=Placement._meta.label_lower)
    return sorted(sites.values(), key=lambda at: (at.site.name, at.site.pk))


def site_now(access: Access, public_id: UUID, on: date) -> SiteNow:
    """One of them, or 404."""
    for at in sites_now(access, on):
        if at.site.public_id == public_id:
            return at
    raise Http404


def has_somebody(access: Access, on: date) -> bool:
    """Whether anybody entrusted to this user is in placement on a day: then the pages show the button."""
    return bool(access.placements) and _running(access, on).exists()


def _office(card: OfficeCard, placements: list[Placement]) -> Office:
    tutors = {p.promoter_tutor_id: p.promoter_tutor for p in placements if p.promoter_tutor}
    return Office(card, [(str(user), user.email) for user in tutors.values()])


def paper_for(access: Access, public_id: UUID, on: date) -> Document:
    """One of the papers that the page lists, for its file. 404 for any other paper, and for who came by a link without a sign-in;
    PermissionDenied where it says an address that was protected since."""
    row = next((row for row in rows_on(on) if row.document == public_id and row.file_name), None) if access.actor else None
    if row is None or row.document is None or row.document_id is None:
        raise Http404
    placement = Placement.objects.select_related("beneficiary").get(pk=row.placement_id)
    with scope(Access.system(network_id=access.network_id, ambito_id=placement.ambito_id, reason="a paper in case of inspection").scope):
        refuse_protected(Document.objects.get(pk=row.document_id), placement.beneficiary)
    return Document(
        pk=row.document_id, public_id=row.document, kind=row.kind, number=row.number, file_name=row.file_name, state=Document.State.READY
    )


# --- What a telephone keeps


def kept(access: Access, on: date, now: datetime) -> dict[str, Any]:
    """What a telephone keeps for when there is no network: first names with an initial, numbers, days and codes; no file (adr/0020)."""
    return {
        "holder": holder_of(access),
        "at": now.isoformat(),
        "sites": [
            {
                "name": str(at.site),
                "comune": str(at.site.comune),
                "people": [_kept_person(person) for person in at.people],
                "offices": [
                    {
                        "name": office.card.name,
                        "phone": office.card.phone,
                        "pec": office.card.pec,
                        "people": [f"{name}, {email}" for name, email in office.people],
                    }
                    for office in at.offices
                ],
            }
            for at in sites_now(access, on, place=KEPT)
        ],
    }


def _kept_person(person: Here) -> dict[str, Any]:
    placement, said = person.placement, person.day
    proofs = person.proofs
    return {
        "name": short_name(placement.beneficiary.first_name, placement.beneficiary.last_name),
        "days": [day_words(placement.starts_on), day_words(placement.last_day)],
        "tutor": str(placement.company_tutor or ""),
        "planned": hours(said.planned) if said and said.planned else "",
        "proofs": [
            {"title": proof.title, "words": proof.words, "check": verification_url(proof.code) if proof.code else ""}
            for proof in (*proofs.papers, *proofs.covers, *proofs.communications, *proofs.safety)
        ],
        "missing": proofs.missing,
    }
