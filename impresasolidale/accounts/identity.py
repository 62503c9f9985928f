"""Digital identities (SPID, CIE): one interface, off until a body connects its own sign-in (docs/adr/0021).

The application is no service provider of SPID or CIE: the body has one already, before whatever it offers its citizens (OIDC or SAML,
by a proxy in front). What reaches us is what that proxy found out, once, on the one address of the door.
"""

import hmac
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from impresasolidale.core import validators
from impresasolidale.core.errors import DomainError
from impresasolidale.core.fields import decrypt, lookup_hash

LEAST_LEVEL = 2  # of assurance: a password with a second factor (SPID level 2, CIE level 2)


@dataclass(frozen=True)
class Identity:
    """Who somebody proved to be: the keyed hash of the codice fiscale, omocodia resolved, and nothing else."""

    code_hash: str


class Door(Protocol):
    """What a body's sign-in found out, read from the request it passes on."""

    def read(self, request: HttpRequest) -> str | None:
        """The codice fiscale, as the sign-in says it (`TINIT-` in front or not); None when nobody signed in there."""


class Proxy:
    """A proxy that has signed the citizen in and passes the claims on as headers, with a secret that only the two know.

    The web server in front must take these headers away from everybody else's requests; the secret is the second wall.
    """

    def read(self, request: HttpRequest) -> str | None:
        said = request.headers.get("X-Identity-Secret", "")
        if not settings.IDENTITY_SECRET or not hmac.compare_digest(said.encode(), settings.IDENTITY_SECRET.encode()):
            return None
        level = "".join(c for c in request.headers.get(settings.IDENTITY_LEVEL_HEADER, "") if c.isdigit())[-1:]
        if not level or int(level) < LEAST_LEVEL:
            raise DomainError(_("Serve un'identità digitale di livello 2: entra di nuovo, con la conferma sul telefono."))
        return request.headers.get(settings.IDENTITY_HEADER) or None


CITIZEN = "citizen"  # what the provider said, in the session, encrypted, until the door of the area reads it
CITIZEN_PLACE = "accounts.citizen"
JUST_NOW = timedelta(minutes=2)


class OpenId:
    """The provider of `accounts.oidc`: a gateway of SPID and CIE that speaks OpenID Connect. What it said is read once."""

    start = "accounts:citizen"  # where nobody has signed in yet

    def read(self, request: HttpRequest) -> str | None:
        held = request.session.pop(CITIZEN, None)
        if held is None or datetime.fromisoformat(held["at"]) < timezone.now() - JUST_NOW:
            return None
        return decrypt(held["code"], place=CITIZEN_PLACE)


def start_of_door() -> str:
    """The name of the page where a citizen signs in first; empty where a proxy has seen to it."""
    return str(getattr(import_string(settings.IDENTITY_DOOR), "start", "")) if is_connected() else ""


def is_connected() -> bool:
    """Whether a body connected its sign-in."""
    return bool(settings.IDENTITY_DOOR)


def identity_of(request: HttpRequest, *, today: date) -> Identity | None:
    """Who knocks at the door; None when no sign-in is connected, or it signed nobody in. Raises DomainError for a code that is none."""
    if not is_connected():
        return None
    door: Any = import_string(settings.IDENTITY_DOOR)()
    said = door.read(request)
    if not said:
        return None
    try:
        code = validators.codice_fiscale(said.strip().upper().removeprefix("TINIT-"), today=today)
    except ValidationError as error:
        raise DomainError(_("L'identità digitale non dice un codice fiscale che riconosciamo: telefona all'ufficio.")) from error
    return Identity(lookup_hash(code.plain))
