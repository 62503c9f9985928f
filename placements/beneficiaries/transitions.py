"""The waiting list: the table that services, buttons, the trigger and tests read."""

from django.utils.translation import gettext_lazy as _

from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.transitions import Machine, Transition

from .enums import WaitingState as S

WAITING = Machine(
    code="beneficiaries.waiting_entry",
    states=tuple(S),
    transitions=(
        Transition("proposed", (S.WAITING,), S.PROPOSED, P.EDIT_PEOPLE, label=_("C’è una proposta")),
        Transition("returned", (S.PROPOSED,), S.WAITING, P.EDIT_PEOPLE, needs_reason=True, label=_("La proposta è caduta")),
        Transition("placed", (S.WAITING, S.PROPOSED), S.PLACED, P.EDIT_PEOPLE, needs_reason=True, label=_("Ha trovato posto")),
        Transition("drafted", (S.WAITING,), S.PROPOSED, None),  # by a proposal or a placement, which falls or begins
        Transition("fallen", (S.PROPOSED,), S.WAITING, None, needs_reason=True),
        Transition("started", (S.WAITING, S.PROPOSED), S.PLACED, None),
        Transition("removed", (S.WAITING, S.PROPOSED), S.REMOVED, P.EDIT_PEOPLE, needs_reason=True, label=_("Togli dalla lista")),
    ),
)
