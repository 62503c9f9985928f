"""Errors a user can understand. A service raises them; a view shows their words beside the form (422 or 409)."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """A refusal with words for the user. `field` names the form field it belongs to, if any."""

    words: Any = _("Non è possibile farlo adesso.")
    status = 422

    def __init__(self, words: object = None, *, field: str | None = None) -> None:
        self.words = words or self.words
        self.field = field
        super().__init__(str(self.words))


class Conflict(DomainError):
    """Somebody changed the record meanwhile, or the state moved on."""

    status = 409
    words = _("Nel frattempo qualcuno ha modificato questa scheda. Ricarica la pagina e controlla: quello che hai scritto è qui sotto.")


class TransitionNotAllowed(Conflict):
    words = _("Questo passaggio non è possibile dallo stato attuale.")


class ReasonRequired(DomainError):
    words = _("Scrivi il motivo: serve a chi leggerà dopo di te.")

    def __init__(self) -> None:
        super().__init__(field="reason")


class FourEyesRequired(DomainError):
    words = _("Serve una seconda persona: chi ha preparato non può anche approvare.")


class NotReady(DomainError):
    """A start refused by the start light. `items` are the open block items, in words."""

    def __init__(self, items: Sequence[str]) -> None:
        self.items = list(items)
        super().__init__(_("Non si può ancora partire. Manca: %(items)s.") % {"items": ", ".join(self.items)})


class ScopeMissing(RuntimeError):
    """Owned rows were asked for outside a scope: a programming error, never shown as data."""
