"""Agreements and placements: the framework agreement with a host, the TRR and its personal project, covers, signatures, start light."""

from .agreements import Cover, FrameworkAgreement
from .compliance import Communication, CopyHanded, OutsidePlace, ReplacementFlag, SafetyEvidence
from .placements import Placement
from .projects import Goal, PersonalProject, WeekDay
from .readiness import ReadinessItem
from .signatures import Evidence, Signature
from .signing import SignatureRequest, SigningPower

__all__ = [
    "Communication",
    "CopyHanded",
    "Cover",
    "Evidence",
    "FrameworkAgreement",
    "Goal",
    "OutsidePlace",
    "PersonalProject",
    "Placement",
    "ReadinessItem",
    "ReplacementFlag",
    "SafetyEvidence",
    "Signature",
    "SignatureRequest",
    "SigningPower",
    "WeekDay",
]
