"""Accesses that nobody uses: their users are written to a month before, then they are closed. Every night."""

from contextlib import suppress
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Coalesce, Greatest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from impresasolidale.core.audit import record_fact
from impresasolidale.core.messages import TooSoon, send
from impresasolidale.core.scope import scope as scope_of

from . import rules
from .access import Access
from .models import Membership, Session, User
from .sessions import end_everywhere
from .tokens import end_tokens_of


def look_at_all(*, today: date, now: datetime) -> dict[str, int]:
    """Warn and close; sessions that ran out are thrown away. Done again, nothing more happens. Returns how many of each."""
    done = {"warn": 0, "close": 0}
    long_ago = now - timedelta(days=round(settings.UNUSED_MONTHS * 365 / 12) - settings.UNUSED_WARNING_DAYS - 1)
    rows = User.objects.filter(is_active=True).alias(used_at=Greatest("created_at", Coalesce("last_login", "created_at")))
    for pk in rows.filter(used_at__lt=long_ago).order_by("pk").values_list("pk", flat=True):
        if step := _look_at(pk, today, now):
            done[step] += 1
    Session.objects.filter(expire_date__lt=now).delete()
    return done


@transaction.atomic
def _look_at(pk: int, today: date, now: datetime) -> str:
    user = User.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)
    last = timezone.localdate(max(filter(None, (user.created_at, user.last_login))))
    months, days = settings.UNUSED_MONTHS, settings.UNUSED_WARNING_DAYS
    step = rules.unused(last_used=last, warned_on=user.warned_on, today=today, months=months, warning_days=days)
    held = Membership.objects.in_force(today).filter(user=user).first()
    by = Access.system(network_id=held.network_id if held else 0, ambito_id=None, reason="nobody uses this access")
    if step == "warn":
        user.warned_on = today
        user.save(update_fields=["warned_on"])
        if held:  # of who opens nothing any more nobody asks whether to keep it
            with scope_of(by.scope):
                _warn(user, by, today + timedelta(days=days))
    if step == "close":
        user.is_active = False
        user.save(update_fields=["is_active"])
        if held:
            with scope_of(by.scope):
                record_fact("accounts.user.closed", user, by=by, reason="unused")
        end_everywhere(user)
        end_tokens_of(user, why="the access was closed", now=now)
    return step


def _warn(user: User, by: Access, day: date) -> None:
    with suppress(TooSoon):
        send(
            kind="accounts.unused",
            address=user.email,
            language=user.language,
            subject=gettext_lazy("Il tuo accesso a Impresasolidale"),
            template="accounts/email/unused.txt",
            context={"user": user, "day": day, "url": settings.BASE_URL + reverse("accounts:sign_in")},
            by=by,
            about=user,
        )
