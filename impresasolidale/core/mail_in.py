"""Mail from outside, read with Python's own email package (RFC 5322, 2045 to 2047): who wrote, what is new in it, with which files.

Whatever is broken in a letter, something comes out of it: a letter that cannot be read is still a letter.
"""

import hashlib
import imaplib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as modern
from email.utils import getaddresses
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote, urlsplit

MOST_TEXT = 20_000  # characters of one letter
MOST_FILES = 10
ABOVE = "--- Scrivi sopra questa riga ---"  # in our letters: what stands under it in an answer is ours
IMAPS = 993  # RFC 8314
BULK = {"bulk", "junk", "list", "auto_reply"}  # RFC 2076 §3.9, and what answering machines write


@dataclass(frozen=True)
class Attached:
    name: str
    content: bytes


@dataclass(frozen=True)
class Incoming:
    """One letter. `key` names it: read twice, it is the same. `is_automatic`: an answering machine or a mail server wrote it."""

    key: str
    sender: str
    recipients: tuple[str, ...]
    subject: str
    text: str
    files: tuple[Attached, ...]
    is_automatic: bool


def read(raw: bytes) -> Incoming:
    """A letter in its bytes. Never raises: of what is broken the readable part is kept, of what no parser reads the beginning as it is."""
    try:
        return _read(raw)
    except Exception:  # parentheses nested by the thousand, and whatever else the parser itself does not bear
        text = _plain(raw[: 4 * MOST_TEXT].decode("utf-8", "replace"))[:MOST_TEXT]
        return Incoming(hashlib.sha256(raw).hexdigest(), "", (), "", text, (), is_automatic=False)


def _read(raw: bytes) -> Incoming:
    letter: Any = message_from_bytes(raw, policy=modern)
    senders = _addresses(letter, "From", "Sender")
    return Incoming(
        key=hashlib.sha256(_header(letter, "Message-ID").strip().encode() or raw).hexdigest(),
        sender=senders[0] if senders else "",
        recipients=tuple(dict.fromkeys(_addresses(letter, "To", "Cc", "Delivered-To", "X-Original-To"))),
        subject=" ".join(_header(letter, "Subject").split())[:160],
        text=new_part(_text(letter))[:MOST_TEXT],
        files=tuple(_files(letter))[:MOST_FILES],
        is_automatic=_is_automatic(letter),
    )


@dataclass(frozen=True)
class Bounced:
    """What a mail server says of a letter of ours (RFC 3464): which one, whose address, whether it gave up. `status`: RFC 3463's code."""

    message_ids: tuple[str, ...]
    recipient: str
    action: str
    status: str

    @property
    def is_final(self) -> bool:
        """It will not be tried again: failed for good (5.x.x), not delayed nor passed on."""
        return self.action == "failed" and not self.status.startswith(("2", "4"))


def bounce_in(raw: bytes) -> Bounced | None:
    """The delivery status notification in these bytes; None for any other letter. Never raises."""
    try:
        return _bounce_in(raw)
    except Exception:  # as above
        return None


def _bounce_in(raw: bytes) -> Bounced | None:
    letter: Any = message_from_bytes(raw, policy=modern)
    if letter.get_content_type() != "multipart/report":
        return None
    fields: dict[str, str] = {}
    ids: list[str] = []
    for part in letter.walk():
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            for block in part.get_payload() if isinstance(part.get_payload(), list) else ():
                for name in ("Final-Recipient", "Original-Recipient", "Action", "Status"):
                    if value := _header(block, name):
                        fields.setdefault(name, value)
        elif kind in ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers"):
            ids += _IDS.findall(_returned_headers(part))
    if not fields:
        return None
    recipient = (fields.get("Original-Recipient") or fields.get("Final-Recipient", "")).rpartition(";")[2].strip().strip("<>").lower()
    status = re.match(r"\s*(\d\.\d{1,3}\.\d{1,3})", fields.get("Status", ""))
    action = fields.get("Action", "").partition(";")[0].strip().lower()
    return Bounced(tuple(dict.fromkeys(ids))[:MOST_IDS], recipient[:254], action, status[1] if status else "")


MOST_IDS = 10  # a report is about one letter; each id is looked up
_IDS = re.compile(r"^message-id:\s*(<[^<>\s]{3,200}>)", re.IGNORECASE | re.MULTILINE)


def _returned_headers(part: Any) -> str:
    """The headers of the letter that came back, however they were put in."""
    inside = part.get_payload()
    if isinstance(inside, list):
        return "\n".join(f"Message-ID: {_header(each, 'Message-ID').strip()}" for each in inside)
    return _content(part)


def _header(letter: Any, name: str) -> str:
    try:
        value = letter[name]
        return _plain(str(value)) if value is not None else ""
    except Exception:  # a header the parser stumbles over is as good as none
        return ""


