"""Writes of the room, by aggregate. Money moves through the ledger alone."""

from .budgets import Act, open_budget, open_grant, vary_budget, vary_grant
from .closing import ask_closing, confirm_closing, reopen_period, withdraw_closing
from .commitments import end_commitment, lower_commitment, open_commitment, pay_commitment, raise_commitment, release_left
from .comparing import remember_layout
from .ledger import (
    AlreadyReversed,
    KeyUsed,
    NotEnoughMoney,
    PeriodClosed,
    commit,
    open_pot,
    pay,
    post_entry,
    receive,
    recount_balances,
    reduce,
    release,
    reverse_entry,
)

__all__ = [
    "Act", "AlreadyReversed", "KeyUsed", "NotEnoughMoney", "PeriodClosed", "ask_closing", "commit", "confirm_closing",
    "end_commitment", "lower_commitment", "open_budget", "open_commitment", "open_grant", "open_pot", "pay", "pay_commitment", "post_entry",
    "raise_commitment", "receive", "recount_balances", "reduce", "release", "release_left", "remember_layout", "reopen_period",
    "reverse_entry", "vary_budget", "vary_grant", "withdraw_closing",
]  # fmt: skip
