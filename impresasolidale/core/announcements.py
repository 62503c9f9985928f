"""Notices to who works with the program: on their first page, from a day to a day; no mail leaves."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import F, Func, Q, Value
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from .actor import Actor
from .audit import record_fact
from .errors import Conflict, DomainError
from .models import Announcement
from .todos import reaches

MOST = 5  # on a page: a longer row of notices is read by nobody


def announce(
    *, ambito: Any, title: str, text: str, roles: Collection[str], starts_on: date, ends_on: date, everywhere: bool, by: Actor, today: date
) -> Announcement:
    """A notice to the users of an Ambito, or `everywhere` to those of its whole network."""
    if ends_on < starts_on:
        raise DomainError(_("L'avviso finisce prima di cominciare."), field="ends_on")
    if ends_on < today:
        raise DomainError(_("Questo giorno è già passato: scegli da oggi in poi."), field="ends_on")
    row = Announcement.objects.create(
        ambito=None if everywhere else ambito,
        network_id=ambito.network_id if everywhere else None,
        title=title.strip(),
        text=text.strip(),
        roles=sorted(roles),
        starts_on=starts_on,
        ends_on=ends_on,
        created_by_id=by.actor_id,
    )
    record_fact("core.announcement.written", row, by=by, roles=row.roles)
    return row


def withdraw(*, row: Announcement, by: Actor) -> None:
    """Nobody sees it any more. Raises Conflict when it was taken away already."""
    if not Announcement.objects.filter(pk=row.pk, withdrawn_at=None).update(withdrawn_at=timezone.now()):
        raise Conflict(_("L'avviso era già stato tolto."))
    record_fact("core.announcement.withdrawn", row, by=by)


def put_away(*, row: Announcement, by: Actor) -> None:
    """This user has read it. Said twice, it counts once."""
    mine = Announcement.objects.filter(pk=row.pk).exclude(read_by__contains=[by.actor_id])
    mine.update(read_by=Func(F("read_by"), Value(by.actor_id, models.BigIntegerField()), function="array_append"))


def written(access: Any) -> models.QuerySet[Announcement]:
    """All that the office wrote, and the network, the last first."""
    return Announcement.objects.filter(reaches(access)).select_related("created_by").order_by("-id")


def announcement_for(access: Any, public_id: UUID) -> Announcement:
    row: Announcement = get_object_or_404(Announcement.objects.filter(reaches(access)), public_id=public_id)
    return row


def to_read(access: Any, today: date) -> list[Announcement]:
    """What is said today to this user, by their roles, and was not put away. One statement."""
    rows = Announcement.objects.filter(reaches(access), starts_on__lte=today, ends_on__gte=today, withdrawn_at=None)
    rows = rows.filter(Q(roles=[]) | Q(roles__overlap=sorted(access.roles)))
    return list(rows.exclude(read_by__contains=[access.actor_id or 0]).order_by("-id")[:MOST])
