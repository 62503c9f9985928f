"""The second factor: whom it is asked of, apps that make codes, passkeys, recovery codes, trusted browsers, and its reset by somebody else.

Whoever calls a check has counted the guess before (`core.guesses`): nothing here can be tried out.
"""

import base64
import secrets
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    UserVerificationRequirement,
)

from impresasolidale.core.audit import record_fact
from impresasolidale.core.context import PRODUCT_NAME
from impresasolidale.core.errors import DomainError
from impresasolidale.core.fields import lookup_hash
from impresasolidale.core.messages import TooSoon, send
from impresasolidale.core.scope import scope as scope_of

from . import rules
from .access import Access, access_for, hash_token
from .models import Factor, Membership, RecoveryCode, TrustedDevice, User, new_token
from .permissions import Permission
from .sessions import end_everywhere

CODES = 10  # recovery codes a sheet
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # none that looks like another
LENGTH = 10  # of a recovery code: 31**10, and ten guesses an hour


# --- Whom it is asked of


def is_needed(user: User, today: date) -> bool:
    """Whether a role that the user holds asks for a second factor, by the list of its network."""
    if settings.SECOND_FACTOR != "required":
        return False
    held = Membership.objects.in_force(today).filter(user=user).values_list("role", "network__code")
    return any(role in roles_of(network) for role, network in held)


def roles_of(network_code: str) -> frozenset[str]:
    """The roles of a network that need one: the installation's, or the network's own where it has a list."""
    own = settings.SECOND_FACTOR_ROLES_OF.get(network_code)
    return frozenset(settings.SECOND_FACTOR_ROLES if own is None else filter(None, own.split("|")))


def factors_of(user: User) -> list[Factor]:
    return list(user.factors.order_by("created_at", "id"))


def gate_of(user: User, today: date) -> rules.Gate:
    """What the password of this user opens today; the first day it is asked for is kept."""
    needed = is_needed(user, today)
    if needed and user.asked_on is None:
        user.asked_on = today
        user.save(update_fields=["asked_on"])
    return rules.gate(
        needed=needed,
        has=user.factors.exists(),
        asked_on=user.asked_on,
        grace_days=settings.SECOND_FACTOR_GRACE_DAYS,
        today=today,
    )


def last_day_of_grace(user: User) -> date | None:
    """Until when choosing one may wait."""
    return user.asked_on + timedelta(days=settings.SECOND_FACTOR_GRACE_DAYS - 1) if user.asked_on else None


# --- An app that makes codes


def new_secret() -> str:
    """Twenty random bytes in base32, as RFC 4226 wants them."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def app_address(user: User, secret: str) -> str:
    """What the QR says to the app."""
    label, issuer = quote(f"{PRODUCT_NAME}:{user.email}"), quote(PRODUCT_NAME)
    return f"otpauth://totp/{label}?secret={secret}&issuer={issuer}&digits={rules.DIGITS}&period={rules.STEP}"


@transaction.atomic
def add_app(*, user: User, secret: str, code: str, name: str, by: Access, now: datetime) -> Factor:
    """Keep an app whose first code was right. Raises DomainError (field "code")."""
    step = rules.right_step(secret, digits(code), now=now, after=0)
    if step is None:
        raise DomainError(_("Il codice non corrisponde. Scrivi quello che l’app mostra adesso."), field="code")
    row = Factor.objects.create(user=user, kind=Factor.Kind.APP, name=name.strip() or _("App dei codici"), secret=secret, last_step=step)
    _changed(user, by)
    record_fact("accounts.factor.added", row, by=by, kind=row.kind)
    return row


def digits(code: str) -> str:
    return "".join(code.split()).replace("-", "").lower()


def accept_code(*, user: User, code: str, now: datetime) -> str:
    """ "app" or "recovery": which of the user's codes this is; it is never accepted again. Empty when it is none."""
    said = digits(code)
    if len(said) == rules.DIGITS and said.isdecimal():
        for row in user.factors.filter(kind=Factor.Kind.APP):
            step = rules.right_step(row.secret, said, now=now, after=row.last_step)
            # Of two who send the same code at once, one moves the step.
            if step and Factor.objects.filter(pk=row.pk, last_step__lt=step).update(last_step=step, used_at=now):
                return "app"
        return ""
    if len(said) == LENGTH:
        used = RecoveryCode.objects.filter(user=user, code_hash=_recovery_hash(user, said), used_at=None).update(used_at=now)
        return "recovery" if used else ""
    return ""


