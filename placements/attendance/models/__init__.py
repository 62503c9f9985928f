"""Attendance: what is planned and what was said of each day, the month and its sums, and what a confirmed month gives."""

from .allowances import Adjustment, AllowanceShare, MonthAllowance, PlacementCommitment
from .presence import AttendanceEvent, PlannedSession, Timesheet

__all__ = [
    "Adjustment",
    "AllowanceShare",
    "AttendanceEvent",
    "MonthAllowance",
    "PlacementCommitment",
    "PlannedSession",
    "Timesheet",
]
