"""Tutors, engagements, and who acts for a company."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.shortcuts import get_object_or_404

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.models import Membership
from impresasolidale.accounts.permissions import Role
from impresasolidale.core import audit
from impresasolidale.core.keyset import Slice, page_of
from impresasolidale.core.models import Look
from impresasolidale.core.periods import in_force, not_over
from impresasolidale.territory.selectors import name_key

from ..models import Company, CompanyTutor, Contact, Engagement
from ..rules import same_name


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


def contacts_of(access: Access, company: Company, on: date) -> Sequence[Contact]:
    """Whom to ask at a company from a day on, by name. Each says `signs` (is its legal representative) and `user`, who enters the portal
    with the same address, if anybody. Two queries."""
    rows = Contact.objects.filter(not_over(on), network_id=access.network_id, company=company)
    entering = {held.user.email: held.user for held in portal_users_of(access, company, on)}
    found = list(rows.select_related("company").order_by("last_name", "first_name", "id"))
    for row in found:
        row.signs = is_signatory(row)  # type: ignore[attr-defined]
        row.user = entering.get(row.email)  # type: ignore[attr-defined]
    return found


def is_signatory(contact: Contact) -> bool:
    """Whether this is the legal representative of the company: the same name, in whatever order."""
    return same_name(name_key(str(contact)), name_key(contact.company.representative))


def contact_for(access: Access, company: Company, public_id: UUID) -> Contact:
    return get_object_or_404(Contact.objects.select_related("company"), network_id=access.network_id, company=company, public_id=public_id)


def portal_users_of(access: Access, company: Company, on: date) -> QuerySet[Membership]:
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


def engagements(access: Access, *, on: date, filters: dict[str, Any]) -> QuerySet[Engagement]:
    """Who is tutor somewhere on a day, by name: an engagement each, with its tutor and company. `filters`: q, ambito, comune, all
    optional."""
    rows = Engagement.objects.filter(in_force(on), network_id=access.network_id, company__merged_into=None)
    rows = rows if access.companies is None else rows.filter(company__in=access.companies)
    for word in (filters.get("q") or "").split():
        rows = rows.filter(Q(tutor__last_name__icontains=word) | Q(tutor__first_name__icontains=word) | Q(company__name__icontains=word))
    if filters.get("ambito"):
        rows = rows.filter(company__comune__ambito=filters["ambito"])
    if filters.get("comune"):
        rows = rows.filter(company__comune=filters["comune"])
    return rows.select_related("tutor", "company__comune").order_by("tutor__last_name", "tutor__first_name", "company__search_key", "id")


def tutors_page(access: Access, query: QueryDict, *, on: date, filters: dict[str, Any]) -> Slice:
    """One page of tutors by name, each with `engaged`, where they are tutor on a day. `filters` as in `engagements`. The look is logged."""
    wanted = engagements(access, on=on, filters=filters).order_by()
    page = page_of(_tutors(access).filter(pk__in=wanted.values("tutor")), query, order=("last_name", "first_name", "id"))
    engaged = defaultdict(list)
    for row in engagements(access, on=on, filters={}).filter(tutor__in=page.rows).order_by("company__search_key", "id"):
        engaged[row.tutor_id].append(row)
    for tutor in page.rows:
        tutor.engaged = engaged[tutor.pk]
    audit.look(Look.Kind.LIST, page.rows, by=access, place="hosts:tutors", subject_type="hosts.companytutor")
    return page


def tutors_for_choice(access: Access, on: date) -> QuerySet[CompanyTutor]:
    """The tutors who work somewhere on a day, by name, with `company_names` in words."""
    return (
        _tutors(access)
        .filter(in_force(on, through="engagements__"))
        .annotate(company_names=StringAgg("engagements__company__name", ", ", order_by="engagements__company__name"))
        .order_by("last_name", "first_name", "id")
    )
