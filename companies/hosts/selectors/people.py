"""Tutors, engagements, and who acts for a company."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import Exists, OuterRef, QuerySet
from django.shortcuts import get_object_or_404

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.models import Membership
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.periods import in_force, not_over

from ..models import Company, CompanyTutor, Engagement


def tutors_of(access: Access, company: Company, on: date) -> QuerySet[CompanyTutor]:
    """The tutors engaged by a company on a day, by name."""
    engaged = Engagement.objects.filter(in_force(on), network_id=access.network_id, company=company)
    return CompanyTutor.objects.filter(network_id=access.network_id, pk__in=engaged.values("tutor")).order_by(
        "last_name", "first_name", "id"
    )


def engaged_on(access: Access, companies: Collection[int], on: date) -> QuerySet[Engagement]:
    """Who is tutor of these companies on a day, by name: an engagement each, with its tutor."""
    rows = Engagement.objects.filter(in_force(on), network_id=access.network_id, company__in=companies)
    return rows.select_related("tutor").order_by("tutor__last_name", "tutor__first_name", "id")


def engagements_of(access: Access, company: Company, on: date) -> Sequence[Engagement]:
    """All engagements of a company, those of today first. Each says `is_over` and `has_role` (the tutor may act for this company)."""
    role = Membership.objects.in_force(on).filter(user=OuterRef("tutor__user"), company=company, role=Role.COMPANY_TUTOR)
    return list(
        Engagement.objects.filter(network_id=access.network_id, company=company)
        .select_related("tutor__user")
        .annotate(has_role=Exists(role), is_over=~not_over(on))
        .order_by("is_over", "tutor__last_name", "tutor__first_name", "-valid_from")
    )


def contacts_of(access: Access, company: Company, on: date) -> QuerySet[Membership]:
    """Those who act for the company on the portal."""
    held = Membership.objects.in_force(on).filter(network_id=access.network_id, company=company, role=Role.COMPANY_CONTACT)
    return held.select_related("user").order_by("user__last_name", "user__first_name")


def _tutors(access: Access) -> QuerySet[CompanyTutor]:
    rows = CompanyTutor.objects.filter(network_id=access.network_id)
    if access.companies is None:
        return rows
    return rows.filter(pk__in=Engagement.objects.filter(company__in=access.companies).values("tutor"))


def tutor_for(access: Access, public_id: UUID) -> CompanyTutor:
    return get_object_or_404(_tutors(access), public_id=public_id)


def tutors_for_choice(access: Access, on: date) -> QuerySet[CompanyTutor]:
    """The tutors who work somewhere on a day, by name, with `company_names` in words."""
    return (
        _tutors(access)
        .filter(in_force(on, through="engagements__"))
        .annotate(company_names=StringAgg("engagements__company__name", ", ", order_by="engagements__company__name"))
        .order_by("last_name", "first_name", "id")
    )
