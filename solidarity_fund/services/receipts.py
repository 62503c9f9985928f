"""Receipts of gifts: issued by the holder of the day, annulled by a paper of their own, sent with thanks."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.audit import record_fact
from impresasolidale.core.documents import issue
from impresasolidale.core.errors import DomainError
from impresasolidale.core.messages import send
from impresasolidale.core.models import Document, Message

from ..documents import receipts as documents
from ..models import Contribution, Donor, GiftInKind
from ..selectors import contributions as selectors
from ..selectors import receipts as papers
from ..selectors.holder import holder_on, wording_on
from .donors import new_link

THANKS = "solidarity_fund.thanks"
THANKS_SUBJECT = gettext_lazy("Grazie del vostro dono")
Gift = Contribution | GiftInKind


@transaction.atomic
def issue_receipt(*, subject: Gift, by: Access, today: date) -> Document:
    """The receipt of a gift; asked twice, it is the same. Its number is of the holder's series of the year.

    Raises DomainError: an anonymous donor, a gift that was taken back, no holder, a donor whose data were erased.
    """
    by.require(Permission.RECORD_CONTRIBUTIONS)
    donor: Donor = Donor.objects.select_for_update(of=("self",), no_key=True).get(pk=subject.donor_id)  # one paper at a time of a donor
    if found := papers.receipt_of(subject):
        return found
    if donor.kind == Donor.Kind.ANONYMOUS:
        raise DomainError(_("Chi resta anonimo non ha una ricevuta: la ricevuta porta un nome."))
    if donor.erased_on:
        raise DomainError(_("I dati di questo donatore sono stati cancellati: non c'è più un nome da scrivere."))
    if isinstance(subject, Contribution) and selectors.is_taken_back(subject):
        raise DomainError(_("Questo dono è stato stornato: non ha una ricevuta."))
    holder = holder_on(by, today)
    if holder is None:
        raise DomainError(_("Nessuno ha ancora scritto chi tiene il fondo: la ricevuta è sua. Lo scrive il coordinatore."))
    wording = wording_on(by, holder.body, today)
    document = issue(
        kind=documents.receipt_kind(holder),
        kind_label="Ricevuta di un dono",
        template=documents.RECEIPT,
        subject=subject,
        context=documents.receipt_context(subject, holder=holder, wording=wording),
        today=today,
        by=by,
        network_id=by.network_id,
    )
    record_fact("solidarity_fund.receipt.issued", subject, by=by, number=document.number)
    return document


def annul(*, subject: Gift, by: Access, today: date) -> Document | None:
    """The paper that takes the place of a receipt whose gift was taken back; None when there was none. Its verification says so."""
    receipt = papers.receipt_of(subject)
    if receipt is None:
        return None
    paper = issue(
        kind=receipt.kind,
        kind_label="Annullamento di una ricevuta",
        template=documents.ANNULMENT,
        subject=subject,
        context=documents.annulment_context(receipt),
        today=today,
        by=by,
        network_id=by.network_id,
        supersedes=receipt,
    )
    record_fact("solidarity_fund.receipt.annulled", subject, by=by, number=receipt.number)
    return paper


@transaction.atomic
def send_thanks(*, subject: Gift, by: Access, now: datetime) -> Message:
    """Thanks with the way to the receipt: by mail with the donor's own link, else by a letter that the office posts with it.

    Raises DomainError: no receipt yet, nobody agreed to be written to; TooSoon.
    """
    by.require(Permission.RECORD_CONTRIBUTIONS)
    donor = subject.donor
    receipt = papers.receipt_of(subject)
    if receipt is None:
        raise DomainError(_("Prima fai la ricevuta: i ringraziamenti portano quella."))
    if not donor.may_be_written_to:
        raise DomainError(_("Questo donatore non ha detto di voler ricevere posta da noi, o manca l'indirizzo."))
    by_mail = bool(donor.email)
    holder = holder_on(by, receipt.issued_on)
    context: dict[str, Any] = {
        "name": donor.name,
        "body_name": holder.body.name if holder else "",
        "number": receipt.number,
        "issued_on": receipt.issued_on,
        "url": "",
        "expires_at": None,
    }
    if by_mail:
        context["url"], link = new_link(donor, by=by, now=now)
        context["expires_at"] = link.expires_at.date()
    message = send(
        kind=THANKS,
        address=donor.email if by_mail else "\n".join([donor.name, donor.address])[:254],
        language="it",
        subject=THANKS_SUBJECT,
        template="solidarity_fund/email/thanks.txt" if by_mail else "solidarity_fund/email/thanks_letter.txt",
        context=context,
        by=by,
        about=subject,
        is_personal=by_mail,
        channel=Message.Channel.EMAIL if by_mail else Message.Channel.LETTER,
    )
    record_fact("solidarity_fund.thanks.sent", subject, by=by, channel=message.channel)
    return message
