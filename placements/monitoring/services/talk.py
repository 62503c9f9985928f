"""Writes of «Voglio parlare con qualcuno». What is asked goes to the service; the host learns of a suspension, never of a reason."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, cast

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.access import Access, members_with
from impresasolidale.accounts.models import User
from impresasolidale.accounts.permissions import CaseRole, Permission, Role
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import Conflict, DomainError
from impresasolidale.core.jobs import enqueue
from impresasolidale.core.messages import TooSoon, send
from impresasolidale.core.periods import in_force
from impresasolidale.core.scope import scope
from impresasolidale.core.todos import ask, done
from impresasolidale.core.transitions import perform
from impresasolidale.core.views import check_version
from impresasolidale.territory.calendar import move_working_days
from placements.agreements import above
from placements.agreements.change_enums import SuspensionCause
from placements.agreements.enums import LIVE, OVER, PlacementState
from placements.agreements.models import Placement
from placements.agreements.services import suspend_placement
from placements.beneficiaries.enums import CareRole
from placements.beneficiaries.models import CareMember

from ..models import Talk
from ..talk_enums import TalkAsker, TalkSource, TalkState, TalkStep, TalkWay, TalkWhen
from ..talk_rules import is_urgent, weightier
from ..transitions import TALK

ASKED, LATE, NEXT = "monitoring.talk", "monitoring.talk_late", "monitoring.talk_next"
MOST_WORDS = 2000  # characters kept of all that one request says
MOST_NUMBERS = 500  # of the numbers, those that came first
MAY_ASK = (PlacementState.TO_SIGN, PlacementState.SIGNED, *LIVE, *OVER)  # from when she has a paper of it


def ask_to_talk(
    *,
    placement: Placement,
    source: TalkSource,
    by: Access,
    now: datetime,
    reason: str = "",
    words: str = "",
    reach_when: str = TalkWhen.ANY,
    way: str = TalkWay.PHONE,
    number: str = "",
    asker: str = TalkAsker.PERSON,
) -> Talk:
    """The person asks to be called. Asked again while the first waits, it is the same request: what is new is added, an urgent reason
    makes it urgent.

    `by`: who came in by the own area or the code on the papers, and is nobody's user; or the office, which notes a call. Raises
    PermissionDenied for a company's Access, DomainError for a placement that never began to be prepared.
    """
    if source == TalkSource.PHONE:
        by.require(Permission.NOTE_TALKS)
        assert by.placements is None
    elif by.roles or by.actor_id or by.link_id or by.paper_id or placement.pk not in (by.placements or ()):
        raise PermissionDenied
    assert by.network_id
    system = Access.system(network_id=by.network_id, ambito_id=placement.ambito_id, reason="the person asks to be called")
    with scope(system.scope), transaction.atomic(), translation.override("it"):
        row = Placement.objects.select_for_update(of=("self",), no_key=True).select_related("rulebook").get(pk=placement.pk)
        if row.state not in MAY_ASK:
            raise DomainError(_("Questo tirocinio non è cominciato: telefona all’ufficio."))
        talk = Talk.objects.select_for_update(of=("self",)).filter(placement=row).exclude(state=TalkState.ANSWERED).first()
        said = {"reason": reason, "words": words.strip(), "number": number.strip()}
        if talk is None:
            today = timezone.localdate(now)
            talk = Talk.objects.create(
                ambito_id=row.ambito_id,
                placement=row,
                asked_at=now,
                came_by=source,
                asker=asker,
                reach_when=reach_when,
                way=way,
                is_urgent=is_urgent(reason),
                due_on=due_on(reason, row, today),
                created_by_id=by.actor_id,
                **said,
            )
            record_fact("monitoring.talk.asked", talk, by=by if by.actor_id else system, source=str(source))
            _call_somebody(talk, by=system)
        else:
            _press_again(talk, said, reach_when=reach_when, way=way, by=system, today=timezone.localdate(now))
    return talk


def due_on(reason: str, placement: Placement, today: date) -> date:
    """The same day for an urgent reason; else so many working days later as the rule book says (practice, not law)."""
    days = placement.rulebook.rules.talk_answer_days
    return today if is_urgent(reason) or not days else move_working_days(today, days, placement.ambito_id)


def _press_again(talk: Talk, said: dict[str, str], *, reach_when: str, way: str, by: Access, today: date) -> None:
    was_urgent = talk.is_urgent
    talk.reason = weightier(talk.reason, said["reason"])
    if said["words"] and said["words"] not in talk.words:
        talk.words = "\n\n".join(filter(None, [talk.words, said["words"]]))[:MOST_WORDS]
    if said["number"] and said["number"] not in talk.number:  # whoever presses again, nobody's number is taken away
        talk.number = ", ".join(filter(None, [talk.number, said["number"]]))[:MOST_NUMBERS]
    talk.reach_when, talk.way = reach_when, way
    talk.is_urgent = is_urgent(talk.reason)
    if talk.is_urgent and not was_urgent:
        talk.due_on = today
    talk.presses = min(talk.presses + 1, 1000)
    talk.row_version += 1
    talk.save()
    if talk.is_urgent and not was_urgent:
        _call_somebody(talk, by=by)


def _call_somebody(talk: Talk, *, by: Access) -> None:
    """A to-do of the referent, else of the Ambito's social workers; and a mail at once. No name is in either."""
    words = (
        gettext_lazy("Urgente: una persona chiede di parlare, oggi") if talk.is_urgent else gettext_lazy("Una persona chiede di parlare")
    )
    ask(
        kind=ASKED,
        subject=talk,
        title=str(words),
        url=reverse("monitoring:talk", args=[talk.public_id]),
        role=Role.SOCIAL_WORKER,
        case_role=CaseRole.REFERENT,
        by=by,
        due_on=talk.due_on,
        is_mandatory=True,
    )
    enqueue("monitoring.tell_talk", by=by, talk_id=talk.pk)


