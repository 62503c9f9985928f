"""A tutor in one edition: invited, waiting, seated, and how it ended. Attendance is closed once, for good.

The first steps are the tutor's own or the office's: the services ask who may, the table has no role of its own for them.
"""

from django.utils.translation import gettext_lazy as _

from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.transitions import Machine, Transition

from .enums import EnrolmentState as S

ENROLMENT = Machine(
    code="training.enrolment",
    states=tuple(S),
    transitions=(
        Transition("invited", (S.WITHDRAWN,), S.INVITED, P.EDIT_TRAINING, label=_("Invita di nuovo")),
        Transition("seated", (S.INVITED, S.WAITING, S.WITHDRAWN), S.ENROLLED, None, label=_("Ha un posto")),
        Transition("queued", (S.INVITED, S.WITHDRAWN), S.WAITING, None, label=_("In lista d'attesa")),
        Transition("withdrawn", (S.INVITED, S.WAITING, S.ENROLLED), S.WITHDRAWN, None, label=_("Si è ritirato")),
        Transition("attended", (S.ENROLLED,), S.ATTENDED, P.EDIT_TRAINING, label=_("Ha partecipato")),
        Transition("missed", (S.ENROLLED,), S.ABSENT, P.EDIT_TRAINING, label=_("Assente")),
    ),
)
