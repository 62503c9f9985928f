"""Who may not check, confirm or vote on a company's application: what the records say, and what a member declared (rule 68, 82)."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from companies.hosts.models import Company, Contact
from impresasolidale.accounts.access import Access
from impresasolidale.accounts.models import Membership, User
from impresasolidale.accounts.permissions import COMPANY_ROLES, Role

from ..enums import Aside
from ..models import Abstention, Application
from ..rules import own_domain


def companies_of(users: Iterable[User]) -> dict[int, set[int]]:
    """User id → the companies they enter the portal for, or ever did, or answer for at the same address. One statement."""
    people = list(users)
    by_mail = {user.email.lower(): user.pk for user in people}
    held = Membership.objects.filter(role__in=COMPANY_ROLES, user__in=people).values_list("user__email", "company_id")
    known = Contact.objects.filter(email__in=by_mail).exclude(email="").values_list("email", "company_id")
    found: dict[int, set[int]] = {user.pk: set() for user in people}
    for email, company_id in held.union(known):
        found[by_mail[email.lower()]].add(company_id)
    return found


def works_for(user: User | None, company: Company) -> bool:
    """The same of one user and one company. One statement."""
    if user is None:
        return False
    held = Membership.objects.filter(role__in=COMPANY_ROLES, user=user, company=company)
    known = Contact.objects.filter(company=company, email=user.email.lower()).exclude(email="")
    return held.values("pk").union(known.values("pk")).exists()


def domains_of(company: Company) -> set[str]:
    """The mail domains that are the company's own: of its addresses, of its contacts, of who enters the portal for it. Two statements."""
    contacts = Contact.objects.filter(company=company).values_list("email", flat=True)
    held = Membership.objects.filter(role__in=COMPANY_ROLES, company=company).values_list("user__email", flat=True)
    return {own_domain(email) for email in (company.email, company.pec, *contacts, *held)} - {""}


def sits(user: User, network_id: int, *, on: date) -> bool:
    """Whether a user sits in a commission of the network on a day."""
    return Membership.objects.in_force(on).filter(user=user, network_id=network_id, role=Role.COMMISSION_MEMBER).exists()


def refuse_own_pages(access: Access, company: Company) -> None:
    """What the office writes of a company, and what was said of it, is not for its own people, whatever else they are. Raises
    PermissionDenied."""
    if works_for(access.actor, company):
        raise PermissionDenied(_("Lavori per questa impresa, o con lei: le note dell'ufficio non si aprono."))


def aside_of(applications: Collection[Application], users: Iterable[User]) -> dict[tuple[int, int], str]:
    """(application, user) → why they stand aside: declared, or imposed by the records. Two statements, however many there are."""
    people = list(users)
    works = companies_of(people)
    found: dict[tuple[int, int], str] = {}
    for application in applications:
        for user in people:
            if application.company_id in works[user.pk]:
                found[application.pk, user.pk] = str(Aside.COMPANY.label)
            elif application.checked_by_id == user.pk:
                found[application.pk, user.pk] = str(Aside.CHECKED.label)
    declared = Abstention.objects.filter(application__in=[a.pk for a in applications])
    for application_id, member_id, reason in declared.values_list("application_id", "member_id", "reason"):
        found[application_id, member_id] = str(Aside(reason).label)
    return found


def refuse_aside(access: Access, application_id: int | None) -> None:
    """A member who declared a tie to a company reads no more of its application, of its proofs, of what is said against it (rule 68).
    Raises PermissionDenied with the reason that was declared."""
    refuse_tied(declared_by(access, application_id).first())


def declared_by(access: Access, application_id: Any) -> QuerySet[Any]:
    """The reason this user declared to stand aside from an application, of its id or of an outer query's; at most one row."""
    return Abstention.objects.filter(application_id=application_id, member_id=access.actor_id).values_list("reason", flat=True)


def refuse_tied(declared: str | None) -> None:
    """The same, for a reason that was read already."""
    if declared is not None:
        words = _("Su questa domanda ti sei astenuto: %(why)s. Non si apre più, e non si aprono le sue prove.")
        raise PermissionDenied(words % {"why": Aside(declared).label})