def tell_talk(*, talk: Talk, by: Access, today: date) -> int:
    """Write at once to the referent; while nobody is, to the Ambito's social workers. Returns to how many."""
    referent = CareMember.objects.filter(in_force(today), beneficiary=talk.placement.beneficiary_id, role=CareRole.REFERENT)
    found = list(User.objects.filter(pk__in=referent.values("user"), is_active=True).order_by("pk"))
    return _write(talk, found or members_with(ambito_id=talk.ambito_id, role=Role.SOCIAL_WORKER, on=today), by=by)


def _write(talk: Talk, users: Iterable[User], *, by: Access, is_late: bool = False) -> int:
    sent = 0
    for user in users:
        with suppress(TooSoon):  # the job came twice
            send(
                kind=LATE if is_late else f"{ASKED}_urgent" if talk.is_urgent else ASKED,
                address=user.email,
                language=user.language,
                subject=SUBJECTS[is_late, talk.is_urgent],
                template="monitoring/email/talk.txt",
                context={
                    "user": user,
                    "is_urgent": talk.is_urgent,
                    "is_late": is_late,
                    "due_on": talk.due_on,
                    "url": settings.BASE_URL + reverse("monitoring:talk", args=[talk.public_id]),
                },
                by=by,
                about=talk,
            )
            sent += 1
    return sent


SUBJECTS = {
    (False, False): gettext_lazy("Una persona chiede di parlare"),
    (False, True): gettext_lazy("Urgente: una persona chiede di parlare"),
    (True, False): gettext_lazy("Una persona aspetta ancora una telefonata"),
    (True, True): gettext_lazy("Urgente: una persona aspetta ancora una telefonata"),
}


@transaction.atomic
def take_talk(*, talk: Talk, by: Access) -> Talk:
    """Somebody says that they will call."""
    return cast("Talk", perform(TALK, "taken", talk, by=by, taken_by=by.actor))


@transaction.atomic
def answer_talk(
    *,
    talk: Talk,
    answered_on: date,
    agreed: str,
    by: Access,
    today: date,
    next_step: str = TalkStep.NONE,
    next_on: date | None = None,
    row_version: int | None = None,
) -> Talk:
    """They spoke: the day, what was agreed (encrypted), and what is done next, which becomes a to-do."""
    by.require(Permission.FOLLOW_TALKS)
    row = _locked(talk)
    if row_version is not None:
        check_version(row, row_version)
    if not agreed.strip():
        raise DomainError(_("Scrivi che cosa avete deciso insieme."), field="agreed")
    if not timezone.localdate(row.asked_at) <= answered_on <= today:
        raise DomainError(_("Il giorno sta fra quello della richiesta e oggi."), field="answered_on")
    if next_on and next_on < answered_on:
        raise DomainError(_("Questo giorno viene prima della risposta."), field="next_on")
    if next_step == TalkStep.NONE and next_on:
        raise DomainError(_("Scegli anche che cosa si fa quel giorno."), field="next_step")
    row = cast(
        "Talk",
        perform(
            TALK,
            "answered",
            row,
            by=by,
            answered_on=answered_on,
            answered_by=by.actor,
            agreed=agreed.strip(),
            next_step=next_step,
            next_on=next_on,
            next_done_on=None,
        ),
    )
    done(kind=ASKED, subject=row, by=by)
    done(kind=LATE, subject=row, by=by)
    if next_step != TalkStep.NONE:
        ask(
            kind=NEXT,
            subject=row,
            title=str(_("Dopo una richiesta di parlare: %(what)s") % {"what": TalkStep(next_step).label}),
            url=reverse("monitoring:talk", args=[row.public_id]),
            role=Role.SOCIAL_WORKER,
            case_role=CaseRole.REFERENT,
            by=by,
            due_on=next_on,
        )
    return row


