"""Keys for other programs: made by their owner for one Ambito, for some scopes and days; ended by the owner, by who manages users, and
by a new password or the end of the last role there."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError
from impresasolidale.core.scope import scope as scope_of

from .access import Access, hash_token
from .models import ApiToken, User, new_token
from .permissions import Permission
from .scopes import offered_to

LONGEST = timedelta(days=366)
MOST = 20  # living keys of one user


def tokens(access: Access) -> QuerySet[ApiToken]:
    """One's own keys of the active Ambito; for who manages users those of the whole office. The living first, then the last made."""
    rows = ApiToken.objects.filter(ambito_id=access.ambito_id).select_related("user")
    rows = rows if access.may(Permission.MANAGE_USERS) else rows.filter(user=access.actor)
    return rows.order_by(F("revoked_at").asc(nulls_first=True), "-expires_at", "id")


def token_for(access: Access, public_id: UUID) -> ApiToken:
    return get_object_or_404(tokens(access), public_id=public_id)


@transaction.atomic
def make_token(*, name: str, scopes: Collection[str], expires_at: datetime, by: Access, now: datetime) -> str:
    """The key, returned once and kept nowhere. Raises DomainError for scopes that the owner's roles do not give, or too long a life."""
    if by.actor_id is None or by.ambito_id is None or by.granted is not None:
        raise PermissionDenied(_("Le chiavi per programmi sono di chi lavora in un Ambito."))
    wanted = frozenset(scopes)
    if not wanted:
        raise DomainError(_("Scegli almeno una cosa che il programma può fare."), field="scopes")
    if wanted - {code for code, _words in offered_to(by.permissions)}:
        raise DomainError(_("Una chiave non può fare più di te."), field="scopes")
    if not now < expires_at <= now + LONGEST:
        raise DomainError(_("Una chiave dura da un giorno a un anno."), field="expires_on")
    user = User.objects.select_for_update(of=("self",), no_key=True).get(pk=by.actor_id)
    if ApiToken.objects.filter(user=user, revoked_at=None, expires_at__gt=now).count() >= MOST:
        raise DomainError(_("Hai già %(n)d chiavi: togline una che non serve più.") % {"n": MOST})
    token = new_token()
    row = ApiToken.objects.create(
        user=user, name=name, token_hash=hash_token(token), ambito_id=by.ambito_id, scopes=sorted(wanted), expires_at=expires_at
    )
    record_fact("accounts.token.made", row, by=by, scopes=row.scopes)
    return token


@transaction.atomic
def end_token(*, token: ApiToken, by: Access, now: datetime) -> None:
    """The key opens nothing more, from this moment. Done again, nothing changes."""
    row = ApiToken.objects.select_for_update(of=("self",), no_key=True).get(pk=token.pk, ambito_id=by.ambito_id)
    if row.user_id != by.actor_id:
        by.require(Permission.MANAGE_USERS)
    if row.revoked_at is None:
        row.revoked_at = now
        row.save(update_fields=["revoked_at"])
        record_fact("accounts.token.ended", row, by=by, reason=by.system_reason)


def end_tokens_of(user: User, *, why: str, now: datetime, **where: Any) -> None:
    """All the living keys of a user, or those `where`, open nothing more: what they were made with is no longer true.

    Whoever causes it may reach none of them: the application ends each in its own Ambito, and says why.
    """
    for row in ApiToken.objects.filter(user=user, revoked_at=None, expires_at__gt=now, **where).select_related("ambito"):
        there = Access.system(network_id=row.ambito.network_id, ambito_id=row.ambito_id, reason=why)
        with scope_of(there.scope):
            end_token(token=row, by=there, now=now)
