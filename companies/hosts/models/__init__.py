"""Hosts: companies and bodies that say yes, their sites, and their tutors."""

from .closures import Closure
from .companies import Company, Site
from .people import CompanyTutor, Engagement

__all__ = ["Closure", "Company", "CompanyTutor", "Engagement", "Site"]
