"""Writes about hosts. A refusal is a DomainError with its field."""

from .blocks import block_company, lift_block, refuse_blocked
from .checks import ask_registers, check_company, check_many, check_now
from .closures import LONGEST_CLOSURE, add_closure, remove_closure
from .colleagues import invite_colleague, remove_contact
from .companies import CompanyKnown, CompanyResembles, edit_company, register_company, register_host
from .contacts import add_contact, edit_contact, end_contact
from .doubles import merge_companies, tell_companies_apart, undo_company_merge
from .expenses import note_expense, remove_expense
from .people import edit_tutor, end_engagement, engage_tutor, invite_contact, invite_tutor
from .places import change_places, declare_places, note_interest
from .proposals import CORRECTABLE, accept_proposal, changes_of, propose_data, refuse_proposal, withdraw_proposal
from .sites import MAIN_SITE, add_site, close_site, edit_site, refuse_closed, reopen_site

__all__ = [
    "CORRECTABLE",
    "LONGEST_CLOSURE",
    "MAIN_SITE",
    "CompanyKnown",
    "CompanyResembles",
    "accept_proposal",
    "add_closure",
    "add_contact",
    "add_site",
    "ask_registers",
    "block_company",
    "change_places",
    "changes_of",
    "check_company",
    "check_many",
    "check_now",
    "close_site",
    "declare_places",
    "edit_company",
    "edit_contact",
    "edit_site",
    "edit_tutor",
    "end_contact",
    "end_engagement",
    "engage_tutor",
    "invite_colleague",
    "invite_contact",
    "invite_tutor",
    "lift_block",
    "merge_companies",
    "note_expense",
    "note_interest",
    "propose_data",
    "refuse_blocked",
    "refuse_closed",
    "refuse_proposal",
    "register_company",
    "register_host",
    "remove_closure",
    "remove_contact",
    "remove_expense",
    "reopen_site",
    "tell_companies_apart",
    "undo_company_merge",
    "withdraw_proposal",
]
