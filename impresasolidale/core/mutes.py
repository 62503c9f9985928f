"""Reminders kept quiet for one person or case, to a day and for a reason."""

from datetime import date, timedelta
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from .actor import Actor
from .audit import record_fact, type_of
from .errors import Conflict, DomainError
from .models import Mute

LONGEST = timedelta(days=183)  # half a year: longer is forgotten, and what is forgotten is not muted but lost


@transaction.atomic
def mute(*, subject: Any, reason: str, until: date, by: Actor, today: date) -> Mute:
    """No reminders about `subject` up to and with `until`, but for mandatory ones. Muting again replaces reason and day."""
    if not reason.strip():
        raise DomainError(_("Scrivi perché sospendi i promemoria: serve a chi leggerà dopo di te."), field="reason")
    if until < today:
        raise DomainError(_("Questo giorno è già passato: scegli da oggi in poi."), field="until")
    if until > today + LONGEST:
        raise DomainError(_("Al massimo sei mesi: dopo, se serve, si sospende di nuovo."), field="until")
    about = {"ambito_id": subject.ambito_id, "subject_type": type_of(subject), "subject_id": subject.pk, "ended_at": None}
    row = Mute.objects.select_for_update(of=("self",)).filter(**about).order_by("pk").first() or Mute(**about)
    row.reason, row.until, row.created_by_id = reason.strip()[:300], until, by.actor_id
    row.save()
    record_fact("core.mute.set", subject, by=by, until=until.isoformat())
    return row


@transaction.atomic
def unmute(*, row: Mute, by: Actor) -> None:
    """Reminders come again from now."""
    if not Mute.objects.filter(pk=row.pk, ended_at=None).update(ended_at=timezone.now()):
        raise Conflict(_("I promemoria erano già stati riattivati."))
    record_fact("core.mute.ended", row, by=by)


def in_force(*, ambiti: Any, today: date) -> models.QuerySet[Mute]:
    return Mute.objects.filter(ambito_id__in=ambiti, ended_at=None, until__gte=today)
