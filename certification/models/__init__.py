from .applications import Answer, Application, Campaign, Proof
from .certificates import Certificate
from .checks import Interview, Invitation, Validation, ValidatorAsk, YearCheck
from .commission import Abstention, AgendaItem, Seat, Sitting, Vote
from .impact import ImpactCard, Thanks
from .papers import AwardItem, AwardRun, HistoricalAward
from .procedures import Appeal, Procedure, ProcedurePaper
from .schemes import SchemeVersion

__all__ = [
    "Abstention",
    "AgendaItem",
    "Answer",
    "Appeal",
    "Application",
    "AwardItem",
    "AwardRun",
    "Campaign",
    "Certificate",
    "HistoricalAward",
    "ImpactCard",
    "Interview",
    "Invitation",
    "Procedure",
    "ProcedurePaper",
    "Proof",
    "SchemeVersion",
    "Seat",
    "Sitting",
    "Thanks",
    "Validation",
    "ValidatorAsk",
    "Vote",
    "YearCheck",
]