@transaction.atomic
def reopen_talk(*, talk: Talk, reason: str, by: Access, today: date) -> Talk:
    """It is not over: the answer stays, and one is due again."""
    if Talk.objects.filter(placement=talk.placement_id).exclude(state=TalkState.ANSWERED).exists():
        raise Conflict(_("C’è già una richiesta aperta di questa persona."))
    placement = Placement.objects.select_related("rulebook").get(pk=talk.placement_id)
    changes: dict[str, Any] = {"due_on": due_on(talk.reason, placement, today), "taken_by": None, "escalated_on": None}
    row = cast("Talk", perform(TALK, "reopened", talk, by=by, reason=reason, **changes))
    done(kind=NEXT, subject=row, by=by)
    _call_somebody(row, by=by)
    return row


@transaction.atomic
def finish_next_step(*, talk: Talk, by: Access, today: date) -> Talk:
    """What was agreed has been done."""
    by.require(Permission.FOLLOW_TALKS)
    row = _locked(talk)
    if row.state != TalkState.ANSWERED or row.next_step == TalkStep.NONE or row.next_done_on:
        raise Conflict
    row.next_done_on = today
    row.row_version += 1
    row.save(update_fields=["next_done_on", "row_version"])
    record_fact("monitoring.talk.next_done", row, by=by)
    done(kind=NEXT, subject=row, by=by)
    return row


@transaction.atomic
def suspend_for_talk(*, talk: Talk, by: Access, today: date) -> Talk:
    """Stop the placement at once, today, or tomorrow where a presence of today is written already. Who may answer may stop it.

    The cause is the coded one, «esigenza della persona», which no paper and no page of the host says; the request is not named there.
    Raises TransitionNotAllowed where the placement does not run.
    """
    by.require(Permission.FOLLOW_TALKS)
    row = _locked(talk)
    if not row.waits:
        raise Conflict(_("Questa richiesta è chiusa: sospendi dalla pagina del tirocinio."))
    placement = row.placement
    start = max([today, *(day + timedelta(days=1) for day in above.days_present(placement.pk, today, None))])
    suspend_placement(
        placement=placement,
        starts_on=start,
        cause=SuspensionCause.PERSON,
        by=replace(by, system_reason="a person asked to talk, and the service stops her placement"),
        today=today,
        confirmed=True,
    )
    row.suspended_on = start
    row.row_version += 1
    row.save(update_fields=["suspended_on", "row_version"])
    record_fact("monitoring.talk.suspended", row, by=by)
    return row


@transaction.atomic
@translation.override("it")
def chase_talks(*, by: Access, today: date) -> int:
    """In the Ambito: requests nobody answered in time become the coordinator's to-do, with a mail at once. Safe to repeat: each is said
    once, until it is opened again. Returns how many were said now."""
    free = Talk.objects.select_for_update(of=("self",), skip_locked=True)
    late = free.filter(ambito_id=by.ambito_id, due_on__lt=today, escalated_on=None).exclude(state=TalkState.ANSWERED)
    told = 0
    for talk in late.order_by("pk"):
        _escalate(talk, by=by, today=today)
        told += 1
    return told


def _escalate(talk: Talk, *, by: Access, today: date) -> None:
    ask(
        kind=LATE,
        subject=talk,
        title=str(_("Una persona ha chiesto di parlare e nessuno le ha ancora risposto")),
        url=reverse("monitoring:talk", args=[talk.public_id]),
        role=Role.COORDINATOR,
        case_role=CaseRole.COORDINATOR,
        by=by,
        due_on=talk.due_on,
        is_mandatory=True,
    )
    talk.escalated_on = today
    talk.row_version += 1
    talk.save(update_fields=["escalated_on", "row_version"])
    _write(talk, members_with(ambito_id=talk.ambito_id, role=Role.COORDINATOR, on=today), by=by, is_late=True)


def _locked(talk: Talk) -> Talk:
    rows: Any = Talk.objects.select_for_update(of=("self",), no_key=True)
    return cast("Talk", rows.select_related("placement__rulebook", "placement__beneficiary").get(pk=talk.pk))
