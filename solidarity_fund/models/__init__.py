"""The solidarity fund: who gives, what is asked, what is decided. Donors and people never meet in one query (rule 73)."""

from .commission import Abstention, AgendaItem, Opinion, Seat, Sitting, Vote
from .contributions import Contribution
from .criteria import CriteriaKind, FundCriteria, PotPurpose
from .donors import Donor, DonorLink
from .goods import GiftInKind, GoodsMove
from .holder import FundHolder, ReceiptWording
from .pledges import Instalment, Pledge
from .procedures import Procedure, ProcedurePaper
from .proofs import MoneyBack, SpendingProof, Voucher
from .publications import Publication, Story
from .requests import BenefitPayee, BenefitRequest, MissingPapers
from .statements import BankLine, BankStatement, StatementFile, StatementLayout

__all__ = [
    "Abstention",
    "AgendaItem",
    "BankLine",
    "BankStatement",
    "BenefitPayee",
    "BenefitRequest",
    "Contribution",
    "CriteriaKind",
    "Donor",
    "DonorLink",
    "FundCriteria",
    "FundHolder",
    "GiftInKind",
    "GoodsMove",
    "Instalment",
    "MissingPapers",
    "MoneyBack",
    "Opinion",
    "Pledge",
    "PotPurpose",
    "Procedure",
    "ProcedurePaper",
    "Publication",
    "ReceiptWording",
    "Seat",
    "Sitting",
    "SpendingProof",
    "StatementFile",
    "StatementLayout",
    "Story",
    "Vote",
    "Voucher",
]
