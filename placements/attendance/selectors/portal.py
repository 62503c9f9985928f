"""Reads of the telephone without a network, of personal links, cards and posters."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from companies.hosts.models import CompanyTutor, Site
from companies.hosts.selectors import tutor_for
from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Role
from impresasolidale.core import audit, todos
from impresasolidale.core.fields import lookup_hash
from impresasolidale.core.models import Look, Message
from placements.agreements.enums import PlacementState
from placements.agreements.models import Placement

from ..enums import Outcome
from ..models import CheckIn, CheckInCard, PortalLink, SitePoster
from ..rules import monday_of, outcomes_for
from . import RECORDABLE, SheetDay, _slim, days_between, reachable, short_name

# --- The telephone


def holder_of(access: Access) -> str:
    """Whose telephone this is, as a code that says nothing: the same tutor by password or by link is the same."""
    user = access.actor_id or access.tutor_user_id
    return lookup_hash(f"portal user {user}" if user else f"portal tutor {access.tutor_id}")[:16]


def offline_week(access: Access, today: date, now: datetime) -> dict[str, Any]:
    """What a tutor's telephone keeps for seven days: first names with an initial, planned minutes, and the last word on each day."""
    monday = monday_of(today)
    sunday = monday + timedelta(days=6)
    placements = list(
        _slim(reachable(access))
        .filter(starts_on__lte=sunday, ends_on__gte=monday, state__in=(*RECORDABLE, PlacementState.SUSPENDED))
        .order_by("beneficiary__first_name", "id")
    )
    days = days_between([p.pk for p in placements], monday, sunday)
    return {
        "holder": holder_of(access),
        "at": now.isoformat(),
        "today": today.isoformat(),
        "people": [
            {
                "id": str(p.public_id),
                "name": short_name(p.beneficiary.first_name, p.beneficiary.last_name),
                "paused": p.state == PlacementState.SUSPENDED,
                "runs": p.state in (PlacementState.ACTIVE, PlacementState.SUSPENDED) and p.starts_on <= today <= p.last_day,
                "days": [_day(d) for d in days.get(p.pk, [])],
            }
            for p in placements
            if p.state in (PlacementState.ACTIVE, PlacementState.SUSPENDED) or p.pk in days
        ],
    }


def _day(day: SheetDay) -> dict[str, Any]:
    return {
        "day": day.day.isoformat(),
        "planned": day.planned,
        "at": f"{day.starts_at:%H:%M}" if day.starts_at else "",
        "outcome": day.outcome if day.is_said else "",
        "label": day.outcome_label,
        "minutes": day.minutes,
        "open": day.is_open,
        "word": day.word,
        "word_at": f"{timezone.localtime(day.word_at):%H:%M}" if day.word_at else "",
    }


# --- Personal links


def entrusted_here(access: Access, tutor: CompanyTutor, today: date) -> list[Placement]:
    """The people of the active Ambito that the tutor's link would open, by name."""
    rows = Placement.objects.filter(ambito_id=access.ambito_id, company_tutor=tutor)
    if access.comuni is not None:
        rows = rows.filter(beneficiary__residence_id__in=access.comuni)
    late = today - timedelta(days=60)
    running = rows.filter(state__in=(PlacementState.VALIDATED, PlacementState.ACTIVE, PlacementState.SUSPENDED))
    over = rows.filter(state__in=(PlacementState.ENDED, PlacementState.ENDED_EARLY), ended_on__gt=late)
    return list((running | over).select_related("beneficiary", "company").order_by("beneficiary__search_key", "id"))


@dataclass(frozen=True)
class TutorLinks:
    """What the office sees of a tutor's links: the one that lives, those before it, whom it opens, what became of the last message."""

    tutor: CompanyTutor
    people: list[Placement]
    live: PortalLink | None
    past: list[PortalLink]
    message: Message | None


def tutor_links(access: Access, public_id: UUID, *, today: date, now: datetime) -> TutorLinks:
    """404 for a tutor out of reach. The look is logged."""
    tutor = tutor_for(access, public_id)
    rows = list(PortalLink.objects.filter(ambito_id=access.ambito_id, tutor=tutor).select_related("created_by").order_by("-id")[:11])
    live = next((r for r in rows if r.ended_at is None and r.expires_at > now), None)
    sent = Message.objects.filter(
        ambito_id=access.ambito_id, kind="attendance.portal_link", about_type=audit.type_of(tutor), about_id=tutor.pk
    )
    audit.look(Look.Kind.DETAIL, tutor, by=access, place="attendance:tutor_link")
    return TutorLinks(tutor, entrusted_here(access, tutor, today), live, [r for r in rows if r is not live], sent.order_by("-id").first())


def live_link(access: Access, public_id: UUID) -> PortalLink:
    """The tutor's link that this office sent and nobody ended, or 404."""
    rows = PortalLink.objects.filter(ambito_id=access.ambito_id, ended_at=None).select_related("tutor")
    return get_object_or_404(rows, tutor=tutor_for(access, public_id))


# --- Posters, cards, words


def site_for(access: Access, public_id: UUID) -> Site:
    return get_object_or_404(Site.objects.filter(network_id=access.network_id).select_related("company", "comune"), public_id=public_id)


def poster_of(access: Access, site: Site) -> SitePoster | None:
    return SitePoster.objects.filter(network_id=access.network_id, site=site, ended_at=None).first()


def card_of(placement: Placement) -> CheckInCard | None:
    return CheckInCard.objects.filter(placement=placement, ended_at=None).first()


def words_of(placement: Placement, day: date) -> QuerySet[CheckIn]:
    """What the person of a reachable placement said on a day, the last first."""
    return CheckIn.objects.filter(placement=placement, day=day).select_related("recorded_by").order_by("-id")


def waits_for_answer(access: Access, placement: Placement) -> bool:
    """Whether a word of the person still waits for somebody of the office."""
    return todos.waiting_in(access).filter(kind="attendance.word", subject_type=audit.type_of(placement), subject_id=placement.pk).exists()


@dataclass(frozen=True)
class Here:
    """A poster that hangs, and who said the right drawing and digits at it (None: nobody did)."""

    network_id: int
    access: Access | None
    placement_id: int | None


def poster_door(code: str, secret_hash: str, today: date) -> Here:
    """Read before any scope exists. Http404 for a poster nobody hung."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT network_id, ambito_id, placement_id, beneficiary_id, company_id FROM attendance_poster_door(%s, %s, %s)",
            [code, secret_hash, today],
        )
        found = cursor.fetchone()
    if found is None:
        raise Http404
    network_id, ambito_id, placement_id, beneficiary_id, company_id = found
    if placement_id is None:
        return Here(network_id, None, None)
    access = Access.at_poster(
        network_id=network_id, ambito_id=ambito_id, placement_id=placement_id, beneficiary_id=beneficiary_id, company_id=company_id
    )
    return Here(network_id, access, placement_id)


def absences() -> list[tuple[str, str]]:
    """What a tutor may say of an absence, for a page that is kept without a network."""
    found = [o for o in outcomes_for(frozenset({Role.COMPANY_TUTOR})) if o != Outcome.PRESENT]
    return [(str(o), str(o.label)) for o in found]
