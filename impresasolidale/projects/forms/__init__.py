"""Forms of the room. They read and lay out; services judge and write."""

from .expenses import AcceptForm, ExpenseFilter, ExpenseForm, FileForm, InvoiceForm, MaskForm, ProofForm, ReportForm
from .partners import ComuniForm, EndRoleForm, PartnerDocumentForm, PartnerEdit, PartnerFilter, PartnerForm, RoleForm
from .projects import (
    EnterPlanForm,
    InstalmentForm,
    ItemForm,
    LineForm,
    MoneyDayForm,
    ParticipationForm,
    ProjectEditForm,
    ProjectForm,
    ReasonForm,
    SourceForm,
    WorkPackageForm,
)
from .results import ActionFilter, ActionForm, IndicatorForm, MilestoneForm, RoomForm
from .staff import HoursForm, MemberForm, PercentForm, RateForm, SheetForm, SignForm

__all__ = [
    "AcceptForm",
    "ActionFilter",
    "ActionForm",
    "ComuniForm",
    "EndRoleForm",
    "EnterPlanForm",
    "ExpenseFilter",
    "ExpenseForm",
    "FileForm",
    "HoursForm",
    "IndicatorForm",
    "InstalmentForm",
    "InvoiceForm",
    "ItemForm",
    "LineForm",
    "MaskForm",
    "MemberForm",
    "MilestoneForm",
    "MoneyDayForm",
    "ParticipationForm",
    "PartnerDocumentForm",
    "PartnerEdit",
    "PartnerFilter",
    "PartnerForm",
    "PercentForm",
    "ProjectEditForm",
    "ProjectForm",
    "ProofForm",
    "RateForm",
    "ReasonForm",
    "ReportForm",
    "RoleForm",
    "RoomForm",
    "SheetForm",
    "SignForm",
    "SourceForm",
    "WorkPackageForm",
]
