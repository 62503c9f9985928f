"""Writes about hosts. A refusal is a DomainError with its field."""

from .blocks import block_company, lift_block, refuse_blocked
from .checks import ask_registers, check_company, check_many, check_now
from .closures import LONGEST_CLOSURE, add_closure, remove_closure
from .colleagues import invite_colleague, remove_contact
from .companies import CompanyKnown, CompanyResembles, edit_company, register_company, register_host, renew_declarations
from .conduct import accept_conduct, refuse_before_conduct
from .contacts import add_contact, edit_contact, end_contact
from .diary import finish_step, write_note
from .doubles import merge_companies, tell_companies_apart, undo_company_merge
from .expenses import note_expense, remove_expense
from .leads import call_lead, decline_lead, forget_leads, join_lead, postpone_lead, receive_lead
from .people import edit_tutor, end_engagement, engage_tutor, invite_contact, invite_tutor
from .places import change_places, declare_places, note_interest
from .proposals import CORRECTABLE, accept_proposal, changes_of, propose_data, refuse_proposal, withdraw_proposal
from .ready import WINDOW_DAYS, answer_ask, ask_again, choose_rest, expire_asks, is_due
from .sites import MAIN_SITE, add_site, close_site, edit_site, refuse_closed, reopen_site
from .threads import (
    fetch_mail,
    note_stray_seen,
    open_thread,
    open_to_office,
    receive_mail,
    settle_thread,
    take_stray,
    write_to_company,
    write_to_office,
)

__all__ = [
    "CORRECTABLE",
    "LONGEST_CLOSURE",
    "MAIN_SITE",
    "WINDOW_DAYS",
    "CompanyKnown",
    "CompanyResembles",
    "accept_conduct",
    "accept_proposal",
    "add_closure",
    "add_contact",
    "add_site",
    "answer_ask",
    "ask_again",
    "ask_registers",
    "block_company",
    "call_lead",
    "change_places",
    "changes_of",
    "check_company",
    "check_many",
    "check_now",
    "choose_rest",
    "close_site",
    "declare_places",
    "decline_lead",
    "edit_company",
    "edit_contact",
    "edit_site",
    "edit_tutor",
    "end_contact",
    "end_engagement",
    "engage_tutor",
    "expire_asks",
    "fetch_mail",
    "finish_step",
    "forget_leads",
    "invite_colleague",
    "invite_contact",
    "invite_tutor",
    "is_due",
    "join_lead",
    "lift_block",
    "merge_companies",
    "note_expense",
    "note_interest",
    "note_stray_seen",
    "open_thread",
    "open_to_office",
    "postpone_lead",
    "propose_data",
    "receive_lead",
    "receive_mail",
    "refuse_before_conduct",
    "refuse_blocked",
    "refuse_closed",
    "refuse_proposal",
    "register_company",
    "register_host",
    "remove_closure",
    "remove_contact",
    "remove_expense",
    "renew_declarations",
    "reopen_site",
    "settle_thread",
    "take_stray",
    "tell_companies_apart",
    "undo_company_merge",
    "withdraw_proposal",
    "write_note",
    "write_to_company",
    "write_to_office",
]
