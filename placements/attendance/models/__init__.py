"""Attendance: what is planned and what was said of each day, the month and its sums, and what a confirmed month gives."""

from .allowances import Adjustment, AllowanceShare, MonthAllowance, PlacementCommitment
from .liquidations import TakeOff
from .portal import CheckIn, CheckInCard, PortalLink, SitePoster
from .presence import AttendanceEvent, Call, FrozenMonth, PaperScan, PlannedSession, SheetSnapshot, Timesheet

__all__ = [
    "Adjustment",
    "AllowanceShare",
    "AttendanceEvent",
    "Call",
    "CheckIn",
    "CheckInCard",
    "FrozenMonth",
    "MonthAllowance",
    "PaperScan",
    "PlacementCommitment",
    "PlannedSession",
    "PortalLink",
    "SheetSnapshot",
    "SitePoster",
    "TakeOff",
    "Timesheet",
]
