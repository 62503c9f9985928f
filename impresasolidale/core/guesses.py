"""Counting wrong guesses, so that codes, surnames and personal links cannot be tried out."""

from datetime import datetime, timedelta

from django.db import connection
from django.db.models import F, Sum

from .fields import lookup_hash
from .models import Miss

MISSES_AN_HOUR = 10  # wrong guesses allowed, per visitor's address and per code


def _keys(place: str, address: str, code: str) -> list[str]:
    return [lookup_hash(f"{place} address {address}"), *([lookup_hash(f"{place} code {code}")] if code else [])]


def is_throttled(*, place: str, address: str, code: str, now: datetime) -> bool:
    """True after ten wrong guesses in the last hour from this address, or, when `code` is given, at this code from anywhere."""
    return _misses(_keys(place, address, code), now) >= MISSES_AN_HOUR


def may_guess(*, place: str, address: str, code: str, now: datetime) -> bool:
    """Count a guess as wrong before anybody looks at it; False when it is one too many.

    Its rows stay locked until the answer is sent, so guesses made at once wait for one another. `forgive` takes a right one back.
    """
    record_miss(place=place, address=address, code=code, now=now)
    return _misses(_keys(place, address, code), now) <= MISSES_AN_HOUR


def forgive(*, place: str, address: str, code: str, now: datetime) -> None:
    """The guess that was counted at `now` was right."""
    Miss.objects.filter(key__in=_keys(place, address, code), since=_slot(now)).update(count=F("count") - 1)


def _misses(keys: list[str], now: datetime) -> int:
    """The misses of the last hour, of the address or of the code, whichever has more."""
    recent = Miss.objects.filter(key__in=keys, since__gt=now - timedelta(hours=1))
    return max((row["total"] for row in recent.values("key").annotate(total=Sum("count"))), default=0)


def _slot(now: datetime) -> datetime:
    return now.replace(minute=now.minute - now.minute % 10, second=0, microsecond=0)


def record_miss(*, place: str, address: str, code: str, now: datetime) -> None:
    """Count one wrong guess; what is older than a day is forgotten. The answer must be sent without raising, or it is rolled back."""
    Miss.objects.filter(since__lt=now - timedelta(days=1)).delete()
    with connection.cursor() as cursor:
        for key in sorted(_keys(place, address, code)):
            cursor.execute(
                "INSERT INTO core_miss (key, since, count) VALUES (%s, %s, 1)"
                " ON CONFLICT (key, since) DO UPDATE SET count = core_miss.count + 1",
                [key, _slot(now)],
            )
