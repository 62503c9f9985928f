"""Reads about users, for those who manage them."""

from datetime import date

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from .access import Access
from .models import Membership, User
from .permissions import COMPANY_ROLES, Role

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
    return rows.select_related("user", "comune", "deputy_of").order_by("user__last_name", "user__first_name", "id")


def colleagues_today(access: Access, today: date) -> list[User]:
    """Who holds a role in the active Ambito today."""
    held = Membership.objects.in_force(today).filter(ambito_id=access.ambito_id).exclude(role__in=COMPANY_ROLES)
    return list(User.objects.filter(pk__in=held.values("user_id"), is_active=True).order_by("last_name", "first_name", "id"))


def membership_for(access: Access, pk: int) -> Membership:
    return get_object_or_404(Membership.objects.filter(ambito_id=access.ambito_id).exclude(role__in=COMPANY_ROLES), pk=pk)
