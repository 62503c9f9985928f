"""What happens during a placement, and what it came to."""

from .accidents import Accident, AccidentNotice
from .closing import FinalReport, GoalResult
from .evaluations import Evaluation, EvaluationAnswer, EvaluationOpinion, GoalRating, QuestionSet
from .events import PlacementEvent
from .outcomes import FollowUp, PlacementOutcome
from .talk import Talk
from .visits import Visit, VisitDecision, VisitNote

__all__ = [
    "Accident",
    "AccidentNotice",
    "Evaluation",
    "EvaluationAnswer",
    "EvaluationOpinion",
    "FinalReport",
    "FollowUp",
    "GoalRating",
    "GoalResult",
    "PlacementEvent",
    "PlacementOutcome",
    "QuestionSet",
    "Talk",
    "Visit",
    "VisitDecision",
    "VisitNote",
]
