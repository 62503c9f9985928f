"""Writes of the room, by aggregate."""

from .agreements import add_cover, create_agreement, issue_agreement, withdraw_agreement
from .flow import (
    activate_placement,
    cancel_placement,
    close_placement,
    end_early,
    end_placement,
    issue_papers,
    propose_placement,
    resume_placement,
    return_to_draft,
    suspend_placement,
    turn_day,
    validate_placement,
    withdraw_placement,
)
from .papers import record_document_protocol, record_signature
from .placements import Day, Plan, create_placement, edit_placement, record_communication, record_fitness, record_safety_training

__all__ = [
    "Day",
    "Plan",
    "activate_placement",
    "add_cover",
    "cancel_placement",
    "close_placement",
    "create_agreement",
    "create_placement",
    "edit_placement",
    "end_early",
    "end_placement",
    "issue_agreement",
    "issue_papers",
    "propose_placement",
    "record_communication",
    "record_document_protocol",
    "record_fitness",
    "record_safety_training",
    "record_signature",
    "resume_placement",
    "return_to_draft",
    "suspend_placement",
    "turn_day",
    "validate_placement",
    "withdraw_agreement",
    "withdraw_placement",
]
