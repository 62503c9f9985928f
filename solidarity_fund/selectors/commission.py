"""The commission of the active Ambito: who sits, what is on the agenda, who may not vote on what."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.models import Membership, User
from impresasolidale.accounts.permissions import Permission, Role
from impresasolidale.core import audit
from impresasolidale.core.keyset import Slice, page_of
from impresasolidale.core.models import Look
from impresasolidale.core.periods import in_force
from impresasolidale.territory.rules import Severity

from ..commission_rules import Tally, tally
from ..enums import Advance, Outcome, RequestState, SittingState
from ..models import AgendaItem, BenefitRequest, Opinion, Seat, Sitting, Vote
from .conflicts import aside_of
from .requests import REQUEST_TYPE, _requests

SITTING_TYPE = audit.type_of(Sitting)  # type: ignore[arg-type]


def is_of_the_commission(access: Access) -> None:
    """Whoever sits in it or keeps its sittings, for the whole Ambito: a membership limited to some comuni sees a part of the people, and
    an agenda is of them all. Raises PermissionDenied."""
    if not access.may(Permission.GIVE_OPINIONS):
        access.require(Permission.KEEP_SITTINGS)
    if access.comuni is not None:
        raise PermissionDenied(_("Il tuo incarico vale per alcuni comuni: le sedute sono di tutto l'Ambito."))


def may_sit(access: Access) -> bool:
    """The same, for the links that lead there."""
    return access.comuni is None and (access.may(Permission.GIVE_OPINIONS) or access.may(Permission.KEEP_SITTINGS))


def _sittings(access: Access) -> QuerySet[Sitting]:
    is_of_the_commission(access)
    return Sitting.objects.filter(ambito_id=access.ambito_id).select_related("president", "closed_by", "approved_by", "document")


def sittings_page(access: Access, query: QueryDict) -> Slice:
    """Sittings, the last first, each with `cases`, how many are on its agenda."""
    page = page_of(_sittings(access).annotate(cases=Count("items")), query, order=("-held_on", "-id"))
    audit.look(Look.Kind.LIST, page.rows, by=access, place="solidarity_fund:sittings", subject_type=SITTING_TYPE)
    return page


def sitting_for(access: Access, public_id: UUID) -> Sitting:
    row: Sitting = get_object_or_404(_sittings(access), public_id=public_id)
    audit.look(Look.Kind.DETAIL, row, by=access, place="solidarity_fund:sitting")
    return row


def next_sittings(access: Access, *, today: date) -> list[Sitting]:
    """Sittings that are to come or under way."""
    rows = _sittings(access).filter(state__in=[SittingState.PLANNED, SittingState.OPEN])
    return list(rows.annotate(cases=Count("items")).order_by("held_on", "id")[:10])


def members(access: Access, *, on: date) -> list[User]:
    """Who sits in the commission of the active Ambito on a day: by their dated memberships."""
    held = Membership.objects.filter(in_force(on), role=Role.COMMISSION_MEMBER, ambito_id=access.ambito_id, comune=None)
    return list(User.objects.filter(pk__in=held.values("user_id"), is_active=True).order_by("last_name", "first_name", "id"))


def seats_of(sitting: Sitting) -> list[Seat]:
    return list(Seat.objects.filter(sitting=sitting).select_related("member").order_by("member__last_name", "member__first_name", "id"))


def item_of(sitting: Sitting, public_id: UUID) -> AgendaItem:
    rows = AgendaItem.objects.filter(sitting=sitting).select_related("request__rulebook", "request__ambito", "request__pot", "sitting")
    row: AgendaItem = get_object_or_404(rows, public_id=public_id)
    return row


def cases_to_add(access: Access) -> list[BenefitRequest]:
    """Requests that are ready, or advances to ratify, on no agenda yet: the urgent first."""
    waiting = Exists(AgendaItem.objects.filter(request=OuterRef("pk"), outcome=Outcome.PENDING))
    rows = _requests(access).filter(~waiting).filter(Q(state=RequestState.READY) | Q(advance=Advance.OPEN))
    return list(rows.order_by("-is_urgent", "asked_on", "id")[:100])


# --- A case as the page and the vote see it


@dataclass
class CaseView:
    """One case with all that its decision rests on; `aside` is who gives no opinion and does not vote, and why."""

    item: AgendaItem
    opinions: list[Opinion] = field(default_factory=list)  # the last one of each member who does not stand aside
    aside: dict[int, str] = field(default_factory=dict)
    hints: dict[int, str] = field(default_factory=dict)
    votes: dict[int, bool] = field(default_factory=dict)
    tally: Tally | None = None

    @property
    def request(self) -> BenefitRequest:
        return self.item.request


def agenda_of(sitting: Sitting, *, seats: list[Seat] | None = None) -> list[CaseView]:
    """The cases of a sitting in order, each with opinions, abstentions and votes. Seven statements, however many cases, and one more for
    the seats where nobody has read them yet."""
    items = list(
        AgendaItem.objects.filter(sitting=sitting)
        .select_related("request__beneficiary", "request__placement", "request__rulebook", "request__pot")
        .order_by("position")
    )
    requests = [item.request for item in items]
    seats = seats_of(sitting) if seats is None else seats
    users = [seat.member for seat in seats]
    present = {seat.member_id for seat in seats if seat.is_present}
    aside, hints = aside_of(requests, users, on=sitting.held_on)
    opinions = last_opinions(requests)
    votes: dict[int, dict[int, bool]] = defaultdict(dict)
    for item_id, member_id, in_favour in Vote.objects.filter(item__in=items).values_list("item_id", "member_id", "in_favour"):
        votes[item_id][member_id] = in_favour
    views = []
    for item in items:
        mine = {user.pk: aside[item.request_id, user.pk] for user in users if (item.request_id, user.pk) in aside}
        view = CaseView(
            item=item,
            aside=mine,
            hints={user.pk: hints[item.request_id, user.pk] for user in users if (item.request_id, user.pk) in hints},
            opinions=[o for o in opinions[item.request_id] if o.member_id not in mine],
            votes=votes[item.pk],
        )
        view.tally = tally(present=present, aside=mine, votes=view.votes, quorum=item.request.rulebook.rules.fund_quorum)
        views.append(view)
    return views


def last_opinions(requests: Collection[BenefitRequest]) -> dict[int, list[Opinion]]:
    """Request id → the last opinion of each member. One statement."""
    rows = Opinion.objects.filter(request__in=[r.pk for r in requests]).select_related("member")
    found: dict[int, list[Opinion]] = defaultdict(list)
    for opinion in rows.order_by("request_id", "member_id", "-id").distinct("request_id", "member_id"):
        found[opinion.request_id].append(opinion)
    return found


@dataclass(frozen=True)
class ToDecide:
    """One row of a member's home: a request, what they have said, what keeps them from it."""

    request: BenefitRequest
    opinion: Opinion | None
    aside: str
    hint: str
    sitting: Sitting | None


