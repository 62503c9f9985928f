"""Companies that come forward by themselves: taken in from the public site, called back, and forgotten when nothing comes of it."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError
from impresasolidale.core.messages import send
from impresasolidale.core.models import Deadline, Message, Todo
from impresasolidale.core.todos import ask, close_deadline, done, set_deadline
from impresasolidale.core.transitions import perform
from impresasolidale.territory.calendar import move_working_days
from impresasolidale.territory.models import Ambito
from impresasolidale.territory.rules import add_months
from impresasolidale.territory.selectors import lead_body, rules_for

from ..enums import LeadState
from ..models import Company, Lead
from ..transitions import LEAD

CALL_LEAD, LEAD_LATER = "hosts.lead", "hosts.lead_later"  # kinds of the to-do and of the deadline
RECEIPT = "hosts.lead_receipt"
CALL_WORKING_DAYS = 3  # until somebody has called who came forward
OUTCOME_WORKING_DAYS = 10  # until a call has led somewhere
REMIND_DAYS = 3
ONE_RECEIPT = timedelta(days=1)  # to one address: nobody's box is filled from our page


@transaction.atomic
def receive_lead(*, ambito: Ambito, values: Mapping[str, Any], by: Access, now: datetime) -> Lead:
    """A company came forward. Its office is asked to call it within some working days; who left an address gets a receipt.

    `values` are the columns it wrote. `by` is the application itself: nobody is signed in. Who writes again before being called is one
    request still, with both letters in it and the newer contacts; the day to call it by stays.
    """
    today = timezone.localdate(now)
    if not rules_for(ambito, today)[1].company_leads:
        raise DomainError(
            _("L'ufficio di questo Comune per ora non riceve richieste da qui: telefonate, o scrivete una mail."), field="comune"
        )
    if before := _still_waiting(ambito, values):
        return _write_again(before, values, today=today, by=by)
    lead = Lead.objects.create(ambito_id=ambito.pk, agreed_at=now, touched_on=today, **values)
    due_on = move_working_days(today, CALL_WORKING_DAYS, ambito.pk)
    record_fact("hosts.lead.received", lead, by=by)
    _wait(lead, gettext_lazy("Un'impresa si fa avanti: chiama %(company)s, %(comune)s"), due_on=due_on, by=by)
    _receipt(lead, ambito, due_on=due_on, by=by, now=now)
    return lead


def _still_waiting(ambito: Ambito, values: Mapping[str, Any]) -> Lead | None:
    """The request of the same company that nobody has called yet: of the same VAT number, else of the same name in the same comune."""
    same = Q(company_name__iexact=values["company_name"].strip(), comune=values["comune"])
    if values.get("partita_iva"):
        same = Q(partita_iva=values["partita_iva"]) | (same & Q(partita_iva=""))
    rows = Lead.objects.select_for_update(of=("self",), no_key=True).filter(same, ambito_id=ambito.pk, state=LeadState.NEW)
    return rows.order_by("id").first()


def _write_again(lead: Lead, values: Mapping[str, Any], *, today: date, by: Access) -> Lead:
    for name in ("partita_iva", "person", "email", "phone"):
        setattr(lead, name, values.get(name) or getattr(lead, name))
    words = values.get("words") or ""
    if words and words not in lead.words:
        lead.words = "\n\n".join(filter(None, [lead.words, words]))
    lead.touched_on = today
    lead.save()
    record_fact("hosts.lead.repeated", lead, by=by)
    return lead


def _wait(lead: Lead, words: Promise, *, due_on: date, by: Access) -> None:
    with translation.override(settings.LANGUAGE_CODE):  # the office's, whatever language the visitor reads
        title = str(words) % {"company": lead.company_name, "comune": lead.comune}
    url = reverse("hosts:lead", args=[lead.public_id])
    ask(kind=CALL_LEAD, subject=lead, title=title[:200], url=url, role=Role.SOCIAL_WORKER, due_on=due_on, by=by)


def _receipt(lead: Lead, ambito: Ambito, *, due_on: date, by: Access, now: datetime) -> None:
    just_now = Message.objects.filter(kind=RECEIPT, address=lead.email, created_at__gt=now - ONE_RECEIPT)
    if not lead.email or just_now.exists():
        return
    months = rules_for(ambito, timezone.localdate(now))[1].lead_retention_months
    send(
        kind=RECEIPT,
        address=lead.email,
        language=get_language() or settings.LANGUAGE_CODE,
        subject=gettext_lazy("Abbiamo ricevuto la vostra richiesta"),
        template="hosts/email/lead_receipt.txt",
        context={"lead": lead, "body": lead_body(ambito), "due_on": due_on, "months": months},
        by=by,
        about=lead,
    )


@transaction.atomic
def call_lead(*, lead: Lead, by: Access, today: date) -> Lead:
    """Somebody called; what came of it is still to be written."""
    row: Lead = perform(LEAD, "called", lead, by=by, touched_on=today, call_on=None)
    _settle(row, by=by)
    words = gettext_lazy("Com'è andata con %(company)s? Scrivi che cosa avete deciso")
    _wait(row, words, due_on=move_working_days(today, OUTCOME_WORKING_DAYS, row.ambito_id), by=by)
    return row


@transaction.atomic
def postpone_lead(*, lead: Lead, call_on: date, by: Access, today: date) -> Lead:
    """Not now: the office is reminded some days before `call_on`."""
    if call_on <= today:
        raise DomainError(_("Scrivi quando risentirla: un giorno che deve ancora venire."), field="call_on")
    row: Lead = perform(LEAD, "postponed", lead, by=by, touched_on=today, call_on=call_on)
    _settle(row, by=by)
    set_deadline(
        kind=LEAD_LATER,
        subject=row,
        title=str(_("Risentire %(company)s, che si era fatta avanti") % {"company": row.company_name}),
        url=reverse("hosts:lead", args=[row.public_id]),
        role=Role.SOCIAL_WORKER,
        due_on=call_on,
        by=by,
        remind_days=REMIND_DAYS,
    )
    return row


@transaction.atomic
def decline_lead(*, lead: Lead, reason: str, by: Access, today: date) -> Lead:
    """Nothing comes of it, and why."""
    row: Lead = perform(LEAD, "declined", lead, by=by, reason=reason, touched_on=today, call_on=None)
    _settle(row, by=by)
    return row


@transaction.atomic
def join_lead(*, lead: Lead, company: Company, by: Access, today: date) -> Lead:
    """It is this company of the network: just registered, or known already."""
    row: Lead = perform(LEAD, "joined", lead, by=by, touched_on=today, call_on=None, company=company)
    _settle(row, by=by)
    record_fact("hosts.company.joined_from_lead", company, by=by, lead=row.pk)
    return row


def _settle(lead: Lead, *, by: Access) -> None:
    """What waited about it is over, the reminder of a later call too."""
    done(kind=CALL_LEAD, subject=lead, by=by)
    done(kind=LEAD_LATER, subject=lead, by=by)
    close_deadline(kind=LEAD_LATER, subject=lead)


@transaction.atomic
def forget_leads(*, by: Access, today: date) -> int:
    """In the Ambito, delete what came to nothing and nobody has touched for the months of its rule book (rule 61), with the receipt
    and whatever waited about it; one that is to be called again is kept until then. Safe to repeat; returns how many."""
    limit = add_months(today, -rules_for(Ambito.objects.get(pk=by.ambito_id), today)[1].lead_retention_months)
    old = Lead.objects.filter(Q(call_on=None) | Q(call_on__lt=limit), ambito_id=by.ambito_id, touched_on__lt=limit)
    rows = list(old.exclude(state=LeadState.COMPANY).select_for_update(of=("self",)))
    ids = [row.pk for row in rows]
    label = Lead._meta.label_lower
    Message.objects.filter(about_type=label, about_id__in=ids).delete()
    for model in (Todo, Deadline):
        model._default_manager.filter(subject_type=label, subject_id__in=ids).delete()
    for row in rows:
        record_fact("hosts.lead.forgotten", row, by=by)
    Lead.objects.filter(pk__in=ids).delete()
    return len(ids)
