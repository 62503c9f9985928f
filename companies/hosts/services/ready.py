""" "Ready again?": after the rest that a company chose it is asked once, and answers with three buttons."""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.access import Access, hash_token
from impresasolidale.accounts.models import new_token
from impresasolidale.accounts.permissions import Permission, Role
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import Conflict, DomainError
from impresasolidale.core.messages import send
from impresasolidale.core.scope import scope
from impresasolidale.core.todos import ask
from impresasolidale.territory.calendar import move_working_days
from impresasolidale.territory.models import Ambito
from impresasolidale.territory.rules import add_months
from impresasolidale.territory.selectors import lead_body

from .. import selectors
from ..enums import HostingAnswer
from ..models import Company, HostingInterest, ReadyAsk
from .blocks import refuse_blocked
from .places import READY, note_interest

ASKED = "hosts.ready_asked"  # kind of the message that carries the link
USUAL_REST = 3  # months, where the company chose none
OPEN_DAYS = 30  # that a link is good for
CALL_WORKING_DAYS = 5  # until the office calls who answered, or did not
WINDOW_DAYS = 60  # a rest that was over longer ago is no reason to write today


def rest_over_on(company: Company, ended_on: date) -> date:
    """The day from which a company may be asked again."""
    return add_months(ended_on, USUAL_REST if company.rest_months is None else company.rest_months)


def is_due(company: Company, ended_on: date, today: date) -> bool:
    """Whether today is a day to ask: the rest is over, and not for too long."""
    over_on = rest_over_on(company, ended_on)
    return over_on <= today <= over_on + timedelta(days=WINDOW_DAYS)


@transaction.atomic
def choose_rest(*, company: Company, rest_months: int | None, by: Access) -> Company:
    """The company itself says how long it rests after a placement; None: the usual rest."""
    by.require_of(Permission.EDIT_COMPANIES, company.pk)
    row = Company.objects.select_for_update(of=("self",), no_key=True).get(pk=company.pk)
    row.rest_months, row.row_version = rest_months, row.row_version + 1
    row.save(update_fields=["rest_months", "row_version"])
    record_fact("hosts.company.rest_chosen", row, by=by, months=rest_months)
    return row


@transaction.atomic
def ask_again(*, company: Company, by: Access, now: datetime, ended_on: date | None = None) -> ReadyAsk:
    """Write to the company from the active Ambito; without an address the office is asked to call. One question waits at a time,
    whatever office asked it (Conflict); none to a company where the Ambito places nobody for now."""
    by.require(Permission.EDIT_COMPANIES)
    Company.objects.select_for_update(of=("self",), no_key=True).get(pk=company.pk)
    waiting = selectors.open_ask(by, company)
    if waiting:
        raise Conflict(
            _("Questa impresa ha già ricevuto la domanda il %(day)s: aspettiamo che risponda.")
            % {"day": f"{timezone.localdate(waiting.sent_at):%d/%m/%Y}"}
        )
    today = timezone.localdate(now)
    refuse_blocked(company=company, starts_on=today, by=by)
    office = Ambito.objects.get(pk=by.ambito_id)
    address, language = selectors.company_mail(company, today)
    token = new_token()
    row = ReadyAsk.objects.create(
        network_id=company.network_id,
        company=company,
        office=office,
        address=address,
        token_hash=hash_token(token),
        ended_on=ended_on,
        sent_at=now,
        expires_at=now + timedelta(days=OPEN_DAYS),
        created_by_id=by.actor_id,
    )
    record_fact("hosts.ready.asked", company, by=by)
    if not address:
        _call(company, gettext_lazy("Chiedi a %(company)s se accoglie di nuovo: non ha un indirizzo di posta"), by=by, today=today)
        return row
    body = lead_body(office)
    send(
        kind=ASKED,
        address=address,
        language=language,
        subject=gettext_lazy("Di nuovo pronti?"),
        template="hosts/email/ready.txt",
        context={
            "company": company,
            "ended_on": ended_on,
            "url": settings.BASE_URL + reverse("website:ready_door", args=[token]),
            "expires_at": row.expires_at,
            "body_name": body.name if body else "",
        },
        by=by,
        about=company,
        is_personal=True,
    )
    return row


def _call(company: Company, words: Promise, *, by: Access, today: date, subject: HostingInterest | Company | None = None) -> None:
    with translation.override(settings.LANGUAGE_CODE):  # the office's, whoever answers in whatever language
        title = str(words) % {"company": company}
    ask(
        kind=READY,
        subject=subject or company,
        title=title[:200],
        url=reverse("hosts:detail", args=[company.public_id]) + "#posti",
        role=Role.SOCIAL_WORKER,
        due_on=move_working_days(today, CALL_WORKING_DAYS, by.ambito_id),
        by=by,
    )


@transaction.atomic
def answer_ask(
    *, asked: ReadyAsk, answer: str, by: Access, now: datetime, reason: str = "", call_on: date | None = None, words: str = ""
) -> HostingInterest:
    """What the company answered by its link, kept as any other answer; the office that asked is told. Once (Conflict)."""
    row = ReadyAsk.objects.select_for_update(of=("self",)).select_related("company").get(pk=asked.pk)
    if row.closed_at:
        raise Conflict(_("Questa domanda ha già avuto risposta. Se avete cambiato idea, telefonateci."))
    if row.expires_at <= now:
        raise DomainError(_("Il tempo per rispondere da qui è finito. Telefonateci, vi ascoltiamo volentieri."))
    today = timezone.localdate(now)
    said = note_interest(
        company=row.company,
        answer=answer,
        said_on=today,
        by=by,
        today=today,
        reason=reason,
        call_on=call_on,
        words=words,
        said_by=asked.address,
    )
    row.interest, row.closed_at = said, now
    row.save(update_fields=["interest", "closed_at"])
    record_fact("hosts.ready.answered", row.company, by=by, answer=answer)
    if answer == HostingAnswer.YES:
        _call(
            row.company, gettext_lazy("%(company)s è di nuovo pronta: sentila per il prossimo tirocinio"), by=by, today=today, subject=said
        )
    elif answer == HostingAnswer.NO:
        _call(row.company, gettext_lazy("%(company)s preferisce di no: leggi il motivo e ringrazia"), by=by, today=today, subject=said)
    return said


def expire_asks(*, network_id: int, now: datetime) -> int:
    """Close the questions that nobody answered in time, and ask the office to call. Safe to repeat; returns how many."""
    late = list(ReadyAsk.objects.filter(network_id=network_id, closed_at=None, expires_at__lte=now).select_related("company"))
    for row in late:
        system = Access.system(network_id=network_id, ambito_id=row.office_id, reason="ready again")
        with scope(system.scope):
            ReadyAsk.objects.filter(pk=row.pk, closed_at=None).update(closed_at=now)
            if row.address:
                words = gettext_lazy("%(company)s non ha risposto alla domanda «di nuovo pronti?»: chiamala")
                _call(row.company, words, by=system, today=timezone.localdate(now))
    return len(late)
