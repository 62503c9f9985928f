"""Writes of evaluations: asked by the night, answered by three voices, waived and corrected by the office, told to the person."""

import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, cast

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.access import Access, hash_token
from impresasolidale.accounts.permissions import CaseRole, Permission, Role
from impresasolidale.core import todos
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import Conflict, DomainError, ReasonRequired
from impresasolidale.core.messages import send
from impresasolidale.core.models import Message
from impresasolidale.core.transitions import perform
from impresasolidale.core.uploads import store_upload
from placements.agreements.enums import HOSTED
from placements.agreements.models import Placement
from placements.attendance.selectors import reachable

from ..evaluation_enums import EvaluationState, Given, Moment, Voice
from ..evaluation_questions import BASE, GOAL_STEPS, Questions
from ..models.evaluations import Evaluation, EvaluationAnswer, EvaluationOpinion, GoalRating
from ..selectors import evaluations as selectors
from ..transitions import EVALUATION
from . import evaluation_asking as asking

LINK = "monitoring.evaluation_link"  # kind of the message that carries a link
DISAGREES = "monitoring.disagreement"
TELL = "monitoring.told"
SUBJECT_LINE = gettext_lazy("Com'è il tirocinio?")
LINKED = (Voice.PERSON, Voice.FAMILY)  # who answers without an account
Answers = Mapping[str, int | None]
Goals = Mapping[int, int | None]


# --- Answers


@transaction.atomic
def save_draft(
    *, evaluation: Evaluation, answers: Answers, goals: Goals, by: Access, today: date, comment: str | None = None
) -> Evaluation:
    """Keep what was said so far; the evaluation stays to be done. Raises as `give` does, but for what is missing."""
    row = _to_answer(evaluation, by=by, today=today)
    _keep(row, answers, goals)
    if comment is not None and comment.strip() != row.comment:
        row.comment = comment.strip()
        row.save(update_fields=["comment"])
    return row


@transaction.atomic
def give(
    *,
    evaluation: Evaluation,
    by: Access,
    today: date,
    how: str,
    answers: Answers | None = None,
    goals: Goals | None = None,
    comment: str | None = None,
    who: str = "",
    given_on: date | None = None,
    scan: UploadedFile | None = None,
) -> Evaluation:
    """These are the answers, with those of the draft: from now on they never change.

    On paper (`how`) `given_on` is the day it was filled in, and the scan may be all there is. A tutor and the office say something of
    every question, if only «non so»; of the others at least one answer is wanted. Raises PermissionDenied for another voice,
    Conflict when it was given meanwhile, DomainError for an answer outside the scale, before the start, or with answers missing.
    """
    row = _to_answer(evaluation, by=by, today=today, how=how)
    _keep(row, answers or {}, goals or {})
    day = given_on or today
    if day > today:
        raise DomainError(_("Questo giorno deve ancora venire."), field="given_on")
    if day < row.placement.starts_on:
        raise DomainError(_("Questo giorno viene prima dell'inizio del tirocinio."), field="given_on")
    if how == Given.PAPER:
        if scan is not None:
            row.scan = store_upload(file=scan, kind="monitoring.evaluation", subject=row, by=by)
            row.save(update_fields=["scan"])
        if row.scan is None and not EvaluationAnswer.objects.filter(evaluation=row).exists():
            raise DomainError(_("Aggiungi la scansione, oppure scrivi le risposte."), field="file")
    else:
        _refuse_incomplete(row)
    return _given(row, by=by, how=how, day=day, comment=comment, who=who or _who(row, by))


def _who(row: Evaluation, by: Access) -> str:
    """Who speaks with this voice, as it is kept."""
    if row.voice == Voice.OFFICE or row.voice == Voice.HOST:
        return str(by.actor or "")
    return str({Voice.PERSON: row.placement.beneficiary, Voice.TUTOR: row.placement.company_tutor}.get(Voice(row.voice)) or "")


