"""Writes about what was done together: words of thanks, the public card, the yearly paper."""

import secrets
from datetime import date

from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from companies.hosts.models import Company
from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission, Role
from impresasolidale.core import todos
from impresasolidale.core.audit import record_fact
from impresasolidale.core.documents import BASE32, issue
from impresasolidale.core.errors import DomainError, FourEyesRequired
from impresasolidale.core.models import Document
from impresasolidale.core.transitions import perform
from impresasolidale.territory.models import Ambito

from ..models import ImpactCard, Thanks
from ..selectors import impact
from ..transitions import THANKS

TODO = "certification.thanks"
TEMPLATE = "certification/pdf/impact_v1.html"


@transaction.atomic
def write_thanks(*, company: Company, words: str, voice: str, by: Access) -> Thanks:
    """Words of thanks, the office's own or a person's; somebody else approves them before anybody reads them."""
    by.require(Permission.EDIT_COMPANIES)
    row = Thanks.objects.create(network_id=company.network_id, company=company, words=words.strip(), voice=voice, created_by_id=by.actor_id)
    record_fact("certification.thanks.written", row, by=by)
    with translation.override("it"):
        title = _("Un ringraziamento da approvare: %(company)s") % {"company": company}
    todos.ask(
        kind=TODO, subject=row, title=title, url=reverse("certification:impact", args=[company.public_id]), role=Role.COORDINATOR, by=by,
        everywhere=True,
    )  # fmt: skip
    return row


@transaction.atomic
def approve_thanks(*, thanks: Thanks, by: Access) -> Thanks:
    """Let them be read. Not by who wrote them."""
    by.require(Permission.DECIDE_CERTIFICATES)
    if thanks.created_by_id == by.actor_id:
        raise FourEyesRequired
    row: Thanks = perform(THANKS, "approved", thanks, by=by, decided_by_id=by.actor_id)
    todos.done(kind=TODO, subject=row, by=by)
    return row


@transaction.atomic
def refuse_thanks(*, thanks: Thanks, reason: str, by: Access) -> Thanks:
    """Do not let them be read, and say why."""
    row: Thanks = perform(THANKS, "refused", thanks, by=by, reason=reason, decided_by_id=by.actor_id)
    todos.done(kind=TODO, subject=row, by=by)
    return row


@transaction.atomic
def withdraw_thanks(*, thanks: Thanks, by: Access) -> Thanks:
    """Take them back; who said them may think again."""
    row: Thanks = perform(THANKS, "withdrawn", thanks, by=by)
    todos.done(kind=TODO, subject=row, by=by)
    return row


@transaction.atomic
def open_card(*, company: Company, agreed_by: str, by: Access, today: date) -> ImpactCard:
    """The company agrees to a public card: by its contact, or as the office was told, with who said so. Asked again it is the same."""
    by.require_of(Permission.EDIT_COMPANIES, company.pk)
    Company.objects.select_for_update(of=("self",), no_key=True).get(pk=company.pk)
    if found := impact.card_of(company):
        return found
    who = agreed_by.strip() or (str(by.actor) if by.companies is not None and by.actor else "")
    if not who:
        raise DomainError(_("Scrivi chi è d'accordo, per l'impresa."), field="agreed_by")
    row = ImpactCard.objects.create(
        network_id=company.network_id,
        company=company,
        code="".join(secrets.choice(BASE32) for _n in range(26)),
        agreed_by=who,
        agreed_on=today,
        created_by_id=by.actor_id,
    )
    record_fact("certification.card.opened", company, by=by, agreed_by=who)
    return row


@transaction.atomic
def close_card(*, company: Company, by: Access, today: date) -> None:
    """The company thinks again: the address says nothing from now on. A later card has another address."""
    by.require_of(Permission.EDIT_COMPANIES, company.pk)
    Company.objects.select_for_update(of=("self",), no_key=True).get(pk=company.pk)
    if ImpactCard.objects.filter(company=company, closed_on=None).update(closed_on=today):
        record_fact("certification.card.closed", company, by=by)


@transaction.atomic
def issue_impact(*, company: Company, year: int, by: Access, today: date) -> Document:
    """The page of a year: what was done together up to its last day, or to today in the running one. Refuses a year that has not begun,
    and a company there is nothing to tell of yet."""
    by.require(Permission.EDIT_COMPANIES)
    if year > today.year:
        raise DomainError(_("Quest'anno deve ancora cominciare."), field="year")
    until = min(date(year, 12, 31), today)
    with translation.override("it"):
        told = impact.impact_of(by, company, until=until, today=today)
    if told.since is None or told.since > year:
        words = _("In quest'anno non c'è ancora niente da raccontare: serve un tirocinio concluso, o un riconoscimento.")
        raise DomainError(words, field="year")
    kept = {
        "body_name": company.network.name,
        "ambiti": [a.name for a in Ambito.objects.filter(network_id=company.network_id).order_by("name")],
        "company": company.name,
        "place": company.comune.name,
        "year": year,
        **told.to_json(),
        "signers": [],
    }
    document = issue(
        kind=impact.PAPER,
        kind_label=f"Insieme nel {year}",
        template=TEMPLATE,
        subject=company,
        context=kept,
        today=today,
        by=by,
        network_id=company.network_id,
    )
    record_fact("certification.impact.issued", company, by=by, year=year, number=document.number)
    return document
