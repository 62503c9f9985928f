"""The solidarity fund: who gives, what is asked, what is decided. Donors and people never meet in one query (rule 73)."""

from .donors import Contribution, Donor
from .requests import BenefitRequest

__all__ = ["BenefitRequest", "Contribution", "Donor"]