# --- Recovery codes


def _recovery_hash(user: User, code: str) -> str:
    return lookup_hash(f"recovery {user.pk} {code}")


@transaction.atomic
def new_recovery_codes(*, user: User, by: Access) -> list[str]:
    """A new sheet; the one before is worth nothing any more. They are shown once and kept nowhere."""
    RecoveryCode.objects.filter(user=user).delete()
    codes = ["".join(secrets.choice(ALPHABET) for _n in range(LENGTH)) for _code in range(CODES)]
    RecoveryCode.objects.bulk_create([RecoveryCode(user=user, code_hash=_recovery_hash(user, code)) for code in codes])
    record_fact("accounts.recovery_codes.made", user, by=by)
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def recovery_codes_left(user: User) -> int:
    return RecoveryCode.objects.filter(user=user, used_at=None).count()


# --- Passkeys


def passkey_server(origin: str) -> Fido2Server:
    """Of the host that the visitor wrote (one of ALLOWED_HOSTS). `origin`: scheme, host and port of this very request."""
    host = urlsplit(origin).hostname or ""
    return Fido2Server(PublicKeyCredentialRpEntity(id=host, name=PRODUCT_NAME), verify_origin=lambda said: said == origin)


def may_have_passkeys(origin: str) -> bool:
    """Browsers know passkeys over TLS and on this very machine by its name; never for a host that is a number."""
    parts = urlsplit(origin)
    host = parts.hostname or ""
    return (parts.scheme == "https" or host == "localhost") and not host.replace(".", "").isdigit() and ":" not in host


def _known(user: User) -> list[AttestedCredentialData]:
    rows = user.factors.filter(kind=Factor.Kind.PASSKEY)
    return [AttestedCredentialData(websafe_decode(row.credential)) for row in rows]


def begin_passkey(*, user: User, origin: str) -> tuple[dict[str, Any], Any]:
    """(what the browser is asked, what the session keeps) to register a new one."""
    entity = PublicKeyCredentialUserEntity(id=user.public_id.bytes, name=user.email, display_name=str(user))
    options, state = passkey_server(origin).register_begin(entity, _known(user), user_verification=UserVerificationRequirement.REQUIRED)
    return dict(options)["publicKey"], state


@transaction.atomic
def add_passkey(*, user: User, origin: str, state: Any, answer: Mapping[str, Any], name: str, by: Access) -> Factor:
    """Keep the passkey that a browser has just made. Raises DomainError for an answer that is not to our question."""
    try:
        made = passkey_server(origin).register_complete(state, answer)
        data = made.credential_data
        assert data
        with transaction.atomic():
            row = Factor.objects.create(
                user=user,
                kind=Factor.Kind.PASSKEY,
                name=name.strip() or _("Passkey"),
                credential_id=websafe_encode(data.credential_id),
                credential=websafe_encode(data),
                sign_count=made.counter,
            )
    except (ValueError, KeyError, TypeError, AttributeError, IntegrityError, AssertionError) as error:
        raise DomainError(_("Il dispositivo non ha dato una risposta che riconosciamo: prova di nuovo.")) from error
    _changed(user, by)
    record_fact("accounts.factor.added", row, by=by, kind=row.kind)
    return row


def ask_passkey(*, user: User, origin: str) -> tuple[dict[str, Any], Any]:
    """(what the browser is asked, what the session keeps) to prove that one of the user's passkeys is there."""
    options, state = passkey_server(origin).authenticate_begin(_known(user), UserVerificationRequirement.REQUIRED)
    return dict(options)["publicKey"], state


