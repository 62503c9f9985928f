"""The attendance of one tutor in one edition: recorded once, for good."""

from django.utils.translation import gettext_lazy as _

from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.transitions import Machine, Transition

from .enums import EnrolmentState as S

ENROLMENT = Machine(
    code="training.enrolment",
    states=tuple(S),
    transitions=(
        Transition("attended", (S.ENROLLED,), S.ATTENDED, P.EDIT_TRAINING, label=_("Ha partecipato")),
        Transition("missed", (S.ENROLLED,), S.ABSENT, P.EDIT_TRAINING, label=_("Assente")),
    ),
)
