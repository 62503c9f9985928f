"""A company that came forward, and a correction that a company asks for: the tables that services, buttons, the triggers and tests read."""

from django.utils.translation import gettext_lazy as _

from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.transitions import Machine, Transition

from .enums import LeadState as L
from .enums import ProposalState as S

# Whoever changes their mind can be called again.
LEAD = Machine(
    code="hosts.lead",
    states=tuple(L),
    transitions=(
        Transition("called", (L.NEW, L.LATER, L.NO), L.CALLED, P.EDIT_COMPANIES, label=_("L'abbiamo sentita")),
        Transition("postponed", (L.NEW, L.CALLED), L.LATER, P.EDIT_COMPANIES, label=_("Più avanti")),
        Transition("declined", (L.NEW, L.CALLED, L.LATER), L.NO, P.EDIT_COMPANIES, needs_reason=True, label=_("Non se ne fa niente")),
        Transition("joined", (L.NEW, L.CALLED, L.LATER), L.COMPANY, P.EDIT_COMPANIES, label=_("È un'impresa della rete")),
    ),
)
# The office answers once, or the company thinks again.
PROPOSAL = Machine(
    code="hosts.data_proposal",
    states=tuple(S),
    transitions=(
        Transition("accepted", (S.WAITING,), S.ACCEPTED, P.EDIT_COMPANIES, label=_("Accetta")),
        Transition("refused", (S.WAITING,), S.REFUSED, P.EDIT_COMPANIES, needs_reason=True, label=_("Non accettare")),
        Transition("withdrawn", (S.WAITING,), S.WITHDRAWN, None),
    ),
)
