"""Attendance: what is planned and what was said of each day, the month and its sums, and what a confirmed month gives."""

from .allowances import Adjustment, AllowanceShare, MonthAllowance, PlacementCommitment
from .presence import AttendanceEvent, Call, PaperScan, PlannedSession, SheetSnapshot, Timesheet

__all__ = [
    "Adjustment",
    "AllowanceShare",
    "AttendanceEvent",
    "Call",
    "MonthAllowance",
    "PaperScan",
    "PlacementCommitment",
    "PlannedSession",
    "SheetSnapshot",
    "Timesheet",
]
