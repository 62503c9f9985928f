"""A calendar to subscribe to (RFC 5545): events in UTC, lines folded at 75 octets, text escaped."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

PRODUCT = "-//Impresasolidale//Calendario//IT"
LINE = 75  # octets, without the line break (RFC 5545 §3.1)
CONTENT_TYPE = "text/calendar; charset=utf-8"


@dataclass(frozen=True)
class Event:
    """One appointment; `starts` and `ends` are aware. `uid` is the same each time the feed is read."""

    uid: str
    starts: datetime
    ends: datetime
    summary: str
    location: str = ""
    description: str = ""
    url: str = ""


def calendar_of(name: str, events: Iterable[Event], *, now: datetime) -> bytes:
    """The whole feed. `name` is what the calendar is called in the programs that know X-WR-CALNAME."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escape(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
    ]
    for event in events:
        lines += _event(event, now)
    return "".join(f"{part}\r\n" for line in [*lines, "END:VCALENDAR"] for part in fold(line)).encode()


def _event(event: Event, now: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{escape(event.uid)}"
    yield f"DTSTAMP:{_utc(now)}"
    yield f"DTSTART:{_utc(event.starts)}"
    yield f"DTEND:{_utc(event.ends)}"
    for name, text in (("SUMMARY", event.summary), ("LOCATION", event.location), ("DESCRIPTION", event.description)):
        if text:
            yield f"{name}:{escape(text)}"
    if event.url:
        yield f"URL:{event.url}"  # a URI is no text: nothing of it is escaped
    yield "END:VEVENT"


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def escape(text: str) -> str:
    """TEXT of RFC 5545 §3.3.11: backslash, semicolon and comma are escaped, a line break is written \\n; other controls are left out."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
    return "".join(c for c in text if (c >= " " and c != "\x7f") or c == "\t")


def fold(line: str) -> Iterator[str]:
    """The line in pieces of at most 75 octets; every piece but the first begins with a space. No character is cut in two."""
    piece, room = "", LINE
    for character in line:
        size = len(character.encode())
        if size > room:
            yield piece
            piece, room = " ", LINE - 1
        piece, room = piece + character, room - size
    yield piece
