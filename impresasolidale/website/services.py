"""Counting wrong guesses, so that codes and surnames cannot be tried out."""

from datetime import datetime, timedelta

from django.db import connection
from django.db.models import F, Sum

from impresasolidale.core.fields import lookup_hash

from .models import Miss
from .rules import MISSES_AN_HOUR


def _keys(address: str, code: str) -> list[str]:
    return [lookup_hash(f"verification address {address}"), *([lookup_hash(f"verification code {code}")] if code else [])]


def is_throttled(*, address: str, code: str, now: datetime) -> bool:
    """True after ten wrong guesses in the last hour from this address, or, when `code` is given, at this code from anywhere."""
    return _misses(address, code, now) >= MISSES_AN_HOUR


def may_guess(*, address: str, code: str, now: datetime) -> bool:
    """Count a guess as wrong before anybody looks at it; False when it is one too many.

    Its rows stay locked until the answer is sent, so guesses made at once wait for one another. `forgive` takes a right one back.
    """
    record_miss(address=address, code=code, now=now)
    return _misses(address, code, now) <= MISSES_AN_HOUR


def forgive(*, address: str, code: str, now: datetime) -> None:
    """The guess that was counted at `now` was right."""
    Miss.objects.filter(key__in=_keys(address, code), since=_slot(now)).update(count=F("count") - 1)


def _misses(address: str, code: str, now: datetime) -> int:
    """The misses of the last hour, of the address or of the code, whichever has more."""
    recent = Miss.objects.filter(key__in=_keys(address, code), since__gt=now - timedelta(hours=1))
    return max((row["total"] for row in recent.values("key").annotate(total=Sum("count"))), default=0)


def _slot(now: datetime) -> datetime:
    return now.replace(minute=now.minute - now.minute % 10, second=0, microsecond=0)


def record_miss(*, address: str, code: str, now: datetime) -> None:
    """Count one wrong guess; what is older than a day is forgotten. The answer must be sent without raising, or it is rolled back."""
    Miss.objects.filter(since__lt=now - timedelta(days=1)).delete()
    with connection.cursor() as cursor:
        for key in sorted(_keys(address, code)):
            cursor.execute(
                "INSERT INTO website_miss (key, since, count) VALUES (%s, %s, 1)"
                " ON CONFLICT (key, since) DO UPDATE SET count = website_miss.count + 1",
                [key, _slot(now)],
            )
