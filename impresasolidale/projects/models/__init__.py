"""Project funding: projects and partners, plan, expenses, instalments, staff time, results, audit room. All of the network."""

from .audit import AuditItem, AuditSample
from .expenses import Expense, ExpenseShare
from .files import ProjectFile
from .instalments import Instalment
from .partners import Partner, PartnerRole
from .plan import BudgetPlan, CostItem, PlanLine, ProjectSource
from .projects import Participation, Project, WorkPackage
from .results import ActionPartner, Milestone, NetworkAction, ProjectIndicator
from .staff import HourlyRate, StaffHours, StaffMember, StaffSheet

__all__ = [
    "ActionPartner",
    "AuditItem",
    "AuditSample",
    "BudgetPlan",
    "CostItem",
    "Expense",
    "ExpenseShare",
    "HourlyRate",
    "Instalment",
    "Milestone",
    "NetworkAction",
    "Participation",
    "Partner",
    "PartnerRole",
    "PlanLine",
    "Project",
    "ProjectFile",
    "ProjectIndicator",
    "ProjectSource",
    "StaffHours",
    "StaffMember",
    "StaffSheet",
    "WorkPackage",
]
