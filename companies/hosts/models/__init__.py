"""Hosts: companies and bodies that say yes, their sites, and their tutors."""

from .blocks import Block, DistinctCompanies
from .checks import RegisterCheck
from .closures import Closure
from .companies import Company, Site
from .conduct import ConductAcceptance
from .diary import CompanyNote
from .leads import Lead
from .people import CompanyTutor, Contact, Engagement
from .places import HostingInterest, Opening, Taken
from .portal import DataProposal, HostExpense
from .ready import ReadyAsk
from .threads import Post, StrayMail, Thread

__all__ = [
    "Block",
    "Closure",
    "Company",
    "CompanyNote",
    "CompanyTutor",
    "ConductAcceptance",
    "Contact",
    "DataProposal",
    "DistinctCompanies",
    "Engagement",
    "HostExpense",
    "HostingInterest",
    "Lead",
    "Opening",
    "Post",
    "ReadyAsk",
    "RegisterCheck",
    "Site",
    "StrayMail",
    "Taken",
    "Thread",
]
