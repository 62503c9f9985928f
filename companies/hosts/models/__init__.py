"""Hosts: companies and bodies that say yes, their sites, and their tutors."""

from .checks import RegisterCheck
from .closures import Closure
from .companies import Company, Site
from .people import CompanyTutor, Contact, Engagement
from .places import HostingInterest, Opening, Taken

__all__ = ["Closure", "Company", "CompanyTutor", "Contact", "Engagement", "HostingInterest", "Opening", "RegisterCheck", "Site", "Taken"]
