"""Writes about people. A refusal is a DomainError with its field; another Ambito's rows are never found by the selectors before."""

from .care import answer_referral, end_charge, record_assessment, record_referral, take_in_charge
from .case_file import add_document, withdraw_document, write_diary_entry
from .consents import give_consent, revoke_consent
from .doubles import merge_beneficiaries, tell_apart, undo_merge
from .evidence import record_evidence, withdraw_evidence
from .payments import MISSING_WAY, set_payment_way, withdraw_payment_way
from .people import (
    EDITABLE,
    AlreadyRegistered,
    KnownElsewhere,
    LooksLike,
    give_privacy_notice,
    open_with_reason,
    register_beneficiary,
    require_sight,
    update_beneficiary,
)
from .representation import add_representative, update_representative
from .team import follow_instead, hand_over, join_care_team, leave_care_team
from .waiting import (
    enter_waiting_list,
    leave_waiting_list,
    note_fallen,
    note_proposed,
    note_start,
    place_from_list,
    propose_from_list,
    return_to_list,
    set_priorities,
)

__all__ = [
    "EDITABLE",
    "MISSING_WAY",
    "AlreadyRegistered",
    "KnownElsewhere",
    "LooksLike",
    "add_document",
    "add_representative",
    "answer_referral",
    "end_charge",
    "enter_waiting_list",
    "follow_instead",
    "give_consent",
    "give_privacy_notice",
    "hand_over",
    "join_care_team",
    "leave_care_team",
    "leave_waiting_list",
    "merge_beneficiaries",
    "note_fallen",
    "note_proposed",
    "note_start",
    "open_with_reason",
    "place_from_list",
    "propose_from_list",
    "record_assessment",
    "record_evidence",
    "record_referral",
    "register_beneficiary",
    "require_sight",
    "return_to_list",
    "revoke_consent",
    "set_payment_way",
    "set_priorities",
    "take_in_charge",
    "tell_apart",
    "undo_merge",
    "update_beneficiary",
    "update_representative",
    "withdraw_document",
    "withdraw_evidence",
    "withdraw_payment_way",
    "write_diary_entry",
]
