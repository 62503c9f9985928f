"""The commission of the network: who sits, what is on the agenda, who may not vote on what."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.http import QueryDict
from django.shortcuts import get_object_or_404

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.models import Membership, User
from impresasolidale.accounts.permissions import Permission, Role
from impresasolidale.core import audit
from impresasolidale.core.keyset import Slice, page_of
from impresasolidale.core.models import Look
from impresasolidale.core.periods import in_force
from impresasolidale.territory.selectors import common_rules
from solidarity_fund.commission_rules import Result, Tally, tally

from ..enums import ApplicationState, CaseOutcome, DecidedBy
from ..models import AgendaItem, Application, Seat, Sitting, Vote
from .conflicts import aside_of


def is_of_the_commission(access: Access) -> None:
    """Who sits in it or keeps its sittings. Raises PermissionDenied."""
    if not access.may(Permission.GIVE_OPINIONS):
        access.require(Permission.KEEP_SITTINGS)


def _sittings(access: Access) -> QuerySet[Sitting]:
    is_of_the_commission(access)
    rows = Sitting.objects.filter(network_id=access.network_id)
    return rows.select_related("president", "closed_by", "approved_by", "document")


def sittings_page(access: Access, query: QueryDict) -> Slice:
    """Sittings, the last first, each with `cases`, how many are on its agenda."""
    page = page_of(_sittings(access).annotate(cases=Count("items")), query, order=("-held_on", "-id"))
    audit.look(Look.Kind.LIST, page.rows, by=access, place="certification:sittings", subject_type="certification.sitting")
    return page


def sitting_for(access: Access, public_id: UUID) -> Sitting:
    row: Sitting = get_object_or_404(_sittings(access), public_id=public_id)
    audit.look(Look.Kind.DETAIL, row, by=access, place="certification:sitting")
    return row


def members(access: Access, *, on: date) -> list[User]:
    """Who sits in the commissions of the network's Ambiti on a day: by their dated memberships."""
    held = Membership.objects.filter(in_force(on), role=Role.COMMISSION_MEMBER, network_id=access.network_id, comune=None)
    return list(User.objects.filter(pk__in=held.values("user_id"), is_active=True).order_by("last_name", "first_name", "id"))


def seats_of(sitting: Sitting) -> list[Seat]:
    return list(Seat.objects.filter(sitting=sitting).select_related("member").order_by("member__last_name", "member__first_name", "id"))


def item_of(sitting: Sitting, public_id: UUID) -> AgendaItem:
    rows = AgendaItem.objects.filter(sitting=sitting).select_related("application__company", "application__scheme", "sitting")
    row: AgendaItem = get_object_or_404(rows, public_id=public_id)
    return row


def cases_to_add(access: Access) -> list[Application]:
    """Applications that the commission decides, ready and on no agenda, the oldest first."""
    waiting = Exists(AgendaItem.objects.filter(application=OuterRef("pk"), outcome=CaseOutcome.PENDING))
    rows = Application.objects.filter(~waiting, network_id=access.network_id, state=ApplicationState.READY)
    found = rows.select_related("company", "scheme").order_by("submitted_on", "id")[:100]
    return [row for row in found if is_for_commission(row)]


def is_for_commission(row: Application) -> bool:
    return any(rule.level == row.level and rule.decided_by == DecidedBy.COMMISSION for rule in row.scheme.scheme.levels)


@dataclass
class CaseView:
    """One case with all that its decision rests on; `aside` is who does not vote, and why."""

    item: AgendaItem
    aside: dict[int, str] = field(default_factory=dict)
    votes: dict[int, bool] = field(default_factory=dict)
    tally: Tally | None = None


def agenda_of(sitting: Sitting, *, only: AgendaItem | None = None, seats: list[Seat] | None = None) -> list[CaseView]:
    """The cases of a sitting in order, or one of them, each with abstentions and votes. Five statements, however many cases, and one more
    for the seats where nobody has read them yet."""
    rows = AgendaItem.objects.filter(sitting=sitting, pk=only.pk) if only else AgendaItem.objects.filter(sitting=sitting)
    items = list(rows.select_related("application__company__comune", "application__scheme", "application__campaign").order_by("position"))
    seats = seats_of(sitting) if seats is None else seats
    users = [seat.member for seat in seats]
    present = {seat.member_id for seat in seats if seat.is_present}
    aside = aside_of([item.application for item in items], users)
    votes: dict[int, dict[int, bool]] = defaultdict(dict)
    for item_id, member_id, in_favour in Vote.objects.filter(item__in=items).values_list("item_id", "member_id", "in_favour"):
        votes[item_id][member_id] = in_favour
    quorum = common_rules(sitting.network_id, sitting.held_on).fund_quorum
    views = []
    for item in items:
        mine = {user.pk: aside[item.application_id, user.pk] for user in users if (item.application_id, user.pk) in aside}
        view = CaseView(item=item, aside=mine, votes=votes[item.pk])
        view.tally = tally(present=present, aside=mine, votes=view.votes, quorum=quorum)
        views.append(view)
    return views


def carried_of(sitting: Sitting) -> list[Application]:
    """What the votes of a sitting already say yes to, and whose outcome is not written yet: in the order of the agenda."""
    views = agenda_of(sitting)
    return [v.item.application for v in views if v.item.outcome == CaseOutcome.PENDING and v.tally and v.tally.result == Result.CARRIED]


def case_of(application: Application) -> AgendaItem | None:
    """The last case about an application, pending or decided."""
    return AgendaItem.objects.filter(application=application).select_related("sitting").order_by("-id").first()
