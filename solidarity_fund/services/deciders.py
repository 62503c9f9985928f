"""Who may not decide on a request alone: whoever made it, and whoever stands aside from it (rule 68)."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.services import OutsideAct, require_second_key
from impresasolidale.core.errors import DomainError, FourEyesRequired

from ..enums import Conflict
from ..models import BenefitRequest
from ..selectors import conflicts


class StandsAside(DomainError):
    words: Any = gettext_lazy("Su questo caso ti astieni: niente parere e niente voto.")


def refuse_own(
    row: BenefitRequest, *, by: Access, act: OutsideAct | None = None, words: str | None = None, has_completed: bool | None = None
) -> None:
    """Raises FourEyesRequired for who asked or ever completed it, unless an outside act is the second key. `has_completed`: what the caller
    has read of it (`conflicts.aside_columns`)."""
    for author_id in row.authors:
        require_second_key(first_id=author_id, by=by, act=act, words=words)
    if not act and (conflicts.completed_by(row, by.actor_id).exists() if has_completed is None else has_completed):
        raise FourEyesRequired(words)


def refuse_aside(row: BenefitRequest, *, by: Access, today: date) -> None:
    """Raises StandsAside for who declared a conflict, or has one in the records: only the commission decides for them. Whose request it is
    belongs to the second key, which an outside act may be."""
    refuse_for(conflicts.reasons_aside(row, by.actor_id, on=today))


def refuse_for(reasons: list[Conflict]) -> None:
    """The same, where the reasons are known. Raises StandsAside."""
    others = [reason for reason in reasons if reason != Conflict.AUTHOR]
    if others:
        words = _("Su questa richiesta ti devi astenere (%(why)s): decide un'altra persona, oppure la commissione.")
        raise StandsAside(words % {"why": others[0].label})
