"""The commission of the network decides on applications: a sitting, abstentions, votes, the decision, minutes that another approves."""

from collections.abc import Collection
from datetime import date, time

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.models import User
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError
from impresasolidale.core.words import in_italian
from solidarity_fund.commission_rules import Result, Tally
from solidarity_fund.enums import SittingState
from solidarity_fund.services.deciders import StandsAside
from solidarity_fund.services.sittings import Commission

from .. import papers
from ..enums import IMPOSED, ApplicationState, Aside, CaseOutcome
from ..models import Abstention, AgendaItem, Application, Certificate, Seat, Sitting, Vote
from ..selectors import commission as selectors
from ..selectors import procedures as procedure_selectors
from ..selectors.conflicts import aside_of
from ..transitions import SITTING
from .applications import grant_application, refuse_application
from .words import ask_office

CALLED = gettext_lazy("Seduta della commissione dei riconoscimenti")
ANNOUNCE = "certification.announce"
COMMISSION = Commission(
    room="certification",
    owner="network",
    subject="application",
    machine=SITTING,
    sitting=Sitting,
    seat=Seat,
    item=AgendaItem,
    abstention=Abstention,
    vote=Vote,
    sits="certification.sitting",
    minutes="certification.minutes",
    called="certification.sitting_called",
    issue_minutes=papers.issue_minutes,
)
open_sitting = COMMISSION.open_sitting
note_present = COMMISSION.note_present
cancel_sitting = COMMISSION.cancel_sitting
postpone_case = COMMISSION.postpone_case
close_sitting = COMMISSION.close_sitting
reopen_sitting = COMMISSION.reopen_sitting
approve_minutes = COMMISSION.approve_minutes


@transaction.atomic
def call_sitting(*, held_on: date, starts_at: time | None, place: str, president: User, by: Access, today: date) -> Sitting:
    """Every member of the network's commissions has a seat and is written to. Raises DomainError for a day gone by, or a president who is
    not one of them."""
    sitting: Sitting = COMMISSION.call(
        held_on=held_on,
        starts_at=starts_at,
        place=place,
        president=president,
        members=selectors.members(by, on=held_on),
        by=by,
        today=today,
        subject=CALLED,
        read="Seduta della commissione del %(day)s: leggi le domande",
    )
    return sitting


@transaction.atomic
def put_on_agenda(*, sitting: Sitting, applications: Collection[Application], by: Access) -> list[AgendaItem]:
    """Applications whose check is over go to the end of the agenda. Raises DomainError for any other, Conflict for one that another
    sitting has."""
    by.require(Permission.KEEP_SITTINGS)
    row = COMMISSION.locked(sitting, SittingState.PLANNED, SittingState.OPEN)
    last = AgendaItem.objects.filter(sitting=row).aggregate(last=Max("position"))["last"] or 0
    wanted = Application.objects.select_for_update(of=("self",), no_key=True).order_by("pk")
    held = list(wanted.filter(pk__in=[application.pk for application in applications]))
    if not held:
        raise DomainError(_("Scegli almeno una domanda."), field="applications")
    if any(application.state != ApplicationState.READY for application in held):
        raise DomainError(_("Questa domanda non è da decidere: prima la verifica."), field="applications")
    items = [
        AgendaItem(network_id=row.network_id, sitting=row, application=application, position=position, created_by_id=by.actor_id)
        for position, application in enumerate(held, start=last + 1)
    ]
    COMMISSION.put(items)
    record_fact("certification.sitting.agenda", row, by=by, cases=[application.number for application in held])
    return items


@transaction.atomic
def stand_aside(*, application: Application, reason: str, by: Access) -> Abstention:
    """A member declares a conflict of interest. Raises DomainError for who has voted on it already, or for a reason that is none."""
    if reason not in Aside.values or reason in IMPOSED:
        raise DomainError(_("Scegli il motivo."), field="reason")
    row: Abstention = COMMISSION.declare_aside(application, by=by, reason=reason)
    record_fact("certification.abstention.declared", application, by=by, reason_code=reason)
    return row


@transaction.atomic
def cast_vote(*, item: AgendaItem, member: User, in_favour: bool, by: Access) -> Vote:
    """One vote on one case. Raises StandsAside for who works for the company or checked the application, DomainError for who is not there,
    Conflict for a second vote."""

    def may_speak(row: AgendaItem) -> None:
        aside = aside_of([row.application], [member])
        if (row.application_id, member.pk) in aside:
            words = _("Su questo caso non si esprime %(who)s: %(why)s.")
            raise StandsAside(words % {"who": member, "why": aside[row.application_id, member.pk]})

    vote: Vote = COMMISSION.vote_on(item, member=member, in_favour=in_favour, by=by, may_speak=may_speak)
    return vote


@transaction.atomic
def decide_case(*, item: AgendaItem, reason: str, by: Access, today: date, answer: str = "") -> AgendaItem:
    """What the votes say becomes the decision. The first no asks for the pre-notice, the one after it refuses.

    Raises DomainError without quorum or on a tie, ReasonRequired for a no, and all that granting and refusing raise.
    """
    by.require(Permission.KEEP_SITTINGS)
    COMMISSION.locked(item.sitting, SittingState.OPEN)
    row: AgendaItem = COMMISSION.pending(item, "application__company")
    votes = _tally_of(row)
    if COMMISSION.carried(votes, reason=reason):
        grant_application(application=row.application, by=by, today=today, case=row)
        outcome = CaseOutcome.GRANTED
    elif not row.application.is_of_company or procedure_selectors.open_of(row.application):
        refuse_application(application=row.application, by=by, reason=reason, answer=answer, today=today, case=row)
        outcome = CaseOutcome.REFUSED
    else:
        title = in_italian("Un preavviso da preparare per %(company)s", company=row.application.company)
        ask_office(ANNOUNCE, title, row.application, _url(row.application), by=by)
        outcome = CaseOutcome.NOTICE
    closed: AgendaItem = COMMISSION.close_case(row, outcome, votes=votes, reason=reason, by=by)  # type: ignore[arg-type]
    return closed


def _tally_of(row: AgendaItem) -> Tally:
    [view] = selectors.agenda_of(row.sitting, only=row)
    assert view.tally
    return view.tally


@transaction.atomic
def grant_case(*, item: AgendaItem, by: Access, today: date) -> Certificate:
    """A yes of a run of the sitting (`papers.order_sitting`): the same decision, for a case whose votes still say yes.

    Raises DomainError when they do not any more, Conflict for a case that is decided, and all that granting raises.
    """
    by.require(Permission.KEEP_SITTINGS)
    COMMISSION.locked(item.sitting, SittingState.OPEN)
    row: AgendaItem = COMMISSION.pending(item, "application__company")
    votes = _tally_of(row)
    if votes.result != Result.CARRIED:
        raise DomainError(_("I voti non dicono più di sì: guarda il caso nella seduta."))
    made = grant_application(application=row.application, by=by, today=today, case=row)
    COMMISSION.close_case(row, CaseOutcome.GRANTED, votes=votes, reason="", by=by)  # type: ignore[arg-type]
    return made


def _url(application: Application) -> str:
    return reverse("certification:application", args=[application.public_id])
