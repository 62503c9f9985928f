"""The commission decides (rule 68): a sitting is called, members say what they think or stand aside, vote, and approve the minutes."""

from collections.abc import Collection
from datetime import date, time
from decimal import Decimal

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.models import User
from impresasolidale.accounts.permissions import Permission, Role
from impresasolidale.core import todos
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import Conflict, DomainError, ReasonRequired
from impresasolidale.core.words import euro
from impresasolidale.treasury.models import Pot

from ..documents import requests as documents
from ..enums import Advance, CaseKind, Outcome, RequestState, SittingState, Verdict
from ..enums import Conflict as Reason
from ..models import Abstention, AgendaItem, BenefitRequest, Opinion, Seat, Sitting, Vote
from ..selectors import commission as selectors
from ..selectors import procedures as procedure_selectors
from ..selectors.conflicts import aside_of
from ..transitions import SITTING
from . import procedures, proofs
from .deciders import StandsAside
from .requests import RATIFY, grant_benefit, refuse_benefit, revoke_benefit
from .sittings import Commission
from .words import ask_for

SITS, MINUTES = "solidarity_fund.sitting", "solidarity_fund.minutes"
CALLED = gettext_lazy("Seduta della commissione del fondo")


FUND = Commission(
    room="solidarity_fund",
    owner="ambito",
    subject="request",
    machine=SITTING,
    sitting=Sitting,
    seat=Seat,
    item=AgendaItem,
    abstention=Abstention,
    vote=Vote,
    sits="solidarity_fund.sitting",
    minutes="solidarity_fund.minutes",
    called="solidarity_fund.sitting_called",
    issue_minutes=documents.issue_minutes,
)
open_sitting = FUND.open_sitting
note_present = FUND.note_present
cancel_sitting = FUND.cancel_sitting
postpone_case = FUND.postpone_case
close_sitting = FUND.close_sitting
reopen_sitting = FUND.reopen_sitting
approve_minutes = FUND.approve_minutes

# --- The sitting


@transaction.atomic
def call_sitting(*, held_on: date, starts_at: time | None, place: str, president: User, by: Access, today: date) -> Sitting:
    """A sitting is called: every member of the day has a seat and is written to. Raises DomainError for a day gone by, without members,
    or for a president who is not one of them."""
    by.require(Permission.KEEP_SITTINGS)
    selectors.is_of_the_commission(by)
    sitting: Sitting = FUND.call(
        held_on=held_on,
        starts_at=starts_at,
        place=place,
        president=president,
        members=selectors.members(by, on=held_on),
        by=by,
        today=today,
        subject=CALLED,
        read="Seduta della commissione del %(day)s: leggi le richieste",
    )
    return sitting


@transaction.atomic
def put_on_agenda(*, sitting: Sitting, requests: Collection[BenefitRequest], by: Access) -> list[AgendaItem]:
    """Requests that are ready, or advances to ratify, go to the end of the agenda. Raises DomainError for any other, and for one that
    another sitting has."""
    by.require(Permission.KEEP_SITTINGS)
    row = FUND.locked(sitting, SittingState.PLANNED, SittingState.OPEN)
    last = AgendaItem.objects.filter(sitting=row).aggregate(last=Max("position"))["last"] or 0
    items = []
    held = BenefitRequest.objects.select_for_update(of=("self",), no_key=True).order_by("pk").in_bulk([request.pk for request in requests])
    for position, request in enumerate((held[request.pk] for request in requests), start=last + 1):
        if request.state == RequestState.READY:
            kind = CaseKind.DECIDE
        elif request.advance == Advance.OPEN:
            kind = CaseKind.RATIFY
        else:
            raise DomainError(_("Questa richiesta non è da decidere: prima l'istruttoria."), field="requests")
        items.append(
            AgendaItem(ambito_id=row.ambito_id, sitting=row, request=request, position=position, kind=kind, created_by_id=by.actor_id)
        )
    if not items:
        raise DomainError(_("Scegli almeno una richiesta."), field="requests")
    FUND.put(items)
    record_fact("solidarity_fund.sitting.agenda", row, by=by, cases=[item.request.code for item in items])
    return items


# --- What a member says


def _may_speak(request: BenefitRequest, member: User, *, today: date) -> None:
    """Nobody speaks on a case of their own: imposed by the records, or declared (rule 68)."""
    aside, _hints = aside_of([request], [member], on=today)
    if (request.pk, member.pk) in aside:
        words = _("Su questo caso non si esprime %(who)s: %(why)s.")
        raise StandsAside(words % {"who": member, "why": aside[request.pk, member.pk]})


@transaction.atomic
def give_opinion(*, request: BenefitRequest, verdict: str, reason: str, by: Access, today: date, amount: Decimal | None = None) -> Opinion:
    """What a member thinks, before the vote; said again, the last one counts. Raises ReasonRequired, StandsAside, DomainError for an
    amount that is none, or when it is decided."""
    by.require(Permission.GIVE_OPINIONS)
    assert by.actor
    if not reason.strip():
        raise ReasonRequired
    row: BenefitRequest = BenefitRequest.objects.select_related("placement").get(pk=request.pk)
    if row.state != RequestState.READY and row.advance != Advance.OPEN:
        raise DomainError(_("Su questa richiesta non c'è più niente da decidere."))
    if verdict == Verdict.CHANGED and (amount is None or not 0 < amount < row.asked_amount):
        words = _("Scrivi un importo più basso di quello chiesto, %(asked)s.")
        raise DomainError(words % {"asked": euro(row.asked_amount)}, field="amount")
    _may_speak(row, by.actor, today=today)
    opinion = Opinion.objects.create(
        ambito_id=row.ambito_id,
        request=row,
        member=by.actor,
        verdict=verdict,
        amount=amount if verdict == Verdict.CHANGED else None,
        reason=reason.strip()[:300],
        created_by_id=by.actor_id,
    )
    record_fact("solidarity_fund.opinion.given", row, by=by, verdict=verdict)
    return opinion


