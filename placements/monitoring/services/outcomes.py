"""Writes of what came after: the outcome, once, and the two calls of the year that follows."""

from datetime import date
from typing import Any, cast

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import CaseRole, Permission, Role
from impresasolidale.core import todos
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import Conflict, DomainError
from impresasolidale.core.transitions import perform
from placements.agreements.enums import OVER
from placements.agreements.models import Placement

from .. import outcome_rules as rules
from ..models.outcomes import FollowUp, PlacementOutcome
from ..transitions import FOLLOW_UP
from ..visit_enums import FollowState, OutcomeKind

TO_DO = "monitoring.follow_up"


@transaction.atomic
def record_outcome(*, placement: Placement, kind: str, note: str, by: Access, today: date) -> PlacementOutcome:
    """Where the person goes from here, once. The two calls are laid out, unless she said before that she wants none."""
    by.require(Permission.PREPARE_PLACEMENTS)
    row = Placement.objects.select_for_update(of=("self",), no_key=True).select_related("beneficiary").get(pk=placement.pk)
    if row.state not in OVER:
        raise DomainError(_("Il tirocinio non è ancora finito."))
    if kind not in OutcomeKind.values:
        raise DomainError(_("Scegli che cosa viene dopo."), field="kind")
    if PlacementOutcome.objects.filter(placement=row).exists():
        raise Conflict(_("L'esito è già scritto."))
    owner = {"ambito_id": row.ambito_id, "placement": row, "created_by_id": by.actor_id}
    outcome = PlacementOutcome.objects.create(kind=kind, note=note.strip(), **owner)
    record_fact("monitoring.outcome.recorded", row, by=by, kind=kind)
    refused = FollowUp.objects.filter(placement__beneficiary_id=row.beneficiary_id, state=FollowState.REFUSED).exists()
    for months, due_on in rules.follow_ups(row.last_day).items() if not refused else ():
        follow = FollowUp.objects.create(months=months, due_on=due_on, **owner)
        todos.set_deadline(
            kind=TO_DO,
            subject=follow,
            title=_("Senti come va, %(months)s mesi dopo: %(person)s") % {"months": months, "person": row.beneficiary},
            url=reverse("monitoring:follow_up", args=[follow.public_id]),
            role=Role.SOCIAL_WORKER,
            case_role=CaseRole.REFERENT,
            due_on=due_on,
            by=by,
            remind_days=7,
        )
    return outcome


@transaction.atomic
def answer_follow_up(*, follow_up: FollowUp, way: str, kind: str, note: str, by: Access, today: date) -> FollowUp:
    """She was heard: how, and what she does now."""
    row = _waiting(follow_up, by=by, today=today)
    for name, value in (("way", way), ("kind", kind)):
        if not value:
            raise DomainError(_("Scegli una risposta."), field=name)
    return _over(row, "answered", by=by, way=way, kind=kind, note=note.strip(), heard_on=today, tries=row.tries + 1)


@transaction.atomic
def try_follow_up(*, follow_up: FollowUp, by: Access, today: date) -> FollowUp:
    """Nobody answered. After some tries she is not looked for any more."""
    row = _waiting(follow_up, by=by, today=today)
    if row.tries + 1 >= rules.TRIES:
        return _over(row, "unreached", by=by, tries=row.tries + 1)
    row.tries, row.row_version = row.tries + 1, row.row_version + 1
    row.save(update_fields=["tries", "row_version"])
    record_fact("monitoring.follow_up.tried", row, by=by, tries=row.tries)
    return row


@transaction.atomic
def refuse_follow_up(*, follow_up: FollowUp, by: Access, today: date) -> None:
    """She wants no more calls: this one and all that would follow are struck."""
    row = _waiting(follow_up, by=by, today=today)
    person = row.placement.beneficiary_id
    waiting = FollowUp.objects.filter(placement__beneficiary_id=person, state=FollowState.WAITING, ambito_id=row.ambito_id)
    for each in waiting.order_by("pk"):
        _over(each, "refused", by=by)


def _waiting(follow_up: FollowUp, *, by: Access, today: date) -> FollowUp:
    by.require(Permission.FOLLOW_VISITS)
    row = FollowUp.objects.select_for_update(of=("self",), no_key=True).select_related("placement").get(pk=follow_up.pk)
    if row.state != FollowState.WAITING:
        raise Conflict(_("Questo contatto è già scritto."))
    if row.due_on.toordinal() - today.toordinal() > 31:
        raise DomainError(_("È presto: si sente la persona quando è ora."))
    return row


def _over(row: FollowUp, step: str, *, by: Access, **changes: Any) -> FollowUp:
    done = cast("FollowUp", perform(FOLLOW_UP, step, row, by=by, **changes))
    todos.close_deadline(kind=TO_DO, subject=done)
    todos.done(kind=TO_DO, subject=done, by=by)
    return done
