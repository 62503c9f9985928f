"""Who acts for a company: colleagues that its contact invites, and contacts who go."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.models import Membership, User
from impresasolidale.accounts.permissions import Permission, Role
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError
from impresasolidale.core.periods import in_force, not_over
from impresasolidale.core.scope import Scope, scope

from ..models import Company, CompanyTutor, Engagement
from .people import engage_tutor, invite_contact, invite_tutor

MOST = 20  # who acts for one company: more is a slip of somebody who writes to a whole list


@transaction.atomic
def invite_colleague(
    *, company: Company, roles: Collection[str], email: str, first_name: str, last_name: str, by: Access, today: date, base_url: str
) -> User:
    """The company's contact, or the office, opens the portal to a colleague as contact, as tutor, or as both; one mail, with the link.

    Refuses no role at all, the twenty-first, and an address that another tutor's name goes with.
    """
    by.require_of(Permission.INVITE_TUTORS, company.pk)
    if not roles:
        raise DomainError(_("Scegli almeno un ruolo."), field="roles")
    Company.objects.select_for_update(of=("self",), no_key=True).get(pk=company.pk)
    held = Membership.objects.in_force(today).filter(company=company).values("user").distinct().count()
    if held >= MOST:
        raise DomainError(_("Per questa impresa entrano già %(n)d persone: togli prima chi non serve più.") % {"n": held})
    known: dict[str, Any] = {"email": email, "first_name": first_name, "last_name": last_name}
    more: dict[str, Any] = {"by": by, "today": today, "base_url": base_url}
    user: User | None = None
    if Role.COMPANY_TUTOR in roles:
        # A tutor is nobody's before an engagement says whose: a contact's own scope does not reach one, nor who works elsewhere.
        with scope(Scope(networks=by.scope.networks, actor_id=by.actor_id)):
            tutor = CompanyTutor.objects.filter(network_id=company.network_id, email=email.strip().lower()).first()
            if tutor is None or not Engagement.objects.filter(not_over(today), tutor=tutor, company=company).exists():
                tutor = engage_tutor(company=company, by=by, today=today, valid_from=today, **known).tutor
            user = invite_tutor(company=company, tutor=tutor, sends=Role.COMPANY_CONTACT not in roles, **more)
    if Role.COMPANY_CONTACT in roles:
        user = invite_contact(company=company, **known, **more)
    assert user
    return user


@transaction.atomic
def remove_contact(*, company: Company, user: User, by: Access, today: date) -> None:
    """Somebody no longer acts for the company, from tomorrow on. The last contact stays: else nobody signs nor answers."""
    by.require_of(Permission.INVITE_TUTORS, company.pk)
    Company.objects.select_for_update(of=("self",), no_key=True).get(pk=company.pk)
    contacts = Membership.objects.filter(company=company, role=Role.COMPANY_CONTACT)
    held = contacts.filter(in_force(today), user=user)
    if not held.exists():
        raise DomainError(_("%(user)s non è più referente di questa impresa.") % {"user": user})
    others = contacts.exclude(user=user).filter(valid_from__lte=today, user__is_active=True).exclude(valid_to__lte=today)
    if not others.exists():
        raise DomainError(_("%(user)s è l'unico referente: invita prima chi prende il suo posto.") % {"user": user})
    held.update(valid_to=today)
    record_fact("hosts.contact.removed", company, by=by, user=user.pk)