def to_decide(access: Access, *, today: date) -> list[ToDecide]:
    """The requests that wait for this member's opinion or vote, the urgent and the oldest first. Eight statements at most."""
    access.require(Permission.GIVE_OPINIONS)
    rows = list(
        _requests(access)
        .filter(Q(state=RequestState.READY) | Q(advance=Advance.OPEN))
        .select_related("placement")
        .order_by("-is_urgent", "asked_on", "id")[:50]
    )
    audit.look(Look.Kind.LIST, rows, by=access, place="solidarity_fund:to_decide", subject_type=REQUEST_TYPE)
    if access.actor is None or not rows:
        return []
    aside, hints = aside_of(rows, [access.actor], on=today)
    opinions = last_opinions(rows)
    agenda = AgendaItem.objects.filter(request__in=[r.pk for r in rows], outcome=Outcome.PENDING).select_related("sitting")
    sittings = {item.request_id: item.sitting for item in agenda}
    return [
        ToDecide(
            request=row,
            opinion=next((o for o in opinions[row.pk] if o.member_id == access.actor_id), None),
            aside=aside.get((row.pk, access.actor_id), ""),
            hint=hints.get((row.pk, access.actor_id), ""),
            sitting=sittings.get(row.pk),
        )
        for row in rows
    ]


def case_of(request: BenefitRequest) -> AgendaItem | None:
    """The last case about a request, pending or decided."""
    return AgendaItem.objects.filter(request=request).select_related("sitting").order_by("-id").first()


def minutes_awaited(request: BenefitRequest, case: AgendaItem | None) -> Sitting | None:
    """The sitting that granted, where the commission alone decides and nothing is paid before its minutes are approved (rule 68)."""
    if case is None or case.outcome != Outcome.GRANTED or request.rulebook.rules.severity(68) != Severity.BLOCK:
        return None
    return None if case.sitting.state == SittingState.APPROVED else case.sitting
