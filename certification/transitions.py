"""The life of a certificate."""

from django.utils.translation import gettext_lazy as _

from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.transitions import Machine, Transition

from .models import Certificate, Thanks

S = Certificate.State

CERTIFICATE = Machine(
    code="certification.certificate",
    states=tuple(S),
    transitions=(
        Transition("granted", (S.PROPOSED,), S.GRANTED, P.DECIDE_CERTIFICATES, label=_("Riconosci")),
        Transition("refused", (S.PROPOSED,), S.REFUSED, P.DECIDE_CERTIFICATES, needs_reason=True, label=_("Non riconoscere")),
        Transition("revoked", (S.GRANTED,), S.REVOKED, P.DECIDE_CERTIFICATES, needs_reason=True, label=_("Revoca")),
    ),
)

T = Thanks.State

THANKS = Machine(
    code="certification.thanks",
    states=tuple(T),
    transitions=(
        Transition("approved", (T.PROPOSED,), T.APPROVED, P.DECIDE_CERTIFICATES, label=_("Approva")),
        Transition("refused", (T.PROPOSED,), T.REFUSED, P.DECIDE_CERTIFICATES, needs_reason=True, label=_("Non approvare")),
        Transition("withdrawn", (T.PROPOSED, T.APPROVED), T.WITHDRAWN, P.EDIT_COMPANIES, label=_("Ritira")),
    ),
)