def accept_passkey(*, user: User, origin: str, state: Any, answer: Mapping[str, Any], now: datetime) -> bool:
    """Whether the answer is one of the user's passkeys' to our question, and its counter did not go back (a copy of the key)."""
    try:
        found = passkey_server(origin).authenticate_complete(state, _known(user), answer)
        count = AuthenticationResponse.from_dict(answer).response.authenticator_data.counter
    except (ValueError, KeyError, TypeError, AttributeError):
        return False
    rows = Factor.objects.filter(user=user, credential_id=websafe_encode(found.credential_id))
    # A counter that stays at nought is of an authenticator that has none (WebAuthn §6.1.1).
    rows = rows.filter(sign_count__lt=count) if count else rows.filter(sign_count=0)
    return bool(rows.update(sign_count=count, used_at=now))


# --- Trusted browsers


def trust_device(*, user: User, device: str, now: datetime) -> str:
    """The secret of a browser where the factor is not asked again for a while; returned once, for its cookie."""
    token = new_token()
    TrustedDevice.objects.filter(user=user, expires_at__lte=now).delete()
    TrustedDevice.objects.create(
        user=user, token_hash=hash_token(token), device=device, expires_at=now + timedelta(days=settings.REMEMBER_DEVICE_DAYS)
    )
    return token


def is_trusted(*, user: User, token: str, now: datetime) -> bool:
    if not token or not settings.REMEMBER_DEVICE_DAYS:
        return False
    return TrustedDevice.objects.filter(user=user, token_hash=hash_token(token), expires_at__gt=now).exists()


# --- Changes


def _changed(user: User, by: Access) -> None:
    """Sessions elsewhere end, and the user is written to: who did not do it learns it."""
    end_everywhere(user)
    _tell(user, by, kind="accounts.factor_changed", template="accounts/email/factor_changed.txt")


def _tell(user: User, by: Access, *, kind: str, template: str) -> None:
    network_id = by.network_id or access_for(user).network_id  # who has still to choose one acts in no network yet
    if not network_id:
        return
    sender = Access.system(network_id=network_id, ambito_id=None, reason="a second factor changed")
    with scope_of(sender.scope), suppress(TooSoon):  # it was said a moment ago
        send(
            kind=kind,
            address=user.email,
            language=user.language,
            subject=gettext_lazy("Il tuo accesso a Impresasolidale"),
            template=template,
            context={"user": user},
            by=sender,
            about=user,
        )


@transaction.atomic
def remove_factor(*, factor: Factor, by: Access, today: date) -> None:
    """One of one's own. Raises DomainError for the last one of who needs one: first choose another."""
    user = User.objects.select_for_update(of=("self",), no_key=True).get(pk=factor.user_id)
    if user.factors.count() == 1 and is_needed(user, today):
        raise DomainError(_("È l’unico che hai e il tuo ruolo lo chiede: prima aggiungine un altro."))
    record_fact("accounts.factor.removed", factor, by=by, kind=factor.kind)
    factor.delete()
    if not user.factors.exists():
        RecoveryCode.objects.filter(user=user).delete()
    _changed(user, by)


@transaction.atomic
def reset_factors(*, user: User, reason: str, by: Access, today: date) -> int:
    """Take away all that a colleague has: a telephone was lost. Never one's own, never without a reason; how many there were.

    Only in the office of the first role that still holds: a role is given without asking who gets it, and any office may give one more.
    At the next sign-in the colleague chooses a new one at once, without days of grace.
    """
    by.require(Permission.MANAGE_USERS)
    if user.pk == by.actor_id:
        raise DomainError(_("Il tuo lo può azzerare solo un’altra persona."))
    held = Membership.objects.exclude(valid_to__lt=today).filter(user=user).order_by("id")
    if not by.system_reason and held.values_list("ambito_id", flat=True).first() != by.ambito_id:
        raise DomainError(_("Il suo accesso è di un altro ufficio: lo azzera quello, oppure chi cura l’installazione."))
    if not reason.strip():
        raise DomainError(_("Scrivi il motivo: resta nella storia."), field="reason")
    row = User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
    count = row.factors.count()
    row.factors.all().delete()
    RecoveryCode.objects.filter(user=row).delete()
    row.asked_on = today - timedelta(days=settings.SECOND_FACTOR_GRACE_DAYS)
    row.save(update_fields=["asked_on"])
    record_fact("accounts.factor.reset", row, by=by, reason=reason.strip(), count=count)
    end_everywhere(row)
    _tell(row, by, kind="accounts.factor_reset", template="accounts/email/factor_reset.txt")
    return count
