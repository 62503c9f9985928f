"""Pages of the registro di gestione."""

from .budgets import BudgetPage, GrantPage, Home, NewBudget, NewGrant, VaryBudget, VaryGrant
from .closing import Closings, ConfirmClosing, ReopenPeriod, WithdrawClosing
from .commitments import (
    CommitmentPage,
    Commitments,
    CommitmentsFile,
    EndCommitment,
    LowerCommitment,
    NewCommitment,
    RaiseCommitment,
    ReleaseLeft,
)
from .comparing import Compare
from .movements import Movements, MovementsFile

__all__ = [
    "BudgetPage", "Closings", "CommitmentPage", "Commitments", "CommitmentsFile", "Compare", "ConfirmClosing", "EndCommitment", "GrantPage",
    "Home", "LowerCommitment", "Movements", "MovementsFile", "NewBudget", "NewCommitment", "NewGrant", "RaiseCommitment", "ReleaseLeft",
    "ReopenPeriod", "VaryBudget", "VaryGrant", "WithdrawClosing",
]  # fmt: skip
