"""The life of a scheme, an application, a certificate and a word of thanks."""

from django.utils.translation import gettext_lazy as _

from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.transitions import Machine, Transition
from solidarity_fund.enums import SittingState

from .enums import ApplicationState as A
from .enums import CertificateState as C
from .enums import SchemeState
from .models import Thanks

SCHEME = Machine(
    code="certification.scheme",
    states=tuple(SchemeState),
    transitions=(Transition("published", (SchemeState.DRAFT,), SchemeState.PUBLISHED, P.DECIDE_CERTIFICATES, label=_("Pubblica")),),
)

# What the company itself does (presents, takes back) its service allows by the company's own rights: no permission of the office.
APPLICATION = Machine(
    code="certification.application",
    states=tuple(A),
    transitions=(
        Transition("submitted", (A.DRAFT,), A.SUBMITTED, None, label=_("Presenta la domanda")),
        Transition("returned", (A.SUBMITTED,), A.DRAFT, P.CHECK_CERTIFICATES, needs_reason=True, label=_("Chiedi di completare")),
        Transition("checked", (A.SUBMITTED,), A.READY, P.CHECK_CERTIFICATES, label=_("Verifica finita")),
        Transition("reopened", (A.READY,), A.SUBMITTED, P.CHECK_CERTIFICATES, needs_reason=True, label=_("Riapri la verifica")),
        Transition("granted", (A.READY,), A.GRANTED, P.DECIDE_CERTIFICATES, label=_("Riconosci")),
        Transition("refused", (A.READY,), A.REFUSED, P.DECIDE_CERTIFICATES, needs_reason=True, label=_("Non riconoscere")),
        Transition("withdrawn", (A.DRAFT, A.SUBMITTED, A.READY), A.WITHDRAWN, None, label=_("Ritira la domanda")),
        Transition("reconsidered", (A.REFUSED,), A.READY, P.DECIDE_CERTIFICATES, needs_reason=True, label=_("Decidi di nuovo")),
    ),
)

CERTIFICATE = Machine(
    code="certification.certificate",
    states=tuple(C),
    transitions=(
        Transition("suspended", (C.GRANTED,), C.SUSPENDED, P.DECIDE_CERTIFICATES, needs_reason=True, label=_("Sospendi")),
        Transition("resumed", (C.SUSPENDED,), C.GRANTED, P.DECIDE_CERTIFICATES, needs_reason=True, label=_("Togli la sospensione")),
        Transition("revoked", (C.GRANTED, C.SUSPENDED), C.REVOKED, P.DECIDE_CERTIFICATES, needs_reason=True, label=_("Revoca")),
        Transition("superseded", (C.GRANTED,), C.SUPERSEDED, None, label=_("Sostituito")),
        Transition("restored", (C.REVOKED,), C.GRANTED, P.DECIDE_CERTIFICATES, needs_reason=True, label=_("Restituisci")),
    ),
)

S = SittingState

# As the fund's: the secretary keeps it, the president approves.
SITTING = Machine(
    code="certification.sitting",
    states=tuple(S),
    transitions=(
        Transition("opened", (S.PLANNED,), S.OPEN, P.KEEP_SITTINGS, label=_("Apri la seduta")),
        Transition("closed", (S.OPEN,), S.CLOSED, P.KEEP_SITTINGS, label=_("Chiudi la seduta")),
        Transition("reopened", (S.CLOSED,), S.OPEN, P.GIVE_OPINIONS, needs_reason=True, label=_("Rimanda il verbale")),
        Transition("approved", (S.CLOSED,), S.APPROVED, P.GIVE_OPINIONS, label=_("Approva il verbale")),
        Transition("cancelled", (S.PLANNED,), S.CANCELLED, P.KEEP_SITTINGS, needs_reason=True, label=_("Annulla la seduta")),
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
