"""What happens during a placement, and what it came to."""

from .accidents import Accident, AccidentNotice
from .evaluations import Evaluation, EvaluationAnswer, EvaluationOpinion, GoalRating, QuestionSet

__all__ = ["Accident", "AccidentNotice", "Evaluation", "EvaluationAnswer", "EvaluationOpinion", "GoalRating", "QuestionSet"]
