"""The life of a file that is brought in: read, its columns matched, checked, imported, perhaps undone.

A step asks the right that everybody who imports anything has; which kinds one may bring in is asked by the service.
"""

from django.utils.translation import gettext_lazy as _

from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.transitions import Machine, Transition

from .enums import ImportState as S
from .enums import TakeOutState as T

IMPORT = Machine(
    code="exchange.import",
    states=tuple(S),
    transitions=(
        Transition("read", (S.WAITING,), S.READ, None),
        Transition("refused", (S.WAITING,), S.REFUSED, None),
        Transition("mapped", (S.READ, S.CHECKED), S.CHECKING, P.IMPORT_ATTENDANCE, label=_("Controlla le righe")),
        Transition("checked", (S.CHECKING,), S.CHECKED, None),
        Transition("confirmed", (S.CHECKED,), S.TAKING, P.IMPORT_ATTENDANCE, label=_("Importa le righe buone")),
        Transition("taken", (S.TAKING,), S.TAKEN, None),
        Transition("undone_asked", (S.TAKEN,), S.UNDOING, P.IMPORT_ATTENDANCE, needs_reason=True, label=_("Annulla l'importazione")),
        Transition("undone", (S.UNDOING,), S.UNDONE, None),
        Transition("dropped", (S.READ, S.CHECKED), S.DROPPED, P.IMPORT_ATTENDANCE, label=_("Lascia perdere")),
    ),
)

TAKE_OUT = Machine(
    code="exchange.take_out",
    states=tuple(T),
    transitions=(
        Transition("approved", (T.ASKED,), T.MAKING, P.TAKE_OUT_DATA, label=_("Approva")),
        Transition("refused", (T.ASKED,), T.REFUSED, P.TAKE_OUT_DATA, needs_reason=True, label=_("Non approvare")),
        Transition("made", (T.MAKING,), T.READY, None),
        Transition("given", (T.READY,), T.GIVEN, P.TAKE_OUT_DATA, label=_("Scarica")),
        Transition("gone", (T.READY,), T.GONE, None),
    ),
)
