"""What an installation must have before it starts."""

import base64
import binascii
import logging
import re
from typing import Any

from django.conf import settings
from django.core.checks import Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connection

log = logging.getLogger(__name__)


@register(Tags.security)
def secrets_are_set(app_configs: Any, **kwargs: Any) -> list[Error]:
    errors = []
    if not settings.FIELD_KEYS or not settings.LOOKUP_KEY:
        errors.append(Error("FIELD_KEYS and LOOKUP_KEY must be set.", id="core.E001"))
    for key in settings.FIELD_KEYS:
        try:
            good = len(base64.b64decode(key, validate=True)) == 32
        except binascii.Error:
            good = False
        if not good:
            errors.append(Error("Each of FIELD_KEYS must be 32 bytes in base64.", id="core.E002"))
    return errors


@register(Tags.database)
def connection_is_safe(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[Error]:
    """The web's role must not see past row-level security; an acknowledged commit must survive a crash."""
    if not databases or settings.DATABASE_AS_OWNER:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user),"
            " EXISTS (SELECT 1 FROM pg_class WHERE relname = 'core_job' AND relowner = current_user::regrole)"
        )
        strong, owner = cursor.fetchone()
    errors = []
    if strong or owner:
        errors.append(Error("DATABASE_URL must name the application role, not the owner of the tables nor a superuser.", id="core.E003"))
    if settings.DURABLE_DATABASE and not remembers():
        errors.append(Error("fsync and synchronous_commit must be on.", id="core.E004"))
    return errors


def remembers() -> bool:
    """Whether what the database confirmed survives a crash. One query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('fsync') = 'on' AND current_setting('synchronous_commit') <> 'off'")
        return bool(cursor.fetchone()[0])


def refuse_unsafe_database() -> None:
    """Before a process of a real installation takes work: raises ImproperlyConfigured on a database that may lose or show too much.

    One that is away is not judged: pages wait for it, and `/readyz` judges it when it is back (core.health).
    """
    if not settings.DURABLE_DATABASE:
        return
    try:
        errors = connection_is_safe(None, databases=["default"])
    except OperationalError:
        log.warning("the database does not answer: started without having looked at it")
        errors = []
    finally:
        connection.close()  # no child inherits it
    if errors:
        raise ImproperlyConfigured(" ".join(f"{error.id}: {error.msg}" for error in errors))


# Over TLS; on this machine, to try it, without.
ORIGIN = re.compile(r"https://(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d{1,5})?|http://(?:localhost|127\.0\.0\.1)(?::\d{1,5})?")


@register(Tags.security)
def origins_are_whole(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Who may show our pages inside theirs is written host by host: a wider word would let in everybody, or another rule of the policy."""
    wrong = [origin for origin in settings.EMBED_ORIGINS if not ORIGIN.fullmatch(origin)]
    hint = "Each of EMBED_ORIGINS is like https://www.comune.example.it, without a path."
    return [Error(f"{origin!r} is no origin that may frame us.", hint=hint, id="core.E005") for origin in wrong]
