"""Writes of attendance. Every one locks the placement first, so a tap, a week and the closing of a month never cross."""

from ._common import channel_of, month_address, month_url, month_words
from .freezing import freeze_sheets
from .many import NotWritten, SaidDay, SaidDays, at_hand, look_at_many, record_many
from .months import CONFIRM_TODO, LATE_TODO, MISSING_TODO, Confirmed, close_month, confirm_month, confirm_months, reopen_month
from .paper import (
    GridRefused,
    PaperDay,
    add_scan,
    issue_paper_sheet,
    issue_timesheet,
    order_paper_sheets,
    print_sheets,
    record_paper_month,
    remove_scan,
)
from .plan import resync_company, resync_planned
from .record import ABSENCE_TODO, check_day, record_attendance, record_week
from .totals import recompute_totals
from .watch import CALL_TODO, RECOUNT_TODO, record_call, recount_months, remind_sheets, watch_presence

__all__ = [
    "ABSENCE_TODO",
    "CALL_TODO",
    "CONFIRM_TODO",
    "LATE_TODO",
    "MISSING_TODO",
    "RECOUNT_TODO",
    "Confirmed",
    "GridRefused",
    "NotWritten",
    "PaperDay",
    "SaidDay",
    "SaidDays",
    "add_scan",
    "at_hand",
    "channel_of",
    "check_day",
    "close_month",
    "confirm_month",
    "confirm_months",
    "freeze_sheets",
    "issue_paper_sheet",
    "issue_timesheet",
    "look_at_many",
    "month_address",
    "month_url",
    "month_words",
    "order_paper_sheets",
    "print_sheets",
    "recompute_totals",
    "record_attendance",
    "record_call",
    "record_many",
    "record_paper_month",
    "record_week",
    "recount_months",
    "remind_sheets",
    "remove_scan",
    "reopen_month",
    "resync_company",
    "resync_planned",
    "watch_presence",
]
