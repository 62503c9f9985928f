"""The question "Ready again?": where its link leads, to which address it goes."""

from dataclasses import dataclass
from datetime import date

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.models import Membership
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.periods import in_force
from impresasolidale.core.scope import scope
from impresasolidale.territory.models import Network

from ..models import Company, Contact, ReadyAsk


@dataclass(frozen=True)
class ReadyDoor:
    """Where a link leads: its question, and the application's Access in the office that asked. Its holder has no right of their own."""

    ask_id: int
    access: Access


def ready_door(token_hash: str) -> ReadyDoor | None:
    """The question of a link, found before any scope exists; None when there is none."""
    visitor = Access.public(networks=frozenset(Network.objects.values_list("pk", flat=True)))
    with scope(visitor.scope):
        row = ReadyAsk.objects.filter(token_hash=token_hash).values_list("pk", "network_id", "office_id").first()
    if row is None:
        return None
    ask_id, network_id, office_id = row
    return ReadyDoor(ask_id, Access.system(network_id=network_id, ambito_id=office_id, reason="ready again"))


def ask_behind(door: ReadyDoor) -> ReadyAsk:
    """The question with its company, office and answer, read in the scope of its door."""
    return ReadyAsk.objects.select_related("company", "office", "interest").get(pk=door.ask_id)


def open_ask(access: Access, company: Company) -> ReadyAsk | None:
    """The question that waits for an answer of this company, whatever office asked it."""
    return ReadyAsk.objects.filter(network_id=access.network_id, company=company, closed_at=None).order_by("-sent_at").first()


def company_mail(company: Company, on: date) -> tuple[str, str]:
    """(address, language) that a company is written to: who signs in for it, else whom the office asks there, else its own; "" when there
    is none."""
    contact = (
        Membership.objects.in_force(on)
        .filter(company=company, role=Role.COMPANY_CONTACT, user__is_active=True)
        .select_related("user")
        .order_by("id")
        .first()
    )
    if contact:
        return contact.user.email, contact.user.language
    asked = Contact.objects.filter(in_force(on), company=company).exclude(email="").order_by("id").first()
    return (asked.email if asked else company.email), "it"
