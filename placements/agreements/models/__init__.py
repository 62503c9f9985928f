"""Agreements and placements: the framework agreement with a host, the TRR and its personal project, covers, signatures, start light."""

from .agreements import Cover, FrameworkAgreement
from .changes import Attestation, EarlyEnd, ExtensionRequest, IrregularDay, Suspension, TutorChange
from .compliance import BenefitCheck, Communication, CopyHanded, OutsidePlace, ReplacementFlag, SafetyEvidence
from .meetings import Meeting
from .placements import Placement
from .projects import DETAILS, FundingShare, Goal, PersonalProject, WeekDay
from .readiness import ReadinessItem
from .signatures import Evidence, Signature
from .signing import SignatureRequest, SigningPower
from .starts import DeclaredUse, HandOver, PaperStart, ProjectTemplate

__all__ = [
    "DETAILS",
    "Attestation",
    "BenefitCheck",
    "Communication",
    "CopyHanded",
    "Cover",
    "DeclaredUse",
    "EarlyEnd",
    "Evidence",
    "ExtensionRequest",
    "FrameworkAgreement",
    "FundingShare",
    "Goal",
    "HandOver",
    "IrregularDay",
    "Meeting",
    "OutsidePlace",
    "PaperStart",
    "PersonalProject",
    "Placement",
    "ProjectTemplate",
    "ReadinessItem",
    "ReplacementFlag",
    "SafetyEvidence",
    "Signature",
    "SignatureRequest",
    "SigningPower",
    "Suspension",
    "TutorChange",
    "WeekDay",
]
