"""What every page of a tutor's telephone carries, for the script that keeps taps without a network."""

from typing import Any

from django import template

from ..enums import Outcome, Word
from ..selectors.portal import holder_of

register = template.Library()


@register.inclusion_tag("attendance/_portal.html")
def portal_state() -> dict[str, Any]:
    """Where the script asks and answers, the notices it shows, and the words for what may be said of a day."""
    return {"portal_labels": [*Outcome.choices, *Word.choices]}


@register.inclusion_tag("attendance/_inspection_keeper.html", takes_context=True)
def inspection_keeper(context: template.Context, alone: bool = False) -> dict[str, Any]:
    """What the script needs that keeps the page of an inspection, and whose telephone this is; nobody's on the shell.

    `alone`: the tutor's own script, and the store it brings, are not on the page.
    """
    access = context.get("access")
    return {"holder": holder_of(access) if access else "", "is_alone": alone}
