"""How soon somebody who asks to talk is called. Pure functions: no ORM, no clock. Practice to be agreed upon, so it is in the rule book."""

from .talk_enums import TalkReason

URGENT = frozenset({TalkReason.BADLY})  # answered on the same day


def is_urgent(reason: str) -> bool:
    return reason in URGENT


def weightier(old: str, new: str) -> str:
    """Of the reasons of two requests the one to keep: the urgent one, else the newer, else the only one."""
    return old if (is_urgent(old) and not is_urgent(new)) or not new else new
