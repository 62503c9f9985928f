from .applications import Answer, Application, Campaign, Proof
from .certificates import Certificate
from .impact import ImpactCard, Thanks
from .schemes import SchemeVersion

__all__ = ["Answer", "Application", "Campaign", "Certificate", "ImpactCard", "Proof", "SchemeVersion", "Thanks"]
