"""Sign-in at the body's own provider (OpenID Connect): code flow with PKCE, state and nonce; the token's signature, issuer, audience and
times are checked with joserfc.

Two uses: office users, matched to an invited user and never made anew; and the area of the person, by the codice fiscale (docs/adr/0036).
"""

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from impresasolidale.core import outside
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError
from impresasolidale.core.scope import scope as scope_of

from .access import Access
from .models import Membership, OutsideIdentity, User

ALGORITHMS = ["RS256", "PS256", "ES256", "RS384", "PS384", "ES384", "RS512", "PS512", "ES512"]  # signatures of a key pair alone
PATIENCE = 5.0  # seconds for one answer of the provider
LEEWAY = 60  # seconds that two clocks may differ
GOOD_FOR = timedelta(minutes=10)  # to sign in over there
OLDEST = 600  # seconds since a token was made
KEPT = 3600  # seconds that the provider's description is kept


@dataclass(frozen=True)
class Provider:
    """What the provider says of itself (OpenID Connect Discovery)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    end_session_endpoint: str = ""


@dataclass(frozen=True)
class Asked:
    """One way to the provider and back: what the session keeps."""

    state: str
    nonce: str
    verifier: str
    purpose: str  # "office" or "area"
    wanted: str
    at: str

    @property
    def challenge(self) -> str:
        return base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()


class NotBelieved(DomainError):
    """What came back is not an answer of the provider to our question."""


def is_connected() -> bool:
    return bool(settings.OIDC_ISSUER and settings.OIDC_CLIENT_ID)


def provider() -> Provider:
    """Raises NotBelieved when it cannot be reached, or describes another issuer."""
    return _provider(settings.OIDC_ISSUER, int(time.monotonic() // KEPT))


@lru_cache(maxsize=4)
def _provider(issuer: str, _hour: int) -> Provider:
    found = _json(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    if found.get("issuer") != issuer:
        raise not_believed()
    names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    if not all(_is_safe(str(found.get(name, ""))) for name in names):
        raise not_believed()
    leave = str(found.get("end_session_endpoint", ""))
    start, token, keys = (str(found[name]) for name in names)
    return Provider(issuer, start, token, keys, leave if _is_safe(leave) else "")


@lru_cache(maxsize=4)
def _keys(address: str, _when: int) -> KeySet:
    try:
        return KeySet.import_key_set(_json(address))  # type: ignore[arg-type]
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise not_believed() from error


def _is_safe(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost"})


def _json(url: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> dict[str, Any]:
    if not _is_safe(url):
        raise not_believed()
    try:
        said = outside.get(url, timeout=PATIENCE) if body is None else outside.post(url, body, headers=headers or {}, timeout=PATIENCE)
        found = json.loads(said)
    except outside.Refused as error:
        raise not_believed() from error
    except (OSError, ValueError) as error:
        raise DomainError(_("L’accesso del tuo ente adesso non risponde: riprova tra poco, oppure entra con la password.")) from error
    if not isinstance(found, dict):
        raise not_believed()
    return found


def not_believed() -> NotBelieved:
    return NotBelieved(_("L’accesso del tuo ente ha dato una risposta che non riconosciamo: ricomincia da capo."))


# --- There


def ask(*, purpose: str, wanted: str, now: datetime) -> Asked:
    word = secrets.token_urlsafe
    return Asked(word(32), word(32), word(64), purpose, wanted, now.isoformat())


def address_of(asked: Asked, *, back: str) -> str:
    """Where the browser signs in. `back`: our own address, whole."""
    fields = {
        "response_type": "code",
        "client_id": settings.OIDC_CLIENT_ID,
        "redirect_uri": back,
        "scope": settings.OIDC_SCOPE,
        "state": asked.state,
        "nonce": asked.nonce,
        "code_challenge": asked.challenge,
        "code_challenge_method": "S256",
    }
    if settings.OIDC_ACR_VALUES:
        fields["acr_values"] = settings.OIDC_ACR_VALUES
    start = provider().authorization_endpoint
    return f"{start}{'&' if '?' in start else '?'}{urlencode(fields, quote_via=quote)}"


def way_out(*, back: str) -> str:
    """Where the browser signs out over there too; empty when the provider has no such page."""
    leave = provider().end_session_endpoint
    fields = {"client_id": settings.OIDC_CLIENT_ID, "post_logout_redirect_uri": back}
    return f"{leave}{'&' if '?' in leave else '?'}{urlencode(fields, quote_via=quote)}" if leave else ""


# --- And back


def claims_of(asked: Asked, said: Mapping[str, str], *, back: str, now: datetime) -> dict[str, Any]:
    """What the provider states of who came back with `said` (the address's own fields). Raises DomainError: nobody is let in."""
    if datetime.fromisoformat(asked.at) < now - GOOD_FOR or not constant_time_compare(said.get("state", ""), asked.state):
        raise not_believed()
    if said.get("iss", settings.OIDC_ISSUER) != settings.OIDC_ISSUER:  # RFC 9207: another provider's answer
        raise not_believed()
    if "error" in said:
        raise DomainError(_("L’accesso del tuo ente si è fermato: se non l’hai fermato tu, chiedi al suo ufficio informatico."))
    if not said.get("code"):
        raise not_believed()
    return read_token(_token(said["code"], asked, back), nonce=asked.nonce, now=now)


def _token(code: str, asked: Asked, back: str) -> str:
    """The code for the token, once: the provider takes no code twice, and none without our verifier."""
    fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": asked.verifier}
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    if settings.OIDC_CLIENT_SECRET:
        pair = f"{quote(settings.OIDC_CLIENT_ID, safe='')}:{quote(settings.OIDC_CLIENT_SECRET, safe='')}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    else:
        fields["client_id"] = settings.OIDC_CLIENT_ID
    found = _json(provider().token_endpoint, urlencode(fields).encode(), headers)
    return str(found.get("id_token", ""))


def read_token(token: str, *, nonce: str, now: datetime) -> dict[str, Any]:
    """The claims of an ID token that is the provider's, for us, of now, and of this very sign-in (OpenID Connect Core §3.1.3.7)."""
    claims = _signed(token)
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    seconds = now.timestamp()
    times = [claims.get(name) for name in ("exp", "iat")]
    if not all(isinstance(each, int | float) and not isinstance(each, bool) for each in times):
        raise not_believed()
    good = (
        claims.get("iss") == settings.OIDC_ISSUER
        and settings.OIDC_CLIENT_ID in audiences
        and (len(audiences) == 1 or claims.get("azp") == settings.OIDC_CLIENT_ID)
        and claims.get("azp", settings.OIDC_CLIENT_ID) == settings.OIDC_CLIENT_ID
        and claims["exp"] > seconds - LEEWAY
        and seconds - OLDEST < claims["iat"] < seconds + LEEWAY
        and constant_time_compare(str(claims.get("nonce", "")), nonce)
        and isinstance(claims.get("sub"), str)
        and claims["sub"] != ""
    )
    if not good:
        raise not_believed()
    return claims


def _signed(token: str) -> dict[str, Any]:
    """The claims under a signature of the provider's. A key that we do not know yet is asked for once a minute: they change."""
    address = provider().jwks_uri
    for when in (-int(time.monotonic() // KEPT) - 1, int(time.monotonic() // 60)):
        try:
            return dict(jwt.decode(token, _keys(address, when), algorithms=ALGORITHMS).claims)
        except (JoseError, ValueError, KeyError, TypeError):
            continue
    raise not_believed()


def is_strong(claims: Mapping[str, Any]) -> bool:
    """Whether the provider asked for a second factor, as far as the settings believe its words (acr, amr)."""
    methods = claims.get("amr")
    return claims.get("acr") in settings.OIDC_STRONG_ACR or bool(
        {*(methods if isinstance(methods, list) else ())} & {*settings.OIDC_STRONG_AMR}
    )


# --- Who it is


@transaction.atomic
def user_for(claims: Mapping[str, Any], *, today: date) -> User:
    """The invited user this is: by issuer and subject, the first time by a verified address. Raises DomainError; makes nobody."""
    known = OutsideIdentity.objects.filter(issuer=claims["iss"], subject=claims["sub"]).select_related("user").first()
    if known:
        return _active(known.user, today)
    address = str(claims.get(settings.OIDC_EMAIL_CLAIM) or "").strip().lower()
    if not address or not (claims.get("email_verified") is True or settings.OIDC_TRUST_EMAIL):
        raise _unknown()
    user = User.objects.filter(email=address).first()
    if user is None:
        raise _unknown()
    user = _active(user, today)
    try:
        with transaction.atomic():
            row = OutsideIdentity.objects.create(user=user, issuer=claims["iss"], subject=claims["sub"])
    except IntegrityError as error:  # another subject has this user: an address was given to somebody else over there
        raise _unknown() from error
    by = Access(actor=user, network_id=None, ambito_id=None)
    with scope_of(by.scope):
        record_fact("accounts.outside_identity.bound", user, by=by, identity=row.pk)
    return user


def _active(user: User, today: date) -> User:
    if not user.is_active or not Membership.objects.in_force(today).filter(user=user).exists():
        raise _unknown()
    return user


def _unknown() -> DomainError:
    return DomainError(_("Qui non c’è un accesso a tuo nome: chiedi al coordinatore di invitarti, con l’indirizzo che usi nel tuo ente."))


def fiscal_code_of(claims: Mapping[str, Any]) -> str:
    """The codice fiscale that the provider states, at a level that the settings believe (docs/adr/0021). Raises DomainError."""
    if settings.OIDC_AREA_ACR and claims.get("acr") not in settings.OIDC_AREA_ACR:
        raise DomainError(_("Serve un’identità digitale di livello 2: entra di nuovo, con la conferma sul telefono."))
    code = claims.get(settings.OIDC_CODE_CLAIM)
    if not code:
        raise DomainError(_("L’identità digitale non dice un codice fiscale che riconosciamo: telefona all’ufficio."))
    return str(code)
