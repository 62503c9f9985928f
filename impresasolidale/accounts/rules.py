"""The sign-in as values: who needs a second factor, which code is right, when a session or an unused access ends."""

import base64
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from hmac import compare_digest

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

STEP = 30  # seconds a code of an app is good for (RFC 6238)
DIGITS = 6
DRIFT = 1  # steps before and after ours that are believed: clocks of telephones
SUPPORT = timedelta(minutes=60)  # the longest visit of a technician


class Gate(StrEnum):
    """What a password alone opens."""

    OPEN = "open"  # no second factor is asked of this user
    OFFERED = "offered"  # it is asked, and may still wait
    CLOSED = "closed"  # nothing but choosing one
    ASK = "ask"  # the factor that the user has


def gate(*, needed: bool, has: bool, asked_on: date | None, grace_days: int, today: date) -> Gate:
    """`asked_on`: the day it was first asked for. Who has a factor is asked for it, needed or not."""
    if has:
        return Gate.ASK
    if not needed:
        return Gate.OPEN
    return Gate.OFFERED if grace_days and (today - (asked_on or today)).days < grace_days else Gate.CLOSED


def step_of(now: datetime) -> int:
    """The number of the half minute of a moment."""
    return int(now.timestamp()) // STEP


def code_of(secret: str, step: int) -> str:
    """The six digits of a base32 secret in one half minute. SHA-1 is what all apps know; in an HMAC it holds."""
    key = base64.b32decode(secret)
    return TOTP(key, DIGITS, SHA1(), STEP, enforce_key_length=False).generate(step * STEP).decode()  # noqa: S303


def right_step(secret: str, code: str, *, now: datetime, after: int) -> int | None:
    """The half minute whose code this is, among ours and its neighbours and later than `after`; None when it is none of them."""
    here = step_of(now)
    found = [step for step in range(here - DRIFT, here + DRIFT + 1) if compare_digest(code_of(secret, step).encode(), code.encode())]
    return next((step for step in found if step > after), None)


def idle_limit(roles: Collection[str], *, usual: int, others: Mapping[str, str]) -> timedelta:
    """How long a session may rest: the shortest of its roles. Minutes; `others` names roles that differ."""
    return timedelta(minutes=min((int(others.get(role, usual)) for role in roles), default=usual))


def ended(*, started_at: datetime, seen_at: datetime, idle: timedelta, whole: timedelta, now: datetime) -> str:
    """Why a session is over: "idle", "whole", or nothing while it goes on."""
    if now - started_at > whole:
        return "whole"
    return "idle" if now - seen_at > idle else ""


def unused(*, last_used: date, warned_on: date | None, today: date, months: int, warning_days: int) -> str:
    """What is due to an access that nobody uses: "warn", "close", or nothing. It is never closed before its warning is that old."""
    end = last_used + timedelta(days=round(months * 365 / 12))
    if today < end - timedelta(days=warning_days):
        return ""
    if warned_on is None or warned_on < last_used:
        return "warn"
    return "close" if today >= max(end, warned_on + timedelta(days=warning_days)) else ""
