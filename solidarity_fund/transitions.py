"""The life of a benefit request."""

from django.utils.translation import gettext_lazy as _

from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.transitions import Machine, Transition

from .models import BenefitRequest

S = BenefitRequest.State

REQUEST = Machine(
    code="solidarity_fund.benefit_request",
    states=tuple(S),
    transitions=(
        Transition("granted", (S.SUBMITTED,), S.GRANTED, P.GRANT_BENEFITS, label=_("Concedi")),
        Transition("refused", (S.SUBMITTED,), S.REFUSED, P.GRANT_BENEFITS, needs_reason=True, label=_("Non concedere")),
        Transition("withdrawn", (S.SUBMITTED,), S.WITHDRAWN, P.ASK_BENEFITS, needs_reason=True, label=_("Ritira")),
        Transition("paid", (S.GRANTED,), S.PAID, P.PAY_BENEFITS, label=_("Segna come pagato")),
    ),
)
