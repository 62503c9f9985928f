"""The multi-professional meeting that decides a placement, and its minutes."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.audit import record_fact
from impresasolidale.core.documents import issue
from impresasolidale.core.errors import Conflict, DomainError

from ..documents import MINUTES
from ..enums import MeetingDecision
from ..models import Meeting, Placement
from ..papers.meetings import minutes

ENOUGH = 2  # people who meet


def check_minutes(*, held_on: date, participants: list[tuple[str, str]], reasons: str, today: date) -> list[list[str]]:
    """[[name, role], …] of who was there. Refuses a day to come, fewer than two people, and a decision without reasons."""
    if held_on > today:
        raise DomainError(_("Questo giorno deve ancora venire."), field="held_on")
    people = [[name.strip(), role.strip()] for name, role in participants if name.strip()]
    if len(people) < ENOUGH:
        raise DomainError(_("Scrivi almeno due persone: chi c'era e con che ruolo."), field="participants")
    if not reasons.strip():
        raise DomainError(_("Scrivi il motivo: serve a chi leggerà dopo di te."), field="reasons")
    return people


@transaction.atomic
def record_meeting(
    *,
    placement: Placement,
    held_on: date,
    place: str,
    participants: list[tuple[str, str]],
    decision: str,
    reasons: str,
    by: Access,
    today: date,
    next_on: date | None = None,
    corrects: Meeting | None = None,
) -> Meeting:
    """Write down one meeting and issue its minutes; with `corrects` they take the place of the ones that were wrong.

    Refuses a day to come, fewer than two people, a decision without reasons, a postponement without the next day, and a second correction.
    """
    by.require(Permission.PREPARE_PLACEMENTS)
    row = Placement.objects.select_for_update(of=("self",), no_key=True).select_related(
        "ambito", "beneficiary", "company", "site"
    ).get(pk=placement.pk)  # fmt: skip
    people = check_minutes(held_on=held_on, participants=participants, reasons=reasons, today=today)
    if decision == MeetingDecision.POSTPONED and next_on is None:
        raise DomainError(_("Se si rinvia, scrivi quando ci si ritrova."), field="next_on")
    if next_on and next_on <= held_on:
        raise DomainError(_("Il prossimo incontro viene dopo questo."), field="next_on")
    if corrects and Meeting.objects.filter(corrects=corrects).exists():
        raise Conflict(_("Questo verbale è già stato corretto."))
    meeting = Meeting(
        ambito_id=row.ambito_id,
        placement=row,
        held_on=held_on,
        place=place.strip(),
        participants=people,
        decision=decision,
        reasons=reasons.strip(),
        next_on=next_on,
        corrects=corrects,
        created_by_id=by.actor_id,
    )
    meeting.document = issue(
        kind=MINUTES,
        kind_label="Verbale della riunione",
        template="agreements/pdf/minutes_v1.html",
        subject=row,
        context=minutes(meeting),
        today=today,
        by=by,
        ambito_id=row.ambito_id,
        supersedes=corrects.document if corrects else None,
        funding_source=row.funding_source,
    )
    meeting.save()
    record_fact("agreements.meeting.recorded", row, by=by, decision=decision, held_on=held_on.isoformat())
    return meeting
