"""The lives of what this room keeps."""

from django.utils.translation import gettext_lazy as _

from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.transitions import Machine, Transition

from .enums import BreachState as B
from .enums import DiscardState as D
from .enums import RequestState as R

REQUEST = Machine(
    code="privacy.request",
    states=tuple(R),
    transitions=(
        Transition("answered", (R.OPEN,), R.ANSWERED, P.KEEP_PRIVACY, label=_("Registra la risposta")),
        Transition("refused", (R.OPEN,), R.REFUSED, P.KEEP_PRIVACY, needs_reason=True, label=_("Non si può accogliere")),
        Transition("withdrawn", (R.OPEN,), R.WITHDRAWN, P.KEEP_PRIVACY, needs_reason=True, label=_("L'ha ritirata")),
    ),
)
BREACH = Machine(
    code="privacy.breach",
    states=tuple(B),
    transitions=(
        Transition("closed", (B.OPEN,), B.CLOSED, P.KEEP_PRIVACY, label=_("Chiudi la violazione")),
        Transition("reopened", (B.CLOSED,), B.OPEN, P.KEEP_PRIVACY, needs_reason=True, label=_("Riapri")),
    ),
)
DISCARD = Machine(
    code="privacy.discard",
    states=tuple(D),
    transitions=(
        Transition("approved", (D.PREPARED,), D.APPROVED, P.KEEP_PRIVACY, label=_("Approva la lista")),
        Transition("started", (D.APPROVED,), D.RUNNING, P.KEEP_PRIVACY, label=_("Scarta adesso")),
        Transition("done", (D.RUNNING,), D.DONE, None),
        Transition("withdrawn", (D.PREPARED, D.APPROVED), D.WITHDRAWN, P.KEEP_PRIVACY, needs_reason=True, label=_("Ritira la lista")),
    ),
)
