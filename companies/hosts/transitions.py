"""A correction that a company asks for: the office answers once, or the company thinks again."""

from django.utils.translation import gettext_lazy as _

from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.transitions import Machine, Transition

from .enums import ProposalState as S

PROPOSAL = Machine(
    code="hosts.data_proposal",
    states=tuple(S),
    transitions=(
        Transition("accepted", (S.WAITING,), S.ACCEPTED, P.EDIT_COMPANIES, label=_("Accetta")),
        Transition("refused", (S.WAITING,), S.REFUSED, P.EDIT_COMPANIES, needs_reason=True, label=_("Non accettare")),
        Transition("withdrawn", (S.WAITING,), S.WITHDRAWN, None),
    ),
)
