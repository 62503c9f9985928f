"""Writes of attendance. Every one locks the placement first, so a tap, a week and the closing of a month never cross."""

from ._common import channel_of, month_address, month_url, month_words
from .months import CONFIRM_TODO, close_month, confirm_month, reopen_month
from .plan import resync_planned
from .record import ABSENCE_TODO, check_day, record_attendance, record_week
from .totals import recompute_totals

__all__ = [
    "ABSENCE_TODO",
    "CONFIRM_TODO",
    "channel_of",
    "check_day",
    "close_month",
    "confirm_month",
    "month_address",
    "month_url",
    "month_words",
    "recompute_totals",
    "record_attendance",
    "record_week",
    "reopen_month",
    "resync_planned",
]
