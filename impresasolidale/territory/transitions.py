"""A proposed rule book: approved by somebody else, or taken back.

The rights are those of accounts, named by their codes: this room stands below.
"""

from django.utils.translation import gettext_lazy as _

from impresasolidale.core.transitions import Machine, Transition

from .enums import ProposalState as S

SEE_RULES, PUBLISH_RULES = "see_rules", "publish_rules"

PROPOSAL = Machine(
    code="territory.proposal",
    states=tuple(S.values),
    transitions=(
        Transition("published", (S.OPEN,), S.PUBLISHED, PUBLISH_RULES, label=_("Approva e pubblica")),
        Transition("withdrawn", (S.OPEN,), S.WITHDRAWN, PUBLISH_RULES, needs_reason=True, label=_("Ritira la proposta")),
    ),
)
