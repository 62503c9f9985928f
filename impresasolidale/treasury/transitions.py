"""The lives of a commitment and of a closing."""

from django.utils.translation import gettext_lazy as _

from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.transitions import Machine, Transition

from .models import ClosedPeriod, Commitment

C, S = Commitment.State, ClosedPeriod.State

COMMITMENT = Machine(
    code="treasury.commitment",
    states=tuple(C),
    transitions=(Transition("ended", (C.OPEN,), C.ENDED, P.EDIT_BUDGETS, needs_reason=True, label=_("Chiudi l'impegno")),),
)
CLOSING = Machine(
    code="treasury.closedperiod",
    states=tuple(S),
    transitions=(
        Transition("closed", (S.ASKED,), S.CLOSED, P.EDIT_BUDGETS, label=_("Conferma la chiusura")),
        Transition("withdrawn", (S.ASKED,), S.WITHDRAWN, P.EDIT_BUDGETS, needs_reason=True, label=_("Ritira")),
        Transition("reopened", (S.CLOSED,), S.REOPENED, P.EDIT_BUDGETS, needs_reason=True, label=_("Riapri")),
    ),
)
