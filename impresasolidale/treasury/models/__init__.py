"""The registro di gestione: pots and their double entry; the budgets and commitments of the bodies that pay."""

from .budgets import Budget, Commitment, FileLayout
from .ledger import Account, ClosedPeriod, Entry, Leg, Pot

__all__ = ["Account", "Budget", "ClosedPeriod", "Commitment", "Entry", "FileLayout", "Leg", "Pot"]
