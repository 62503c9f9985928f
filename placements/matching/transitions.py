"""Proposals and trial visits: the tables that services, buttons, the triggers and tests read."""

from django.utils.translation import gettext_lazy as _

from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.transitions import Machine, Transition

from .enums import ProposalState as S
from .enums import VisitState as V

PROPOSAL = Machine(
    code="matching.proposal",
    states=tuple(S),
    transitions=(
        Transition("accepted", (S.OPEN,), S.ACCEPTED, P.PREPARE_PLACEMENTS, label=_("Scrivi la decisione")),
        Transition("refused", (S.OPEN,), S.REFUSED, P.PREPARE_PLACEMENTS),
        Transition("withdrawn", (S.OPEN, S.ACCEPTED), S.WITHDRAWN, P.PREPARE_PLACEMENTS, needs_reason=True, label=_("Ritira la proposta")),
        Transition("drafted", (S.ACCEPTED,), S.PLACED, P.PREPARE_PLACEMENTS, label=_("Prepara il tirocinio")),
    ),
)
VISIT = Machine(
    code="matching.trial_visit",
    states=tuple(V),
    transitions=(
        Transition("told", (V.PLANNED,), V.DONE, P.EDIT_SHEETS, label=_("Racconta com’è andata")),
        Transition("called_off", (V.PLANNED,), V.CALLED_OFF, P.EDIT_SHEETS, needs_reason=True, label=_("Annulla la visita")),
    ),
)
