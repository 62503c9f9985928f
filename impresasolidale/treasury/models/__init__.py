"""The registro di gestione: pots and their double entry; the budgets and commitments of the bodies that pay; liquidations."""

from .budgets import Budget, Commitment, FileLayout
from .ledger import Account, ClosedPeriod, Entry, Leg, Pot
from .liquidations import ItemCheck, ItemShare, LiquidationItem, LiquidationRun, Payer, Recovery, RecoveryStep, RunFile
from .samples import Sample, SampledItem

__all__ = [
    "Account", "Budget", "ClosedPeriod", "Commitment", "Entry", "FileLayout", "ItemCheck", "ItemShare", "Leg", "LiquidationItem",
    "LiquidationRun", "Payer", "Pot", "Recovery", "RecoveryStep", "RunFile", "Sample", "SampledItem",
]  # fmt: skip
