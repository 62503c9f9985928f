"""The lives of a placement, of a version of its project, of a framework agreement: what services, buttons, triggers and tests read."""

from django.utils.translation import gettext_lazy as _

from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.transitions import Machine, Transition

from .change_enums import ExtensionState
from .enums import PREPARED, WAITING, AgreementState, HandOverState, ProjectState, RequestState
from .enums import PlacementState as S

PLACEMENT = Machine(
    code="agreements.placement",
    states=tuple(S),
    transitions=(
        Transition("proposed", (S.DRAFT,), S.PROPOSED, P.PREPARE_PLACEMENTS, label=_("Proponi al coordinatore")),
        Transition("returned", (S.PROPOSED, S.TO_SIGN), S.DRAFT, P.PREPARE_PLACEMENTS, needs_reason=True, label=_("Riporta in bozza")),
        Transition("issued", (S.PROPOSED,), S.TO_SIGN, P.PREPARE_PLACEMENTS, label=_("Prepara le carte da firmare")),
        Transition("signed", (S.TO_SIGN,), S.SIGNED, None),
        Transition("validated", (S.SIGNED,), S.VALIDATED, P.VALIDATE_PLACEMENTS, label=_("Convalida")),
        Transition("activated", (S.VALIDATED,), S.ACTIVE, None),
        Transition("suspended", (S.ACTIVE,), S.SUSPENDED, P.PREPARE_PLACEMENTS, needs_reason=True, label=_("Sospendi")),
        Transition("resumed", (S.SUSPENDED,), S.ACTIVE, P.PREPARE_PLACEMENTS, label=_("Riprendi")),
        Transition("ended", (S.ACTIVE, S.SUSPENDED), S.ENDED, None),
        Transition(
            "ended_early", (S.ACTIVE, S.SUSPENDED), S.ENDED_EARLY, P.PREPARE_PLACEMENTS, needs_reason=True, label=_("Chiudi in anticipo")
        ),
        Transition("evaluated", (S.ENDED, S.ENDED_EARLY), S.EVALUATED, P.PREPARE_PLACEMENTS, label=_("Registra la valutazione finale")),
        Transition("closed", (S.EVALUATED,), S.CLOSED, P.PREPARE_PLACEMENTS, label=_("Archivia")),
        Transition("rejected", (S.PROPOSED, S.SIGNED), S.REJECTED, P.VALIDATE_PLACEMENTS, needs_reason=True, label=_("Respingi")),
        Transition("withdrawn", PREPARED, S.WITHDRAWN, P.PREPARE_PLACEMENTS, needs_reason=True, label=_("Ritira")),
        Transition("expired", PREPARED, S.EXPIRED, None),
        Transition(
            "cancelled", (S.VALIDATED,), S.CANCELLED, P.VALIDATE_PLACEMENTS, needs_reason=True, label=_("Annulla prima dell'inizio")
        ),
    ),
)

V = ProjectState
PROJECT = Machine(
    code="agreements.project",
    states=tuple(V),
    transitions=(
        Transition("issued", (V.DRAFTED,), V.TO_SIGN, P.PREPARE_PLACEMENTS, label=_("Prepara le carte da firmare")),
        Transition("effective", (V.TO_SIGN,), V.EFFECTIVE, None),
        Transition("superseded", (V.EFFECTIVE,), V.SUPERSEDED, None),
        Transition("rejected", (V.TO_SIGN,), V.REJECTED, P.PREPARE_PLACEMENTS, needs_reason=True, label=_("Qualcuno non firma")),
        Transition(
            "withdrawn", (V.DRAFTED, V.TO_SIGN), V.WITHDRAWN, P.PREPARE_PLACEMENTS, needs_reason=True, label=_("Ritira questa versione")
        ),
        Transition("dropped", (V.DRAFTED, V.TO_SIGN), V.WITHDRAWN, None),  # with its placement
    ),
)

AGREEMENT = Machine(
    code="agreements.framework_agreement",
    states=tuple(AgreementState),
    transitions=(
        Transition("issued", (AgreementState.DRAFT,), AgreementState.ISSUED, P.PREPARE_PLACEMENTS, label=_("Prepara la convenzione")),
        Transition("signed", (AgreementState.ISSUED,), AgreementState.SIGNED, None),
        Transition(
            "withdrawn",
            (AgreementState.DRAFT, AgreementState.ISSUED),
            AgreementState.WITHDRAWN,
            P.PREPARE_PLACEMENTS,
            needs_reason=True,
            label=_("Ritira"),
        ),
    ),
)

H = HandOverState
HAND_OVER = Machine(
    code="agreements.hand_over",
    states=tuple(H),
    transitions=(
        Transition("accepted", (H.OFFERED,), H.ACCEPTED, P.PREPARE_PLACEMENTS, label=_("Accetta il passaggio")),
        Transition("declined", (H.OFFERED,), H.DECLINED, P.PREPARE_PLACEMENTS, needs_reason=True, label=_("Non accettare")),
        Transition("withdrawn", (H.OFFERED,), H.WITHDRAWN, P.PREPARE_PLACEMENTS, needs_reason=True, label=_("Ritira il passaggio")),
    ),
)

Q = RequestState
REQUEST = Machine(
    code="agreements.signature_request",
    states=tuple(Q),
    transitions=(
        Transition("opened", (Q.ASKED,), Q.OPENED, None),
        Transition("code_sent", WAITING, Q.CODE_SENT, None),
        Transition("asked_again", (*WAITING, Q.REFUSED, Q.EXPIRED, Q.CANCELLED), Q.ASKED, P.RECORD_SIGNATURES),
        Transition("reminded", WAITING, Q.ASKED, None),
        Transition("signed", (*WAITING, Q.REFUSED, Q.EXPIRED), Q.SIGNED, None),
        Transition("refused", WAITING, Q.REFUSED, None, needs_reason=True),
        Transition("expired", WAITING, Q.EXPIRED, None),
        Transition("cancelled", (*WAITING, Q.REFUSED, Q.EXPIRED), Q.CANCELLED, None),
    ),
)

R = ExtensionState
EXTENSION = Machine(
    code="agreements.extension_request",
    states=tuple(R),
    transitions=(
        Transition("granted", (R.ASKED,), R.GRANTED, P.VALIDATE_PLACEMENTS, label=_("Concedi la proroga")),
        Transition("denied", (R.ASKED,), R.DENIED, P.VALIDATE_PLACEMENTS, needs_reason=True, label=_("Nega la proroga")),
        Transition("lapsed", (R.ASKED,), R.LAPSED, None),
    ),
)
