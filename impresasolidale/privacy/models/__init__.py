"""Requests of people, the registers a controller keeps, and how long things are kept."""

from .notices import Acceptance, Notice
from .registers import Breach, DataPact, ProcessingNote
from .requests import DataRequest
from .retention import DiscardItem, DiscardList, DiscardOutcome, LegalHold, RetentionTerm

__all__ = [
    "Acceptance",
    "Breach",
    "DataPact",
    "DataRequest",
    "DiscardItem",
    "DiscardList",
    "DiscardOutcome",
    "LegalHold",
    "Notice",
    "ProcessingNote",
    "RetentionTerm",
]
