"""The scheme a network begins with until it publishes one: who has hosted is *Aderente*, decided by two people of the office."""

from .enums import CheckedBy, CriterionKind, DecidedBy, Level, SizeBand
from .scheme import Area, Criterion, LevelRule, Scheme, Step

NAME = "Aderente a Impresasolidale"
PLAIN = Scheme(
    areas=(
        Area(
            "accoglienza",
            "Accoglienza",
            "Chi accoglie.",
            (
                Criterion(
                    "tirocini_accolti",
                    "Tirocini accolti",
                    "Quanti tirocini ha accolto l'impresa?",
                    CriterionKind.CORE,
                    CheckedBy.COMPUTED,
                    (Step(1, "almeno un tirocinio in corso o concluso", dict.fromkeys(SizeBand.values, 1)),),
                    measure="hosted",
                ),
            ),
        ),
    ),
    levels=(LevelRule(Level.ADERENTE, "Ha accolto almeno una persona.", 1, 1, decided_by=DecidedBy.OFFICE),),
)
