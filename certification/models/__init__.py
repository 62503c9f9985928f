from .applications import Answer, Application, Campaign, Proof
from .certificates import Certificate
from .impact import ImpactCard, Thanks
from .papers import AwardItem, AwardRun, HistoricalAward
from .schemes import SchemeVersion

__all__ = [
    "Answer",
    "Application",
    "AwardItem",
    "AwardRun",
    "Campaign",
    "Certificate",
    "HistoricalAward",
    "ImpactCard",
    "Proof",
    "SchemeVersion",
    "Thanks",
]
