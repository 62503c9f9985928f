"""The solidarity fund: who gives, what is asked, what is decided. Donors and people never meet in one query (rule 73)."""

from .commission import Abstention, AgendaItem, Opinion, Seat, Sitting, Vote
from .criteria import CriteriaKind, FundCriteria, PotPurpose
from .donors import Contribution, Donor
from .procedures import Procedure, ProcedurePaper
from .proofs import MoneyBack, SpendingProof, Voucher
from .publications import Publication, Story
from .requests import BenefitPayee, BenefitRequest, MissingPapers

__all__ = [
    "Abstention",
    "AgendaItem",
    "BenefitPayee",
    "BenefitRequest",
    "Contribution",
    "CriteriaKind",
    "Donor",
    "FundCriteria",
    "MissingPapers",
    "MoneyBack",
    "Opinion",
    "PotPurpose",
    "Procedure",
    "ProcedurePaper",
    "Publication",
    "Seat",
    "Sitting",
    "SpendingProof",
    "Story",
    "Vote",
    "Voucher",
]
