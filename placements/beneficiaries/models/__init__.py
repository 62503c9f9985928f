"""People: one master record reused by every placement, who represents them, what is certified of them, who follows them, who waits."""

from .care import AREAS, Assessment, CareMember, Referral, TakingInCharge
from .case_file import DiaryEntry, DistinctPair, PersonDocument
from .evidence import Consent, StatusEvidence
from .payments import PaymentWay
from .person import Beneficiary, Representative
from .waiting import WaitingEntry

__all__ = [
    "AREAS",
    "Assessment",
    "Beneficiary",
    "CareMember",
    "Consent",
    "DiaryEntry",
    "DistinctPair",
    "PaymentWay",
    "PersonDocument",
    "Referral",
    "Representative",
    "StatusEvidence",
    "TakingInCharge",
    "WaitingEntry",
]
