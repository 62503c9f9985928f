"""The months of a placement (house.md, Months)."""

from django.utils.translation import gettext_lazy as _

from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.transitions import Machine, Transition

from .enums import MonthState as M

TIMESHEET = Machine(
    code="attendance.timesheet",
    states=tuple(M),
    transitions=(
        Transition("closed", (M.OPEN,), M.CLOSED, P.RECORD_ATTENDANCE, label=_("Chiudi il mese")),
        Transition("confirmed", (M.CLOSED,), M.CONFIRMED, P.CONFIRM_MONTHS, label=_("Conferma il mese")),
        Transition("reopened", (M.CLOSED, M.CONFIRMED), M.OPEN, P.CONFIRM_MONTHS, needs_reason=True, label=_("Riapri il mese")),
        Transition("frozen", (M.CONFIRMED,), M.FROZEN, None),
    ),
)