def _plain(text: str) -> str:
    """Without what no column holds: NUL, and halves of characters that bytes in no known charset leave."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _addresses(letter: Any, *names: str) -> list[str]:
    found = []
    for name in names:
        try:
            values = [str(value) for value in letter.get_all(name, [])]
        except Exception:  # as above
            values = []
        found += [_plain(address).strip().lower()[:254] for _name, address in getaddresses(values) if "@" in address]
    return found


def _is_automatic(letter: Any) -> bool:
    """RFC 3834 says how a machine says so; bounces have no sender (RFC 5321 §4.5.5)."""
    said = _header(letter, "Auto-Submitted").lower()
    return (
        (bool(said) and not said.startswith("no"))
        or _header(letter, "Precedence").lower() in BULK
        or _header(letter, "Return-Path").strip() == "<>"
        or letter.get_content_type() == "multipart/report"
    )


def _leaves(letter: Any) -> Iterator[Any]:
    """Its parts in order; a letter inside the letter is one of them, whatever is in it."""
    waiting = [letter]
    while waiting:
        part = waiting.pop()
        if part.get_content_maintype() == "multipart" and isinstance(part.get_payload(), list):
            waiting += reversed(part.get_payload())
        elif part.get_content_maintype() != "multipart":
            yield part


def _is_file(part: Any) -> bool:
    try:
        return bool(part.get_filename()) or part.get_content_disposition() == "attachment" or part.get_content_maintype() != "text"
    except Exception:
        return True


def _text(letter: Any) -> str:
    """Its plain text; else its HTML without the tags; else nothing."""
    texts = [part for part in _leaves(letter) if not _is_file(part)]
    for kind, read_as in (("text/plain", lambda text: text), ("text/html", _without_tags)):
        found = [read_as(_content(part)) for part in texts if part.get_content_type() == kind]
        if any(words.strip() for words in found):
            return "\n".join(found)
    return ""


def _content(part: Any) -> str:
    data = _bytes(part)
    for charset in (part.get_content_charset() or "utf-8", "utf-8"):
        try:
            return _plain(data.decode(charset))
        except (LookupError, UnicodeDecodeError, ValueError):
            continue
    return _plain(data.decode("cp1252", errors="replace"))  # what programs that name no charset mostly write


def _bytes(part: Any) -> bytes:
    try:
        data = part.get_payload(decode=True)
    except Exception:  # a broken encoding
        data = None
    if data is None:  # a letter inside the letter
        data = part.as_bytes() if isinstance(part, EmailMessage) else b""
    return bytes(data)


def _files(letter: Any) -> Iterator[Attached]:
    """What was attached; a picture that the text itself shows (a logo in a signature) is none."""
    for part in _leaves(letter):
        if _is_file(part) and not (part.get_content_disposition() != "attachment" and part["Content-ID"]):
            try:
                name = part.get_filename() or part.get_content_type()
            except Exception:
                name = part.get_content_type()
            yield Attached(_plain(str(name))[-150:], _bytes(part))


class _Words(HTMLParser):
    BREAKS = frozenset({"br", "p", "div", "tr", "li", "h1", "h2", "h3", "blockquote"})
    SILENT = frozenset({"style", "script", "head", "title"})

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.silent += tag in self.SILENT
        if tag in self.BREAKS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in self.SILENT and self.silent > 0

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.words.append(re.sub(r"\s+", " ", data))


def _without_tags(html: str) -> str:
    reader = _Words()
    reader.feed(html)
    reader.close()
    lines = (line.strip() for line in "".join(reader.words).splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


# --- What is new in an answer

_WROTE = re.compile(r"^(?:il|on|am|le|in data)\b.{0,250}\b(?:ha scritto|wrote|schrieb|a écrit)\s*:\s*$", re.IGNORECASE | re.DOTALL)
_FORWARDED = re.compile(r"^-{2,}\s*(?:messaggio|original|forwarded|inoltrato|ursprüngliche)\b.*-{2,}\s*$", re.IGNORECASE)
_FROM = re.compile(r"^\*?(?:da|from|von|de)\*?:\s", re.IGNORECASE)
_SENT = re.compile(r"^\*?(?:inviato|sent|data|date|gesendet)\*?:\s", re.IGNORECASE)


def new_part(text: str) -> str:
    """What the writer added: without the letter it answers, which mail programs repeat below or between "> ", and without the signature
    after "-- ". When nothing is left over, all of it: nothing is lost."""
    lines = text.replace("\r\n", "\n").split("\n")
    kept = []
    for number, line in enumerate(lines):
        if _begins_quote(lines, number):
            break
        if not line.lstrip().startswith(">"):
            kept.append(line.rstrip())
    found = re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()
    return found or text.strip()


def _begins_quote(lines: list[str], number: int) -> bool:
    line = lines[number].strip()
    if ABOVE in line or lines[number].rstrip("\n") == "-- " or _FORWARDED.match(line):
        return True
    if any(_WROTE.match(" ".join(part.strip() for part in lines[number : number + more])) for more in (1, 2, 3)):
        return True
    return bool(_FROM.match(line)) and any(_SENT.match(other.strip()) for other in lines[number + 1 : number + 5])


# --- A box


def collect(url: str, keep: Callable[[bytes], bool]) -> int:
    """Hand every letter of an IMAP box that nobody has read yet to `keep`; returns how many.

    `keep` says whether it was kept already, by an earlier call: only then is it marked as read. So a letter is let go when its row is
    known to be committed, and read again when it is not. `url`: imaps://user:password@host/Folder, RFC 5092's without the rest.
    """
    place = urlsplit(url)
    if place.scheme != "imaps" or not place.hostname:
        raise ValueError("an address of a box begins with imaps://")
    with imaplib.IMAP4_SSL(place.hostname, place.port or IMAPS, timeout=30) as box:
        box.login(unquote(place.username or ""), unquote(place.password or ""))
        box.select(unquote(place.path.strip("/")) or "INBOX")
        _answer, found = box.uid("SEARCH", "UNSEEN")
        numbers = (found[0] or b"").split()
        for number in numbers:
            _answer, parts = box.uid("FETCH", number.decode(), "(BODY.PEEK[])")
            raw = next((part[1] for part in parts if isinstance(part, tuple)), None)
            if raw is not None and keep(raw):
                box.uid("STORE", number.decode(), "+FLAGS", "(\\Seen)")
        return len(numbers)