def _given(row: Evaluation, *, by: Access, how: str, day: date, comment: str | None, who: str) -> Evaluation:
    said = row.comment if comment is None else comment.strip()
    changes: Any = {"given_on": day, "how": how, "who": who.strip()[:160], "comment": said}
    row = cast("Evaluation", perform(EVALUATION, "given", row, by=by, as_system=True, **changes))
    todos.done(kind=asking.TODO, subject=row, by=by)
    if (row.moment, row.voice, row.questions) == (Moment.FINAL, Voice.OFFICE, BASE.code):
        todos.ask(
            kind=TELL,
            subject=row,
            title=_("Racconta la valutazione finale a %(person)s, e chiedi se è d'accordo") % {"person": row.placement.beneficiary},
            url=reverse("monitoring:evaluations_of", args=[row.placement.public_id]),
            role=Role.SOCIAL_WORKER,
            case_role=CaseRole.PROMOTER_TUTOR,
            by=by,
            due_on=day + timedelta(days=row.placement.rulebook.rules.evaluation_days),
        )
    return row


def _to_answer(evaluation: Evaluation, *, by: Access, today: date, how: str = "") -> Evaluation:
    """The row, locked, if this access may answer it now."""
    row = (
        Evaluation.objects.select_for_update(of=("self",), no_key=True)
        .select_related("placement__beneficiary", "placement__rulebook", "placement__company_tutor")
        .get(pk=evaluation.pk)
    )
    if not may_answer(row, by=by):
        raise PermissionDenied
    if row.state == EvaluationState.WAIVED:
        raise Conflict(_("L'ufficio ha scritto che questa valutazione non si fa."))
    if row.state != EvaluationState.ASKED:
        raise Conflict(_("Questa valutazione è già stata data."))
    _refuse_before_start(row.placement, today)
    if (how == Given.ONLINE and row.voice == Voice.OFFICE) or (how == Given.OFFICE and row.voice != Voice.OFFICE):
        raise PermissionDenied
    return row


def may_answer(row: Evaluation, *, by: Access) -> bool:
    """Each for the own voice; the office for its own, and for the others what it received or what they say at its desk."""
    if by.placements is None:
        return by.may(Permission.KEEP_EVALUATIONS)
    if row.voice == Voice.TUTOR:
        return by.may(Permission.USE_TUTOR_PORTAL) and reachable(by).filter(pk=row.placement_id).exists()
    if row.voice == Voice.HOST:
        return by.may(Permission.USE_COMPANY_PORTAL) and row.placement.company_id in by.contact_for
    return row.voice in LINKED and row.pk in by.evaluations


def _refuse_before_start(placement: Placement, today: date) -> None:
    if placement.state not in HOSTED or today < placement.starts_on:
        raise DomainError(_("Il tirocinio non è ancora cominciato: si valuta quando comincia."))


def _keep(row: Evaluation, answers: Answers, goals: Goals) -> None:
    """Write answers over those of the draft. DomainError (field `q-<item>`, `g-<position>`) for what the set does not offer."""
    questions = selectors.questions_of(row)
    for item, value in answers.items():
        if item not in questions.by_code or not questions.allows(value):
            raise DomainError(_("Questa risposta non è fra quelle proposte."), field=f"q-{item}")
    EvaluationAnswer.objects.bulk_create(
        [EvaluationAnswer(ambito_id=row.ambito_id, evaluation=row, item=item, value=value) for item, value in answers.items()],
        update_conflicts=True,
        unique_fields=["evaluation", "item"],
        update_fields=["value"],
    )
    known = {rating.position: rating for rating in GoalRating.objects.filter(evaluation=row)} if goals else {}
    for position, value in goals.items():
        if position not in known or (value is not None and all(step.value != value for step in GOAL_STEPS)):
            raise DomainError(_("Questa risposta non è fra quelle proposte."), field=f"g-{position}")
        if known[position].value != value:
            known[position].value = value
            known[position].save(update_fields=["value"])


def _refuse_incomplete(row: Evaluation) -> None:
    said = set(EvaluationAnswer.objects.filter(evaluation=row).values_list("item", flat=True))
    questions: Questions = selectors.questions_of(row)
    missing = [item for item in questions.items if item.code not in said]
    if row.voice in LINKED:
        if not said:
            raise DomainError(_("Rispondi almeno a una domanda."))
    elif missing:
        raise DomainError(_("Manca una risposta. Se non lo sai, scegli «non so»."), field=f"q-{missing[0].code}")


# --- The office


