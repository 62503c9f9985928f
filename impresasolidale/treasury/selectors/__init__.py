"""Reads of the room, by aggregate."""

from .budgets import (
    Line,
    allowance_pots,
    allowance_totals,
    bodies,
    budget_for,
    budget_lines,
    entries_of_pot,
    grant_for,
    grants,
    our_entries,
    years,
)
from .closing import closing_for, closings
from .commitments import (
    CommitmentFigures,
    commitment_choices,
    commitment_entries,
    commitment_figures,
    commitment_for,
    commitments,
    commitments_page,
    commitments_by_number,
)
from .comparing import layout_of
from .ledger import (
    ZERO,
    Month,
    Movement,
    PotBalance,
    all_movements,
    balances,
    entries_of,
    first_open_day,
    free_balance,
    has_entry,
    months,
    movements,
    movements_page,
    pot_for,
    pots,
    recount,
)

__all__ = [
    "ZERO", "CommitmentFigures", "Line", "Month", "Movement", "PotBalance", "all_movements", "allowance_pots", "allowance_totals",
    "balances", "bodies", "budget_for", "budget_lines", "closing_for", "closings", "commitment_choices", "commitment_entries",
    "commitment_figures", "commitment_for", "commitments", "commitments_by_number", "commitments_page", "entries_of", "entries_of_pot", "first_open_day",
    "free_balance", "grant_for", "grants", "has_entry", "layout_of", "months", "movements", "movements_page", "our_entries", "pot_for",
    "pots", "recount", "years",
]  # fmt: skip
