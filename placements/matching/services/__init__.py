"""Writes of the room: sheets of both sides, proposals with their visits and decisions."""

from impresasolidale.core.errors import Conflict

from .proposals import (
    call_off_visit,
    decide_proposal,
    draft_placement,
    plan_visit,
    propose_site,
    tell_visit,
    withdraw_proposal,
)
from .sheets import write_person_sheet, write_site_sheet
from .travel import correct_travel_time

__all__ = [
    "Conflict",
    "call_off_visit",
    "correct_travel_time",
    "decide_proposal",
    "draft_placement",
    "plan_visit",
    "propose_site",
    "tell_visit",
    "withdraw_proposal",
    "write_person_sheet",
    "write_site_sheet",
]
