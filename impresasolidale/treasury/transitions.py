"""The lives of a commitment, of a closing, of a liquidation with its rows, of a recovery, of a sample."""

from django.utils.translation import gettext_lazy as _

from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.transitions import Machine, Transition

from .enums import ItemState as I
from .enums import RecoveryState as V
from .enums import RunState as R
from .enums import SampleState
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
RUN = Machine(
    code="treasury.liquidation_run",
    states=tuple(R),
    transitions=(
        Transition("approved", (R.PREPARED,), R.APPROVED, P.APPROVE_LIQUIDATIONS, label=_("Approva")),
        Transition("cancelled", (R.PREPARED,), R.CANCELLED, P.PREPARE_LIQUIDATIONS, needs_reason=True, label=_("Annulla")),
        Transition("settled", (R.APPROVED,), R.SETTLED, None),
    ),
)
ITEM = Machine(
    code="treasury.liquidation_item",
    states=tuple(I),
    transitions=(
        Transition("held", (I.READY,), I.HELD, P.PREPARE_LIQUIDATIONS, needs_reason=True, label=_("Trattieni")),
        Transition("resumed", (I.HELD,), I.READY, P.PREPARE_LIQUIDATIONS, needs_reason=True, label=_("Riprendi")),
        Transition("left", (I.READY, I.HELD), I.LEFT, None),
        Transition("sent", (I.READY,), I.SENT, None),
        Transition("offset", (I.READY,), I.OFFSET, None),
        Transition("paid", (I.SENT,), I.PAID, P.RECORD_PAYMENTS, label=_("Segna come pagata")),
        Transition("refused", (I.SENT,), I.REFUSED, P.RECORD_PAYMENTS, needs_reason=True, label=_("Segna come respinta")),
    ),
)
RECOVERY = Machine(
    code="treasury.recovery",
    states=tuple(V),
    transitions=(
        Transition("asked", (V.OPEN,), V.ASKED, P.APPROVE_LIQUIDATIONS, needs_reason=True, label=_("Chiedi di rinunciare")),
        Transition("kept", (V.ASKED,), V.OPEN, P.APPROVE_LIQUIDATIONS, needs_reason=True, label=_("Si continua a recuperare")),
        Transition("written_off", (V.ASKED,), V.WRITTEN_OFF, P.APPROVE_LIQUIDATIONS, label=_("Approva la rinuncia")),
        Transition("recovered", (V.OPEN,), V.RECOVERED, None),
    ),
)
SAMPLE = Machine(
    code="treasury.sample",
    states=tuple(SampleState),
    transitions=(Transition("closed", (SampleState.OPEN,), SampleState.CLOSED, P.PREPARE_LIQUIDATIONS, label=_("Chiudi il controllo")),),
)
