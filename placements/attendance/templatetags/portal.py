"""What every page of a tutor's telephone carries, for the script that keeps taps without a network."""

from typing import Any

from django import template

from ..enums import Outcome, Word

register = template.Library()


@register.inclusion_tag("attendance/_portal.html")
def portal_state() -> dict[str, Any]:
    """Where the script asks and answers, the notices it shows, and the words for what may be said of a day."""
    return {"portal_labels": [*Outcome.choices, *Word.choices]}