@transaction.atomic
def stand_aside(*, request: BenefitRequest, reason: str, by: Access) -> Abstention:
    """A member declares a conflict of interest: from now on no opinion, no vote, no place in the quorum. Said twice, it is said once.

    Raises DomainError for who has voted on it already.
    """
    by.require(Permission.GIVE_OPINIONS)
    if reason not in Reason.values:
        raise DomainError(_("Scegli il motivo."), field="reason")
    if there := Abstention.objects.filter(request=request, member_id=by.actor_id).first():
        return there
    row: Abstention = FUND.declare_aside(request, by=by, reason=reason)
    record_fact("solidarity_fund.abstention.declared", request, by=by, reason_code=reason)
    return row


@transaction.atomic
def cast_vote(*, item: AgendaItem, member: User, in_favour: bool, by: Access, today: date) -> Vote:
    """One vote on one case, by the member or written down by the secretary. Raises StandsAside, DomainError for who is not there, Conflict
    for a second vote or a case that is decided."""
    vote: Vote = FUND.vote_on(
        item, member=member, in_favour=in_favour, by=by, may_speak=lambda row: _may_speak(row.request, member, today=today)
    )
    return vote


# --- The decision of a case


@transaction.atomic
def decide_case(
    *, item: AgendaItem, reason: str, by: Access, today: date, pot: Pot | None = None, amount: Decimal | None = None, answer: str = ""
) -> AgendaItem:
    """What the votes say becomes the decision: granted with its pot, refused after its pre-notice (which comes first), an advance ratified
    or not. Raises DomainError without quorum or on a tie, ReasonRequired for a no, and all that granting and refusing raise."""
    by.require(Permission.KEEP_SITTINGS)
    FUND.locked(item.sitting, SittingState.OPEN)
    row: AgendaItem = FUND.pending(item, "request__rulebook", "request__ambito", "request__placement")
    view = next(view for view in selectors.agenda_of(row.sitting) if view.item.pk == row.pk)
    votes = view.tally
    assert votes
    carried = FUND.carried(votes, reason=reason)
    if row.kind == CaseKind.RATIFY:
        outcome = _ratify(row, carried=carried, reason=reason, by=by, today=today)
        decided: Decimal | None = row.request.amount if carried else None
    elif carried:
        if pot is None:
            raise DomainError(_("Scegli da quale salvadanaio vengono i soldi."), field="pot")
        granted = grant_benefit(
            request=row.request, pot=pot, seen=row.request.row_version, amount=amount, reason=reason, by=by, today=today, case=row
        )
        outcome, decided = Outcome.GRANTED, granted.amount
    else:
        outcome, decided = _say_no(row, reason=reason, answer=answer, by=by, today=today), None
    closed: AgendaItem = FUND.close_case(row, outcome, votes=votes, reason=reason, by=by, amount=decided)
    return closed


def _say_no(row: AgendaItem, *, reason: str, answer: str, by: Access, today: date) -> Outcome:
    """Before a refusal comes the pre-notice, also for the commission: its first no asks for it, the one after it refuses."""
    clock = procedure_selectors.clock_of(row.request, today=today)
    if clock and clock.notice:
        refuse_benefit(request=row.request, reason=reason, answer=answer, seen=row.request.row_version, by=by, today=today, case=row)
        return Outcome.REFUSED
    ask_for(procedures.ANNOUNCE, "Un preavviso di diniego da preparare: %(kind)s", row.request, Role.COORDINATOR, by=by)
    return Outcome.NOTICE


def _ratify(row: AgendaItem, *, carried: bool, reason: str, by: Access, today: date) -> Outcome:
    """An advance stands, or what was set aside is free again, or what was paid has to come back."""
    request: BenefitRequest = BenefitRequest.objects.select_for_update(of=("self",), no_key=True).get(pk=row.request_id)
    if request.advance != Advance.OPEN:
        raise Conflict(_("Questo anticipo non aspetta più la commissione."))
    request.advance = Advance.RATIFIED if carried else Advance.NOT_RATIFIED
    request.row_version += 1
    request.save(update_fields=["advance", "row_version"])
    record_fact(f"solidarity_fund.advance.{'ratified' if carried else 'not_ratified'}", request, by=by, reason=reason.strip())
    todos.done(kind=RATIFY, subject=request, by=by)
    if carried:
        if request.state == RequestState.PAID:
            proofs.close_if_whole(request, by=by, today=today)
        return Outcome.RATIFIED
    if request.state == RequestState.GRANTED:
        revoke_benefit(request=request, reason=reason, by=by, today=today, case=row)
    else:
        ask_for(proofs.RECOVER, "Un anticipo non ratificato da far tornare al fondo: %(kind)s", request, Role.ACCOUNTING, by=by)
    return Outcome.NOT_RATIFIED
