"""Hosts: companies and bodies that say yes, their sites, and their tutors."""

from .blocks import Block, DistinctCompanies
from .checks import RegisterCheck
from .closures import Closure
from .companies import Company, Site
from .people import CompanyTutor, Contact, Engagement
from .places import HostingInterest, Opening, Taken
from .portal import DataProposal, HostExpense

__all__ = [
    "Block",
    "Closure",
    "Company",
    "CompanyTutor",
    "Contact",
    "DataProposal",
    "DistinctCompanies",
    "Engagement",
    "HostExpense",
    "HostingInterest",
    "Opening",
    "RegisterCheck",
    "Site",
    "Taken",
]
