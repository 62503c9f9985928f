"""What a message of the program is: when it leaves, to whom, how; and an example of it, with invented data.

Each room lists its own in `notices.py`; the desk gathers them in one tuple. A contract test wants every `send(kind=…)` in it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from .models import Message

Channel = Message.Channel


@dataclass(frozen=True)
class MessageKind:
    """`templates`: channel → template. `example()` gives the context, asked for in the language of the preview."""

    kind: str
    title: Any  # what it is, in words
    when: Any
    to: Any
    subject: Any
    templates: tuple[tuple[str, str], ...]
    example: Callable[[], dict[str, Any]]
    is_personal: bool = False  # it carries a link of its addressee's alone

    @property
    def slug(self) -> str:
        """«agreements-signature_asked»: for an address."""
        return self.kind.replace(".", "-")

    @property
    def channels(self) -> list[Any]:
        return [Channel(channel).label for channel, _template in self.templates]


@dataclass(frozen=True)
class Preview:
    language: str
    channel: Any
    subject: str
    body: str


def previews(kind: MessageKind, *, closing: str = "") -> list[Preview]:
    """The message as it would leave, in both languages and on each of its channels; `closing` is the office's own last line of a mail."""
    found = []
    for language in ("it", "en"):
        with translation.override(language):
            for channel, template in kind.templates:
                body = str(render_to_string(template, kind.example()))
                body = " ".join(body.split()) if channel == Channel.SMS else with_closing(body, closing)
                found.append(Preview(language, Channel(channel).label, str(kind.subject), body))
    return found


def with_closing(body: str, closing: str) -> str:
    """A mail with the office's closing words under it."""
    return f"{body.rstrip()}\n\n{closing.strip()}\n" if closing.strip() else body
