"""Reads about users, for those who manage them."""

from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.shortcuts import get_object_or_404

from .access import Access
from .models import Factor, Membership, User
from .permissions import COMPANY_ROLES, GIVER_ROLES, Role

# What a coordinator may give: the roles of its own office. Network-wide and company roles come from elsewhere.
OFFICE_ROLES: tuple[Role, ...] = (
    Role.SOCIAL_WORKER,
    Role.PROMOTER_TUTOR,
    Role.CLERK,
    Role.COORDINATOR,
    Role.ACCOUNTING,
    Role.COMUNE_OFFICER,
    Role.COMMISSION_MEMBER,
    Role.DPO,
)


def colleagues(access: Access) -> QuerySet[Membership]:
    """The memberships of the active Ambito, by name: in force, to come and ended."""
    rows = Membership.objects.filter(ambito_id=access.ambito_id).exclude(role__in=COMPANY_ROLES)
    rows = rows.annotate(has_factor=Exists(Factor.objects.filter(user=OuterRef("user"))))
    return rows.select_related("user", "comune", "deputy_of").order_by("user__last_name", "user__first_name", "id")


def colleagues_today(access: Access, today: date) -> list[User]:
    """Who holds a role in the active Ambito today."""
    held = Membership.objects.in_force(today).filter(ambito_id=access.ambito_id).exclude(role__in=COMPANY_ROLES)
    return list(User.objects.filter(pk__in=held.values("user_id"), is_active=True).order_by("last_name", "first_name", "id"))


def colleague_for(access: Access, public_id: UUID, today: date) -> User:
    """Somebody with a role in the active Ambito, of the office, in force or to come: who left is no colleague any more."""
    held = Membership.objects.filter(ambito_id=access.ambito_id, ambito__isnull=False).exclude(role__in=COMPANY_ROLES)
    held = held.exclude(valid_to__lt=today)
    return get_object_or_404(User.objects.filter(pk__in=held.values("user_id")), public_id=public_id)


def membership_for(access: Access, pk: int) -> Membership:
    """One that the office may end: of its own, or of who gives to the network."""
    ours = Q(ambito_id=access.ambito_id) | Q(role__in=GIVER_ROLES)
    rows = Membership.objects.filter(ours, network_id=access.network_id).exclude(role__in=COMPANY_ROLES)
    return get_object_or_404(rows.select_related("user"), pk=pk)


def accesses_of(access: Access, today: date, **giver: int) -> list[Membership]:
    """Who signs in for a donor (`donor_id`) or a partner (`partner_id`): in force and to come."""
    rows = Membership.objects.filter(network_id=access.network_id, **giver).exclude(valid_to__lt=today)
    return list(rows.select_related("user").order_by("valid_from", "id"))
