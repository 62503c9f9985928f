"""Writes of the room, by aggregate."""

from .agreements import create_agreement, create_single_agreement, issue_agreement, withdraw_agreement
from .changes.endings import call_off_early_end, end_early
from .changes.extensions import ask_extension, deny_extension, grant_extension, record_attestation
from .changes.pauses import cancel_suspension, resume_placement, suspend_placement
from .changes.tutors import call_off_tutor_change, change_tutor
from .changes.versions import Content, draft_amendment, issue_change, reject_version, version_signed, withdraw_version
from .compliance import (
    add_outside_place,
    annul_communication,
    annul_evidence,
    clear_replacement,
    communication_due,
    flag_replacement,
    record_benefit_check,
    record_copies,
    record_exempt,
    record_fitness,
    record_insurer_told,
    record_sent,
    record_training,
    remove_outside_place,
    set_fitness_needed,
    start_communication,
)
from .covers import add_cover, check_covered, shorten_cover, withdraw_cover
from .day import turn_day
from .evidence import issue_signed_copy
from .flow import (
    activate_placement,
    cancel_placement,
    end_placement,
    expire_placement,
    issue_papers,
    propose_placement,
    reject_placement,
    return_to_draft,
    validate_placement,
    withdraw_placement,
)
from .issuing import issue_paper, make_papers, order_papers, set_funding_source
from .meetings import check_minutes, record_meeting
from .money import Allowance, Source
from .papers import record_document_protocol, record_signature
from .placements import (
    DatedDay,
    Day,
    Plan,
    Renewal,
    create_placement,
    edit_placement,
)
from .powers import PowerData, add_power, edit_power
from .ready import ask_ready_again, ask_when_ready
from .requests import ask_everybody, ask_signature, chase_signatures
from .revision import preview_revision, revise_placement
from .signing import CodeAnswer, enter_code, open_link, record_digital, record_drawn, refuse_by_link, send_code, sign_by_link

__all__ = [
    "Allowance",
    "CodeAnswer",
    "Content",
    "DatedDay",
    "Day",
    "Plan",
    "PowerData",
    "Renewal",
    "Source",
    "activate_placement",
    "add_cover",
    "add_outside_place",
    "add_power",
    "annul_communication",
    "annul_evidence",
    "ask_everybody",
    "ask_extension",
    "ask_ready_again",
    "ask_signature",
    "ask_when_ready",
    "call_off_early_end",
    "call_off_tutor_change",
    "cancel_placement",
    "cancel_suspension",
    "change_tutor",
    "chase_signatures",
    "check_covered",
    "check_minutes",
    "clear_replacement",
    "communication_due",
    "create_agreement",
    "create_placement",
    "create_single_agreement",
    "deny_extension",
    "draft_amendment",
    "edit_placement",
    "edit_power",
    "end_early",
    "end_placement",
    "enter_code",
    "expire_placement",
    "flag_replacement",
    "grant_extension",
    "issue_agreement",
    "issue_change",
    "issue_paper",
    "issue_papers",
    "issue_signed_copy",
    "make_papers",
    "open_link",
    "order_papers",
    "preview_revision",
    "propose_placement",
    "record_attestation",
    "record_benefit_check",
    "record_copies",
    "record_digital",
    "record_document_protocol",
    "record_drawn",
    "record_exempt",
    "record_fitness",
    "record_insurer_told",
    "record_meeting",
    "record_sent",
    "record_signature",
    "record_training",
    "refuse_by_link",
    "reject_placement",
    "reject_version",
    "remove_outside_place",
    "resume_placement",
    "return_to_draft",
    "revise_placement",
    "send_code",
    "set_fitness_needed",
    "set_funding_source",
    "shorten_cover",
    "sign_by_link",
    "start_communication",
    "suspend_placement",
    "turn_day",
    "validate_placement",
    "version_signed",
    "withdraw_agreement",
    "withdraw_cover",
    "withdraw_placement",
    "withdraw_version",
]
