"""Writes of the desk: reminders kept quiet, and the mails that say what waits."""

from contextlib import suppress
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from impresasolidale.accounts.access import Access, access_for
from impresasolidale.accounts.models import Membership, User
from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.accounts.permissions import Role
from impresasolidale.core import messages, mutes
from impresasolidale.core.models import Mute, Todo
from impresasolidale.core.scope import scope
from impresasolidale.territory.models import Ambito

from .menu import ASKED
from .selectors import inbox

DIGEST, URGENT = "desk.digest", "desk.urgent"
DIGEST_WEEKDAY = 0  # Monday
DAY = timedelta(hours=20)  # one mail a day at most, also when the night's job is run twice


def mute_reminders(*, subject: Any, reason: str, until: date, by: Access, today: date) -> Mute:
    by.require(P.MUTE_REMINDERS)
    return mutes.mute(subject=subject, reason=reason, until=until, by=by, today=today)


def unmute_reminders(*, row: Mute, by: Access) -> None:
    by.require(P.MUTE_REMINDERS)
    mutes.unmute(row=row, by=by)


def send_digests(*, today: date) -> int:
    """On Mondays one mail to each user with something waiting; every day one to who has a new mandatory to-do. Returns how many left.

    The mail holds numbers and an address, no names: what waits is read behind the sign-in.
    """
    return sum(_digest(user, chosen, today) for user, chosen in _readers(today))


def _readers(today: date) -> list[tuple[User, str]]:
    """Who reads an inbox, once for each Ambito or company it is read in."""
    held = (
        Membership.objects.in_force(today)
        .filter(Q(role__in=ASKED, ambito__isnull=False) | Q(role=Role.COMPANY_TUTOR), user__is_active=True)
        .select_related("user")
    )
    found = {(m.user_id, f"company:{m.company_id}" if m.company_id else f"ambito:{m.ambito_id}"): m.user for m in held.order_by("id")}
    return [(user, chosen) for (_pk, chosen), user in found.items()]


def _digest(user: User, chosen: str, today: date) -> bool:
    access = access_for(user, chosen=chosen)
    with scope(access.scope):
        todos = inbox(access, today).mine
        new = [t for t in todos if t.is_mandatory and t.created_at > timezone.now() - timedelta(days=1)]
        if not todos or not (new or today.weekday() == DIGEST_WEEKDAY):
            return False
        return _write(user, access, todos, new, today)


def _write(user: User, access: Access, todos: list[Todo], new: list[Todo], today: date) -> bool:
    about = access.ambito or Ambito.objects.filter(pk__in=access.ambiti).order_by("pk").first()
    if about is None:
        return False
    by = Access.system(network_id=access.network_id, ambito_id=about.pk, reason="digest")
    context = {
        "user": user,
        "place": access.ambito,
        "count": len(todos),
        "late": sum(1 for t in todos if t.due_on and t.due_on < today),
        "soonest": next((t.due_on for t in todos if t.due_on and t.due_on >= today), None),
        "new": len(new),
        "url": f"{settings.BASE_URL}{reverse('desk:inbox')}",
    }
    kind, subject = (URGENT, _("Una scadenza di legge ti aspetta")) if new else (DIGEST, _("Le cose da fare di questa settimana"))
    with suppress(messages.TooSoon), scope(by.scope):  # a company user's own scope writes no messages
        messages.send(
            kind=kind,
            address=user.email,
            language=user.language,
            subject=subject,
            template="desk/email/digest.txt",
            context=context,
            by=by,
            about=about,
            cooldown=DAY,
        )
        return True
    return False
