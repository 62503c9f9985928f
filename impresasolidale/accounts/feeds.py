"""The secret address of somebody's own calendar: made anew or ended by its user, asked by programs without a sign-in."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from impresasolidale.core.audit import record_fact

from .access import Access, hash_token
from .models import CalendarFeed, User, new_token


def live_feed(access: Access) -> CalendarFeed | None:
    return CalendarFeed.objects.filter(user_id=access.actor_id, revoked_at=None).first() if access.actor_id else None


def feed_user(token: str) -> User | None:
    """Whose calendar a secret opens; None when it was ended or never was. Read before any scope exists."""
    row = CalendarFeed.objects.filter(token_hash=hash_token(token), revoked_at=None, user__is_active=True).select_related("user").first()
    return row.user if row else None


@transaction.atomic
def open_feed(*, by: Access, now: datetime) -> str:
    """A new secret for one's own calendar; the one before stops working. The secret is returned once and kept nowhere."""
    user = _own(by)
    CalendarFeed.objects.filter(user=user, revoked_at=None).update(revoked_at=now)
    token = new_token()
    CalendarFeed.objects.create(user=user, token_hash=hash_token(token))
    record_fact("accounts.calendar.opened", user, by=by)
    return token


@transaction.atomic
def close_feed(*, by: Access, now: datetime) -> None:
    """The address stops working. Done again, nothing changes."""
    user = _own(by)
    if CalendarFeed.objects.filter(user=user, revoked_at=None).update(revoked_at=now):
        record_fact("accounts.calendar.closed", user, by=by)


def _own(by: Access) -> User:
    """The user, locked: two who press together get one address. A personal link has no calendar."""
    if by.actor_id is None:
        raise PermissionDenied
    return User.objects.select_for_update(of=("self",), no_key=True).get(pk=by.actor_id)
