"""The life of an accident file: what services, buttons, triggers and tests read."""

from django.utils.translation import gettext_lazy as _

from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.transitions import Machine, Transition

from .enums import AccidentState as S

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
