"""People: one master record reused by every placement, who represents them, what is certified of them, who follows them, who waits."""

from .care import AREAS, Assessment, CareMember, Referral, TakingInCharge
from .evidence import Consent, StatusEvidence
from .person import Beneficiary, Representative
from .waiting import WaitingEntry

__all__ = [
    "AREAS",
    "Assessment",
    "Beneficiary",
    "CareMember",
    "Consent",
    "Referral",
    "Representative",
    "StatusEvidence",
    "TakingInCharge",
    "WaitingEntry",
]