@transaction.atomic
def waive(*, evaluation: Evaluation, reason: str, by: Access) -> Evaluation:
    """This one cannot be had, e.g. the person is in hospital: the reason stays beside it."""
    why = reason.strip()[:300]
    row = cast("Evaluation", perform(EVALUATION, "waived", evaluation, by=by, reason=reason, waived_why=why))
    todos.done(kind=asking.TODO, subject=row, by=by)
    return row


@transaction.atomic
def ask_again(*, evaluation: Evaluation, by: Access, today: date) -> Evaluation:
    """It can be had after all."""
    row = cast("Evaluation", perform(EVALUATION, "asked_again", evaluation, by=by, waived_why=""))
    rows = Evaluation.objects.select_related("placement__beneficiary", "placement__rulebook")
    asking.remind([rows.get(pk=row.pk)], by=by, today=today)
    return row


@transaction.atomic
def ask_by_hand(*, placement: Placement, moment: str, voice: str, by: Access, today: date) -> Evaluation:
    """Ask one that the calendar does not, e.g. the family's. Asking what was asked gives what is there. DomainError before the start."""
    by.require(Permission.KEEP_EVALUATIONS)
    row = Placement.objects.select_for_update(of=("self",), no_key=True).select_related("rulebook", "beneficiary").get(pk=placement.pk)
    _refuse_before_start(row, today)
    if voice == Voice.HOST and moment != Moment.SATISFACTION:
        raise DomainError(_("All'impresa si chiede solo com'è stato."), field="voice")
    if moment == Moment.SATISFACTION and voice == Voice.OFFICE:
        raise DomainError(_("L'ufficio non risponde a questa: la chiede agli altri."), field="voice")
    return asking.ask_one(row, moment, voice, by=by, today=today)


@transaction.atomic
def correct(*, evaluation: Evaluation, answers: Answers, goals: Goals, comment: str, reason: str, by: Access, today: date) -> Evaluation:
    """What was given stays as it was; another row takes its place, with why. Its way of arriving and who had answered go on."""
    if not reason.strip():
        raise ReasonRequired
    old = cast("Evaluation", perform(EVALUATION, "corrected", evaluation, by=by, reason=reason))
    row = Evaluation.objects.create(
        ambito_id=old.ambito_id,
        placement_id=old.placement_id,
        moment=old.moment,
        voice=old.voice,
        questions=old.questions,
        asked_on=old.asked_on,
        due_on=old.due_on,
        scan_id=old.scan_id,
        corrects=old,
        correction_why=reason.strip()[:300],
        created_by_id=by.actor_id,
    )
    was = EvaluationAnswer.objects.filter(evaluation=old).values_list("item", "value")
    ratings = GoalRating.objects.filter(evaluation=old).order_by("position")
    GoalRating.objects.bulk_create(
        GoalRating(ambito_id=r.ambito_id, evaluation=row, goal_id=r.goal_id, position=r.position, text=r.text, value=r.value)
        for r in ratings
    )
    row = Evaluation.objects.select_related("placement__beneficiary", "placement__rulebook").get(pk=row.pk)
    _keep(row, {**dict(was), **answers}, goals)
    if old.how != Given.PAPER:
        _refuse_incomplete(row)
    return _given(row, by=by, how=old.how, day=today, comment=comment, who=old.who)


@transaction.atomic
def attach_scan(*, evaluation: Evaluation, file: UploadedFile, by: Access) -> Evaluation:
    """The sheet that was filled in on paper, of an evaluation already given."""
    by.require(Permission.KEEP_EVALUATIONS)
    row = Evaluation.objects.select_for_update(of=("self",), no_key=True).get(pk=evaluation.pk)
    if row.state != EvaluationState.GIVEN:
        raise Conflict(_("La carta si aggiunge a una valutazione già data."))
    row.scan = store_upload(file=file, kind="monitoring.evaluation", subject=row, by=by)
    row.save(update_fields=["scan"])
    record_fact("monitoring.evaluation.scanned", row, by=by)
    return row


# --- The person's link


