"""Papers that wait for a host, as its contact meets them on the portal; and what a correction of its data does to signatures."""

from copy import copy
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.http import Http404
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from companies.hosts.models import Company
from impresasolidale.accounts.access import Access
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError
from impresasolidale.core.messages import TooSoon
from impresasolidale.core.scope import scope

from . import documents, signing_rules
from .enums import SignerRole
from .models import SignatureRequest
from .services.requests import send_anew
from .signing_rules import Change, masked, plain_address

AGAIN = timedelta(hours=1)  # between two links that a contact asks for


@dataclass(frozen=True)
class HostPaper:
    """A paper that waits for the host's signature: what it is, about whom (first name and initial), who signs and where the link went."""

    request: UUID
    ambito_id: int
    company_id: int
    label: str
    number: str
    issued_on: date
    signer: str
    address: str
    first_name: str
    last_name: str
    asked_at: datetime
    expires_at: datetime
    mine: bool = False  # the link went to the very address the contact signs in with: the paper opens from here

    @property
    def person(self) -> str:
        return f"{self.first_name} {self.last_name}." if self.first_name else ""

    @property
    def words(self) -> str:
        """The kind of paper, in the reader's language: the paper itself says it in Italian."""
        return _(self.label)

    @property
    def where(self) -> str:
        return masked(self.address)


def papers_to_sign(access: Access) -> list[HostPaper]:
    """What waits for the companies whose contact this is, the first to run out first. One query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM agreements_host_papers()")
        found = [HostPaper(*row) for row in cursor.fetchall()]
    own = plain_address(access.actor.email) if access.actor else ""
    return [replace(paper, mine=plain_address(paper.address) == own) for paper in found if paper.company_id in access.contact_for]


def ask_link_again(*, public_id: UUID, by: Access, now: datetime) -> str:
    """The contact wants the link of a paper. To the own address it opens at once (the code still goes there): gives its address.

    To anybody else's address it is sent again, not more than once an hour: gives "". 404 for a paper that does not wait for the own
    company. The link before it stops working; one that was locked after wrong codes is for the office to open.
    """
    paper = next((p for p in papers_to_sign(by) if p.request == public_id), None)
    if paper is None:
        raise Http404
    # The request is the office's row: the application touches it, for a paper that was found to be this company's.
    system = Access.system(network_id=by.network_id, ambito_id=paper.ambito_id, reason="the host asks for its link")
    opens = paper.mine
    with scope(system.scope):
        row = SignatureRequest.objects.select_for_update(of=("self",), no_key=True).select_related("document").get(public_id=public_id)
        if row.is_locked:
            raise DomainError(_("Dopo cinque codici sbagliati il collegamento è chiuso: chiedi all'ufficio di riaprirlo."))
        if not opens and max(row.asked_at, row.reminded_at or row.asked_at) > now - AGAIN:
            raise TooSoon(_("Il collegamento è partito da poco: guarda anche nella posta indesiderata, o riprova tra un'ora."))
        token = send_anew(row, now=now, by=system, mails=not opens)
        record_fact("agreements.signature.link_again", row, by=system, asked_by=by.actor_id, opened=opens)
    return reverse("signing:door", args=[token]) if opens else ""


def change_of(company: Company, values: dict[str, Any]) -> Change:
    """What correcting a company's data to `values` means for its papers: whose part of them changes, and why (rules of signing_rules)."""
    after = copy(company)
    for name, value in values.items():
        setattr(after, name, value)
    return signing_rules.classify_change(_host_part(company), _host_part(after))


def _host_part(company: Company) -> dict[str, Any]:
    """The part of a paper that is about the host, as an agreement says it."""
    with translation.override("it"):
        return {
            "host": [*documents._company_rows(company), ["Sede legale", documents._place(company)]],
            "signers": [{"code": SignerRole.HOST.value, "name": company.representative}],
        }
