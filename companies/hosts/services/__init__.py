"""Writes about hosts. A refusal is a DomainError with its field."""

from .closures import LONGEST_CLOSURE, add_closure, remove_closure
from .companies import MAIN_SITE, CompanyKnown, CompanyResembles, add_site, edit_company, register_company, register_host
from .people import edit_tutor, end_engagement, engage_tutor, invite_contact, invite_tutor
from .places import change_places, declare_places, note_interest

__all__ = [
    "LONGEST_CLOSURE",
    "MAIN_SITE",
    "CompanyKnown",
    "CompanyResembles",
    "add_closure",
    "add_site",
    "change_places",
    "declare_places",
    "edit_company",
    "edit_tutor",
    "end_engagement",
    "engage_tutor",
    "invite_contact",
    "invite_tutor",
    "note_interest",
    "register_company",
    "register_host",
    "remove_closure",
]
