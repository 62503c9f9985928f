"""The lives of a project, of its plan, of an expense, of an instalment, of a month of the staff."""

from django.utils.translation import gettext_lazy as _

from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.transitions import Machine, Transition

from .enums import ExpenseState as E
from .enums import InstalmentState as I
from .enums import PlanState as L
from .enums import ProjectState as S
from .enums import SheetState as H

PROJECT = Machine(
    code="projects.project",
    states=tuple(S),
    transitions=(
        Transition("started", (S.PLANNED,), S.RUNNING, P.KEEP_PROJECTS, label=_("Avvia il progetto")),
        Transition("ended", (S.RUNNING,), S.REPORTING, P.KEEP_PROJECTS, label=_("Passa al rendiconto")),
        Transition("closed", (S.REPORTING,), S.CLOSED, P.KEEP_PROJECTS, label=_("Chiudi il progetto")),
        Transition("reopened", (S.REPORTING, S.CLOSED), S.RUNNING, P.KEEP_PROJECTS, needs_reason=True, label=_("Riapri il progetto")),
    ),
)
PLAN = Machine(
    code="projects.plan",
    states=tuple(L),
    transitions=(
        Transition("entered", (L.DRAFT,), L.IN_FORCE, P.KEEP_PROJECTS, label=_("Metti in vigore")),
        Transition("superseded", (L.IN_FORCE,), L.SUPERSEDED, None),
    ),
)
EXPENSE = Machine(
    code="projects.expense",
    states=tuple(E),
    transitions=(
        Transition("checked", (E.DRAFT,), E.CHECKED, P.CHECK_EXPENSES, label=_("Segna come controllata")),
        Transition("reopened", (E.CHECKED,), E.DRAFT, P.CHECK_EXPENSES, needs_reason=True, label=_("Riapri la spesa")),
        Transition("withdrawn", (E.DRAFT,), E.WITHDRAWN, P.RECORD_EXPENSES, needs_reason=True, label=_("Ritira la spesa")),
        Transition("reported", (E.CHECKED,), E.REPORTED, P.CHECK_EXPENSES, label=_("Metti nel rendiconto")),
        Transition("returned", (E.REPORTED,), E.CHECKED, P.CHECK_EXPENSES, needs_reason=True, label=_("Togli dal rendiconto")),
        Transition("accepted", (E.REPORTED,), E.ACCEPTED, P.CHECK_EXPENSES, label=_("Il finanziatore la riconosce")),
        Transition("rejected", (E.REPORTED,), E.REJECTED, P.CHECK_EXPENSES, needs_reason=True, label=_("Il finanziatore non la riconosce")),
    ),
)
INSTALMENT = Machine(
    code="projects.instalment",
    states=tuple(I),
    transitions=(
        Transition("asked", (I.EXPECTED,), I.ASKED, P.RECORD_INSTALMENTS, label=_("Segna come chiesta")),
        Transition("arrived", (I.EXPECTED, I.ASKED), I.ARRIVED, P.RECORD_INSTALMENTS, label=_("Segna che è arrivata")),
        Transition("taken_back", (I.ARRIVED,), I.ASKED, P.RECORD_INSTALMENTS, needs_reason=True, label=_("Non è arrivata")),
        Transition("received", (I.ARRIVED,), I.RECEIVED, P.RECORD_INSTALMENTS, label=_("Conferma e registra")),
        Transition("reversed", (I.RECEIVED,), I.REVERSED, P.RECORD_INSTALMENTS, needs_reason=True, label=_("Storna")),
    ),
)
SHEET = Machine(
    code="projects.sheet",
    states=tuple(H),
    transitions=(
        Transition("signed", (H.OPEN,), H.SIGNED, P.RECORD_EXPENSES, label=_("Carica il foglio firmato")),
        Transition("reopened", (H.SIGNED,), H.OPEN, P.RECORD_EXPENSES, needs_reason=True, label=_("Riapri il foglio")),
        Transition("charged", (H.SIGNED,), H.CHARGED, P.RECORD_EXPENSES, label=_("Fanne una spesa")),
    ),
)