@transaction.atomic
def send_link(*, evaluation: Evaluation, channel: str, by: Access, now: datetime, address: str = "") -> Evaluation:
    """Send the person, or her family, a way to answer without an account; the link before it stops working.

    It opens what the same voice is asked in this placement, and in the end what is told. Refuses without an address, and within the
    cooldown of messages.
    """
    by.require(Permission.KEEP_EVALUATIONS)
    row = (
        Evaluation.objects.select_for_update(of=("self",), no_key=True)
        .select_related("placement__beneficiary", "placement__rulebook")
        .get(pk=evaluation.pk)
    )
    if row.voice not in LINKED:
        raise DomainError(_("Il collegamento si manda alla persona o alla famiglia."))
    if row.state not in (EvaluationState.ASKED, EvaluationState.GIVEN):
        raise Conflict
    _refuse_before_start(row.placement, timezone.localdate(now))
    person = row.placement.beneficiary
    is_sms = channel == Message.Channel.SMS
    where = address.strip() or ((person.phone if is_sms else person.email) if row.voice == Voice.PERSON else "")
    if not where:
        raise DomainError(_("Manca il recapito: scrivilo qui."), field="address")
    token = new_link(row, now=now)
    send(
        kind=LINK,
        address=where,
        language="it",
        subject=SUBJECT_LINE,
        template="monitoring/email/evaluation_link_sms.txt" if is_sms else "monitoring/email/evaluation_link.txt",
        context={
            "name": person.first_name,
            "is_person": row.voice == Voice.PERSON,
            "company": "" if is_sms else row.placement.company.name,
            "url": settings.BASE_URL + reverse("my_evaluation:door", args=[token]),
            "expires_at": timezone.localdate(row.link_expires_at),
        },
        by=by,
        about=row,
        is_personal=True,
        channel=Message.Channel(channel),
    )
    record_fact("monitoring.evaluation.link_sent", row, by=by, channel=channel)
    return row


def new_link(row: Evaluation, *, now: datetime) -> str:
    """A new secret for this evaluation; returned once, kept as a hash."""
    token = secrets.token_urlsafe(24)
    row.token_hash = hash_token(token)
    row.link_expires_at = now + timedelta(days=row.placement.rulebook.rules.link_valid_days)
    row.save(update_fields=["token_hash", "link_expires_at"])
    return token


# --- What the person says of the final one


@transaction.atomic
def state_opinion(*, evaluation: Evaluation, agrees: bool, comment: str, how: str, by: Access, today: date) -> EvaluationOpinion:
    """The person agrees, or not, with the office's final evaluation as it was told to her. Said once, never changed.

    Who disagrees is somebody to listen to: a to-do of the case. Raises PermissionDenied for who is not the person or the office,
    Conflict when it was said already.
    """
    row = (
        Evaluation.objects.select_for_update(of=("self",), no_key=True)
        .select_related("placement__beneficiary", "placement__rulebook")
        .get(pk=evaluation.pk)
    )
    is_office = by.placements is None and by.may(Permission.KEEP_EVALUATIONS)
    if not is_office and row.pk not in by.evaluations:
        raise PermissionDenied
    if not selectors.is_told(row):
        raise DomainError(_("La valutazione finale non è ancora pronta."))
    if EvaluationOpinion.objects.filter(evaluation=row).exists():
        raise Conflict(_("Hai già detto che cosa ne pensi. Resta scritto."))
    said = EvaluationOpinion.objects.create(
        ambito_id=row.ambito_id,
        evaluation=row,
        placement_id=row.placement_id,
        agrees=agrees,
        comment=comment.strip(),
        given_on=today,
        how=how,
        created_by_id=by.actor_id,
    )
    record_fact("monitoring.opinion.given", said, by=by, agrees=agrees)
    todos.done(kind=TELL, subject=row, by=by)
    if not agrees:
        todos.ask(
            kind=DISAGREES,
            subject=row,
            title=_("%(person)s non è d'accordo con la valutazione finale: senti perché") % {"person": row.placement.beneficiary},
            url=reverse("monitoring:evaluations_of", args=[row.placement.public_id]),
            role=Role.SOCIAL_WORKER,
            case_role=CaseRole.REFERENT,
            by=by,
            due_on=today + timedelta(days=7),
        )
    return said


@transaction.atomic
def settle_disagreement(*, evaluation: Evaluation, by: Access) -> None:
    """Somebody has listened: the to-do is done, what she said stays."""
    by.require(Permission.KEEP_EVALUATIONS)
    todos.done(kind=DISAGREES, subject=evaluation, by=by)
    record_fact("monitoring.opinion.heard", evaluation, by=by)
