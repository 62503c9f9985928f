"""Writes about people. A refusal is a DomainError with its field; another Ambito's rows are never found by the selectors before."""

from .care import add_referral, record_assessment, take_in_charge
from .doubles import merge_beneficiaries, undo_merge
from .people import (
    EDITABLE,
    AlreadyRegistered,
    KnownElsewhere,
    LooksLike,
    give_privacy_notice,
    open_with_reason,
    register_beneficiary,
    update_beneficiary,
)
from .representation import add_representative
from .team import join_care_team

__all__ = [
    "EDITABLE",
    "AlreadyRegistered",
    "KnownElsewhere",
    "LooksLike",
    "add_referral",
    "add_representative",
    "give_privacy_notice",
    "join_care_team",
    "merge_beneficiaries",
    "open_with_reason",
    "record_assessment",
    "register_beneficiary",
    "take_in_charge",
    "undo_merge",
    "update_beneficiary",
]
