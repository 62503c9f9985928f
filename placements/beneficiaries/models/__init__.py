"""People: one master record reused by every placement, who represents them, who follows them."""

from .care import Assessment, CareMember, Referral, TakingInCharge
from .person import Beneficiary, Representative

__all__ = ["Assessment", "Beneficiary", "CareMember", "Referral", "Representative", "TakingInCharge"]
