"""Four eyes: what one person prepares another approves, or a decision taken outside the application does."""

from dataclasses import dataclass
from datetime import date

from .actor import Actor
from .errors import FourEyesRequired


@dataclass(frozen=True)
class OutsideAct:
    """A decision taken outside the application that stands for the second key: its number and date (and file, kept by the caller)."""

    number: str
    on: date


def require_second_key(*, first_id: int | None, by: Actor, act: OutsideAct | None = None, words: str | None = None) -> None:
    """Four eyes on money and validations: never the same user, unless a recorded outside act is the second key.

    Raises FourEyesRequired, with `words` of the room's own when it has some. A deputy is simply another user, with a dated membership.
    """
    if by.actor_id == first_id and not (act and act.number.strip()):
        raise FourEyesRequired(words)
