"""The lives of accident files, evaluations, visits, follow-ups and talks: what services, buttons, triggers and tests read."""

from django.utils.translation import gettext_lazy as _

from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.transitions import Machine, Transition

from .enums import AccidentState as S
from .evaluation_enums import EvaluationState as E
from .talk_enums import TalkState
from .visit_enums import FollowState, VisitState

ACCIDENT = Machine(
    code="monitoring.accident",
    states=tuple(S),
    transitions=(
        Transition("notified", (S.OPEN,), S.NOTIFIED, None),
        Transition("more_to_tell", (S.NOTIFIED,), S.OPEN, None),
        Transition("closed", (S.NOTIFIED,), S.CLOSED, P.FOLLOW_ACCIDENTS, label=_("Chiudi la pratica")),
        Transition("reopened", (S.CLOSED,), S.OPEN, P.FOLLOW_ACCIDENTS, needs_reason=True, label=_("Riapri")),
    ),
)

# Who gives one may have no account: the service knows whose it is.
EVALUATION = Machine(
    code="monitoring.evaluation",
    states=tuple(E),
    transitions=(
        Transition("given", (E.ASKED,), E.GIVEN, None),
        Transition("waived", (E.ASKED,), E.WAIVED, P.KEEP_EVALUATIONS, needs_reason=True, label=_("Non si fa")),
        Transition("asked_again", (E.WAIVED,), E.ASKED, P.KEEP_EVALUATIONS, label=_("Chiedila di nuovo")),
        Transition("corrected", (E.GIVEN,), E.CORRECTED, P.KEEP_EVALUATIONS, needs_reason=True, label=_("Correggi")),
    ),
)

V = VisitState
VISIT = Machine(
    code="monitoring.visit",
    states=tuple(V),
    transitions=(
        Transition("done", (V.PLANNED,), V.DONE, P.FOLLOW_VISITS, label=_("Chiudi il verbale")),
        Transition("called_off", (V.PLANNED,), V.CALLED_OFF, None),
    ),
)

F = FollowState
FOLLOW_UP = Machine(
    code="monitoring.follow_up",
    states=tuple(F),
    transitions=(
        Transition("answered", (F.WAITING,), F.ANSWERED, P.FOLLOW_VISITS),
        Transition("unreached", (F.WAITING,), F.UNREACHED, P.FOLLOW_VISITS),
        Transition("refused", (F.WAITING,), F.REFUSED, P.FOLLOW_VISITS),
    ),
)

# A request to be called by the service: somebody takes it, somebody answers; it may be opened again.
TALK = Machine(
    code="monitoring.talk",
    states=tuple(TalkState),
    transitions=(
        Transition("taken", (TalkState.ASKED,), TalkState.TAKEN, P.FOLLOW_TALKS, label=_("Me ne occupo io")),
        Transition("answered", (TalkState.ASKED, TalkState.TAKEN), TalkState.ANSWERED, P.FOLLOW_TALKS, label=_("Scrivi la risposta")),
        Transition("reopened", (TalkState.ANSWERED,), TalkState.ASKED, P.FOLLOW_TALKS, needs_reason=True, label=_("Riapri")),
    ),
)
